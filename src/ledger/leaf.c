#include <communique/bytes.h>
#include <communique/leaf.h>
#include <communique/lines.h>

enum {
	SIGNATURE_BYTES = 74, /* "ED" | key id | signature, as in minisign.h */
	GLOBAL_BYTES = 64,
	CHANGE_MAX = 32,
};

struct str leaf_id(char out[LEAF_ID_LEN], struct str language, struct str slug)
{
	struct buf name;
	struct hash hash;

	buf_init(&name, RELEASE_LANGUAGE_MAX + 1 + RELEASE_SLUG_MAX);
	buf_addf(&name, "%.*s/%.*s", STR_ARG(language), STR_ARG(slug));
	must(!name.full);
	hash = hash_of(buf_str(&name));
	buf_release(&name);
	return hex_encode(out, hash.at, LEAF_ID_LEN / 2);
}

/* --- reading ---------------------------------------------------------------------- */

static bool take(struct lines *lines, const char *name, struct str *value, struct fault *why)
{
	struct str line, word = str_from(name);

	if (!lines_next(lines, &line, why))
		return false;
	if (!str_starts(line, word) || line.len <= word.len || line.at[word.len] != ' ')
		return lines_fail(lines, why, "here stands \"%s\" and a value", name);
	*value = str_skip(line, word.len + 1);
	return true;
}

static bool take_format(struct lines *lines, struct fault *why)
{
	struct str line;

	return lines_next(lines, &line, why) &&
	       (str_equal(line, STR("communique.leaf/v1")) ||
		lines_fail(lines, why, "a leaf begins with \"communique.leaf/v1\""));
}

static bool take_kind(struct lines *lines, struct leaf *out, struct fault *why)
{
	struct str word;

	if (!take(lines, "kind", &word, why))
		return false;
	out->kind = str_equal(word, STR("keys")) ? LEAF_KEYS : LEAF_RELEASE;
	return out->kind == LEAF_KEYS || str_equal(word, STR("release")) ||
	       lines_fail(lines, why, "a leaf is of the kind release or keys");
}

static bool is_hex_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++) {
		if (!is_digit(id.at[i]) && !(id.at[i] >= 'a' && id.at[i] <= 'f'))
			return false;
	}
	return id.len == LEAF_ID_LEN;
}

static bool take_id(struct lines *lines, struct leaf *out, struct fault *why)
{
	if (!take(lines, "id", &out->id, why))
		return false;
	if (out->kind == LEAF_KEYS)
		return str_equal(out->id, STR(LEAF_ID_KEYS)) ||
		       lines_fail(lines, why, "the id of a key set is \"keys\"");
	return is_hex_id(out->id) ||
	       lines_fail(lines, why, "an id is %d lower case hex digits", LEAF_ID_LEN);
}

static bool take_number(struct lines *lines, const char *name, uint64_t most, uint64_t *out,
			struct fault *why)
{
	struct str text;

	return take(lines, name, &text, why) &&
	       ((str_to_u64(text, most, out) && *out > 0) ||
		lines_fail(lines, why, "\"%s\" has a number from 1", name));
}

static bool is_change(struct str word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (!is_lower(word.at[i]))
			return false;
	}
	return word.len <= CHANGE_MAX;
}

/* A first revision has no change and nothing before it, a key set never has a change. */
static bool take_change(struct lines *lines, struct leaf *out, struct fault *why)
{
	bool wanted = out->kind == LEAF_RELEASE && out->revision > 1;

	if (!take(lines, "change", &out->change, why))
		return false;
	if (str_equal(out->change, STR("-")))
		out->change = STR("");
	else if (!wanted || out->change.len == 0)
		return lines_fail(lines, why, "here stands \"change -\"");
	if (wanted && out->change.len == 0)
		return lines_fail(lines, why, "the kind of change is missing");
	return is_change(out->change) || lines_fail(lines, why, "a change is a word of a-z");
}

static bool take_hash(struct lines *lines, struct leaf *out, struct fault *why)
{
	struct str text;

	return take(lines, "sha256", &text, why) &&
	       (hash_parse(text, &out->hash) ||
		lines_fail(lines, why, "a hash is 64 lower case hex digits"));
}

static bool take_previous(struct lines *lines, struct leaf *out, struct fault *why)
{
	struct str text;

	if (!take(lines, "previous", &text, why))
		return false;
	out->has_previous = !str_equal(text, STR("-"));
	if (out->has_previous != (out->revision > 1))
		return lines_fail(lines, why, "from revision 2 on a leaf names the one before");
	return !out->has_previous || hash_parse(text, &out->previous) ||
	       lines_fail(lines, why, "a hash is 64 lower case hex digits");
}

static bool take_numbers(struct lines *lines, struct leaf *out, struct fault *why)
{
	uint64_t revision, keys, time;

	if (!take_number(lines, "revision", UINT32_MAX, &revision, why))
		return false;
	out->revision = (uint32_t)revision;
	if (!take_change(lines, out, why) || !take_hash(lines, out, why) ||
	    !take_previous(lines, out, why) || !take_number(lines, "keys", UINT32_MAX, &keys, why))
		return false;
	out->keys = (uint32_t)keys;
	if (out->kind == LEAF_KEYS && out->keys != out->revision)
		return lines_fail(lines, why, "a key set's own version stands here");
	if (!take_number(lines, "time", INT64_MAX, &time, why))
		return false;
	out->time = (int64_t)time;
	return true;
}

/* Through the .minisig file that it is made of: one reader for all signatures. */
static bool take_sig(struct lines *lines, struct leaf *out, struct fault *why)
{
	struct signature *signature = &out->signatures[out->signature_count];
	struct str comment, bytes;
	struct fault inside;
	struct buf file;
	bool ok;

	if (out->signature_count == SIGNATURES_PER_FILE_MAX)
		return lines_fail(lines, why, "there are more than %d signatures",
				  SIGNATURES_PER_FILE_MAX);
	if (!take(lines, "sig", &comment, why))
		return false;
	bytes = str_cut(&comment, ' ');
	buf_init(&file, SIGNATURE_FILE_MAX);
	buf_addf(&file, "untrusted comment: \n%.*s\ntrusted comment: ", STR_ARG(bytes));
	bytes = str_cut(&comment, ' ');
	buf_add(&file, comment);
	buf_addf(&file, "\n%.*s\n", STR_ARG(bytes));
	ok = str_given(comment) && buf_check(&file, NULL) &&
	     signature_parse(buf_str(&file), signature, &inside);
	buf_release(&file);
	if (!ok)
		return lines_fail(lines, why, "this is not a signature of minisign's");
	signature->trusted_comment = comment;
	out->signature_count++;
	return true;
}

static void signature_bytes(const struct signature *signature,
			    unsigned char out[SIGNATURE_BYTES + GLOBAL_BYTES])
{
	memcpy(out, "ED", 2);
	memcpy(out + 2, signature->id.at, KEY_ID_SIZE);
	memcpy(out + 2 + KEY_ID_SIZE, signature->bytes, sizeof signature->bytes);
	memcpy(out + SIGNATURE_BYTES, signature->global, sizeof signature->global);
}

static int by_bytes(const void *a, const void *b)
{
	unsigned char one[SIGNATURE_BYTES + GLOBAL_BYTES], other[sizeof one];

	signature_bytes(a, one);
	signature_bytes(b, other);
	return memcmp(one, other, sizeof one);
}

static bool take_sigs(struct lines *lines, struct leaf *out, struct fault *why)
{
	out->signature_count = 0;
	do {
		if (!take_sig(lines, out, why))
			return false;
		if (out->signature_count > 1 &&
		    by_bytes(&out->signatures[out->signature_count - 2],
			     &out->signatures[out->signature_count - 1]) >= 0)
			return lines_fail(lines, why,
					  "signatures stand in the order of their "
					  "bytes, each once");
	} while (lines->rest.len);
	return true;
}

bool leaf_parse(struct str text, struct leaf *out, struct fault *why)
{
	struct lines lines = lines_begin(text, INVALID);

	if (text.len > LEAF_MAX)
		return fail(why, INVALID, "a leaf has at most %d bytes", LEAF_MAX);
	return take_format(&lines, why) && take_kind(&lines, out, why) &&
	       take_id(&lines, out, why) && take_numbers(&lines, out, why) &&
	       take_sigs(&lines, out, why);
}

/* --- writing ----------------------------------------------------------------------- */

static void add_signature(const struct signature *signature, struct buf *out)
{
	unsigned char bytes[SIGNATURE_BYTES + GLOBAL_BYTES];

	signature_bytes(signature, bytes);
	buf_add(out, STR("sig "));
	buf_add_base64(out, bytes, SIGNATURE_BYTES);
	buf_add_char(out, ' ');
	buf_add_base64(out, bytes + SIGNATURE_BYTES, GLOBAL_BYTES);
	buf_add_char(out, ' ');
	buf_add(out, signature->trusted_comment);
	buf_add_char(out, '\n');
}

void leaf_format(struct leaf *leaf, struct buf *out)
{
	const char *previous = leaf->has_previous ? HASH_TEXT(&leaf->previous) : "-";

	qsort(leaf->signatures, leaf->signature_count, sizeof *leaf->signatures, by_bytes);
	buf_addf(out, "communique.leaf/v1\nkind %s\nid %.*s\nrevision %u\n",
		 leaf->kind == LEAF_KEYS ? "keys" : "release", STR_ARG(leaf->id), leaf->revision);
	buf_addf(out, "change %.*s\nsha256 %s\nprevious %s\n",
		 STR_ARG(leaf->change.len ? leaf->change : STR("-")), HASH_TEXT(&leaf->hash),
		 previous);
	buf_addf(out, "keys %u\ntime %lld\n", leaf->keys, (long long)leaf->time);
	for (size_t i = 0; i < leaf->signature_count; i++)
		add_signature(&leaf->signatures[i], out);
}

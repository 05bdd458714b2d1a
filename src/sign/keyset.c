/*
 * The key set as text: read by line, written back to the same bytes. What a key
 * set means is in quorum.c.
 */
#include <communique/clock.h>
#include <communique/keyset.h>
#include <communique/limits.h>
#include <communique/lines.h>
#include <communique/vkey.h>

#include "quorum.h"

#define BAD_INDEX_MAX INT64_MAX

struct reader {
	struct lines lines;
	struct str line; /* the one that is to be understood next */
	bool at_end;
	struct arena *arena;
	struct keyset *keyset;
};

static bool next_line(struct reader *reader, struct fault *why)
{
	if (reader->lines.rest.len == 0) {
		reader->at_end = true;
		reader->lines.number++;
		return true;
	}
	return lines_next(&reader->lines, &reader->line, why);
}

/* The current line is `name` and a value: takes the value and goes to the next. */
static bool take_value(struct reader *reader, const char *name, struct str *value,
		       struct fault *why)
{
	struct str word = str_from(name);

	if (reader->at_end)
		return lines_fail(&reader->lines, why, "the file ends, \"%s\" is missing", name);
	if (!str_starts(reader->line, word) || reader->line.len <= word.len ||
	    reader->line.at[word.len] != ' ')
		return lines_fail(&reader->lines, why, "here stands \"%s\" and a value", name);
	*value = str_skip(reader->line, word.len + 1);
	return true;
}

static bool is_word(const struct reader *reader, struct str name)
{
	return !reader->at_end && str_starts(reader->line, name);
}

static bool take_format(struct reader *reader, struct fault *why)
{
	if (!next_line(reader, why))
		return false;
	if (reader->at_end || !str_equal(reader->line, STR("communique keys v1")))
		return lines_fail(&reader->lines, why,
				  "a key set begins with \"communique keys v1\"");
	return next_line(reader, why);
}

static bool is_site_char(char c)
{
	return is_lower(c) || is_digit(c) || c == '.' || c == '-';
}

static bool take_site(struct reader *reader, struct fault *why)
{
	struct str *site = &reader->keyset->site;
	bool ok;

	if (!take_value(reader, "site", site, why))
		return false;
	ok = site->len > 0 && site->len <= RELEASE_SITE_MAX;
	for (size_t i = 0; ok && i < site->len; i++)
		ok = is_site_char(site->at[i]);
	if (!ok)
		return lines_fail(&reader->lines, why,
				  "a site has 1 to %d of a-z, 0-9, full stop and hyphen",
				  RELEASE_SITE_MAX);
	return next_line(reader, why);
}

static bool take_version(struct reader *reader, struct fault *why)
{
	struct str text;
	uint64_t version;

	if (!take_value(reader, "version", &text, why))
		return false;
	if (!str_to_u64(text, UINT32_MAX, &version) || version == 0)
		return lines_fail(&reader->lines, why, "a version is a whole number from 1");
	reader->keyset->version = (uint32_t)version;
	return next_line(reader, why);
}

static bool take_previous(struct reader *reader, struct fault *why)
{
	struct keyset *keyset = reader->keyset;
	struct str text;

	if (!take_value(reader, "previous", &text, why))
		return false;
	keyset->has_previous = !str_equal(text, STR("-"));
	if (keyset->has_previous && !hash_parse(text, &keyset->previous))
		return lines_fail(&reader->lines, why,
				  "previous is a SHA-256 in 64 lower case digits, or a hyphen");
	if (keyset->has_previous != (keyset->version > 1))
		return lines_fail(&reader->lines, why,
				  "version 1 has no previous one, all others have");
	return next_line(reader, why);
}

static bool take_time(struct reader *reader, const char *name, int64_t *time, struct fault *why)
{
	char canonical[TIME_SIZE];
	struct str text;

	if (!take_value(reader, name, &text, why))
		return false;
	if (!time_parse(text, time) || !str_equal(text, time_format(canonical, *time)))
		return lines_fail(&reader->lines, why, "%s is a time like 2026-11-23T09:00:00Z",
				  name);
	return next_line(reader, why);
}

static bool take_times(struct reader *reader, struct fault *why)
{
	struct keyset *keyset = reader->keyset;

	if (!take_time(reader, "issued", &keyset->issued, why) ||
	    !take_time(reader, "expires", &keyset->expires, why))
		return false;
	if (keyset->expires <= keyset->issued) {
		reader->lines.number--; /* the next line is read already */
		return lines_fail(&reader->lines, why, "expires is after issued");
	}
	return true;
}

static bool take_quorum(struct reader *reader, const char *name, unsigned *quorum,
			struct fault *why)
{
	struct str text;
	uint64_t number;

	if (!take_value(reader, name, &text, why))
		return false;
	if (!str_to_u64(text, QUORUM_MAX, &number) || number == 0)
		return lines_fail(&reader->lines, why, "a quorum is a number from 1 to %d",
				  QUORUM_MAX);
	*quorum = (unsigned)number;
	return next_line(reader, why);
}

static bool take_vkey(struct reader *reader, const char *name, unsigned type, struct vkey *vkey,
		      struct str *text, struct fault *why)
{
	struct fault inside;
	struct buf canonical;
	bool same;

	if (!take_value(reader, name, text, why))
		return false;
	if (text->len > VKEY_MAX || !vkey_parse(*text, vkey, &inside))
		return lines_fail(&reader->lines, why, "%s: %s", name,
				  text->len > VKEY_MAX ? "this is too long" : inside.says);
	if (vkey->type != type)
		return lines_fail(&reader->lines, why, "%s: a key of type %u is needed, not %u",
				  name, type, (unsigned)vkey->type);
	buf_init(&canonical, VKEY_MAX + 64);
	vkey_format(vkey->name, vkey->type, vkey->key, &canonical);
	same = str_equal(*text, buf_str(&canonical));
	buf_release(&canonical);
	return same || lines_fail(&reader->lines, why, "%s: hashes are in lower case", name);
}

/* The checkpoints' origin is the site's log (C2SP tlog-checkpoint). */
static bool take_log(struct reader *reader, struct fault *why)
{
	struct keyset *keyset = reader->keyset;
	struct vkey vkey;

	if (!take_vkey(reader, "log", VKEY_NOTE, &vkey, &keyset->log, why))
		return false;
	if (!str_starts(vkey.name, keyset->site) ||
	    !str_equal(str_skip(vkey.name, keyset->site.len), STR("/log")))
		return lines_fail(&reader->lines, why, "the log's name is the site's and \"/log\"");
	return next_line(reader, why);
}

static bool take_witness(struct reader *reader, struct fault *why)
{
	struct keyset *keyset = reader->keyset;
	struct vkey vkey;
	struct str text;

	if (!take_vkey(reader, "witness", VKEY_COSIGNATURE, &vkey, &text, why))
		return false;
	for (size_t i = 0; i < keyset->witness_count; i++)
		if (str_equal(keyset->witnesses[i], text))
			return lines_fail(&reader->lines, why, "this witness stands here twice");
	if (keyset->witness_count == KEYSET_WITNESSES_MAX)
		return lines_fail(&reader->lines, why, "there are more than %d witnesses",
				  KEYSET_WITNESSES_MAX);
	keyset->witnesses[keyset->witness_count++] = text;
	return next_line(reader, why);
}

/* --- keys -------------------------------------------------------------------- */

static bool is_holder(struct str text)
{
	if (text.len == 0 || text.len > 32)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_lower(text.at[i]) && !is_digit(text.at[i]) && text.at[i] != '-')
			return false;
	return true;
}

static bool take_roles(struct reader *reader, struct str words, unsigned *roles, struct fault *why)
{
	struct fault inside;
	struct buf canonical;
	bool same;

	if (!role_parse(words, roles, &inside))
		return lines_fail(&reader->lines, why, "%s", inside.says);
	buf_init(&canonical, 64);
	role_format(*roles, &canonical);
	same = str_equal(words, buf_str(&canonical));
	buf_release(&canonical);
	return same ||
	       lines_fail(&reader->lines, why, "roles stand in the order root,author,approver");
}

static bool take_end(struct reader *reader, struct str words, struct keyset_key *key,
		     struct fault *why)
{
	struct str state = str_cut(&words, ' ');

	if (!key_state_parse(state, &key->state))
		return lines_fail(&reader->lines, why,
				  "a key is revoked as lost, left or compromised");
	if (!str_given(words) || !str_to_u64(words, BAD_INDEX_MAX, &key->bad_from))
		return lines_fail(&reader->lines, why,
				  "a revoked key ends with the log index from which it is bad");
	return true;
}

static bool add_key(struct reader *reader, const struct keyset_key *key, struct fault *why)
{
	struct keyset *keyset = reader->keyset;

	for (size_t i = 0; i < keyset->key_count; i++) {
		const struct public_key *other = &keyset->keys[i].key;

		if (key_id_equal(&other->id, &key->key.id))
			return lines_fail(&reader->lines, why, "the key id %s stands here twice",
					  KEY_ID_TEXT(&other->id));
		if (memcmp(other->key, key->key.key, sizeof other->key) == 0)
			return lines_fail(&reader->lines, why,
					  "this public key stands here twice, as %s before",
					  KEY_ID_TEXT(&other->id));
	}
	if (keyset->key_count == KEYSET_KEYS_MAX)
		return lines_fail(&reader->lines, why, "there are more than %d keys",
				  KEYSET_KEYS_MAX);
	keyset->keys[keyset->key_count++] = *key;
	return true;
}

static bool take_key(struct reader *reader, const char *name, bool revoked, struct fault *why)
{
	struct keyset_key key = { 0 };
	struct fault inside;
	struct str words;

	if (!take_value(reader, name, &words, why))
		return false;
	if (!public_key_parse_text(str_cut(&words, ' '), &key.key, &inside))
		return lines_fail(&reader->lines, why, "%s", inside.says);
	key.holder = str_cut(&words, ' ');
	if (!is_holder(key.holder))
		return lines_fail(&reader->lines, why,
				  "a holder has 1 to 32 of a-z, 0-9 and hyphen");
	if (!take_roles(reader, revoked ? str_cut(&words, ' ') : words, &key.roles, why))
		return false;
	if (revoked && !take_end(reader, words, &key, why))
		return false;
	return add_key(reader, &key, why) && next_line(reader, why);
}

static bool take_keys(struct reader *reader, struct fault *why)
{
	reader->keyset->keys =
		arena_array(reader->arena, KEYSET_KEYS_MAX, sizeof *reader->keyset->keys);
	do {
		if (!take_key(reader, "key", false, why))
			return false;
	} while (is_word(reader, STR("key ")));
	while (is_word(reader, STR("revoked ")))
		if (!take_key(reader, "revoked", true, why))
			return false;
	return reader->at_end ||
	       lines_fail(&reader->lines, why, "only key lines, then revoked lines stand here");
}

static bool take_witnesses(struct reader *reader, struct fault *why)
{
	while (is_word(reader, STR("witness ")))
		if (!take_witness(reader, why))
			return false;
	return true;
}

static bool take_all(struct reader *reader, struct fault *why)
{
	struct keyset *keyset = reader->keyset;

	return take_format(reader, why) && take_site(reader, why) && take_version(reader, why) &&
	       take_previous(reader, why) && take_times(reader, why) &&
	       take_quorum(reader, "quorum root", &keyset->quorum_root, why) &&
	       take_quorum(reader, "quorum publish", &keyset->quorum_publish, why) &&
	       take_quorum(reader, "quorum withdraw", &keyset->quorum_withdraw, why) &&
	       take_log(reader, why) && take_witnesses(reader, why) && take_keys(reader, why);
}

bool keyset_parse(struct arena *arena, struct str text, struct keyset **out, struct fault *why)
{
	struct reader reader = { .lines = lines_begin(text, KEYS_MALFORMED),
				 .arena = arena,
				 .keyset = arena_new(arena, struct keyset) };

	if (text.len > KEYSET_MAX)
		return fail(why, KEYS_MALFORMED, "a key set has at most %d bytes", KEYSET_MAX);
	if (!take_all(&reader, why) || !keyset_can_act(reader.keyset, why))
		return false;
	reader.keyset->text = text;
	reader.keyset->hash = hash_of(text);
	*out = reader.keyset;
	return true;
}

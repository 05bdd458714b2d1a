#include <communique/bytes.h>
#include <communique/limits.h>
#include <communique/lines.h>
#include <communique/note.h>
#include <communique/utf8.h>

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */

enum { KEY_HASH_SIZE = 4, TIME_BYTES = 8 };

/* White_Space in Unicode, beyond ASCII's. */
static bool is_space(uint32_t code)
{
	return code <= ' ' || code == 0x85 || code == 0xa0 || code == 0x1680 ||
	       (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
	       code == 0x202f || code == 0x205f || code == 0x3000;
}

static bool is_name(struct str name)
{
	if (name.len == 0 || name.len > NOTE_NAME_MAX)
		return false;
	while (name.len) {
		uint32_t code = utf8_next(&name);

		if (is_space(code) || code == '+' || code == UTF8_INVALID)
			return false;
	}
	return true;
}

static bool decode(struct str base64, unsigned char *out, size_t *len)
{
	return base64_decode(out, NOTE_SIGNATURE_SIZE_MAX, len, base64) && *len > KEY_HASH_SIZE;
}

static bool take_signature(const struct lines *lines, struct str line, struct note *out,
			   struct fault *why)
{
	unsigned char bytes[NOTE_SIGNATURE_SIZE_MAX];
	struct note_signature signature = { .line = { line.at, line.len + 1 } };
	size_t len;

	if (out->count == NOTE_SIGNATURES_MAX)
		return lines_fail(lines, why, "there are more than %d signatures",
				  NOTE_SIGNATURES_MAX);
	if (!str_starts(line, STR(DASH)))
		return lines_fail(lines, why, "a signature begins with \xe2\x80\x94 and a space");
	signature.text = str_skip(line, strlen(DASH));
	signature.name = str_cut(&signature.text, ' ');
	if (!is_name(signature.name))
		return lines_fail(lines, why,
				  "a signer's name is missing, or has spaces or a plus sign");
	if (!str_given(signature.text) || !decode(signature.text, bytes, &len))
		return lines_fail(lines, why,
				  "a signature is canonical base64 of more than %d "
				  "and at most %d bytes",
				  KEY_HASH_SIZE, NOTE_SIGNATURE_SIZE_MAX);
	signature.hash = get_be32(bytes);
	out->signatures[out->count++] = signature;
	return true;
}

static bool next_line(struct lines *lines, struct str *line, struct fault *why)
{
	if (!lines_next(lines, line, why))
		return false;
	return str_find(*line, '\t') == line->len || lines_fail(lines, why, "a control character");
}

static bool take_signatures(struct lines *lines, struct note *out, struct fault *why)
{
	struct str line;

	out->count = 0;
	do {
		if (!next_line(lines, &line, why) || !take_signature(lines, line, out, why))
			return false;
	} while (lines->rest.len);
	return true;
}

bool note_parse_signatures(struct str text, struct note *out, struct fault *why)
{
	struct lines lines = lines_begin(text, INVALID);

	out->text = STR("");
	if (text.len > NOTE_MAX)
		return fail(why, INVALID, "signatures have at most %d bytes", NOTE_MAX);
	return take_signatures(&lines, out, why);
}

/* The text is parted from the signatures by the last empty line. */
static bool find_end_of_text(struct str file, size_t *end)
{
	for (size_t i = file.len; i-- > 1;) {
		if (file.at[i] == '\n' && file.at[i - 1] == '\n') {
			*end = i;
			return true;
		}
	}
	return false;
}

bool note_parse(struct str file, struct note *out, struct fault *why)
{
	struct lines lines = lines_begin(file, INVALID);
	struct str line;
	size_t end;

	if (file.len > NOTE_MAX)
		return fail(why, INVALID, "a signed note has at most %d bytes", NOTE_MAX);
	if (!find_end_of_text(file, &end))
		return fail(why, INVALID, "no empty line parts the note from its signatures");
	out->text = str_first(file, end);
	while (lines.rest.at < file.at + end + 1) {
		if (!next_line(&lines, &line, why))
			return false;
	}
	return take_signatures(&lines, out, why);
}

/* What is signed goes to `message`; the signature's own 64 bytes to `signature`. */
static bool unwrap(const struct note_signature *line, uint8_t type, struct str text,
		   struct buf *message, unsigned char signature[VKEY_SIGNATURE_SIZE], int64_t *when)
{
	unsigned char bytes[NOTE_SIGNATURE_SIZE_MAX];
	bool timed = type == VKEY_COSIGNATURE;
	size_t len, head = KEY_HASH_SIZE + (timed ? TIME_BYTES : 0);
	uint64_t time;

	*when = 0;
	if (!decode(line->text, bytes, &len) || len != head + VKEY_SIGNATURE_SIZE)
		return false;
	memcpy(signature, bytes + head, VKEY_SIGNATURE_SIZE);
	if (timed) {
		time = get_be64(bytes + KEY_HASH_SIZE);
		if (time > INT64_MAX)
			return false;
		*when = (int64_t)time;
		buf_addf(message, "cosignature/v1\ntime %lld\n", (long long)*when);
	}
	buf_add(message, text);
	return true;
}

static bool verify_line(const struct note_signature *line, struct str text, const struct vkey *vkey,
			int64_t *when)
{
	unsigned char signature[VKEY_SIGNATURE_SIZE];
	struct buf message;
	bool ok;

	buf_init(&message, NOTE_MAX + 64);
	ok = unwrap(line, vkey->type, text, &message, signature, when) && !message.full &&
	     vkey_verify(vkey, buf_str(&message), signature);
	buf_release(&message);
	return ok;
}

bool note_verify(const struct note *note, struct str text, const struct vkey *vkey, int64_t *when,
		 struct fault *why)
{
	bool found = false;
	int64_t moment = 0;

	for (size_t i = 0; i < note->count; i++) {
		const struct note_signature *line = &note->signatures[i];

		if (line->hash != vkey->hash || !str_equal(line->name, vkey->name))
			continue;
		/* Of a key that is known each signature must be good. */
		if (!verify_line(line, text, vkey, &moment))
			return fail(why, SIGNATURE_WRONG, "the signature of %s is wrong",
				    QUOTE(vkey->name));
		found = true;
		if (when)
			*when = moment;
	}
	return found || fail(why, NOT_FOUND, "%s has not signed this", QUOTE(vkey->name));
}

void note_sign(struct str text, struct str name, uint8_t type, int64_t when,
	       const struct secret_key *key, struct buf *out)
{
	unsigned char bytes[KEY_HASH_SIZE + TIME_BYTES + VKEY_SIGNATURE_SIZE];
	size_t head = KEY_HASH_SIZE;
	struct buf message;

	must(type == VKEY_NOTE || type == VKEY_COSIGNATURE);
	buf_init(&message, NOTE_MAX + 64);
	put_be32(bytes, vkey_hash(name, type, key->public.key));
	if (type == VKEY_COSIGNATURE) {
		put_be64(bytes + head, (uint64_t)when);
		head += TIME_BYTES;
		buf_addf(&message, "cosignature/v1\ntime %lld\n", (long long)when);
	}
	buf_add(&message, text);
	must(!message.full);
	vkey_sign(key, buf_str(&message), bytes + head);
	buf_release(&message);
	buf_addf(out, DASH "%.*s ", STR_ARG(name));
	buf_add_base64(out, bytes, head + VKEY_SIGNATURE_SIZE);
	buf_add_char(out, '\n');
}

#include <sodium.h>

#include <communique/bytes.h>
#include <communique/limits.h>
#include <communique/file.h>
#include <communique/minisign.h>

#include "comment.h"

enum {
	ALGORITHM = 0,
	KEY_ID = 2,
	KEY = KEY_ID + KEY_ID_SIZE,
	PUBLIC_KEY_SIZE = KEY + 32,
};

/* NULL, or what is wrong. A point that is not on the curve, or of small order,
 * belongs to no secret key; signatures "by" it can be made up. */
static const char *take_key(const unsigned char bytes[PUBLIC_KEY_SIZE], struct public_key *out)
{
	if (memcmp(bytes + ALGORITHM, "Ed", 2) != 0)
		return "not an Ed25519 key of minisign's (it begins with RW)";
	if (!crypto_core_ed25519_is_valid_point(bytes + KEY))
		return "not a valid point of Ed25519";
	memcpy(out->id.at, bytes + KEY_ID, sizeof out->id.at);
	memcpy(out->key, bytes + KEY, sizeof out->key);
	return NULL;
}

bool public_key_parse(struct str file, struct public_key *out, struct fault *why)
{
	struct lines lines = lines_begin(file, INVALID);
	unsigned char bytes[PUBLIC_KEY_SIZE];
	const char *trouble;

	if (file.len > KEY_FILE_MAX)
		return fail(why, INVALID, "a key file has at most %d bytes", KEY_FILE_MAX);
	if (!take_comment(&lines, why) ||
	    !lines_base64(&lines, bytes, sizeof bytes, "a public key", why))
		return false;
	trouble = take_key(bytes, out);
	if (trouble)
		return lines_fail(&lines, why, "%s", trouble);
	return lines_end(&lines, why);
}

bool public_key_parse_text(struct str base64, struct public_key *out, struct fault *why)
{
	unsigned char bytes[PUBLIC_KEY_SIZE];
	const char *trouble;
	size_t have = 0;

	if (base64.len != PUBLIC_KEY_TEXT_LEN)
		return fail(why, INVALID, "a public key has %d characters, this has %zu",
			    PUBLIC_KEY_TEXT_LEN, base64.len);
	if (!base64_decode(bytes, sizeof bytes, &have, base64) || have != sizeof bytes)
		return fail(why, INVALID, "a public key is canonical base64");
	trouble = take_key(bytes, out);
	return trouble ? fail(why, INVALID, "%s", trouble) : true;
}

void public_key_format_text(const struct public_key *key, struct buf *out)
{
	unsigned char bytes[PUBLIC_KEY_SIZE] = "Ed";

	memcpy(bytes + KEY_ID, key->id.at, sizeof key->id.at);
	memcpy(bytes + KEY, key->key, sizeof key->key);
	buf_add_base64(out, bytes, sizeof bytes);
}

void public_key_format(const struct public_key *key, struct buf *out)
{
	buf_add(out, STR(PUBLIC_KEY_COMMENT));
	for (const char *digit = KEY_ID_TEXT(&key->id); *digit; digit++)
		buf_add_char(out, is_lower(*digit) ? (char)(*digit - 'a' + 'A') : *digit);
	buf_add_char(out, '\n');
	public_key_format_text(key, out);
	buf_add_char(out, '\n');
}

/* A secret key's line is four times as long. */
static bool is_secret_key(struct str file)
{
	str_cut(&file, '\n');
	return str_find(file, '\n') > PUBLIC_KEY_TEXT_LEN * 2;
}

bool public_key_read(const char *path, struct public_key *out, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct buf file;
	bool ok;

	buf_init(&file, KEY_FILE_MAX);
	ok = file_read(path, &file, why);
	if (ok && is_secret_key(buf_str(&file)))
		ok = fail(why, USAGE, "%s is a secret key file; give the .pub, and nobody this one",
			  path);
	else if (ok && !public_key_parse(buf_str(&file), out, &inside))
		ok = fail(why, inside.kind, "%s, %s", path, inside.says);
	buf_release(&file);
	return ok;
}

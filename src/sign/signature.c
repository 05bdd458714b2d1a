#include <sodium.h>

#include <communique/bytes.h>
#include <communique/limits.h>
#include <communique/minisign.h>

#include "comment.h"

enum {
	ALGORITHM = 0,
	KEY_ID = 2,
	BYTES = KEY_ID + KEY_ID_SIZE,
	SIGNATURE_SIZE = BYTES + crypto_sign_BYTES,
	FILE_HASH_SIZE = crypto_generichash_BYTES_MAX,
};

static bool take_algorithm(const struct lines *lines, const unsigned char *algorithm,
			   struct fault *why)
{
	if (memcmp(algorithm, "ED", 2) == 0)
		return true;
	if (memcmp(algorithm, "Ed", 2) == 0)
		return lines_fail(
			lines, why,
			"a legacy signature; minisign -S makes the right kind without -l");
	return lines_fail(lines, why, "not a signature of minisign's");
}

static bool take_trusted_comment(struct lines *lines, struct str *out, struct fault *why)
{
	struct str line;

	if (!lines_next(lines, &line, why))
		return false;
	if (!str_starts(line, STR(TRUSTED_COMMENT_PREFIX)))
		return lines_fail(lines, why, "this line begins with \"%s\"",
				  TRUSTED_COMMENT_PREFIX);
	*out = str_skip(line, strlen(TRUSTED_COMMENT_PREFIX));
	if (out->len > TRUSTED_COMMENT_MAX)
		return lines_fail(lines, why, "a trusted comment has at most %d bytes",
				  TRUSTED_COMMENT_MAX);
	return true;
}

bool signature_parse(struct str file, struct signature *out, struct fault *why)
{
	struct lines lines = lines_begin(file, INVALID);
	unsigned char bytes[SIGNATURE_SIZE];

	if (file.len > SIGNATURE_FILE_MAX)
		return fail(why, INVALID, "a signature file has at most %d bytes",
			    SIGNATURE_FILE_MAX);
	if (!take_comment(&lines, why) ||
	    !lines_base64(&lines, bytes, sizeof bytes, "a signature", why) ||
	    !take_algorithm(&lines, bytes + ALGORITHM, why))
		return false;
	memcpy(out->id.at, bytes + KEY_ID, sizeof out->id.at);
	memcpy(out->bytes, bytes + BYTES, sizeof out->bytes);
	return take_trusted_comment(&lines, &out->trusted_comment, why) &&
	       lines_base64(&lines, out->global, sizeof out->global, "the comment's signature",
			    why) &&
	       lines_end(&lines, why);
}

static void hash_file(struct str file, unsigned char hash[FILE_HASH_SIZE])
{
	crypto_generichash(hash, FILE_HASH_SIZE, (const unsigned char *)file.at, file.len, NULL, 0);
}

/* What the second signature is over: the first one and the comment behind it. */
struct bound_comment {
	unsigned char at[crypto_sign_BYTES + TRUSTED_COMMENT_MAX];
	size_t len;
};

static void bind_comment(struct bound_comment *bound, const unsigned char *signature,
			 struct str comment)
{
	must(comment.len <= TRUSTED_COMMENT_MAX);
	memcpy(bound->at, signature, crypto_sign_BYTES);
	if (comment.len)
		memcpy(bound->at + crypto_sign_BYTES, comment.at, comment.len);
	bound->len = crypto_sign_BYTES + comment.len;
}

static bool is_by(const struct signature *signature, const struct public_key *key,
		  struct fault *why)
{
	return key_id_equal(&signature->id, &key->id) ||
	       fail(why, SIGNATURE_WRONG, "the signature is by %s, the key is %s",
		    KEY_ID_TEXT(&signature->id), KEY_ID_TEXT(&key->id));
}

bool signature_verify_comment(const struct signature *signature, const struct public_key *key,
			      struct fault *why)
{
	struct bound_comment bound;

	if (!is_by(signature, key, why))
		return false;
	bind_comment(&bound, signature->bytes, signature->trusted_comment);
	return crypto_sign_verify_detached(signature->global, bound.at, bound.len, key->key) == 0 ||
	       fail(why, SIGNATURE_WRONG, "%s has not signed this trusted comment",
		    KEY_ID_TEXT(&key->id));
}

bool signature_verify(const struct signature *signature, const struct public_key *key,
		      struct str file, struct fault *why)
{
	unsigned char hash[FILE_HASH_SIZE];

	if (!is_by(signature, key, why))
		return false;
	hash_file(file, hash);
	if (crypto_sign_verify_detached(signature->bytes, hash, sizeof hash, key->key) != 0)
		return fail(why, SIGNATURE_WRONG, "%s has not signed these bytes",
			    KEY_ID_TEXT(&key->id));
	return signature_verify_comment(signature, key, why);
}

static void format(const struct key_id *id, const unsigned char *signature,
		   const unsigned char *global, struct str comment, struct buf *out)
{
	unsigned char bytes[SIGNATURE_SIZE] = "ED";

	memcpy(bytes + KEY_ID, id->at, sizeof id->at);
	memcpy(bytes + BYTES, signature, crypto_sign_BYTES);
	buf_add(out, STR(SIGNATURE_COMMENT "\n"));
	buf_add_base64(out, bytes, sizeof bytes);
	buf_add(out, STR("\n" TRUSTED_COMMENT_PREFIX));
	buf_add(out, comment);
	buf_add_char(out, '\n');
	buf_add_base64(out, global, crypto_sign_BYTES);
	buf_add_char(out, '\n');
}

bool signature_make(const struct secret_key *key, struct str file, struct str trusted_comment,
		    struct buf *out, struct fault *why)
{
	unsigned char hash[FILE_HASH_SIZE], signature[crypto_sign_BYTES], global[crypto_sign_BYTES];
	const char *trouble = line_trouble(trusted_comment);
	struct bound_comment bound;

	if (trouble)
		return fail(why, INVALID, "the trusted comment: %s", trouble);
	if (trusted_comment.len > TRUSTED_COMMENT_MAX)
		return fail(why, INVALID, "a trusted comment has at most %d bytes",
			    TRUSTED_COMMENT_MAX);
	hash_file(file, hash);
	crypto_sign_detached(signature, NULL, hash, sizeof hash, key->seed_and_key.at);
	bind_comment(&bound, signature, trusted_comment);
	crypto_sign_detached(global, NULL, bound.at, bound.len, key->seed_and_key.at);
	format(&key->public.id, signature, global, trusted_comment, out);
	return buf_check(out, why);
}

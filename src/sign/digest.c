#include <errno.h>
#include <unistd.h>

#include <communique/bytes.h>
#include <communique/digest.h>
#include <communique/file.h>
#include <communique/limits.h>

#include "fields.h"

struct hash hash_of(struct str bytes)
{
	struct hash hash;

	crypto_hash_sha256(hash.at, (const unsigned char *)bytes.at, bytes.len);
	return hash;
}

struct hash hash_of_both(struct str one, struct str other)
{
	crypto_hash_sha256_state state;
	struct hash hash;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)one.at, one.len);
	crypto_hash_sha256_update(&state, (const unsigned char *)other.at, other.len);
	crypto_hash_sha256_final(&state, hash.at);
	return hash;
}

bool hash_stream(int from, int to, struct stream_hash *out, struct fault *why)
{
	crypto_hash_sha256_state state;
	char piece[64 * 1024];
	ssize_t got;

	*out = (struct stream_hash){ .size = 0 };
	crypto_hash_sha256_init(&state);
	while ((got = read(from, piece, sizeof piece)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		out->unreadable = got < 0;
		if (out->unreadable)
			return fail_errno(why, "cannot read");
		crypto_hash_sha256_update(&state, (unsigned char *)piece, (size_t)got);
		if (to >= 0 && !fd_write(to, (struct str){ piece, (size_t)got }, why))
			return false;
		out->size += (uint64_t)got;
	}
	crypto_hash_sha256_final(&state, out->hash.at);
	return true;
}

void body_digest_begin(struct body_digest *digest)
{
	crypto_hash_sha256_init(&digest->sha256);
	crypto_hash_sha512_init(&digest->sha512);
}

void body_digest_add(struct body_digest *digest, struct str piece)
{
	const unsigned char *at = (const unsigned char *)piece.at;

	crypto_hash_sha256_update(&digest->sha256, at, piece.len);
	crypto_hash_sha512_update(&digest->sha512, at, piece.len);
}

/* One known member. RFC 9651 lets a later member of the same key win; here two
 * digests by one algorithm are refused, as one of them would go unchecked. */
static bool take_digest(struct str key, const struct field_value *value, bool *has,
			unsigned char *digest, size_t len, struct fault *why)
{
	size_t have = 0;

	if (*has)
		return fail(why, DIGEST_MALFORMED, "Content-Digest has %.*s twice", STR_ARG(key));
	if (value->kind != FIELD_BYTES)
		return fail(why, DIGEST_MALFORMED,
			    "%.*s is not a byte sequence, :base64:", STR_ARG(key));
	if (!base64_decode(digest, len, &have, value->text) || have != len)
		return fail(why, DIGEST_MALFORMED, "%.*s is not canonical base64 of %zu bytes",
			    STR_ARG(key), len);
	*has = true;
	return true;
}

static bool take_member(struct fields *fields, struct str key, struct content_digest *out,
			struct fault *why)
{
	struct field_value value;

	if (!fields_value(fields, &value))
		return true; /* content_digest_parse asks what was broken */
	if (value.kind == FIELD_LIST) {
		if (str_equal(key, STR("sha-256")) || str_equal(key, STR("sha-512")))
			return fail(why, DIGEST_MALFORMED, "%.*s is a list", STR_ARG(key));
		fields_skip_list(fields);
	}
	if (str_equal(key, STR("sha-256")) &&
	    !take_digest(key, &value, &out->has_sha256, out->sha256, sizeof out->sha256, why))
		return false;
	if (str_equal(key, STR("sha-512")) &&
	    !take_digest(key, &value, &out->has_sha512, out->sha512, sizeof out->sha512, why))
		return false;
	fields_skip_parameters(fields);
	return true;
}

bool content_digest_parse(struct str field, struct content_digest *out, struct fault *why)
{
	struct fields fields = fields_begin(field);
	struct str key;

	*out = (struct content_digest){ 0 };
	if (!str_given(field))
		return fail(why, DIGEST_MALFORMED, "there is no Content-Digest");
	if (field.len > CONTENT_DIGEST_MAX)
		return fail(why, DIGEST_MALFORMED, "Content-Digest has more than %d bytes",
			    CONTENT_DIGEST_MAX);
	while (fields_member(&fields, &key))
		if (!take_member(&fields, key, out, why))
			return false;
	if (fields.broken)
		return fail(why, DIGEST_MALFORMED, "Content-Digest, byte %zu: %s",
			    fields_position(&fields), fields.broken);
	if (!out->has_sha256 && !out->has_sha512)
		return fail(why, DIGEST_MALFORMED,
			    "Content-Digest has neither sha-256 nor sha-512");
	return true;
}

bool content_digest_check(const struct content_digest *announced, struct body_digest *body,
			  struct hash *hash, struct fault *why)
{
	unsigned char sha256[sizeof announced->sha256], sha512[sizeof announced->sha512];

	crypto_hash_sha256_final(&body->sha256, sha256);
	crypto_hash_sha512_final(&body->sha512, sha512);
	if (hash)
		memcpy(hash->at, sha256, sizeof hash->at);
	if (announced->has_sha256 && memcmp(sha256, announced->sha256, sizeof sha256) != 0)
		return fail(why, DIGEST_MISMATCH, "the body's sha-256 is another one");
	if (announced->has_sha512 && memcmp(sha512, announced->sha512, sizeof sha512) != 0)
		return fail(why, DIGEST_MISMATCH, "the body's sha-512 is another one");
	if (!announced->has_sha256 && !announced->has_sha512)
		return fail(why, DIGEST_MISMATCH, "no digest was announced for the body");
	return true;
}

void content_digest_format(struct str body, struct buf *out)
{
	struct hash hash = hash_of(body);

	buf_add(out, STR("sha-256=:"));
	buf_add_base64(out, hash.at, sizeof hash.at);
	buf_add_char(out, ':');
}

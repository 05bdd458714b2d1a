/*
 * digest - SHA-256 for names, BLAKE2b for minisign, Content-Digest for bodies.
 */
#ifndef COMMUNIQUE_DIGEST_H
#define COMMUNIQUE_DIGEST_H

#include <sodium.h>

#include <communique/buf.h>
#include <communique/hash.h>

struct hash hash_of(struct str bytes);
struct hash hash_of_both(struct str one, struct str other); /* of one behind the other */

/* A file while it is read to its end, and written to `to` as well, unless that is -1. False: it
 * cannot be read (*unreadable), or written. */
struct stream_hash {
	struct hash hash;
	uint64_t size;
	bool unreadable;
};
bool hash_stream(int from, int to, struct stream_hash *out, struct fault *why);

/* A body while it streams: both algorithms of RFC 9530 that a client may use. */
struct body_digest {
	crypto_hash_sha256_state sha256;
	crypto_hash_sha512_state sha512;
};

void body_digest_begin(struct body_digest *digest);
void body_digest_add(struct body_digest *digest, struct str piece);

/*
 * Content-Digest (RFC 9530), a dictionary of byte sequences (RFC 9651):
 *
 *	sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
 *
 * At least one of sha-256 and sha-512; each known one must match, unknown ones
 * are ignored. Parsing comes before the body, comparing after it.
 */
struct content_digest {
	bool has_sha256, has_sha512;
	unsigned char sha256[32], sha512[64];
};

bool content_digest_parse(struct str field, struct content_digest *out,
			  struct fault *why); /* DIGEST_MALFORMED */
/* Ends `body`. DIGEST_MISMATCH. The body's SHA-256 goes to *hash (may be NULL). */
bool content_digest_check(const struct content_digest *announced, struct body_digest *body,
			  struct hash *hash, struct fault *why);
void content_digest_format(struct str body, struct buf *out); /* the sha-256 form */

#endif

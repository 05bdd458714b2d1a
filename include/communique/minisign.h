/*
 * minisign - keys and signatures in minisign's own files, byte for byte.
 *
 * What `minisign -G`, `-S` and `-V` write and read is written and read here.
 *
 *	public key	comment line LF
 *			base64 of 42 bytes: "Ed" | key id [8] | public key [32] LF
 *	secret key	comment line LF
 *			base64 of 158 bytes: "Ed" | kdf [2] | "B2" | salt [32] |
 *			opslimit LE64 | memlimit LE64 |
 *			(key id [8] | seed [32] | public key [32] | checksum [32])
 *			xor scrypt's stream LF
 *	signature	"untrusted comment: " … LF
 *			base64 of 74 bytes: "ED" | key id [8] | signature [64] LF
 *			"trusted comment: " … LF
 *			base64 of 64 bytes: Ed25519 over signature [64] | comment LF
 *
 * Only the prehashed algorithm "ED" (over BLAKE2b-512 of the file) is accepted,
 * never legacy "Ed". Canonical base64 only, no CR, no control character, nothing
 * behind the last line, exactly one LF there (minisign writes it). Parsers say
 * which line is wrong and why; they never print a key.
 *
 * Key ids are printed as 16 lower case hex digits, the eight bytes read as one
 * little-endian number, which is what minisign shows (in capitals) in its
 * comments; key_id_parse takes either case.
 */
#ifndef COMMUNIQUE_MINISIGN_H
#define COMMUNIQUE_MINISIGN_H

#include <communique/digest.h>
#include <communique/secret.h>

#define KEY_ID_SIZE 8
#define KEY_ID_TEXT_SIZE 17
#define PUBLIC_KEY_TEXT_LEN 56 /* "RW…" */

struct key_id {
	unsigned char at[KEY_ID_SIZE];
};

struct public_key {
	struct key_id id;
	unsigned char key[32];
};

struct secret_key {
	struct public_key public;
	struct secret seed_and_key; /* libsodium's 64 bytes: seed, public key */
};

bool key_id_equal(const struct key_id *a, const struct key_id *b);
bool key_id_parse(struct str text, struct key_id *out);
const char *key_id_text(char out[KEY_ID_TEXT_SIZE], const struct key_id *id);
#define KEY_ID_TEXT(id) key_id_text((char[KEY_ID_TEXT_SIZE]){ 0 }, (id))

/* A whole file, and the 56 characters alone. Only points for which
 * crypto_core_ed25519_is_valid_point holds. */
bool public_key_parse(struct str file, struct public_key *out, struct fault *why);
bool public_key_parse_text(struct str base64, struct public_key *out, struct fault *why);
/* The file at a path; the fault names it. */
bool public_key_read(const char *path, struct public_key *out, struct fault *why);
void public_key_format(const struct public_key *key, struct buf *out); /* a whole file */
void public_key_format_text(const struct public_key *key, struct buf *out);

/* Makes a new key. secret_key_free() wipes it. */
bool secret_key_new(struct secret_key *out, struct fault *why);
void secret_key_free(struct secret_key *key);
/* `password` may be NULL for a key without one; DENIED when it is wrong or
 * missing. Takes what the file's scrypt limits ask for, at most SCRYPT_MEMORY_MAX. */
bool secret_key_parse(struct str file, const char *password, struct secret_key *out,
		      struct fault *why);
bool secret_key_has_password(struct str file); /* whether secret_key_parse will want one */
/* With a password minisign's own limits (1 GiB) are used, less when memory is short. */
bool secret_key_format(const struct secret_key *key, const char *password, struct secret *out,
		       struct fault *why);

struct signature {
	struct key_id id;
	unsigned char bytes[64];
	unsigned char global[64];
	struct str trusted_comment; /* points into what was parsed */
};

bool signature_parse(struct str file, struct signature *out, struct fault *why);
/* Both signatures: of the file and of the comment. SIGNATURE_WRONG. The caller
 * has found `key` by signature->id. */
bool signature_verify(const struct signature *signature, const struct public_key *key,
		      struct str file, struct fault *why);
/* The second of them alone: the key made this signature, of whatever file. SIGNATURE_WRONG. */
bool signature_verify_comment(const struct signature *signature, const struct public_key *key,
			      struct fault *why);
/* A whole .minisig file. The comment must be one line without control characters. */
bool signature_make(const struct secret_key *key, struct str file, struct str trusted_comment,
		    struct buf *out, struct fault *why);

#endif

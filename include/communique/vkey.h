/*
 * vkey - the name of a log's or a witness's key, as C2SP signed-note writes it:
 *
 *	press.example/log+ded53e7e+AUjg…
 *	name              hash     base64 of: type [1] | public key [32]
 *
 * hash = the first four bytes of SHA-256(name LF type public key), in hex.
 */
#ifndef COMMUNIQUE_VKEY_H
#define COMMUNIQUE_VKEY_H

#include <communique/minisign.h>

#define VKEY_NOTE 0x01	      /* Ed25519 */
#define VKEY_COSIGNATURE 0x04 /* Ed25519, timestamped: cosignature/v1 */
#define VKEY_MAX 512

uint32_t vkey_hash(struct str name, uint8_t type, const unsigned char key[32]);
void vkey_format(struct str name, uint8_t type, const unsigned char key[32], struct buf *out);

struct vkey {
	struct str name; /* points into what was parsed */
	uint8_t type;
	uint32_t hash;
	unsigned char key[32];
};

/* INVALID: no such form, an unknown type, a hash that does not fit. */
bool vkey_parse(struct str text, struct vkey *out, struct fault *why);

/* Plain Ed25519 (RFC 8032) over the bytes, as both kinds of notes want it. */
#define VKEY_SIGNATURE_SIZE 64
bool vkey_verify(const struct vkey *vkey, struct str bytes,
		 const unsigned char signature[VKEY_SIGNATURE_SIZE]);
void vkey_sign(const struct secret_key *key, struct str bytes,
	       unsigned char signature[VKEY_SIGNATURE_SIZE]);

#endif

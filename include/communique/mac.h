/*
 * mac - proof that a message comes from a holder of a secret key: of ourselves, for
 * preview links (keyed BLAKE2b, RFC 7693), and for whoever gets our notices (HMAC with
 * SHA-256, RFC 2104), because every receiver of webhooks can check that.
 */
#ifndef COMMUNIQUE_MAC_H
#define COMMUNIQUE_MAC_H

#include <communique/secret.h>

#define MAC_SIZE 32
#define MAC_KEY_SIZE 32
#define MAC_TEXT_LEN 43 /* base64url without padding */

struct mac {
	unsigned char at[MAC_SIZE];
};

struct mac mac_of(const struct secret *key, struct str message);
struct mac mac_hmac_sha256(const struct secret *key, struct str message);
/* In a time that tells nothing of where they differ. */
bool mac_equal(const struct mac *a, const struct mac *b);

/* A file of MAC_KEY_SIZE random bytes, mode 0600; one that is not there is made. */
bool mac_key_open(const char *path, struct secret *out, struct fault *why);

#endif

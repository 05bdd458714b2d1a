/*
 * seal - what closes a secret key: scrypt's stream over 104 bytes.
 *
 * The limits are libsodium's (operations, bytes of memory) and stand in the key
 * file. minisign's own take 1 GiB and some seconds; tests take less.
 */
#ifndef COMMUNIQUE_SIGN_SEAL_H
#define COMMUNIQUE_SIGN_SEAL_H

#include <communique/minisign.h>

#define SEAL_SALT_SIZE 32
#define SEALED_SIZE 104 /* key id [8], seed [32], public key [32], checksum [32] */

struct seal_limits {
	uint64_t operations, memory;
};

/* Those of minisign. */
extern const struct seal_limits seal_limits_full;

/* Xors `at` with the stream: closes what is open and opens what is closed. */
bool seal_turn(unsigned char at[SEALED_SIZE], const char *password,
	       const unsigned char salt[SEAL_SALT_SIZE], struct seal_limits limits,
	       struct fault *why);
/* Closes with these limits or, when the machine has not the memory, with half of
 * both, and half again, and tells which were used. */
bool seal_close(unsigned char at[SEALED_SIZE], const char *password,
		const unsigned char salt[SEAL_SALT_SIZE], struct seal_limits *limits,
		struct fault *why);

/* secret_key_format() with limits other than minisign's. */
bool secret_key_format_within(const struct secret_key *key, const char *password,
			      struct seal_limits limits, struct secret *out, struct fault *why);

#endif

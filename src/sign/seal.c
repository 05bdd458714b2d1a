#include <errno.h>
#include <sodium.h>

#include <communique/limits.h>

#include "seal.h"

const struct seal_limits seal_limits_full = {
	crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE,
	crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE,
};

/* A key file may come from anywhere: its limits are looked at before they are obeyed. */
static bool check_limits(struct seal_limits limits, struct fault *why)
{
	if (limits.memory > SCRYPT_MEMORY_MAX)
		return fail_line(why, INVALID, 2,
				 "the password's scrypt limit of memory is above %llu MiB",
				 SCRYPT_MEMORY_MAX >> 20);
	if (limits.operations > SCRYPT_OPERATIONS_MAX)
		return fail_line(why, INVALID, 2,
				 "the password's scrypt limit of operations is above %llu",
				 SCRYPT_OPERATIONS_MAX);
	return true;
}

static bool no_memory(struct seal_limits limits, struct fault *why)
{
	return fail(why, BROKEN,
		    "this key's password takes %llu MiB of memory, and they cannot be had",
		    (unsigned long long)limits.memory >> 20);
}

static bool turn(unsigned char at[SEALED_SIZE], const char *password, const unsigned char *salt,
		 struct seal_limits limits)
{
	unsigned char *stream = sodium_malloc(SEALED_SIZE);
	bool ok = stream && crypto_pwhash_scryptsalsa208sha256(
				    stream, SEALED_SIZE, password, strlen(password), salt,
				    limits.operations, (size_t)limits.memory) == 0;

	for (size_t i = 0; ok && i < SEALED_SIZE; i++)
		at[i] ^= stream[i];
	sodium_free(stream);
	return ok;
}

bool seal_turn(unsigned char at[SEALED_SIZE], const char *password,
	       const unsigned char salt[SEAL_SALT_SIZE], struct seal_limits limits,
	       struct fault *why)
{
	if (!check_limits(limits, why))
		return false;
	return turn(at, password, salt, limits) || no_memory(limits, why);
}

bool seal_close(unsigned char at[SEALED_SIZE], const char *password,
		const unsigned char salt[SEAL_SALT_SIZE], struct seal_limits *limits,
		struct fault *why)
{
	if (!check_limits(*limits, why))
		return false;
	while (!turn(at, password, salt, *limits)) {
		if (limits->memory / 2 < SCRYPT_MEMORY_MIN)
			return no_memory(*limits, why);
		limits->memory /= 2;
		limits->operations /= 2;
	}
	return true;
}

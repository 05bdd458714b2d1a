/*
 * secret - bytes that must not be seen.
 *
 * Memory from sodium_malloc: guarded, kept out of core dumps and swap, wiped
 * when freed. A secret is never logged, printed or put into a fault's sentence.
 */
#ifndef COMMUNIQUE_SECRET_H
#define COMMUNIQUE_SECRET_H

#include <communique/fault.h>

struct secret {
	unsigned char *at;
	size_t len;
};

/* Starts the library; every program calls it once, first. */
bool sign_start(struct fault *why);

bool secret_new(struct secret *secret, size_t len, struct fault *why);
void secret_free(struct secret *secret); /* wipes; harmless on an empty one */
/* A file into secret memory, never through a buffer of ours. */
bool secret_read_file(struct secret *secret, const char *path, size_t most, struct fault *why);

void wipe(void *at, size_t len);
void random_bytes(void *out, size_t len);

#endif

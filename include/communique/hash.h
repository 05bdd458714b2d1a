/*
 * hash - the SHA-256 of a file, which is its name everywhere: in addresses, in
 * `Previous`, in the store, in the log. Printed as 64 lower case hex digits.
 * (Computing one takes libsodium and stands in digest.h.)
 */
#ifndef COMMUNIQUE_HASH_H
#define COMMUNIQUE_HASH_H

#include <communique/str.h>

#define HASH_SIZE 32
#define HASH_TEXT_SIZE 65

struct hash {
	unsigned char at[HASH_SIZE];
};

bool hash_equal(const struct hash *a, const struct hash *b);
bool hash_parse(struct str hex, struct hash *out); /* 64 lower case digits, nothing else */
const char *hash_text(char out[HASH_TEXT_SIZE], const struct hash *hash);
/* The memory is the enclosing block's. */
#define HASH_TEXT(hash) hash_text((char[HASH_TEXT_SIZE]){ 0 }, (hash))

#endif

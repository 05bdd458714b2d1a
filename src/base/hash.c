#include <communique/bytes.h>
#include <communique/hash.h>

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->at, b->at, HASH_SIZE) == 0;
}

bool hash_parse(struct str hex, struct hash *out)
{
	for (size_t i = 0; i < hex.len; i++) {
		if (is_upper(hex.at[i]))
			return false;
	}
	return hex_decode(out->at, HASH_SIZE, hex);
}

const char *hash_text(char out[HASH_TEXT_SIZE], const struct hash *hash)
{
	hex_encode(out, hash->at, HASH_SIZE);
	out[2 * HASH_SIZE] = '\0';
	return out;
}

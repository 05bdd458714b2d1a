#include <communique/bytes.h>
#include <communique/store.h>

struct store_key key_begin(void)
{
	return (struct store_key){ .len = 0 };
}

void key_add_bytes(struct store_key *key, const void *bytes, size_t len)
{
	if (key->too_long || len > STORE_KEY_MAX - key->len) {
		key->too_long = true;
		return;
	}
	if (len)
		memcpy(key->at + key->len, bytes, len);
	key->len += len;
}

void key_add_u8(struct store_key *key, uint8_t n)
{
	key_add_bytes(key, &n, 1);
}

void key_add_u32(struct store_key *key, uint32_t n)
{
	char bytes[4];

	put_be32(bytes, n);
	key_add_bytes(key, bytes, sizeof bytes);
}

void key_add_u64(struct store_key *key, uint64_t n)
{
	char bytes[8];

	put_be64(bytes, n);
	key_add_bytes(key, bytes, sizeof bytes);
}

/* A NUL inside would make two texts of one, "en" + "x" as good as "en\0x"; it can come
 * from an address (%00), so it is the asker's fault and no reason to stop. */
void key_add_text(struct store_key *key, struct str text)
{
	if (str_find(text, '\0') < text.len) {
		key->too_long = true;
		return;
	}
	key_add_bytes(key, text.at, text.len);
	key_add_u8(key, 0);
}

#include <communique/bytes.h>
#include <communique/digest.h>
#include <communique/vkey.h>

enum { KEY_SIZE = 32 };

uint32_t vkey_hash(struct str name, uint8_t type, const unsigned char key[32])
{
	struct buf bytes;
	struct hash hash;

	buf_init(&bytes, VKEY_MAX);
	buf_add(&bytes, name);
	buf_add_char(&bytes, '\n');
	buf_add_char(&bytes, (char)type);
	buf_add(&bytes, (struct str){ (const char *)key, KEY_SIZE });
	must(!bytes.full);
	hash = hash_of(buf_str(&bytes));
	buf_release(&bytes);
	return get_be32(hash.at);
}

void vkey_format(struct str name, uint8_t type, const unsigned char key[32], struct buf *out)
{
	unsigned char typed[1 + KEY_SIZE] = { type };

	memcpy(typed + 1, key, KEY_SIZE);
	buf_addf(out, "%.*s+%08x+", STR_ARG(name), vkey_hash(name, type, key));
	buf_add_base64(out, typed, sizeof typed);
}

static bool name_is_plain(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] <= ' ' || name.at[i] == 0x7f)
			return false;
	}
	return name.len > 0 && name.len <= 300;
}

bool vkey_parse(struct str text, struct vkey *out, struct fault *why)
{
	unsigned char typed[1 + KEY_SIZE], hash[4];
	struct str rest = text;
	size_t len;

	out->name = str_cut(&rest, '+');
	if (!name_is_plain(out->name))
		return fail(why, INVALID, "a key's name is missing or has spaces");
	if (!hex_decode(hash, sizeof hash, str_cut(&rest, '+')))
		return fail(why, INVALID, "a key's hash is eight hex digits");
	if (!base64_decode(typed, sizeof typed, &len, rest) || len != sizeof typed)
		return fail(why, INVALID, "a key is base64 of 33 bytes");
	out->type = typed[0];
	memcpy(out->key, typed + 1, KEY_SIZE);
	if (out->type != VKEY_NOTE && out->type != VKEY_COSIGNATURE)
		return fail(why, INVALID, "a key of type %u is not known", out->type);
	out->hash = vkey_hash(out->name, out->type, out->key);
	if (out->hash != get_be32(hash))
		return fail(why, INVALID, "the key's hash does not fit the key");
	return true;
}

bool vkey_verify(const struct vkey *vkey, struct str bytes,
		 const unsigned char signature[VKEY_SIGNATURE_SIZE])
{
	return crypto_sign_verify_detached(signature, (const unsigned char *)bytes.at, bytes.len,
					   vkey->key) == 0;
}

void vkey_sign(const struct secret_key *key, struct str bytes,
	       unsigned char signature[VKEY_SIGNATURE_SIZE])
{
	crypto_sign_detached(signature, NULL, (const unsigned char *)bytes.at, bytes.len,
			     key->seed_and_key.at);
}

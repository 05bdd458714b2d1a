#include <communique/file.h>
#include <communique/mac.h>
#include <sodium.h>

struct mac mac_of(const struct secret *key, struct str message)
{
	struct mac mac;

	must(key->len == MAC_KEY_SIZE);
	crypto_generichash(mac.at, MAC_SIZE, (const unsigned char *)message.at, message.len,
			   key->at, key->len);
	return mac;
}

struct mac mac_hmac_sha256(const struct secret *key, struct str message)
{
	crypto_auth_hmacsha256_state state;
	struct mac mac;

	crypto_auth_hmacsha256_init(&state, key->at, key->len);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)message.at, message.len);
	crypto_auth_hmacsha256_final(&state, mac.at);
	wipe(&state, sizeof state);
	return mac;
}

bool mac_equal(const struct mac *a, const struct mac *b)
{
	return sodium_memcmp(a->at, b->at, MAC_SIZE) == 0;
}

static bool make_key(const char *path, struct fault *why)
{
	struct secret secret;
	bool ok;

	if (!secret_new(&secret, MAC_KEY_SIZE, why))
		return false;
	random_bytes(secret.at, secret.len);
	ok = file_create(path, (struct str){ (const char *)secret.at, secret.len }, 0600, why);
	secret_free(&secret);
	return ok;
}

bool mac_key_open(const char *path, struct secret *out, struct fault *why)
{
	struct fault missing;

	if (!secret_read_file(out, path, MAC_KEY_SIZE, &missing)) {
		if (missing.kind != NOT_FOUND)
			return fail(why, missing.kind, "%s", missing.says);
		if (!make_key(path, why) || !secret_read_file(out, path, MAC_KEY_SIZE, why))
			return false;
	}
	if (out->len == MAC_KEY_SIZE)
		return true;
	secret_free(out);
	return fail(why, INVALID,
		    "%s is no key: it has not %d bytes. Without it the desk makes another", path,
		    MAC_KEY_SIZE);
}

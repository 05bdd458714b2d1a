#include <sodium.h>

#include <communique/bytes.h>
#include <communique/limits.h>

#include "comment.h"
#include "seal.h"

/* The 158 bytes, and the 104 sealed ones at their end. */
enum {
	ALGORITHM = 0,
	KDF = 2,
	CHECKSUM_ALGORITHM = 4,
	SALT = 6,
	OPERATIONS = SALT + SEAL_SALT_SIZE,
	MEMORY = OPERATIONS + 8,
	SEALED = MEMORY + 8,
	FILE_SIZE = SEALED + SEALED_SIZE,

	SEALED_ID = 0,
	SEALED_SEED = SEALED_ID + KEY_ID_SIZE,
	SEALED_PUBLIC = SEALED_SEED + 32,
	SEALED_CHECKSUM = SEALED_PUBLIC + 32,
	CHECKSUM_SIZE = 32,
	FILE_BASE64_LEN = (FILE_SIZE + 2) / 3 * 4,
};

static uint64_t get_le64(const unsigned char *at)
{
	uint64_t n = 0;

	for (size_t i = 8; i-- > 0;)
		n = n << 8 | at[i];
	return n;
}

static void put_le64(unsigned char *at, uint64_t n)
{
	for (size_t i = 0; i < 8; i++)
		at[i] = (unsigned char)(n >> 8 * i);
}

bool secret_key_new(struct secret_key *out, struct fault *why)
{
	*out = (struct secret_key){ 0 };
	if (!secret_new(&out->seed_and_key, crypto_sign_SECRETKEYBYTES, why))
		return false;
	crypto_sign_keypair(out->public.key, out->seed_and_key.at);
	random_bytes(out->public.id.at, sizeof out->public.id.at);
	return true;
}

void secret_key_free(struct secret_key *key)
{
	secret_free(&key->seed_and_key);
	key->public = (struct public_key){ 0 };
}

/* BLAKE2b-256 over "Ed", key id, seed, public key. */
static void checksum_of(const unsigned char *sealed, unsigned char checksum[CHECKSUM_SIZE])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, CHECKSUM_SIZE);
	crypto_generichash_update(&state, (const unsigned char *)"Ed", 2);
	crypto_generichash_update(&state, sealed, SEALED_CHECKSUM);
	crypto_generichash_final(&state, checksum, CHECKSUM_SIZE);
	wipe(&state, sizeof state);
}

static bool is_checksum_right(const unsigned char *sealed)
{
	unsigned char checksum[CHECKSUM_SIZE];

	checksum_of(sealed, checksum);
	return sodium_memcmp(checksum, sealed + SEALED_CHECKSUM, CHECKSUM_SIZE) == 0;
}

/* minisign 0.11 leaves salt, limits and checksum of a key without password zero;
 * a checksum that is there must be right. */
static bool check_open(const struct lines *lines, const unsigned char *file, struct fault *why)
{
	if (!sodium_is_zero(file + SALT, SEALED - SALT))
		return lines_fail(lines, why,
				  "salt and limits are zero in a key without a password");
	if (!sodium_is_zero(file + SEALED + SEALED_CHECKSUM, CHECKSUM_SIZE) &&
	    !is_checksum_right(file + SEALED))
		return lines_fail(lines, why, "the checksum is wrong, the key is damaged");
	return true;
}

static bool open_seal(unsigned char *file, const char *password, struct fault *why)
{
	struct seal_limits limits = { get_le64(file + OPERATIONS), get_le64(file + MEMORY) };

	if (!password)
		return fail(why, DENIED, "this key has a password, and none was given");
	if (!seal_turn(file + SEALED, password, file + SALT, limits, why))
		return false;
	return is_checksum_right(file + SEALED) ||
	       fail(why, DENIED, "this is not the password of the key");
}

static bool open_file(const struct lines *lines, unsigned char *file, const char *password,
		      struct fault *why)
{
	if (memcmp(file + ALGORITHM, "Ed", 2) != 0)
		return lines_fail(lines, why, "not an Ed25519 key of minisign's");
	if (memcmp(file + CHECKSUM_ALGORITHM, "B2", 2) != 0)
		return lines_fail(lines, why, "the checksum is not of the kind B2");
	if (memcmp(file + KDF, "Sc", 2) == 0)
		return open_seal(file, password, why);
	if (!sodium_is_zero(file + KDF, 2))
		return lines_fail(lines, why, "the password is of an unknown kind, not Sc");
	return check_open(lines, file, why);
}

/* The seed is the key; that the public key beside it is its own is checked, as a
 * signature made with a wrong one gives the seed away. */
static bool take_sealed(const struct lines *lines, const unsigned char *sealed,
			struct secret_key *out, struct fault *why)
{
	if (!secret_new(&out->seed_and_key, crypto_sign_SECRETKEYBYTES, why))
		return false;
	memcpy(out->public.id.at, sealed + SEALED_ID, sizeof out->public.id.at);
	crypto_sign_seed_keypair(out->public.key, out->seed_and_key.at, sealed + SEALED_SEED);
	if (memcmp(out->public.key, sealed + SEALED_PUBLIC, sizeof out->public.key) == 0)
		return true;
	secret_key_free(out);
	return lines_fail(lines, why, "the public key is not that of the seed, the key is damaged");
}

bool secret_key_parse(struct str file, const char *password, struct secret_key *out,
		      struct fault *why)
{
	struct lines lines = lines_begin(file, INVALID);
	struct secret bytes = { 0 };
	struct lines rest;
	bool ok;

	*out = (struct secret_key){ 0 };
	if (file.len > KEY_FILE_MAX)
		return fail(why, INVALID, "a key file has at most %d bytes", KEY_FILE_MAX);
	if (!take_comment(&lines, why) || !secret_new(&bytes, FILE_SIZE, why))
		return false;
	ok = lines_base64(&lines, bytes.at, bytes.len, "a secret key", why);
	rest = lines;
	ok = ok && lines_end(&rest, why) && open_file(&lines, bytes.at, password, why) &&
	     take_sealed(&lines, bytes.at + SEALED, out, why);
	secret_free(&bytes);
	return ok;
}

bool secret_key_has_password(struct str file)
{
	unsigned char head[6]; /* eight characters: nothing of this is secret */
	struct str line;
	size_t have = 0;

	str_cut(&file, '\n');
	line = str_cut(&file, '\n');
	return base64_decode(head, sizeof head, &have, str_first(line, 8)) && have == sizeof head &&
	       memcmp(head + KDF, "Sc", 2) == 0;
}

static bool close_file(const struct secret_key *key, const char *password,
		       struct seal_limits limits, unsigned char *file, struct fault *why)
{
	unsigned char *sealed = file + SEALED;

	memset(file, 0, FILE_SIZE);
	memcpy(file + ALGORITHM, "Ed", 2);
	memcpy(file + CHECKSUM_ALGORITHM, "B2", 2);
	memcpy(sealed + SEALED_ID, key->public.id.at, KEY_ID_SIZE);
	memcpy(sealed + SEALED_SEED, key->seed_and_key.at, crypto_sign_SECRETKEYBYTES);
	if (!password)
		return true;
	memcpy(file + KDF, "Sc", 2);
	random_bytes(file + SALT, SEAL_SALT_SIZE);
	checksum_of(sealed, sealed + SEALED_CHECKSUM);
	if (!seal_close(sealed, password, file + SALT, &limits, why))
		return false;
	put_le64(file + OPERATIONS, limits.operations);
	put_le64(file + MEMORY, limits.memory);
	return true;
}

/* Written where it stays: base64 that passes through a struct buf would be left
 * behind in the heap. libsodium's encoder runs in constant time besides. */
static bool write_file(const unsigned char *file, struct secret *out, struct fault *why)
{
	static const char comment[] = SECRET_KEY_COMMENT "\n";
	const size_t comment_len = sizeof comment - 1;
	char *base64;

	if (!secret_new(out, comment_len + FILE_BASE64_LEN + 1, why))
		return false;
	memcpy(out->at, comment, comment_len);
	base64 = (char *)out->at + comment_len;
	sodium_bin2base64(base64, FILE_BASE64_LEN + 1, file, FILE_SIZE,
			  sodium_base64_VARIANT_ORIGINAL);
	base64[FILE_BASE64_LEN] = '\n';
	return true;
}

bool secret_key_format_within(const struct secret_key *key, const char *password,
			      struct seal_limits limits, struct secret *out, struct fault *why)
{
	struct secret file = { 0 };
	bool ok;

	*out = (struct secret){ 0 };
	if (!secret_new(&file, FILE_SIZE, why))
		return false;
	ok = close_file(key, password, limits, file.at, why) && write_file(file.at, out, why);
	secret_free(&file);
	return ok;
}

bool secret_key_format(const struct secret_key *key, const char *password, struct secret *out,
		       struct fault *why)
{
	return secret_key_format_within(key, password, seal_limits_full, out, why);
}

/*
 * Hashes, secrets and Content-Digest (RFC 9530).
 */
#include "sign_tests.h"

#include <unistd.h>

#include <communique/digest.h>
#include <communique/file.h>
#include <communique/limits.h>
#include <communique/secret.h>

/* clang-format off */
#define EMPTY256 "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
#define EMPTY512 "sha-512=:z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==:"
#define WRONG512 "sha-512=:A4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==:"

static const struct {
	const char *field, *says;
} bad[] = {
	{ "", "neither sha-256 nor sha-512" },
	{ "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:", "neither" },
	{ "sha-1=:AAAA:", "neither" },
	{ "SHA-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", "a key begins" },
	{ "sha-256", "not a byte sequence" },
	{ "sha-256=?1", "not a byte sequence" },
	{ "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "not a byte sequence" },
	{ "sha-256=\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"", "not a byte sequence" },
	{ "sha-256=e3b0", "not a byte sequence" },
	{ "sha-256=(:AAAA:)", "is a list" },
	{ "sha-256=::", "base64 of 32 bytes" },
	{ "sha-256=:AAAA:", "base64 of 32 bytes" },
	{ "sha-512=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", "base64 of 64 bytes" },
	{ "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=:", "base64 of 32 bytes" },
	{ "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU:", "groups of four" },
	{ "sha-256=:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=:", "between colons" },
	{ "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "between colons" },
	{ "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:AA", "parted by commas" },
	{ EMPTY256 ",", "nothing follows" },
	{ EMPTY256 ", " EMPTY256, "twice" },
	{ EMPTY512 "," EMPTY512, "twice" },
	{ EMPTY256 "; ", "a key begins" },
	{ EMPTY256 " " EMPTY512, "parted by commas" },
	{ "sha-256 =:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", "not a byte sequence" },
	{ "x=(1, " EMPTY256, "parted by spaces" },
	{ "x=%\"y\", " EMPTY256, "display strings" },
};

static const char *const good[] = {
	EMPTY256, EMPTY512, EMPTY256 ", " EMPTY512, EMPTY512 "\t,\t" EMPTY256,
	"md5=:AAAA:, " EMPTY256, "x=(1 2);a, " EMPTY256, EMPTY256 ";q=1",
	"  " EMPTY256 "  ", "unixsum=30637, " EMPTY512,
};
/* clang-format on */

static void a_digest_is_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct content_digest announced;
		struct body_digest body;
		struct fault why;
		struct hash hash, empty = hash_of(STR(""));

		if (!content_digest_parse(str_from(good[i]), &announced, &why))
			fail_msg("%s: %s", good[i], why.says);
		body_digest_begin(&body);
		assert_true(content_digest_check(&announced, &body, &hash, &why));
		assert_true(hash_equal(&hash, &empty));
		body_digest_begin(&body);
		body_digest_add(&body, STR("x"));
		assert_refused(content_digest_check(&announced, &body, NULL, &why), why,
			       DIGEST_MISMATCH, 0, "another one");
	}
}

static void each_known_digest_must_match(void **state)
{
	struct content_digest announced;
	struct body_digest body;
	struct fault why;

	(void)state;
	assert_true(content_digest_parse(STR(EMPTY256 ", " WRONG512), &announced, &why));
	body_digest_begin(&body);
	assert_refused(content_digest_check(&announced, &body, NULL, &why), why, DIGEST_MISMATCH, 0,
		       "sha-512");
	announced = (struct content_digest){ 0 };
	body_digest_begin(&body);
	assert_refused(content_digest_check(&announced, &body, NULL, &why), why, DIGEST_MISMATCH, 0,
		       "no digest");
}

static void malformed_digests_are_refused(void **state)
{
	char long_field[CONTENT_DIGEST_MAX + 1];
	struct content_digest announced;
	struct fault why;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (content_digest_parse(str_from(bad[i].field), &announced, &why))
			fail_msg("%s is taken", bad[i].field);
		if (!strstr(why.says, bad[i].says))
			fail_msg("%s: %s", bad[i].field, why.says);
		assert_int_equal(why.kind, DIGEST_MALFORMED);
	}
	memset(long_field, ' ', sizeof long_field);
	assert_refused(content_digest_parse((struct str){ long_field, sizeof long_field },
					    &announced, &why),
		       why, DIGEST_MALFORMED, 0, "1024");
	assert_refused(content_digest_parse(STR_NONE, &announced, &why), why, DIGEST_MALFORMED, 0,
		       "no Content-Digest");
}

static void a_body_may_come_in_pieces(void **state)
{
	struct content_digest announced;
	struct body_digest body;
	struct buf field;

	(void)state;
	buf_init(&field, 256);
	content_digest_format(STR("one two three"), &field);
	assert_true(content_digest_parse(buf_str(&field), &announced, NULL));
	body_digest_begin(&body);
	body_digest_add(&body, STR("one"));
	body_digest_add(&body, STR(""));
	body_digest_add(&body, STR_NONE);
	body_digest_add(&body, STR(" two three"));
	assert_true(content_digest_check(&announced, &body, NULL, NULL));
	buf_release(&field);
}

/* FIPS 180-2, appendix B.1. */
static void a_hash_is_sha_256(void **state)
{
	struct hash hash = hash_of(STR("abc"));

	(void)state;
	assert_string_equal(HASH_TEXT(&hash), "ba7816bf8f01cfea414140de5dae2223"
					      "b00361a396177a9cb410ff61f20015ad");
}

static void secrets_come_and_go(void **state)
{
	char path[] = "/tmp/communique-secret.XXXXXX";
	struct secret secret = { 0 };
	struct fault why;
	char text[] = "not for long";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "hush\n", 5), 5);
	close(fd);
	assert_true(secret_read_file(&secret, path, 5, &why));
	assert_int_equal(secret.len, 5);
	assert_memory_equal(secret.at, "hush\n", 5);
	secret_free(&secret);
	assert_null(secret.at);
	secret_free(&secret);
	assert_refused(secret_read_file(&secret, path, 4, &why), why, TOO_LARGE, 0, "4 bytes");
	assert_null(secret.at);
	unlink(path);
	assert_refused(secret_read_file(&secret, path, 4, &why), why, NOT_FOUND, 0, "no file");
	assert_refused(secret_read_file(&secret, "/tmp", 4, &why), why, BROKEN, 0, "cannot");
	wipe(text, sizeof text);
	for (size_t i = 0; i < sizeof text; i++)
		assert_int_equal(text[i], 0);
}

static void random_bytes_differ(void **state)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	random_bytes(a, sizeof a);
	random_bytes(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_digest_is_checked),
		cmocka_unit_test(each_known_digest_must_match),
		cmocka_unit_test(malformed_digests_are_refused),
		cmocka_unit_test(a_body_may_come_in_pieces),
		cmocka_unit_test(a_hash_is_sha_256),
		cmocka_unit_test(secrets_come_and_go),
		cmocka_unit_test(random_bytes_differ),
	};

	if (!sign_start(NULL))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/bytes.h>
#include <communique/file.h>
#include <communique/mac.h>

static struct secret secret_of(const char *bytes, size_t len)
{
	struct secret secret;

	assert_true(secret_new(&secret, len, NULL));
	memcpy(secret.at, bytes, len);
	return secret;
}

static void assert_mac(struct mac mac, const char *hex)
{
	char text[2 * MAC_SIZE + 1];

	hex_encode(text, mac.at, MAC_SIZE);
	text[2 * MAC_SIZE] = '\0';
	assert_string_equal(text, hex);
}

/* RFC 4231, test cases 2 and 6. */
static void hmac_is_that_of_the_standard(void **state)
{
	char long_key[131];
	struct secret key = secret_of("Jefe", 4);

	(void)state;
	assert_mac(mac_hmac_sha256(&key, STR("what do ya want for nothing?")),
		   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	secret_free(&key);
	memset(long_key, 0xaa, sizeof long_key);
	key = secret_of(long_key, sizeof long_key);
	assert_mac(mac_hmac_sha256(&key,
				   STR("Test Using Larger Than Block-Size Key - Hash Key First")),
		   "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	secret_free(&key);
}

static void another_key_or_message_has_another_mac(void **state)
{
	char bytes[MAC_KEY_SIZE] = { 0 };
	struct secret one = secret_of(bytes, sizeof bytes), other;
	struct mac a, b, c;

	(void)state;
	bytes[31] = 1;
	other = secret_of(bytes, sizeof bytes);
	a = mac_of(&one, STR("a"));
	b = mac_of(&one, STR("b"));
	c = mac_of(&other, STR("a"));
	assert_false(mac_equal(&a, &b));
	assert_false(mac_equal(&a, &c));
	b = mac_of(&one, STR("a"));
	assert_true(mac_equal(&a, &b));
	b.at[MAC_SIZE - 1] ^= 1;
	assert_false(mac_equal(&a, &b));
	secret_free(&one);
	secret_free(&other);
}

static void a_key_is_made_once_and_kept(void **state)
{
	char folder[] = "/tmp/mac-XXXXXX", path[64];
	struct secret first, again;
	struct fault why;
	struct stat about;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/preview.key", folder);
	assert_true(mac_key_open(path, &first, &why));
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(about.st_size, MAC_KEY_SIZE);
	assert_true(mac_key_open(path, &again, &why));
	assert_memory_equal(first.at, again.at, MAC_KEY_SIZE);
	secret_free(&first);
	secret_free(&again);
	assert_true(file_write(path, STR("too short"), 0600, &why));
	assert_false(mac_key_open(path, &first, &why));
	assert_int_equal(why.kind, INVALID);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
	assert_false(mac_key_open(path, &first, &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmac_is_that_of_the_standard),
		cmocka_unit_test(another_key_or_message_has_another_mac),
		cmocka_unit_test(a_key_is_made_once_and_kept),
	};

	if (!sign_start(NULL))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

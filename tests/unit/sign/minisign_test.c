/*
 * minisign's three files in our hands: what stock minisign 0.11 wrote, and what
 * must be refused. The two programs face to face are in interop_test.c.
 */
#include "sign_tests.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <communique/bytes.h>
#include <communique/limits.h>
#include <communique/minisign.h>

#include "../../../src/sign/seal.h"

/* clang-format off */
#define U "untrusted comment: x\n"
#define T "trusted comment: timestamp:1795463493\tfile:f\thashed\n"
#define PUB "RWRKN69/nv4yKafdfAyoytMrqdyPAXzLIYze/AkeVUMgw+TRGAVtw+y3"
#define SIG "RURKN69/nv4yKTskQEMCwX0Qm5/UQRY95kcKgRC2TdJmRFqvqXQfiEapBzdCKJXmj5FWIjgOobr8rmoV/G+EXGNYjjzY6GibEAo="
#define GLOBAL "2k/DI/pvRwPggrbNaQSIXvLZqkJzc1UHpQaVRW5VZWX/IhmFJ/kI2WIZufQIxbxB5ANQVzKiuN4Vz64hFZC1Aw=="
#define SECRET "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASjevf57+Mine9Plo5H97yIQnEUUuP7ywEmDPv8P4fs/9SgX5bMqFcafdfAyoytMrqdyPAXzLIYze/AkeVUMgw+TRGAVtw+y3AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
/* clang-format on */

/* Made by `minisign -G -W` and `minisign -S` over "hi\n"; good for nothing else. */
static const char public_file[] =
	"untrusted comment: minisign public key 2932FE9E7FAF374A\n" PUB "\n";
static const char secret_file[] = "untrusted comment: minisign encrypted secret key\n" SECRET "\n";
static const char signature_file[] =
	"untrusted comment: signature from minisign secret key\n" SIG "\n" T GLOBAL "\n";
static const struct seal_limits little = { 32768, 1024 * 1024 };

static void a_public_key_is_read_and_written(void **state)
{
	struct public_key key, again;
	struct buf out;

	(void)state;
	assert_true(public_key_parse(text_of(public_file), &key, NULL));
	assert_string_equal(KEY_ID_TEXT(&key.id), "2932fe9e7faf374a");
	buf_init(&out, KEY_FILE_MAX);
	public_key_format(&key, &out);
	assert_true(str_equal(buf_str(&out), text_of(public_file)));
	buf_clear(&out);
	public_key_format_text(&key, &out);
	assert_true(str_equal(buf_str(&out), STR(PUB)));
	assert_true(public_key_parse_text(buf_str(&out), &again, NULL));
	assert_memory_equal(&key, &again, sizeof key);
	buf_release(&out);
}

static void key_ids_are_16_digits(void **state)
{
	struct key_id id, zero = { { 0 } };

	(void)state;
	assert_true(key_id_parse(STR("2932fe9e7faf374a"), &id));
	assert_int_equal(id.at[0], 0x4a);
	assert_int_equal(id.at[7], 0x29);
	assert_true(key_id_parse(STR("2932FE9E7FAF374A"), &id));
	assert_string_equal(KEY_ID_TEXT(&zero), "0000000000000000");
	assert_false(key_id_equal(&id, &zero));
	assert_false(key_id_parse(STR("2932fe9e7faf374"), &id));
	assert_false(key_id_parse(STR("2932fe9e7faf374aa"), &id));
	assert_false(key_id_parse(STR("2932fe9e7faf374g"), &id));
	assert_false(key_id_parse(STR_NONE, &id));
}

static void a_secret_key_is_read_and_written(void **state)
{
	struct secret_key key;
	struct public_key public;
	struct secret out;

	(void)state;
	assert_false(secret_key_has_password(text_of(secret_file)));
	assert_true(secret_key_parse(text_of(secret_file), NULL, &key, NULL));
	assert_true(public_key_parse(text_of(public_file), &public, NULL));
	assert_memory_equal(&key.public, &public, sizeof public);
	assert_true(secret_key_format(&key, NULL, &out, NULL));
	assert_int_equal(out.len, strlen(secret_file));
	assert_memory_equal(out.at, secret_file, out.len);
	secret_free(&out);
	secret_key_free(&key);
	assert_null(key.seed_and_key.at);
	secret_key_free(&key);
}

static void a_password_closes_and_opens(void **state)
{
	struct secret_key key, again;
	struct secret file, other;
	struct fault why;
	struct str text;

	(void)state;
	assert_true(secret_key_new(&key, NULL));
	assert_true(secret_key_format_within(&key, "horse", little, &file, NULL));
	assert_true(secret_key_format_within(&key, "horse", little, &other, NULL));
	assert_memory_not_equal(file.at, other.at, file.len); /* salted */
	text = (struct str){ (const char *)file.at, file.len };
	assert_true(secret_key_has_password(text));
	assert_true(secret_key_parse(text, "horse", &again, NULL));
	assert_memory_equal(&again.public, &key.public, sizeof key.public);
	assert_memory_equal(again.seed_and_key.at, key.seed_and_key.at, 64);
	secret_key_free(&again);
	assert_refused(secret_key_parse(text, NULL, &again, &why), why, DENIED, 0,
		       "none was given");
	assert_refused(secret_key_parse(text, "house", &again, &why), why, DENIED, 0,
		       "not the password");
	assert_null(again.seed_and_key.at);
	secret_free(&file);
	secret_free(&other);
	secret_key_free(&key);
}

/* From here on so much more than it has: a sanitizer's own maps take terabytes of addresses. */
static bool limit_memory(uint64_t more)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long long pages = 0;
	struct rlimit limit;

	if (!file || fscanf(file, "%llu", &pages) != 1 || fclose(file) != 0)
		return false;
	limit.rlim_cur = pages * (uint64_t)sysconf(_SC_PAGESIZE) + more;
	limit.rlim_max = RLIM_INFINITY;
	return setrlimit(RLIMIT_AS, &limit) == 0;
}

/* In a process that may have 256 MiB, minisign's 1 GiB becomes less; what was used
 * stands in the file, so that it opens again. */
static int format_in_little_memory(void)
{
	struct secret_key key, again;
	struct secret file;
	struct fault why;

	if (!secret_key_new(&key, NULL) || !limit_memory(256 << 20))
		return 2;
	if (!secret_key_format(&key, "horse", &file, &why))
		return 3;
	if (!secret_key_parse((struct str){ (const char *)file.at, file.len }, "horse", &again,
			      &why))
		return 4;
	if (secret_key_parse((struct str){ (const char *)file.at, file.len }, "x", &again, &why))
		return 5;
	if (!limit_memory(4 << 20))
		return 6;
	if (secret_key_format(&key, "horse", &file, &why) || why.kind != BROKEN || file.at)
		return 7;
	return 0;
}

static void little_memory_is_enough(void **state)
{
	int status = 0;
	pid_t child;

	(void)state;
	child = fork();
	if (child == 0)
		_exit(format_in_little_memory());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_signature_is_read_and_verified(void **state)
{
	struct signature signature;
	struct public_key key, other;
	struct fault why;

	(void)state;
	assert_true(public_key_parse_text(STR(PUB), &key, NULL));
	assert_true(signature_parse(text_of(signature_file), &signature, NULL));
	assert_true(
		str_equal(signature.trusted_comment, STR("timestamp:1795463493\tfile:f\thashed")));
	assert_true(signature_verify(&signature, &key, STR("hi\n"), NULL));
	assert_refused(signature_verify(&signature, &key, STR("ho\n"), &why), why, SIGNATURE_WRONG,
		       0, "not signed these bytes");
	signature.trusted_comment = STR("timestamp:1795463493\tfile:g\thashed");
	assert_refused(signature_verify(&signature, &key, STR("hi\n"), &why), why, SIGNATURE_WRONG,
		       0, "trusted comment");
	other = key;
	other.id.at[0] ^= 1;
	assert_refused(signature_verify(&signature, &other, STR("hi\n"), &why), why,
		       SIGNATURE_WRONG, 0, "the key is");
}

static void a_signature_is_made(void **state)
{
	struct secret_key key;
	struct signature signature;
	struct fault why;
	struct buf out;
	char long_comment[TRUSTED_COMMENT_MAX + 1];

	(void)state;
	memset(long_comment, 'c', sizeof long_comment);
	buf_init(&out, SIGNATURE_FILE_MAX);
	assert_true(secret_key_parse(text_of(secret_file), NULL, &key, NULL));
	/* Ed25519 has no randomness: the very bytes that minisign wrote. */
	assert_true(signature_make(&key, STR("hi\n"), STR("timestamp:1795463493\tfile:f\thashed"),
				   &out, NULL));
	assert_true(str_equal(buf_str(&out), text_of(signature_file)));
	buf_clear(&out);
	assert_true(signature_make(&key, STR(""), STR(""), &out, NULL));
	assert_true(signature_parse(buf_str(&out), &signature, NULL));
	assert_true(signature_verify(&signature, &key.public, STR(""), NULL));
	assert_refused(signature_make(&key, STR("x"), STR("a\nb"), &out, &why), why, INVALID, 0,
		       "control");
	assert_refused(signature_make(&key, STR("x"), STR("a\xc2\x9b"), &out, &why), why, INVALID,
		       0, "control");
	assert_refused(signature_make(&key, STR("x"), STR("a\rb"), &out, &why), why, INVALID, 0,
		       "carriage");
	assert_refused(signature_make(&key, STR("x"), STR("\xff"), &out, &why), why, INVALID, 0,
		       "UTF-8");
	assert_refused(signature_make(&key, STR("x"),
				      (struct str){ long_comment, sizeof long_comment }, &out,
				      &why),
		       why, INVALID, 0, "1024");
	buf_release(&out);
	secret_key_free(&key);
}

struct malformed {
	const char *file;
	unsigned line;
	const char *says;
};

/* clang-format off */
static const struct malformed bad_public_keys[] = {
	{ "", 1, "ends before" },
	{ "untrusted comment: x", 1, "no line feed" },
	{ U, 2, "ends before" },
	{ U PUB, 2, "no line feed" },
	{ PUB "\n", 1, "untrusted comment" },
	{ PUB "\n" PUB "\n", 1, "untrusted comment" },
	{ "trusted comment: x\n" PUB "\n", 1, "untrusted comment" },
	{ "untrusted comment: x\r\n" PUB "\n", 1, "carriage return" },
	{ U PUB "\r\n", 2, "56 characters of base64, this has 57" },
	{ "untrusted comment: \x1b[2J\n" PUB "\n", 1, "control" },
	{ "untrusted comment: \x7f\n" PUB "\n", 1, "control" },
	{ "untrusted comment: \xc2\x85\n" PUB "\n", 1, "control" },
	{ "untrusted comment: \xc2\n" PUB "\n", 1, "UTF-8" },
	{ "untrusted comment: \xed\xa0\x80\n" PUB "\n", 1, "UTF-8" },
	{ U PUB "\n\n", 3, "nothing may follow" },
	{ U PUB "\nx", 3, "nothing may follow" },
	{ U " " PUB "\n", 2, "this has 57" },
	{ U PUB " \n", 2, "this has 57" },
	{ U "RWRKN69/nv4yKafdfAyoytMrqdyPAXzLIYze/AkeVUMgw+TRGAVtw+y\n", 2, "this has 55" },
	{ U "RWRKN69/nv4yKafdfAyoytMrqdyPAXzLIYze/AkeVUMgw+TRGAVtw+w=\n", 2, "canonical" },
	{ U "RWRKN69_nv4yKafdfAyoytMrqdyPAXzLIYze_AkeVUMgw-TRGAVtw-y3\n", 2, "canonical" },
	{ U "RWRKN69/nv4yKafdfAyoytMrqdyPAXzLIYze AkeVUMgw+TRGAVtw+y3\n", 2, "canonical" },
	{ U "RVhKN69/nv4yKafdfAyoytMrqdyPAXzLIYze/AkeVUMgw+TRGAVtw+y3\n", 2, "begins with RW" },
	{ U "RURKN69/nv4yKafdfAyoytMrqdyPAXzLIYze/AkeVUMgw+TRGAVtw+y3\n", 2, "begins with RW" },
	{ U "RWRKN69/nv4yKQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 2, "valid point" },
	{ U "RWRKN69/nv4yKQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 2, "valid point" },
	{ U "RWRKN69/nv4yKf//////////////////////////////////////////\n", 2, "valid point" },
};

static const struct malformed bad_signatures[] = {
	{ "", 1, "ends before" },
	{ U, 2, "ends before" },
	{ U SIG "\n", 3, "ends before" },
	{ U SIG "\n" T, 4, "ends before" },
	{ U SIG "\n" T GLOBAL, 4, "no line feed" },
	{ U SIG "\n" T GLOBAL "\n\n", 5, "nothing may follow" },
	{ U SIG "\n" T GLOBAL "\n" U, 5, "nothing may follow" },
	{ U SIG "\n" T GLOBAL "\r\n", 4, "this has 89" },
	{ U SIG "\r\n" T GLOBAL "\n", 2, "this has 101" },
	{ "untrusted comment: x\r\n" SIG "\n" T GLOBAL "\n", 1, "carriage return" },
	{ U SIG "\n" "trusted comment: x\r\n" GLOBAL "\n", 3, "carriage return" },
	{ U SIG "\n" "trusted comment: x\x01\n" GLOBAL "\n", 3, "control" },
	{ U SIG "\n" "trusted comment: \xc2\x80\n" GLOBAL "\n", 3, "control" },
	{ U SIG "\n" "trusted comment: \xc2\x9f\n" GLOBAL "\n", 3, "control" },
	{ U SIG "\n" "trusted comment: \x1b]0;title\n" GLOBAL "\n", 3, "control" },
	{ U SIG "\n" "trusted comment: \xc0\x80\n" GLOBAL "\n", 3, "UTF-8" },
	{ U SIG "\n" "trusted comment:x\n" GLOBAL "\n", 3, "begins with" },
	{ U SIG "\n" "Trusted comment: x\n" GLOBAL "\n", 3, "begins with" },
	{ U SIG "\n" U GLOBAL "\n", 3, "begins with" },
	{ U SIG "\n" GLOBAL "\n" T, 3, "begins with" },
	{ SIG "\n" T GLOBAL "\n", 1, "begins with" },
	{ "\n" U SIG "\n" T GLOBAL "\n", 1, "begins with" },
	{ "\xef\xbb\xbf" U SIG "\n" T GLOBAL "\n", 1, "begins with" },
	{ U GLOBAL "\n" T SIG "\n", 2, "this has 88" },
	{ U "RWRKN69/nv4yKRI8LkLvrO3RnyKbbqfH8oKN7va0QUR6GorAPWzhS3DAYZbaV9x6pDz64iBJ3bKdA3DR5KV//XMTwFDFMGW4dAE=\n" T GLOBAL "\n", 2, "legacy" },
	{ U "RVhKN69/nv4yKTskQEMCwX0Qm5/UQRY95kcKgRC2TdJmRFqvqXQfiEapBzdCKJXmj5FWIjgOobr8rmoV/G+EXGNYjjzY6GibEAo=\n" T GLOBAL "\n", 2, "not a signature" },
	{ U "RURKN69/nv4yKTskQEMCwX0Qm5/UQRY95kcKgRC2TdJmRFqvqXQfiEapBzdCKJXmj5FWIjgOobr8rmoV/G+EXGNYjjzY6GibEAp=\n" T GLOBAL "\n", 2, "canonical" },
	{ U "RURKN69/nv4yKTskQEMCwX0Qm5/UQRY95kcKgRC2TdJmRFqvqXQfiEapBzdCKJXmj5FWIjgOobr8rmoV/G+EXGNYjjzY6GibEA==\n" T GLOBAL "\n", 2, "canonical" },
	{ U SIG "\n" T "2k/DI/pvRwPggrbNaQSIXvLZqkJzc1UHpQaVRW5VZWX/IhmFJ/kI2WIZufQIxbxB5ANQVzKiuN4Vz64hFZC1Ax==\n", 4, "canonical" },
	{ U SIG "\n" T "2k/DI/pvRwPggrbNaQSIXvLZqkJzc1UHpQaVRW5VZWX/IhmFJ/kI2WIZufQIxbxB5ANQVzKiuN4Vz64hFZC1A===\n", 4, "canonical" },
	{ U SIG "\n" T "2k/DI/pvRwPggrbNaQSIXvLZqkJzc1UHpQaVRW5VZWX/IhmFJ/kI2WIZufQIxbxB5ANQVzKiuN4Vz64hFZC1AwAA\n", 4, "canonical" },
};

static const struct malformed bad_secret_keys[] = {
	{ "", 1, "ends before" },
	{ U, 2, "ends before" },
	{ U SECRET, 2, "no line feed" },
	{ SECRET "\n", 1, "begins with" },
	{ U SECRET "\r\n", 2, "this has 213" },
	{ U SECRET "\n\n", 3, "nothing may follow" },
	{ U SECRET "\n" SECRET "\n", 3, "nothing may follow" },
	{ U PUB "\n", 2, "this has 56" },
	{ "untrusted comment: \x80\n" SECRET "\n", 1, "UTF-8" },
	{ "untrusted comment: \t\x1b\n" SECRET "\n", 1, "control" },
};
/* clang-format on */

static void malformed_public_keys_are_refused(void **state)
{
	struct public_key key;
	struct fault why;

	(void)state;
	for (size_t i = 0; i < COUNT(bad_public_keys); i++)
		assert_refused(public_key_parse(text_of(bad_public_keys[i].file), &key, &why), why,
			       INVALID, bad_public_keys[i].line, bad_public_keys[i].says);
	assert_refused(public_key_parse((struct str){ "untrusted comment: a\0b\n" PUB "\n", 80 },
					&key, &why),
		       why, INVALID, 1, "control");
	assert_refused(public_key_parse_text(STR("RW"), &key, &why), why, INVALID, 0, "56");
	assert_refused(public_key_parse_text(STR(PUB "\n"), &key, &why), why, INVALID, 0, "56");
}

static void malformed_signatures_are_refused(void **state)
{
	struct signature signature;
	struct fault why;
	struct buf big;

	(void)state;
	for (size_t i = 0; i < COUNT(bad_signatures); i++)
		assert_refused(signature_parse(text_of(bad_signatures[i].file), &signature, &why),
			       why, INVALID, bad_signatures[i].line, bad_signatures[i].says);
	buf_init(&big, 8192);
	buf_add(&big, STR(U SIG "\ntrusted comment: "));
	while (big.len < 1200)
		buf_add_char(&big, 'x');
	buf_add(&big, STR("\n" GLOBAL "\n"));
	assert_refused(signature_parse(buf_str(&big), &signature, &why), why, INVALID, 3, "1024");
	while (big.len <= SIGNATURE_FILE_MAX)
		buf_add_char(&big, 'x');
	assert_refused(signature_parse(buf_str(&big), &signature, &why), why, INVALID, 0, "4096");
	buf_release(&big);
}

/* No eight characters of the key's line in the sentence. */
static void assert_tells_nothing(const struct fault *why, const char *base64)
{
	char piece[9] = "";

	for (size_t i = 0; i + 8 <= strlen(base64); i++) {
		memcpy(piece, base64 + i, 8);
		assert_null(strstr(why->says, piece));
	}
}

static void malformed_secret_keys_are_refused(void **state)
{
	struct secret_key key;
	struct fault why;

	(void)state;
	for (size_t i = 0; i < COUNT(bad_secret_keys); i++) {
		assert_refused(secret_key_parse(text_of(bad_secret_keys[i].file), NULL, &key, &why),
			       why, INVALID, bad_secret_keys[i].line, bad_secret_keys[i].says);
		assert_tells_nothing(&why, SECRET);
		assert_null(key.seed_and_key.at);
	}
	assert_false(secret_key_has_password(STR("")));
	assert_false(secret_key_has_password(STR("a\nb")));
	assert_false(secret_key_has_password(STR(U PUB "\n")));
}

/* The 158 bytes with one place changed. */
static const struct {
	size_t at;
	const char *bytes;
	enum fault_kind kind;
	unsigned line;
	const char *says;
} injuries[] = {
	{ 0, "EX", INVALID, 2, "not an Ed25519 key" },
	{ 0, "ED", INVALID, 2, "not an Ed25519 key" },
	{ 2, "Xx", INVALID, 2, "unknown kind" },
	{ 3, "c", INVALID, 2, "unknown kind" },
	{ 4, "B3", INVALID, 2, "not of the kind B2" },
	{ 6, "\1", INVALID, 2, "salt and limits are zero" },
	{ 38, "\1", INVALID, 2, "salt and limits are zero" },
	{ 53, "\1", INVALID, 2, "salt and limits are zero" },
	{ 62, "seed", INVALID, 2, "not that of the seed" },
	{ 94, "public", INVALID, 2, "not that of the seed" },
	{ 126, "\1", INVALID, 2, "checksum is wrong" },
	{ 157, "\1", INVALID, 2, "checksum is wrong" },
	{ 2, "Sc", DENIED, 0, "not the password" },
};

static void damaged_secret_keys_are_refused(void **state)
{
	unsigned char bytes[158];
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT(injuries); i++) {
		struct secret_key key;
		struct fault why;
		struct buf file;

		assert_true(base64_decode(bytes, sizeof bytes, &len, STR(SECRET)));
		memcpy(bytes + injuries[i].at, injuries[i].bytes, strlen(injuries[i].bytes));
		buf_init(&file, KEY_FILE_MAX);
		buf_add(&file, STR(U));
		buf_add_base64(&file, bytes, sizeof bytes);
		buf_add_char(&file, '\n');
		assert_refused(secret_key_parse(buf_str(&file), "x", &key, &why), why,
			       injuries[i].kind, injuries[i].line, injuries[i].says);
		assert_tells_nothing(&why, SECRET);
		assert_null(key.seed_and_key.at);
		buf_release(&file);
	}
}

static void scrypt_limits_are_limited(void **state)
{
	static const struct {
		size_t at;
		const char *says;
	} cases[] = { { 38 + 7, "limit of operations" }, { 46 + 4, "limit of memory" } };
	unsigned char bytes[158];
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct secret_key key;
		struct fault why;
		struct buf file;

		assert_true(base64_decode(bytes, sizeof bytes, &len, STR(SECRET)));
		memcpy(bytes + 2, "Sc", 2);
		bytes[cases[i].at] = 1;
		buf_init(&file, KEY_FILE_MAX);
		buf_add(&file, STR(U));
		buf_add_base64(&file, bytes, sizeof bytes);
		buf_add_char(&file, '\n');
		assert_refused(secret_key_parse(buf_str(&file), "x", &key, &why), why, INVALID, 2,
			       cases[i].says);
		buf_release(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_public_key_is_read_and_written),
		cmocka_unit_test(key_ids_are_16_digits),
		cmocka_unit_test(a_secret_key_is_read_and_written),
		cmocka_unit_test(a_password_closes_and_opens),
		cmocka_unit_test(little_memory_is_enough),
		cmocka_unit_test(a_signature_is_read_and_verified),
		cmocka_unit_test(a_signature_is_made),
		cmocka_unit_test(malformed_public_keys_are_refused),
		cmocka_unit_test(malformed_signatures_are_refused),
		cmocka_unit_test(malformed_secret_keys_are_refused),
		cmocka_unit_test(damaged_secret_keys_are_refused),
		cmocka_unit_test(scrypt_limits_are_limited),
	};

	if (!sign_start(NULL))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

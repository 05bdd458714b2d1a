/*
 * Every parser of this layer against texts that are almost right: seeded, a quarter
 * of a second each, meant for ASan. What is still taken must be what it claims.
 */
#include "sign_tests.h"

#include <sodium.h>

#include <communique/clock.h>
#include <communique/httpsig.h>
#include <communique/keyset.h>
#include <communique/limits.h>
#include <communique/vkey.h>

enum { MILLISECONDS = 250 };

static struct secret_key key;
static struct buf seed, second;

/* Calls try() with injured copies of `seed` until the time is up. */
static void injure_for_a_while(struct buf *text, void (*try)(struct str injured))
{
	uint64_t state = 0x9e3779b97f4a7c15, end = clock_milliseconds() + MILLISECONDS;
	size_t runs = 0;

	while (clock_milliseconds() < end) {
		size_t len;
		char *copy = injure(buf_str(text), &state, &len);

		try((struct str){ copy, len });
		free(copy);
		runs++;
	}
	assert_true(runs > 100);
}

static void try_public_key(struct str file)
{
	struct public_key found;
	struct buf text;
	struct fault why;

	public_key_parse_text(file, &found, NULL);
	if (!public_key_parse(file, &found, &why))
		return;
	buf_init(&text, KEY_FILE_MAX);
	public_key_format_text(&found, &text);
	assert_true(
		str_equal(str_first(str_skip(file, str_find(file, '\n') + 1), PUBLIC_KEY_TEXT_LEN),
			  buf_str(&text)));
	buf_release(&text);
}

static void public_keys(void **state)
{
	(void)state;
	buf_clear(&seed);
	public_key_format(&key.public, &seed);
	injure_for_a_while(&seed, try_public_key);
}

static void try_secret_key(struct str file)
{
	struct secret_key found;
	struct fault why;

	secret_key_has_password(file);
	/* Limits within bounds may still ask for seconds of scrypt. */
	if (secret_key_has_password(file))
		return;
	if (!secret_key_parse(file, NULL, &found, &why))
		return;
	assert_memory_equal(found.seed_and_key.at, key.seed_and_key.at, 64);
	secret_key_free(&found);
}

static void secret_keys(void **state)
{
	struct secret file;

	(void)state;
	assert_true(secret_key_format(&key, NULL, &file, NULL));
	buf_clear(&seed);
	buf_add(&seed, (struct str){ (const char *)file.at, file.len });
	secret_free(&file);
	injure_for_a_while(&seed, try_secret_key);
}

/* Whatever verifies is the same from line 2 on: nobody can vary a signature. */
static void try_signature(struct str file)
{
	struct signature found;
	struct fault why;
	struct str whole = buf_str(&seed);

	if (!signature_parse(file, &found, &why) ||
	    !signature_verify(&found, &key.public, STR("text"), &why))
		return;
	assert_true(str_equal(str_skip(file, str_find(file, '\n')),
			      str_skip(whole, str_find(whole, '\n'))));
}

static void signatures(void **state)
{
	(void)state;
	buf_clear(&seed);
	assert_true(signature_make(&key, STR("text"), STR("comment"), &seed, NULL));
	injure_for_a_while(&seed, try_signature);
}

static void try_keyset(struct str text)
{
	struct arena arena;
	struct keyset *keyset;
	struct fault why;
	struct buf out;

	arena_init(&arena);
	if (keyset_parse(&arena, text, &keyset, &why)) {
		buf_init(&out, KEYSET_MAX);
		keyset_format(keyset, &out);
		assert_true(str_equal(buf_str(&out), text));
		buf_release(&out);
	}
	arena_release(&arena);
}

static void key_sets(void **state)
{
	(void)state;
	buf_clear(&seed);
	buf_add(&seed, STR("communique keys v1\nsite press.example\nversion 2\nprevious "
			   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
			   "issued 2026-11-23T09:00:00Z\nexpires 2027-11-23T09:00:00Z\n"
			   "quorum root 1\nquorum publish 1\nquorum withdraw 1\nlog "));
	vkey_format(STR("press.example/log"), VKEY_NOTE, key.public.key, &seed);
	buf_add(&seed, STR("\nwitness "));
	vkey_format(STR("w"), VKEY_COSIGNATURE, key.public.key, &seed);
	buf_add(&seed, STR("\nkey "));
	public_key_format_text(&key.public, &seed);
	buf_add(&seed, STR(" anna root,author\n"));
	try_keyset(buf_str(&seed));
	injure_for_a_while(&seed, try_keyset);
}

static const struct http_message message = {
	.method = { "GET", 3 },
	.scheme = { "https", 5 },
	.authority = { "press.example", 13 },
	.target = { "/admin/drafts", 13 },
};

/* What verifies has the very parameters that were signed. */
static void try_request(struct str input, struct str signature)
{
	struct arena arena;
	struct httpsig sig;
	struct fault why;

	arena_init(&arena);
	if (httpsig_parse(&arena, input, signature, &sig, &why)) {
		httpsig_covers(&sig, &message, &why);
		if (httpsig_verify(&sig, &message, &key.public, &why))
			assert_true(str_find_str(buf_str(&seed), sig.params) < seed.len);
	}
	arena_release(&arena);
}

static void try_signature_input(struct str injured)
{
	try_request(injured, buf_str(&second));
}

static void try_signature_field(struct str injured)
{
	try_request(buf_str(&seed), injured);
}

static void request_signatures(void **state)
{
	(void)state;
	buf_clear(&seed);
	buf_clear(&second);
	assert_true(httpsig_sign(&message, &key, 1795000000, &seed, &second, NULL));
	injure_for_a_while(&seed, try_signature_input);
	injure_for_a_while(&second, try_signature_field);
}

static void try_content_digest(struct str injured)
{
	struct content_digest digest;
	struct fault why;

	if (content_digest_parse(injured, &digest, &why))
		assert_true(digest.has_sha256 || digest.has_sha512);
}

static void content_digests(void **state)
{
	(void)state;
	buf_clear(&seed);
	content_digest_format(STR("body"), &seed);
	buf_add(&seed, STR(", sha-512=:AA==:, x=(1 \"a\";b);c=?0, d=1.5;e=t"));
	injure_for_a_while(&seed, try_content_digest);
	buf_clear(&seed);
	content_digest_format(STR("body"), &seed);
	injure_for_a_while(&seed, try_content_digest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_keys),	      cmocka_unit_test(secret_keys),
		cmocka_unit_test(signatures),	      cmocka_unit_test(key_sets),
		cmocka_unit_test(request_signatures), cmocka_unit_test(content_digests),
	};
	int failed;

	buf_init(&seed, KEYSET_MAX);
	buf_init(&second, KEYSET_MAX);
	if (!sign_start(NULL) || !secret_key_new(&key, NULL))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	secret_key_free(&key);
	buf_release(&seed);
	buf_release(&second);
	return failed;
}

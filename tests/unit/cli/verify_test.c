#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include "office.h"

/* A folder with three keys, their key set and a release. */
static int begin(void **state)
{
	struct folder *folder;

	if (folder_begin(state) != 0)
		return -1;
	folder = *state;
	if (!folder->program[0])
		return 0;
	office_key(folder, "root");
	office_key(folder, "author");
	office_key(folder, "approver");
	office_key(folder, "stranger");
	office_keyset(folder);
	folder_write(folder, "release.txt", RELEASE_TEXT);
	return 0;
}

/* Signs as `name`, and leaves the signature in name.minisig. */
static void sign_as(struct folder *folder, const char *name)
{
	const char *key = arena_printf(&folder->arena, "%s.key", name).at;
	const char *to = arena_printf(&folder->arena, "%s.minisig", name).at;

	assert_status(RUN(folder, "sign", "release.txt", "--key", key), 0);
	assert_int_equal(
		rename(folder_path(folder, "release.txt.minisig"), folder_path(folder, to)), 0);
}

static struct result verify(struct folder *folder, const char *first, const char *second)
{
	return RUN(folder, "verify", "release.txt", first, second, "--keys", "keys-1.txt");
}

static void accepts_two_holders(void **state)
{
	struct folder *folder = *state;
	struct result result;

	sign_as(folder, "author");
	sign_as(folder, "approver");
	result = verify(folder, "author.minisig", "approver.minisig");
	assert_status(result, 0);
	assert_says(result.out, "en/2026-11-23-harbour, revision 1, of press.example");
	assert_says(result.out, "good: author, key ");
	assert_says(result.out, "good: approver, key ");
	assert_says(result.out, "2 of 2 holders, an approver among them");
	assert_true(str_ends(result.out, STR("\nverdict    verified\n")));
}

static void accepts_signatures_in_one_file(void **state)
{
	struct folder *folder = *state;

	sign_as(folder, "author");
	sign_as(folder, "approver");
	folder_write(folder, "release.txt.minisig",
		     arena_printf(&folder->arena, "%.*s%.*s",
				  STR_ARG(folder_read(folder, "author.minisig")),
				  STR_ARG(folder_read(folder, "approver.minisig")))
			     .at);
	assert_status(RUN(folder, "verify", "release.txt", "--keys", "keys-1.txt"), 0);
}

static void counts_holders_not_signatures(void **state)
{
	struct folder *folder = *state;
	struct result result;

	sign_as(folder, "author");
	sign_as(folder, "root");
	sign_as(folder, "stranger");
	result = verify(folder, "author.minisig", "author.minisig");
	assert_status(result, 1);
	assert_says(result.out, "1 of 2 holders");
	assert_says(result.out, "verdict    NOT VERIFIED: ");
	result = verify(folder, "author.minisig", "root.minisig");
	assert_status(result, 1);
	assert_says(result.out, "has not the role");
	result = verify(folder, "author.minisig", "stranger.minisig");
	assert_status(result, 1);
	assert_says(result.out, "is not in the key set");
}

static void refuses_an_altered_file(void **state)
{
	struct folder *folder = *state;
	struct result result;

	sign_as(folder, "author");
	sign_as(folder, "approver");
	folder_write(folder, "release.txt", RELEASE_TEXT "3. Nobody may come.\n");
	result = verify(folder, "author.minisig", "approver.minisig");
	assert_status(result, 1);
	assert_says(result.out, "NOT VERIFIED: a signature does not fit the file");
	folder_write(folder, "release.txt", "not a release\n");
	result = verify(folder, "author.minisig", "approver.minisig");
	assert_status(result, 1);
	assert_says(result.out, "this is no release file");
}

static void refuses_a_damaged_signature(void **state)
{
	struct folder *folder = *state;
	struct result result;

	sign_as(folder, "author");
	folder_write(folder, "bad.minisig", "untrusted comment: x\nabc\n");
	result = verify(folder, "author.minisig", "bad.minisig");
	assert_status(result, 1);
	assert_says(result.out, "a signature cannot be read");
	assert_status(verify(folder, "author.minisig", "none.minisig"), 3);
}

static void holds_the_keys_against_the_anchor(void **state)
{
	struct folder *folder = *state;
	struct str text = folder_read(folder, "keys-1.txt");
	struct hash hash = hash_of(text);
	struct result result;

	sign_as(folder, "author");
	sign_as(folder, "approver");
	result = RUN(folder, "verify", "release.txt", "author.minisig", "approver.minisig",
		     "--keys", "keys-1.txt", "--anchor", HASH_TEXT(&hash));
	assert_status(result, 0);
	assert_says(result.out, "the anchor's own");
	hash.at[0] ^= 1;
	result = RUN(folder, "verify", "release.txt", "author.minisig", "approver.minisig",
		     "--keys", "keys-1.txt", "--anchor", HASH_TEXT(&hash));
	assert_status(result, 1);
	assert_says(result.out, "not the one of the anchor");
}

static void says_which_form_it_takes(void **state)
{
	struct folder *folder = *state;
	struct result result = RUN(folder, "verify", "release.txt");

	assert_status(result, 2);
	assert_says(result.err, "--keys FILE");
	result = RUN(folder, "verify", "http://press.example/en/releases/x");
	assert_status(result, 2);
	assert_says(result.err, "over https");
	result = RUN(folder, "verify", "http://127.0.0.1:9/en/releases/2026-11-23-x");
	assert_status(result, 3);
	assert_says(result.err, "cannot read from http://127.0.0.1:9");
	assert_status(RUN(folder, "verify", "none.tar"), 3);
	assert_status(RUN(folder, "verify", "release.txt", "--keys", "keys-1.txt", "--anchor", "x"),
		      2);
}

static void speaks_json(void **state)
{
	struct folder *folder = *state;
	struct result result;

	sign_as(folder, "author");
	result = RUN(folder, "verify", "release.txt", "author.minisig", "--keys", "keys-1.txt",
		     "--json");
	assert_status(result, 1);
	assert_says(result.out, "\"verified\":false");
	assert_says(result.out, "\"reason\":\"1 of 2 signatures that count\"");
}

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_OFFICE(accepts_two_holders),
		WITH_OFFICE(accepts_signatures_in_one_file),
		WITH_OFFICE(counts_holders_not_signatures),
		WITH_OFFICE(refuses_an_altered_file),
		WITH_OFFICE(refuses_a_damaged_signature),
		WITH_OFFICE(holds_the_keys_against_the_anchor),
		WITH_OFFICE(says_which_form_it_takes),
		WITH_OFFICE(speaks_json),
	};

	sign_start(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

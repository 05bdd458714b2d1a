#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include "office.h"

static void makes_a_pair_of_files(void **state)
{
	struct folder *folder = *state;
	struct stat info;
	struct public_key key;
	struct result made = RUN(folder, "keygen", "-o", "author", "--no-password");

	assert_status(made, 0);
	assert_int_equal(stat(folder_path(folder, "author.key"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_true(public_key_parse(folder_read(folder, "author.pub"), &key, NULL));
	assert_says(made.out, KEY_ID_TEXT(&key.id));
	assert_says(made.out, "RW");
}

static void never_overwrites_a_key(void **state)
{
	struct folder *folder = *state;
	struct str before;

	office_key(folder, "author");
	before = folder_read(folder, "author.key");
	assert_status(RUN(folder, "keygen", "-o", "author", "--no-password"), 1);
	assert_true(str_equal(before, folder_read(folder, "author.key")));
	folder_write(folder, "other.pub", "something");
	assert_status(RUN(folder, "keygen", "-o", "other", "--no-password"), 1);
	assert_false(folder_has(folder, "other.key"));
}

static void takes_a_password_from_a_file(void **state)
{
	struct folder *folder = *state;

	folder_write(folder, "password", "correct horse\nrest\n");
	folder_write(folder, "wrong", "correct horse \n");
	folder_write(folder, "empty", "\n");
	folder_write(folder, "release.txt", RELEASE_TEXT);
	assert_status(RUN(folder, "keygen", "-o", "a", "--password-file", "password"), 0);
	assert_status(RUN(folder, "sign", "release.txt", "-k", "a.key", "--password-file", "wrong"),
		      1);
	assert_false(folder_has(folder, "release.txt.minisig"));
	assert_status(
		RUN(folder, "sign", "release.txt", "-k", "a.key", "--password-file", "password"),
		0);
	assert_true(folder_has(folder, "release.txt.minisig"));
	folder_write(folder, "windows", "correct horse\r\n");
	assert_status(
		RUN(folder, "sign", "release.txt", "-k", "a.key", "--password-file", "windows"), 0);
	assert_status(RUN(folder, "keygen", "-o", "b", "--password-file", "empty"), 1);
	assert_false(folder_has(folder, "b.key"));
}

/* There is no terminal in a test, so nobody can be asked. */
static void asks_for_a_password_on_a_terminal_only(void **state)
{
	struct folder *folder = *state;

	assert_status(RUN(folder, "keygen", "-o", "author"), 2);
	assert_false(folder_has(folder, "author.key"));
	assert_status(RUN(folder, "keygen", "--no-password", "--password-file", "x"), 2);
}

static void stock_minisign_takes_our_signature(void **state)
{
	struct folder *folder = *state;
	struct str signature;
	int status;

	office_key(folder, "author");
	folder_write(folder, "release.txt", RELEASE_TEXT);
	assert_status(RUN(folder, "sign", "release.txt", "--key", "author.key"), 0);
	signature = folder_read(folder, "release.txt.minisig");
	assert_says(signature, "trusted comment: timestamp:");
	assert_says(signature, "\tfile:release.txt\thashed\n");
	if (access("/usr/bin/minisign", X_OK) != 0)
		return;
	status = system(arena_printf(&folder->arena,
				     "cd %s && minisign -VHm release.txt -p author.pub >/dev/null",
				     folder->path)
				.at);
	assert_int_equal(status, 0);
}

static void signs_no_other_file_by_accident(void **state)
{
	struct folder *folder = *state;
	struct result refused;

	office_key(folder, "author");
	folder_write(folder, "note.txt", "Hello\n");
	refused = RUN(folder, "sign", "note.txt", "--key", "author.key");
	assert_status(refused, 1);
	assert_says(refused.err, "line 1");
	assert_false(folder_has(folder, "note.txt.minisig"));
	assert_status(RUN(folder, "sign", "note.txt", "--key", "author.key", "--any"), 0);
	assert_true(folder_has(folder, "note.txt.minisig"));
}

static void takes_the_key_from_the_configuration(void **state)
{
	struct folder *folder = *state;
	struct result refused;

	office_key(folder, "author");
	folder_write(folder, "release.txt", RELEASE_TEXT);
	refused = RUN(folder, "sign", "release.txt");
	assert_status(refused, 2);
	assert_says(refused.err, "--key");
	folder_write(folder, "config", "site = press.example\nkey = author.key\n");
	assert_status(RUN(folder, "sign", "release.txt"), 0);
	folder_write(folder, "config", "colour = red\n");
	refused = RUN(folder, "sign", "release.txt");
	assert_status(refused, 1);
	assert_says(refused.err, "line 1");
	unlink(folder_path(folder, "config"));
	assert_status(RUN(folder, "config"), 3);
}

static void tells_the_configuration(void **state)
{
	struct folder *folder = *state;
	struct result shown = RUN(folder, "config");

	assert_status(shown, 0);
	assert_says(shown.out, "site = press.example");
	assert_says(shown.out, "line 1");
	assert_says(shown.out, "# server =");
}

static void makes_the_next_key_set(void **state)
{
	struct folder *folder = *state;
	struct arena *arena = &folder->arena;
	struct keyset *now, *next;
	struct str text;

	office_key(folder, "root");
	office_key(folder, "author");
	office_key(folder, "approver");
	office_key(folder, "reader");
	text = office_keyset(folder);
	assert_true(keyset_parse(arena, text, &now, NULL));
	assert_status(RUN(folder, "keys", "new", "--from", "keys-1.txt", "--editor",
			  "reader:approver:reader.pub", "--revoke",
			  arena_printf(arena, "%s:lost:7", KEY_ID_TEXT(&now->keys[2].key.id)).at,
			  "--days", "30", "-o", "keys-2.txt"),
		      0);
	assert_true(keyset_parse(arena, folder_read(folder, "keys-2.txt"), &next, NULL));
	assert_true(keyset_follows(next, now, NULL));
	assert_int_equal(next->expires - next->issued, 30 * 86400);
	assert_int_equal(next->key_count, 4);
	assert_int_equal(keyset_find(next, &now->keys[2].key.id)->state, KEY_LOST);
	assert_int_equal(keyset_find(next, &now->keys[2].key.id)->bad_from, 7);
	assert_status(RUN(folder, "keys", "sign", "keys-2.txt", "--key", "root.key"), 0);
	assert_true(folder_has(folder, "keys-2.txt.minisig"));
	assert_says(RUN(folder, "keys", "show", "keys-2.txt").out, HASH_TEXT(&next->hash));
}

static void tells_all_that_a_key_set_takes(void **state)
{
	struct str help = RUN(*state, "keys", "new", "--help").out, rest = help, usage;

	usage = str_cut(&rest, '\n');
	assert_says(usage, "[--log VKEY] [--witness VKEY]… [--no-witnesses]");
	assert_says(usage, "[--days N]");
}

static void refuses_a_key_set_that_cannot_act(void **state)
{
	struct folder *folder = *state;

	office_key(folder, "root");
	office_key(folder, "author");
	office_key(folder, "approver");
	office_keyset(folder);
	assert_status(RUN(folder, "keys", "new", "--from", "keys-1.txt", "--quorum-publish", "9",
			  "-o", "keys-2.txt"),
		      1);
	assert_status(RUN(folder, "keys", "new", "--from", "keys-1.txt", "--quorum-root", "x", "-o",
			  "keys-2.txt"),
		      2);
	assert_status(RUN(folder, "keys", "new", "--from", "keys-1.txt", "--editor",
			  "twice:author:author.pub", "-o", "keys-2.txt"),
		      1);
	assert_status(RUN(folder, "keys", "new", "--from", "keys-1.txt", "--revoke",
			  "0011223344556677:lost:0", "-o", "keys-2.txt"),
		      1);
	assert_status(RUN(folder, "keys", "new", "--from", "keys-1.txt"), 2);
	assert_false(folder_has(folder, "keys-2.txt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(makes_a_pair_of_files, folder_begin, folder_end),
		cmocka_unit_test_setup_teardown(never_overwrites_a_key, folder_begin, folder_end),
		cmocka_unit_test_setup_teardown(takes_a_password_from_a_file, folder_begin,
						folder_end),
		cmocka_unit_test_setup_teardown(asks_for_a_password_on_a_terminal_only,
						folder_begin, folder_end),
		cmocka_unit_test_setup_teardown(stock_minisign_takes_our_signature, folder_begin,
						folder_end),
		cmocka_unit_test_setup_teardown(signs_no_other_file_by_accident, folder_begin,
						folder_end),
		cmocka_unit_test_setup_teardown(takes_the_key_from_the_configuration, folder_begin,
						folder_end),
		cmocka_unit_test_setup_teardown(tells_the_configuration, folder_begin, folder_end),
		cmocka_unit_test_setup_teardown(makes_the_next_key_set, folder_begin, folder_end),
		cmocka_unit_test_setup_teardown(tells_all_that_a_key_set_takes, folder_begin,
						folder_end),
		cmocka_unit_test_setup_teardown(refuses_a_key_set_that_cannot_act, folder_begin,
						folder_end),
	};

	sign_start(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

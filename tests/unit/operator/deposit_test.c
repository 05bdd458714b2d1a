/* A folder that is there whole or not at all. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../src/operator/deposit.h"

static char base[64], folder[96], part[96];
static struct fault why;
static struct deposit deposit;

static int set_up(void **state)
{
	(void)state;
	snprintf(base, sizeof base, "/var/tmp/communique-deposit.XXXXXX");
	assert_non_null(mkdtemp(base));
	snprintf(folder, sizeof folder, "%s/new", base);
	snprintf(part, sizeof part, "%s/.communique-part", base);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove(base, NULL) ? 0 : -1;
}

static bool open_new(void)
{
	return deposit_open(&deposit, folder, 0700, 0600, &why);
}

static unsigned mode_of(const char *name)
{
	struct path path;
	struct stat found;

	assert_true(path_join(&path, folder, str_from(name), NULL));
	assert_int_equal(lstat(path.at, &found), 0);
	return found.st_mode & 07777;
}

static void put(const char *in, const char *name)
{
	struct path path;

	assert_true(path_join(&path, in, str_from(name), NULL));
	assert_true(file_write(path.at, STR("x"), 0600, NULL));
}

static void a_folder_is_there_when_it_is_finished_and_not_before(void **state)
{
	(void)state;
	assert_true(open_new());
	assert_true(deposit_put(&deposit, STR("store/files/ab/x"), STR("bytes"), &why));
	assert_false(path_is_there(folder));
	assert_true(deposit_finish(&deposit, &why));
	deposit_close(&deposit);
	assert_true(path_is_there(folder));
	assert_false(path_is_there(part));
	assert_int_equal(mode_of("."), 0700);
	assert_int_equal(mode_of("store/files"), 0700);
	assert_int_equal(mode_of("store/files/ab/x"), 0600);
}

static void of_one_that_is_given_up_nothing_is_left(void **state)
{
	(void)state;
	assert_true(open_new());
	assert_true(deposit_put(&deposit, STR("a/b"), STR("bytes"), &why));
	deposit_close(&deposit);
	assert_false(path_is_there(folder) || path_is_there(part));
}

static void what_a_kill_left_is_removed_by_the_next(void **state)
{
	(void)state;
	assert_int_equal(mkdir(part, 0700), 0);
	put(part, "old");
	assert_true(open_new());
	assert_false(deposit_has(&deposit, STR("old")));
	assert_true(deposit_put(&deposit, STR("new"), STR("x"), &why));
	assert_true(deposit_finish(&deposit, &why));
	deposit_close(&deposit);
	assert_int_equal(mode_of("new"), 0600);
}

static void two_at_once_beside_each_other_are_refused(void **state)
{
	struct deposit second;
	char other[96];

	(void)state;
	snprintf(other, sizeof other, "%s/other", base);
	assert_true(open_new());
	assert_true(deposit_put(&deposit, STR("a"), STR("x"), &why));
	assert_false(deposit_open(&second, other, 0700, 0600, &why));
	assert_int_equal(why.kind, BUSY);
	deposit_close(&second);
	/* It was not disturbed. */
	assert_true(deposit_finish(&deposit, &why));
	assert_true(deposit_open(&second, other, 0700, 0600, &why));
	deposit_close(&second);
	deposit_close(&deposit);
	assert_int_equal(mode_of("a"), 0600);
}

static void nothing_is_replaced(void **state)
{
	(void)state;
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_false(open_new());
	assert_int_equal(why.kind, CONFLICT);
	assert_false(path_is_there(part));
	assert_int_equal(rmdir(folder), 0);
	assert_true(open_new());
	assert_true(deposit_put(&deposit, STR("a"), STR("x"), &why));
	assert_false(deposit_put(&deposit, STR("a"), STR("y"), &why));
	/* Somebody was faster. */
	assert_int_equal(mkdir(folder, 0700), 0);
	put(folder, "theirs");
	assert_false(deposit_finish(&deposit, &why));
	deposit_close(&deposit);
	assert_int_equal(mode_of("theirs"), 0600);
}

static void where_there_is_no_folder_above_it_says_so(void **state)
{
	(void)state;
	assert_false(deposit_open(&deposit, "/var/tmp/communique-none/of/these", 0700, 0600, &why));
	assert_int_equal(why.kind, BROKEN);
	assert_non_null(strstr(why.says, "there is no folder /var/tmp/communique-none/of"));
}

static void a_copy_has_the_hash_of_what_was_read(void **state)
{
	struct hash expected = hash_of(STR("some bytes"));
	struct stream_hash copied;
	struct path path;
	int fd;

	(void)state;
	assert_true(path_join(&path, base, STR("from"), NULL));
	assert_true(file_write(path.at, STR("some bytes"), 0644, NULL));
	assert_true(open_new());
	fd = open(path.at, O_RDONLY);
	assert_true(deposit_copy(&deposit, STR("x/y"), fd, &copied, &why));
	close(fd);
	assert_int_equal(copied.size, 10);
	assert_true(hash_equal(&copied.hash, &expected));
	/* A folder cannot be read: that is the source's fault, not the disk's. */
	fd = open(base, O_RDONLY);
	assert_false(deposit_copy(&deposit, STR("x/z"), fd, &copied, &why));
	close(fd);
	assert_true(copied.unreadable);
	assert_true(deposit_link(&deposit, STR("x/linked"), path.at));
	deposit_remove(&deposit, STR("x/z"));
	deposit_remove(&deposit, STR("x/z"));
	assert_false(deposit_has(&deposit, STR("x/z")));
	assert_true(deposit_finish(&deposit, &why));
	deposit_close(&deposit);
	assert_int_equal(mode_of("x/linked"), 0644);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_folder_is_there_when_it_is_finished_and_not_before),
		TEST(of_one_that_is_given_up_nothing_is_left),
		TEST(what_a_kill_left_is_removed_by_the_next),
		TEST(two_at_once_beside_each_other_are_refused),
		TEST(nothing_is_replaced),
		TEST(where_there_is_no_folder_above_it_says_so),
		TEST(a_copy_has_the_hash_of_what_was_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

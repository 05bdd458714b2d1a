#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <sys/sysmacros.h>

#include <communique/file.h>

static char dir[64], path[128];

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/var/tmp/communique-file.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/name", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir); /* fails when a temporary file was left behind */
}

static mode_t mode_of(const char *name)
{
	struct stat now;

	assert_int_equal(stat(name, &now), 0);
	return now.st_mode & 07777;
}

static void what_is_written_is_read(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	struct buf buf;

	(void)state;
	assert_true(file_write(path, STR("one\0two"), 0640, &why));
	buf_init(&buf, 100);
	buf_add(&buf, STR("> "));
	assert_true(file_read(path, &buf, &why)); /* adds */
	assert_str(buf_str(&buf), STR("> one\0two"));
	assert_true(file_write(path, STR(""), 0640, &why)); /* replaces */
	buf_clear(&buf);
	assert_true(file_read(path, &buf, &why));
	assert_int_equal(buf.len, 0);
	buf_release(&buf);
}

static void modes_do_not_depend_on_the_umask(void **state)
{
	mode_t before = umask(0777);

	(void)state;
	assert_true(file_write(path, STR("x"), 0644, NULL));
	assert_int_equal(mode_of(path), 0644);
	umask(0);
	assert_true(file_write(path, STR("x"), 0600, NULL));
	assert_int_equal(mode_of(path), 0600);
	umask(before);
}

static void a_key_is_never_replaced(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	struct buf buf;

	(void)state;
	assert_true(file_create(path, STR("first"), 0600, &why));
	assert_int_equal(mode_of(path), 0600);
	assert_false(file_create(path, STR("second"), 0600, &why));
	assert_int_equal(why.kind, CONFLICT);
	assert_non_null(strstr(why.says, path));
	buf_init(&buf, 100);
	assert_true(file_read(path, &buf, &why));
	assert_str(buf_str(&buf), STR("first"));
	buf_release(&buf);
}

static void the_limit_is_the_files(void **state)
{
	enum { SIZE = 200000 };
	static char bytes[SIZE];
	struct fault why = { .kind = NO_FAULT };
	struct buf buf;

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)(i % 251);
	assert_true(file_write(path, (struct str){ bytes, SIZE }, 0600, &why));
	buf_init(&buf, SIZE);
	assert_true(file_read(path, &buf, &why));
	assert_str(buf_str(&buf), ((struct str){ bytes, SIZE }));
	buf_release(&buf);
	buf_init(&buf, SIZE - 1);
	assert_false(file_read(path, &buf, &why));
	assert_int_equal(why.kind, TOO_LARGE);
	buf_release(&buf);
	buf_init(&buf, 0);
	assert_false(file_read(path, &buf, &why));
	assert_int_equal(why.kind, TOO_LARGE);
	buf_release(&buf);
}

static void what_cannot_be_done_is_told(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	struct buf buf;
	char deep[160];

	(void)state;
	snprintf(deep, sizeof deep, "%s/none/name", dir);
	buf_init(&buf, 100);
	assert_false(file_read(path, &buf, &why));
	assert_int_equal(why.kind, BROKEN);
	assert_non_null(strstr(why.says, path));
	assert_false(file_read(dir, &buf, &why)); /* a folder */
	assert_int_equal(why.kind, BROKEN);
	assert_false(file_write(deep, STR("x"), 0600, &why));
	assert_int_equal(why.kind, BROKEN);
	assert_false(file_create(deep, STR("x"), 0600, &why));
	assert_false(file_write(dir, STR("x"), 0600, &why)); /* a file is no folder */
	assert_false(folder_sync(deep, &why));
	assert_true(folder_sync(dir, &why));
	buf_release(&buf);
}

static void folders_may_be_there(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	char deep[192];

	(void)state;
	assert_true(folder_make(path, 0700, &why));
	assert_true(folder_make(path, 0700, &why));
	assert_int_equal(mode_of(path), 0700);
	snprintf(deep, sizeof deep, "%s/none/deeper", path);
	assert_false(folder_make(deep, 0700, &why));
	assert_int_equal(why.kind, BROKEN);
	assert_int_equal(rmdir(path), 0);
	assert_true(file_write(path, STR("x"), 0600, &why));
	assert_false(folder_make(path, 0700, &why)); /* a file is there */
}

static void a_descriptor_that_takes_nothing(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	int full = open("/dev/full", O_WRONLY), nothing = open("/dev/null", O_WRONLY);

	(void)state;
	assert_true(fd_write(nothing, STR("text"), &why));
	assert_true(fd_write(nothing, STR_NONE, &why));
	assert_false(fd_write(full, STR("text"), &why));
	assert_int_equal(why.kind, DISK_FULL);
	close(full);
	close(nothing);
	assert_false(fd_write(-1, STR("text"), &why));
}

/* Through a link too. Nodes of our own: with those of /dev, a mistake here would break the machine.
 */
static void a_pipe_is_written_to_not_replaced(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	char link[160], text[9] = "";
	struct stat now;
	int fifo;

	(void)state;
	snprintf(link, sizeof link, "%s/link", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(symlink("name", link), 0);
	fifo = open(path, O_RDWR | O_NONBLOCK);
	assert_true(file_write(path, STR("text"), 0644, &why));
	assert_true(file_write(link, STR("more"), 0644, &why));
	assert_int_equal(read(fifo, text, sizeof text), 8);
	assert_string_equal(text, "textmore");
	close(fifo);
	assert_int_equal(stat(link, &now), 0);
	assert_true(S_ISFIFO(now.st_mode));
	assert_int_equal(now.st_mode & 07777, 0600);
	assert_false(file_create(path, STR("text"), 0600, &why)); /* a key goes into no pipe */
	assert_int_equal(why.kind, CONFLICT);
	assert_int_equal(unlink(link), 0);
}

/* Only root makes a node, and only root could replace one. */
static void a_device_is_written_to_not_replaced(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	struct stat now;

	(void)state;
	if (mknod(path, S_IFCHR | 0600, makedev(1, 7)) != 0) { /* a /dev/full */
		assert_int_equal(errno, EPERM);
		return;
	}
	assert_false(file_write(path, STR("text"), 0644, &why));
	assert_non_null(strstr(why.says, path));
	assert_int_equal(stat(path, &now), 0);
	assert_true(S_ISCHR(now.st_mode));
}

/* Whoever may put a link there must not choose what is overwritten. */
static void a_link_to_a_file_is_replaced(void **state)
{
	struct stat now;
	char target[160];

	(void)state;
	snprintf(target, sizeof target, "%s/target", dir);
	assert_true(file_write(target, STR("before"), 0600, NULL));
	assert_int_equal(symlink("target", path), 0);
	assert_true(file_write(path, STR("text"), 0640, NULL));
	assert_int_equal(lstat(path, &now), 0);
	assert_true(S_ISREG(now.st_mode) && now.st_size == 4);
	assert_int_equal(stat(target, &now), 0);
	assert_int_equal(now.st_size, 6);
	assert_int_equal(unlink(target), 0);
}

/* /dev/stdout that leads into a file which others write to as well. */
static void a_descriptor_is_written_to_where_it_is(void **state)
{
	char name[32], text[16] = "";
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	(void)state;
	assert_int_equal(write(fd, "first ", 6), 6);
	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	assert_true(file_write(name, STR("second"), 0600, NULL));
	assert_int_equal(pread(fd, text, sizeof text, 0), 12);
	assert_string_equal(text, "first second");
	close(fd);
	assert_false(file_write("/dev/fd/1000000", STR("text"), 0600, NULL));
}

/* While it is replaced somebody always finds a whole file. */
static void read_whole_files(void *ctx)
{
	(void)ctx;
	for (int i = 0; i < 2000; i++) {
		struct buf buf;

		buf_init(&buf, 10000);
		must(file_read(path, &buf, NULL));
		must(buf.len == 5000 && (buf.at[0] == 'a' || buf.at[0] == 'b'));
		must(buf.at[4999] == buf.at[0]);
		buf_release(&buf);
	}
}

static void write_whole_files(void)
{
	static char bytes[5000];

	for (int i = 0; i < 50; i++) {
		memset(bytes, 'a' + i % 2, sizeof bytes);
		assert_true(file_write(path, (struct str){ bytes, sizeof bytes }, 0600, NULL));
	}
}

static void replacing_is_all_or_nothing(void **state)
{
	int status = 0;
	pid_t pid;

	(void)state;
	write_whole_files();
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		read_whole_files(NULL);
		_exit(0);
	}
	write_whole_files();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_is_written_is_read),
		test(modes_do_not_depend_on_the_umask),
		test(a_key_is_never_replaced),
		test(the_limit_is_the_files),
		test(what_cannot_be_done_is_told),
		test(folders_may_be_there),
		test(a_descriptor_that_takes_nothing),
		test(replacing_is_all_or_nothing),
		test(a_pipe_is_written_to_not_replaced),
		test(a_device_is_written_to_not_replaced),
		test(a_link_to_a_file_is_replaced),
		test(a_descriptor_is_written_to_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

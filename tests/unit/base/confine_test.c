/* What a confined process can no longer do: each is tried, in a process of its own. */
#include "unit.h"

#include <errno.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <communique/confine.h>
#include <communique/file.h>
#include <communique/log.h>

static char store[] = "/var/tmp/confine-XXXXXX";

static const char *below(char *out, size_t size, const char *name)
{
	snprintf(out, size, "%s/%s", store, name);
	return out;
}

static int set_up(void **state)
{
	char path[256];

	(void)state;
	return !mkdtemp(store) || mkdir(below(path, sizeof path, "files"), 0700) != 0 ||
	       !file_write(below(path, sizeof path, "files/a"), STR("bytes"), 0600, NULL) ||
	       !file_write(below(path, sizeof path, "data"), STR("the store"), 0600, NULL);
}

static int tear_down(void **state)
{
	char path[256];

	(void)state;
	unlink(below(path, sizeof path, "files/a"));
	unlink(below(path, sizeof path, "data"));
	rmdir(below(path, sizeof path, "files"));
	return rmdir(store);
}

/* 0: the work did what it wanted; else the errno with which it was kept from it. */
static int tried(enum confinement confinement, bool (*work)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (!confine(confinement, store, NULL))
			_exit(200);
		errno = 0;
		_exit(work() ? 0 : errno ? errno : 201);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool reads_an_attachment(void)
{
	char path[256];

	return opens(below(path, sizeof path, "files/a"), O_RDONLY);
}

static bool writes_an_attachment(void)
{
	char path[256];

	return opens(below(path, sizeof path, "files/a"), O_WRONLY);
}

static bool writes_the_store(void)
{
	char path[256];

	return opens(below(path, sizeof path, "data"), O_RDWR);
}

static bool makes_a_file(void)
{
	char path[256];

	return opens(below(path, sizeof path, "files/new"), O_WRONLY | O_CREAT);
}

static bool removes_a_file(void)
{
	char path[256];

	return unlink(below(path, sizeof path, "files/a")) == 0;
}

static bool renames_a_file(void)
{
	char from[256], to[256];

	return rename(below(from, sizeof from, "files/a"), below(to, sizeof to, "files/b")) == 0;
}

static bool truncates_a_file(void)
{
	char path[256];

	return truncate(below(path, sizeof path, "files/a"), 0) == 0;
}

static bool opens_it_up_to_all(void)
{
	char path[256];

	return chmod(below(path, sizeof path, "data"), 0666) == 0;
}

static bool reads_a_password_file(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

static bool lists_a_folder(void)
{
	return opens("/", O_RDONLY | O_DIRECTORY);
}

static bool calls_home(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool asks_a_neighbour(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool starts_a_program(void)
{
	char *argv[] = { "/bin/true", NULL }, *environment[] = { NULL };

	execve(argv[0], argv, environment);
	return false;
}

static bool ends_its_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool looks_into_its_parent(void)
{
	return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0) >= 0;
}

static bool goes_around_by_a_ring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno == EFAULT;
}

static void *nothing(void *ctx)
{
	return ctx;
}

/* What the loop does all day. */
static bool maps_threads_and_clocks(void)
{
	struct timespec now;
	pthread_t thread;
	void *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at != MAP_FAILED && clock_gettime(CLOCK_REALTIME, &now) == 0 &&
	       pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

static void a_reader_reads_below_its_folder_and_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(tried(CONFINE_READER, reads_an_attachment), 0);
	assert_int_equal(tried(CONFINE_READER, reads_a_password_file), EACCES);
	assert_int_equal(tried(CONFINE_READER, lists_a_folder), EACCES);
}

static void a_reader_changes_no_file(void **state)
{
	(void)state;
	assert_int_equal(tried(CONFINE_READER, writes_an_attachment), EACCES);
	assert_int_equal(tried(CONFINE_READER, writes_the_store), EACCES);
	assert_int_equal(tried(CONFINE_READER, makes_a_file), EACCES);
	assert_int_equal(tried(CONFINE_READER, removes_a_file), EACCES);
	assert_int_equal(tried(CONFINE_READER, renames_a_file), EACCES);
	assert_int_equal(tried(CONFINE_READER, truncates_a_file), EACCES);
	assert_int_equal(tried(CONFINE_READER, opens_it_up_to_all), EPERM);
}

static void a_reader_makes_no_connection(void **state)
{
	(void)state;
	assert_int_equal(tried(CONFINE_READER, calls_home), EPERM);
	assert_int_equal(tried(CONFINE_READER, asks_a_neighbour), EPERM);
	assert_int_equal(tried(CONFINE_WRITER, calls_home), 0);
}

static void neither_starts_a_program_or_touches_another_process(void **state)
{
	static const enum confinement both[] = { CONFINE_READER, CONFINE_WRITER };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(tried(both[i], starts_a_program), EPERM);
		assert_int_equal(tried(both[i], ends_its_parent), EPERM);
		assert_int_equal(tried(both[i], looks_into_its_parent), EPERM);
		assert_int_equal(tried(both[i], goes_around_by_a_ring), EPERM);
		assert_int_equal(tried(both[i], maps_threads_and_clocks), 0);
	}
}

static void a_writer_writes(void **state)
{
	(void)state;
	assert_int_equal(tried(CONFINE_WRITER, writes_the_store), 0);
	assert_int_equal(tried(CONFINE_WRITER, writes_an_attachment), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_reads_below_its_folder_and_nothing_else),
		cmocka_unit_test(a_reader_changes_no_file),
		cmocka_unit_test(a_reader_makes_no_connection),
		cmocka_unit_test(neither_starts_a_program_or_touches_another_process),
		cmocka_unit_test(a_writer_writes),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

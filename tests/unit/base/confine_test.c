/* What a confined process can no longer do: each is tried, in a process of its own. */
#include "unit.h"

#include <errno.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
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
enum kind { READER, WRITER, TELLER };

static int tried(enum kind kind, bool (*work)(void))
{
	const char *folders[] = { store, NULL };
	struct confine_rights rights = { .told = -1,
					 .connects = kind == TELLER,
					 .reads = folders,
					 .writes = kind == READER ? NULL : folders };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (!confine(&rights, NULL))
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

static bool writes_elsewhere(void)
{
	return opens("/var/tmp/confine-elsewhere", O_WRONLY | O_CREAT);
}

/* As an upload goes from the spool to the attachments. */
static bool moves_a_file_within(void)
{
	char from[256], to[256];

	return opens(below(from, sizeof from, "upload"), O_WRONLY | O_CREAT) &&
	       rename(from, below(to, sizeof to, "files/a")) == 0;
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

static bool becomes_two(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool becomes_two_by_the_new_call(void)
{
	struct clone_args how = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &how, sizeof how);

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool signals_a_thread_of_its_parent(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}

static bool limits_its_parent(void)
{
	struct rlimit limit = { 1, 1 };

	return prlimit(getppid(), RLIMIT_NOFILE, NULL, &limit) == 0;
}

static bool maps_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0) != MAP_FAILED;
}

static bool makes_its_memory_run(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(at, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool types_in_its_terminal(void)
{
	return ioctl(0, TIOCSTI, "x") == 0;
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
	assert_int_equal(tried(READER, reads_an_attachment), 0);
	assert_int_equal(tried(READER, reads_a_password_file), EACCES);
	assert_int_equal(tried(READER, lists_a_folder), EACCES);
}

static void a_reader_changes_no_file(void **state)
{
	(void)state;
	assert_int_equal(tried(READER, writes_an_attachment), EACCES);
	assert_int_equal(tried(READER, writes_the_store), EACCES);
	assert_int_equal(tried(READER, makes_a_file), EACCES);
	assert_int_equal(tried(READER, removes_a_file), EACCES);
	assert_int_equal(tried(READER, renames_a_file), EACCES);
	assert_int_equal(tried(READER, truncates_a_file), EPERM);
	assert_int_equal(tried(READER, opens_it_up_to_all), EPERM);
}

static void a_reader_makes_no_connection(void **state)
{
	(void)state;
	assert_int_equal(tried(READER, calls_home), EPERM);
	assert_int_equal(tried(READER, asks_a_neighbour), EPERM);
	assert_int_equal(tried(WRITER, calls_home), EPERM);
	assert_int_equal(tried(TELLER, calls_home), 0);
}

static void none_starts_a_program_or_touches_another_process(void **state)
{
	static const enum kind all[] = { READER, WRITER, TELLER };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(tried(all[i], starts_a_program), EPERM);
		assert_int_equal(tried(all[i], becomes_two), EPERM);
		assert_int_equal(tried(all[i], becomes_two_by_the_new_call), ENOSYS);
		assert_int_equal(tried(all[i], ends_its_parent), EPERM);
		assert_int_equal(tried(all[i], signals_a_thread_of_its_parent), EPERM);
		assert_int_equal(tried(all[i], limits_its_parent), EPERM);
		assert_int_equal(tried(all[i], maps_code), EPERM);
		assert_int_equal(tried(all[i], makes_its_memory_run), EPERM);
		assert_int_equal(tried(all[i], types_in_its_terminal), EPERM);
		assert_int_equal(tried(all[i], looks_into_its_parent), EPERM);
		assert_int_equal(tried(all[i], goes_around_by_a_ring), EPERM);
		assert_int_equal(tried(all[i], maps_threads_and_clocks), 0);
	}
}

static void a_writer_writes_below_its_folder_and_nowhere_else(void **state)
{
	(void)state;
	assert_int_equal(tried(WRITER, writes_elsewhere), EACCES);
	assert_int_equal(tried(WRITER, reads_a_password_file), EACCES);
	assert_int_equal(tried(WRITER, moves_a_file_within), 0);
	assert_int_equal(tried(WRITER, writes_the_store), 0);
	assert_int_equal(tried(WRITER, writes_an_attachment), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_reads_below_its_folder_and_nothing_else),
		cmocka_unit_test(a_reader_changes_no_file),
		cmocka_unit_test(a_reader_makes_no_connection),
		cmocka_unit_test(none_starts_a_program_or_touches_another_process),
		cmocka_unit_test(a_writer_writes_below_its_folder_and_nowhere_else),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

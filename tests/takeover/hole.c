/*
 * hole - both services with a hole in them: whoever asks for /hole/<what>~<argument> has <what>
 * done by the process that answers, in its thread, with its rights, as if a mistake there had let
 * a stranger in. The answer is "done", or the name of the errno with which it was kept from it.
 *
 * The hole is in this file and nowhere else: `make` links it with the services' own objects, in
 * front of whose doors the linker puts ours (--wrap). The program that is installed has nothing
 * of it, and tests/takeover/takeover.test.mjs looks.
 *
 * With HOLE_OPEN in its environment the process gives up nothing: what is tried must then succeed,
 * or trying it would show nothing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "web/visit.h"

#include <communique/confine.h>

typedef bool attempt(const char *with);

/* --- files: the argument is a path ------------------------------------------------------- */

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool reads(const char *path)
{
	return opens(path, O_RDONLY);
}

static bool lists(const char *path)
{
	return opens(path, O_RDONLY | O_DIRECTORY);
}

static bool writes(const char *path)
{
	return opens(path, O_WRONLY);
}

static bool appends(const char *path)
{
	return opens(path, O_WRONLY | O_APPEND);
}

static bool makes(const char *path)
{
	return opens(path, O_WRONLY | O_CREAT | O_EXCL);
}

static bool cuts(const char *path)
{
	return truncate(path, 0) == 0;
}

static bool removes(const char *path)
{
	return unlink(path) == 0;
}

static const char *beside(const char *path)
{
	static char other[4096];

	snprintf(other, sizeof(other), "%s.moved", path);
	return other;
}

static bool moves(const char *path)
{
	return rename(path, beside(path)) == 0;
}

static bool links(const char *path)
{
	return link(path, beside(path)) == 0;
}

static bool points(const char *path)
{
	return symlink(path, beside(path)) == 0;
}

static bool makes_a_folder(const char *path)
{
	return mkdir(path, 0700) == 0;
}

static bool opens_up(const char *path)
{
	return chmod(path, 0666) == 0;
}

static bool gives_away(const char *path)
{
	return chown(path, getuid(), getgid()) == 0;
}

static bool backdates(const char *path)
{
	return utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

static bool labels(const char *path)
{
	return setxattr(path, "user.x", "x", 1, 0) == 0;
}

/* --- what it has open: the argument is the path of a file that it has ---------------------- */

static int descriptor_of(const char *path)
{
	struct stat wanted, found;

	for (int fd = 3; stat(path, &wanted) == 0 && fd < 1024; fd++)
		if (fstat(fd, &found) == 0 && found.st_ino == wanted.st_ino &&
		    found.st_dev == wanted.st_dev)
			return fd;
	return -1;
}

static bool writes_to_what_it_has(const char *path)
{
	return pwrite(descriptor_of(path), "x", 1, 1 << 20) == 1;
}

static bool cuts_what_it_has(const char *path)
{
	struct stat now;
	int fd = descriptor_of(path);

	return fstat(fd, &now) == 0 && ftruncate(fd, now.st_size) == 0;
}

static bool opens_anew_what_it_has(const char *path)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", descriptor_of(path));
	return opens(name, O_RDWR);
}

static bool maps_to_write_what_it_has(const char *path)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_of(path), 0);

	return at != MAP_FAILED && munmap(at, 4096) == 0;
}

/* The argument is the address, in hex, where the store is mapped. */
static bool makes_its_map_writable(const char *address)
{
	void *at = (void *)(uintptr_t)strtoull(address, NULL, 16);

	return mprotect(at, 4096, PROT_READ | PROT_WRITE) == 0 &&
	       mprotect(at, 4096, PROT_READ) == 0;
}

/* --- code: no argument -------------------------------------------------------------------- */

static bool maps_code(const char *with)
{
	(void)with;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0) != MAP_FAILED;
}

static bool makes_data_run(const char *with)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)with;
	return mprotect(at, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool makes_a_nameless_file(const char *with)
{
	(void)with;
	return memfd_create("x", 0) >= 0;
}

static bool ended(pid_t pid)
{
	int status;

	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid(pid, &status, __WALL) == pid;
}

static bool starts(const char *program)
{
	char *argv[] = { (char *)(uintptr_t)program, NULL }, *environment[] = { NULL };

	execve(program, argv, environment);
	return false;
}

static bool starts_by_descriptor(const char *path)
{
	char *argv[] = { (char *)(uintptr_t)path, NULL }, *environment[] = { NULL };

	syscall(SYS_execveat, AT_FDCWD, path, argv, environment, 0);
	return false;
}

static bool forks(const char *with)
{
	(void)with;
	return ended(fork());
}

static bool forks_by_the_new_call(const char *with)
{
	struct clone_args how = { .exit_signal = SIGCHLD };

	(void)with;
	return ended((pid_t)syscall(SYS_clone3, &how, sizeof(how)));
}

/* --- other processes: the argument is a pid ------------------------------------------------ */

static pid_t pid_of(const char *with)
{
	return (pid_t)strtol(with, NULL, 10);
}

static bool signals(const char *with)
{
	return kill(pid_of(with), 0) == 0;
}

static bool signals_a_thread(const char *with)
{
	return syscall(SYS_tgkill, pid_of(with), pid_of(with), 0) == 0;
}

static bool signals_any_thread(const char *with)
{
	return syscall(SYS_tkill, pid_of(with), 0) == 0;
}

static bool signals_with_a_word(const char *with)
{
	return sigqueue(pid_of(with), 0, (union sigval){ 0 }) == 0;
}

static bool gets_a_handle_of(const char *with)
{
	return syscall(SYS_pidfd_open, pid_of(with), 0) >= 0;
}

static bool traces(const char *with)
{
	return ptrace(PTRACE_SEIZE, pid_of(with), 0, 0) == 0 &&
	       (ptrace(PTRACE_DETACH, pid_of(with), 0, 0) == 0 || true);
}

static bool looks_into(const char *with)
{
	char here[1];
	struct iovec local = { here, 1 }, remote = { here, 1 };

	return process_vm_readv(pid_of(with), &local, 1, &remote, 1, 0) >= 0 || errno == EFAULT;
}

static bool writes_into(const char *with)
{
	char here[1];
	struct iovec local = { here, 1 }, remote = { NULL, 1 };

	return process_vm_writev(pid_of(with), &local, 1, &remote, 1, 0) >= 0 || errno == EFAULT;
}

static bool limits(const char *with)
{
	struct rlimit now;

	return prlimit(pid_of(with), RLIMIT_CORE, NULL, &now) == 0;
}

static bool slows_down(const char *with)
{
	return setpriority(PRIO_PROCESS, (id_t)pid_of(with), 0) == 0;
}

/* --- connections ------------------------------------------------------------------------------ */

static bool has_socket(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool makes_tcp(const char *with)
{
	(void)with;
	return has_socket(AF_INET, SOCK_STREAM, 0);
}

static bool makes_tcp6(const char *with)
{
	(void)with;
	return has_socket(AF_INET6, SOCK_STREAM, 0);
}

static bool makes_udp(const char *with)
{
	(void)with;
	return has_socket(AF_INET, SOCK_DGRAM, 0);
}

static bool makes_netlink(const char *with)
{
	(void)with;
	return has_socket(AF_NETLINK, SOCK_RAW, 0);
}

/* A descriptor that is none: connect(2) and bind(2) are refused before that matters. */
static bool connects(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	return connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0;
}

static bool binds(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	return bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0;
}

static bool makes_a_pair(const char *with)
{
	int pair[2];

	(void)with;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
}

/* By what is there: the socket of the service manager (supervisor.h), or a copy of it. */
static bool sends_to(int fd, const struct sockaddr_un *to)
{
	struct iovec part = { .iov_base = "x", .iov_len = 1 };
	struct msghdr message = { .msg_name = (void *)(uintptr_t)to,
				  .msg_namelen = sizeof(*to),
				  .msg_iov = &part,
				  .msg_iovlen = 1 };
	struct mmsghdr many = { .msg_hdr = message };

	return sendto(fd, "x", 1, 0, (const struct sockaddr *)to, sizeof(*to)) == 1 ||
	       sendmsg(fd, &message, 0) == 1 || sendmmsg(fd, &many, 1, 0) == 1;
}

static bool sends_elsewhere(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int type = 0, error = EBADF;
	bool sent = false;

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	for (int fd = 3; fd < 256 && !sent; fd++) {
		socklen_t len = sizeof(type);

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || type != SOCK_DGRAM)
			continue;
		sent = sends_to(fd, &to) || sends_to(dup(fd), &to) ||
		       sends_to(dup2(fd, 200), &to) || sends_to(dup3(fd, 201, O_CLOEXEC), &to) ||
		       sends_to(fcntl(fd, F_DUPFD_CLOEXEC, 202), &to);
		error = dup(fd) < 0 ? errno : EBADF;
	}
	errno = error;
	return sent;
}

/* --- the machine -------------------------------------------------------------------------------
 */

static bool makes_a_ring(const char *with)
{
	(void)with;
	return syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno == EFAULT;
}

static bool mounts(const char *path)
{
	return mount("none", path, "tmpfs", 0, NULL) == 0 && umount(path) == 0;
}

static bool leaves_its_namespace(const char *with)
{
	(void)with;
	return unshare(CLONE_FS) == 0;
}

static bool loads_a_filter(const char *with)
{
	(void)with;
	return syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM;
}

static bool becomes_another(const char *with)
{
	(void)with;
	return setresuid(getuid(), getuid(), getuid()) == 0;
}

static bool shares_memory(const char *with)
{
	(void)with;
	return syscall(SYS_shmget, 0, 4096, 01600) >= 0;
}

static bool types_in_its_terminal(const char *with)
{
	(void)with;
	return ioctl(0, TIOCSTI, "x") == 0 || errno == ENOTTY;
}

static const struct {
	const char *name;
	attempt *try;
} attempts[] = {
#define TRY(name)                                                                                  \
	{                                                                                          \
#name, name                                                                        \
	}
	TRY(reads),
	TRY(lists),
	TRY(writes),
	TRY(appends),
	TRY(makes),
	TRY(cuts),
	TRY(removes),
	TRY(moves),
	TRY(links),
	TRY(points),
	TRY(makes_a_folder),
	TRY(opens_up),
	TRY(gives_away),
	TRY(backdates),
	TRY(labels),
	TRY(writes_to_what_it_has),
	TRY(cuts_what_it_has),
	TRY(opens_anew_what_it_has),
	TRY(maps_to_write_what_it_has),
	TRY(makes_its_map_writable),
	TRY(maps_code),
	TRY(makes_data_run),
	TRY(makes_a_nameless_file),
	TRY(starts),
	TRY(starts_by_descriptor),
	TRY(forks),
	TRY(forks_by_the_new_call),
	TRY(signals),
	TRY(signals_a_thread),
	TRY(signals_any_thread),
	TRY(signals_with_a_word),
	TRY(gets_a_handle_of),
	TRY(traces),
	TRY(looks_into),
	TRY(writes_into),
	TRY(limits),
	TRY(slows_down),
	TRY(makes_tcp),
	TRY(makes_tcp6),
	TRY(makes_udp),
	TRY(makes_netlink),
	TRY(connects),
	TRY(sends_elsewhere),
	TRY(binds),
	TRY(makes_a_pair),
	TRY(makes_a_ring),
	TRY(mounts),
	TRY(leaves_its_namespace),
	TRY(loads_a_filter),
	TRY(becomes_another),
	TRY(shares_memory),
	TRY(types_in_its_terminal),
};

/* --- the hole ------------------------------------------------------------------------------------
 */

#define HOLE "/hole/"

static const char *result_of(const char *name, const char *with)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		if (strcmp(attempts[i].name, name) == 0) {
			errno = 0;
			return attempts[i].try(with) ? "done" : strerrorname_np(errno);
		}
	return "unknown";
}

static bool enter(const struct request *request, struct answer *answer)
{
	char name[64], with[REQUEST_TARGET_MAX];
	struct str first, rest;

	if (!request || !str_starts(request->target, STR(HOLE)))
		return false;
	rest = str_skip(request->target, strlen(HOLE));
	first = str_cut(&rest, '~');
	snprintf(name, sizeof(name), "%.*s", STR_ARG(first));
	snprintf(with, sizeof(with), "%.*s", STR_ARG(rest));
	answer_begin(answer, 200);
	answer_field(answer, "Content-Type", STR("text/plain; charset=utf-8"));
	buf_add_text(answer_body(answer), result_of(name, with));
	answer_finish(answer, true);
	return true;
}

void __real_public_answer(const struct house *house, const struct request *request,
			  const struct fault *bad, struct answer *answer);
void __wrap_public_answer(const struct house *house, const struct request *request,
			  const struct fault *bad, struct answer *answer);
void __real_desk_answer(const struct house *house, const struct request *request,
			const struct fault *bad, struct answer *answer);
void __wrap_desk_answer(const struct house *house, const struct request *request,
			const struct fault *bad, struct answer *answer);
bool __real_confine(const struct confine_rights *rights, struct fault *why);
bool __wrap_confine(const struct confine_rights *rights, struct fault *why);

void __wrap_public_answer(const struct house *house, const struct request *request,
			  const struct fault *bad, struct answer *answer)
{
	if (!enter(request, answer))
		__real_public_answer(house, request, bad, answer);
}

void __wrap_desk_answer(const struct house *house, const struct request *request,
			const struct fault *bad, struct answer *answer)
{
	if (!enter(request, answer))
		__real_desk_answer(house, request, bad, answer);
}

bool __wrap_confine(const struct confine_rights *rights, struct fault *why)
{
	return getenv("HOLE_OPEN") || __real_confine(rights, why);
}

/*
 * shim - kills or fails a program at its Nth step on disk. For LD_PRELOAD.
 *
 * A step is a call that changes a file below $CRASH_FOLDER or asks for it to be on the disk:
 * write, fsync, rename and their likes. Logs (descriptors 0 to 2) and sockets are not meant.
 * $CRASH_CONTROL is a file of five 32-bit numbers that the test and the program both map:
 *
 *	armed	1: steps are counted, and met as follows
 *	at	the step that is met; 0: none
 *	how	enum how
 *	lasting	1: so are all that follow it
 *	count	steps so far
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum how { KILL_BEFORE, KILL_HALFWAY, KILL_AFTER, FAIL_EIO, FAIL_ENOSPC, FAIL_EROFS };

struct control {
	_Atomic uint32_t armed, at, how, lasting, count;
};

static struct control *control;
static const char *folder;

__attribute__((constructor)) static void set_up(void)
{
	const char *path = getenv("CRASH_CONTROL");
	void *at;
	int fd;

	folder = getenv("CRASH_FOLDER");
	if (!path || !folder || (fd = open(path, O_RDWR | O_CLOEXEC)) < 0)
		return;
	at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		control = at;
}

static void die(void)
{
	/* A confined program may no longer kill(2), not even itself. */
	syscall(SYS_tgkill, getpid(), gettid(), SIGKILL);
	for (;;)
		pause();
}

static bool is_below(const char *path)
{
	return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static bool is_ours(int fd)
{
	char name[64], path[4096];
	struct stat info;
	ssize_t len;

	if (!control || !control->armed || fd <= 2 || fstat(fd, &info) != 0 ||
	    !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)))
		return false;
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	len = readlink(name, path, sizeof path - 1);
	if (len <= 0)
		return false;
	path[len] = '\0';
	return is_below(path);
}

/* Whether this is the step that is met; it may not return at all. */
static bool is_met(void)
{
	uint32_t n = ++control->count;

	if (!control->at || (n != control->at && !(control->lasting && n > control->at)))
		return false;
	if (control->how == KILL_BEFORE)
		die();
	return true;
}

static bool fails(void)
{
	switch (control->how) {
	case FAIL_EIO:
		errno = EIO;
		return true;
	case FAIL_ENOSPC:
		errno = ENOSPC;
		return true;
	case FAIL_EROFS:
		errno = EROFS;
		return true;
	}
	return false;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* A call without a halfway. */
#define WHOLE(ours, call)                                                                          \
	do {                                                                                       \
		bool met_ = (ours) && is_met();                                                    \
		if (met_ && fails())                                                               \
			return -1;                                                                 \
		int done_ = call;                                                                  \
		if (met_)                                                                          \
			die();                                                                     \
		return done_;                                                                      \
	} while (0)

/* A call that may be torn: `half` writes the first half of its bytes. */
#define TORN(fd, half, call)                                                                       \
	do {                                                                                       \
		bool met_ = is_ours(fd) && is_met();                                               \
		if (met_ && fails())                                                               \
			return -1;                                                                 \
		ssize_t done_ = met_ && control->how == KILL_HALFWAY ? half : call;                \
		if (met_)                                                                          \
			die();                                                                     \
		return done_;                                                                      \
	} while (0)

ssize_t write(int fd, const void *at, size_t len)
{
	TORN(fd, REAL(write)(fd, at, len / 2), REAL(write)(fd, at, len));
}

ssize_t pwrite(int fd, const void *at, size_t len, off_t where)
{
	TORN(fd, REAL(pwrite)(fd, at, len / 2, where), REAL(pwrite)(fd, at, len, where));
}

ssize_t pwrite64(int fd, const void *at, size_t len, off_t where)
{
	return pwrite(fd, at, len, where);
}

ssize_t writev(int fd, const struct iovec *at, int count)
{
	TORN(fd, REAL(writev)(fd, at, (count + 1) / 2), REAL(writev)(fd, at, count));
}

ssize_t pwritev(int fd, const struct iovec *at, int count, off_t where)
{
	TORN(fd, REAL(pwritev)(fd, at, (count + 1) / 2, where),
	     REAL(pwritev)(fd, at, count, where));
}

ssize_t pwritev64(int fd, const struct iovec *at, int count, off_t where)
{
	return pwritev(fd, at, count, where);
}

int fsync(int fd)
{
	WHOLE(is_ours(fd), REAL(fsync)(fd));
}

int fdatasync(int fd)
{
	WHOLE(is_ours(fd), REAL(fdatasync)(fd));
}

int msync(void *at, size_t len, int flags)
{
	WHOLE(control && control->armed, REAL(msync)(at, len, flags));
}

int ftruncate(int fd, off_t len)
{
	WHOLE(is_ours(fd), REAL(ftruncate)(fd, len));
}

int ftruncate64(int fd, off_t len)
{
	return ftruncate(fd, len);
}

int fallocate(int fd, int mode, off_t at, off_t len)
{
	WHOLE(is_ours(fd), REAL(fallocate)(fd, mode, at, len));
}

int fallocate64(int fd, int mode, off_t at, off_t len)
{
	return fallocate(fd, mode, at, len);
}

static bool is_armed_for(const char *path)
{
	return control && control->armed && is_below(path);
}

int rename(const char *from, const char *to)
{
	WHOLE(is_armed_for(to), REAL(rename)(from, to));
}

int link(const char *from, const char *to)
{
	WHOLE(is_armed_for(to), REAL(link)(from, to));
}

int unlink(const char *path)
{
	WHOLE(is_armed_for(path), REAL(unlink)(path));
}

int mkdir(const char *path, mode_t mode)
{
	WHOLE(is_armed_for(path), REAL(mkdir)(path, mode));
}

int mkostemp(char *template, int flags)
{
	WHOLE(is_armed_for(template), REAL(mkostemp)(template, flags));
}

int mkostemp64(char *template, int flags)
{
	return mkostemp(template, flags);
}

/*
 * slow - a disk that takes long to keep the page by which LMDB ends a commit. For LD_PRELOAD.
 *
 * The bytes are in the file at once, where all processes see them; that they are on the disk is
 * said $SLOW_MS later. What reads meanwhile must not take the one for the other (store_version).
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { META_PAGES = 2 * 4096 };

static void take_long(void)
{
	const char *value = getenv("SLOW_MS");
	long ms = value ? atol(value) : 20;
	struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

ssize_t pwrite64(int fd, const void *from, size_t len, off64_t at)
{
	ssize_t done = ((__typeof__(&pwrite64))dlsym(RTLD_NEXT, "pwrite64"))(fd, from, len, at);

	if (done > 0 && at < META_PAGES && (fcntl(fd, F_GETFL) & O_DSYNC))
		take_long();
	return done;
}

ssize_t pwrite(int fd, const void *from, size_t len, off_t at)
{
	return pwrite64(fd, from, len, at);
}

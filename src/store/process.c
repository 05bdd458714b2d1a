/*
 * One process opens a store once, after its last fork, and one process writes.
 *
 * LMDB keeps its locks with fcntl(2), which a process loses for a file as soon as it
 * closes any descriptor of that file: opening a store twice takes the first one's locks
 * away without a word. For the same reason writer.lock is opened nowhere but here, and
 * only when the list says that this process has not opened it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/arena.h>

#include "environment.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct store *open_stores;
static _Atomic unsigned generation;

/* Asking getpid(2) would cost each read a system call. */
static void after_fork(void)
{
	atomic_fetch_add(&generation, 1);
}

static void watch_forks(void)
{
	must(pthread_atfork(NULL, NULL, after_fork) == 0);
}

unsigned process_generation(void)
{
	return atomic_load_explicit(&generation, memory_order_relaxed);
}

static bool is_open(const struct store *store)
{
	for (const struct store *at = open_stores; at; at = at->next) {
		if (at->device == store->device && at->inode == store->inode)
			return true;
	}
	return false;
}

static bool list(struct store *store, struct fault *why)
{
	bool twice;

	must(pthread_mutex_lock(&lock) == 0);
	twice = is_open(store);
	if (!twice) {
		store->next = open_stores;
		open_stores = store;
	}
	must(pthread_mutex_unlock(&lock) == 0);
	if (twice)
		return fail(why, BROKEN, "the store %s is open in this process already",
			    store->dir);
	return true;
}

static bool refuse_writer(const struct store *store, struct flock *wanted, struct fault *why)
{
	enum fault_kind kind = store->mode == STORE_CREATE ? CONFLICT : BUSY;

	if (errno != EAGAIN && errno != EACCES)
		return fail_errno(why, "cannot lock the store %s", store->dir);
	if (fcntl(store->writer_lock, F_GETLK, wanted) == 0 && wanted->l_type != F_UNLCK &&
	    wanted->l_pid > 0)
		return fail(why, kind, "process %ld writes to the store %s: one at a time",
			    (long)wanted->l_pid, store->dir);
	return fail(why, kind, "another process writes to the store %s: one at a time", store->dir);
}

static bool lock_writer(struct store *store, struct fault *why)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct arena arena;

	arena_init(&arena);
	store->writer_lock = open(arena_printf(&arena, "%s/writer.lock", store->dir).at,
				  O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	arena_release(&arena);
	if (store->writer_lock < 0)
		return fail_errno(why, "cannot write to the store %s", store->dir);
	if (fcntl(store->writer_lock, F_SETLK, &whole) != 0)
		return refuse_writer(store, &whole, why);
	return true;
}

bool process_enter(struct store *store, struct fault *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct stat folder;

	must(pthread_once(&once, watch_forks) == 0);
	if (stat(store->dir, &folder) != 0) {
		if (errno == ENOENT)
			return fail(why, NOT_FOUND, "there is no store in %s", store->dir);
		return fail_errno(why, "cannot open the store %s", store->dir);
	}
	store->device = folder.st_dev;
	store->inode = folder.st_ino;
	return list(store, why) && (!store_writes(store) || lock_writer(store, why));
}

/* The descriptor is closed before the list lets the next opener in: closing it later
 * would take that one's lock away. */
void process_leave(struct store *store)
{
	struct store **at = &open_stores;

	must(pthread_mutex_lock(&lock) == 0);
	if (store->writer_lock >= 0)
		close(store->writer_lock);
	while (*at && *at != store)
		at = &(*at)->next;
	if (*at)
		*at = store->next;
	must(pthread_mutex_unlock(&lock) == 0);
}

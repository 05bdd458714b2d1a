/*
 * The map's size.
 *
 * LMDB maps the whole file, and a map that is full refuses pages. We start large (the
 * map is address space, not disk) and double when it is full nevertheless. To map anew
 * LMDB takes the old map away, so every read of this process must have ended: reads
 * share a lock that whoever maps takes alone. Waiting for them is short, as a read
 * lives for one page's making; new ones queue behind, or it might never come.
 *
 * Other processes see from a read that fails to begin (MDB_MAP_RESIZED) that the file
 * has outgrown their map, and do the same with the size that the file records.
 */
#include <errno.h>
#include <sys/mman.h>

#include <communique/log.h>

#include "environment.h"

void map_init(struct store *store)
{
	pthread_rwlockattr_t fair;

	must(pthread_rwlockattr_init(&fair) == 0);
	must(pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) ==
	     0);
	for (size_t i = 0; i < MAP_LANES; i++)
		must(pthread_rwlock_init(&store->map[i].lock, &fair) == 0);
	must(pthread_rwlockattr_destroy(&fair) == 0);
}

void map_release(struct store *store)
{
	for (size_t i = 0; i < MAP_LANES; i++)
		must(pthread_rwlock_destroy(&store->map[i].lock) == 0);
}

static pthread_rwlock_t *own_lane(struct store *store)
{
	static _Atomic unsigned threads;
	static _Thread_local unsigned own;

	if (own == 0)
		own = 1 + atomic_fetch_add(&threads, 1);
	return &store->map[own % MAP_LANES].lock;
}

static void be_alone(struct store *store)
{
	for (size_t i = 0; i < MAP_LANES; i++)
		must(pthread_rwlock_wrlock(&store->map[i].lock) == 0);
}

static void be_alone_no_more(struct store *store)
{
	for (size_t i = 0; i < MAP_LANES; i++)
		must(pthread_rwlock_unlock(&store->map[i].lock) == 0);
}

static bool fail_lost(struct fault *why)
{
	return fail(why, BUSY, "the store could not be opened again; the next write tries it");
}

/* A thread that reads already shares the lock: asking again behind somebody who waits
 * to be alone would lock both up. */
bool map_enter(struct store *store, struct fault *why)
{
	if (!thread_reads(store))
		must(pthread_rwlock_rdlock(own_lane(store)) == 0);
	if (!store->lost)
		return true;
	map_leave(store);
	return fail_lost(why);
}

void map_leave(struct store *store)
{
	if (!thread_reads(store))
		must(pthread_rwlock_unlock(own_lane(store)) == 0);
}

static bool map_anew(struct store *store, size_t size, struct fault *why)
{
	int code = mdb_env_set_mapsize(store->env, size);

	store->mapped++;
	if (code == 0)
		return true;
	store->lost = true; /* LMDB has no map now, and would follow a dead pointer */
	return fail_lost(why);
}

/* LMDB gives the old map up before it asks for the new one. Ask first. */
static bool has_room(size_t size)
{
	void *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return false;
	munmap(at, size);
	return true;
}

/* The caller holds `writing` and no transaction. */
bool map_grow(struct store *store, struct fault *why)
{
	MDB_envinfo now;
	struct log_line line;
	size_t size;
	bool ok;

	must(mdb_env_info(store->env, &now) == 0);
	size = now.me_mapsize > store->map_max / 2 ? store->map_max : now.me_mapsize * 2;
	if (size <= now.me_mapsize)
		return fail(why, BUSY, "the store is full: it has its largest size, %zu MiB",
			    now.me_mapsize >> 20);
	if (!has_room(size))
		return fail(why, BUSY, "the store is full: no address space for %zu MiB",
			    size >> 20);
	be_alone(store);
	ok = map_anew(store, size, why);
	be_alone_no_more(store);
	log_begin(&line, LOG_INFO, "store-grown");
	log_number(&line, "bytes", (int64_t)size);
	log_end(&line);
	return ok;
}

/* `mapped` is what the caller saw: of many threads that fail together one maps. */
bool map_adopt(struct store *store, uint64_t mapped, struct fault *why)
{
	bool ok = true;

	if (thread_reads(store))
		return fail(why, BUSY, "the store has grown: end the read that is open first");
	be_alone(store);
	if (store->lost)
		ok = fail_lost(why);
	else if (store->mapped == mapped)
		ok = map_anew(store, 0, why);
	be_alone_no_more(store);
	return ok;
}

/* After a disk that failed: LMDB stops for good when it cannot write the page that says where
 * the newest data is, and takes neither reads nor writes before it is opened anew. The caller
 * holds `writing` and no transaction. */
bool map_reopen(struct store *store, struct fault *why)
{
	struct log_line line;
	bool ok;

	be_alone(store);
	store->mapped++;
	ok = environment_reopen(store, why);
	store->lost = !ok;
	be_alone_no_more(store);
	log_begin(&line, ok ? LOG_WARNING : LOG_ERROR, "store-reopened");
	log_str(&line, "outcome", ok ? STR("done") : str_from(why->says));
	log_end(&line);
	return ok;
}

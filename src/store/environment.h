/*
 * environment - what the files of this folder share. LMDB is named nowhere else.
 *
 * Three locks, taken in this order and held for different lengths of time:
 *
 *	writing		a whole store_write(): LMDB has one writer per machine, and while
 *			the map grows there must be none in this process either
 *	map		shared by every open read, alone for whoever maps anew: LMDB moves
 *			the map, and a read that goes on meanwhile is a segmentation fault.
 *			It has lanes, so that readers do not fight for one cache line: a read
 *			takes its thread's, whoever wants to be alone takes all
 *	parking		a few instructions: the list of reads that can be used again
 *
 * A thread that reads and asks for `writing` would wait for itself when the map grows,
 * so it must not, ever: store_write() checks that on each call, not only then.
 */
#ifndef COMMUNIQUE_STORE_ENVIRONMENT_H
#define COMMUNIQUE_STORE_ENVIRONMENT_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include <communique/buf.h>
#include <communique/store.h>

#define MAP_LANES 16

struct map_lane {
	_Alignas(64) pthread_rwlock_t lock;
};

struct store {
	MDB_env *env;
	MDB_dbi tables[TABLE_COUNT];
	enum store_mode mode;
	struct store_options options;
	size_t map_max;
	char *dir;

	/* one process (process.c) */
	unsigned generation;
	dev_t device;
	ino_t inode;
	int writer_lock;
	struct store *next;

	pthread_mutex_t writing;
	struct buf scratch; /* of the write transaction */

	struct map_lane map[MAP_LANES];
	uint64_t mapped; /* how often; guarded by map */
	bool lost;	 /* it could not be mapped or opened again; guarded by map */

	pthread_mutex_t parking;
	struct store_txn *parked;
	_Atomic unsigned reads; /* open ones */
};

static inline bool store_writes(const struct store *store)
{
	return store->mode == STORE_WRITER || store->mode == STORE_CREATE;
}

struct store_txn {
	struct store *store;
	MDB_txn *mdb;
	bool writes;
	bool map_full;
	unsigned cursors;
	uint64_t changes;	/* puts and deletes: cursors find their place again */
	struct fault fault;	/* the first one; NO_FAULT: none */
	struct store_txn *next; /* parked, or open in this thread */
};

/* What an LMDB or errno code means for whoever asked. Always false. */
bool explain(const struct store *store, int code, const char *doing, struct fault *why);
void txn_fail(struct store_txn *txn, int code, const char *doing);
bool txn_accepts(struct store_txn *txn, const struct store_key *key);

/* process.c: one process, once, and one writer. */
unsigned process_generation(void);
bool process_enter(struct store *store, struct fault *why);
void process_leave(struct store *store);

/* map.c: shared by reads, alone for a change of size. */
void map_init(struct store *store);
void map_release(struct store *store);
bool map_enter(struct store *store, struct fault *why);
void map_leave(struct store *store);
bool map_grow(struct store *store, struct fault *why);
bool map_adopt(struct store *store, uint64_t mapped, struct fault *why);
bool map_reopen(struct store *store, struct fault *why);

/* store.c: the environment and its tables, which were open before; alone with the map. */
bool environment_reopen(struct store *store, struct fault *why);

/* read.c */
bool thread_reads(const struct store *store);
void reads_release(struct store *store);
/* Ends the read so that tables opened in it stay open (LMDB: commit, not reset). */
bool read_keep_tables(struct store_txn **txn, struct fault *why);

#endif

/*
 * Reads. A read that has ended is parked: LMDB keeps its slot in the reader table and
 * its memory, and holds no page for it, so that the next one begins in well under a
 * microsecond. There are never more than were open at once.
 */
#include "environment.h"

/* The open reads of this thread: at most a few, mostly one. */
static _Thread_local struct store_txn *own;

bool thread_reads(const struct store *store)
{
	for (const struct store_txn *at = own; at; at = at->next) {
		if (at->store == store)
			return true;
	}
	return false;
}

static void disown(struct store_txn *txn)
{
	struct store_txn **at = &own;

	while (*at && *at != txn)
		at = &(*at)->next;
	must(*at && "a read ends in the thread that began it");
	*at = txn->next;
}

/* The caller shares the map, so that what it takes is of the environment that is open. */
static struct store_txn *take(struct store *store)
{
	struct store_txn *txn;

	must(pthread_mutex_lock(&store->parking) == 0);
	txn = store->parked;
	if (txn)
		store->parked = txn->next;
	must(pthread_mutex_unlock(&store->parking) == 0);
	if (!txn) {
		txn = calloc(1, sizeof *txn);
		must(txn != NULL);
		txn->store = store;
	}
	txn->fault.kind = NO_FAULT;
	return txn;
}

static void park(struct store_txn *txn)
{
	struct store *store = txn->store;

	must(pthread_mutex_lock(&store->parking) == 0);
	txn->next = store->parked;
	store->parked = txn;
	must(pthread_mutex_unlock(&store->parking) == 0);
}

/* One try, with the map shared when it succeeds. */
static int try_to_begin(struct store *store, struct store_txn **out)
{
	struct store_txn *txn = take(store);
	int code = txn->mdb ? mdb_txn_renew(txn->mdb)
			    : mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn->mdb);

	if (code == 0) {
		*out = txn;
		return 0;
	}
	mdb_txn_abort(txn->mdb);
	free(txn);
	map_leave(store);
	return code;
}

static bool begin(struct store *store, struct store_txn **out, struct fault *why)
{
	bool swept = false;

	for (;;) {
		uint64_t mapped;
		int code;

		if (!map_enter(store, why))
			return false;
		mapped = store->mapped;
		code = try_to_begin(store, out);
		if (code == 0)
			return true;
		if (code == MDB_MAP_RESIZED) {
			if (!map_adopt(store, mapped, why))
				return false;
		} else if (code == MDB_READERS_FULL && !swept) {
			store_clear_stale_readers(store);
			swept = true;
		} else {
			return explain(store, code, "begin to read", why);
		}
	}
}

bool store_read_begin(struct store *store, struct store_txn **out, struct fault *why)
{
	must(store->generation == process_generation());
	*out = NULL;
	if (!begin(store, out, why))
		return false;
	(*out)->next = own;
	own = *out;
	atomic_fetch_add(&store->reads, 1);
	return true;
}

/* The read is over for this thread, which still shares the map. */
static struct store *end(struct store_txn *txn)
{
	must(!txn->writes && txn->cursors == 0);
	disown(txn);
	atomic_fetch_sub(&txn->store->reads, 1);
	return txn->store;
}

void store_read_end(struct store_txn **out)
{
	struct store_txn *txn = *out;
	struct store *store;

	*out = NULL;
	if (!txn)
		return;
	mdb_txn_reset(txn->mdb);
	store = end(txn);
	park(txn);
	map_leave(store);
}

bool read_keep_tables(struct store_txn **out, struct fault *why)
{
	struct store_txn *txn = *out;
	int code = mdb_txn_commit(txn->mdb);
	struct store *store = end(txn);

	*out = NULL;
	map_leave(store);
	free(txn);
	return code == 0 || explain(store, code, "open its tables", why);
}

void reads_release(struct store *store)
{
	struct store_txn *txn;

	must(atomic_load(&store->reads) == 0);
	while ((txn = store->parked) != NULL) {
		store->parked = txn->next;
		mdb_txn_abort(txn->mdb);
		free(txn);
	}
}

unsigned store_clear_stale_readers(struct store *store)
{
	int dead = 0;

	must(store->generation == process_generation());
	if (!map_enter(store, NULL))
		return 0;
	if (mdb_reader_check(store->env, &dead) != 0)
		dead = 0;
	map_leave(store);
	return (unsigned)dead;
}

/* LMDB reads the number from the map: it must stay where it is meanwhile. */
uint64_t store_version(struct store *store)
{
	MDB_envinfo now = { .me_last_txnid = 0 };

	must(store->generation == process_generation());
	if (!map_enter(store, NULL))
		return 0;
	mdb_env_info(store->env, &now);
	map_leave(store);
	return now.me_last_txnid;
}

uint64_t store_txn_version(const struct store_txn *txn)
{
	return mdb_txn_id(txn->mdb);
}

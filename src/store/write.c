/*
 * Writes. One attempt is: begin, the caller's work, commit. When the map is full the
 * attempt is undone, the map grows, and the work is done again; that is how a growing
 * store loses no write. Pages that dead readers hold are looked for first: they are
 * the usual reason for a store that grows without getting more to hold.
 *
 * After a failed commit LMDB has freed the transaction: nothing touches it again.
 */
#include "environment.h"

enum outcome { DONE, FAILED, MAP_FULL, MAP_RESIZED, STOPPED };

/* Whether LMDB takes nothing any more. Only trying tells. */
static bool is_stopped(struct store *store)
{
	MDB_txn *probe = NULL;
	int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &probe);

	if (code == 0)
		mdb_txn_abort(probe);
	return code == MDB_PANIC;
}

static enum outcome give_up(struct store_txn *txn, bool said_no, const struct fault *said,
			    struct fault *why)
{
	mdb_txn_abort(txn->mdb);
	if (txn->map_full)
		return MAP_FULL;
	if (said_no && said->kind != NO_FAULT)
		*why = *said;
	else if (!store_check(txn, why))
		return FAILED;
	else if (said_no)
		fail(why, BROKEN, "a write was given up without a reason");
	return FAILED;
}

static enum outcome commit(struct store_txn *txn, struct fault *why)
{
	int code = mdb_txn_commit(txn->mdb);

	txn->mdb = NULL;
	if (code == 0)
		return DONE;
	if (code == MDB_MAP_FULL)
		return MAP_FULL;
	explain(txn->store, code, "write", why);
	return is_stopped(txn->store) ? STOPPED : FAILED;
}

/* LMDB takes the number of the last transaction from lock.mdb, into which readers write. Whoever
 * has taken over a reader could so have us begin from the state before, and undo what was
 * acknowledged; the store's own pages say better. */
static bool follows_the_last(struct store *store, MDB_txn *txn, struct fault *why)
{
	MDB_envinfo info;

	return (mdb_env_info(store->env, &info) == 0 &&
		mdb_txn_id(txn) == info.me_last_txnid + 1) ||
	       fail(why, BROKEN,
		    "%s/lock.mdb has the number of another transaction than the store: somebody "
		    "wrote into it. Stop both services, remove it, and start them again",
		    store->dir);
}

static enum outcome attempt(struct store *store, store_work *work, void *ctx, struct fault *why)
{
	struct store_txn txn = { .store = store, .writes = true };
	struct fault said = { .kind = NO_FAULT };
	int code = mdb_txn_begin(store->env, NULL, 0, &txn.mdb);
	bool ok;

	if (code == MDB_MAP_RESIZED)
		return MAP_RESIZED;
	if (code != 0) {
		explain(store, code, "begin to write", why);
		return code == MDB_PANIC ? STOPPED : FAILED;
	}
	if (!follows_the_last(store, txn.mdb, why)) {
		mdb_txn_abort(txn.mdb);
		return FAILED;
	}
	ok = work(&txn, ctx, &said);
	must(txn.cursors == 0 && !thread_reads(store));
	if (!ok || !store_check(&txn, NULL))
		return give_up(&txn, !ok, &said, why);
	return commit(&txn, why);
}

static bool write_until_it_fits(struct store *store, store_work *work, void *ctx, struct fault *why)
{
	struct fault unheard;
	bool swept = false;

	for (;;) {
		switch (attempt(store, work, ctx, why)) {
		case DONE:
			return true;
		case FAILED:
			return false;
		case STOPPED:
			map_reopen(store, &unheard);
			return false;
		case MAP_RESIZED:
			if (!map_adopt(store, store->mapped, why))
				return false;
			break;
		case MAP_FULL:
			if (!swept && store_clear_stale_readers(store) > 0)
				swept = true;
			else if (!map_grow(store, why))
				return false;
			break;
		}
	}
}

bool store_write_then(struct store *store, store_work *work, store_sequel *then, void *ctx,
		      struct fault *why)
{
	struct fault unheard;
	bool ok;

	must(store->generation == process_generation());
	must(!thread_reads(store));
	if (!store_writes(store))
		return fail(why, BROKEN, "this program reads the store and cannot write to it");
	must(pthread_mutex_lock(&store->writing) == 0); /* EDEADLK: a write inside a write */
	if (!why)
		why = &unheard;
	ok = map_enter(store, why);
	if (ok)
		map_leave(store);
	else
		ok = map_reopen(store, why);
	ok = ok && write_until_it_fits(store, work, ctx, why);
	if (then)
		then(ctx, ok);
	must(pthread_mutex_unlock(&store->writing) == 0);
	return ok;
}

bool store_write(struct store *store, store_work *work, void *ctx, struct fault *why)
{
	return store_write_then(store, work, NULL, ctx, why);
}

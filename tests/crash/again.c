/*
 * again - has each transaction of a program done twice, as when the store has to grow: LMDB
 * undoes it at its commit, and says that its map is full (store.h, store_write). For LD_PRELOAD.
 *
 * $AGAIN_COUNT is a file that gets a byte for each transaction that was undone.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <lmdb.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int count = -1;
static _Thread_local bool opens; /* the transaction in hand opens tables: it is the start's */
static _Thread_local bool undone;
static _Thread_local MDB_txn *writes;
static _Atomic bool grows;

__attribute__((constructor)) static void set_up(void)
{
	const char *path = getenv("AGAIN_COUNT");

	if (path)
		count = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

int mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *out)
{
	opens = true;
	return REAL(mdb_dbi_open)(txn, name, flags, out);
}

int mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **out)
{
	int code = REAL(mdb_txn_begin)(env, parent, flags, out);

	if (code == 0 && !(flags & MDB_RDONLY))
		writes = *out;
	return code;
}

/* The second time said no. */
void mdb_txn_abort(MDB_txn *txn)
{
	if (txn == writes)
		undone = false;
	REAL(mdb_txn_abort)(txn);
}

int mdb_txn_commit(MDB_txn *txn)
{
	if (opens || undone) {
		opens = undone = false;
		return REAL(mdb_txn_commit)(txn);
	}
	REAL(mdb_txn_abort)(txn);
	undone = grows = true;
	if (count >= 0 && write(count, ".", 1) != 1)
		abort();
	return MDB_MAP_FULL;
}

/* It is not really full. */
int mdb_env_set_mapsize(MDB_env *env, size_t size)
{
	return atomic_exchange(&grows, false) ? 0 : REAL(mdb_env_set_mapsize)(env, size);
}

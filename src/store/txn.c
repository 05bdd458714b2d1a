#include <errno.h>
#include <sys/statvfs.h>

#include "environment.h"

/* LMDB says EIO for a write that was cut short, which is what a disk that fills up in
 * the middle of it does. What is asked for next tells the two apart. */
static bool is_disk_full(const struct store *store)
{
	enum { NEXT_TO_NOTHING = 1024 * 1024 };
	struct statvfs disk;

	return statvfs(store->dir, &disk) == 0 &&
	       (uint64_t)disk.f_bavail * disk.f_frsize < NEXT_TO_NOTHING;
}

bool explain(const struct store *store, int code, const char *doing, struct fault *why)
{
	if (code == EIO && is_disk_full(store))
		code = ENOSPC;
	switch (code) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return fail(why, DISK_FULL, "the disk of the store is full: nothing was written");
	case EIO:
	case EROFS:
		return fail(why, DISK_FAILED,
			    "the disk of the store takes nothing: nothing was written");
	case MDB_MAP_FULL:
		return fail(why, BUSY, "the store is full: nothing was written");
	case MDB_READERS_FULL:
		return fail(why, BUSY, "too many read the store at once");
	case MDB_TXN_FULL:
		return fail(why, TOO_LARGE, "this is too much for one write");
	case MDB_PANIC:
		return fail(why, BROKEN, "the store stopped at an earlier failure to write");
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_CURSOR_FULL:
	case MDB_BAD_TXN:
	case MDB_INCOMPATIBLE:
	case MDB_INVALID:
		return fail(why, BROKEN, "%s is damaged (%s): see communiqued(8), DAMAGED STORE",
			    store->dir, mdb_strerror(code));
	default:
		return fail(why, BROKEN, "cannot %s the store: %s", doing, mdb_strerror(code));
	}
}

void txn_fail(struct store_txn *txn, int code, const char *doing)
{
	if (txn->fault.kind != NO_FAULT)
		return;
	txn->map_full = code == MDB_MAP_FULL;
	explain(txn->store, code, doing, &txn->fault);
}

bool txn_accepts(struct store_txn *txn, const struct store_key *key)
{
	if (txn->fault.kind != NO_FAULT)
		return false;
	if (key->too_long)
		return fail(&txn->fault, INVALID,
			    "a name is longer than the store's %d bytes, or has a NUL in it",
			    STORE_KEY_MAX);
	if (key->len == 0)
		return fail(&txn->fault, INVALID, "an empty name is no key of the store");
	return true;
}

static MDB_val val_of(struct str s)
{
	return (MDB_val){ s.len, (void *)(uintptr_t)s.at };
}

bool store_get(struct store_txn *txn, enum table table, const struct store_key *key,
	       struct str *value)
{
	MDB_val name = val_of(key_str(key)), found;
	int code;

	*value = STR_NONE;
	if (!txn_accepts(txn, key))
		return false;
	code = mdb_get(txn->mdb, txn->store->tables[table], &name, &found);
	if (code == MDB_NOTFOUND)
		return false;
	if (code != 0) {
		txn_fail(txn, code, "read");
		return false;
	}
	*value = (struct str){ found.mv_data, found.mv_size };
	return true;
}

/* What comes from the store may go back into it under another name, and LMDB moves the
 * page it stands on while it makes room: the value is copied first. */
static MDB_val copy(struct store *store, struct str value)
{
	buf_clear(&store->scratch);
	buf_add(&store->scratch, value);
	return val_of(buf_str(&store->scratch));
}

static void put(struct store_txn *txn, enum table table, const struct store_key *key,
		struct str value, unsigned flags)
{
	MDB_val name = val_of(key_str(key)), bytes;
	int code;

	must(txn->writes);
	if (!txn_accepts(txn, key))
		return;
	if (value.len > txn->store->scratch.limit) {
		fail(&txn->fault, TOO_LARGE, "the store takes no value of %zu bytes", value.len);
		return;
	}
	bytes = copy(txn->store, value);
	code = mdb_put(txn->mdb, txn->store->tables[table], &name, &bytes, flags);
	txn->changes++;
	if (code == MDB_KEYEXIST)
		fail(&txn->fault, BROKEN, "the store has this row of %s already",
		     table_name(table));
	else if (code != 0)
		txn_fail(txn, code, "write to");
}

void store_put(struct store_txn *txn, enum table table, const struct store_key *key,
	       struct str value)
{
	put(txn, table, key, value, 0);
}

void store_insert(struct store_txn *txn, enum table table, const struct store_key *key,
		  struct str value)
{
	put(txn, table, key, value, MDB_NOOVERWRITE);
}

void store_delete(struct store_txn *txn, enum table table, const struct store_key *key)
{
	MDB_val name = val_of(key_str(key));
	int code;

	must(txn->writes);
	if (!txn_accepts(txn, key))
		return;
	code = mdb_del(txn->mdb, txn->store->tables[table], &name, NULL);
	txn->changes++;
	if (code != 0 && code != MDB_NOTFOUND)
		txn_fail(txn, code, "write to");
}

void store_clear(struct store_txn *txn, enum table table)
{
	int code;

	must(txn->writes && txn->cursors == 0);
	if (!store_check(txn, NULL))
		return;
	code = mdb_drop(txn->mdb, txn->store->tables[table], 0);
	txn->changes++;
	if (code != 0)
		txn_fail(txn, code, "write to");
}

bool store_check(const struct store_txn *txn, struct fault *why)
{
	if (txn->fault.kind == NO_FAULT)
		return true;
	if (why)
		*why = txn->fault;
	return false;
}

uint64_t store_count(struct store_txn *txn, enum table table)
{
	MDB_stat now;
	int code;

	if (txn->fault.kind != NO_FAULT)
		return 0;
	code = mdb_stat(txn->mdb, txn->store->tables[table], &now);
	if (code == 0)
		return now.ms_entries;
	txn_fail(txn, code, "read");
	return 0;
}

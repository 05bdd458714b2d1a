/*
 * Cursors. In a write transaction a cursor keeps a copy of the key it stands on, and
 * looks for it again after each put or delete: LMDB moves cursors along with what
 * changes, but a row that is deleted under one leaves it on the next row or on none,
 * depending on the page, and rows would be left out.
 */
#include "environment.h"

/* Where a cursor stands, seen from the rows with its prefix. */
enum place { FRESH, BEFORE, AT_ROW, BEHIND };

struct store_cursor {
	struct store_txn *txn;
	MDB_cursor *mdb;
	enum place place;
	uint64_t changes; /* of the transaction, when it stood there last */
	bool has_from;
	struct store_key prefix, from, here;
};

/* An empty one means all rows; one that is too long is not to be taken for that. */
static bool accepts_bound(struct store_txn *txn, const struct store_key *bound)
{
	if (!bound || (bound->len == 0 && !bound->too_long))
		return store_check(txn, NULL);
	return txn_accepts(txn, bound);
}

bool store_cursor_open(struct store_cursor **out, struct store_txn *txn, enum table table,
		       const struct store_key *prefix, const struct store_key *from)
{
	struct store_cursor *cursor;
	MDB_cursor *mdb;
	int code;

	*out = NULL;
	if (!accepts_bound(txn, prefix) || !accepts_bound(txn, from))
		return false;
	code = mdb_cursor_open(txn->mdb, txn->store->tables[table], &mdb);
	if (code != 0) {
		txn_fail(txn, code, "read");
		return false;
	}
	cursor = malloc(sizeof *cursor);
	must(cursor != NULL);
	cursor->txn = txn;
	cursor->mdb = mdb;
	cursor->place = FRESH;
	cursor->has_from = from != NULL;
	cursor->prefix = prefix ? *prefix : key_begin();
	cursor->from = from ? *from : key_begin();
	txn->cursors++;
	*out = cursor;
	return true;
}

void store_cursor_close(struct store_cursor **out)
{
	struct store_cursor *cursor = *out;

	*out = NULL;
	if (!cursor)
		return;
	mdb_cursor_close(cursor->mdb);
	must(cursor->txn->cursors > 0);
	cursor->txn->cursors--;
	free(cursor);
}

/* A row as LMDB gave it; code tells whether it did. */
struct row {
	MDB_val key, value;
	int code;
};

static struct row get(struct store_cursor *cursor, MDB_cursor_op op)
{
	struct row row = { .code = 0 };

	row.code = mdb_cursor_get(cursor->mdb, &row.key, &row.value, op);
	return row;
}

/* The first row at or behind this key. */
static struct row seek(struct store_cursor *cursor, const struct store_key *key)
{
	struct row row = { .key = { key->len, (void *)(uintptr_t)key->at } };

	if (key->len == 0)
		return get(cursor, MDB_FIRST);
	row.code = mdb_cursor_get(cursor->mdb, &row.key, &row.value, MDB_SET_RANGE);
	return row;
}

/* The last row before this key. */
static struct row seek_before(struct store_cursor *cursor, const struct store_key *key)
{
	struct row row = seek(cursor, key);

	if (row.code == 0)
		return get(cursor, MDB_PREV);
	return row.code == MDB_NOTFOUND ? get(cursor, MDB_LAST) : row;
}

static struct str key_of(const struct row *row)
{
	return (struct str){ row->key.mv_data, row->key.mv_size };
}

static bool is_before(const struct store_key *a, const struct store_key *b)
{
	return str_compare(key_str(a), key_str(b)) < 0;
}

/* The smallest key behind all with this prefix; false when there is none. */
static bool behind_prefix(const struct store_key *prefix, struct store_key *end)
{
	*end = *prefix;
	while (end->len && end->at[end->len - 1] == 0xff)
		end->len--;
	if (end->len == 0)
		return false;
	end->at[end->len - 1]++;
	return true;
}

static struct row last_with_prefix(struct store_cursor *cursor)
{
	struct store_key end;

	if (!behind_prefix(&cursor->prefix, &end))
		return get(cursor, MDB_LAST);
	return seek_before(cursor, &end);
}

static struct row first_row(struct store_cursor *cursor)
{
	bool from = cursor->place == FRESH && cursor->has_from &&
		    is_before(&cursor->prefix, &cursor->from);

	return seek(cursor, from ? &cursor->from : &cursor->prefix);
}

static struct row last_row(struct store_cursor *cursor)
{
	struct store_key end;

	if (cursor->place == BEHIND || !cursor->has_from)
		return last_with_prefix(cursor);
	if (behind_prefix(&cursor->prefix, &end) && is_before(&end, &cursor->from))
		return seek_before(cursor, &end);
	return seek_before(cursor, &cursor->from);
}

static struct row row_behind(struct store_cursor *cursor)
{
	struct row row;

	if (cursor->changes == cursor->txn->changes)
		return get(cursor, MDB_NEXT);
	row = seek(cursor, &cursor->here);
	if (row.code == 0 && str_equal(key_of(&row), key_str(&cursor->here)))
		row = get(cursor, MDB_NEXT);
	return row;
}

static struct row row_before(struct store_cursor *cursor)
{
	if (cursor->changes == cursor->txn->changes)
		return get(cursor, MDB_PREV);
	return seek_before(cursor, &cursor->here);
}

static bool arrive(struct store_cursor *cursor, const struct row *row, enum place otherwise,
		   struct str *key, struct str *value)
{
	struct str name = key_of(row);

	if (row->code != 0 && row->code != MDB_NOTFOUND)
		txn_fail(cursor->txn, row->code, "read");
	if (row->code != 0 || !str_starts(name, key_str(&cursor->prefix))) {
		cursor->place = otherwise;
		return false;
	}
	cursor->place = AT_ROW;
	cursor->changes = cursor->txn->changes;
	if (cursor->txn->writes) {
		cursor->here = key_begin();
		key_add_bytes(&cursor->here, name.at, name.len);
	}
	*key = name;
	*value = (struct str){ row->value.mv_data, row->value.mv_size };
	return true;
}

bool store_cursor_next(struct store_cursor *cursor, struct str *key, struct str *value)
{
	struct row row;

	if (cursor->place == BEHIND || !store_check(cursor->txn, NULL))
		return false;
	row = cursor->place == AT_ROW ? row_behind(cursor) : first_row(cursor);
	return arrive(cursor, &row, BEHIND, key, value);
}

bool store_cursor_previous(struct store_cursor *cursor, struct str *key, struct str *value)
{
	struct row row;

	if (cursor->place == BEFORE || !store_check(cursor->txn, NULL))
		return false;
	row = cursor->place == AT_ROW ? row_before(cursor) : last_row(cursor);
	return arrive(cursor, &row, BEFORE, key, value);
}

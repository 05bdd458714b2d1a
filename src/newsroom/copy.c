/*
 * The mark of a copy, META "copied": made when the copy is, and gone when the log goes on from it,
 * which then is the desk's own store. In between the log forgets nothing that a crash left.
 */
#include "ledger.h"

static bool mark_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key key = key_meta("copied");
	const int64_t *now = ctx;
	char when[8];

	(void)why;
	put_be64(when, (uint64_t)*now);
	store_put(txn, TABLE_META, &key, (struct str){ when, sizeof when });
	return true;
}

bool newsroom_mark_copy(struct newsroom *newsroom, int64_t now, struct fault *why)
{
	return store_write(newsroom->store, mark_work, &now, why);
}

bool is_copy(struct store_txn *txn)
{
	struct store_key key = key_meta("copied");
	struct str value;

	return store_get(txn, TABLE_META, &key, &value);
}

bool copy_goes_on(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key key = key_meta("copied");

	(void)ctx;
	(void)why;
	store_delete(txn, TABLE_META, &key);
	return true;
}

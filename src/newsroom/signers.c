#include "desk.h"

static struct store_key all_of(const struct hash *hash)
{
	return key_hash(hash);
}

void signatures_drop(struct store_txn *txn, const struct hash *hash)
{
	struct store_key prefix = all_of(hash);

	for (;;) {
		struct store_cursor *cursor = NULL;
		struct store_key key = key_begin();
		struct str at, value;

		if (store_cursor_open(&cursor, txn, TABLE_SIGNATURES, &prefix, NULL) &&
		    store_cursor_next(cursor, &at, &value))
			key_add_bytes(&key, at.at, at.len);
		store_cursor_close(&cursor);
		if (key.len == 0)
			return;
		store_delete(txn, TABLE_SIGNATURES, &key);
	}
}

bool signature_is_kept(struct store_txn *txn, const struct hash *hash, const struct key_id *id)
{
	struct store_key key = key_signature(hash, id);
	struct str value;

	return store_get(txn, TABLE_SIGNATURES, &key, &value);
}

static unsigned count_of(struct store_txn *txn, const struct hash *hash)
{
	struct store_key prefix = all_of(hash);
	struct store_cursor *cursor = NULL;
	struct str key, value;
	unsigned count = 0;

	if (!store_cursor_open(&cursor, txn, TABLE_SIGNATURES, &prefix, NULL))
		return 0;
	while (store_cursor_next(cursor, &key, &value))
		count++;
	store_cursor_close(&cursor);
	return count;
}

bool signature_keep(struct store_txn *txn, const struct hash *hash, const struct key_id *id,
		    struct str file, int64_t now, struct fault *why)
{
	struct store_key key = key_signature(hash, id);
	struct signature_row row = { .key_id = *id, .file = file, .when = now };
	struct buf packed;

	if (signature_is_kept(txn, hash, id))
		return true;
	row.nth = count_of(txn, hash);
	if (row.nth >= SIGNATURES_PER_FILE_MAX)
		return fail(why, TOO_LARGE, "a file has at most %d signatures",
			    SIGNATURES_PER_FILE_MAX);
	buf_init(&packed, RECORD_MAX);
	pack_signature(&packed, &row);
	store_insert(txn, TABLE_SIGNATURES, &key, buf_str(&packed));
	buf_release(&packed);
	return true;
}

struct collecting {
	struct signer *out;
	size_t count;
	const struct keyset *keyset;
	struct arena *arena;
	struct quorum *quorum;
};

static bool collect(void *ctx, const struct signature_row *row)
{
	struct collecting *to = ctx;
	const struct keyset_key *key = to->keyset ? keyset_find(to->keyset, &row->key_id) : NULL;
	struct signer *signer = &to->out[to->count++];

	*signer = (struct signer){ .key_id = row->key_id, .when = row->when };
	signer->holder = key ? arena_copy(to->arena, key->holder) : STR("");
	signer->roles = key ? key->roles : 0;
	if (to->quorum)
		quorum_add(to->quorum, &row->key_id);
	return to->count < SIGNATURES_PER_FILE_MAX;
}

bool signers_of(struct store_txn *txn, const struct hash *hash, const struct keyset *keyset,
		struct arena *arena, struct signer *out, size_t *count, struct quorum *quorum,
		struct fault *why)
{
	struct collecting to = { out, 0, keyset, arena, quorum };

	reading_visit_signatures(txn, hash, collect, &to);
	*count = to.count;
	return store_check(txn, why);
}

struct settling {
	const struct keyset *keyset;
	struct arena *arena;
	struct signature_row kept[SIGNATURES_PER_FILE_MAX];
	size_t count;
};

static bool pick_counting(void *ctx, const struct signature_row *row)
{
	struct settling *to = ctx;
	const struct keyset_key *key = keyset_find(to->keyset, &row->key_id);

	if (key && key->state == KEY_GOOD && (key->roles & (ROLE_AUTHOR | ROLE_APPROVER))) {
		to->kept[to->count] = *row;
		to->kept[to->count++].file = arena_copy(to->arena, row->file);
	}
	return true;
}

bool signatures_settle(struct store_txn *txn, const struct hash *hash, const struct keyset *keyset,
		       struct arena *arena, struct fault *why)
{
	struct settling *to = arena_new(arena, struct settling);

	to->keyset = keyset;
	to->arena = arena;
	reading_visit_signatures(txn, hash, pick_counting, to);
	signatures_drop(txn, hash);
	for (size_t i = 0; i < to->count; i++) {
		if (!signature_keep(txn, hash, &to->kept[i].key_id, to->kept[i].file,
				    to->kept[i].when, why))
			return false;
	}
	return store_check(txn, why);
}

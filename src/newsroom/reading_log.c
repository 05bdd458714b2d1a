/*
 * The public log, as anybody may read it: what stands under the published checkpoint, and nothing
 * behind it. A leaf that is appended and not yet signed for is not there.
 */
#include <communique/bundle.h>
#include <communique/proof.h>

#include "ledger.h"

bool unpack_head(struct str row, struct log_head *out)
{
	struct unpack from = unpack_begin(row);
	struct checkpoint checkpoint;

	out->signed_at = (int64_t)unpack_u64(&from);
	out->before = unpack_u64(&from);
	out->checkpoint = unpack_str(&from);
	if (!unpack_end(&from, "checkpoint", NULL) ||
	    !checkpoint_parse(out->checkpoint, &checkpoint, NULL))
		return false;
	out->size = checkpoint.size;
	out->root = checkpoint.root;
	return true;
}

bool reading_log(struct store_txn *txn, struct log_head *out)
{
	struct store_cursor *cursor = NULL;
	struct str key, row;
	bool found = store_cursor_open(&cursor, txn, TABLE_HEADS, NULL, NULL) &&
		     store_cursor_previous(cursor, &key, &row) && unpack_head(row, out);

	store_cursor_close(&cursor);
	return found;
}

static bool is_cosigned(const struct log_head *head)
{
	struct note note;

	return note_parse(head->checkpoint, &note, NULL) && note.count > 1;
}

static uint64_t signed_since(struct store_txn *txn)
{
	struct store_key key = key_meta("log-since");
	struct str value;

	return store_get(txn, TABLE_META, &key, &value) && value.len == 8 ? get_be64(value.at) : 0;
}

/* The checkpoint that a leaf is proved under: the first of the log's present key, or the first
 * cosigned one among those that soon followed. So a proof stays the same when the log grows, and
 * nobody needs to trust a key that was given up. */
static bool head_for(struct store_txn *txn, uint64_t index, struct log_head *out)
{
	enum { LOOK_AHEAD = 32 };
	uint64_t since = signed_since(txn);
	struct store_key from = key_number(index + 1 > since ? index + 1 : since);
	struct store_cursor *cursor = NULL;
	struct log_head head;
	struct str key, row;
	bool found = false, cosigned = false;
	bool more = store_cursor_open(&cursor, txn, TABLE_HEADS, NULL, &from);

	for (int i = 0; more && !cosigned && i < LOOK_AHEAD; i++) {
		more = store_cursor_next(cursor, &key, &row) && unpack_head(row, &head);
		cosigned = more && is_cosigned(&head);
		if (more && (!found || cosigned))
			*out = head;
		found = found || more;
	}
	store_cursor_close(&cursor);
	return found;
}

bool reading_leaf(struct store_txn *txn, uint64_t index, struct str *out)
{
	struct store_key key = key_number(index);
	struct log_head head;

	return reading_log(txn, &head) && index < head.size &&
	       store_get(txn, TABLE_LEAVES, &key, out);
}

bool reading_log_index(struct store_txn *txn, const struct hash *file, uint64_t *out)
{
	struct store_key key = key_hash(file);
	struct log_head head;
	struct str value;

	if (!store_get(txn, TABLE_LOGGED, &key, &value) || value.len != 8)
		return false;
	*out = get_be64(value.at);
	return reading_log(txn, &head) && *out < head.size;
}

static bool not_there(struct store_txn *txn, struct fault *why)
{
	return store_check(txn, why) && fail(why, NOT_FOUND, "the log does not reach so far");
}

/* --- tiles --------------------------------------------------------------------------- */

static bool add_rows(struct store_txn *txn, const struct tile *tile, struct buf *out,
		     struct fault *why)
{
	enum table table = tile->entries ? TABLE_LEAVES : TABLE_TREE;
	struct store_key prefix = key_begin(), from;
	struct store_cursor *cursor = NULL;
	struct str key, value;
	unsigned count = 0;

	if (!tile->entries)
		key_add_u8(&prefix, (uint8_t)(tile->level * TILE_HEIGHT));
	from = prefix;
	key_add_u64(&from, tile->index * TILE_WIDTH);
	if (store_cursor_open(&cursor, txn, table, tile->entries ? NULL : &prefix, &from)) {
		while (count < tile->width && store_cursor_next(cursor, &key, &value)) {
			if (tile->entries)
				entries_add(out, value);
			else
				buf_add(out, value);
			count++;
		}
	}
	store_cursor_close(&cursor);
	if (!store_check(txn, why))
		return false;
	return count == tile->width || fail(why, BROKEN, "a node of the log is missing");
}

bool reading_tile(struct store_txn *txn, const struct tile *tile, struct buf *out,
		  struct fault *why)
{
	struct log_head head;

	if (!reading_log(txn, &head) || !tile_is_within(tile, head.size))
		return not_there(txn, why);
	return add_rows(txn, tile, out, why) && buf_check(out, why);
}

/* --- proofs -------------------------------------------------------------------------- */

static bool prove(struct store_txn *txn, uint64_t index, const struct log_head *head,
		  struct buf *out, struct fault *why)
{
	struct merkle_source source = logbook_source(txn);
	struct log_proof proof = { .index = index, .checkpoint = head->checkpoint };

	if (!merkle_prove_inclusion(&source, index, head->size, &proof.path, why))
		return false;
	log_proof_format(&proof, out);
	return buf_check(out, why);
}

bool reading_proof(struct store_txn *txn, uint64_t index, struct buf *out, struct fault *why)
{
	struct log_head head;

	if (!head_for(txn, index, &head))
		return not_there(txn, why);
	return prove(txn, index, &head, out, why);
}

bool reading_consistency(struct store_txn *txn, uint64_t from, struct merkle_proof *out,
			 struct fault *why)
{
	struct merkle_source source = logbook_source(txn);
	struct log_head head;

	if (!reading_log(txn, &head))
		return not_there(txn, why);
	return merkle_prove_consistency(&source, from, head.size, out, why);
}

/* --- the bundle ---------------------------------------------------------------------- */

struct packing {
	struct store_txn *txn;
	struct buf *out;
	int64_t time;
	struct log_head head; /* all of it is proved under this one */
	struct signature_row rows[SIGNATURES_PER_FILE_MAX];
	size_t count;
};

static bool collect(void *ctx, const struct signature_row *row)
{
	struct packing *packing = ctx;

	packing->rows[packing->count++] = *row;
	return packing->count < SIGNATURES_PER_FILE_MAX;
}

static int by_key_id(const void *a, const void *b)
{
	const struct signature_row *one = a, *other = b;

	return strcmp(KEY_ID_TEXT(&one->key_id), KEY_ID_TEXT(&other->key_id));
}

static void pack_file(struct packing *packing, const char *of, const struct hash *hash,
		      struct str file)
{
	char name[100];

	bundle_add(packing->out, of, packing->time, file);
	packing->count = 0;
	reading_visit_signatures(packing->txn, hash, collect, packing);
	qsort(packing->rows, packing->count, sizeof *packing->rows, by_key_id);
	for (size_t i = 0; i < packing->count; i++) {
		snprintf(name, sizeof name, "%s.%s.minisig", of,
			 KEY_ID_TEXT(&packing->rows[i].key_id));
		bundle_add(packing->out, name, packing->time, packing->rows[i].file);
	}
}

static void pack_keysets(struct packing *packing)
{
	struct str file;
	char name[64];

	for (uint32_t version = 1; reading_keyset_version(packing->txn, version, &file);
	     version++) {
		struct hash hash = hash_of(file);

		snprintf(name, sizeof name, "keys/%u.txt", version);
		pack_file(packing, name, &hash, file);
	}
}

static bool pack_leaf(struct packing *packing, const char *leaf_name, const char *proof_name,
		      uint64_t index, struct fault *why)
{
	struct buf proof;
	struct str leaf;
	bool ok;

	if (!reading_leaf(packing->txn, index, &leaf))
		return not_there(packing->txn, why);
	buf_init(&proof, LOG_PROOF_MAX);
	ok = prove(packing->txn, index, &packing->head, &proof, why);
	if (ok) {
		bundle_add(packing->out, leaf_name, packing->time, leaf);
		bundle_add(packing->out, proof_name, packing->time, buf_str(&proof));
	}
	buf_release(&proof);
	return ok;
}

static bool pack_keyset_leaves(struct packing *packing, struct fault *why)
{
	char leaf[64], proof[64];
	struct str file;

	for (uint32_t version = 1; reading_keyset_version(packing->txn, version, &file);
	     version++) {
		struct hash hash = hash_of(file);
		uint64_t index;

		/* Later ones have nothing to do with it. */
		if (!reading_log_index(packing->txn, &hash, &index) || index >= packing->head.size)
			continue;
		snprintf(leaf, sizeof leaf, "log/keys/%u.leaf", version);
		snprintf(proof, sizeof proof, "log/keys/%u.proof", version);
		if (!pack_leaf(packing, leaf, proof, index, why))
			return false;
	}
	return true;
}

bool reading_bundle(struct store_txn *txn, const struct revision *revision, struct buf *out,
		    struct fault *why)
{
	struct packing packing = { .txn = txn, .out = out, .time = revision->public_at };
	uint64_t index;
	struct str file;

	if (!reading_log_index(txn, &revision->hash, &index) ||
	    !head_for(txn, index, &packing.head))
		return not_there(txn, why);
	if (!reading_file(txn, &revision->hash, &file))
		return store_check(txn, why) &&
		       fail(why, BROKEN, "the bytes of a revision are missing");
	pack_file(&packing, BUNDLE_RELEASE, &revision->hash, file);
	pack_keysets(&packing);
	if (!pack_leaf(&packing, BUNDLE_LEAF, BUNDLE_PROOF, index, why))
		return false;
	bundle_add(out, BUNDLE_CHECKPOINT, packing.time, packing.head.checkpoint);
	if (!pack_keyset_leaves(&packing, why))
		return false;
	bundle_end(out);
	return store_check(txn, why) && buf_check(out, why);
}

/* --- disputes ------------------------------------------------------------------------ */

struct recounting {
	struct quorum quorum;
	const struct keyset *now;
	uint64_t index;
};

static bool recount(void *ctx, const struct signature_row *row)
{
	struct recounting *recounting = ctx;
	const struct keyset_key *key = keyset_find(recounting->now, &row->key_id);

	if (!key || key->state != KEY_COMPROMISED || recounting->index < key->bad_from)
		quorum_add(&recounting->quorum, &row->key_id);
	return true;
}

static bool has_compromised(const struct keyset *keyset)
{
	for (size_t i = 0; i < keyset->key_count; i++) {
		if (keyset->keys[i].state == KEY_COMPROMISED)
			return true;
	}
	return false;
}

struct disputes reading_disputes(struct store_txn *txn, struct arena *arena)
{
	struct disputes disputes = { .txn = txn, .arena = arena };
	struct keyset *now;

	if (keyset_in_force(txn, arena, &now, NULL) && now && has_compromised(now))
		disputes.now = now;
	return disputes;
}

bool disputes_has(const struct disputes *disputes, const struct revision *revision)
{
	struct recounting recounting = { .now = disputes->now };
	struct store_txn *txn = disputes->txn;
	struct keyset *then;
	struct keyset_row row;

	if (!disputes->now || !reading_log_index(txn, &revision->hash, &recounting.index) ||
	    !keyset_of_version(txn, revision->keyset, disputes->arena, &then, &row, NULL) || !then)
		return false;
	quorum_begin(&recounting.quorum, then, quorum_of(revision->change));
	reading_visit_signatures(txn, &revision->hash, recount, &recounting);
	return !quorum_reached(&recounting.quorum);
}

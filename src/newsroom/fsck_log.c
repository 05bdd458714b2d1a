/*
 * The public log: each leaf against what it speaks of, each node against the leaves, each
 * checkpoint against the nodes and its key, all of it against the state file; and that whatever
 * was accepted is a leaf or waits to be one.
 */
#include <communique/chronicle.h>

#include "fsck.h"
#include "ledger.h"

/* --- leaves ---------------------------------------------------------------------------- */

static void check_logged(struct fsck *fsck, const struct hash *file, uint64_t index,
			 const char *name)
{
	struct store_key key = key_hash(file);
	char expected[8];

	put_be64(expected, index);
	fsck_row(fsck, TABLE_LOGGED, &key, (struct str){ expected, sizeof expected }, true, name);
}

static bool find_revision(struct fsck *fsck, const struct hash *hash, struct arena *arena,
			  struct revision *out)
{
	struct release *release;
	struct str file;

	return reading_file(fsck->txn, hash, &file) && release_parse(arena, file, &release, NULL) &&
	       reading_revision(fsck->txn, release->language, release->slug, release->revision,
				INT64_MAX, out);
}

/* Late signatures of roots come after the leaf: each of the leaf's is among those that are there.
 */
struct comparing {
	const struct signature *wanted;
	bool found;
};

static bool compare_signature(void *ctx, const struct signature_row *row)
{
	struct comparing *comparing = ctx;
	struct signature signature;

	comparing->found =
		signature_parse(row->file, &signature, NULL) &&
		key_id_equal(&signature.id, &comparing->wanted->id) &&
		memcmp(signature.bytes, comparing->wanted->bytes, sizeof signature.bytes) == 0 &&
		memcmp(signature.global, comparing->wanted->global, sizeof signature.global) == 0;
	return !comparing->found;
}

static bool has_signatures(struct fsck *fsck, const struct leaf *leaf)
{
	for (size_t i = 0; i < leaf->signature_count; i++) {
		struct comparing comparing = { &leaf->signatures[i], false };

		reading_visit_signatures(fsck->txn, &leaf->hash, compare_signature, &comparing);
		if (!comparing.found)
			return false;
	}
	return true;
}

static bool fits_keyset(struct fsck *fsck, const struct leaf *leaf)
{
	struct store_key key = key_version(leaf->revision);
	struct keyset_row row;
	struct keyset *keyset;
	struct str value;

	if (leaf->revision > fsck->keyset_count || !fsck->keysets[leaf->revision - 1] ||
	    !store_get(fsck->txn, TABLE_KEYSETS, &key, &value) || !unpack_keyset(value, &row, NULL))
		return false;
	keyset = fsck->keysets[leaf->revision - 1];
	return row.in_force && hash_equal(&keyset->hash, &leaf->hash) &&
	       leaf->time == row.saved_at && leaf->has_previous == keyset->has_previous &&
	       (!leaf->has_previous || hash_equal(&leaf->previous, &keyset->previous)) &&
	       has_signatures(fsck, leaf);
}

static bool fits_release(struct fsck *fsck, const struct leaf *leaf, struct str text,
			 struct arena *arena)
{
	struct revision revision;
	struct buf expected;
	bool fits;

	if (!find_revision(fsck, &leaf->hash, arena, &revision))
		return false;
	buf_init(&expected, LEAF_MAX);
	fits = leaf_of_revision(fsck->txn, &revision, arena, &expected, NULL) &&
	       str_equal(buf_str(&expected), text);
	buf_release(&expected);
	return fits;
}

/* What a monitor holds against it from outside. A revision's signatures were verified over its
 * file with the revision. */
static void check_rules(struct fsck *fsck, struct chronicle *chronicle, const struct leaf *leaf,
			const char *name)
{
	struct str file = STR_NONE;
	struct fault why;

	if (leaf->kind == LEAF_KEYS && !reading_file(fsck->txn, &leaf->hash, &file))
		file = STR_NONE;
	if (!chronicle_add(chronicle, leaf, file, &why))
		fsck_says(fsck, "%s: %s", name, why.says);
}

static void check_leaf(struct fsck *fsck, struct chronicle *chronicle, struct str text,
		       const char *name)
{
	struct arena arena;
	struct leaf *leaf;
	struct fault why;

	arena_init(&arena);
	leaf = arena_new(&arena, struct leaf);
	if (!leaf_parse(text, leaf, &why)) {
		fsck_says(fsck, "%s: it cannot be read: %s", name, why.says);
		chronicle->size++;
	} else {
		check_logged(fsck, &leaf->hash, chronicle->size, name);
		if (leaf->kind == LEAF_KEYS ? !fits_keyset(fsck, leaf)
					    : !fits_release(fsck, leaf, text, &arena))
			fsck_says(fsck, "%s: it says something else than the file %s", name,
				  HASH_TEXT(&leaf->hash));
		check_rules(fsck, chronicle, leaf, name);
	}
	arena_release(&arena);
}

/* --- nodes ------------------------------------------------------------------------------- */

/* In place of writing: the node must be there already. */
static bool compare_node(void *ctx, unsigned level, uint64_t index, const struct hash *hash,
			 struct fault *why)
{
	struct merkle_source source;
	struct fsck *fsck = ctx;
	struct hash there;

	(void)why;
	source = logbook_source(fsck->txn);
	if (!source.read(source.ctx, level, index, &there, NULL)) {
		fsck_says(fsck, "TREE: node %u:%llu is missing", level, (unsigned long long)index);
		return true;
	}
	fsck->counted[TABLE_TREE]++;
	if (!hash_equal(&there, hash))
		fsck_says(fsck, "TREE: node %u:%llu is not the hash of what is below it", level,
			  (unsigned long long)index);
	return true;
}

static void check_leaves(struct fsck *fsck)
{
	struct merkle_source source = logbook_source(fsck->txn);
	struct store_cursor *cursor = NULL;
	struct chronicle chronicle;
	struct str key, text;
	bool more = store_cursor_open(&cursor, fsck->txn, TABLE_LEAVES, NULL, NULL);

	chronicle_init(&chronicle);
	while (more && store_cursor_next(cursor, &key, &text)) {
		struct hash hash = merkle_leaf(text);
		uint64_t index = chronicle.size;
		char name[48];

		fsck_step(fsck);
		snprintf(name, sizeof name, "leaf %llu of the log", (unsigned long long)index);
		if (key.len != 8 || get_be64(key.at) != index) {
			fsck_says(fsck, "%s: it is missing", name);
			break;
		}
		check_leaf(fsck, &chronicle, text, name);
		merkle_append(&source, index, &hash, compare_node, fsck, NULL);
	}
	chronicle_free(&chronicle);
	store_cursor_close(&cursor);
}

static void check_tree_rest(struct fsck *fsck, struct str key, struct str value)
{
	uint64_t size = log_size(fsck->txn), index;
	unsigned level = key.len == 9 ? (unsigned char)key.at[0] : 64;

	index = key.len == 9 ? get_be64(key.at + 1) : 0;
	if (level >= 64 || value.len != HASH_SIZE || index >= size >> level)
		fsck_says(fsck, "TREE: a node that no leaf accounts for: %s", QUOTE(key));
}

static void check_logged_rest(struct fsck *fsck, struct str key, struct str value)
{
	struct hash hash;
	struct store_key at;
	struct leaf *leaf;
	struct arena arena;
	struct str text;
	bool right = false;

	arena_init(&arena);
	leaf = arena_new(&arena, struct leaf);
	if (key.len == HASH_SIZE && value.len == 8) {
		memcpy(hash.at, key.at, HASH_SIZE);
		at = key_number(get_be64(value.at));
		right = store_get(fsck->txn, TABLE_LEAVES, &at, &text) &&
			leaf_parse(text, leaf, NULL) && hash_equal(&leaf->hash, &hash);
	}
	arena_release(&arena);
	if (!right)
		fsck_says(fsck, "LOGGED: a row that no leaf accounts for: %s", QUOTE(key));
}

/* --- what waits ----------------------------------------------------------------------------- */

static void check_waits(struct fsck *fsck, const struct hash *file, const struct store_key *due,
			struct str expected, const char *name)
{
	struct store_key logged = key_hash(file);
	struct str row;
	bool is_logged = store_get(fsck->txn, TABLE_LOGGED, &logged, &row);

	if (is_logged && store_get(fsck->txn, TABLE_DUE, due, &row))
		fsck_says(fsck, "%s: it is in the log, and waits to be", name);
	if (!is_logged && !store_get(fsck->txn, TABLE_DUE, due, &row))
		fsck_says(fsck, "%s: it is neither in the log nor waits to be", name);
	else if (!is_logged)
		fsck_row(fsck, TABLE_DUE, due, expected, true, name);
}

void fsck_log_of(struct fsck *fsck, const struct revision *revision, const char *name)
{
	struct store_key key;
	struct buf row;

	buf_init(&row, RECORD_MAX);
	due_row_of_revision(revision, &key, &row);
	check_waits(fsck, &revision->hash, &key, buf_str(&row), name);
	buf_release(&row);
}

static void check_keysets(struct fsck *fsck)
{
	for (uint32_t version = 1; version <= fsck->in_force; version++) {
		struct store_key at = key_version(version), key;
		struct keyset_row keys;
		struct str value;
		struct buf row;
		char name[32];

		if (!store_get(fsck->txn, TABLE_KEYSETS, &at, &value) ||
		    !unpack_keyset(value, &keys, NULL))
			continue;
		buf_init(&row, RECORD_MAX);
		snprintf(name, sizeof name, "key set %u", version);
		due_row_of_keyset(version, keys.saved_at, &key, &row);
		check_waits(fsck, &keys.hash, &key, buf_str(&row), name);
		buf_release(&row);
	}
}

static void check_due_rest(struct fsck *fsck, struct str key, struct str value)
{
	struct due_row row;

	(void)value;
	if (!unpack_due(key, value, &row, NULL))
		fsck_says(fsck, "DUE: a row that cannot be read: %s", QUOTE(key));
	else
		fsck_says(fsck, "DUE: among its rows are some that nothing accounts for");
}

/* --- checkpoints --------------------------------------------------------------------------------
 */

/* Which log key of the key sets has signed it, by its hash; 0: none. */
static uint32_t signer_of(struct fsck *fsck, const struct checkpoint *checkpoint)
{
	struct vkey vkey;

	for (uint32_t version = fsck->in_force; version; version--) {
		struct keyset *keyset = fsck->keysets[version - 1];

		if (keyset && vkey_parse(keyset->log, &vkey, NULL) &&
		    checkpoint_verify(checkpoint, &vkey, NULL))
			return vkey.hash;
	}
	return 0;
}

/* Every cosignature that is kept is of a witness of some key set, and good. */
static bool is_cosigner(struct fsck *fsck, const struct checkpoint *checkpoint,
			const struct note_signature *line)
{
	struct vkey vkey;

	for (uint32_t version = 1; version <= fsck->in_force; version++) {
		struct keyset *keyset = fsck->keysets[version - 1];

		for (size_t i = 0; keyset && i < keyset->witness_count; i++) {
			if (vkey_parse(keyset->witnesses[i], &vkey, NULL) &&
			    vkey.hash == line->hash && str_equal(vkey.name, line->name) &&
			    note_verify(&checkpoint->note, checkpoint->note.text, &vkey, NULL,
					NULL))
				return true;
		}
	}
	return false;
}

static void check_signers(struct fsck *fsck, const struct checkpoint *checkpoint, uint32_t signer,
			  const char *name)
{
	if (!signer)
		fsck_says(fsck, "%s: no log key of the key sets has signed it", name);
	for (size_t i = 0; signer && i < checkpoint->note.count; i++) {
		const struct note_signature *line = &checkpoint->note.signatures[i];

		if (line->hash != signer && !is_cosigner(fsck, checkpoint, line))
			fsck_says(fsck, "%s: a signature of %s is not good", name,
				  QUOTE(line->name));
	}
}

static void check_head(struct fsck *fsck, struct str key, struct str row, uint64_t *last,
		       uint32_t *signer)
{
	struct merkle_source source = logbook_source(fsck->txn);
	uint64_t size = key.len == 8 ? get_be64(key.at) : UINT64_MAX;
	struct checkpoint checkpoint;
	struct log_head head;
	struct hash root;
	char name[64];

	*signer = 0;
	snprintf(name, sizeof name, "checkpoint %llu", (unsigned long long)size);
	if (!unpack_head(row, &head) || !checkpoint_parse(head.checkpoint, &checkpoint, NULL)) {
		fsck_says(fsck, "%s: it cannot be read", name);
		return;
	}
	*signer = signer_of(fsck, &checkpoint);
	check_signers(fsck, &checkpoint, *signer, name);
	if (checkpoint.size != size || size > log_size(fsck->txn) ||
	    !merkle_root(&source, size, &root, NULL) || !hash_equal(&root, &checkpoint.root))
		fsck_says(fsck, "%s: it is of another log than the store's", name);
	if (head.before != *last)
		fsck_says(fsck, "%s: the one before it is missing", name);
	*last = size;
}

static void check_since(struct fsck *fsck, uint64_t since)
{
	struct store_key key = key_meta("log-since");
	struct str value;
	uint64_t there = 0;

	if (store_get(fsck->txn, TABLE_META, &key, &value))
		there = value.len == 8 ? get_be64(value.at) : UINT64_MAX;
	if (there != since)
		fsck_says(fsck, "META: the log's key is said to sign since %llu, it is %llu",
			  (unsigned long long)there, (unsigned long long)since);
}

static void check_heads(struct fsck *fsck)
{
	struct store_cursor *cursor = NULL;
	uint32_t signer, before = 0;
	uint64_t since = 0, last = 0;
	struct str key, row;
	bool more = store_cursor_open(&cursor, fsck->txn, TABLE_HEADS, NULL, NULL);

	while (more && store_cursor_next(cursor, &key, &row)) {
		fsck_step(fsck);
		check_head(fsck, key, row, &last, &signer);
		if (signer != before && key.len == 8)
			since = get_be64(key.at);
		before = signer;
	}
	store_cursor_close(&cursor);
	check_since(fsck, since);
}

/* --- the state file ------------------------------------------------------------------------------
 */

/* Read before the transaction began: what was signed by then is in the store by now. */
void fsck_read_state(struct fsck *fsck)
{
	struct fault why;

	if (fsck->newsroom->logbook &&
	    !logbook_signed(fsck->newsroom->logbook, &fsck->signed_last, &fsck->signed_any, &why))
		fsck_says(fsck, "%s", why.says);
}

static void check_state(struct fsck *fsck)
{
	struct merkle_source source = logbook_source(fsck->txn);
	struct log_head head;
	struct hash root;

	if (fsck->newsroom->logbook && !fsck->signed_any && store_count(fsck->txn, TABLE_HEADS))
		fsck_says(fsck, "the log's state file is missing");
	if (!fsck->signed_any)
		return;
	if (!reading_log(fsck->txn, &head) || head.size < fsck->signed_last.size)
		fsck_says(fsck, "the checkpoint that was signed last is missing");
	if (fsck->signed_last.size > log_size(fsck->txn))
		fsck_says(fsck, "a log of %llu was signed, the store's has %llu",
			  (unsigned long long)fsck->signed_last.size,
			  (unsigned long long)log_size(fsck->txn));
	else if (!merkle_root(&source, fsck->signed_last.size, &root, NULL) ||
		 !hash_equal(&root, &fsck->signed_last.root))
		fsck_says(fsck, "the store's log differs from what was signed at %llu",
			  (unsigned long long)fsck->signed_last.size);
}

void fsck_log(struct fsck *fsck)
{
	check_leaves(fsck);
	fsck_walk_rest(fsck, TABLE_TREE, check_tree_rest);
	fsck_walk_rest(fsck, TABLE_LOGGED, check_logged_rest);
	check_keysets(fsck);
	fsck_walk_rest(fsck, TABLE_DUE, check_due_rest);
	check_heads(fsck);
	check_state(fsck);
}

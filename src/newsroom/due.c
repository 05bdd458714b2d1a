/*
 * due - what was accepted becomes a leaf of the public log, in the order of its moments.
 */
#include <communique/log.h>

#include "ledger.h"

/* --- what waits ------------------------------------------------------------------------ */

static struct store_key key_due(int64_t moment, enum leaf_kind kind, uint64_t number)
{
	struct store_key key = key_number((uint64_t)moment);

	/* Key sets first: what follows may be signed under them. */
	key_add_u8(&key, kind == LEAF_KEYS ? 0 : 1);
	key_add_u64(&key, number);
	return key;
}

static void pack_due(struct buf *out, uint32_t number, struct edition edition)
{
	buf_add_be32(out, number);
	pack_str(out, edition.slug);
	pack_str(out, edition.language);
	must(!out->full);
}

void due_row_of_revision(const struct revision *revision, struct store_key *key, struct buf *row)
{
	*key = key_due(revision->public_at, LEAF_RELEASE, revision->serial);
	pack_due(row, revision->number, (struct edition){ revision->language, revision->slug });
}

void due_row_of_keyset(uint32_t version, int64_t when, struct store_key *key, struct buf *row)
{
	*key = key_due(when, LEAF_KEYS, version);
	pack_due(row, version, (struct edition){ STR(""), STR("") });
}

void due_add_revision(struct store_txn *txn, const struct revision *revision)
{
	struct store_key key;
	struct buf row;

	buf_init(&row, RECORD_MAX);
	due_row_of_revision(revision, &key, &row);
	store_insert(txn, TABLE_DUE, &key, buf_str(&row));
	buf_release(&row);
}

void due_drop_revision(struct store_txn *txn, const struct revision *revision)
{
	struct store_key key = key_due(revision->public_at, LEAF_RELEASE, revision->serial);

	store_delete(txn, TABLE_DUE, &key);
}

void due_add_keyset(struct store_txn *txn, uint32_t version, int64_t now)
{
	struct store_key key;
	struct buf row;

	buf_init(&row, RECORD_MAX);
	due_row_of_keyset(version, now, &key, &row);
	store_insert(txn, TABLE_DUE, &key, buf_str(&row));
	buf_release(&row);
}

bool unpack_due(struct str key, struct str row, struct due_row *out, struct fault *why)
{
	struct unpack place = unpack_begin(key), from = unpack_begin(row);
	uint8_t kind;

	out->moment = (int64_t)unpack_u64(&place);
	kind = unpack_u8(&place);
	out->kind = kind ? LEAF_RELEASE : LEAF_KEYS;
	unpack_u64(&place);
	out->number = unpack_u32(&from);
	out->edition.slug = unpack_str(&from);
	out->edition.language = unpack_str(&from);
	if (kind > 1)
		from.broken = true;
	return unpack_end(&place, "due", why) && unpack_end(&from, "due", why);
}

/* The first that waits, if its moment has come. */
static bool next_due(struct store_txn *txn, int64_t now, struct store_key *key, struct due_row *out,
		     bool *found, struct fault *why)
{
	struct store_cursor *cursor = NULL;
	struct str at, row;
	bool ok = true;

	*found = false;
	if (store_cursor_open(&cursor, txn, TABLE_DUE, NULL, NULL) &&
	    store_cursor_next(cursor, &at, &row)) {
		*key = key_begin();
		key_add_bytes(key, at.at, at.len);
		ok = unpack_due(at, row, out, why);
		*found = ok && out->moment <= now;
	}
	store_cursor_close(&cursor);
	return ok && store_check(txn, why);
}

int64_t due_next(struct store_txn *txn)
{
	struct store_key key;
	struct due_row row;
	bool found;

	/* A row that cannot be read is somebody's business, too: whoever appends says so. */
	if (!next_due(txn, INT64_MAX, &key, &row, &found, NULL))
		return 0;
	return found ? row.moment : INT64_MAX;
}

/* --- leaves ---------------------------------------------------------------------------------- */

struct adding {
	struct leaf *leaf;
	struct arena *arena;
	bool ok;
};

static bool add_signature(void *ctx, const struct signature_row *row)
{
	struct adding *to = ctx;
	struct leaf *leaf = to->leaf;

	to->ok = leaf->signature_count < SIGNATURES_PER_FILE_MAX &&
		 signature_parse(arena_copy(to->arena, row->file),
				 &leaf->signatures[leaf->signature_count++], NULL);
	return to->ok;
}

static bool leaf_text(struct store_txn *txn, struct leaf *leaf, struct arena *arena,
		      struct buf *out, struct fault *why)
{
	struct adding to = { .leaf = leaf, .arena = arena, .ok = true };

	leaf->signature_count = 0;
	reading_visit_signatures(txn, &leaf->hash, add_signature, &to);
	if (!store_check(txn, why))
		return false;
	if (!to.ok || leaf->signature_count == 0)
		return fail(why, BROKEN, "the signatures of %s cannot be read",
			    HASH_TEXT(&leaf->hash));
	leaf_format(leaf, out);
	return !out->full || fail(why, TOO_LARGE,
				  "with this signature the log's leaf has more than %d bytes: sign "
				  "with a shorter trusted comment",
				  LEAF_MAX);
}

bool leaf_of_revision(struct store_txn *txn, const struct revision *revision, struct arena *arena,
		      struct buf *out, struct fault *why)
{
	struct leaf *leaf = arena_new(arena, struct leaf);
	struct revision previous;
	char id[LEAF_ID_LEN];

	*leaf = (struct leaf){
		.kind = LEAF_RELEASE,
		.id = leaf_id(id, revision->language, revision->slug),
		.revision = revision->number,
		.change = change_word(revision->change),
		.hash = revision->hash,
		.has_previous = revision->number > 1,
		.keys = revision->keyset,
		.time = revision->public_at,
	};
	if (leaf->has_previous) {
		if (!reading_revision(txn, revision->language, revision->slug, revision->number - 1,
				      INT64_MAX, &previous))
			return store_check(txn, why) &&
			       fail(why, BROKEN, "the revision before is missing");
		leaf->previous = previous.hash;
	}
	return leaf_text(txn, leaf, arena, out, why);
}

bool leaf_of_keyset(struct store_txn *txn, const struct keyset *keyset, int64_t when,
		    struct arena *arena, struct buf *out, struct fault *why)
{
	struct leaf *leaf = arena_new(arena, struct leaf);

	*leaf = (struct leaf){
		.kind = LEAF_KEYS,
		.id = STR(LEAF_ID_KEYS),
		.revision = keyset->version,
		.change = STR(""),
		.hash = keyset->hash,
		.has_previous = keyset->has_previous,
		.previous = keyset->previous,
		.keys = keyset->version,
		.time = when,
	};
	return leaf_text(txn, leaf, arena, out, why);
}

static bool make_leaf(struct store_txn *txn, const struct due_row *row, struct arena *arena,
		      struct hash *hash, struct buf *out, struct fault *why)
{
	struct edition edition = { arena_copy(arena, row->edition.language),
				   arena_copy(arena, row->edition.slug) };
	struct keyset *keyset;
	struct keyset_row keys;
	struct revision revision;

	if (row->kind == LEAF_KEYS) {
		if (!keyset_of_version(txn, row->number, arena, &keyset, &keys, why))
			return false;
		if (!keyset)
			return fail(why, BROKEN, "key set %u, which is due, is missing",
				    row->number);
		*hash = keyset->hash;
		return leaf_of_keyset(txn, keyset, row->moment, arena, out, why);
	}
	if (!reading_revision(txn, edition.language, edition.slug, row->number, row->moment,
			      &revision))
		return store_check(txn, why) &&
		       fail(why, BROKEN, "a revision that is due is missing");
	*hash = revision.hash;
	return leaf_of_revision(txn, &revision, arena, out, why);
}

bool leaf_fits_release(struct store_txn *txn, const struct release *release,
		       const struct hash *hash, struct fault *why)
{
	struct leaf *leaf;
	char id[LEAF_ID_LEN];
	struct arena arena;
	struct buf text;
	bool ok;

	arena_init(&arena);
	buf_init(&text, LEAF_MAX);
	leaf = arena_new(&arena, struct leaf);
	/* The longest numbers that may stand in it. */
	*leaf = (struct leaf){
		.id = leaf_id(id, release->language, release->slug),
		.revision = release->revision,
		.change = change_word(release->change),
		.hash = *hash,
		.has_previous = release->revision > 1,
		.keys = UINT32_MAX,
		.time = INT64_MAX,
	};
	ok = leaf_text(txn, leaf, &arena, &text, why);
	buf_release(&text);
	arena_release(&arena);
	return ok;
}

bool leaf_fits_keyset(struct store_txn *txn, const struct keyset *keyset, int64_t now,
		      struct fault *why)
{
	struct arena arena;
	struct buf text;
	bool ok;

	arena_init(&arena);
	buf_init(&text, LEAF_MAX);
	ok = leaf_of_keyset(txn, keyset, now, &arena, &text, why);
	buf_release(&text);
	arena_release(&arena);
	return ok;
}

/* --- the tree ------------------------------------------------------------------------------------
 */

static struct store_key key_node(unsigned level, uint64_t index)
{
	struct store_key key = key_begin();

	key_add_u8(&key, (uint8_t)level);
	key_add_u64(&key, index);
	return key;
}

static bool read_node(void *ctx, unsigned level, uint64_t index, struct hash *out,
		      struct fault *why)
{
	struct store_key key = key_node(level, index);
	struct str value;

	if (store_get(ctx, TABLE_TREE, &key, &value) && value.len == HASH_SIZE) {
		memcpy(out->at, value.at, HASH_SIZE);
		return true;
	}
	return store_check(ctx, why) && fail(why, BROKEN, "node %u:%llu of the log is missing",
					     level, (unsigned long long)index);
}

struct merkle_source logbook_source(struct store_txn *txn)
{
	return (struct merkle_source){ read_node, txn };
}

static bool write_node(void *ctx, unsigned level, uint64_t index, const struct hash *hash,
		       struct fault *why)
{
	struct store_key key = key_node(level, index);

	(void)why;
	store_insert(ctx, TABLE_TREE, &key, (struct str){ (const char *)hash->at, HASH_SIZE });
	return true;
}

uint64_t log_size(struct store_txn *txn)
{
	struct store_cursor *cursor = NULL;
	struct str key, value;
	uint64_t size = 0;

	if (store_cursor_open(&cursor, txn, TABLE_LEAVES, NULL, NULL) &&
	    store_cursor_previous(cursor, &key, &value) && key.len == 8)
		size = get_be64(key.at) + 1;
	store_cursor_close(&cursor);
	return size;
}

int64_t log_time(struct store_txn *txn, uint64_t index)
{
	struct store_key key = key_number(index);
	struct arena arena;
	struct leaf *leaf;
	struct str text;
	int64_t time = 0;

	arena_init(&arena);
	leaf = arena_new(&arena, struct leaf);
	if (store_get(txn, TABLE_LEAVES, &key, &text) && leaf_parse(text, leaf, NULL))
		time = leaf->time;
	arena_release(&arena);
	return time;
}

int64_t due_moment(struct store_txn *txn, int64_t now)
{
	uint64_t size = log_size(txn);
	int64_t last = size ? log_time(txn, size - 1) : 0;
	struct log_line line;

	if (last <= now)
		return now;
	log_begin(&line, LOG_WARNING, "clock-behind");
	log_number(&line, "seconds", last - now);
	log_str(&line, "do",
		STR("set the clock; what becomes public waits until the clock has reached the last "
		    "leaf of the log"));
	log_end(&line);
	return last;
}

static bool append(struct store_txn *txn, const struct hash *file, struct str leaf,
		   struct fault *why)
{
	struct merkle_source source = logbook_source(txn);
	uint64_t size = log_size(txn);
	struct store_key key = key_number(size), logged = key_hash(file);
	struct hash hash = merkle_leaf(leaf);
	char index[8];

	put_be64(index, size);
	store_insert(txn, TABLE_LEAVES, &key, leaf);
	store_insert(txn, TABLE_LOGGED, &logged, (struct str){ index, sizeof index });
	return merkle_append(&source, size, &hash, write_node, txn, why) && store_check(txn, why);
}

static bool append_one(struct store_txn *txn, const struct store_key *key,
		       const struct due_row *row, struct fault *why)
{
	struct arena arena;
	struct hash file;
	struct buf leaf;
	bool ok;

	arena_init(&arena);
	buf_init(&leaf, LEAF_MAX);
	ok = make_leaf(txn, row, &arena, &file, &leaf, why) &&
	     append(txn, &file, buf_str(&leaf), why);
	store_delete(txn, TABLE_DUE, key);
	buf_release(&leaf);
	arena_release(&arena);
	return ok;
}

bool due_append(struct store_txn *txn, int64_t now, struct fault *why)
{
	struct store_key key;
	struct due_row row;
	bool found;

	do {
		if (!next_due(txn, now, &key, &row, &found, why) ||
		    (found && !append_one(txn, &key, &row, why)))
			return false;
	} while (found);
	return true;
}

/*
 * attachment - who may have an uploaded file, and which nobody needs any more.
 */
#include <communique/logbook.h>

#include "desk.h"

const char *attachment_file(char out[ATTACHMENT_PATH_SIZE], const struct hash *hash)
{
	char text[HASH_TEXT_SIZE];

	hash_text(text, hash);
	snprintf(out, ATTACHMENT_PATH_SIZE, "%.2s/%s", text, text);
	return out;
}

/* --- reading ---------------------------------------------------------------------------- */

static bool find_row(struct store_txn *txn, const struct hash *hash, struct attachment_row *out)
{
	struct store_key key = key_hash(hash);
	struct str row;

	return store_get(txn, TABLE_ATTACHMENTS, &key, &row) && unpack_attachment(row, out, NULL);
}

bool reading_attachment_size(struct store_txn *txn, const struct hash *hash, uint64_t *out)
{
	struct attachment_row row;

	if (!find_row(txn, hash, &row))
		return false;
	*out = row.size;
	return true;
}

bool reading_visit_attachments(struct store_txn *txn, attachment_visitor *visit, void *ctx)
{
	struct store_cursor *cursor = NULL;
	struct attachment_row row;
	struct str key, value;
	bool ok = store_cursor_open(&cursor, txn, TABLE_ATTACHMENTS, NULL, NULL);

	while (ok && store_cursor_next(cursor, &key, &value)) {
		struct hash hash;

		ok = key.len == HASH_SIZE && unpack_attachment(value, &row, NULL);
		if (!ok)
			break;
		memcpy(hash.at, key.at, HASH_SIZE);
		ok = visit(ctx, &hash, row.size);
	}
	store_cursor_close(&cursor);
	return ok && store_check(txn, NULL);
}

/* A key of USES: hash[32] | slug 00 | language 00 | number u32. */
static bool revision_of_use(struct store_txn *txn, struct str key, int64_t now,
			    struct revision *out)
{
	struct unpack from;
	struct str slug, language;
	uint32_t number;

	key = str_skip(key, HASH_SIZE);
	slug = str_cut(&key, '\0');
	language = str_cut(&key, '\0');
	from = unpack_begin(key);
	number = unpack_u32(&from);
	return reading_revision(txn, language, slug, number, now, out) &&
	       !reading_is_killed(txn, language, slug, number, now);
}

/* A revision may attach the same bytes under two names; its row has room for one. */
static bool file_names(struct store_txn *txn, const struct revision *revision,
		       const struct hash *hash, struct str name)
{
	struct release *release;
	struct arena arena;
	struct str file;
	bool found = false;

	if (!reading_file(txn, &revision->hash, &file) || str_find_str(file, name) == file.len)
		return false;
	arena_init(&arena);
	if (release_parse(&arena, file, &release, NULL))
		for (size_t i = 0; i < release->attachment_count && !found; i++)
			found = hash_equal(&release->attachments[i].hash, hash) &&
				str_equal(release->attachments[i].name, name);
	arena_release(&arena);
	return found;
}

/* Reading files is dear: no more than this for a name that no row has. */
enum { FILES_READ = 8 };

bool reading_attachment(struct store_txn *txn, const struct hash *hash, struct str name,
			int64_t now, struct attachment_use *out)
{
	struct store_key prefix = key_hash(hash);
	struct store_cursor *cursor = NULL;
	struct attachment_row row;
	struct str key, used;
	bool found = false;
	int files = 0;

	if (!find_row(txn, hash, &row) ||
	    !store_cursor_open(&cursor, txn, TABLE_USES, &prefix, NULL))
		return false;
	while (store_cursor_next(cursor, &key, &used)) {
		struct revision revision;
		bool named = str_equal(used, name);

		if ((!named && files == FILES_READ) || !revision_of_use(txn, key, now, &revision))
			continue;
		if (!named && (files++, !file_names(txn, &revision, hash, name)))
			continue;
		if (!found || revision.public_at < out->public_at)
			*out = (struct attachment_use){ row.size, revision.public_at };
		found = true;
	}
	store_cursor_close(&cursor);
	return found;
}

/* --- sweeping ---------------------------------------------------------------------------- */

/* A tick looks at so many rows and removes so many files at most: nobody waits for it. */
enum { SWEEP_ROWS = 256, SWEEP_FILES = 4 };

struct sweep {
	struct newsroom *newsroom;
	int64_t now;
	struct hash unused[SWEEP_FILES];
	size_t count;
};

static bool has_use(struct store_txn *txn, const struct hash *hash)
{
	struct store_key prefix = key_hash(hash);
	struct store_cursor *cursor = NULL;
	struct str key, name;
	bool found = store_cursor_open(&cursor, txn, TABLE_USES, &prefix, NULL) &&
		     store_cursor_next(cursor, &key, &name);

	store_cursor_close(&cursor);
	return found;
}

static bool is_old(struct store_txn *txn, const struct hash *hash, int64_t now)
{
	struct attachment_row row;

	return find_row(txn, hash, &row) && row.saved_at + ATTACHMENT_UNUSED_SECONDS < now &&
	       !has_use(txn, hash);
}

static void strike(struct sweep *sweep, const struct release *release)
{
	for (size_t i = 0; i < release->attachment_count; i++)
		for (size_t k = 0; k < sweep->count; k++)
			if (hash_equal(&release->attachments[i].hash, &sweep->unused[k]))
				sweep->unused[k--] = sweep->unused[--sweep->count];
}

/* What a draft refers to stays, however long the draft waits. */
static bool strike_drafts(struct store_txn *txn, struct sweep *sweep, struct fault *why)
{
	struct store_cursor *cursor = NULL;
	struct str key, value, file;
	bool ok = store_cursor_open(&cursor, txn, TABLE_DRAFTS, NULL, NULL);

	while (ok && sweep->count > 0 && store_cursor_next(cursor, &key, &value)) {
		struct draft_row draft;
		struct release *release;
		struct arena arena;

		arena_init(&arena);
		ok = unpack_draft(value, &draft, why);
		if (ok && reading_file(txn, &draft.hash, &file) &&
		    release_parse(&arena, file, &release, NULL))
			strike(sweep, release);
		arena_release(&arena);
	}
	store_cursor_close(&cursor);
	return ok && store_check(txn, why);
}

/* Goes on where the last tick ended; behind the last row it begins anew. */
static bool find_unused(struct store_txn *txn, struct sweep *sweep, struct fault *why)
{
	struct store_key from = key_hash(&sweep->newsroom->swept);
	struct store_cursor *cursor = NULL;
	struct hash at = { { 0 } };
	struct str key, row;
	bool more = store_cursor_open(&cursor, txn, TABLE_ATTACHMENTS, NULL, &from);

	for (int i = 0; more && i < SWEEP_ROWS && sweep->count < SWEEP_FILES; i++) {
		more = store_cursor_next(cursor, &key, &row) && key.len == HASH_SIZE;
		if (!more)
			break;
		memcpy(at.at, key.at, HASH_SIZE);
		if (is_old(txn, &at, sweep->now))
			sweep->unused[sweep->count++] = at;
	}
	store_cursor_close(&cursor);
	sweep->newsroom->swept = more ? at : (struct hash){ { 0 } };
	return store_check(txn, why) && strike_drafts(txn, sweep, why);
}

static bool forget_rows(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct sweep *sweep = ctx;

	/* Somebody may have come in between. */
	for (size_t i = 0; i < sweep->count; i++)
		if (!is_old(txn, &sweep->unused[i], sweep->now))
			sweep->unused[i--] = sweep->unused[--sweep->count];
	if (!strike_drafts(txn, sweep, why))
		return false;
	for (size_t i = 0; i < sweep->count; i++) {
		struct store_key key = key_hash(&sweep->unused[i]);

		store_delete(txn, TABLE_ATTACHMENTS, &key);
	}
	return true;
}

/* A transaction of its own, behind the first: a file without a row is nothing, a row without
 * its file would be a lie. */
static bool remove_files(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct sweep *sweep = ctx;

	for (size_t i = 0; i < sweep->count; i++)
		if (!attachment_unlink(txn, sweep->newsroom, &sweep->unused[i], why))
			return false;
	return true;
}

bool attachments_may_go(const struct newsroom *newsroom)
{
	return !newsroom->logbook || logbook_check(newsroom, NULL);
}

bool attachments_sweep(struct newsroom *newsroom, int64_t now, struct fault *why)
{
	struct sweep sweep = { .newsroom = newsroom, .now = now };
	struct store_txn *txn = NULL;
	bool ok;

	if (!newsroom->files)
		return true;
	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = find_unused(txn, &sweep, why);
	store_read_end(&txn);
	if (!ok || sweep.count == 0 || !attachments_may_go(newsroom))
		return ok;
	return store_write(newsroom->store, forget_rows, &sweep, why) &&
	       store_write(newsroom->store, remove_files, &sweep, why);
}

/*
 * merge - what has become public goes from FRESH into WORDS and DOCUMENTS.
 *
 * Of a document that several rows speak of the last counts; what the index has of it is that
 * of the revision before the first of them, and is read from its file again. All documents of
 * one language are one batch, so a common word's block is written once for all of them.
 */
#include <communique/log.h>

#include "index.h"

#define FRESH_MUCH 256	/* rows that readers do not feel yet */
#define MERGE_MOST 4096 /* rows at once: their words fit into memory */
#define WORDS_MAX (8 * RELEASE_FILE_MAX)

struct merging {
	struct store_txn *txn;
	int64_t now;
	struct arena arena;
	struct merge_document {
		uint32_t document;
		uint32_t first; /* the first row's revision */
		struct fresh_row row;
	} * documents;
	struct store_key *keys;
	size_t count, key_count;
	struct buf words;
};

/* --- gathering ------------------------------------------------------------------------------- */

static int by_document(const void *a, const void *b)
{
	const struct merge_document *one = a, *other = b;

	if (one->document != other->document)
		return one->document < other->document ? -1 : 1;
	return one->first < other->first ? -1 : one->first > other->first;
}

/* Rows of one document are made one: its first revision, its last words. */
static void join(struct merging *merging)
{
	size_t kept = 0;

	qsort(merging->documents, merging->count, sizeof *merging->documents, by_document);
	for (size_t i = 0; i < merging->count; i++) {
		struct merge_document *last = kept ? &merging->documents[kept - 1] : NULL;

		if (last && last->document == merging->documents[i].document)
			last->row = merging->documents[i].row;
		else
			merging->documents[kept++] = merging->documents[i];
	}
	merging->count = kept;
}

static bool gather(struct merging *merging, struct fault *why)
{
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool ok = store_cursor_open(&cursor, merging->txn, TABLE_FRESH, NULL, NULL);

	while (ok && merging->count < MERGE_MOST && store_cursor_next(cursor, &key, &value)) {
		struct merge_document *at = &merging->documents[merging->count];

		ok = unpack_fresh(key, value, &at->row, why);
		if (!ok || at->row.moment > merging->now)
			break;
		/* Rows move with the first write. */
		at->row.language = arena_copy(&merging->arena, at->row.language);
		at->row.words = arena_copy(&merging->arena, at->row.words);
		at->document = at->row.document;
		at->first = at->row.number;
		merging->keys[merging->key_count++] = key_schedule(at->row.moment, at->row.serial);
		merging->count++;
	}
	store_cursor_close(&cursor);
	join(merging);
	return ok && store_check(merging->txn, why);
}

/* --- merging -----------------------------------------------------------------------------------
 */

/* The words that the index has of it. */
static bool old_words(struct merging *merging, const struct merge_document *at, struct str *words,
		      struct fault *why)
{
	struct store_key key = key_number(at->document);
	struct journal_row first;
	struct revision revision;
	struct release *release;
	struct str row;

	if (!store_get(merging->txn, TABLE_JOURNAL, &key, &row) ||
	    !unpack_journal(key_str(&key), row, &first, why) ||
	    !reading_revision(merging->txn, first.language, first.slug, at->first - 1, INT64_MAX,
			      &revision) ||
	    !revision_parse(merging->txn, &revision, &merging->arena, &release, why))
		return store_check(merging->txn, why) &&
		       fail(why, BROKEN, "search: the revision before is missing");
	*words = fresh_of(release, &revision, &merging->arena, &merging->words).words;
	return true;
}

static bool merge_document(struct merging *merging, const struct merge_document *at,
			   struct index_batch *batch, struct index_totals *totals,
			   struct fault *why)
{
	struct card before = index_card(merging->txn, at->row.language, at->document);
	struct str words;

	if (before.there) {
		if (!old_words(merging, at, &words, why))
			return false;
		batch_remove(batch, at->document, words);
	}
	if (at->row.card.there)
		batch_add(batch, at->document, at->row.words);
	totals->documents += (uint64_t)at->row.card.there - (uint64_t)before.there;
	totals->length += (uint64_t)at->row.card.length - (uint64_t)before.length;
	if (before.there || at->row.card.there)
		index_card_put(merging->txn, at->row.language, at->document, &at->row.card);
	return store_check(merging->txn, why);
}

/* All documents of the language of the first that is not done yet; those are marked as done. */
static bool merge_language(struct merging *merging, struct str language, struct fault *why)
{
	struct index_place place = { merging->txn, language };
	struct index_rows rows = index_rows_of(&place);
	struct index_totals totals = index_totals(merging->txn, language);
	struct index_batch batch;
	bool ok = true;

	batch_begin(&batch);
	for (size_t i = 0; ok && i < merging->count; i++) {
		struct merge_document *at = &merging->documents[i];

		if (at->document == 0 || !str_equal(at->row.language, language))
			continue;
		ok = merge_document(merging, at, &batch, &totals, why);
		at->document = 0;
	}
	if (ok && !batch_apply(&batch, &rows))
		ok = store_check(merging->txn, why) &&
		     fail(why, BROKEN, "the search index is damaged: run communiqued rebuild");
	batch_release(&batch);
	if (ok)
		index_totals_put(merging->txn, language, &totals);
	return ok;
}

static bool merge_all(struct merging *merging, struct fault *why)
{
	if (!gather(merging, why))
		return false;
	for (size_t i = 0; i < merging->count; i++) {
		if (merging->documents[i].document &&
		    !merge_language(merging, merging->documents[i].row.language, why))
			return false;
	}
	for (size_t i = 0; i < merging->key_count; i++)
		store_delete(merging->txn, TABLE_FRESH, &merging->keys[i]);
	return store_check(merging->txn, why);
}

static bool merge_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct merging merging = { .txn = txn, .now = *(const int64_t *)ctx };
	bool ok;

	arena_init(&merging.arena);
	buf_init(&merging.words, WORDS_MAX);
	merging.documents = arena_array(&merging.arena, MERGE_MOST, sizeof *merging.documents);
	merging.keys = arena_array(&merging.arena, MERGE_MOST, sizeof *merging.keys);
	ok = merge_all(&merging, why);
	buf_release(&merging.words);
	arena_release(&merging.arena);
	return ok;
}

/* --- when ------------------------------------------------------------------------------------- */

/* Counts no further than `most`. */
static size_t count_come(struct newsroom *newsroom, int64_t now, size_t most)
{
	struct store_cursor *cursor = NULL;
	struct store_txn *txn = NULL;
	struct str key, value;
	size_t count = 0;

	if (!store_read_begin(newsroom->store, &txn, NULL))
		return 0;
	if (store_cursor_open(&cursor, txn, TABLE_FRESH, NULL, NULL)) {
		while (count < most && store_cursor_next(cursor, &key, &value) && key.len == 16 &&
		       (int64_t)get_be64(key.at) <= now)
			count++;
	}
	store_cursor_close(&cursor);
	store_read_end(&txn);
	return count;
}

bool index_merge(struct newsroom *newsroom, int64_t now, struct fault *why)
{
	while (count_come(newsroom, now, 1)) {
		if (!store_write(newsroom->store, merge_work, &now, why))
			return false;
	}
	return true;
}

void index_merge_much(struct newsroom *newsroom, int64_t now)
{
	struct fault why;

	if (count_come(newsroom, now, FRESH_MUCH) == FRESH_MUCH &&
	    !index_merge(newsroom, now, &why))
		log_fault(LOG_ERROR, "search", &why);
}

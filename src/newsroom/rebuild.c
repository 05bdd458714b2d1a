#include <communique/rebuild.h>

#include "index.h"

#define POSTINGS_MUCH (4u << 20) /* that wait in memory before they are written */

/* --- the search --------------------------------------------------------------------------- */

struct language_index {
	struct str tag;
	struct index_batch batch;
	struct index_totals totals;
};

struct rebuilding {
	struct store_txn *txn;
	struct rebuild_watch *watch;
	int64_t now;
	uint64_t done, total;
	struct arena arena; /* as long as all */
	struct language_index languages[SITE_LANGUAGES_MAX];
	size_t language_count;
	struct buf words;
};

static bool find_language(struct rebuilding *to, struct str tag, struct language_index **out,
			  struct fault *why)
{
	for (size_t i = 0; i < to->language_count; i++) {
		*out = &to->languages[i];
		if (str_equal((*out)->tag, tag))
			return true;
	}
	if (to->language_count == SITE_LANGUAGES_MAX)
		return fail(why, BROKEN, "there are releases in more than %d languages",
			    SITE_LANGUAGES_MAX);
	*out = &to->languages[to->language_count++];
	(*out)->tag = arena_copy(&to->arena, tag);
	batch_begin(&(*out)->batch);
	return true;
}

static bool write_words(struct rebuilding *to, struct language_index *language, struct fault *why)
{
	struct index_place place = { to->txn, language->tag };
	struct index_rows rows = index_rows_of(&place);

	return batch_apply(&language->batch, &rows) ||
	       (store_check(to->txn, why) && fail(why, BROKEN, "the search cannot be rebuilt"));
}

static bool index_document(struct rebuilding *to, const struct release *release,
			   const struct revision *revision, struct arena *arena, struct fault *why)
{
	struct fresh_row row = fresh_of(release, revision, arena, &to->words);
	struct language_index *language;

	if (!row.card.there)
		return true;
	if (!find_language(to, revision->language, &language, why))
		return false;
	batch_add(&language->batch, row.document, row.words);
	index_card_put(to->txn, language->tag, row.document, &row.card);
	language->totals.documents++;
	language->totals.length += row.card.length;
	return language->batch.postings < POSTINGS_MUCH || write_words(to, language, why);
}

static bool end_index(struct rebuilding *to, struct fault *why)
{
	for (size_t i = 0; i < to->language_count; i++) {
		struct language_index *language = &to->languages[i];

		if (!write_words(to, language, why))
			return false;
		index_totals_put(to->txn, language->tag, &language->totals);
	}
	return true;
}

/* --- an edition, revision by revision -------------------------------------------------------- */

/* A revision with its file; its memory is its own. */
struct loaded {
	struct arena arena;
	bool there;
	struct revision revision;
	struct release *release;
};

static bool load(struct rebuilding *to, struct edition edition, uint32_t number, struct loaded *out,
		 struct fault *why)
{
	struct revision row;
	struct hash hash;

	arena_release(&out->arena);
	out->there =
		reading_revision(to->txn, edition.language, edition.slug, number, INT64_MAX, &row);
	if (!out->there)
		return store_check(to->txn, why);
	if (!revision_parse(to->txn, &row, &out->arena, &out->release, why))
		return false;
	hash = hash_of(out->release->text);
	if (!hash_equal(&hash, &row.hash) || out->release->revision != number)
		return fail(why, BROKEN, "the file of %s/%s r%u is not what was signed",
			    QUOTE(edition.language), QUOTE(edition.slug), number);
	out->revision = publish_card(out->release, &out->arena);
	out->revision.hash = row.hash;
	out->revision.accepted_at = row.accepted_at;
	out->revision.public_at = row.public_at;
	out->revision.serial = row.serial;
	out->revision.first_serial = row.first_serial;
	out->revision.keyset = row.keyset;
	return true;
}

/* As take_over() in publish.c leaves it. */
static void put_in_lists(struct rebuilding *to, const struct loaded *at, const struct loaded *next)
{
	uint64_t until = next->there ? (uint64_t)next->revision.public_at : NEVER;

	if (at->revision.change == CHANGE_KILL)
		return;
	if (until > (uint64_t)to->now)
		board_put(to->txn, at->release, &at->revision, until);
	if (!next->there)
		board_count(to->txn, at->release, &at->revision, 1);
}

static bool put_revision(struct rebuilding *to, struct loaded *before, struct loaded *at,
			 struct loaded *next, struct fault *why)
{
	struct edition edition = { at->revision.language, at->revision.slug };
	struct store_key key = key_revision(edition, at->revision.number);
	bool was_listed = before->there && before->revision.change != CHANGE_KILL;

	store_delete(to->txn, TABLE_REVISIONS, &key);
	publish_put(to->txn, at->release, &at->revision,
		    was_listed ? date_number(before->revision.date) : 0);
	put_in_lists(to, at, next);
	to->watch->revisions++;
	if (at->revision.public_at > to->now)
		index_put(to->txn, at->release, &at->revision, &at->arena);
	else if (!next->there || next->revision.public_at > to->now)
		return index_document(to, at->release, &at->revision, &at->arena, why);
	return store_check(to->txn, why);
}

static bool put_edition(struct rebuilding *to, struct edition edition, struct fault *why)
{
	struct loaded three[3] = { { .there = false } };
	struct loaded *before = &three[0], *at = &three[1], *next = &three[2], *swap;
	bool ok = load(to, edition, 1, at, why);

	for (uint32_t number = 2; ok && at->there; number++) {
		ok = load(to, edition, number, next, why) &&
		     put_revision(to, before, at, next, why);
		swap = before;
		before = at;
		at = next;
		next = swap;
	}
	for (size_t i = 0; i < 3; i++)
		arena_release(&three[i].arena);
	return ok;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static void clear(struct store_txn *txn)
{
	static const enum table made[] = {
		TABLE_SCHEDULE, TABLE_BOARD, TABLE_TALLY, TABLE_CHANGES,   TABLE_REFERENCES,
		TABLE_LEGACY,	TABLE_USES,  TABLE_WORDS, TABLE_DOCUMENTS, TABLE_FRESH,
	};

	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		store_clear(txn, made[i]);
}

/* A line of the journal that begins an edition; one that was dropped begins none. */
static bool begins_edition(struct rebuilding *to, const struct journal_row *row)
{
	struct revision first;

	return row->what == JOURNAL_ACCEPTED && row->number == 1 &&
	       reading_revision(to->txn, row->language, row->slug, 1, INT64_MAX, &first) &&
	       first.serial == row->serial;
}

/* Documents go by the serial of their first acceptance: in this order their words are only
 * added at the ends of lists. */
static bool walk_journal(struct rebuilding *to, struct fault *why)
{
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool ok = store_cursor_open(&cursor, to->txn, TABLE_JOURNAL, NULL, NULL);

	while (ok && store_cursor_next(cursor, &key, &value)) {
		struct journal_row row;
		struct arena arena;

		arena_init(&arena);
		ok = unpack_journal(key, value, &row, why);
		if (ok && begins_edition(to, &row))
			ok = put_edition(to,
					 (struct edition){ arena_copy(&arena, row.language),
							   arena_copy(&arena, row.slug) },
					 why);
		arena_release(&arena);
		if (to->watch->progress && ++to->done % 64 == 0)
			to->watch->progress(to->watch->ctx, to->done, to->total);
	}
	store_cursor_close(&cursor);
	return ok && store_check(to->txn, why);
}

struct rebuild_call {
	struct rebuild_watch *watch;
	int64_t now;
};

static bool rebuild_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct rebuild_call *call = ctx;
	struct rebuilding to = { .txn = txn, .watch = call->watch, .now = call->now };
	bool ok;

	arena_init(&to.arena);
	buf_init(&to.words, 8 * RELEASE_FILE_MAX);
	to.watch->revisions = 0;
	to.total = store_count(txn, TABLE_JOURNAL);
	clear(txn);
	ok = walk_journal(&to, why) && end_index(&to, why);
	if (ok && to.watch->progress)
		to.watch->progress(to.watch->ctx, to.total, to.total);
	for (size_t i = 0; i < to.language_count; i++)
		batch_release(&to.languages[i].batch);
	buf_release(&to.words);
	arena_release(&to.arena);
	return ok;
}

bool newsroom_rebuild(struct newsroom *newsroom, int64_t now, struct rebuild_watch *watch,
		      struct fault *why)
{
	struct rebuild_call call = { watch, now };

	return store_write(newsroom->store, rebuild_work, &call, why);
}

#include <communique/searching.h>

#include "index.h"

#define FRESH_READ_MAX 4096 /* rows: there are more only when merging fails */
#define SIDE_WORK (FIND_WORK / 16)

/* --- what is searched --------------------------------------------------------------------- */

struct searched {
	struct index_place place;
	struct index_rows rows;
	struct collection collection;
	bool all; /* of what is fresh */
};

static int by_document(const void *a, const void *b)
{
	const struct fresh *one = a, *other = b;

	return one->document < other->document ? -1 : one->document > other->document;
}

/* Rows come in the order of their moments: of one document the last stands. */
static size_t keep_fresh(struct fresh *fresh, size_t count, const struct fresh_row *row)
{
	size_t i = 0;

	while (i < count && fresh[i].document != row->document)
		i++;
	fresh[i] = (struct fresh){ row->document, row->card, row->words };
	return i == count ? count + 1 : count;
}

static struct fresh *more_room(struct fresh *fresh, size_t *room, struct arena *arena)
{
	size_t before = *room;
	struct fresh *more;

	*room = before ? 2 * before : 32;
	more = arena_array(arena, *room, sizeof *more);
	if (before)
		memcpy(more, fresh, before * sizeof *more);
	return more;
}

/* The walk ends at the first row whose moment has not come: what is behind is not looked at. */
static void find_fresh(struct searched *searched, int64_t now, struct arena *arena)
{
	struct store_cursor *cursor = NULL;
	struct fresh *fresh = NULL;
	struct str key, value;
	size_t count = 0, room = 0;
	bool ok = store_cursor_open(&cursor, searched->place.txn, TABLE_FRESH, NULL, NULL);

	searched->all = true;
	while (ok && store_cursor_next(cursor, &key, &value)) {
		struct fresh_row row;

		ok = unpack_fresh(key, value, &row, NULL) && row.moment <= now;
		if (!ok || !str_equal(row.language, searched->place.language))
			continue;
		if (count == FRESH_READ_MAX) {
			searched->all = false;
			break;
		}
		if (count == room)
			fresh = more_room(fresh, &room, arena);
		count = keep_fresh(fresh, count, &row);
	}
	store_cursor_close(&cursor);
	if (count)
		qsort(fresh, count, sizeof *fresh, by_document);
	searched->collection.fresh = fresh;
	searched->collection.fresh_count = count;
}

static void begin(struct searched *searched, struct store_txn *txn, struct str language,
		  int64_t now, struct arena *arena)
{
	struct index_totals totals = index_totals(txn, language);

	searched->place = (struct index_place){ txn, language };
	searched->rows = index_rows_of(&searched->place);
	searched->collection = (struct collection){ .rows = &searched->rows,
						    .documents = totals.documents,
						    .length = totals.length };
	find_fresh(searched, now, arena);
}

static struct wish wish_of(const struct filter *filter, const struct query *query,
			   struct arena *arena)
{
	struct wish wish = { .query = query };
	enum kind kind;

	if (str_given(filter->kind))
		wish.kinds = kind_parse(filter->kind, &kind) ? 1u << kind : 1u << KIND_COUNT;
	if (str_given(filter->department))
		wish.marks[wish.mark_count++] =
			index_mark(arena, VIEW_DEPARTMENT, filter->department);
	if (str_given(filter->topic))
		wish.marks[wish.mark_count++] = index_mark(arena, VIEW_TOPIC, filter->topic);
	wish.from = filter->from.year ? date_number(filter->from) : 0;
	wish.to = filter->to.year ? date_number(filter->to) : 0;
	return wish;
}

/* --- texts ------------------------------------------------------------------------------------ */

static bool find_revision(struct store_txn *txn, uint32_t document, int64_t now,
			  struct revision *out)
{
	struct store_key key = key_number(document);
	struct journal_row first;
	struct str row;

	return store_get(txn, TABLE_JOURNAL, &key, &row) &&
	       unpack_journal(key_str(&key), row, &first, NULL) &&
	       reading_release(txn, first.language, first.slug, now, out);
}

/* A field in which quotations are looked for, without reading all of the file as a release. */
static bool is_searched_field(struct str name)
{
	static const char *const names[] = { "Title", "Subtitle",   "Summary", "Reference",
					     "Place", "Department", "Topics" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_equal_nocase(name, str_from(names[i])))
			return true;
	}
	return false;
}

/* Takes a field off, with the lines that continue it; false at the empty line. */
static bool take_field(struct str *rest, struct str *name, struct str *value)
{
	struct str whole = *rest;

	if (rest->len == 0 || *rest->at == '\n') {
		*rest = str_skip(*rest, 1);
		return false;
	}
	do {
		str_cut(rest, '\n');
	} while (rest->len && (*rest->at == ' ' || *rest->at == '\t'));
	*value = str_first(whole, whole.len - rest->len);
	*name = str_cut(value, ':');
	return true;
}

static bool phrase_in_file(const struct phrase *phrase, struct str file, int64_t *work)
{
	struct str rest = file, name, value;

	while (str_given(rest) && take_field(&rest, &name, &value)) {
		if (is_searched_field(name) && phrase_stands_in(phrase, value, work))
			return true;
	}
	return rest.len > 0 && phrase_stands_in(phrase, rest, work);
}

struct phrases {
	struct phrase at[QUERY_PHRASES_MAX];
	size_t count;
};

static bool has_phrases(struct store_txn *txn, const struct phrases *phrases,
			const struct revision *revision, int64_t *work)
{
	struct str file;

	if (!reading_file(txn, &revision->hash, &file))
		return false;
	for (size_t i = 0; i < phrases->count; i++) {
		if (!phrase_in_file(&phrases->at[i], file, work))
			return false;
	}
	return true;
}

/* The candidates that have the quotations, as far as the work goes. */
static void keep_phrases(struct store_txn *txn, const struct query *query, int64_t now,
			 struct arena *arena, struct found *found)
{
	struct phrases *phrases = arena_new(arena, struct phrases);
	int64_t work = SEARCH_PHRASE_WORK;
	uint64_t candidates = found->total;
	struct revision revision;
	size_t kept = 0, i = 0;

	for (; phrases->count < query->phrase_count; phrases->count++)
		phrases->at[phrases->count] = phrase_of(arena, query->phrases[phrases->count]);
	for (; i < found->count && work >= 0; i++) {
		if (find_revision(txn, found->hits[i].document, now, &revision) &&
		    has_phrases(txn, phrases, &revision, &work))
			found->hits[kept++] = found->hits[i];
	}
	found->count = kept;
	found->total = kept;
	found->complete = found->complete && work >= 0 && i == candidates;
}

static void add_hit(struct store_txn *txn, uint32_t document, int64_t now, struct search *out)
{
	if (find_revision(txn, document, now, &out->hits[out->count]))
		out->count++;
}

bool reading_search_excerpt(struct store_txn *txn, const struct query *query,
			    const struct revision *hit, struct arena *arena, struct excerpt *out,
			    struct fault *why)
{
	struct release *release;
	struct stems stems;
	struct str file;
	struct buf text;

	if (!reading_file(txn, &hit->hash, &file))
		return store_check(txn, why) &&
		       fail(why, BROKEN, "the file of a public revision is missing");
	if (!release_parse(arena, file, &release, why))
		return false;
	buf_init(&text, RELEASE_FILE_MAX);
	node_plain_text(release->document, &text);
	stems_open(&stems, hit->language);
	excerpt_make(&stems, query, arena_copy(arena, str_first(buf_str(&text), EXCERPT_TEXT_MAX)),
		     out);
	stems_close(&stems);
	buf_release(&text);
	return true;
}

/* --- searching ------------------------------------------------------------------------------ */

bool reading_search(struct store_txn *txn, const struct filter *filter, struct str text,
		    bool by_date, int64_t now, uint64_t first, uint64_t most, struct arena *arena,
		    struct search *out, struct fault *why)
{
	size_t wanted = (size_t)(first + most < SEARCH_SHOWN_MAX ? first + most : SEARCH_SHOWN_MAX);
	struct searched searched;
	struct stems stems;
	struct wish wish;
	struct found found;
	bool phrases;

	*out = (struct search){ .count = 0 };
	stems_open(&stems, filter->language);
	if (!query_parse(arena, &stems, text, &out->query, why)) {
		stems_close(&stems);
		return false;
	}
	phrases = out->query.phrase_count > 0;
	begin(&searched, txn, filter->language, now, arena);
	wish = wish_of(filter, &out->query, arena);
	wish.by_date = by_date;
	find(&searched.collection, &wish, phrases ? SEARCH_PHRASE_CHECKED : wanted, arena, &found);
	if (phrases)
		keep_phrases(txn, &out->query, now, arena, &found);
	out->total = found.total;
	out->more = !found.complete || !searched.all;
	for (unsigned kind = 0; kind < KIND_COUNT && !phrases; kind++)
		out->kinds[kind] = found.kinds[kind];
	out->hits = arena_array(arena, (size_t)most + 1, sizeof *out->hits);
	for (uint64_t i = first; i < found.count && i < first + most; i++)
		add_hit(txn, found.hits[i].document, now, out);
	stems_close(&stems);
	return store_check(txn, why);
}

struct search_total reading_search_count(struct store_txn *txn, const struct filter *filter,
					 struct str text, int64_t now)
{
	struct search_total total = { 0 };
	struct searched searched;
	struct query query;
	struct arena arena;
	struct stems stems;
	struct wish wish;
	struct found found;

	arena_init(&arena);
	stems_open(&stems, filter->language);
	if (query_parse(&arena, &stems, text, &query, NULL)) {
		begin(&searched, txn, filter->language, now, &arena);
		wish = wish_of(filter, &query, &arena);
		wish.work = SIDE_WORK;
		find(&searched.collection, &wish, 0, &arena, &found);
		total = (struct search_total){ found.total, !found.complete || !searched.all };
	}
	stems_close(&stems);
	arena_release(&arena);
	return total;
}

size_t reading_search_suggest(struct store_txn *txn, const struct filter *filter,
			      const struct query *query, int64_t now, struct arena *arena,
			      struct search_suggestion out[SEARCH_SUGGESTIONS_MAX])
{
	size_t count = 0;

	if (query->piece_count < 2)
		return 0;
	for (size_t i = 0; i < query->piece_count && i < SEARCH_SUGGESTIONS_MAX; i++) {
		struct search_suggestion *at = &out[count];

		at->query = query_without(arena, query, i);
		at->without = query->pieces[i];
		at->total = reading_search_count(txn, filter, at->query, now);
		count += at->total.count > 0;
	}
	return count;
}

/* calendar - which years, months and names the lists have, and what stands next to a release. */
#include "listing.h"

struct counting {
	count_visitor *visit;
	void *ctx;
};

static bool tell_count(void *ctx, uint32_t bucket, uint64_t count)
{
	const struct counting *counting = ctx;

	return counting->visit(counting->ctx, ~bucket, count);
}

static void visit_times(struct store_txn *txn, struct str language, int64_t now,
			enum tally_level level, uint32_t from, uint32_t end,
			struct counting *counting)
{
	struct store_key view = key_view(language, VIEW_ALL, STR(""));
	struct to_come to_come;
	struct listing list;
	struct arena arena;

	arena_init(&arena);
	to_come_find(txn, language, now, &arena, &to_come);
	list = listing_of(txn, &view, now, &to_come, &arena);
	listing_visit_buckets(&list, level, from, end, tell_count, counting);
	arena_release(&arena);
}

void reading_visit_years(struct store_txn *txn, struct str language, int64_t now,
			 count_visitor *visit, void *ctx)
{
	struct counting counting = { visit, ctx };

	visit_times(txn, language, now, TALLY_YEAR, 0, UINT32_MAX, &counting);
}

void reading_visit_months(struct store_txn *txn, struct str language, uint32_t year, int64_t now,
			  count_visitor *visit, void *ctx)
{
	struct counting counting = { visit, ctx };

	visit_times(txn, language, now, TALLY_MONTH, ~(year * 100 + 99), ~(year * 100), &counting);
}

/* The first name of the language's at or behind `from`; a step a name, not one a row. */
static bool next_name(struct store_txn *txn, const struct store_key *prefix, struct store_key *from,
		      struct str *name)
{
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool found = store_cursor_open(&cursor, txn, TABLE_TALLY, prefix, from) &&
		     store_cursor_next(cursor, &key, &value);

	store_cursor_close(&cursor);
	if (!found)
		return false;
	*name = str_skip(key, prefix->len);
	*name = str_first(*name, str_find(*name, '\0'));
	*from = *prefix;
	key_add_text(from, *name);
	key_add_u8(from, TALLY_LEVELS);
	return true;
}

void reading_visit_names(struct store_txn *txn, struct str language, enum view view, int64_t now,
			 name_visitor *visit, void *ctx)
{
	struct store_key prefix = key_begin(), from;
	struct to_come to_come;
	struct arena arena;
	struct str name;
	bool more = true;

	key_add_text(&prefix, language);
	key_add_u8(&prefix, (uint8_t)view);
	from = prefix;
	arena_init(&arena);
	to_come_find(txn, language, now, &arena, &to_come);
	while (more && next_name(txn, &prefix, &from, &name)) {
		struct store_key key = key_view(language, view, name);
		struct listing list = listing_of(txn, &key, now, &to_come, &arena);
		uint64_t count = listing_count(&list, TALLY_ALL, 0);

		if (count && name.len <= VIEW_NAME_MAX)
			more = visit(ctx, name, count);
	}
	arena_release(&arena);
}

/* --- neighbours ------------------------------------------------------------------------------ */

static bool keep_revision(void *ctx, const struct revision *revision)
{
	*(struct revision *)ctx = *revision;
	return true;
}

typedef bool cursor_step(struct store_cursor *cursor, struct str *key, struct str *value);

static bool find_neighbour(struct store_txn *txn, const struct revision *of, int64_t now,
			   const struct store_key *from, cursor_step *step, struct revision *out)
{
	struct store_key view = key_view(of->language, VIEW_ALL, STR(""));
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool more = store_cursor_open(&cursor, txn, TABLE_BOARD, &view, from), found = false;

	while (more && !found && step(cursor, &key, &value)) {
		struct board_row row;

		more = unpack_board(value, &row, NULL);
		if (more && listing_shows(&row, now) && !str_equal(row.slug, of->slug))
			found = listing_visit_row(txn, &row, now, keep_revision, out);
	}
	store_cursor_close(&cursor);
	return found;
}

bool reading_newer(struct store_txn *txn, const struct revision *revision, int64_t now,
		   struct revision *out)
{
	struct store_key view = key_view(revision->language, VIEW_ALL, STR(""));
	struct store_key from = key_board(&view, date_number(revision->date),
					  revision->first_serial, revision->number);

	return find_neighbour(txn, revision, now, &from, store_cursor_previous, out);
}

bool reading_older(struct store_txn *txn, const struct revision *revision, int64_t now,
		   struct revision *out)
{
	struct store_key view = key_view(revision->language, VIEW_ALL, STR(""));
	struct store_key from = key_board(&view, date_number(revision->date),
					  revision->first_serial, revision->number);

	return find_neighbour(txn, revision, now, &from, store_cursor_next, out);
}

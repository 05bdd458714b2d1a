/*
 * listing - a page of a list, by the clock, without walking the pages before it.
 *
 * TALLY says how many rows a year, a month, a day of a view has; those that are
 * still to come, or still to go, are corrected by SCHEDULE, which is short. So finding row 400 000
 * is a walk over years, then months, then days, then the rows of one day.
 */
#include "desk.h"

/* What the tallies say already and the clock does not: rows that come, rows that go. */
struct change_to_come {
	uint32_t date;
	int step; /* of the tally: 1 comes, -1 goes */
};

struct hidden {
	struct change_to_come *at;
	size_t count, room;
};

static void add_hidden(struct hidden *hidden, struct arena *arena, uint32_t date, int step)
{
	if (date == 0)
		return;
	if (hidden->count == hidden->room) {
		size_t room = hidden->room ? 2 * hidden->room : 64;
		struct change_to_come *more = arena_array(arena, room, sizeof *more);

		if (hidden->count)
			memcpy(more, hidden->at, hidden->count * sizeof *more);
		hidden->at = more;
		hidden->room = room;
	}
	hidden->at[hidden->count++] = (struct change_to_come){ date, step };
}

static void find_hidden(struct store_txn *txn, struct str language, int64_t now,
			struct arena *arena, struct hidden *out)
{
	struct store_key from = key_number((uint64_t)now + 1);
	struct store_cursor *cursor = NULL;
	struct str key, value;

	*out = (struct hidden){ 0 };
	if (!store_cursor_open(&cursor, txn, TABLE_SCHEDULE, NULL, &from))
		return;
	while (store_cursor_next(cursor, &key, &value)) {
		struct schedule_row row;

		if (!unpack_schedule(key, value, &row, NULL) || !str_equal(row.language, language))
			continue;
		add_hidden(out, arena, row.date, 1);
		add_hidden(out, arena, row.replaced, -1);
	}
	store_cursor_close(&cursor);
}

static int64_t hidden_in(const struct hidden *hidden, enum tally_level level, uint32_t bucket)
{
	int64_t count = 0;

	for (size_t i = 0; i < hidden->count; i++) {
		if (tally_bucket(level, hidden->at[i].date) == bucket)
			count += hidden->at[i].step;
	}
	return count;
}

struct listing {
	struct store_txn *txn;
	struct store_key view;
	struct hidden hidden;
	int64_t now;
};

static uint64_t visible_in(const struct listing *listing, enum tally_level level, uint32_t bucket,
			   struct str value)
{
	int64_t count = value.len == 8 ? (int64_t)get_be64(value.at) : 0;

	count -= hidden_in(&listing->hidden, level, bucket);
	return count > 0 ? (uint64_t)count : 0;
}

static uint64_t total_of(const struct listing *listing)
{
	struct store_key key = key_tally(&listing->view, TALLY_ALL, 0);
	struct str value;

	if (!store_get(listing->txn, TABLE_TALLY, &key, &value))
		return 0;
	return visible_in(listing, TALLY_ALL, 0, value);
}

/* The first bucket at or behind *bucket that reaches beyond *skip visible rows; *skip loses
 * those before it. False: there are not that many. */
static bool find_bucket(const struct listing *listing, enum tally_level level, uint32_t *bucket,
			uint64_t *skip)
{
	struct store_key prefix = listing->view, from = key_tally(&listing->view, level, *bucket);
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool found = false;

	key_add_u8(&prefix, (uint8_t)level);
	if (!store_cursor_open(&cursor, listing->txn, TABLE_TALLY, &prefix, &from))
		return false;
	while (!found && store_cursor_next(cursor, &key, &value) && key.len == prefix.len + 4) {
		uint32_t here = get_be32(key.at + prefix.len);
		uint64_t count = visible_in(listing, level, here, value);

		found = *skip < count;
		if (found)
			*bucket = here;
		else
			*skip -= count;
	}
	store_cursor_close(&cursor);
	return found;
}

/* Year, then month in it, then day in that: the day of the row that `skip` visible rows
 * precede, as ~date; *skip becomes the number within the day. */
static bool find_day(const struct listing *listing, uint64_t *skip, uint32_t *day)
{
	uint32_t year = 0, month;

	if (!find_bucket(listing, TALLY_YEAR, &year, skip))
		return false;
	month = tally_bucket(TALLY_MONTH, ~year * 10000 + 1299);
	if (!find_bucket(listing, TALLY_MONTH, &month, skip))
		return false;
	*day = tally_bucket(TALLY_DAY, ~month * 100 + 99);
	return find_bucket(listing, TALLY_DAY, day, skip);
}

static bool visit_row(const struct listing *listing, const struct board_row *row,
		      revision_visitor *visit, void *ctx)
{
	struct revision revision;

	if (!reading_revision(listing->txn, row->language, row->slug, row->number, listing->now,
			      &revision))
		return false;
	return visit(ctx, &revision);
}

static bool visit_rows(const struct listing *listing, uint32_t day, uint64_t skip, uint64_t most,
		       revision_visitor *visit, void *ctx)
{
	struct store_key from = listing->view;
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool ok;

	key_add_u32(&from, day);
	ok = store_cursor_open(&cursor, listing->txn, TABLE_BOARD, &listing->view, &from);
	while (ok && most && store_cursor_next(cursor, &key, &value)) {
		struct board_row row;

		ok = unpack_board(value, &row, NULL);
		if (!ok || row.from > (uint64_t)listing->now || row.until <= (uint64_t)listing->now)
			continue;
		if (skip) {
			skip--;
			continue;
		}
		ok = visit_row(listing, &row, visit, ctx);
		most--;
	}
	store_cursor_close(&cursor);
	return ok && store_check(listing->txn, NULL);
}

bool reading_board(struct store_txn *txn, struct str language, int64_t now, uint64_t first,
		   uint64_t most, revision_visitor *visit, void *ctx, uint64_t *total)
{
	struct listing listing = { .txn = txn, .now = now };
	struct arena arena;
	uint32_t day;
	bool ok = true;

	arena_init(&arena);
	listing.view = key_view(language, VIEW_ALL, STR(""));
	find_hidden(txn, language, now, &arena, &listing.hidden);
	*total = total_of(&listing);
	if (first < *total && most && find_day(&listing, &first, &day))
		ok = visit_rows(&listing, day, first, most, visit, ctx);
	arena_release(&arena);
	return ok && store_check(txn, NULL);
}

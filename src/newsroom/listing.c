#include "listing.h"

/* --- what is to come ------------------------------------------------------------------- */

static void add_to_come(struct to_come *to, const struct schedule_row *row,
			const struct revision *revision, struct arena *arena)
{
	if (to->count == to->room) {
		size_t room = to->room ? 2 * to->room : 16;
		void *more = arena_array(arena, room, sizeof *to->at);

		if (to->count)
			memcpy(more, to->at, to->count * sizeof *to->at);
		to->at = more;
		to->room = room;
	}
	to->at[to->count].date = row->date;
	to->at[to->count].replaced = row->replaced;
	to->at[to->count].first_serial = revision->first_serial;
	to->at[to->count++].number = row->number;
}

void to_come_find(struct store_txn *txn, struct str language, int64_t now, struct arena *arena,
		  struct to_come *out)
{
	struct store_key from = key_number((uint64_t)now + 1);
	struct store_cursor *cursor = NULL;
	struct str key, value;

	*out = (struct to_come){ 0 };
	if (!store_cursor_open(&cursor, txn, TABLE_SCHEDULE, NULL, &from))
		return;
	while (store_cursor_next(cursor, &key, &value)) {
		struct schedule_row row;
		struct revision revision;

		if (unpack_schedule(key, value, &row, NULL) && str_equal(row.language, language) &&
		    reading_revision(txn, row.language, row.slug, row.number, INT64_MAX, &revision))
			add_to_come(out, &row, &revision, arena);
	}
	store_cursor_close(&cursor);
}

static bool has_row(const struct listing *listing, uint32_t date, uint64_t first_serial,
		    uint32_t number)
{
	struct store_key key = key_board(&listing->view, date, first_serial, number);
	struct str value;

	return date && store_get(listing->txn, TABLE_BOARD, &key, &value);
}

struct listing listing_of(struct store_txn *txn, const struct store_key *view, int64_t now,
			  const struct to_come *to_come, struct arena *arena)
{
	struct listing listing = { .txn = txn, .view = *view, .now = now };

	listing.hidden = arena_array(arena, 2 * to_come->count + 1, sizeof *listing.hidden);
	for (size_t i = 0; i < to_come->count; i++) {
		uint32_t date = to_come->at[i].date, replaced = to_come->at[i].replaced;
		uint64_t serial = to_come->at[i].first_serial;
		uint32_t number = to_come->at[i].number;

		if (has_row(&listing, date, serial, number))
			listing.hidden[listing.hidden_count++] = (struct change_to_come){ date, 1 };
		if (has_row(&listing, replaced, serial, number - 1))
			listing.hidden[listing.hidden_count++] =
				(struct change_to_come){ replaced, -1 };
	}
	return listing;
}

/* --- counting ------------------------------------------------------------------------------ */

static uint64_t visible_in(const struct listing *listing, enum tally_level level, uint32_t bucket,
			   struct str value)
{
	int64_t count = value.len == 8 ? (int64_t)get_be64(value.at) : 0;

	for (size_t i = 0; i < listing->hidden_count; i++) {
		if (tally_bucket(level, listing->hidden[i].date) == bucket)
			count -= listing->hidden[i].step;
	}
	return count > 0 ? (uint64_t)count : 0;
}

uint64_t listing_count(const struct listing *listing, enum tally_level level, uint32_t bucket)
{
	struct store_key key = key_tally(&listing->view, level, bucket);
	struct str value;

	if (!store_get(listing->txn, TABLE_TALLY, &key, &value))
		return 0;
	return visible_in(listing, level, bucket, value);
}

void listing_visit_buckets(const struct listing *listing, enum tally_level level, uint32_t from,
			   uint32_t end, bucket_visitor *visit, void *ctx)
{
	struct store_key prefix = listing->view, start = key_tally(&listing->view, level, from);
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool more;

	key_add_u8(&prefix, (uint8_t)level);
	more = store_cursor_open(&cursor, listing->txn, TABLE_TALLY, &prefix, &start);
	while (more && store_cursor_next(cursor, &key, &value) && key.len == prefix.len + 4) {
		uint32_t bucket = get_be32(key.at + prefix.len);
		uint64_t count = visible_in(listing, level, bucket, value);

		more = bucket < end && (count == 0 || visit(ctx, bucket, count));
	}
	store_cursor_close(&cursor);
}

static bool add_count(void *ctx, uint32_t bucket, uint64_t count)
{
	(void)bucket;
	*(uint64_t *)ctx += count;
	return true;
}

uint64_t listing_count_after(const struct listing *listing, uint32_t date)
{
	uint32_t year = date / 10000, month = date / 100;
	uint64_t count = 0;

	listing_visit_buckets(listing, TALLY_YEAR, 0, ~year, add_count, &count);
	listing_visit_buckets(listing, TALLY_MONTH, ~(year * 100 + 99), ~month, add_count, &count);
	listing_visit_buckets(listing, TALLY_DAY, ~(month * 100 + 99), ~date, add_count, &count);
	return count;
}

/* --- finding a row ------------------------------------------------------------------------- */

struct search {
	uint64_t skip;
	uint32_t found;
	bool has;
};

static bool reach(void *ctx, uint32_t bucket, uint64_t count)
{
	struct search *search = ctx;

	search->has = search->skip < count;
	if (search->has)
		search->found = bucket;
	else
		search->skip -= count;
	return !search->has;
}

static bool find_bucket(const struct listing *listing, enum tally_level level, uint32_t from,
			struct search *search)
{
	search->has = false;
	listing_visit_buckets(listing, level, from, UINT32_MAX, reach, search);
	return search->has;
}

/* Year, then month in it, then day in that: the day of the row that `skip` visible rows
 * precede, as ~date; search->skip becomes the number within the day. */
static bool find_day(const struct listing *listing, struct search *search)
{
	return find_bucket(listing, TALLY_YEAR, 0, search) &&
	       find_bucket(listing, TALLY_MONTH, ~(~search->found * 100 + 99), search) &&
	       find_bucket(listing, TALLY_DAY, ~(~search->found * 100 + 99), search);
}

bool listing_shows(const struct board_row *row, int64_t now)
{
	return row->from <= (uint64_t)now && row->until > (uint64_t)now;
}

bool listing_visit_row(struct store_txn *txn, const struct board_row *row, int64_t now,
		       revision_visitor *visit, void *ctx)
{
	struct revision revision;

	return reading_revision(txn, row->language, row->slug, row->number, now, &revision) &&
	       visit(ctx, &revision);
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
		if (!ok || !listing_shows(&row, listing->now))
			continue;
		if (skip) {
			skip--;
			continue;
		}
		ok = listing_visit_row(listing->txn, &row, listing->now, visit, ctx);
		most--;
	}
	store_cursor_close(&cursor);
	return ok && store_check(listing->txn, NULL);
}

bool listing_visit(const struct listing *listing, uint64_t skip, uint64_t most,
		   revision_visitor *visit, void *ctx)
{
	struct search search = { .skip = skip };

	if (!most || !find_day(listing, &search))
		return store_check(listing->txn, NULL);
	return visit_rows(listing, search.found, search.skip, most, visit, ctx);
}

/*
 * selection - a list by one filter or several.
 *
 * One filter is one view, so its numbers come from the tallies and any page of it is found at
 * once, also within dates. Several are the rarest of their views, walked from the newest row
 * on; the same row's key under the names of the others says whether they have it. That walk
 * has an end (FILTER_ROWS_MAX), however large the archive; rows that are to come or were replaced
 * do not count, and are few: one or two of a release, and what editors have scheduled.
 */
#include "listing.h"

enum { FILTERS_MAX = 3 };

struct selection {
	struct store_txn *txn;
	const struct filter *filter;
	int64_t now;
	uint32_t to, before; /* dates: at most `to`, later than `before` */
	struct listing lists[FILTERS_MAX];
	uint64_t sizes[FILTERS_MAX]; /* within the dates */
	uint64_t later[FILTERS_MAX]; /* rows above the dates */
	size_t count, rarest;
};

static void add_list(struct selection *selection, enum view view, struct str text,
		     const struct to_come *to_come, struct arena *arena)
{
	struct store_key key = key_view(selection->filter->language, view, text);
	struct listing *list = &selection->lists[selection->count];
	uint64_t all, later = 0;

	*list = listing_of(selection->txn, &key, selection->now, to_come, arena);
	all = selection->before ? listing_count_after(list, selection->before)
				: listing_count(list, TALLY_ALL, 0);
	if (selection->to != UINT32_MAX)
		later = listing_count_after(list, selection->to);
	selection->later[selection->count] = later;
	selection->sizes[selection->count] = all > later ? all - later : 0;
	if (selection->sizes[selection->count] < selection->sizes[selection->rarest])
		selection->rarest = selection->count;
	selection->count++;
}

static void begin(struct selection *selection, struct store_txn *txn, const struct filter *filter,
		  int64_t now, struct arena *arena)
{
	struct to_come to_come;

	*selection = (struct selection){ .txn = txn, .filter = filter, .now = now };
	selection->to = filter->to.year ? date_number(filter->to) : UINT32_MAX;
	selection->before = filter->from.year ? date_number(filter->from) - 1 : 0;
	to_come_find(txn, filter->language, now, arena, &to_come);
	if (str_given(filter->kind))
		add_list(selection, VIEW_KIND, filter->kind, &to_come, arena);
	if (str_given(filter->department))
		add_list(selection, VIEW_DEPARTMENT, filter->department, &to_come, arena);
	if (str_given(filter->topic))
		add_list(selection, VIEW_TOPIC, filter->topic, &to_come, arena);
	if (selection->count == 0)
		add_list(selection, VIEW_ALL, STR(""), &to_come, arena);
}

/* Whether all the other lists have this row too. */
static bool is_selected(const struct selection *selection, struct str tail)
{
	for (size_t i = 0; i < selection->count; i++) {
		struct store_key key = selection->lists[i].view;
		struct str value;

		if (i == selection->rarest)
			continue;
		key_add_bytes(&key, tail.at, tail.len);
		if (!store_get(selection->txn, TABLE_BOARD, &key, &value))
			return false;
	}
	return true;
}

struct walk {
	uint64_t first, most;
	revision_visitor *visit;
	void *ctx;
	struct list_total *total;
};

static bool walk_row(const struct selection *selection, const struct walk *walk, struct str tail,
		     const struct board_row *row)
{
	uint64_t at = walk->total->count;

	if (!is_selected(selection, tail))
		return true;
	walk->total->count++;
	if (at < walk->first || at - walk->first >= walk->most)
		return true;
	return listing_visit_row(selection->txn, row, selection->now, walk->visit, walk->ctx);
}

static bool walk_rarest(const struct selection *selection, const struct walk *walk)
{
	const struct store_key *view = &selection->lists[selection->rarest].view;
	struct store_key from = *view;
	struct store_cursor *cursor = NULL;
	unsigned left = FILTER_ROWS_MAX;
	struct str key, value;
	bool ok;

	key_add_u32(&from, selection->to == UINT32_MAX ? 0 : ~selection->to);
	ok = store_cursor_open(&cursor, selection->txn, TABLE_BOARD, view, &from);
	while (ok && store_cursor_next(cursor, &key, &value)) {
		struct str tail = str_skip(key, view->len);
		uint32_t date = tail.len >= 4 ? ~get_be32(tail.at) : 0;
		struct board_row row;

		if (date <= selection->before)
			break;
		ok = unpack_board(value, &row, NULL);
		/* Not even the number of rows looked at may tell of one that is to come. */
		if (!ok || !listing_shows(&row, selection->now))
			continue;
		walk->total->more = left-- == 0;
		if (walk->total->more)
			break;
		walk->total->reached = date_from_number(date);
		ok = walk_row(selection, walk, tail, &row);
	}
	store_cursor_close(&cursor);
	return ok;
}

bool reading_list(struct store_txn *txn, const struct filter *filter, int64_t now, uint64_t first,
		  uint64_t most, revision_visitor *visit, void *ctx, struct list_total *total)
{
	struct walk walk = { first, most, visit, ctx, total };
	struct selection selection;
	struct arena arena;
	uint64_t left;
	bool ok = true;

	*total = (struct list_total){ .count = 0 };
	arena_init(&arena);
	begin(&selection, txn, filter, now, &arena);
	if (selection.count > 1) {
		ok = walk_rarest(&selection, &walk);
	} else {
		total->count = selection.sizes[0];
		left = first < total->count ? total->count - first : 0;
		if (left)
			ok = listing_visit(&selection.lists[0], selection.later[0] + first,
					   most < left ? most : left, visit, ctx);
	}
	arena_release(&arena);
	return ok && store_check(txn, NULL);
}

/* The journal: gapless, and each acceptance is a revision or was dropped. */
#include "fsck.h"

/* Acceptances whose revision is not there (any more): few, each waits for its dropping. */
struct open_rows {
	struct journal_row *at;
	size_t count, room;
};

static void open_add(struct open_rows *open, struct arena *arena, const struct journal_row *row)
{
	if (open->count == open->room) {
		size_t room = open->room ? 2 * open->room : 64;
		struct journal_row *more = arena_array(arena, room, sizeof *more);

		if (open->count)
			memcpy(more, open->at, open->count * sizeof *more);
		open->at = more;
		open->room = room;
	}
	open->at[open->count++] = *row;
}

static bool is_same(const struct journal_row *a, const struct journal_row *b)
{
	return a->number == b->number && a->public_at == b->public_at &&
	       hash_equal(&a->hash, &b->hash) && str_equal(a->slug, b->slug) &&
	       str_equal(a->language, b->language);
}

static bool open_close(struct open_rows *open, const struct journal_row *dropped)
{
	for (size_t i = open->count; i; i--) {
		if (!is_same(&open->at[i - 1], dropped))
			continue;
		open->at[i - 1] = open->at[--open->count];
		return true;
	}
	return false;
}

static struct edition edition_of(const struct journal_row *row)
{
	return (struct edition){ row->language, row->slug };
}

static void check_row(struct fsck *fsck, struct open_rows *open, const struct journal_row *row)
{
	struct revision revision;

	if (row->what == JOURNAL_DROPPED) {
		if (!open_close(open, row))
			fsck_says(fsck, "JOURNAL: row %llu drops %s, which was not accepted",
				  (unsigned long long)row->serial,
				  FSCK_NAME(edition_of(row), row->number));
		return;
	}
	if (!reading_revision(fsck->txn, row->language, row->slug, row->number, INT64_MAX,
			      &revision) ||
	    revision.serial != row->serial)
		open_add(open, &fsck->arena, row);
}

static void check_number(struct fsck *fsck, uint64_t *expected, uint64_t serial)
{
	if (serial != *expected)
		fsck_says(fsck, "JOURNAL: row %llu is missing, %llu follows",
			  (unsigned long long)*expected, (unsigned long long)serial);
	*expected = serial + 1;
}

void fsck_journal(struct fsck *fsck)
{
	struct store_cursor *cursor = NULL;
	struct open_rows open = { 0 };
	struct journal_row row;
	struct str key, value;
	uint64_t expected = 1;
	bool more = store_cursor_open(&cursor, fsck->txn, TABLE_JOURNAL, NULL, NULL);

	while (more && store_cursor_next(cursor, &key, &value)) {
		fsck_step(fsck);
		if (!unpack_journal(key, value, &row, NULL)) {
			fsck_says(fsck, "JOURNAL: row %llu cannot be read",
				  (unsigned long long)expected++);
			continue;
		}
		check_number(fsck, &expected, row.serial);
		check_row(fsck, &open, &row);
	}
	store_cursor_close(&cursor);
	for (size_t i = 0; i < open.count; i++)
		fsck_says(fsck, "JOURNAL: row %llu accepts %s, which is not there",
			  (unsigned long long)open.at[i].serial,
			  FSCK_NAME(edition_of(&open.at[i]), open.at[i].number));
}

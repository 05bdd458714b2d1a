/*
 * The lists: the rows of BOARD against the revisions, the numbers of TALLY against the
 * rows of BOARD.
 */
#include "fsck.h"

/* --- BOARD ------------------------------------------------------------------------------ */

/* Until when a revision is listed; false: it is not. What followed at once has taken its row
 * away; what is scheduled behind it ends it at its lift, and it may be swept then. */
static bool listed_until(const struct revision *revision, const struct revision *next,
			 uint64_t *until)
{
	*until = NEVER;
	if (revision->change == CHANGE_KILL)
		return false;
	if (!next)
		return true;
	*until = (uint64_t)next->public_at;
	return next->public_at > next->accepted_at;
}

static void pack_row(struct buf *out, const struct revision *revision, uint64_t until)
{
	struct board_row row = {
		.number = revision->number,
		.from = (uint64_t)revision->public_at,
		.until = until,
		.slug = revision->slug,
		.language = revision->language,
	};

	pack_board(out, &row);
}

void fsck_board_of(struct fsck *fsck, const struct release *release,
		   const struct revision *revision, const struct revision *next)
{
	struct edition edition = { revision->language, revision->slug };
	struct store_key key;
	struct buf packed;
	uint64_t until;
	size_t at = 0;

	if (!listed_until(revision, next, &until))
		return;
	buf_init(&packed, RECORD_MAX);
	pack_row(&packed, revision, until);
	while (board_next_key(release, revision, &at, &key))
		fsck_row(fsck, TABLE_BOARD, &key, buf_str(&packed), until > (uint64_t)fsck->now,
			 FSCK_NAME(edition, revision->number));
	buf_release(&packed);
}

static bool is_listed_at(const struct release *release, const struct revision *revision,
			 struct str key)
{
	struct store_key own;
	size_t at = 0;

	while (board_next_key(release, revision, &at, &own)) {
		if (str_equal(key_str(&own), key))
			return true;
	}
	return false;
}

static void check_board_rest(struct fsck *fsck, struct str key, struct str value)
{
	struct revision revision, next;
	struct release *release;
	struct board_row row;
	struct edition edition;
	struct arena arena;
	uint64_t until;
	bool has_next;

	if (!unpack_board(value, &row, NULL)) {
		fsck_says(fsck, "BOARD: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	edition = (struct edition){ row.language, row.slug };
	arena_init(&arena);
	has_next = reading_revision(fsck->txn, row.language, row.slug, row.number + 1, INT64_MAX,
				    &next);
	if (!fsck_find(fsck, edition, row.number, &arena, &revision, &release) ||
	    !listed_until(&revision, has_next ? &next : NULL, &until) ||
	    !is_listed_at(release, &revision, key))
		fsck_says(fsck, "BOARD: a list has a row of %s that it should not have",
			  FSCK_NAME(edition, row.number));
	arena_release(&arena);
}

void fsck_board_rest(struct fsck *fsck)
{
	fsck_walk_rest(fsck, TABLE_BOARD, check_board_rest);
}

/* --- TALLY --------------------------------------------------------------------------------- */

/* How many rows a list should have in each of its years, months and days, in their order. */
struct bucket {
	uint32_t at;
	uint64_t count;
};

struct counts {
	struct bucket *at;
	size_t count, room;
};

struct tallying {
	struct fsck *fsck;
	struct str view; /* the list being counted; STR_NONE: none yet */
	struct counts levels[TALLY_LEVELS];
	struct arena arena;
	uint64_t visited;
};

enum { VIEW_TAIL = 4 + 8 + 4 }; /* behind a list's name in a key of BOARD */

static void count_one(struct counts *counts, struct arena *arena, uint32_t bucket)
{
	if (counts->count && counts->at[counts->count - 1].at == bucket) {
		counts->at[counts->count - 1].count++;
		return;
	}
	if (counts->count == counts->room) {
		size_t room = counts->room ? 2 * counts->room : 16;
		struct bucket *more = arena_array(arena, room, sizeof *more);

		if (counts->count)
			memcpy(more, counts->at, counts->count * sizeof *more);
		counts->at = more;
		counts->room = room;
	}
	counts->at[counts->count++] = (struct bucket){ bucket, 1 };
}

static void say_count(struct tallying *to, uint32_t bucket, enum tally_level level, uint64_t says,
		      uint64_t is)
{
	fsck_says(to->fsck, "TALLY: the list %s has %llu rows in %u, not %llu", QUOTE(to->view),
		  (unsigned long long)is, level == TALLY_ALL ? 0 : ~bucket,
		  (unsigned long long)says);
}

/* A row of TALLY against what was counted; both go by level, then by bucket. */
static void compare_row(struct tallying *to, size_t next[TALLY_LEVELS], struct str key,
			struct str value)
{
	uint64_t says = value.len == 8 ? get_be64(value.at) : UINT64_MAX, is = 0;
	uint32_t bucket = get_be32(key.at + key.len - 4);
	unsigned level = (unsigned char)key.at[key.len - 5];
	struct counts *counts;

	if (level >= TALLY_LEVELS) {
		fsck_says(to->fsck, "TALLY: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	counts = &to->levels[level];
	while (next[level] < counts->count && counts->at[next[level]].at < bucket) {
		const struct bucket *missing = &counts->at[next[level]++];

		say_count(to, missing->at, (enum tally_level)level, 0, missing->count);
	}
	if (next[level] < counts->count && counts->at[next[level]].at == bucket)
		is = counts->at[next[level]++].count;
	if (is != says)
		say_count(to, bucket, (enum tally_level)level, says, is);
}

static void compare_list(struct tallying *to)
{
	struct store_key prefix = key_begin();
	struct store_cursor *cursor = NULL;
	size_t next[TALLY_LEVELS] = { 0 };
	struct str key, value;
	bool more;

	key_add_bytes(&prefix, to->view.at, to->view.len);
	more = store_cursor_open(&cursor, to->fsck->txn, TABLE_TALLY, &prefix, NULL);
	while (more && store_cursor_next(cursor, &key, &value)) {
		to->visited++;
		if (key.len == prefix.len + 5)
			compare_row(to, next, key, value);
		else
			fsck_says(to->fsck, "TALLY: a row that cannot be read: %s", QUOTE(key));
	}
	store_cursor_close(&cursor);
	for (unsigned level = 0; level < TALLY_LEVELS; level++) {
		struct counts *counts = &to->levels[level];

		for (; next[level] < counts->count; next[level]++)
			say_count(to, counts->at[next[level]].at, (enum tally_level)level, 0,
				  counts->at[next[level]].count);
	}
}

static void begin_list(struct tallying *to, struct str view)
{
	if (str_given(to->view))
		compare_list(to);
	arena_release(&to->arena);
	memset(to->levels, 0, sizeof to->levels);
	to->view = view;
}

static void check_tally_rest(struct fsck *fsck, struct str key, struct str value)
{
	struct store_key prefix = key_begin();
	struct store_cursor *cursor = NULL;
	struct str at, row;

	if (value.len == 8 && get_be64(value.at) == 0)
		return;
	key_add_bytes(&prefix, key.at, key.len > 5 ? key.len - 5 : 0);
	if (!store_cursor_open(&cursor, fsck->txn, TABLE_BOARD, &prefix, NULL) ||
	    !store_cursor_next(cursor, &at, &row))
		fsck_says(fsck, "TALLY: a number for a list without rows: %s",
			  QUOTE(key_str(&prefix)));
	store_cursor_close(&cursor);
}

/* A number counts the rows that are to stay: those of each edition's last revision. */
void fsck_tally(struct fsck *fsck)
{
	struct tallying to = { .fsck = fsck, .view = STR_NONE };
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool more = store_cursor_open(&cursor, fsck->txn, TABLE_BOARD, NULL, NULL);

	while (more && store_cursor_next(cursor, &key, &value)) {
		struct board_row row;
		struct str view = str_first(key, key.len > VIEW_TAIL ? key.len - VIEW_TAIL : 0);

		fsck_step(fsck);
		if (!str_given(to.view) || !str_equal(view, to.view))
			begin_list(&to, view);
		if (view.len == 0 || !unpack_board(value, &row, NULL) || row.until != NEVER)
			continue;
		for (int level = TALLY_ALL; level < TALLY_LEVELS; level++)
			count_one(&to.levels[level], &to.arena,
				  tally_bucket((enum tally_level)level,
					       ~get_be32(key.at + view.len)));
	}
	store_cursor_close(&cursor);
	begin_list(&to, STR_NONE);
	if (to.visited != store_count(fsck->txn, TABLE_TALLY))
		fsck_walk(fsck, TABLE_TALLY, check_tally_rest);
}

#include "scratch.h"

/*
 * Every walk is compared with a plain array: all prefixes, all starts, both
 * directions, turns, and rows that are put and deleted on the way.
 */

static char dir[SCRATCH_SIZE];
static struct store *store;

static const char *const rows[] = {
	"a",	      "aa", "ab", "ab\x01", "abc",	"ab\xff",
	"ab\xff\xff", "b",  "ba", "\xff",   "\xff\xff", "\xff\xff\x01",
};
enum { ROWS = sizeof rows / sizeof *rows };

static struct store_key raw_key(const char *text)
{
	struct store_key key = key_begin();

	key_add_bytes(&key, text, strlen(text));
	return key;
}

static bool fill(struct store_txn *txn, void *ctx, struct fault *why)
{
	(void)ctx;
	for (size_t i = 0; i < ROWS; i++) {
		struct store_key key = raw_key(rows[i]);

		store_put(txn, TABLE_WORDS, &key, str_from(rows[i]));
	}
	return store_check(txn, why);
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(dir);
	store = open_or_stop(dir, STORE_CREATE, NULL);
	return store_write(store, fill, NULL, NULL) ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	store_close(&store);
	scratch_remove(dir);
	return 0;
}

static bool has_prefix(size_t row, const char *prefix)
{
	return str_starts(str_from(rows[row]), str_from(prefix ? prefix : ""));
}

static bool is_at_or_behind(size_t row, const char *from)
{
	return !from || str_compare(str_from(rows[row]), str_from(from)) >= 0;
}

static void expect(bool (*step)(struct store_cursor *, struct str *, struct str *),
		   struct store_cursor *cursor, const char *text)
{
	struct str key, value;
	bool found = step(cursor, &key, &value);

	if (!text) {
		assert_false(found);
		return;
	}
	assert_true(found);
	assert_true(str_equal(key, str_from(text)));
	assert_true(str_equal(value, str_from(text)));
}

static struct store_cursor *cursor_at(struct store_txn *txn, const char *prefix, const char *from)
{
	struct store_key p = raw_key(prefix ? prefix : ""), f = raw_key(from ? from : "");
	struct store_cursor *cursor;

	assert_true(
		store_cursor_open(&cursor, txn, TABLE_WORDS, prefix ? &p : NULL, from ? &f : NULL));
	return cursor;
}

static void walk_up(struct store_txn *txn, const char *prefix, const char *from)
{
	struct store_cursor *cursor = cursor_at(txn, prefix, from);

	for (size_t i = 0; i < ROWS; i++) {
		if (has_prefix(i, prefix) && is_at_or_behind(i, from))
			expect(store_cursor_next, cursor, rows[i]);
	}
	expect(store_cursor_next, cursor, NULL);
	expect(store_cursor_next, cursor, NULL);
	store_cursor_close(&cursor);
	assert_null(cursor);
}

static void walk_down(struct store_txn *txn, const char *prefix, const char *from)
{
	struct store_cursor *cursor = cursor_at(txn, prefix, from);

	for (size_t i = ROWS; i-- > 0;) {
		if (has_prefix(i, prefix) && (!from || !is_at_or_behind(i, from)))
			expect(store_cursor_previous, cursor, rows[i]);
	}
	expect(store_cursor_previous, cursor, NULL);
	expect(store_cursor_previous, cursor, NULL);
	store_cursor_close(&cursor);
}

static const char *const bounds[] = {
	NULL,  "",    "a", "aa", "aaa", "ab",	"ab\x01", "ab\xff",   "ab\xff\xff",   "abb",
	"abc", "abd", "b", "bb", "c",	"\xfe", "\xff",	  "\xff\xff", "\xff\xff\xff", " ",
};
enum { BOUNDS = sizeof bounds / sizeof *bounds };

static bool walk_everywhere(struct store_txn *txn, void *ctx, struct fault *why)
{
	(void)ctx;
	for (size_t i = 0; i < BOUNDS; i++) {
		for (size_t j = 0; j < BOUNDS; j++) {
			walk_up(txn, bounds[i], bounds[j]);
			walk_down(txn, bounds[i], bounds[j]);
		}
	}
	return store_check(txn, why);
}

static void every_prefix_and_start_both_ways(void **state)
{
	struct store_txn *txn;

	(void)state;
	assert_true(store_read_begin(store, &txn, NULL));
	assert_true(walk_everywhere(txn, NULL, NULL));
	store_read_end(&txn);
}

static void the_same_in_a_write(void **state)
{
	(void)state;
	assert_true(store_write(store, walk_everywhere, NULL, NULL));
}

static bool turn_round(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_cursor *cursor = cursor_at(txn, "ab", NULL);

	(void)ctx;
	expect(store_cursor_next, cursor, "ab");
	expect(store_cursor_previous, cursor, NULL); /* now before the first */
	expect(store_cursor_next, cursor, "ab");
	expect(store_cursor_next, cursor, "ab\x01");
	expect(store_cursor_previous, cursor, "ab");
	expect(store_cursor_next, cursor, "ab\x01");
	expect(store_cursor_next, cursor, "abc");
	expect(store_cursor_next, cursor, "ab\xff");
	expect(store_cursor_next, cursor, "ab\xff\xff");
	expect(store_cursor_next, cursor, NULL); /* now behind the last */
	expect(store_cursor_previous, cursor, "ab\xff\xff");
	expect(store_cursor_previous, cursor, "ab\xff");
	store_cursor_close(&cursor);

	cursor = cursor_at(txn, NULL, "ab"); /* `from` counts for the first step only */
	expect(store_cursor_previous, cursor, "aa");
	expect(store_cursor_next, cursor, "ab");
	expect(store_cursor_previous, cursor, "aa");
	expect(store_cursor_previous, cursor, "a");
	expect(store_cursor_previous, cursor, NULL);
	expect(store_cursor_next, cursor, "a");
	store_cursor_close(&cursor);
	return store_check(txn, why);
}

static void a_cursor_can_turn_round(void **state)
{
	struct store_txn *txn;

	(void)state;
	assert_true(store_read_begin(store, &txn, NULL));
	assert_true(turn_round(txn, NULL, NULL));
	store_read_end(&txn);
	assert_true(store_write(store, turn_round, NULL, NULL));
}

static void an_empty_table_has_no_rows(void **state)
{
	struct store_key prefix = raw_key("a");
	struct store_cursor *cursor;
	struct store_txn *txn;
	struct str key, value;

	(void)state;
	assert_true(store_read_begin(store, &txn, NULL));
	for (int i = 0; i < 4; i++) {
		assert_true(store_cursor_open(&cursor, txn, TABLE_TREE, i & 1 ? &prefix : NULL,
					      i & 2 ? &prefix : NULL));
		assert_false(store_cursor_next(cursor, &key, &value));
		assert_false(store_cursor_previous(cursor, &key, &value));
		assert_false(store_cursor_next(cursor, &key, &value));
		store_cursor_close(&cursor);
	}
	assert_true(store_check(txn, NULL));
	store_cursor_close(&cursor); /* closed already: fine */
	store_read_end(&txn);
}

static void a_prefix_that_is_too_long_fails(void **state)
{
	static const char bytes[STORE_KEY_MAX + 1];
	struct store_key key = key_begin();
	struct store_cursor *cursor;
	struct store_txn *txn;
	struct fault why;

	(void)state;
	key_add_bytes(&key, bytes, sizeof bytes);
	for (int i = 0; i < 2; i++) {
		assert_true(store_read_begin(store, &txn, NULL));
		assert_false(store_cursor_open(&cursor, txn, TABLE_WORDS, i ? NULL : &key,
					       i ? &key : NULL));
		assert_null(cursor);
		assert_false(store_check(txn, &why));
		assert_int_equal(why.kind, INVALID);
		store_read_end(&txn);
	}
}

static bool fail_under_way(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_cursor *cursor = cursor_at(txn, NULL, NULL);
	struct store_key key = raw_key("a");
	struct str k, v;

	(void)ctx;
	assert_true(store_cursor_next(cursor, &k, &v));
	store_insert(txn, TABLE_WORDS, &key, STR("there already"));
	assert_false(store_cursor_next(cursor, &k, &v));
	assert_false(store_cursor_previous(cursor, &k, &v));
	store_cursor_close(&cursor);
	return store_check(txn, why);
}

static void a_failed_transaction_has_no_rows(void **state)
{
	(void)state;
	assert_false(store_write(store, fail_under_way, NULL, NULL));
}

/* --- rows that change under the cursor ---------------------------------------------- */

enum { MANY = 3000 };

static bool fill_many(struct store_txn *txn, void *ctx, struct fault *why)
{
	static const char padding[100];

	(void)ctx;
	for (uint64_t i = 0; i < MANY; i++) {
		struct store_key key = key_of_number(i);

		store_put(txn, TABLE_LEAVES, &key, (struct str){ padding, i % sizeof padding });
	}
	return store_check(txn, why);
}

/* Deletes every row it comes to, until none is left. */
static bool delete_all(struct store_txn *txn, void *ctx, struct fault *why)
{
	bool (*step)(struct store_cursor *, struct str *, struct str *) =
		ctx ? store_cursor_next : store_cursor_previous;
	struct store_cursor *cursor;
	struct str key, value;
	uint64_t seen = 0;

	assert_true(store_cursor_open(&cursor, txn, TABLE_LEAVES, NULL, NULL));
	for (; step(cursor, &key, &value); seen++) {
		struct store_key own = key_of_number(get_be64(key.at));

		assert_int_equal(get_be64(key.at), ctx ? seen : MANY - 1 - seen);
		store_delete(txn, TABLE_LEAVES, &own);
	}
	store_cursor_close(&cursor);
	assert_int_equal(seen, MANY);
	assert_int_equal(store_count(txn, TABLE_LEAVES), 0);
	return store_check(txn, why);
}

/* Deletes the row before the one it stands on: what lies behind slides into its place. */
static bool delete_behind_its_back(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_cursor *cursor;
	struct str key, value;
	uint64_t seen = 0;

	(void)ctx;
	assert_true(store_cursor_open(&cursor, txn, TABLE_LEAVES, NULL, NULL));
	for (; store_cursor_next(cursor, &key, &value); seen++) {
		struct store_key before = key_of_number(seen - 1);

		assert_int_equal(get_be64(key.at), seen);
		if (seen > 0)
			store_delete(txn, TABLE_LEAVES, &before);
	}
	store_cursor_close(&cursor);
	assert_int_equal(seen, MANY);
	assert_int_equal(store_count(txn, TABLE_LEAVES), 1);
	return store_check(txn, why);
}

/* Deletes each row it comes to but every seventh, over many pages. */
static bool delete_on_the_way(struct store_txn *txn, void *ctx, struct fault *why)
{
	bool up = ctx != NULL;
	bool (*step)(struct store_cursor *, struct str *, struct str *) =
		up ? store_cursor_next : store_cursor_previous;
	struct store_cursor *cursor;
	struct str key, value;
	uint64_t seen = 0;

	assert_true(store_cursor_open(&cursor, txn, TABLE_LEAVES, NULL, NULL));
	for (; step(cursor, &key, &value); seen++) {
		uint64_t n = get_be64(key.at);
		struct store_key own = key_of_number(n);

		assert_int_equal(n, up ? seen : MANY - 1 - seen);
		assert_int_equal(value.len, n % 100);
		if (n % 7 != 0)
			store_delete(txn, TABLE_LEAVES, &own);
	}
	store_cursor_close(&cursor);
	assert_int_equal(seen, MANY);
	assert_int_equal(store_count(txn, TABLE_LEAVES), (MANY + 6) / 7);
	return store_check(txn, why);
}

static void no_row_is_left_out_when_rows_are_deleted(void **state)
{
	(void)state;
	for (int up = 0; up < 2; up++) {
		assert_true(store_write(store, fill_many, NULL, NULL));
		assert_true(store_write(store, delete_on_the_way, up ? dir : NULL, NULL));
		assert_true(store_write(store, fill_many, NULL, NULL));
		assert_true(store_write(store, delete_all, up ? dir : NULL, NULL));
		assert_true(store_write(store, fill_many, NULL, NULL));
		assert_true(store_write(store, delete_behind_its_back, NULL, NULL));
	}
}

/* Puts a row far behind and one far before for each row it comes to. */
static bool put_on_the_way(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key from = key_of_number(0);
	struct store_cursor *cursor;
	struct str key, value;
	uint64_t seen = 0;

	(void)ctx;
	assert_true(store_cursor_open(&cursor, txn, TABLE_LEAVES, NULL, &from));
	for (; store_cursor_next(cursor, &key, &value) && seen < MANY; seen++) {
		struct store_key more = key_of_number(1000000 + seen);

		assert_int_equal(get_be64(key.at), seen);
		store_put(txn, TABLE_LEAVES, &more, STR("new"));
		more = key_of_number(seen); /* and its own anew */
		store_put(txn, TABLE_LEAVES, &more, STR("a longer value than it had before"));
	}
	assert_int_equal(seen, MANY);
	assert_int_equal(get_be64(key.at), 1000000); /* the new ones are met */
	assert_true(str_equal(value, STR("new")));
	store_cursor_close(&cursor);
	assert_int_equal(store_count(txn, TABLE_LEAVES), 2 * MANY);
	return store_check(txn, why);
}

/* Steps, puts and deletes in an order drawn by lot, beside a plain array of what is there.
 * `at` is where the cursor stands, also when that row is gone: -1 and RANGE are the ends. */
enum { RANGE = 600, ACTS = 60000 };

static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static int neighbour(const bool *there, int at, int direction)
{
	do
		at += direction;
	while (at >= 0 && at < RANGE && !there[at]);
	return at < 0 ? -1 : at > RANGE ? RANGE : at;
}

static void change(struct store_txn *txn, bool *there, uint32_t *seed, int near)
{
	static const char value[1500];
	int row = draw(seed) % 2 ? near + (int)(draw(seed) % 5) - 2 : (int)(draw(seed) % RANGE);
	struct store_key key;

	if (row < 0 || row >= RANGE)
		return;
	key = key_of_number((uint64_t)row);
	there[row] = draw(seed) % 5 < 2;
	if (there[row])
		store_put(txn, TABLE_TREE, &key, (struct str){ value, draw(seed) % 1500 });
	else
		store_delete(txn, TABLE_TREE, &key);
}

static bool act_by_lot(struct store_txn *txn, void *ctx, struct fault *why)
{
	static bool there[RANGE];
	struct store_cursor *cursor;
	struct str key, value;
	uint32_t seed = 20261123;
	int at = -1;

	(void)ctx;
	assert_true(store_cursor_open(&cursor, txn, TABLE_TREE, NULL, NULL));
	assert_false(store_cursor_previous(cursor, &key, &value));
	for (int i = 0; i < ACTS; i++) {
		int direction = draw(&seed) % 2 ? 1 : -1;
		bool found;

		if (draw(&seed) % 3) {
			change(txn, there, &seed, at);
			continue;
		}
		at = neighbour(there, at, direction);
		found = (direction > 0 ? store_cursor_next : store_cursor_previous)(cursor, &key,
										    &value);
		assert_int_equal(found, at >= 0 && at < RANGE);
		if (found)
			assert_int_equal(get_be64(key.at), at);
	}
	store_cursor_close(&cursor);
	return store_check(txn, why);
}

static void a_cursor_keeps_its_place_whatever_changes(void **state)
{
	(void)state;
	assert_true(store_write(store, act_by_lot, NULL, NULL));
}

static void no_row_is_left_out_when_rows_are_put(void **state)
{
	(void)state;
	assert_true(store_write(store, fill_many, NULL, NULL));
	assert_true(store_write(store, put_on_the_way, NULL, NULL));
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(every_prefix_and_start_both_ways),
		test(the_same_in_a_write),
		test(a_cursor_can_turn_round),
		test(an_empty_table_has_no_rows),
		test(a_prefix_that_is_too_long_fails),
		test(a_failed_transaction_has_no_rows),
		test(no_row_is_left_out_when_rows_are_deleted),
		test(no_row_is_left_out_when_rows_are_put),
		test(a_cursor_keeps_its_place_whatever_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

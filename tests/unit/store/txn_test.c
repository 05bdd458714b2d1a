#include "scratch.h"

static char dir[SCRATCH_SIZE];
static struct store *store;

static int set_up(void **state)
{
	(void)state;
	scratch_make(dir);
	store = open_or_stop(dir, STORE_CREATE, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_close(&store);
	scratch_remove(dir);
	return 0;
}

static void assert_row(const char *key, const char *value)
{
	char found[64];

	assert_true(read_row(store, TABLE_DRAFTS, key, found, sizeof found));
	assert_string_equal(found, value);
}

static void assert_no_row(const char *key)
{
	char found[64];

	assert_false(read_row(store, TABLE_DRAFTS, key, found, sizeof found));
}

static bool put_and_get(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key a = key_of_text("a"), b = key_of_text("b");
	struct str value;

	(void)ctx, (void)why;
	assert_false(store_get(txn, TABLE_DRAFTS, &a, &value));
	assert_false(str_given(value));
	store_put(txn, TABLE_DRAFTS, &a, STR("one"));
	assert_true(store_get(txn, TABLE_DRAFTS, &a, &value));
	assert_true(str_equal(value, STR("one")));
	store_put(txn, TABLE_DRAFTS, &a, STR("two")); /* replaces */
	store_insert(txn, TABLE_DRAFTS, &b, STR_NONE);
	assert_int_equal(store_count(txn, TABLE_DRAFTS), 2);
	assert_int_equal(store_count(txn, TABLE_BOARD), 0);
	return true;
}

static void what_is_put_can_be_got(void **state)
{
	struct store_key b = key_of_text("b");
	struct store_txn *txn;
	struct str value;

	(void)state;
	assert_true(store_write(store, put_and_get, NULL, NULL));
	assert_row("a", "two");
	assert_true(store_read_begin(store, &txn, NULL));
	assert_true(store_get(txn, TABLE_DRAFTS, &b, &value));
	assert_true(str_given(value)); /* empty is not none */
	assert_int_equal(value.len, 0);
	assert_false(store_get(txn, TABLE_BOARD, &b, &value)); /* tables are apart */
	assert_true(store_check(txn, NULL));
	assert_int_equal(store_count(txn, TABLE_DRAFTS), 2);
	store_read_end(&txn);
	assert_null(txn);
	store_read_end(&txn);
}

static bool delete_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key key = key_of_text(ctx);
	struct str value;

	store_delete(txn, TABLE_DRAFTS, &key);
	assert_false(store_get(txn, TABLE_DRAFTS, &key, &value));
	return store_check(txn, why);
}

static void deleting_needs_no_row(void **state)
{
	char name[] = "a";

	(void)state;
	assert_true(put_row(store, TABLE_DRAFTS, "a", STR("x"), NULL));
	assert_true(put_row(store, TABLE_DRAFTS, "b", STR("y"), NULL));
	assert_true(store_write(store, delete_work, name, NULL));
	assert_no_row("a");
	assert_row("b", "y");
	assert_true(store_write(store, delete_work, name, NULL));
}

static bool insert_twice(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key key = key_of_text("a"), other = key_of_text("b");
	struct fault found = { .kind = NO_FAULT };
	struct str value;

	(void)ctx, (void)why;
	store_insert(txn, TABLE_DRAFTS, &key, STR("first"));
	store_insert(txn, TABLE_DRAFTS, &key, STR("again"));
	assert_false(store_check(txn, &found));
	assert_int_equal(found.kind, BROKEN);
	assert_non_null(strstr(found.says, "DRAFTS"));
	/* From now on nothing is done. */
	store_put(txn, TABLE_DRAFTS, &other, STR("x"));
	store_delete(txn, TABLE_DRAFTS, &other);
	assert_false(store_get(txn, TABLE_DRAFTS, &key, &value));
	assert_int_equal(store_count(txn, TABLE_DRAFTS), 0);
	return true; /* forgot to ask: store_write() has not */
}

static void the_first_failure_is_remembered(void **state)
{
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	assert_false(store_write(store, insert_twice, NULL, &why));
	assert_int_equal(why.kind, BROKEN);
	assert_non_null(strstr(why.says, "DRAFTS"));
	assert_no_row("a");
	assert_no_row("b");
}

static bool say_no(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key key = key_of_text("a");

	store_put(txn, TABLE_DRAFTS, &key, STR("x"));
	return ctx ? fail(why, STALE_PREVIOUS, "somebody was faster") : false;
}

static void a_no_undoes_all(void **state)
{
	struct fault why = { .kind = NO_FAULT };
	uint64_t version = store_version(store);

	(void)state;
	assert_false(store_write(store, say_no, &why, &why));
	assert_int_equal(why.kind, STALE_PREVIOUS);
	assert_string_equal(why.says, "somebody was faster");
	assert_no_row("a");
	assert_false(store_write(store, say_no, NULL, &why));
	assert_int_equal(why.kind, BROKEN); /* a no without a reason is a mistake of ours */
	assert_int_equal(store_version(store), version);
	assert_true(put_row(store, TABLE_DRAFTS, "a", STR("fine"), &why));
}

static struct store_key long_key(size_t len)
{
	static const char bytes[STORE_KEY_MAX + 1];
	struct store_key key = key_begin();

	key_add_bytes(&key, bytes, len);
	return key;
}

static void keys_have_a_length(void **state)
{
	struct row_to_put row = { TABLE_DRAFTS, long_key(STORE_KEY_MAX), STR("x") };
	struct fault why = { .kind = NO_FAULT };
	struct store_txn *txn;
	struct str value;

	(void)state;
	assert_true(store_write(store, put_work, &row, &why));
	assert_true(store_read_begin(store, &txn, NULL));
	assert_true(store_get(txn, TABLE_DRAFTS, &row.key, &value));
	store_read_end(&txn);

	row.key = long_key(STORE_KEY_MAX + 1);
	assert_false(store_write(store, put_work, &row, &why));
	assert_int_equal(why.kind, INVALID);
	assert_non_null(strstr(why.says, "511"));
	assert_true(store_read_begin(store, &txn, NULL));
	assert_false(store_get(txn, TABLE_DRAFTS, &row.key, &value));
	assert_false(store_check(txn, &why));
	assert_int_equal(why.kind, INVALID);
	store_read_end(&txn);

	row.key = key_begin();
	assert_false(store_write(store, put_work, &row, &why));
	assert_int_equal(why.kind, INVALID);
	/* A read that is used again has forgotten the failure. */
	assert_true(store_read_begin(store, &txn, NULL));
	assert_true(store_check(txn, NULL));
	store_read_end(&txn);
}

static void a_value_may_be_large(void **state)
{
	enum { SIZE = 8 * 1024 * 1024 };
	struct row_to_put row = { TABLE_FILES, key_of_text("large"), STR_NONE };
	char *bytes = malloc(SIZE);
	struct store_txn *txn;
	struct str value;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)(i * 31 >> 3);
	row.value = (struct str){ bytes, SIZE };
	assert_true(store_write(store, put_work, &row, NULL));
	assert_true(store_read_begin(store, &txn, NULL));
	assert_true(store_get(txn, TABLE_FILES, &row.key, &value));
	assert_true(str_equal(value, row.value));
	store_read_end(&txn);
	free(bytes);
}

static void a_value_without_end_is_too_large(void **state)
{
	struct row_to_put row = { TABLE_FILES, key_of_text("huge"), { "", SIZE_MAX } };
	struct fault why;

	(void)state;
	assert_false(store_write(store, put_work, &row, &why));
	assert_int_equal(why.kind, TOO_LARGE);
}

/* To replace a row LMDB takes the old one out first, and moves what came behind it: also
 * the value that is to be put. */
static bool replace_by_neighbour(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key a = key_of_text("a"), b = key_of_text("b");
	struct str value;

	(void)ctx;
	store_put(txn, TABLE_DRAFTS, &a, STR("short"));
	store_put(txn, TABLE_DRAFTS, &b, STR("a value that must stay whole"));
	assert_true(store_get(txn, TABLE_DRAFTS, &b, &value));
	store_put(txn, TABLE_DRAFTS, &a, value);
	return store_check(txn, why);
}

static void a_row_can_be_replaced_by_its_neighbour(void **state)
{
	(void)state;
	assert_true(store_write(store, replace_by_neighbour, NULL, NULL));
	assert_row("a", "a value that must stay whole");
	assert_row("b", "a value that must stay whole");
}

/* Values that come from pages which the puts split. */
static bool copy_within(struct store_txn *txn, void *ctx, struct fault *why)
{
	char name[8];

	(void)ctx;
	for (unsigned i = 1; i < 200; i++) {
		struct store_key from, to;
		struct str value;

		snprintf(name, sizeof name, "%03u", 500 - i);
		from = key_of_text(name);
		snprintf(name, sizeof name, "%03u", 499 - i);
		to = key_of_text(name);
		if (i == 1)
			store_put(txn, TABLE_DRAFTS, &from, STR("a value that must stay whole"));
		assert_true(store_get(txn, TABLE_DRAFTS, &from, &value));
		store_put(txn, TABLE_DRAFTS, &to, value);
	}
	return store_check(txn, why);
}

static void what_comes_from_the_store_can_go_back(void **state)
{
	(void)state;
	assert_true(store_write(store, copy_within, NULL, NULL));
	for (unsigned i = 300; i < 500; i++) {
		char name[8];

		snprintf(name, sizeof name, "%03u", i);
		assert_row(name, "a value that must stay whole");
	}
}

static void a_read_sees_one_moment(void **state)
{
	struct store_key key = key_of_text("a");
	struct store_txn *before, *second;
	struct str value;

	(void)state;
	assert_true(put_row(store, TABLE_DRAFTS, "a", STR("old"), NULL));
	store_close(&store);
	store = open_or_stop(dir, STORE_WRITER, NULL);
	assert_true(store_read_begin(store, &before, NULL));
	assert_true(store_read_begin(store, &second, NULL)); /* two at once are fine */
	store_read_end(&second);
	assert_true(store_get(before, TABLE_DRAFTS, &key, &value));
	assert_true(str_equal(value, STR("old")));
	store_read_end(&before);
	assert_true(put_row(store, TABLE_DRAFTS, "a", STR("new"), NULL));
	assert_row("a", "new");
}

static bool nothing(struct store_txn *txn, void *ctx, struct fault *why)
{
	(void)txn, (void)ctx, (void)why;
	return true;
}

static void the_version_counts_commits(void **state)
{
	uint64_t version = store_version(store);

	(void)state;
	assert_true(version > 0);
	assert_true(put_row(store, TABLE_DRAFTS, "a", STR("x"), NULL));
	assert_int_equal(store_version(store), version + 1);
	assert_true(store_write(store, nothing, NULL, NULL)); /* no change, no new version */
	assert_int_equal(store_version(store), version + 1);
	assert_true(put_row(store, TABLE_DRAFTS, "a", STR("y"), NULL));
	assert_int_equal(store_version(store), version + 2);
	store_close(&store);
	store = open_or_stop(dir, STORE_READER, NULL);
	assert_int_equal(store_version(store), version + 2);
}

static void a_transaction_has_the_version_that_it_sees(void **state)
{
	uint64_t version = store_version(store);
	struct store_txn *txn = NULL;

	(void)state;
	assert_true(store_read_begin(store, &txn, NULL));
	assert_int_equal(store_txn_version(txn), version);
	store_read_end(&txn);
	assert_true(put_row(store, TABLE_DRAFTS, "a", STR("x"), NULL));
	assert_true(store_read_begin(store, &txn, NULL));
	assert_int_equal(store_txn_version(txn), version + 1);
	store_read_end(&txn);
}

/* --- what stops the program ----------------------------------------------------- */

static struct store *create_inside(const char *folder)
{
	char inner[SCRATCH_SIZE];

	snprintf(inner, sizeof inner, "%.200s/inner", folder);
	return open_or_stop(inner, STORE_CREATE, NULL);
}

static int remove_inside(void **state)
{
	char inner[SCRATCH_SIZE];

	snprintf(inner, sizeof inner, "%.200s/inner", dir);
	scratch_remove(inner);
	return tear_down(state);
}

static void write_while_reading(const char *folder, int from, int to)
{
	struct store *own = create_inside(folder);
	struct store_txn *txn;

	(void)from, (void)to;
	must(store_read_begin(own, &txn, NULL));
	store_write(own, nothing, NULL, NULL);
	_exit(0);
}

static bool write_again(struct store_txn *txn, void *ctx, struct fault *why)
{
	(void)txn;
	return store_write(ctx, nothing, NULL, why);
}

static void write_while_writing(const char *folder, int from, int to)
{
	struct store *own = create_inside(folder);

	(void)from, (void)to;
	store_write(own, write_again, own, NULL);
}

static void put_while_reading(const char *folder, int from, int to)
{
	struct store_key key = key_of_text("a");
	struct store *own = create_inside(folder);
	struct store_txn *txn;

	(void)from, (void)to;
	must(store_read_begin(own, &txn, NULL));
	store_put(txn, TABLE_DRAFTS, &key, STR("x"));
}

static void close_while_reading(const char *folder, int from, int to)
{
	struct store *own = create_inside(folder);
	struct store_txn *txn;

	(void)from, (void)to;
	must(store_read_begin(own, &txn, NULL));
	store_close(&own);
}

static bool forget_cursor(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_cursor *cursor;

	(void)ctx, (void)why;
	return store_cursor_open(&cursor, txn, TABLE_DRAFTS, NULL, NULL);
}

static void leave_a_cursor(const char *folder, int from, int to)
{
	(void)from, (void)to;
	store_write(create_inside(folder), forget_cursor, NULL, NULL);
}

static void writing_while_reading_stops(void **state)
{
	(void)state;
	assert_true(child_stops(write_while_reading, dir));
}

static void writing_inside_a_write_stops(void **state)
{
	(void)state;
	assert_true(child_stops(write_while_writing, dir));
}

static void putting_in_a_read_stops(void **state)
{
	(void)state;
	assert_true(child_stops(put_while_reading, dir));
}

static void closing_with_a_read_open_stops(void **state)
{
	(void)state;
	assert_true(child_stops(close_while_reading, dir));
}

static void a_forgotten_cursor_stops(void **state)
{
	(void)state;
	assert_true(child_stops(leave_a_cursor, dir));
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define stop(name) cmocka_unit_test_setup_teardown(name, set_up, remove_inside)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_is_put_can_be_got),
		test(deleting_needs_no_row),
		test(the_first_failure_is_remembered),
		test(a_no_undoes_all),
		test(keys_have_a_length),
		test(a_value_may_be_large),
		test(a_value_without_end_is_too_large),
		test(a_row_can_be_replaced_by_its_neighbour),
		test(what_comes_from_the_store_can_go_back),
		test(a_read_sees_one_moment),
		test(the_version_counts_commits),
		test(a_transaction_has_the_version_that_it_sees),
		stop(writing_while_reading_stops),
		stop(writing_inside_a_write_stops),
		stop(putting_in_a_read_stops),
		stop(closing_with_a_read_open_stops),
		stop(a_forgotten_cursor_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

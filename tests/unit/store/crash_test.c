#include "scratch.h"

/*
 * Processes that end with kill -9: what was acknowledged is there, what was not is
 * there whole or not at all, and what dead readers held is given back.
 */

static char dir[SCRATCH_SIZE];

static int set_up(void **state)
{
	(void)state;
	scratch_make(dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(dir);
	return 0;
}

static void create(const struct store_options *options)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, options);

	store_close(&store);
}

/* --- writers --------------------------------------------------------------------- */

/* Two rows a number, in two tables: both are there, or neither. */
static bool add_number(struct store_txn *txn, void *ctx, struct fault *why)
{
	uint64_t n = store_count(txn, TABLE_JOURNAL);
	struct store_key key = key_of_number(n);

	(void)ctx;
	store_insert(txn, TABLE_JOURNAL, &key, STR("journal"));
	store_insert(txn, TABLE_AUDIT, &key, STR("audit"));
	return store_check(txn, why);
}

static uint64_t numbers(struct store *store)
{
	struct store_txn *txn;
	struct str value;
	uint64_t count;

	assert_true(store_read_begin(store, &txn, NULL));
	count = store_count(txn, TABLE_JOURNAL);
	assert_int_equal(store_count(txn, TABLE_AUDIT), count);
	for (uint64_t n = 0; n < count; n++) {
		struct store_key key = key_of_number(n);

		assert_true(store_get(txn, TABLE_JOURNAL, &key, &value));
		assert_true(store_get(txn, TABLE_AUDIT, &key, &value));
	}
	store_read_end(&txn);
	return count;
}

static void write_on_and_on(const char *folder, int from, int to)
{
	struct store *store = open_or_stop(folder, STORE_WRITER, NULL);

	(void)from;
	for (;;) {
		must(store_write(store, add_number, NULL, NULL));
		tell(to, 'a');
	}
}

static void what_was_acknowledged_is_there(void **state)
{
	uint64_t before = 0, acknowledged;

	(void)state;
	create(NULL);
	for (unsigned round = 1; round <= 12; round++) {
		struct child child = child_start(write_on_and_on, dir);
		struct store *store;

		for (acknowledged = 0; acknowledged < round * 3; acknowledged++)
			assert_int_equal(hear(child.from), 'a');
		kill(child.pid, SIGKILL);
		while (hear(child.from) == 'a') /* what it still said before it died */
			acknowledged++;
		child_kill(&child);
		store = open_or_stop(dir, STORE_WRITER, NULL);
		assert_in_range(numbers(store), before + acknowledged, before + acknowledged + 1);
		before = numbers(store);
		store_close(&store);
	}
}

static int told;

static bool add_and_wait(struct store_txn *txn, void *ctx, struct fault *why)
{
	must(add_number(txn, ctx, why));
	tell(told, 'i');
	for (;;)
		pause();
}

static void stop_inside(const char *folder, int from, int to)
{
	struct store *store;

	must(hear(from) == 'g');
	store = open_or_stop(folder, STORE_WRITER, NULL);
	told = to;
	store_write(store, add_and_wait, NULL, NULL);
}

static void write_after_another(const char *folder, int from, int to)
{
	struct store *store;

	(void)to;
	must(hear(from) == 'g');
	store = open_or_stop(folder, STORE_WRITER, NULL);
	must(store_write(store, add_number, NULL, NULL));
	store_close(&store);
}

/* While this process holds the store open, so that the locks are not simply made anew. */
static void a_writer_killed_inside_leaves_nothing(void **state)
{
	struct child victim, next;
	struct store *store;

	(void)state;
	create(NULL);
	victim = child_start(stop_inside, dir);
	next = child_start(write_after_another, dir);
	store = open_or_stop(dir, STORE_READER, NULL);
	tell(victim.to, 'g');
	assert_int_equal(hear(victim.from), 'i');
	assert_int_equal(numbers(store), 0); /* readers go on meanwhile */
	child_kill(&victim);
	assert_int_equal(numbers(store), 0);
	tell(next.to, 'g');
	assert_child_fine(&next);
	assert_int_equal(numbers(store), 1);
	store_close(&store);
}

/* --- readers ------------------------------------------------------------------------ */

static void read_and_wait(const char *folder, int from, int to)
{
	struct store *store;
	struct store_txn *txn;

	must(hear(from) == 'g');
	store = open_or_stop(folder, STORE_READER, NULL);
	must(store_read_begin(store, &txn, NULL));
	tell(to, 'i');
	for (;;)
		pause();
}

static void dead_readers_are_cleared(void **state)
{
	struct child readers[3];
	struct store *store;

	(void)state;
	create(NULL);
	for (int i = 0; i < 3; i++)
		readers[i] = child_start(read_and_wait, dir);
	store = open_or_stop(dir, STORE_WRITER, NULL);
	for (int i = 0; i < 3; i++) {
		tell(readers[i].to, 'g');
		assert_int_equal(hear(readers[i].from), 'i');
	}
	assert_int_equal(store_clear_stale_readers(store), 0);
	child_kill(&readers[0]);
	child_kill(&readers[1]);
	assert_int_equal(store_clear_stale_readers(store), 2);
	assert_int_equal(store_clear_stale_readers(store), 0);
	child_kill(&readers[2]);
	assert_int_equal(store_clear_stale_readers(store), 1);
	store_close(&store);
}

/* A store that a dead reader keeps from using its pages again gets them back instead of
 * growing: here it cannot grow. */
static void a_dead_reader_does_not_fill_the_store(void **state)
{
	static const struct store_options small = { .map_size = 1 << 20, .map_max = 1 << 20 };
	static const char value[20000];
	struct fault why = { .kind = NO_FAULT };
	struct child reader;
	struct store *store;

	(void)state;
	create(&small);
	reader = child_start(read_and_wait, dir);
	store = open_or_stop(dir, STORE_WRITER, &small);
	tell(reader.to, 'g');
	assert_int_equal(hear(reader.from), 'i');
	for (int i = 0; i < 20; i++)
		assert_true(put_row(store, TABLE_META, "big", (struct str){ value, sizeof value },
				    &why));
	child_kill(&reader);
	for (int i = 0; i < 300; i++)
		assert_true(put_row(store, TABLE_META, "big", (struct str){ value, sizeof value },
				    &why));
	store_close(&store);
}

static void a_living_reader_does(void **state)
{
	static const struct store_options small = { .map_size = 1 << 20, .map_max = 1 << 20 };
	static const char value[20000];
	struct str big = { value, sizeof value };
	struct fault why = { .kind = NO_FAULT };
	struct child reader;
	struct store *store;
	int writes = 0;

	(void)state;
	create(&small);
	reader = child_start(read_and_wait, dir);
	store = open_or_stop(dir, STORE_WRITER, &small);
	tell(reader.to, 'g');
	assert_int_equal(hear(reader.from), 'i');
	while (writes < 300 && put_row(store, TABLE_META, "big", big, &why))
		writes++;
	assert_in_range(writes, 10, 200);
	assert_int_equal(why.kind, BUSY);
	child_kill(&reader);
	assert_true(put_row(store, TABLE_META, "big", big, &why));
	store_close(&store);
}

static void there_may_be_too_many_readers(void **state)
{
	static const struct store_options few = { .reader_slots = 2 };
	struct store *store = open_or_stop(dir, STORE_CREATE, &few);
	struct fault why = { .kind = NO_FAULT };
	struct store_txn *a, *b, *c;

	(void)state;
	assert_true(store_read_begin(store, &a, &why));
	assert_true(store_read_begin(store, &b, &why));
	assert_false(store_read_begin(store, &c, &why));
	assert_null(c);
	assert_int_equal(why.kind, BUSY);
	assert_non_null(strstr(why.says, "too many"));
	store_read_end(&a);
	assert_true(store_read_begin(store, &c, &why)); /* uses a's slot again */
	store_read_end(&b);
	store_read_end(&c);
	for (int i = 0; i < 1000; i++) { /* and no slot is lost */
		assert_true(store_read_begin(store, &a, &why));
		store_read_end(&a);
	}
	store_close(&store);
}

static void a_dead_readers_slot_is_taken(void **state)
{
	static const struct store_options one = { .reader_slots = 1 };
	struct child reader;
	struct store *store;
	struct store_txn *txn;
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	create(&one);
	reader = child_start(read_and_wait, dir);
	store = open_or_stop(dir, STORE_WRITER, &one);
	tell(reader.to, 'g');
	assert_int_equal(hear(reader.from), 'i');
	assert_false(store_read_begin(store, &txn, &why));
	assert_int_equal(why.kind, BUSY);
	child_kill(&reader);
	assert_true(store_read_begin(store, &txn, &why)); /* without being told to look */
	store_read_end(&txn);
	store_close(&store);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_was_acknowledged_is_there), test(a_writer_killed_inside_leaves_nothing),
		test(dead_readers_are_cleared),	      test(a_dead_reader_does_not_fill_the_store),
		test(a_living_reader_does),	      test(there_may_be_too_many_readers),
		test(a_dead_readers_slot_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

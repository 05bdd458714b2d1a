#include "scratch.h"

#include <errno.h>
#include <pthread.h>

/* Copies that are taken while another process writes, and stores at rest. */

enum { VALUE_SIZE = 4000, ROWS_A_WRITE = 5, COPIES = 12 };

static char dir[SCRATCH_SIZE], to[SCRATCH_SIZE];
static struct fault why;

static int set_up(void **state)
{
	(void)state;
	scratch_make(dir);
	scratch_make(to);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(dir);
	scratch_remove(to);
	return 0;
}

static uint64_t counter(struct store_txn *txn)
{
	struct store_key key = key_of_text("rows");
	struct str value;

	return store_get(txn, TABLE_META, &key, &value) ? get_be64(value.at) : 0;
}

/* So many rows as META says, in one transaction. */
static bool add_rows(struct store_txn *txn, void *ctx, struct fault *fault)
{
	struct store_key key = key_of_text("rows");
	uint64_t n = counter(txn);
	char value[VALUE_SIZE], bytes[8];

	(void)ctx;
	memset(value, 'x', sizeof value);
	for (int i = 0; i < ROWS_A_WRITE; i++) {
		struct store_key own = key_of_number(n++);

		store_insert(txn, TABLE_LEAVES, &own, (struct str){ value, sizeof value });
	}
	put_be64(bytes, n);
	store_put(txn, TABLE_META, &key, (struct str){ bytes, sizeof bytes });
	return store_check(txn, fault);
}

/* Writes until its parent closes the pipe; the map is small, and grows. */
static void keep_writing(const char *folder, int from, int up)
{
	struct store_options options = { .map_size = 1 << 20 };
	struct store *store = open_or_stop(folder, STORE_CREATE, &options);

	must(fcntl(from, F_SETFL, O_NONBLOCK) == 0);
	must(store_write(store, add_rows, NULL, NULL));
	tell(up, 'r');
	for (;;) {
		char what;
		ssize_t got = read(from, &what, 1);

		if (got == 0)
			break;
		must(got > 0 || errno == EAGAIN);
		must(store_write(store, add_rows, NULL, NULL));
	}
	store_close(&store);
}

/* The copy's rows, which are those of one moment. */
static uint64_t check_copy(void)
{
	struct store *store = open_or_stop(to, STORE_AT_REST, NULL);
	struct store_txn *txn;
	uint64_t rows;

	must(store_read_begin(store, &txn, NULL));
	rows = counter(txn);
	assert_int_equal(store_count(txn, TABLE_LEAVES), rows);
	for (uint64_t n = 0; n < rows; n++) {
		struct store_key key = key_of_number(n);
		struct str value;

		assert_true(store_get(txn, TABLE_LEAVES, &key, &value));
		assert_int_equal(value.len, VALUE_SIZE);
	}
	store_read_end(&txn);
	store_close(&store);
	return rows;
}

static void copy_to_file(struct store *store)
{
	char path[SCRATCH_SIZE + 32];
	int fd = open(scratch_path(path, to, "data.mdb"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(store_copy(store, fd, &why));
	close(fd);
}

static void a_copy_that_is_taken_while_another_process_writes_is_of_one_moment(void **state)
{
	struct child child = child_start(keep_writing, dir);
	uint64_t last = 0, rows = 0;
	struct store *store;

	(void)state;
	assert_int_equal(hear(child.from), 'r');
	store = open_or_stop(dir, STORE_READER, NULL);
	/* Until it has grown beyond its first map, too. */
	for (int i = 0; i < COPIES || rows * VALUE_SIZE <= 1 << 20; i++) {
		copy_to_file(store);
		rows = check_copy();
		assert_true(rows >= last && rows > 0);
		last = rows;
	}
	store_close(&store);
	assert_child_fine(&child);
}

/* Writes when it is told to, and says so. */
static void write_when_told(const char *folder, int from, int up)
{
	struct store *store = open_or_stop(folder, STORE_WRITER, NULL);

	while (hear(from) == 'w') {
		must(store_write(store, add_rows, NULL, NULL));
		tell(up, 'd');
	}
	store_close(&store);
}

struct copying {
	struct store *store;
	int to;
	bool ok;
};

static void *copy_in_thread(void *ctx)
{
	struct copying *copying = ctx;

	copying->ok = store_copy(copying->store, copying->to, NULL);
	close(copying->to);
	return NULL;
}

static void no_writer_waits_for_whoever_takes_the_copy_slowly(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);
	struct copying copying;
	struct child child;
	char piece[4096];
	size_t size = 0;
	ssize_t got;
	pthread_t thread;
	int ends[2];

	(void)state;
	for (int i = 0; i < 40; i++) /* much more than a pipe holds */
		assert_true(store_write(store, add_rows, NULL, &why));
	store_close(&store);
	child = child_start(write_when_told, dir);
	tell(child.to, 'w');
	assert_int_equal(hear(child.from), 'd');
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	copying.store = store = open_or_stop(dir, STORE_READER, NULL);
	copying.to = ends[1];
	assert_int_equal(pthread_create(&thread, NULL, copy_in_thread, &copying), 0);
	got = read(ends[0], piece, sizeof piece); /* it has begun, and nobody reads on */
	assert_true(got > 0);
	for (int i = 0; i < 3; i++) {
		tell(child.to, 'w');
		assert_int_equal(hear(child.from), 'd');
	}
	for (; got > 0; got = read(ends[0], piece, sizeof piece))
		size += (size_t)got;
	close(ends[0]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(copying.ok && size > 40 * ROWS_A_WRITE * VALUE_SIZE);
	store_close(&store);
	assert_child_fine(&child);
}

static void a_copy_goes_on_counting_where_its_store_was(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL), *copy;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_true(store_write(store, add_rows, NULL, &why));
	copy_to_file(store);
	copy = open_or_stop(to, STORE_AT_REST, NULL);
	assert_int_equal(store_version(copy), store_version(store));
	store_close(&copy);
	store_close(&store);
}

static void a_copy_to_a_full_disk_is_told_and_the_store_goes_on(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);
	int full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(full >= 0);
	assert_false(store_copy(store, full, &why));
	assert_int_equal(why.kind, DISK_FULL);
	close(full);
	assert_true(store_write(store, add_rows, NULL, &why));
	store_close(&store);
}

static bool is_there(const char *name)
{
	char path[SCRATCH_SIZE + 32];

	return access(scratch_path(path, to, name), F_OK) == 0;
}

static void a_store_at_rest_is_only_read_and_nothing_is_left_beside_it(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);
	char value[16];

	(void)state;
	assert_true(put_row(store, TABLE_META, "a", STR("b"), &why));
	copy_to_file(store);
	store_close(&store);
	assert_int_equal(chmod(to, 0500), 0);
	store = open_or_stop(to, STORE_AT_REST, NULL);
	assert_true(read_row(store, TABLE_META, "a", value, sizeof value));
	assert_string_equal(value, "b");
	assert_false(put_row(store, TABLE_META, "a", STR("c"), &why));
	assert_int_equal(why.kind, BROKEN);
	assert_false(is_there("lock.mdb") || is_there("writer.lock"));
	store_close(&store);
	assert_int_equal(chmod(to, 0700), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_copy_that_is_taken_while_another_process_writes_is_of_one_moment),
		TEST(no_writer_waits_for_whoever_takes_the_copy_slowly),
		TEST(a_copy_goes_on_counting_where_its_store_was),
		TEST(a_copy_to_a_full_disk_is_told_and_the_store_goes_on),
		TEST(a_store_at_rest_is_only_read_and_nothing_is_left_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

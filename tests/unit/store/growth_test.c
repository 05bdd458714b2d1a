#include "scratch.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>

/*
 * Growth. A row's value is made from its number, and META tells in the same
 * transaction how many rows there are: whoever reads can check that all it sees
 * belongs together, however the map moves meanwhile.
 */

enum { VALUE_SIZE = 6000, ROWS_A_WRITE = 25 };

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

static size_t size_of_data(void)
{
	char path[SCRATCH_SIZE + 32];
	struct stat now;

	assert_int_equal(stat(scratch_path(path, dir, "data.mdb"), &now), 0);
	return (size_t)now.st_size;
}

static void make_value(char out[VALUE_SIZE], uint64_t n)
{
	memset(out, (int)('a' + n % 26), VALUE_SIZE);
	put_be64(out, n);
}

static uint64_t counter(struct store_txn *txn)
{
	struct store_key key = key_of_text("rows");
	struct str value;

	return store_get(txn, TABLE_META, &key, &value) ? get_be64(value.at) : 0;
}

struct batch {
	unsigned runs; /* of the work, also those that were undone */
};

static bool add_rows(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct batch *batch = ctx;
	struct store_key key = key_of_text("rows");
	uint64_t n = counter(txn);
	char value[VALUE_SIZE], bytes[8];

	batch->runs++;
	for (int i = 0; i < ROWS_A_WRITE; i++) {
		struct store_key own = key_of_number(n);

		make_value(value, n++);
		store_insert(txn, TABLE_LEAVES, &own, (struct str){ value, sizeof value });
	}
	put_be64(bytes, n);
	store_put(txn, TABLE_META, &key, (struct str){ bytes, sizeof bytes });
	return store_check(txn, why);
}

/* All rows, and that they are those of one moment. Their number. */
static uint64_t read_rows(struct store *store)
{
	struct store_cursor *cursor;
	struct store_txn *txn;
	struct str key, value;
	char expected[VALUE_SIZE];
	uint64_t seen = 0, count;

	must(store_read_begin(store, &txn, NULL));
	must(store_cursor_open(&cursor, txn, TABLE_LEAVES, NULL, NULL));
	for (; store_cursor_next(cursor, &key, &value); seen++) {
		must(key.len == 8 && get_be64(key.at) == seen);
		make_value(expected, seen);
		must(str_equal(value, (struct str){ expected, sizeof expected }));
	}
	store_cursor_close(&cursor);
	count = counter(txn);
	must(store_check(txn, NULL) && seen == count && store_count(txn, TABLE_LEAVES) == count);
	store_read_end(&txn);
	return seen;
}

static const struct store_options tiny = { .map_size = 64 * 1024 };

static void grows_from_a_tiny_map(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, &tiny);
	struct batch batch = { 0 };
	enum { WRITES = 30 };

	(void)state;
	for (unsigned i = 1; i <= WRITES; i++) {
		uint64_t version = store_version(store);

		assert_true(store_write(store, add_rows, &batch, NULL));
		assert_int_equal(store_version(store), version + 1);
		assert_int_equal(read_rows(store), i * ROWS_A_WRITE);
	}
	assert_true(batch.runs > WRITES); /* some were undone and done again */
	store_close(&store);
	/* Later openers find room: the size is in the file. */
	store = open_or_stop(dir, STORE_WRITER, &tiny);
	batch.runs = 0;
	assert_int_equal(read_rows(store), WRITES * ROWS_A_WRITE);
	assert_true(store_write(store, add_rows, &batch, NULL));
	assert_int_equal(batch.runs, 1);
	store_close(&store);
}

/* Whatever the size, and so also where the commit itself is what no longer fits. */
static void any_size_fits(void **state)
{
	static char value[64 * 4096];
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	for (size_t size = 1; size <= sizeof value; size += 2048) {
		struct store *store = open_or_stop(dir, STORE_CREATE, &tiny);

		assert_true(put_row(store, TABLE_FILES, "a", (struct str){ value, size }, &why));
		assert_true(
			put_row(store, TABLE_FILES, "a", (struct str){ value, size / 2 }, &why));
		assert_true(put_row(store, TABLE_FILES, "b", (struct str){ value, size }, &why));
		store_close(&store);
		tear_down(NULL);
		set_up(NULL);
	}
}

struct readers {
	struct store *store;
	_Atomic bool stop;
	_Atomic unsigned rounds;
};

static void *read_on_and_on(void *ctx)
{
	struct readers *readers = ctx;
	uint64_t before = 0, version = 0;

	while (!atomic_load(&readers->stop)) {
		uint64_t rows = read_rows(readers->store), now = store_version(readers->store);

		must(rows >= before && now >= version);
		before = rows;
		version = now;
		atomic_fetch_add(&readers->rounds, 1);
	}
	return NULL;
}

static void read_in_threads(struct readers *readers, pthread_t *threads, size_t count)
{
	for (size_t i = 0; i < count; i++)
		must(pthread_create(&threads[i], NULL, read_on_and_on, readers) == 0);
}

static void join(struct readers *readers, pthread_t *threads, size_t count)
{
	atomic_store(&readers->stop, true);
	for (size_t i = 0; i < count; i++)
		must(pthread_join(threads[i], NULL) == 0);
}

/* Another process, which opened the store when it was small, with threads of its own. */
static void read_elsewhere(const char *folder, int from, int to)
{
	enum { THREADS = 3 };
	pthread_t threads[THREADS];
	struct readers readers = { .store = NULL };

	must(hear(from) == 'o');
	readers.store = open_or_stop(folder, STORE_READER, NULL);
	must(read_rows(readers.store) == 0);
	tell(to, 'r');
	read_in_threads(&readers, threads, THREADS);
	must(hear(from) == 's');
	join(&readers, threads, THREADS);
	must(read_rows(readers.store) == 100 * ROWS_A_WRITE);
	must(atomic_load(&readers.rounds) > THREADS);
	store_close(&readers.store);
}

static void grows_while_others_read(void **state)
{
	enum { WRITES = 100, THREADS = 3 };
	struct child child = child_start(read_elsewhere, dir);
	struct readers readers = { .store = open_or_stop(dir, STORE_CREATE, &tiny) };
	struct batch batch = { 0 };
	pthread_t threads[THREADS];

	(void)state;
	tell(child.to, 'o');
	assert_int_equal(hear(child.from), 'r');
	read_in_threads(&readers, threads, THREADS);
	for (int i = 0; i < WRITES; i++)
		assert_true(store_write(readers.store, add_rows, &batch, NULL));
	join(&readers, threads, THREADS);
	tell(child.to, 's');
	assert_child_fine(&child);
	assert_int_equal(read_rows(readers.store), WRITES * ROWS_A_WRITE);
	assert_true(batch.runs > WRITES);
	assert_true(atomic_load(&readers.rounds) > THREADS);
	assert_true(size_of_data() > 14 * 1024 * 1024);
	store_close(&readers.store);
}

struct writers {
	struct store *store;
	struct batch batches[4];
	_Atomic unsigned next;
};

static void *write_some(void *ctx)
{
	struct writers *writers = ctx;
	struct batch *batch = &writers->batches[atomic_fetch_add(&writers->next, 1)];

	for (int i = 0; i < 10; i++)
		must(store_write(writers->store, add_rows, batch, NULL));
	return NULL;
}

static void writers_take_turns(void **state)
{
	struct writers writers = { .store = open_or_stop(dir, STORE_CREATE, &tiny) };
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		must(pthread_create(&threads[i], NULL, write_some, &writers) == 0);
	for (int i = 0; i < 4; i++)
		must(pthread_join(threads[i], NULL) == 0);
	assert_int_equal(read_rows(writers.store), 40 * ROWS_A_WRITE);
	store_close(&writers.store);
}

static void the_largest_map_is_an_end(void **state)
{
	static const struct store_options small = { .map_size = 64 * 1024, .map_max = 1 << 20 };
	struct store *store = open_or_stop(dir, STORE_CREATE, &small);
	struct fault why = { .kind = NO_FAULT };
	struct batch batch = { 0 };
	unsigned writes = 0;
	uint64_t version;

	(void)state;
	while (store_write(store, add_rows, &batch, &why))
		writes++;
	assert_int_equal(why.kind, BUSY);
	assert_non_null(strstr(why.says, "largest size, 1 MiB"));
	assert_true(writes >= 3);
	assert_int_equal(read_rows(store), writes * ROWS_A_WRITE);
	version = store_version(store);
	assert_false(store_write(store, add_rows, &batch, NULL));
	assert_int_equal(store_version(store), version);
	assert_true(put_row(store, TABLE_META, "small", STR("still fits"), &why));
	store_close(&store);
	store = open_or_stop(dir, STORE_WRITER, NULL); /* with a larger end it goes on */
	assert_true(store_write(store, add_rows, &batch, NULL));
	assert_int_equal(read_rows(store), (writes + 1) * ROWS_A_WRITE);
	store_close(&store);
}

/* A write that fails in the middle for another reason is not repeated. */
static bool refuse_after_rows(struct store_txn *txn, void *ctx, struct fault *why)
{
	return add_rows(txn, ctx, why) && fail(why, CONFLICT, "no");
}

static void a_no_is_heard_after_growing(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, &tiny);
	struct batch batch = { 0 };
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	assert_false(store_write(store, refuse_after_rows, &batch, &why));
	assert_int_equal(why.kind, CONFLICT);
	assert_true(batch.runs > 1); /* it did not fit at first */
	assert_int_equal(read_rows(store), 0);
	store_close(&store);
}

/* --- a full disk ---------------------------------------------------------------------- */

enum { DISK = 4 * 1024 * 1024 };

static void say_to(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY);

	must(fd >= 0 && write(fd, what, strlen(what)) == (ssize_t)strlen(what));
	close(fd);
}

/* Who is not root may mount in a user namespace (user_namespaces(7)), as its root. */
static void become_root_inside(void)
{
	char user[64], group[64];

	snprintf(user, sizeof user, "0 %u 1", (unsigned)geteuid());
	snprintf(group, sizeof group, "0 %u 1", (unsigned)getegid());
	must(unshare(CLONE_NEWUSER) == 0);
	say_to("/proc/self/setgroups", "deny");
	say_to("/proc/self/uid_map", user);
	say_to("/proc/self/gid_map", group);
}

/* In a namespace of its own, so that nobody else sees it. */
static void mount_small_disk(const char *folder)
{
	if (geteuid() != 0)
		become_root_inside();
	must(unshare(CLONE_NEWNS) == 0);
	must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	must(mount("none", folder, "tmpfs", 0, "size=4m") == 0);
}

static void fill_disk(const char *folder, size_t leave)
{
	static const char zeroes[4096];
	char path[SCRATCH_SIZE + 32];
	int fd = open(scratch_path(path, folder, "filler"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	must(fd >= 0);
	for (size_t written = 0; written < DISK - leave; written += sizeof zeroes)
		must(write(fd, zeroes, sizeof zeroes) == sizeof zeroes);
	close(fd);
}

static void write_to_a_small_disk(const char *folder, int from, int to)
{
	char path[SCRATCH_SIZE + 32];
	struct fault why = { .kind = NO_FAULT };
	struct batch batch = { 0 };
	struct store *store;
	uint64_t rows, version;

	(void)from, (void)to;
	mount_small_disk(folder);
	fill_disk(folder, 1 << 20);
	store = open_or_stop(folder, STORE_CREATE, NULL);
	while (store_write(store, add_rows, &batch, &why))
		;
	must(why.kind == DISK_FULL && strstr(why.says, "disk of the store is full"));
	rows = read_rows(store);
	must(rows > 0);
	version = store_version(store);
	for (int i = 0; i < 3; i++) { /* and nothing has been half written */
		must(!store_write(store, add_rows, &batch, &why) && why.kind == DISK_FULL);
		must(read_rows(store) == rows && store_version(store) == version);
	}
	must(unlink(scratch_path(path, folder, "filler")) == 0);
	must(store_write(store, add_rows, &batch, &why));
	must(read_rows(store) == rows + ROWS_A_WRITE);
	store_close(&store);
	store = open_or_stop(folder, STORE_WRITER, NULL);
	must(read_rows(store) == rows + ROWS_A_WRITE);
	store_close(&store);
	must(umount2(folder, MNT_DETACH) == 0);
}

static void a_full_disk_loses_nothing(void **state)
{
	struct child child = child_start(write_to_a_small_disk, dir);

	(void)state;
	assert_child_fine(&child);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(grows_from_a_tiny_map),	 test(any_size_fits),
		test(grows_while_others_read),	 test(writers_take_turns),
		test(the_largest_map_is_an_end), test(a_no_is_heard_after_growing),
		test(a_full_disk_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

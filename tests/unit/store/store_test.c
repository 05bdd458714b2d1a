#include "scratch.h"

#include <grp.h>
#include <lmdb.h>

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

static mode_t mode_of(const char *name)
{
	char path[SCRATCH_SIZE + 32];
	struct stat now;

	assert_int_equal(stat(scratch_path(path, dir, name), &now), 0);
	return now.st_mode & 07777;
}

static void refused(enum store_mode mode, enum fault_kind kind, const char *words)
{
	struct store *store = (struct store *)dir; /* must come back as NULL */
	struct fault why = { .kind = NO_FAULT };

	assert_false(store_open(&store, dir, mode, NULL, &why));
	assert_null(store);
	if (!strstr(why.says, words))
		print_error("\"%s\" does not say \"%s\"\n", why.says, words);
	assert_non_null(strstr(why.says, words));
	assert_string_equal(fault_code(why.kind), fault_code(kind));
}

static void is_created_once(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);
	char value[16];

	(void)state;
	assert_true(put_row(store, TABLE_META, "site", STR("press.example"), NULL));
	store_close(&store);
	assert_null(store);
	store_close(&store); /* closing nothing is fine */
	refused(STORE_CREATE, CONFLICT, "already");

	store = open_or_stop(dir, STORE_WRITER, NULL);
	assert_true(read_row(store, TABLE_META, "site", value, sizeof value));
	assert_string_equal(value, "press.example");
	store_close(&store);
}

static void makes_its_folder(void **state)
{
	char inner[SCRATCH_SIZE];
	struct store *store;

	(void)state;
	snprintf(inner, sizeof inner, "%.200s/inner", dir);
	store = open_or_stop(inner, STORE_CREATE, NULL);
	store_close(&store);
	scratch_remove(inner);
	snprintf(inner, sizeof inner, "%.200s/none/inner", dir);
	assert_false(store_open(&store, inner, STORE_CREATE, NULL, NULL));
}

static void modes_do_not_depend_on_the_umask(void **state)
{
	static const mode_t masks[] = { 0, 022, 077, 0777 & ~0600u };
	struct store *store;
	mode_t before = umask(0);

	(void)state;
	for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
		umask(masks[i]);
		store = open_or_stop(dir, i ? STORE_WRITER : STORE_CREATE, NULL);
		assert_int_equal(mode_of("data.mdb"), 0640);
		assert_int_equal(mode_of("lock.mdb"), 0660);
		store_close(&store);
	}
	umask(077);
	tear_down(NULL);
	set_up(NULL);
	store = open_or_stop(dir, STORE_CREATE, NULL);
	assert_int_equal(mode_of("data.mdb"), 0640);
	assert_int_equal(mode_of("lock.mdb"), 0660);
	store_close(&store);
	umask(before);
}

static void a_missing_store_says_where(void **state)
{
	char keep[SCRATCH_SIZE], path[SCRATCH_SIZE + 32];
	struct store *store;

	(void)state;
	refused(STORE_WRITER, NOT_FOUND, "there is no store in");
	refused(STORE_READER, NOT_FOUND, "there is no store in");
	assert_int_equal(access(scratch_path(path, dir, "data.mdb"), F_OK), -1);

	memcpy(keep, dir, sizeof keep);
	snprintf(dir, sizeof dir, "/nowhere/at/all");
	refused(STORE_WRITER, NOT_FOUND, "/nowhere/at/all");
	refused(STORE_READER, NOT_FOUND, "/nowhere/at/all");
	memcpy(dir, keep, sizeof dir);

	store = open_or_stop(dir, STORE_CREATE, NULL);
	store_close(&store);
	assert_int_equal(unlink(scratch_path(path, dir, "lock.mdb")), 0);
	refused(STORE_READER, BROKEN, "lock.mdb is missing");
	store = open_or_stop(dir, STORE_WRITER, NULL); /* makes it again */
	store_close(&store);
	store = open_or_stop(dir, STORE_READER, NULL);
	store_close(&store);
}

static void another_format_says_what_to_do(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);

	(void)state;
	assert_true(put_row(store, TABLE_META, "format", STR("\0\0\0\x63"), NULL));
	store_close(&store);
	refused(STORE_WRITER, BROKEN, "has format 99, this program knows 1");
	refused(STORE_READER, BROKEN, "has format 99, this program knows 1");
	refused(STORE_CREATE, CONFLICT, "already");
}

static void a_strange_format_row_is_damage(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);

	(void)state;
	assert_true(put_row(store, TABLE_META, "format", STR("one"), NULL));
	store_close(&store);
	refused(STORE_WRITER, BROKEN, "damaged");
	refused(STORE_READER, BROKEN, "damaged");
}

static void write_file(const char *name, const void *bytes, size_t len)
{
	char path[SCRATCH_SIZE + 32];
	int fd = open(scratch_path(path, dir, name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
}

static void a_file_that_is_no_store_is_left_alone(void **state)
{
	static char junk[8192];
	char path[SCRATCH_SIZE + 32], again[sizeof junk];
	int fd;

	(void)state;
	memset(junk, 'x', sizeof junk);
	write_file("data.mdb", junk, sizeof junk);
	write_file("lock.mdb", "", 0);
	refused(STORE_CREATE, CONFLICT, "not a store");
	refused(STORE_WRITER, BROKEN, "not a store");
	refused(STORE_READER, BROKEN, "not a store");
	fd = open(scratch_path(path, dir, "data.mdb"), O_RDONLY);
	assert_int_equal(read(fd, again, sizeof again), sizeof again);
	assert_memory_equal(again, junk, sizeof junk);
	close(fd);
}

static void a_strangers_lmdb_is_left_alone(void **state)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	(void)state;
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 1), 0);
	assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "theirs", MDB_CREATE, &dbi), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	refused(STORE_CREATE, CONFLICT, "already");
	refused(STORE_WRITER, BROKEN, "not of this program");
	refused(STORE_READER, BROKEN, "not of this program");
}

/* An init that was interrupted has left files and no format. */
static void an_unfinished_store_is_finished(void **state)
{
	MDB_env *env;
	struct store *store;

	(void)state;
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
	mdb_env_close(env);
	refused(STORE_WRITER, BROKEN, "communiqued init");
	refused(STORE_READER, BROKEN, "communiqued init");
	store = open_or_stop(dir, STORE_CREATE, NULL);
	assert_true(put_row(store, TABLE_META, "a", STR("b"), NULL));
	store_close(&store);
	refused(STORE_CREATE, CONFLICT, "already");
}

static void a_missing_table_is_made_by_the_writer(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	(void)state;
	store_close(&store);
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 1), 0);
	assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "OUTBOX", 0, &dbi), 0);
	assert_int_equal(mdb_drop(txn, dbi, 1), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);

	refused(STORE_READER, NOT_FOUND, "no table OUTBOX");
	store = open_or_stop(dir, STORE_WRITER, NULL);
	assert_true(put_row(store, TABLE_OUTBOX, "a", STR("b"), NULL));
	store_close(&store);
	store = open_or_stop(dir, STORE_READER, NULL);
	store_close(&store);
}

static void opens_once_in_a_process(void **state)
{
	char other[SCRATCH_SIZE + 32];
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL), *second;
	struct fault why;

	(void)state;
	refused(STORE_WRITER, BROKEN, "open in this process already");
	refused(STORE_READER, BROKEN, "open in this process already");
	/* By another name it is the same. */
	snprintf(other, sizeof other, "%s/../%s/.", dir, strrchr(dir, '/') + 1);
	assert_false(store_open(&second, other, STORE_READER, NULL, &why));
	/* The refusals have taken none of the first one's locks. */
	assert_true(put_row(store, TABLE_META, "a", STR("b"), NULL));
	store_close(&store);
	store = open_or_stop(dir, STORE_READER, NULL);
	store_close(&store);
}

static void try_to_write(const char *folder, int from, int to)
{
	struct store *store;
	struct fault why = { .kind = NO_FAULT };
	char parent[32];

	must(hear(from) == 'o');
	must(!store_open(&store, folder, STORE_WRITER, NULL, &why));
	snprintf(parent, sizeof parent, "process %ld writes", (long)getppid());
	must(why.kind == BUSY && strstr(why.says, parent));
	must(!store_open(&store, folder, STORE_CREATE, NULL, &why));
	must(why.kind == CONFLICT);
	store = open_or_stop(folder, STORE_READER, NULL); /* reading is free */
	store_close(&store);
	tell(to, 'r');
	must(hear(from) == 'c');
	store = open_or_stop(folder, STORE_WRITER, NULL);
	must(put_row(store, TABLE_META, "who", STR("child"), NULL));
	store_close(&store);
}

static void a_second_writer_is_refused(void **state)
{
	struct child child = child_start(try_to_write, dir);
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);
	char value[16];

	(void)state;
	refused(STORE_WRITER, BROKEN, "already"); /* must not drop the lock */
	tell(child.to, 'o');
	assert_int_equal(hear(child.from), 'r');
	store_close(&store);
	tell(child.to, 'c');
	assert_child_fine(&child);
	store = open_or_stop(dir, STORE_WRITER, NULL);
	assert_true(read_row(store, TABLE_META, "who", value, sizeof value));
	assert_string_equal(value, "child");
	store_close(&store);
}

static bool never(struct store_txn *txn, void *ctx, struct fault *why)
{
	(void)txn, (void)ctx, (void)why;
	abort();
}

static void a_reader_cannot_write(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);
	struct fault why;

	(void)state;
	store_close(&store);
	store = open_or_stop(dir, STORE_READER, NULL);
	assert_false(store_write(store, never, NULL, &why));
	assert_int_equal(why.kind, BROKEN);
	assert_false(store_write(store, never, NULL, NULL));
	store_close(&store);
}

enum { NOBODY = 65534 };

/* Who is not root cannot become another; he has no right to his own file where its mode gives him
 * none, so there it is the mode that changes. */
static void become_nobody(const char *folder)
{
	must(chdir(folder) == 0); /* the way there may be closed to others */
	if (geteuid() == 0)
		must(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

/* Whether nobody may use a file of the store, as its mode says. */
static void let_nobody(const char *name, bool may, mode_t mode)
{
	char path[SCRATCH_SIZE + 32];

	scratch_path(path, dir, name);
	if (geteuid() == 0)
		assert_int_equal(chown(path, 0, may ? NOBODY : 0), 0);
	else
		assert_int_equal(chmod(path, may ? mode : 0), 0);
}

static void read_as_nobody(const char *folder, int from, int to)
{
	struct store *store;
	struct fault why = { .kind = NO_FAULT };
	char value[16];

	become_nobody(folder);
	must(hear(from) == 'o');
	must(access("data.mdb", W_OK) != 0);
	store = open_or_stop(".", STORE_READER, NULL);
	must(read_row(store, TABLE_META, "a", value, sizeof value));
	tell(to, 'r');
	must(hear(from) == 'w'); /* the writer has gone on meanwhile */
	must(read_row(store, TABLE_META, "a", value, sizeof value));
	must(strcmp(value, "second") == 0);
	store_close(&store);
	must(!store_open(&store, ".", STORE_WRITER, NULL, &why));
	must(why.kind == BROKEN && strstr(why.says, "Permission denied"));
	tell(to, 'd');
	must(hear(from) == 'l'); /* now lock.mdb is closed to us */
	must(!store_open(&store, ".", STORE_READER, NULL, &why));
	must(why.kind == BROKEN && strstr(why.says, "able to write to ./lock.mdb"));
	tell(to, 'd');
	must(hear(from) == 'f'); /* and data.mdb too */
	must(!store_open(&store, ".", STORE_READER, NULL, &why));
	must(why.kind == BROKEN && strstr(why.says, "cannot read ./data.mdb"));
}

static void another_user_may_read_only(void **state)
{
	struct child child;
	struct store *store;

	(void)state;
	assert_int_equal(chmod(dir, 0755), 0);
	child = child_start(read_as_nobody, dir);
	store = open_or_stop(dir, STORE_CREATE, NULL);
	if (geteuid() != 0)
		let_nobody("writer.lock", false, 0);
	let_nobody("data.mdb", true, 0440);
	let_nobody("lock.mdb", true, 0660);
	assert_true(put_row(store, TABLE_META, "a", STR("first"), NULL));
	tell(child.to, 'o');
	assert_int_equal(hear(child.from), 'r');
	assert_true(put_row(store, TABLE_META, "a", STR("second"), NULL));
	tell(child.to, 'w');
	assert_int_equal(hear(child.from), 'd');
	let_nobody("lock.mdb", false, 0);
	tell(child.to, 'l');
	assert_int_equal(hear(child.from), 'd');
	let_nobody("lock.mdb", true, 0660);
	let_nobody("data.mdb", false, 0);
	tell(child.to, 'f');
	assert_child_fine(&child);
	store_close(&store);
}

static struct store *inherited;

static void use_after_fork(const char *folder, int from, int to)
{
	struct store_txn *txn;

	(void)folder, (void)from, (void)to;
	store_read_begin(inherited, &txn, NULL);
}

static void close_after_fork(const char *folder, int from, int to)
{
	(void)folder, (void)from, (void)to;
	store_close(&inherited);
}

static void version_after_fork(const char *folder, int from, int to)
{
	(void)folder, (void)from, (void)to;
	store_version(inherited);
}

static void write_after_fork(const char *folder, int from, int to)
{
	(void)folder, (void)from, (void)to;
	store_write(inherited, never, NULL, NULL);
}

static void is_of_no_use_after_a_fork(void **state)
{
	(void)state;
	inherited = open_or_stop(dir, STORE_CREATE, NULL);
	assert_true(child_stops(use_after_fork, dir));
	assert_true(child_stops(close_after_fork, dir));
	assert_true(child_stops(version_after_fork, dir));
	assert_true(child_stops(write_after_fork, dir));
	assert_true(put_row(inherited, TABLE_META, "a", STR("b"), NULL)); /* here it is */
	store_close(&inherited);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Where LMDB keeps the number of the last transaction; it is the only such number there. */
static off_t place_of(int fd, uint64_t number)
{
	uint64_t there;

	for (off_t at = 8; at < 128; at += 8) {
		assert_int_equal(pread(fd, &there, sizeof there, at), sizeof there);
		if (there == number)
			return at;
	}
	return -1;
}

static void set_last(uint64_t from, uint64_t to)
{
	char path[SCRATCH_SIZE + 32];
	int fd = open(scratch_path(path, dir, "lock.mdb"), O_RDWR | O_CLOEXEC);
	off_t at = place_of(fd, from);

	assert_true(at > 0);
	assert_int_equal(pwrite(fd, &to, sizeof to, at), sizeof to);
	close(fd);
}

/* A reader that was taken over can write into lock.mdb. */
static void a_forged_number_of_the_last_transaction_undoes_nothing(void **state)
{
	struct store *store = open_or_stop(dir, STORE_CREATE, NULL);
	struct fault why = { .kind = NO_FAULT };
	uint64_t last = 1000; /* that no other number there is the same */
	char value[16];

	(void)state;
	for (uint64_t n = store_version(store); n < last; n++)
		assert_true(put_row(store, TABLE_META, "n", STR("acknowledged"), NULL));
	assert_int_equal(store_version(store), last);
	for (uint64_t forged = last - 3; forged <= last + 3; forged++) {
		if (forged == last)
			continue;
		set_last(last, forged);
		assert_false(put_row(store, TABLE_META, "n", STR("later"), &why));
		assert_non_null(strstr(why.says, "lock.mdb"));
		set_last(forged, last);
	}
	assert_true(read_row(store, TABLE_META, "n", value, sizeof value));
	assert_string_equal(value, "acknowledged");
	assert_true(put_row(store, TABLE_META, "n", STR("later"), NULL));
	store_close(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(is_created_once),
		test(makes_its_folder),
		test(modes_do_not_depend_on_the_umask),
		test(a_missing_store_says_where),
		test(another_format_says_what_to_do),
		test(a_strange_format_row_is_damage),
		test(a_file_that_is_no_store_is_left_alone),
		test(a_strangers_lmdb_is_left_alone),
		test(an_unfinished_store_is_finished),
		test(a_missing_table_is_made_by_the_writer),
		test(opens_once_in_a_process),
		test(a_second_writer_is_refused),
		test(a_reader_cannot_write),
		test(a_forged_number_of_the_last_transaction_undoes_nothing),
		test(another_user_may_read_only),
		test(is_of_no_use_after_a_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

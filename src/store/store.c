/*
 * Opening and closing. A store is made in one transaction, that of its format: a
 * folder in which `init` was interrupted has no format, and `init` goes on there.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/arena.h>
#include <communique/bytes.h>
#include <communique/file.h>
#include <communique/log.h>

#include "environment.h"

enum { EXIT_DAMAGED = 3 }; /* as of what could not be done (fault.h) */

/* Raised with each change to what the header's table says. */
#define FORMAT 1

#define MAP_SIZE ((size_t)1 << 30)
#define MAP_MAX ((size_t)1 << 40)
#define READER_SLOTS 512

#define DATA_MODE 0640
#define LOCK_MODE 0660 /* readers register themselves there */

static struct store *new_store(const char *dir, enum store_mode mode,
			       const struct store_options *options)
{
	struct store *store = aligned_alloc(_Alignof(struct store), sizeof *store);
	pthread_mutexattr_t checked;

	must(store != NULL);
	memset(store, 0, sizeof *store);
	store->mode = mode;
	store->dir = strdup(dir);
	must(store->dir != NULL);
	if (options)
		store->options = *options;
	store->map_max = store->options.map_max ? store->options.map_max : MAP_MAX;
	store->writer_lock = -1;
	store->generation = process_generation();
	buf_init(&store->scratch, UINT32_MAX); /* LMDB's own limit for a value */
	must(pthread_mutexattr_init(&checked) == 0);
	must(pthread_mutexattr_settype(&checked, PTHREAD_MUTEX_ERRORCHECK) == 0);
	must(pthread_mutex_init(&store->writing, &checked) == 0);
	must(pthread_mutexattr_destroy(&checked) == 0);
	must(pthread_mutex_init(&store->parking, NULL) == 0);
	map_init(store);
	return store;
}

static void free_store(struct store *store)
{
	map_release(store);
	must(pthread_mutex_destroy(&store->writing) == 0);
	must(pthread_mutex_destroy(&store->parking) == 0);
	buf_release(&store->scratch);
	free(store->dir);
	free(store);
}

/* --- the files ---------------------------------------------------------------- */

static const char *path_of(struct arena *arena, const struct store *store, const char *name)
{
	return arena_printf(arena, "%s/%s", store->dir, name).at;
}

/* A reader without its slot in lock.mdb reads pages that the writer gives away. LMDB
 * would do that silently on a read-only file system, so the lock is asked for first. */
static bool check_reader_files(const char *data, const char *lock, struct fault *why)
{
	if (faccessat(AT_FDCWD, data, R_OK, AT_EACCESS) != 0)
		return fail_errno(why, "cannot read %s (its group may)", data);
	if (faccessat(AT_FDCWD, lock, R_OK | W_OK, AT_EACCESS) == 0)
		return true;
	if (errno == ENOENT)
		return fail(why, BROKEN, "%s is missing: start the desk once, it makes it", lock);
	return fail_errno(why, "readers must be able to write to %s (its group may)", lock);
}

static bool is_link(const char *path)
{
	struct stat found;

	return lstat(path, &found) == 0 && S_ISLNK(found.st_mode);
}

static bool check_files(const struct store *store, struct fault *why)
{
	struct arena arena;
	const char *data, *lock;
	bool ok = true;

	if (store->mode == STORE_CREATE)
		return true;
	arena_init(&arena);
	data = path_of(&arena, store, "data.mdb");
	lock = path_of(&arena, store, "lock.mdb");
	if (access(data, F_OK) != 0 && errno == ENOENT)
		ok = fail(why, NOT_FOUND, "there is no store in %s", store->dir);
	else if (is_link(data) || is_link(lock))
		ok = fail(why, BROKEN,
			  "%s: data.mdb or lock.mdb is a link: LMDB would write elsewhere",
			  store->dir);
	else if (store->mode == STORE_READER)
		ok = check_reader_files(data, lock, why);
	else if (store->mode == STORE_AT_REST && faccessat(AT_FDCWD, data, R_OK, AT_EACCESS) != 0)
		ok = fail_errno(why, "cannot read %s", data);
	arena_release(&arena);
	return ok;
}

/* By name: a descriptor of lock.mdb, once closed, would take LMDB's locks along. */
static bool set_mode(const char *path, mode_t mode, struct fault *why)
{
	struct stat now;

	if (stat(path, &now) != 0)
		return fail_errno(why, "cannot look at %s", path);
	if ((now.st_mode & 07777) == mode || chmod(path, mode) == 0)
		return true;
	return fail_errno(why, "cannot set the mode of %s", path);
}

static bool set_modes(const struct store *store, struct fault *why)
{
	struct arena arena;
	bool ok;

	arena_init(&arena);
	ok = set_mode(path_of(&arena, store, "data.mdb"), DATA_MODE, why) &&
	     set_mode(path_of(&arena, store, "lock.mdb"), LOCK_MODE, why);
	arena_release(&arena);
	return ok;
}

/* --- the environment ------------------------------------------------------------ */

static bool is_empty(const struct store *store)
{
	struct arena arena;
	struct stat file;
	bool empty;

	arena_init(&arena);
	empty = stat(path_of(&arena, store, "data.mdb"), &file) == 0 && file.st_size == 0;
	arena_release(&arena);
	return empty;
}

static bool fail_to_open(const struct store *store, int code, struct fault *why)
{
	if (is_empty(store))
		return fail(why, BROKEN, "%s/data.mdb is empty: see communiqued(8), DAMAGED STORE",
			    store->dir);
	if (code != MDB_INVALID && code != MDB_VERSION_MISMATCH)
		return explain(store, code, "open", why);
	return fail(why, store->mode == STORE_CREATE ? CONFLICT : BROKEN,
		    "%s/data.mdb is not a store of this program, or damaged (communiqued(8), "
		    "DAMAGED STORE)",
		    store->dir);
}

/* An existing file's own map size is taken, and made larger when that is asked for. */
static bool set_map(struct store *store, size_t wanted, struct fault *why)
{
	MDB_envinfo now;
	int code;

	must(mdb_env_info(store->env, &now) == 0);
	if (!store_writes(store) || wanted <= now.me_mapsize)
		return true;
	code = mdb_env_set_mapsize(store->env, wanted);
	if (code == ENOMEM)
		return fail(why, BROKEN,
			    "this machine does not reserve %zu bytes of address space for the "
			    "store: make store-size smaller, or ulimit -v larger",
			    wanted);
	return code == 0 || explain(store, code, "map", why);
}

/* What LMDB says before it would end the program with SIGABRT, at a page that cannot be. */
static void on_damage(MDB_env *env, const char *what)
{
	struct fault why;

	(void)env;
	fail(&why, BROKEN, "the store is damaged (%s): see communiqued(8), DAMAGED STORE", what);
	log_fault(LOG_ERROR, "store", &why);
	_exit(EXIT_DAMAGED);
}

static void on_bad_page(int number)
{
	static const char text[] =
		"a part of the store cannot be read: data.mdb is cut off, or its "
		"disk fails: see communiqued(8), DAMAGED STORE\n";
	ssize_t said = write(STDERR_FILENO, text, sizeof text - 1);

	(void)number, (void)said;
	_exit(EXIT_DAMAGED);
}

void store_explain_damage(int number)
{
	struct sigaction action = { .sa_handler = on_bad_page };

	sigaction(number, &action, NULL);
}

static bool open_environment(struct store *store, struct fault *why)
{
	const struct store_options *given = &store->options;
	unsigned flags = MDB_NOTLS | (store_writes(store) ? 0 : MDB_RDONLY) |
			 (store->mode == STORE_AT_REST ? MDB_NOLOCK : 0);
	unsigned slots = given->reader_slots ? given->reader_slots : READER_SLOTS;
	size_t size = given->map_size;
	int code;

	must(mdb_env_create(&store->env) == 0);
	must(mdb_env_set_maxdbs(store->env, TABLE_COUNT) == 0);
	must(mdb_env_set_maxreaders(store->env, slots) == 0);
	must(mdb_env_set_assert(store->env, on_damage) == 0);
	if (store->mode == STORE_CREATE) {
		size = size ? size : MAP_SIZE;
		must(mdb_env_set_mapsize(store->env, size) == 0);
	}
	code = mdb_env_open(store->env, store->dir, flags, DATA_MODE);
	if (code != 0)
		return fail_to_open(store, code, why);
	if (store_writes(store) && !set_modes(store, why))
		return false;
	return set_map(store, size, why);
}

/* --- the tables ------------------------------------------------------------------- */

static struct store_key format_key(void)
{
	struct store_key key = key_begin();

	key_add_text(&key, STR("format"));
	return key;
}

static bool open_table(struct store_txn *txn, enum table table, unsigned flags, struct fault *why)
{
	struct store *store = txn->store;
	int code = mdb_dbi_open(txn->mdb, table_name(table), flags, &store->tables[table]);

	if (code == MDB_NOTFOUND)
		return fail(why, NOT_FOUND,
			    "the store %s has no table %s: start this version's desk once, it "
			    "makes it",
			    store->dir, table_name(table));
	if (code == 0)
		return true;
	txn_fail(txn, code, "open a table of");
	return store_check(txn, why);
}

/* Every transaction can ask for META first: it holds the format. */
static bool check_format(struct store_txn *txn, struct fault *why)
{
	struct store_key key = format_key();
	struct fault missing;
	struct str found;

	if (!open_table(txn, TABLE_META, 0, &missing) ||
	    !store_get(txn, TABLE_META, &key, &found)) {
		if (!store_check(txn, why))
			return false;
		return fail(why, BROKEN,
			    "the store %s was never finished (`communiqued init` does it), or is "
			    "not of this program",
			    txn->store->dir);
	}
	if (found.len != 4)
		return fail(why, BROKEN, "the store %s is damaged; restore it from a backup",
			    txn->store->dir);
	if (get_be32(found.at) == FORMAT)
		return true;
	return fail(why, BROKEN,
		    "the store %s has format %u, this program knows %d: use the program that "
		    "wrote it, or export there and import here",
		    txn->store->dir, get_be32(found.at), FORMAT);
}

static bool open_all(struct store_txn *txn, unsigned flags, struct fault *why)
{
	for (int table = 0; table < TABLE_COUNT; table++) {
		if (!open_table(txn, (enum table)table, flags, why))
			return false;
	}
	return true;
}

static bool open_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	(void)ctx;
	return check_format(txn, why) && open_all(txn, MDB_CREATE, why);
}

/* Nothing may be there: LMDB's unnamed table counts the named ones. */
static bool create_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key key = format_key();
	char format[4];
	MDB_stat now;
	MDB_dbi unnamed;

	(void)ctx;
	if (mdb_dbi_open(txn->mdb, NULL, 0, &unnamed) != 0 ||
	    mdb_stat(txn->mdb, unnamed, &now) != 0 || now.ms_entries > 0)
		return fail(why, CONFLICT, "there is a store in %s already", txn->store->dir);
	if (!open_all(txn, MDB_CREATE, why))
		return false;
	put_be32(format, FORMAT);
	store_insert(txn, TABLE_META, &key, (struct str){ format, sizeof format });
	return store_check(txn, why);
}

static bool open_to_read(struct store *store, struct fault *why)
{
	struct store_txn *txn;

	if (!store_read_begin(store, &txn, why))
		return false;
	if (check_format(txn, why) && open_all(txn, 0, why))
		return read_keep_tables(&txn, why);
	store_read_end(&txn);
	return false;
}

static bool open_tables(struct store *store, struct fault *why)
{
	switch (store->mode) {
	case STORE_READER:
	case STORE_AT_REST:
		return open_to_read(store, why);
	case STORE_WRITER:
		return store_write(store, open_work, NULL, why);
	case STORE_CREATE:
		return store_write(store, create_work, NULL, why) && folder_sync(store->dir, why);
	}
	return false;
}

static bool find_tables(struct store *store, struct fault *why)
{
	MDB_txn *mdb = NULL;
	int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &mdb);

	for (int table = 0; code == 0 && table < TABLE_COUNT; table++)
		code = mdb_dbi_open(mdb, table_name((enum table)table), 0, &store->tables[table]);
	if (code == 0)
		code = mdb_txn_commit(mdb);
	else
		mdb_txn_abort(mdb);
	return code == 0 || explain(store, code, "open the tables of", why);
}

bool environment_reopen(struct store *store, struct fault *why)
{
	reads_release(store);
	if (store->env)
		mdb_env_close(store->env);
	store->env = NULL;
	if (store->mode == STORE_CREATE)
		store->mode = STORE_WRITER; /* it is made by now */
	if (open_environment(store, why) && find_tables(store, why))
		return true;
	if (store->env)
		mdb_env_close(store->env);
	store->env = NULL;
	return false;
}

/* --- both ends ------------------------------------------------------------------------ */

bool store_open(struct store **out, const char *dir, enum store_mode mode,
		const struct store_options *options, struct fault *why)
{
	struct store *store;

	*out = NULL;
	if (mode == STORE_CREATE && !folder_make(dir, 0750, why))
		return false;
	store = new_store(dir, mode, options);
	if (process_enter(store, why) && check_files(store, why) && open_environment(store, why) &&
	    open_tables(store, why)) {
		*out = store;
		return true;
	}
	store_close(&store);
	return false;
}

void store_close(struct store **out)
{
	struct store *store = *out;

	*out = NULL;
	if (!store)
		return;
	must(store->generation == process_generation());
	reads_release(store);
	if (store->env)
		mdb_env_close(store->env);
	process_leave(store);
	free_store(store);
}

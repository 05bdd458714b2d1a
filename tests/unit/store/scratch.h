/*
 * scratch - folders on a real disk, and other processes, for the tests of the store.
 * (/var/tmp, as /tmp may be memory: TMPDIR overrides.)
 *
 * A child has no cmocka: it says what it knows with must() and leaves with _exit().
 * It is started before the parent opens a store, or never touches the parent's.
 */
#ifndef COMMUNIQUE_TESTS_SCRATCH_H
#define COMMUNIQUE_TESTS_SCRATCH_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is in fault.h */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <communique/bytes.h>
#include <communique/store.h>

#define SCRATCH_SIZE 256

static inline char *scratch_make(char out[SCRATCH_SIZE])
{
	const char *base = getenv("TMPDIR");

	snprintf(out, SCRATCH_SIZE, "%s/communique-store.XXXXXX", base ? base : "/var/tmp");
	assert_non_null(mkdtemp(out));
	return out;
}

static inline const char *scratch_path(char out[SCRATCH_SIZE + 32], const char *dir,
				       const char *name)
{
	snprintf(out, SCRATCH_SIZE + 32, "%s/%s", dir, name);
	return out;
}

static inline void scratch_remove(const char *dir)
{
	static const char *const names[] = { "data.mdb", "lock.mdb", "writer.lock", "filler" };
	char path[SCRATCH_SIZE + 32];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(scratch_path(path, dir, names[i]));
	assert_int_equal(rmdir(dir), 0);
}

static inline struct store_key key_of_number(uint64_t n)
{
	struct store_key key = key_begin();

	key_add_u64(&key, n);
	return key;
}

static inline struct store_key key_of_text(const char *text)
{
	struct store_key key = key_begin();

	key_add_text(&key, str_from(text));
	return key;
}

static inline struct store *open_or_stop(const char *dir, enum store_mode mode,
					 const struct store_options *options)
{
	struct store *store;
	struct fault why = { .kind = NO_FAULT };

	if (!store_open(&store, dir, mode, options, &why)) {
		fprintf(stderr, "cannot open %s: %s\n", dir, why.says);
		abort();
	}
	return store;
}

struct row_to_put {
	enum table table;
	struct store_key key;
	struct str value;
};

static inline bool put_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct row_to_put *row = ctx;

	store_put(txn, row->table, &row->key, row->value);
	return store_check(txn, why);
}

static inline bool put_row(struct store *store, enum table table, const char *key, struct str value,
			   struct fault *why)
{
	struct row_to_put row = { table, key_of_text(key), value };

	return store_write(store, put_work, &row, why);
}

/* The value, copied; "" and false when there is none. */
static inline bool read_row(struct store *store, enum table table, const char *key, char *out,
			    size_t room)
{
	struct store_key name = key_of_text(key);
	struct store_txn *txn;
	struct str value;
	bool found;

	must(store_read_begin(store, &txn, NULL));
	found = store_get(txn, table, &name, &value);
	must(store_check(txn, NULL) && value.len < room);
	snprintf(out, room, "%.*s", STR_ARG(value));
	store_read_end(&txn);
	return found;
}

/* --- other processes --------------------------------------------------------------- */

struct child {
	pid_t pid;
	int to, from; /* the ends of ours */
};

typedef void child_work(const char *dir, int from_parent, int to_parent);

static inline struct child child_start(child_work *work, const char *dir)
{
	int down[2], up[2];
	struct child child;

	must(pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0);
	fflush(NULL);
	child.pid = fork();
	must(child.pid >= 0);
	if (child.pid == 0) {
		close(down[1]);
		close(up[0]);
		work(dir, down[0], up[1]);
		_exit(0);
	}
	close(down[0]);
	close(up[1]);
	child.to = down[1];
	child.from = up[0];
	return child;
}

static inline void tell(int to, char what)
{
	must(write(to, &what, 1) == 1);
}

static inline char hear(int from)
{
	char what = '\0';

	return read(from, &what, 1) == 1 ? what : '\0';
}

/* The status of waitpid(2). */
static inline int child_end(struct child *child)
{
	int status = 0;

	close(child->to);
	must(waitpid(child->pid, &status, 0) == child->pid);
	close(child->from);
	return status;
}

static inline void child_kill(struct child *child)
{
	int status;

	must(kill(child->pid, SIGKILL) == 0);
	status = child_end(child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

#define assert_child_fine(child) assert_int_equal(child_end(child), 0)

/* True when the work ends in must(): what is our own mistake stops the program. */
static inline bool child_stops(child_work *work, const char *dir)
{
	struct child child;
	int status, err = dup(STDERR_FILENO), nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

	must(err >= 0 && nothing >= 0 && dup2(nothing, STDERR_FILENO) >= 0);
	child = child_start(work, dir);
	must(dup2(err, STDERR_FILENO) >= 0);
	close(err);
	close(nothing);
	status = child_end(&child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif

/*
 * Kill -9 at every step of a publication.
 *
 * A step is a system call that changes a file: this program has its own of those that the desk and
 * LMDB use, which count, and kill the process before the one that is asked for. A child publishes
 * and is killed at step 1, another at step 2, and so on until one comes through. After each, what
 * readers could have seen is looked at, and another child goes on where the dead one stopped.
 */
#include "office.h"

#include <communique/checkpoint.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* --- steps -------------------------------------------------------------------------------- */

static int steps_left = -1; /* -1: nobody is killed */

static void step(void)
{
	if (steps_left > 0 && --steps_left == 0)
		kill(getpid(), SIGKILL);
}

int fsync(int fd)
{
	step();
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	step();
	return (int)syscall(SYS_fdatasync, fd);
}

ssize_t write(int fd, const void *at, size_t len)
{
	step();
	return syscall(SYS_write, fd, at, len);
}

ssize_t pwrite(int fd, const void *at, size_t len, off_t offset)
{
	step();
	return syscall(SYS_pwrite64, fd, at, len, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
	step();
	return syscall(SYS_pwritev, fd, parts, count, offset, 0);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	step();
	return syscall(SYS_writev, fd, parts, count);
}

int rename(const char *from, const char *to)
{
	step();
	return (int)syscall(SYS_rename, from, to);
}

int msync(void *at, size_t len, int flags)
{
	step();
	return (int)syscall(SYS_msync, at, len, flags);
}

int ftruncate(int fd, off_t len)
{
	step();
	return (int)syscall(SYS_ftruncate, fd, len);
}

/* --- children ------------------------------------------------------------------------------- */

struct story {
	struct office *office;
	char slug[32];
	struct str file;
	int fails; /* steps until the end; 0: never */
};

static void must_do(bool ok, const struct fault *why)
{
	if (!ok)
		print_error("%s\n", why->says);
	must(ok);
}

static void open_desk(struct office *office)
{
	struct fault why = { .kind = NO_FAULT };

	clock_fix(office->now);
	must_do(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, &why), &why);
	must_do(logbook_tend(&office->room, office->now, &why), &why);
}

static void prepare(const struct story *story)
{
	struct fault why = { .kind = NO_FAULT };
	struct draft draft;

	open_desk(story->office);
	must_do(save(story->office, ALICE, story->slug, story->file, NULL, &draft, &why), &why);
	must_do(sign(story->office, ALICE, story->slug, story->file, &draft, &why), &why);
	store_close(&story->office->room.store);
}

static void complete(const struct story *story)
{
	struct fault why = { .kind = NO_FAULT };
	struct draft draft;

	open_desk(story->office);
	steps_left = story->fails ? story->fails : -1;
	must_do(sign(story->office, BOB, story->slug, story->file, &draft, &why), &why);
	steps_left = -1;
	store_close(&story->office->room.store);
}

/* The lift instead: the file is accepted already. */
static void lift(const struct story *story)
{
	struct fault why = { .kind = NO_FAULT };

	clock_fix(story->office->now);
	must_do(store_open(&story->office->room.store, story->office->folder, STORE_WRITER, NULL,
			   &why),
		&why);
	steps_left = story->fails ? story->fails : -1;
	must_do(logbook_tend(&story->office->room, story->office->now, &why), &why);
	steps_left = -1;
	store_close(&story->office->room.store);
}

/* In a child of its own: true when it came through, false when it was killed. */
static bool in_child(void (*work)(const struct story *story), const struct story *story)
{
	int status = 0;
	pid_t pid;

	/* Request numbers must not come again. */
	story->office->acts += 10;
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		work(story);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return false;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return true;
}

/* --- what can be seen ------------------------------------------------------------------------ */

enum { HEADS_MAX = 400 };

struct heads {
	uint64_t sizes[HEADS_MAX];
	struct hash roots[HEADS_MAX];
	size_t count;
};

struct seen {
	bool is_public, is_logged;
	uint64_t size;
	struct hash root;
};

/* A reader's look, by a process of its own, as the store is opened once a process. */
static void look(const struct office *office, const char *slug, struct seen *out)
{
	struct store_txn *txn = NULL;
	struct store *store = NULL;
	struct revision revision;
	struct log_head head;
	uint64_t index;

	*out = (struct seen){ .size = 0 };
	must(store_open(&store, office->folder, STORE_READER, NULL, NULL));
	must(store_read_begin(store, &txn, NULL));
	if (reading_log(txn, &head)) {
		out->size = head.size;
		out->root = head.root;
	}
	out->is_public = reading_release(txn, STR("en"), str_from(slug), office->now, &revision);
	out->is_logged = out->is_public && reading_log_index(txn, &revision.hash, &index);
	store_read_end(&txn);
	store_close(&store);
}

static struct seen look_from_outside(const struct office *office, const char *slug,
				     struct heads *heads)
{
	struct seen seen;
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		look(office, slug, &seen);
		must(syscall(SYS_write, ends[1], &seen, sizeof seen) == sizeof seen);
		_exit(0);
	}
	assert_int_equal(read(ends[0], &seen, sizeof seen), sizeof seen);
	close(ends[0]), close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(heads->count < HEADS_MAX);
	heads->sizes[heads->count] = seen.size;
	heads->roots[heads->count++] = seen.root;
	return seen;
}

/* --- the test -----------------------------------------------------------------------------------
 */

static void begin_story(struct office *office, const char *kind, int n, const char *more,
			struct story *out)
{
	*out = (struct story){ .office = office, .fails = n };
	snprintf(out->slug, sizeof out->slug, "2026-%s-%d", kind, n);
	out->file = release_text(office, out->slug, "2026-11-23", more);
	assert_true(in_child(prepare, out));
}

/* Whatever became of it, somebody who comes back can finish it, and then it is in the log. */
static void finish(struct story *story, void (*work)(const struct story *story),
		   struct heads *heads)
{
	struct seen seen;

	story->fails = 0;
	assert_true(in_child(work, story));
	seen = look_from_outside(story->office, story->slug, heads);
	assert_true(seen.is_public && seen.is_logged);
}

static int publications(struct office *office, struct heads *heads)
{
	struct story story;
	bool through;
	int n = 0;

	do {
		struct seen seen;

		begin_story(office, "now", ++n, "", &story);
		through = in_child(complete, &story);
		/* Public means: under a signed checkpoint. There is nothing between. */
		seen = look_from_outside(office, story.slug, heads);
		assert_int_equal(seen.is_public, seen.is_logged);
		assert_true(!through || seen.is_public);
		finish(&story, complete, heads);
	} while (!through);
	return n;
}

static int lifts(struct office *office, struct heads *heads)
{
	struct story story;
	bool through;
	int n = 0;

	do {
		char more[64], time[TIME_SIZE];

		office->now += 10;
		snprintf(more, sizeof more, "Publish-At: %.*s\n",
			 STR_ARG(time_format(time, office->now + 5)));
		begin_story(office, "lift", ++n, more, &story);
		story.fails = 0;
		assert_true(in_child(complete, &story));
		assert_false(look_from_outside(office, story.slug, heads).is_public);
		office->now += 5;
		story.fails = n;
		through = in_child(lift, &story);
		/* By the clock it is public, with or without a desk. */
		assert_true(look_from_outside(office, story.slug, heads).is_public);
		finish(&story, lift, heads);
	} while (!through);
	return n;
}

/* Each head that anybody could have seen is how the last one began. */
static void assert_consistent(struct office *office, const struct heads *heads)
{
	struct merkle_source source;
	struct store_txn *txn = NULL;
	struct hash root;

	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	assert_true(store_read_begin(office->room.store, &txn, NULL));
	source = logbook_source(txn);
	for (size_t i = 0; i < heads->count; i++) {
		assert_true(merkle_root(&source, heads->sizes[i], &root, NULL));
		assert_true(hash_equal(&root, &heads->roots[i]));
	}
	store_read_end(&txn);
	done(logbook_check(&office->room, why));
}

static void killed_at_any_step_the_log_goes_on(void **state)
{
	struct office *office = office_with_log(2);
	static struct heads heads;
	int at_once, later;

	(void)state;
	store_close(&office->room.store);
	at_once = publications(office, &heads);
	later = lifts(office, &heads);
	/* Twice the state file (write, fsync, rename, fsync of the folder), once the store. */
	assert_true(at_once > 10 && later > 10);
	assert_consistent(office, &heads);
	/* One leaf each, no leaf twice: key set 1, and as many releases as there were stories. */
	assert_int_equal(rows(office, TABLE_LEAVES), 1 + at_once + later);
	assert_int_equal(rows(office, TABLE_REVISIONS), at_once + later);
	office_close(office);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_any_step_the_log_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

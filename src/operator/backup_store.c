/* The copy of the store in a backup. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/logbook.h>

#include "backup.h"

struct pouring {
	struct store *store;
	int to;
	bool ok;
	struct fault why;
};

static void *pour(void *ctx)
{
	struct pouring *pouring = ctx;

	pouring->ok = store_copy(pouring->store, pouring->to, &pouring->why);
	close(pouring->to);
	return NULL;
}

/* To its end, whatever became of the bytes: nobody writes to a pipe without a reader. */
static void drain(int fd)
{
	char piece[4096];
	ssize_t got;

	do
		got = read(fd, piece, sizeof piece);
	while (got > 0 || (got < 0 && errno == EINTR));
}

/* Through a pipe: the desk, which waits while the first two pages are written, then never waits
 * for the disk of the backup. */
static bool copy_store(struct backup *backup, struct fault *why)
{
	struct pouring pouring = { .store = backup->newsroom.store };
	struct stream_hash copied;
	pthread_t thread;
	int ends[2];
	bool ok;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fail_errno(why, "cannot make a pipe");
	pouring.to = ends[1];
	if (pthread_create(&thread, NULL, pour, &pouring) != 0) {
		close(ends[0]);
		close(ends[1]);
		return fail(why, BUSY, "cannot start a thread");
	}
	ok = deposit_copy(&backup->deposit, STR("store/data.mdb"), ends[0], &copied, why);
	drain(ends[0]);
	close(ends[0]);
	must(pthread_join(thread, NULL) == 0);
	if (ok && !pouring.ok)
		*why = pouring.why;
	return ok && pouring.ok;
}

static bool read_copy(struct backup *backup, struct store *copy, struct fault *why)
{
	struct saved_about *about = &backup->about;
	struct store_txn *txn = NULL;
	struct log_head head;
	struct str keyset;
	bool ok;

	if (!store_read_begin(copy, &txn, why))
		return false;
	about->has_anchor = reading_keyset_version(txn, 1, &keyset);
	if (about->has_anchor)
		about->anchor = hash_of(keyset);
	about->has_log = reading_log(txn, &head);
	if (about->has_log) {
		about->log_size = head.size;
		about->log_root = head.root;
	}
	ok = backup_list_attachments(txn, &backup->in_copy, why);
	store_read_end(&txn);
	return ok;
}

/* The copy is opened as what it is to be one day: it can be read, and it is of this site. */
static bool mark_copy(struct backup *backup, const char *folder, struct fault *why)
{
	struct newsroom newsroom = backup->newsroom;
	bool ok;

	if (!store_open(&newsroom.store, folder, STORE_WRITER, NULL, why))
		return false;
	ok = newsroom_check(&newsroom, why) &&
	     newsroom_mark_copy(&newsroom, backup->about.made, why) &&
	     read_copy(backup, newsroom.store, why);
	store_close(&newsroom.store);
	return ok;
}

/* What opening it left behind goes; then its bytes are final. */
static bool seal_copy(struct backup *backup, const char *data, struct fault *why)
{
	int fd = open(data, O_RDONLY | O_CLOEXEC);
	struct stream_hash found;
	bool ok;

	deposit_remove(&backup->deposit, STR("store/lock.mdb"));
	deposit_remove(&backup->deposit, STR("store/writer.lock"));
	if (fd < 0)
		return fail_errno(why, "cannot open %s", data);
	ok = (fchmod(fd, 0600) == 0 && fsync(fd) == 0) || fail_errno(why, "cannot sync %s", data);
	ok = ok && hash_stream(fd, -1, &found, why);
	close(fd);
	if (!ok)
		return false;
	manifest_add(&backup->manifest, STR("store/data.mdb"), &found.hash);
	backup->bytes += found.size;
	return true;
}

bool backup_keep_store(struct backup *backup, struct fault *why)
{
	struct path folder, data;

	return path_join(&folder, backup->deposit.part.at, STR("store"), why) &&
	       path_join(&data, folder.at, STR("data.mdb"), why) && copy_store(backup, why) &&
	       mark_copy(backup, folder.at, why) && seal_copy(backup, data.at, why);
}

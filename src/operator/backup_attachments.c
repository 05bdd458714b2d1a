/* The attachments of a backup, before and behind the copy of the store. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <communique/reading.h>
#include <communique/terminal.h>

#include "backup.h"

/* --- which attachments there are ---------------------------------------------------- */

static bool add_wanted(void *ctx, const struct hash *hash, uint64_t size)
{
	struct wanted_list *list = ctx;

	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 256;
		list->at = realloc(list->at, list->room * sizeof *list->at);
		must(list->at != NULL);
	}
	list->at[list->count++] = (struct wanted){ *hash, size };
	list->size += size;
	return true;
}

bool backup_list_attachments(struct store_txn *txn, struct wanted_list *out, struct fault *why)
{
	return reading_visit_attachments(txn, add_wanted, out) ||
	       (store_check(txn, why) &&
		fail(why, BROKEN, "a row of ATTACHMENTS cannot be read: see fsck"));
}

static bool list_now(struct backup *backup, struct fault *why)
{
	struct store_txn *txn = NULL;
	bool ok;

	if (!store_read_begin(backup->newsroom.store, &txn, why))
		return false;
	ok = backup_list_attachments(txn, &backup->before, why);
	store_read_end(&txn);
	return ok;
}

/* --- copying them ------------------------------------------------------------------- */

enum kept { KEPT, LOST, FAILED };

struct name {
	char at[sizeof "store/files/" + ATTACHMENT_PATH_SIZE];
};

static struct str name_of(struct name *name, const struct hash *hash)
{
	char file[ATTACHMENT_PATH_SIZE];

	snprintf(name->at, sizeof name->at, "store/files/%s", attachment_file(file, hash));
	return str_from(name->at);
}

/* One whose bytes have changed since is not handed on. */
static bool is_good(const char *path, const struct hash *hash)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stream_hash found;
	bool good;

	if (fd < 0)
		return false;
	good = hash_stream(fd, -1, &found, NULL) && hash_equal(&found.hash, hash);
	close(fd);
	return good;
}

static bool link_previous(struct backup *backup, struct str name, const struct hash *hash)
{
	struct path path;

	if (!backup->previous || !path_join(&path, backup->previous, name, NULL) ||
	    !is_good(path.at, hash) || !deposit_link(&backup->deposit, name, path.at))
		return false;
	backup->linked++;
	return true;
}

static enum kept keep_bytes(struct backup *backup, struct str name, int from,
			    const struct hash *hash, struct fault *why)
{
	struct stream_hash found;

	if (deposit_copy(&backup->deposit, name, from, &found, why)) {
		if (hash_equal(&found.hash, hash))
			return KEPT;
		fail(why, INVALID, "it has other bytes");
	} else if (!found.unreadable) {
		return FAILED;
	}
	deposit_remove(&backup->deposit, name);
	return LOST;
}

static enum kept keep_attachment(struct backup *backup, const struct hash *hash, struct fault *why)
{
	char file[ATTACHMENT_PATH_SIZE];
	struct path path;
	struct name name;
	struct str to = name_of(&name, hash);
	enum kept kept;
	int from;

	if (link_previous(backup, to, hash))
		return KEPT;
	if (!path_join(&path, backup->newsroom.files, str_from(attachment_file(file, hash)), why))
		return FAILED;
	from = open(path.at, O_RDONLY | O_CLOEXEC);
	if (from < 0) {
		fail_errno(why, "it cannot be opened");
		return LOST;
	}
	kept = keep_bytes(backup, to, from, hash, why);
	close(from);
	return kept;
}

/* Those that cannot be had are asked for again behind the copy of the store. */
bool backup_keep_before(struct backup *backup, struct fault *why)
{
	const struct wanted_list *list = &backup->before;
	uint64_t done = 0;

	if (!list_now(backup, why))
		return false;
	for (size_t i = 0; i < list->count; i++) {
		if (keep_attachment(backup, &list->at[i].hash, why) == FAILED)
			return false;
		done += list->at[i].size;
		terminal_progress("attachments", done, list->size);
	}
	return true;
}

static void say_lost(struct backup *backup, const struct hash *hash, const struct fault *why)
{
	backup->lost++;
	fprintf(stderr, "%s: the attachment %s is left out: %s\n", backup->call->program,
		HASH_TEXT(hash), why->says);
}

static void drop_swept(struct backup *backup)
{
	for (size_t i = 0; i < backup->before.count; i++) {
		struct name name;
		struct str to = name_of(&name, &backup->before.at[i].hash);

		if (!manifest_find(&backup->manifest, to))
			deposit_remove(&backup->deposit, to);
	}
}

bool backup_keep_rest(struct backup *backup, struct fault *why)
{
	const struct wanted_list *list = &backup->in_copy;

	for (size_t i = 0; i < list->count; i++) {
		const struct hash *hash = &list->at[i].hash;
		struct name name;
		struct str to = name_of(&name, hash);
		enum kept kept = deposit_has(&backup->deposit, to)
					 ? KEPT
					 : keep_attachment(backup, hash, why);

		if (kept == FAILED)
			return false;
		if (kept == LOST) {
			say_lost(backup, hash, why);
			continue;
		}
		manifest_add(&backup->manifest, to, hash);
		backup->bytes += list->at[i].size;
	}
	drop_swept(backup);
	return true;
}

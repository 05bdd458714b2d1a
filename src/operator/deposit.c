#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deposit.h"

#define PART ".communique-part"

/* --- the folder beside ------------------------------------------------------------ */

static bool find_parent(struct deposit *deposit, struct fault *why)
{
	struct path copy;

	if (strlen(deposit->folder) >= sizeof copy.at)
		return fail(why, USAGE, "the name of the folder is too long");
	memcpy(copy.at, deposit->folder, strlen(deposit->folder) + 1);
	snprintf(deposit->parent.at, sizeof deposit->parent.at, "%s", dirname(copy.at));
	return path_join(&deposit->part, deposit->parent.at, STR(PART), why);
}

static bool is_still(int fd, const char *path)
{
	struct stat one, other;

	return fstat(fd, &one) == 0 && stat(path, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

enum locked { LOCKED, AGAIN, REFUSED };

static enum locked lock_part(struct deposit *deposit, struct fault *why)
{
	const char *part = deposit->part.at;

	deposit->lock = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (deposit->lock < 0 && errno == ENOENT)
		return AGAIN;
	if (deposit->lock < 0)
		fail_errno(why, "cannot open %s", part);
	else if (flock(deposit->lock, LOCK_EX | LOCK_NB) == 0)
		return is_still(deposit->lock, part) ? LOCKED : AGAIN;
	else
		fail(why, BUSY, "something else is being written in %s", deposit->parent.at);
	return REFUSED;
}

static void unlock_part(struct deposit *deposit)
{
	if (deposit->lock >= 0)
		close(deposit->lock);
	deposit->lock = -1;
}

/* One that is there and can be locked was left behind: it goes, and the next try makes its own. */
static bool make_part(struct deposit *deposit, struct fault *why)
{
	for (;;) {
		bool made = mkdir(deposit->part.at, 0700) == 0;

		if (!made && errno != EEXIST)
			return fail_errno(why, "cannot make a folder in %s", deposit->parent.at);
		switch (lock_part(deposit, why)) {
		case LOCKED:
			if (made)
				return true;
			if (!folder_remove(deposit->part.at, why))
				return false;
			break;
		case AGAIN:
			break;
		case REFUSED:
			return false;
		}
		unlock_part(deposit);
	}
}

static bool check_free(const struct deposit *deposit, struct fault *why)
{
	if (path_is_there(deposit->folder))
		return fail(why, CONFLICT, "%s is there already", deposit->folder);
	if (path_is_there(deposit->parent.at))
		return true;
	return fail(why, BROKEN, "there is no folder %s", deposit->parent.at);
}

bool deposit_open(struct deposit *deposit, const char *folder, unsigned folder_mode,
		  unsigned file_mode, struct fault *why)
{
	*deposit = (struct deposit){
		.folder = folder, .folder_mode = folder_mode, .file_mode = file_mode, .lock = -1
	};
	deposit->is_open =
		find_parent(deposit, why) && check_free(deposit, why) && make_part(deposit, why);
	if (!deposit->is_open)
		unlock_part(deposit);
	return deposit->is_open;
}

/* --- files ------------------------------------------------------------------------ */

static int new_file(const struct deposit *deposit, struct str name, struct fault *why)
{
	struct path path;
	int fd;

	if (!folder_make_above(deposit->part.at, name, deposit->folder_mode, why) ||
	    !path_join(&path, deposit->part.at, name, why))
		return -1;
	fd = open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		fail_errno(why, "cannot write %s", path.at);
	else if (fchmod(fd, deposit->file_mode) == 0)
		return fd;
	else
		fail_errno(why, "cannot set the mode of %s", path.at);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Closes it; the sentence then says which file it is about. */
static bool sync_file(const struct deposit *deposit, struct str name, int fd, bool written,
		      struct fault *inside, struct fault *why)
{
	bool ok = written && (fsync(fd) == 0 || fail_errno(inside, "cannot sync"));

	close(fd);
	return ok ||
	       fail(why, inside->kind, "%s/%.*s: %s", deposit->folder, STR_ARG(name), inside->says);
}

bool deposit_put(const struct deposit *deposit, struct str name, struct str bytes,
		 struct fault *why)
{
	int fd = new_file(deposit, name, why);
	struct fault inside;

	return fd >= 0 && sync_file(deposit, name, fd, fd_write(fd, bytes, &inside), &inside, why);
}

bool deposit_copy(const struct deposit *deposit, struct str name, int from, struct stream_hash *out,
		  struct fault *why)
{
	int fd = new_file(deposit, name, why);
	struct fault inside;

	*out = (struct stream_hash){ .unreadable = false };
	return fd >= 0 &&
	       sync_file(deposit, name, fd, hash_stream(from, fd, out, &inside), &inside, why);
}

void deposit_remove(const struct deposit *deposit, struct str name)
{
	struct path path;

	if (path_join(&path, deposit->part.at, name, NULL))
		unlink(path.at);
}

bool deposit_has(const struct deposit *deposit, struct str name)
{
	struct path path;

	return path_join(&path, deposit->part.at, name, NULL) && path_is_there(path.at);
}

bool deposit_link(const struct deposit *deposit, struct str name, const char *from)
{
	struct path path;

	return folder_make_above(deposit->part.at, name, deposit->folder_mode, NULL) &&
	       path_join(&path, deposit->part.at, name, NULL) && link(from, path.at) == 0;
}

/* --- the end ---------------------------------------------------------------------- */

bool deposit_finish(struct deposit *deposit, struct fault *why)
{
	if (chmod(deposit->part.at, deposit->folder_mode) != 0)
		return fail_errno(why, "cannot set the mode of %s", deposit->part.at);
	if (!folder_sync_all(deposit->part.at, why))
		return false;
	if (rename(deposit->part.at, deposit->folder) != 0)
		return fail_errno(why, "cannot name %s", deposit->folder);
	deposit->is_open = false;
	unlock_part(deposit);
	return folder_sync(deposit->parent.at, why);
}

void deposit_close(struct deposit *deposit)
{
	if (deposit->is_open)
		folder_remove(deposit->part.at, NULL);
	deposit->is_open = false;
	unlock_part(deposit);
}

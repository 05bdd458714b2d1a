#include "mirror.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/file.h>
#include <communique/limits.h>

#define NEW ".new"
#define OWNER ".site"
#define PIECE (64 * 1024)

/* --- whose folder it is ----------------------------------------------------------- */

static bool is_empty(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	bool empty = dir != NULL;

	while (empty && (entry = readdir(dir)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (dir)
		closedir(dir);
	return empty;
}

static bool claim(const char *folder, struct str site, struct fault *why)
{
	struct path path;
	struct buf owner;
	bool ok;

	if (!path_join(&path, folder, STR(OWNER), why))
		return false;
	if (access(path.at, F_OK) != 0 && is_empty(folder))
		return file_write(path.at, site, 0644, why);
	buf_init(&owner, RELEASE_SITE_MAX + 1);
	ok = access(path.at, F_OK) == 0 && file_read(path.at, &owner, why) &&
	     str_equal(buf_str(&owner), site);
	buf_release(&owner);
	return ok || fail(why, CONFLICT,
			  "%s holds other things than an export of this site; give an empty or a "
			  "new folder",
			  folder);
}

bool mirror_open(struct mirror *mirror, const char *folder, struct str site, struct fault *why)
{
	struct path path;

	*mirror = (struct mirror){ .folder = folder };
	set_init(&mirror->files);
	buf_init(&mirror->before, PAGE_MAX);
	set_add(&mirror->files, STR(OWNER), NULL);
	return folder_make(folder, 0755, why) && claim(folder, site, why) &&
	       path_join(&path, folder, STR(NEW), why) && folder_make(path.at, 0755, why);
}

void mirror_close(struct mirror *mirror)
{
	set_release(&mirror->files);
	buf_release(&mirror->before);
}

/* --- one file --------------------------------------------------------------------- */

static bool has_moment(const char *path, int64_t modified)
{
	struct stat found;

	return modified == 0 ||
	       (stat(path, &found) == 0 && found.st_mtim.tv_sec == (time_t)modified);
}

static bool is_same(struct mirror *mirror, const char *path, struct str bytes, int64_t modified)
{
	buf_clear(&mirror->before);
	return access(path, F_OK) == 0 && file_read(path, &mirror->before, NULL) &&
	       str_equal(buf_str(&mirror->before), bytes) && has_moment(path, modified);
}

/* An open new file becomes the one at `path`. */
static bool put_in_place(struct mirror *mirror, const char *temporary, int fd, struct str name,
			 int64_t modified, struct fault *why)
{
	struct timespec times[2] = { { modified, 0 }, { modified, 0 } };
	struct path path;

	if (modified > 0 && futimens(fd, times) != 0)
		return fail_errno(why, "cannot set the time of %s", QUOTE(name));
	if (!folder_make_above(mirror->folder, name, 0755, why) ||
	    !path_join(&path, mirror->folder, name, why))
		return false;
	if (rename(temporary, path.at) != 0)
		return fail_errno(why, "cannot name %s", QUOTE(name));
	mirror->written++;
	return true;
}

static int new_file(const struct mirror *mirror, struct path *path, struct fault *why)
{
	int fd;

	if (!path_join(path, mirror->folder, STR(NEW "/file"), why))
		return -1;
	unlink(path->at);
	fd = open(path->at, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		fail_errno(why, "cannot write %s", path->at);
	return fd;
}

/* The sentence gets the file in front. */
static bool filled(bool ok, const struct path *path, const struct fault *inside, struct fault *why)
{
	return ok || fail(why, inside->kind, "%s: %s", path->at, inside->says);
}

bool mirror_put(struct mirror *mirror, struct str name, struct str bytes, int64_t modified,
		struct fault *why)
{
	struct path path, temporary;
	struct fault inside;
	bool ok;
	int fd;

	set_add(&mirror->files, name, NULL);
	if (!path_join(&path, mirror->folder, name, why))
		return false;
	if (is_same(mirror, path.at, bytes, modified)) {
		mirror->unchanged++;
		return true;
	}
	fd = new_file(mirror, &temporary, why);
	if (fd < 0)
		return false;
	ok = filled(fd_write(fd, bytes, &inside), &path, &inside, why) &&
	     put_in_place(mirror, temporary.at, fd, name, modified, why);
	close(fd);
	return ok;
}

static bool copy(int from, int to, uint64_t len, struct fault *why)
{
	char piece[PIECE];

	while (len > 0) {
		ssize_t got = read(from, piece, len < PIECE ? (size_t)len : PIECE);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(why, "cannot read a file of the site");
		if (got == 0)
			return fail(why, BROKEN, "a file of the site is too short");
		if (!fd_write(to, (struct str){ piece, (size_t)got }, why))
			return false;
		len -= (uint64_t)got;
	}
	return true;
}

bool mirror_put_file(struct mirror *mirror, struct str name, int file, uint64_t len,
		     int64_t modified, struct fault *why)
{
	struct path path, temporary;
	struct fault inside;
	struct stat found;
	bool ok;
	int fd;

	set_add(&mirror->files, name, NULL);
	if (!path_join(&path, mirror->folder, name, why))
		return false;
	if (stat(path.at, &found) == 0 && (uint64_t)found.st_size == len && modified > 0 &&
	    has_moment(path.at, modified)) {
		mirror->unchanged++;
		return true;
	}
	fd = new_file(mirror, &temporary, why);
	if (fd < 0)
		return false;
	ok = filled(copy(file, fd, len, &inside), &path, &inside, why) &&
	     put_in_place(mirror, temporary.at, fd, name, modified, why);
	close(fd);
	return ok;
}

/* --- what is left over ------------------------------------------------------------ */

static bool sweep_folder(struct mirror *mirror, struct str below, struct str keep,
			 struct fault *why);

static bool remove_at(struct mirror *mirror, const char *path, bool folder, struct fault *why)
{
	if (folder) {
		/* One that is not empty stays. */
		rmdir(path);
		return true;
	}
	if (unlink(path) != 0)
		return fail_errno(why, "cannot remove %s", path);
	mirror->removed++;
	return true;
}

static bool sweep_entry(struct mirror *mirror, struct str name, struct str keep, struct fault *why)
{
	struct path path;
	struct stat found;
	bool folder;

	if (!path_join(&path, mirror->folder, name, why))
		return false;
	if (lstat(path.at, &found) != 0)
		return fail_errno(why, "cannot read %s", path.at);
	folder = S_ISDIR(found.st_mode);
	if (str_equal(name, keep) || (!folder && set_find(&mirror->files, name) != SET_NONE))
		return true;
	return (!folder || sweep_folder(mirror, name, keep, why)) &&
	       remove_at(mirror, path.at, folder, why);
}

static bool sweep_folder(struct mirror *mirror, struct str below, struct str keep,
			 struct fault *why)
{
	struct path path, name;
	const struct dirent *entry;
	bool ok = true;
	DIR *dir;

	if (!path_join(&path, mirror->folder, below, why))
		return false;
	dir = opendir(path.at);
	if (!dir)
		return fail_errno(why, "cannot read the folder %s", path.at);
	while (ok && (entry = readdir(dir))) {
		int len = snprintf(name.at, sizeof name.at, "%.*s%s%s", STR_ARG(below),
				   below.len ? "/" : "", entry->d_name);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			ok = sweep_entry(mirror, (struct str){ name.at, (size_t)len }, keep, why);
	}
	closedir(dir);
	return ok;
}

bool mirror_remove(struct mirror *mirror, struct str name, struct fault *why)
{
	struct path path;
	struct stat found;

	return path_join(&path, mirror->folder, name, why) &&
	       (lstat(path.at, &found) != 0 || sweep_entry(mirror, name, STR(""), why));
}

bool mirror_sweep(struct mirror *mirror, struct str keep, struct fault *why)
{
	return sweep_folder(mirror, STR(""), keep, why);
}

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/arena.h>
#include <communique/file.h>

static bool read_all(int fd, const char *path, struct buf *out, struct fault *why)
{
	enum { PIECE = 64 * 1024 };

	for (;;) {
		size_t want = out->limit - out->len < PIECE ? out->limit - out->len : PIECE;
		char extra, *room = want ? buf_room(out, want) : &extra;
		ssize_t got = read(fd, room, want ? want : 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(why, "cannot read %s", path);
		if (got == 0)
			return true;
		if (!want)
			return fail(why, TOO_LARGE, "%s has more than %zu bytes", path, out->limit);
		buf_grown(out, (size_t)got);
	}
}

bool file_cannot_open(const char *path, struct fault *why)
{
	int error = errno;
	const struct passwd *user = error == EACCES ? getpwuid(geteuid()) : NULL;

	errno = error;
	if (error == ENOENT)
		return fail(why, BROKEN, "there is no file %s", path);
	if (user)
		return fail(why, BROKEN,
			    "the user %s may not open %s: look at its mode, and at those of the "
			    "folders above it",
			    user->pw_name, path);
	return fail_errno(why, "cannot open %s", path);
}

bool file_read(const char *path, struct buf *out, struct fault *why)
{
	bool from_input = strcmp(path, "-") == 0;
	int fd = from_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return file_cannot_open(path, why);
	ok = read_all(fd, path, out, why);
	if (!from_input)
		close(fd);
	return ok;
}

bool file_read_in(int folder, const char *name, struct buf *out, struct fault *why)
{
	/* Without O_NONBLOCK a pipe would wait here for its writer. */
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat found;
	bool ok;

	if (fd < 0 && errno == ELOOP)
		return fail(why, BROKEN, "%s is a link, not a file", name);
	if (fd < 0)
		return fail_errno(why, "cannot open %s", name);
	if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode))
		ok = read_all(fd, name, out, why);
	else
		ok = fail(why, BROKEN, "%s is not a file", name);
	close(fd);
	return ok;
}

bool fd_write(int fd, struct str bytes, struct fault *why)
{
	while (bytes.len) {
		ssize_t done = write(fd, bytes.at, bytes.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return fail_errno(why, "cannot write");
		bytes = str_skip(bytes, (size_t)done);
	}
	return true;
}

static bool fill(int fd, const char *path, struct str bytes, unsigned mode, struct fault *why)
{
	struct fault inside;

	if (fchmod(fd, mode) != 0)
		return fail_errno(why, "cannot set the mode of %s", path);
	if (!fd_write(fd, bytes, &inside))
		return fail(why, inside.kind, "%s: %s", path, inside.says);
	return fsync(fd) == 0 || fail_errno(why, "cannot sync %s", path);
}

/* rename(2) replaces, link(2) does not: that is the whole difference. */
static bool put_in_place(const char *temporary, const char *path, bool replace, struct fault *why)
{
	if (replace)
		return rename(temporary, path) == 0 || fail_errno(why, "cannot name %s", path);
	if (link(temporary, path) == 0)
		return true;
	if (errno == EEXIST)
		return fail(why, CONFLICT, "%s is there already", path);
	return fail_errno(why, "cannot name %s", path);
}

static bool write_file(const char *path, struct str bytes, unsigned mode, bool replace,
		       struct fault *why)
{
	struct arena arena;
	char *temporary, *folder;
	bool ok = false;
	int fd;

	arena_init(&arena);
	temporary = arena_cstr(&arena, arena_printf(&arena, "%s.XXXXXX", path));
	folder = dirname(arena_cstr(&arena, str_from(path)));
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		fail(why, BROKEN, "cannot write %s: there is no folder %s", path, folder);
		goto out;
	}
	if (fd < 0) {
		fail_errno(why, "cannot write %s", path);
		goto out;
	}
	ok = fill(fd, path, bytes, mode, why) && put_in_place(temporary, path, replace, why) &&
	     folder_sync(folder, why);
	close(fd);
	if (!ok || !replace)
		unlink(temporary);
out:
	arena_release(&arena);
	return ok;
}

/* The descriptor that a name such as /dev/stdout stands for; -1: it is another's. */
static int descriptor_of(const char *path)
{
	struct str name = str_from(path);
	uint64_t fd;

	if (str_equal(name, STR("/dev/stdout")))
		return STDOUT_FILENO;
	if (str_starts(name, STR("/dev/fd/")))
		name = str_skip(name, 8);
	else if (str_starts(name, STR("/proc/self/fd/")))
		name = str_skip(name, 14);
	else
		return -1;
	return str_to_u64(name, INT_MAX, &fd) ? (int)fd : -1;
}

/* A device or a pipe, perhaps behind a link: /dev/null, a FIFO. */
static bool is_passage(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

static bool write_through(const char *path, struct str bytes, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	int own = descriptor_of(path);
	int fd = own >= 0 ? fcntl(own, F_DUPFD_CLOEXEC, 0)
			  : open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return fail_errno(why, "cannot write %s", path);
	ok = fd_write(fd, bytes, &inside) || fail(why, inside.kind, "%s: %s", path, inside.says);
	close(fd);
	return ok;
}

/* Another link is replaced, as rename(2) does it: whoever may put one into a folder must not choose
 * what is overwritten. */
bool file_write(const char *path, struct str bytes, unsigned mode, struct fault *why)
{
	return descriptor_of(path) >= 0 || is_passage(path)
		       ? write_through(path, bytes, why)
		       : write_file(path, bytes, mode, true, why);
}

bool file_create(const char *path, struct str bytes, unsigned mode, struct fault *why)
{
	return write_file(path, bytes, mode, false, why);
}

bool folder_make(const char *path, unsigned mode, struct fault *why)
{
	struct stat found;

	if (mkdir(path, mode) == 0)
		return true;
	if (errno == EEXIST && stat(path, &found) == 0)
		return S_ISDIR(found.st_mode) ||
		       fail(why, BROKEN, "%s is there, and no folder", path);
	return fail_errno(why, "cannot make the folder %s", path);
}

bool folder_make_all(const char *path, unsigned mode, struct fault *why)
{
	struct arena arena;
	bool ok = true;
	char *part;

	arena_init(&arena);
	part = arena_cstr(&arena, str_from(path));
	for (size_t i = 1; ok && part[i - 1]; i++) {
		char end = part[i];

		if (end != '/' && end != '\0')
			continue;
		part[i] = '\0';
		ok = folder_make(part, mode, why);
		part[i] = end;
	}
	arena_release(&arena);
	return ok;
}

bool folder_sync(const char *path, struct fault *why)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return fail_errno(why, "cannot open the folder %s", path);
	ok = fsync(fd) == 0 || fail_errno(why, "cannot sync the folder %s", path);
	close(fd);
	return ok;
}

bool folder_make_above(const char *folder, struct str name, unsigned mode, struct fault *why)
{
	struct path path;

	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '/' && (!path_join(&path, folder, str_first(name, i), why) ||
					  !folder_make(path.at, mode, why)))
			return false;
	}
	return true;
}

/* --- all below a folder ----------------------------------------------------------- */

enum { FOLDERS_OPEN = 8 };

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info;
	(void)type;
	(void)at;
	return remove(path);
}

bool folder_remove(const char *path, struct fault *why)
{
	if (nftw(path, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
		return true;
	return fail_errno(why, "cannot remove %s", path);
}

static int sync_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
	(void)info;
	(void)at;
	return type != FTW_DP || folder_sync(path, NULL) ? 0 : -1;
}

bool folder_sync_all(const char *path, struct fault *why)
{
	if (nftw(path, sync_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) == 0)
		return true;
	return fail_errno(why, "cannot sync the folders of %s", path);
}

/* --- names ------------------------------------------------------------------------ */

bool path_join(struct path *out, const char *folder, struct str name, struct fault *why)
{
	int len = snprintf(out->at, sizeof out->at, "%s/%.*s", folder, STR_ARG(name));

	if (len > 0 && (size_t)len < sizeof out->at && str_find(name, '\0') == name.len)
		return true;
	return fail(why, BROKEN, "a file's name is too long: %s", QUOTE(name));
}

bool path_is_there(const char *path)
{
	return access(path, F_OK) == 0 || errno != ENOENT;
}

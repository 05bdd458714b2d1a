/*
 * file - whole files, in and out; folders, and the names in them.
 */
#ifndef COMMUNIQUE_FILE_H
#define COMMUNIQUE_FILE_H

#include <limits.h>

#include <communique/buf.h>

/* Adds the file's bytes to `out`, whose limit is the file's; "-" is standard
 * input. TOO_LARGE, or BROKEN for all else, a file that is not there too. */
bool file_read(const char *path, struct buf *out, struct fault *why);
/* The same for a name in an open folder, which must be a file itself, not a link to one. */
bool file_read_in(int folder, const char *name, struct buf *out, struct fault *why);
/* What errno says about a file that could not be opened, and who may not. */
bool file_cannot_open(const char *path, struct fault *why);

/* All or nothing, and on disk when it returns true: a temporary file beside it,
 * fsync, rename, fsync of the folder. `mode` as in chmod(2), whatever the umask. A link is
 * followed; a device or a pipe that is there is written to, not replaced. */
bool file_write(const char *path, struct str bytes, unsigned mode, struct fault *why);
/* The same, but CONFLICT when the file is there already: for keys. */
bool file_create(const char *path, struct str bytes, unsigned mode, struct fault *why);

bool folder_make(const char *path, unsigned mode, struct fault *why); /* existing: fine */
/* With the folders above it. */
bool folder_make_all(const char *path, unsigned mode, struct fault *why);
/* The folders below `folder` in which `name` lies. */
bool folder_make_above(const char *folder, struct str name, unsigned mode, struct fault *why);
bool folder_sync(const char *path, struct fault *why);
/* With all below it; links are not followed. What is not there is fine. */
bool folder_remove(const char *path, struct fault *why);
/* Each folder below it, and itself: the names in them are then on disk. */
bool folder_sync_all(const char *path, struct fault *why);

struct path {
	char at[PATH_MAX];
};
bool path_join(struct path *out, const char *folder, struct str name, struct fault *why);
bool path_is_there(const char *path); /* also when it cannot be told */

/* Every byte or a fault; goes on after EINTR. */
bool fd_write(int fd, struct str bytes, struct fault *why);

#endif

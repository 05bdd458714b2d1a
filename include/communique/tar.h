/*
 * tar - a bundle of small files as one (POSIX ustar), the same bytes for the same files.
 *
 *	each file	512 bytes of header, its bytes, zeroes up to a multiple of 512
 *	the end		1024 bytes of zeroes
 *
 * Written: mode 0644, owner 0 without a name, one time for all. Any tar unpacks it. Read: only
 * that form. A name is at most 100 bytes of [A-Za-z0-9._-] in segments parted by "/", none of
 * them beginning with "."; no folders, links or extensions; nothing behind the end. What comes
 * from outside is refused rather than understood in a second way.
 */
#ifndef COMMUNIQUE_TAR_H
#define COMMUNIQUE_TAR_H

#include <communique/buf.h>

#define TAR_NAME_MAX 100

struct tar_file {
	struct str name, bytes; /* point into the bundle */
};

void tar_add(struct buf *out, struct str name, struct str bytes, int64_t modified);
void tar_end(struct buf *out);

/* The next file; *more is false at the end. INVALID. */
bool tar_next(struct str *rest, struct tar_file *out, bool *more, struct fault *why);

#endif

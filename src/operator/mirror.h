/*
 * mirror - a folder made equal to what it is told, and nothing else left in it.
 *
 * A file whose bytes are the same already is not touched, so that whoever copies the folder
 * on (rsync, a bucket) moves only what changed. A file is written beside the folder's own,
 * in `.new`, and renamed: a reader sees the old one or the new one. Nothing is synced; what
 * a power cut takes is found to differ by the next run.
 *
 * The folder must be empty, or one that the mirror of the same site made before: `.site`
 * names it. Nobody's photographs are swept away.
 */
#ifndef COMMUNIQUE_OPERATOR_MIRROR_H
#define COMMUNIQUE_OPERATOR_MIRROR_H

#include <communique/set.h>

struct mirror {
	const char *folder;
	struct set files; /* that belong there, relative */
	struct buf before;
	uint64_t written, unchanged, removed;
};

/* CONFLICT: something else is in the folder. */
bool mirror_open(struct mirror *mirror, const char *folder, struct str site, struct fault *why);
void mirror_close(struct mirror *mirror);

/* `path` is relative, without "." and ".."; `modified` 0: the moment of writing. */
bool mirror_put(struct mirror *mirror, struct str path, struct str bytes, int64_t modified,
		struct fault *why);
/* The same for an open file of `len` bytes, which its address names by its hash: one of the
 * same size and moment is taken to be it. */
bool mirror_put_file(struct mirror *mirror, struct str path, int file, uint64_t len,
		     int64_t modified, struct fault *why);
/* Removes one at once, or what is in a folder of that name, but nothing that was put. */
bool mirror_remove(struct mirror *mirror, struct str path, struct fault *why);
/* Removes the files that were not put, but not those below `keep`. */
bool mirror_sweep(struct mirror *mirror, struct str keep, struct fault *why);

#endif

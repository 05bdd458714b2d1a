/*
 * fsck - does the store agree with itself?
 *
 * Everything that editors did stands in the store twice: what they signed (files and
 * signatures) and what was made of it (cards, lists, tallies, schedule). fsck reads all
 * of it in one read transaction and holds the one against the other: each file against
 * its name, each signature against its key, each quorum against the key set of its day,
 * each row of an index against the file it was made from, and each table against what
 * the others refer to. It changes nothing.
 *
 * Time: one pass over everything, two for files and lists. Memory: one edition, and a
 * list's days.
 */
#ifndef COMMUNIQUE_FSCK_H
#define COMMUNIQUE_FSCK_H

#include <communique/newsroom.h>

struct fsck_watch {
	void (*differs)(void *ctx, struct str what);		    /* one line */
	void (*progress)(void *ctx, uint64_t done, uint64_t total); /* may be NULL */
	void *ctx;
};

/* How many differences; each was told. False: not all could be read. */
bool newsroom_fsck(const struct newsroom *newsroom, int64_t now, const struct fsck_watch *watch,
		   uint64_t *differences, struct fault *why);

#endif

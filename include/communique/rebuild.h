/*
 * rebuild - everything that can be made from the signed files is made anew.
 *
 * What editors signed (FILES, SIGNATURES, KEYSETS), the order and moments of acceptance
 * (JOURNAL, and the moments and key set in REVISIONS) stay as they are. The cards, lists, numbers,
 * schedule, old addresses, references and all of the search are dropped and written again from
 * them, in one transaction: readers see what was or what is new, and whenever it is broken off
 * what was stays. It writes, so no desk may run meanwhile; readers may.
 */
#ifndef COMMUNIQUE_REBUILD_H
#define COMMUNIQUE_REBUILD_H

#include <communique/newsroom.h>

struct rebuild_watch {
	void (*progress)(void *ctx, uint64_t done, uint64_t total); /* may be NULL */
	void *ctx;
	uint64_t revisions; /* out: how many there are */
};

/* BROKEN: a file is missing or is not what it was; the store stays as it was. */
bool newsroom_rebuild(struct newsroom *newsroom, int64_t now, struct rebuild_watch *watch,
		      struct fault *why);

#endif

/*
 * ready - pages that were made once and are kept, whole, in bounded memory.
 *
 * What a page shows follows from the store and the clock alone, so one made from the store's
 * version V stays right until the version changes or its `until` comes: both are asked at
 * every visit, nothing has to be told to forget. A page's version is that of the transaction
 * it was made from; while a commit is on its way to the disk nobody finds it, and it is made
 * once more (store_version).
 *
 * A page is kept under its address and encoding, as the head and body that leave.
 *
 * Finding one takes no lock: the table's chains are read as they are, by whoever sits on a
 * seat. A seat holds the number of the epoch in which its reader sat down, 0 when it is free:
 *
 *	reader	seat = epoch;  walk the chain;  send the page;	seat = 0
 *	maker	(under the lock) unlink a page, stamp it with epoch++;
 *		free those whose stamp is below every taken seat
 *
 * Every one of these accesses is sequentially consistent. So a reader that sat down after the
 * stamp cannot have met the page, and one that did holds the epoch back. Whoever finds a page
 * must let it go soon: it holds back the memory of all pages that left since.
 *
 * Room is made as S3-FIFO does (Yang et al., SOSP 2023): new pages enter a small queue, a
 * tenth of the memory. At its end those that were asked for again go on to the main queue,
 * the others leave, and only a trace of their name remains, which takes them to the main
 * queue at once if they are made again soon. In the main queue a page that was asked for is
 * sent round again. So who reads every page of the archive once pushes out only others' like.
 *
 * Of many who miss the same page one makes it (ready_turn), the others wait for that.
 */
#ifndef COMMUNIQUE_WEB_READY_H
#define COMMUNIQUE_WEB_READY_H

#include "encoding.h"

struct ready;
struct seat;

#define READY_LASTS 0 /* the version of what is right for every version */

struct ready_page {
	struct str target; /* the address, in its one spelling */
	enum encoding encoding;
	bool alone; /* is right for who wants another encoding, too */
	uint64_t version;
	int64_t made, until; /* the moment it was made; the end of its lifetime */
	int64_t modified;    /* 0: not known */
	int lifetime, age;   /* for who encodes it: what its Cache-Control was made of */
	struct str type, etag;
	struct str head;	    /* of the 200 */
	size_t same_from, same_end; /* the part of it that a 304 has too */
	struct str body;
};

struct ready_hold {
	const struct ready_page *page;
	struct seat *seat;
};

struct ready *ready_new(size_t limit);
void ready_free(struct ready **ready); /* nobody holds anything */

/* True: a page that is right, to be given back soon with ready_release(). */
bool ready_find(struct ready *ready, struct str target, enum encoding encoding, uint64_t version,
		int64_t now, struct ready_hold *out);
/* The one of any version: perhaps its body is still the same. */
bool ready_find_old(struct ready *ready, struct str target, enum encoding encoding,
		    struct ready_hold *out);
void ready_release(struct ready_hold *hold);

/* Copies the texts; takes the place of what was kept under this name. What would take more
 * than an eighth of all is not kept. */
void ready_keep(struct ready *ready, const struct ready_page *page);

struct ready_turn {
	uint64_t number; /* 0: none */
	struct str target;
	struct ready_turn *next;
};

/* True: it is ours to make, end it in any case; `target` outlives the turn. False: somebody
 * was making it and is done, or takes longer than anybody should wait. */
bool ready_turn_begin(struct ready *ready, struct str target, struct ready_turn *turn);
void ready_turn_end(struct ready *ready, struct ready_turn *turn); /* not ours: fine */

#endif

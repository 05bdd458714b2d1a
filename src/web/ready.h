/*
 * ready - pages that were made once and are kept, in bounded memory.
 *
 * What a page shows follows from the store and the clock alone, so one made from the store's
 * version V stays right until the version changes or the next lift comes: both are asked at
 * every visit, nothing has to be told to forget. The version is read before the transaction
 * the page is made from; a commit in between only makes the page never be found.
 *
 * A slot holds one page; another page of the same slot takes its place. When all of them
 * together become too large, all are forgotten. Pages are shared between threads and live as
 * long as somebody holds them.
 */
#ifndef COMMUNIQUE_WEB_READY_H
#define COMMUNIQUE_WEB_READY_H

#include <communique/fault.h>

struct ready;

struct ready_page {
	struct str target; /* the address, in its one spelling */
	uint64_t version;
	int64_t made, until; /* the moment it was made; the next lift after that */
	const char *type;    /* static */
	int lifetime;
	int64_t modified;
	struct str etag, content;
};

struct ready *ready_new(size_t limit);
void ready_free(struct ready **ready);

/* NULL: there is none that is right. Give it back with ready_release(). */
const struct ready_page *ready_find(struct ready *ready, struct str target, uint64_t version,
				    int64_t now);
void ready_release(struct ready *ready, const struct ready_page *page);
/* Copies the texts. */
void ready_keep(struct ready *ready, const struct ready_page *page);

#endif

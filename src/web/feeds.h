/*
 * feeds - a feed of any list of releases, in any of its forms.
 *
 *	struct feed_list list = feed_begin(visit);
 *	feed_add(&list, &told, why)	for each, the newest first (reading_told, reading_changes)
 *	feed_send(&list, &view, why)
 */
#ifndef COMMUNIQUE_WEB_FEEDS_H
#define COMMUNIQUE_WEB_FEEDS_H

#include "public.h"

#include <communique/feed.h>
#include <communique/logbook.h>

#define FEED_PAGE_SIZE 20
/* Older entries are on the board and in its data. */
#define FEED_PAGES_MAX 100

struct feed_list {
	struct visit *visit;
	struct feed_entry entries[FEED_PAGE_SIZE];
	size_t count;
	struct disputes disputes;
};

struct feed_list feed_begin(struct visit *visit);
bool feed_add(struct feed_list *list, const struct change_told *told, struct fault *why);
/* Fills in the entries; the form is that of the address. */
bool feed_send(struct feed_list *list, struct feed_view *view, struct fault *why);

#endif

/*
 * lists - what the handlers of lists have in common.
 *
 * A page number is at least 2 where it stands in an address: the first page has none. A name
 * that no list has is nothing, and so is one that only an embargoed release has.
 */
#ifndef COMMUNIQUE_WEB_LISTS_H
#define COMMUNIQUE_WEB_LISTS_H

#include "public.h"

#include <communique/logbook.h>

struct listed {
	struct disputes disputes;
	struct list_entry entries[BOARD_PAGE_SIZE];
	struct board_view view;
};

/* Page `number` of the filter's list, `size` entries each; NOT_FOUND beyond the last. */
bool list_read(struct visit *visit, const struct filter *filter, uint64_t number, uint64_t size,
	       struct listed *out, struct fault *why);
struct list_entry list_entry_of(const struct revision *revision, bool disputed);

/* The filter in the address. NOT_FOUND: a name that no list has, or no date. */
bool filter_read(struct visit *visit, struct board_filter *words, struct filter *out,
		 struct fault *why);
/* What a reader may choose from. */
void choices_read(struct visit *visit, struct board_view *view);

/* The number in page=; NOT_FOUND. True with 0: a redirect to the first page has been made. */
bool page_number(struct visit *visit, uint64_t *out, struct fault *why);
/* The address asked for without .json and page=, with the page's slash: the HTML page. */
struct str page_address(struct visit *visit, bool with_number);
bool asks_json(const struct visit *visit);

#define JSON_TYPE "application/json; charset=utf-8"
const char *page_type(const struct visit *visit);
/* The path without .json. */
struct str page_path(const struct visit *visit);

/* The topic in the address, decoded. NOT_FOUND: it has no releases, or is spelt otherwise (then
 * *moved: a redirect to the right spelling has been made). */
bool find_topic(struct visit *visit, struct str *topic, bool *moved, struct fault *why);

#endif

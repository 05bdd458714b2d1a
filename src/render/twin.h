/* twin - what the JSON twins have in common; private to this folder. */
#ifndef COMMUNIQUE_RENDER_TWIN_H
#define COMMUNIQUE_RENDER_TWIN_H

#include <communique/json.h>

#include "article.h"

/* `site`, `language` and `address`, the members that all of them begin with. */
struct json twin_begin(struct frame *frame, const struct page *page, struct buf *out);
bool twin_end(struct json *json, struct frame *frame, struct fault *why);

void twin_date(struct json *json, const char *key, struct date date);
void twin_moment(struct json *json, const char *key, int64_t time);
void twin_change(struct json *json, enum change change); /* of the first revision: none */
void twin_some(struct json *json, const char *key, struct str text); /* not an empty one */

/* Of lists: the members of an entry; the filter; the page's number and neighbours. */
void twin_entry(struct json *json, struct frame *frame, const struct list_entry *entry);
void twin_filter(struct json *json, const struct board_filter *filter);
void twin_paging(struct json *json, struct frame *frame, struct str first, uint64_t number,
		 uint64_t pages);

#endif

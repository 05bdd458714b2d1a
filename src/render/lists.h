/* lists - what pages with lists of releases have in common; private to this folder. */
#ifndef COMMUNIQUE_RENDER_LISTS_H
#define COMMUNIQUE_RENDER_LISTS_H

#include "frame.h"

/* Fills what a list says of one release. */
void list_entry(struct frame *frame, struct view *entry, const struct list_entry *from);
/* Fill what list.mustache needs: the entries (`heading` is their element, h2 or h3), how many
 * there are, the pages. */
void list_entries(struct frame *frame, const struct board_view *board, const char *heading);
void list_count(struct frame *frame, const struct board_view *board);
void list_paging(struct frame *frame, struct str first, uint64_t number, uint64_t pages);

bool list_is_filtered(const struct board_filter *filter);
/* Fill what filter.mustache needs; `action` is where the form leads. */
void list_filter(struct frame *frame, const struct board_view *board, struct str action);

/* Page n of a list whose first page has this path. */
struct str list_page_path(struct frame *frame, struct str first, uint64_t number);

/* A sentence about the site, in the text's language. */
struct str list_description(struct frame *frame, const char *key);
/* "/en/topics/New%20Policy/" */
struct str topic_path(struct frame *frame, struct str topic);
/* "/en/releases/?department=…" */
struct str filter_path(struct frame *frame, const char *parameter, struct str value);
struct str archive_path(struct frame *frame, uint32_t number); /* 2026, 202611; 0: all of it */
/* "2026", "November 2026" */
struct str month_name(struct frame *frame, const struct locale *locale, uint32_t number);
/* The same page as data: its path without the last slash, .json, and its query. */
struct str twin_path(struct frame *frame, struct str path);

#endif

/*
 * list - which list an item belongs to.
 *
 * The open items stand below each other in `open`, the outermost first. A mark that is
 * open already goes on with its list. Another is placed by its level: bullets
 * (□ ° - ·) close deeper bullets, the formal order (1. 가. 1) …) closes deeper formal
 * items, and either stands below the other. Numbers and squares close all.
 *
 * A block without a mark leaves the nested lists and waits beside the outermost one, as
 * it cannot be known yet whether that goes on. When it does, what waits moves into its
 * last item; else it stays where it is.
 */
#ifndef RELEASE_LIST_H
#define RELEASE_LIST_H

#include <communique/document.h>
#include <communique/limits.h>

#include "mark.h"
#include "parse.h"

struct open_item {
	struct node *list, *item;
	enum mark_kind kind;
};

struct lists {
	struct node *document;
	struct open_item open[RELEASE_DEPTH_MAX];
	unsigned depth;
	bool waiting;			/* blocks beside the outermost list */
	unsigned last[MARK_LIST_KINDS]; /* the number that stood last, of ordered marks */
};

/* True when an ordered mark counts here: it is the next one or 1, or, at the start of a
 * paragraph, one that leaves out or repeats a few. */
bool list_takes(const struct lists *lists, const struct mark *mark, bool after_gap);

/* Puts the item where it belongs. Refuses more than RELEASE_DEPTH_MAX levels. */
bool list_add_item(struct lists *lists, struct parse *parse, const struct mark *mark,
		   struct node *item, struct fault *why);

/* A paragraph, quotation or table. */
void list_add_block(struct lists *lists, struct node *block);
/* A remark or a footnote: belongs to what stands above. */
void list_add_remark(struct lists *lists, struct node *remark);
/* A heading or an end mark: all lists are over, their numbers go on. */
void list_add_break(struct lists *lists, struct node *block);

#endif

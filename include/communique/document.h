/*
 * document - a release's body as a tree.
 *
 * One kind of node for all. Blocks hang below NODE_DOCUMENT; inline nodes hang
 * below the block that holds them. Children are a linked list in text order.
 *
 *	NODE_DOCUMENT
 *	├ NODE_PARAGRAPH ─ inline…
 *	├ NODE_LIST ordered				1. 2. 3.
 *	│  ├ NODE_ITEM mark "1." anchor "p1" ─ inline…
 *	│  │   ├ NODE_LIST				° points beneath
 *	│  │   │  └ NODE_ITEM mark "°" anchor "p1.1" ─ inline…
 *	│  │   └ NODE_REMARK mark "※" ─ inline…
 *	│  └ NODE_ITEM mark "2." …
 *	└ NODE_TABLE ─ NODE_ROW ─ NODE_CELL ─ inline…
 *
 * An item's inline nodes come first among its children, its nested blocks behind.
 * Marks are text: they are shown as they were written, never renumbered. A list's
 * items have marks of one kind (° and o are one kind); another kind, or numbers that
 * begin anew, make another list.
 *
 * A heading written `[ … ]`, `〈 … 〉`, `【 … 】` or with ## has no mark and its text
 * stands without them; one written with □ keeps □ as its mark. A table's line of dashes
 * belongs to the source of its first row. Quotations do not nest. Inline nodes nest
 * at most RELEASE_DEPTH_MAX deep, links never in links.
 *
 * Each byte of the body is in the `source` of exactly one block: sources in text order
 * (node_after) are the body. A block's source has its own lines and the empty lines
 * behind them; NODE_DOCUMENT's has the empty lines above all, NODE_LIST, NODE_QUOTE,
 * NODE_TABLE and NODE_CELL have none.
 *
 * All nodes and anchors are the arena's; `text`, `mark`, `address` point into the
 * release file or the arena.
 */
#ifndef COMMUNIQUE_DOCUMENT_H
#define COMMUNIQUE_DOCUMENT_H

#include <communique/arena.h>

enum node_kind {
	/* blocks */
	NODE_DOCUMENT,
	NODE_HEADING,	/* level 2 or 3 */
	NODE_PARAGRAPH, /* no mark; inside an item: a paragraph that continues it */
	NODE_LIST,	/* ordered or not; holds items only */
	NODE_ITEM,	/* mark, anchor */
	NODE_REMARK,	/* mark: ※ */
	NODE_FOOTNOTE,	/* mark: *, **, … */
	NODE_QUOTE,	/* holds paragraphs */
	NODE_TABLE,	/* holds rows; the first is the head */
	NODE_ROW,	/* holds cells */
	NODE_CELL,
	NODE_END_MARK, /* mark; not shown */
	/* inline */
	NODE_TEXT,  /* text, escapes resolved */
	NODE_BREAK, /* a line end inside a block: shown as a space */
	NODE_STRONG,
	NODE_EMPHASIS,
	NODE_LINK,     /* address; holds inline */
	NODE_IMAGE,    /* address: an attachment's name; text: the alternative */
	NODE_LANGUAGE, /* language; holds inline */
};

struct node {
	enum node_kind kind;
	struct node *parent, *first, *last, *next;
	struct str text;
	struct str mark;
	struct str address;  /* as it may stand in an href, unescaped: a safe scheme or a path */
	struct str language; /* BCP 47 */
	struct str anchor;   /* "p3", "p2.1", "p3-2"; STR_NONE where there is none */
	unsigned level;	     /* headings: 2, 3; lists and items: depth from 1 */
	bool ordered;	     /* lists */
	bool head;	     /* rows */
	unsigned line;	     /* in the file, from 1; blocks only */
	struct str source;   /* blocks: the bytes it was read from, see release_write() */
};

static inline bool node_is_block(const struct node *node)
{
	return node->kind < NODE_TEXT;
}

/* The next in text order: a node comes before those below it. NULL after the last. */
static inline struct node *node_after(const struct node *node)
{
	if (node->first)
		return node->first;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

/* The words of a node and all below it, without marks; line ends inside a block as
 * spaces, an LF between blocks. An image gives its alternative text. */
void node_plain_text(const struct node *node, struct buf *out);
/* The same of its inline nodes only: an item without the blocks beneath it. */
void node_own_text(const struct node *node, struct buf *out);

#endif

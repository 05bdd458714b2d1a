/*
 * mark - what stands at a line's start.
 *
 * Each class of mark has a rank: an item closes all open items of its rank or a
 * higher one, and hangs below what is left. So `-` is the third level below `1.` and
 * `°`, and the first where nothing stands above.
 *
 *	rank 1   1.  □ ㅁ ■
 *	     2   ° ○ ㅇ ◦ ∘ o    가.
 *	     3   - – ―           1)
 *	     4   · ㆍ • ▪         가)
 *	     5   (1)     6  (가)     7  ①     8  ㉮
 */
#ifndef COMMUNIQUE_RELEASE_MARK_H
#define COMMUNIQUE_RELEASE_MARK_H

#include <communique/str.h>

enum mark_class {
	MARK_NONE,
	MARK_NUMBER, /* 1. */
	MARK_BOX,
	MARK_CIRCLE,
	MARK_DASH,
	MARK_DOT,
	MARK_HANGUL,	   /* 가. */
	MARK_NUMBER_CLOSE, /* 1) */
	MARK_HANGUL_CLOSE, /* 가) */
	MARK_NUMBER_BOTH,  /* (1) */
	MARK_HANGUL_BOTH,  /* (가) */
	MARK_NUMBER_RING,  /* ① */
	MARK_HANGUL_RING,  /* ㉮ */
	MARK_REMARK,	   /* ※ */
	MARK_FOOTNOTE,	   /* * ** *** */
};

struct mark {
	enum mark_class class;
	struct str text; /* "1." */
	size_t width;	 /* with the blanks behind it */
	unsigned number; /* of numbered classes, 1 for 가 and ①; else 0 */
};

/* The mark at the start of a line without its line end. A number of MARK_NUMBER is not yet
 * known to count: that takes the numbers before it. */
struct mark mark_find(struct str line);
unsigned mark_rank(enum mark_class class);
bool mark_is_ordered(enum mark_class class);

#endif

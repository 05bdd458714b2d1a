/*
 * mark - what a line begins with.
 *
 * A mark is a sign of the house style and a space behind it. mark_read() knows shapes
 * only; whether a number counts where it stands is for the body's parser.
 */
#ifndef RELEASE_MARK_H
#define RELEASE_MARK_H

#include <communique/str.h>

enum mark_kind {
	MARK_NONE,
	/* list marks, see mark_level() */
	MARK_NUMBER, /* 1. */
	MARK_SQUARE, /* □ ㅁ ■ */
	MARK_CIRCLE, /* ° ○ ㅇ ◦ ∘ o */
	MARK_DASH,   /* - – ― */
	MARK_DOT,    /* · ㆍ • ▪ */
	MARK_SYLLABLE,
	MARK_NUMBER_PAREN,
	MARK_SYLLABLE_PAREN,
	MARK_PAREN_NUMBER,
	MARK_PAREN_SYLLABLE,
	MARK_CIRCLED_NUMBER,
	MARK_CIRCLED_SYLLABLE,
	MARK_LIST_KINDS,
	/* others */
	MARK_REMARK = MARK_LIST_KINDS, /* ※ */
	MARK_FOOTNOTE,		       /* * ** *** */
	MARK_HEADING,		       /* [ … ] 〈 … 〉 【 … 】 ## ### */
	MARK_QUOTE,		       /* > */
	MARK_ROW		       /* | */
};

struct mark {
	enum mark_kind kind;
	struct str sign; /* "1.", "°"; headings: empty */
	struct str text; /* what stands behind it on the line */
	unsigned number; /* of an ordered mark: its place, from 1 (거 is 15) */
	unsigned level;	 /* of a heading */
};

struct mark mark_read(struct str line);

/* Its rank among the bullets or among the formal order. */
unsigned mark_level(enum mark_kind kind);
bool mark_is_ordered(enum mark_kind kind);

/* `끝.` and the like, alone on the last line. */
bool mark_is_end(struct str line);

/* A line that is only ">": parts two paragraphs of a quotation. */
bool mark_is_quote_gap(struct str line);

#endif

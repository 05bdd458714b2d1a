/*
 * difference - what changed between two revisions of a release, for people to read.
 *
 * Blocks (paragraphs, items, headings, rows of tables …) are matched, in order: a block is
 * kept, changed, removed or added. One that was removed in one place and added in another,
 * with nearly the same words, was moved: it stands in both places, which know each other, and
 * counts once. In a changed or moved one words are marked. Words stand between
 * spaces; where one differs it is looked into: scripts without spaces (and Hangul, whose
 * particles hang on their words) are marked by characters, others at punctuation.
 *
 * Of any block, kept and removed segments together are its old text, kept and added
 * ones its new text, byte for byte.
 *
 * A text is what a reader sees: the mark, then the words. Where only what is not seen
 * differs (an address behind a link, emphasis) the segments are the file's own markup.
 * Line ends inside a block, indentation and empty lines between blocks are no difference.
 *
 * The work is bounded for every input: nearly linear in the sizes, whatever they hold.
 * Where texts have too little in common, or too much that repeats, the difference is
 * coarser than it could be, never wrong. All memory is the arena's; texts point into
 * the releases, which must live as long.
 */
#ifndef COMMUNIQUE_DIFFERENCE_H
#define COMMUNIQUE_DIFFERENCE_H

#include <communique/release.h>

enum mark_of_change { TEXT_KEPT, TEXT_REMOVED, TEXT_ADDED };

struct segment {
	enum mark_of_change mark;
	struct str text; /* never empty */
	struct segment *next;
};

enum block_change {
	BLOCK_KEPT,
	BLOCK_CHANGED,
	BLOCK_REMOVED,
	BLOCK_ADDED,
	BLOCK_MOVED,	 /* where it is now */
	BLOCK_MOVED_AWAY /* where it was: all of it as removed; counts[] has none of these */
};
#define BLOCK_CHANGES (BLOCK_MOVED_AWAY + 1)

struct block_difference {
	enum block_change change;
	const char *field;		   /* "Title": a line of the header; NULL: a block */
	const struct node *before, *after; /* of the two bodies; NULL: not in that one */
	bool markup;			   /* the segments are as they stand in the file */
	struct segment *segments;	   /* removed ones before those added in their place */
	struct block_difference *moved;	   /* its other place; NULL: it was not moved */
	bool down;			   /* moved further down */
	struct block_difference *next;
};

struct difference {
	struct block_difference *fields; /* all but those that tell revisions apart */
	struct block_difference *blocks; /* the bodies, in text order */
	size_t counts[BLOCK_CHANGES];	 /* of both, by block_change */
};

static inline bool difference_is_none(const struct difference *difference)
{
	return difference->counts[BLOCK_CHANGED] + difference->counts[BLOCK_REMOVED] +
		       difference->counts[BLOCK_ADDED] + difference->counts[BLOCK_MOVED] ==
	       0;
}

void release_difference(struct arena *arena, const struct release *before,
			const struct release *after, struct difference *out);

/* Two texts as one block. NULL: both are empty. */
struct segment *text_difference(struct arena *arena, struct str before, struct str after);

#endif

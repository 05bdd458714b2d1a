/*
 * excerpt - what a text says around the words that were asked for; and whether it has a
 * quotation word for word.
 */
#ifndef COMMUNIQUE_EXCERPT_H
#define COMMUNIQUE_EXCERPT_H

#include <communique/query.h>

#define EXCERPT_PIECES_MAX 48

struct excerpt_piece {
	struct str text; /* in the text that was given */
	bool marked;
};

struct excerpt {
	struct excerpt_piece pieces[EXCERPT_PIECES_MAX];
	size_t count;
	bool cut_before, cut_behind; /* the text goes on there */
};

/* Where most of the query's words stand near each other, or the text's beginning. Looks at
 * the first EXCERPT_TEXT_MAX bytes only. */
#define EXCERPT_TEXT_MAX (32 * 1024)
void excerpt_make(const struct stems *stems, const struct query *query, struct str text,
		  struct excerpt *out);

/* A quotation, made ready: its words, folded. */
#define PHRASE_UNITS_MAX QUERY_MAX
struct phrase {
	struct str units[PHRASE_UNITS_MAX];
	size_t count;
};
struct phrase phrase_of(struct arena *arena, struct str quotation);

/* A text is given piece by piece (its title, its body …); a quotation stands in one of them.
 * Case, width and what is on letters make no difference, nor what stands between words. Takes
 * the work off that it does, about one for a byte; false when that falls below 0. */
bool phrase_stands_in(const struct phrase *phrase, struct str text, int64_t *work);

#endif

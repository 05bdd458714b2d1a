/*
 * query - what a reader typed into the search box, as terms.
 *
 *	harbour fees		texts that have both words, each by its stem
 *	"harbour fees"		the two words as written, one behind the other
 *	harbour -fees		the first, and not the second
 *	기후변화 20-752		pairs of letters; a reference exactly
 *
 * At most QUERY_MAX bytes of UTF-8, in any form; QUERY_TERMS_MAX terms, what is more is left
 * out and said to be. Anything that is no word parts words; a - counts only before a word
 * or a quotation and behind a space; a quotation that is not closed goes to the end. There is
 * no other syntax, and no query that is wrong but for its length and its bytes.
 */
#ifndef COMMUNIQUE_QUERY_H
#define COMMUNIQUE_QUERY_H

#include <communique/arena.h>
#include <communique/token.h>

#define QUERY_MAX 200
#define QUERY_TERMS_MAX 32
#define QUERY_PHRASES_MAX 4

struct query_term {
	struct str text;  /* as in the index */
	struct str typed; /* as it stands in the query */
	unsigned group;	  /* 0: must be there; n: of the nth exclusion, which counts as a whole */
	size_t piece;	  /* of which piece of the query, when it must be there */
};

struct query {
	struct str text;			  /* in normal form C */
	struct query_term terms[QUERY_TERMS_MAX]; /* each once; those that must be there first */
	size_t count, required;
	unsigned groups;		    /* exclusions */
	struct str pieces[QUERY_TERMS_MAX]; /* words and quotations that must be there, as typed */
	size_t piece_count;
	struct str phrases[QUERY_PHRASES_MAX]; /* required ones, of two tokens or more */
	size_t phrase_count;
	bool shortened; /* something was left out */
};

/* INVALID: too long, or no UTF-8. The terms are the arena's. */
bool query_parse(struct arena *arena, const struct stems *stems, struct str text, struct query *out,
		 struct fault *why);

/* The query's text without one of its pieces: what to ask when nothing has them all. */
struct str query_without(struct arena *arena, const struct query *query, size_t piece);

#endif

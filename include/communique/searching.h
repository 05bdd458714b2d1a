/*
 * searching - what the public may find, by the clock.
 *
 * Of each release the newest public revision is found, unless that is withdrawn or killed.
 * Nothing that is not public by `now` has part in what is found, in what order, in how many
 * there are or in what is suggested. Work is bounded, whatever is asked: see find.h; `more`
 * says that the total is the least there are.
 */
#ifndef COMMUNIQUE_SEARCHING_H
#define COMMUNIQUE_SEARCHING_H

#include <communique/excerpt.h>
#include <communique/find.h>
#include <communique/reading.h>

#define SEARCH_SHOWN_MAX 1000	  /* results that pages lead to */
#define SEARCH_PHRASE_CHECKED 250 /* the best candidates, whose text is looked through … */
#define SEARCH_PHRASE_WORK 800000 /* … as far as so many bytes go */
#define SEARCH_SUGGESTIONS_MAX 4

struct search {
	struct query query;
	struct revision *hits; /* the page's, the best first */
	size_t count;
	uint64_t total;
	bool more;		    /* there may be more than `total` */
	uint64_t kinds[KIND_COUNT]; /* how many of each, whatever kind the filter wants; none when
				     * the query has a quotation */
};

/* Results [first, first + most), the best first or the newest. All texts are the arena's or the
 * transaction's. INVALID: a query that is too long or no UTF-8. */
bool reading_search(struct store_txn *txn, const struct filter *filter, struct str query,
		    bool by_date, int64_t now, uint64_t first, uint64_t most, struct arena *arena,
		    struct search *out, struct fault *why);

/* What one of them says around the words of the query. */
bool reading_search_excerpt(struct store_txn *txn, const struct query *query,
			    const struct revision *hit, struct arena *arena, struct excerpt *out,
			    struct fault *why);

/* How many there are, asked on the side: with little work. */
struct search_total {
	uint64_t count;
	bool more;
};
struct search_total reading_search_count(struct store_txn *txn, const struct filter *filter,
					 struct str query, int64_t now);

/* What finds something when the query does not: the query without one of its words. */
struct search_suggestion {
	struct str query, without; /* the arena's */
	struct search_total total;
};
size_t reading_search_suggest(struct store_txn *txn, const struct filter *filter,
			      const struct query *query, int64_t now, struct arena *arena,
			      struct search_suggestion out[SEARCH_SUGGESTIONS_MAX]);

#endif

/*
 * find - the documents that answer a query, the best first.
 *
 * All words must be there. What counts is how often, how rare a word is among all
 * documents, and how long the document (BM25, k1 = 1.2, b = 0.75, lengths in half octaves);
 * among equals the newer date, then the higher number. Scores are whole numbers, so that
 * equals are equal.
 *
 * Documents come from two places: the index, and a few *fresh* ones, which wait to be merged
 * into it. A fresh document stands for whatever the index has under its number, and one
 * without a card for nothing. Order, counts and scores are those of an index in which
 * the merge had happened.
 *
 * Work is bounded: lists are walked from the newest document downward, all at once, and at
 * most FIND_WORK postings are read; of one word alone, which nothing narrows, FIND_PLAIN_WORK:
 * so many documents have it that their order says little, and the newest are as good as any.
 * What lies behind is not looked at; `complete` says so, and the total is then the least there
 * are.
 */
#ifndef COMMUNIQUE_FIND_H
#define COMMUNIQUE_FIND_H

#include <communique/index.h>
#include <communique/query.h>

#define FIND_WORK (1u << 20)
#define FIND_PLAIN_WORK (1u << 15)
#define FIND_KINDS 16
#define FIND_MARKS_MAX 8

struct fresh {
	uint32_t document;
	struct card card;
	struct str words; /* a packed vocabulary */
};

/* What is searched. */
struct collection {
	const struct index_rows *rows;
	uint64_t documents, length; /* of the index: how many, and their cards' lengths together */
	const struct fresh *fresh;  /* by document, the lowest first, each once */
	size_t fresh_count;
};

struct wish {
	const struct query *query;
	struct str marks[FIND_MARKS_MAX]; /* lists in which it must stand */
	size_t mark_count;
	unsigned kinds;	   /* a bit for each wanted; 0: all */
	uint32_t from, to; /* dates; 0: any */
	bool by_date;	   /* the newest first, whatever they are worth */
	uint32_t work;	   /* less than FIND_WORK, for what is asked on the side; 0: that */
};

struct hit {
	uint32_t score, date, document;
};

struct found {
	struct hit *hits; /* the best first; the arena's */
	size_t count;
	uint64_t total;
	uint64_t kinds[FIND_KINDS];	  /* how many of each, whatever kinds were wished for */
	uint32_t counts[QUERY_TERMS_MAX]; /* how many documents have the term */
	bool complete;
	bool damaged; /* a row could not be read: the index needs to be rebuilt */
};

/* The best `most`. A query without a required term finds nothing. */
void find(const struct collection *collection, const struct wish *wish, size_t most,
	  struct arena *arena, struct found *out);

#endif

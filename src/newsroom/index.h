/*
 * index - the search's rows in the store; private to this folder.
 *
 * What is accepted is found from its moment on, because its words stand in FRESH, a row under
 * that moment, written by the acceptance itself; a schedule that is dropped takes its row with
 * it. Readers look at WORDS and DOCUMENTS, and at those rows of FRESH whose moment has come, no
 * further: what is still to come is in no place that they read. The desk merges rows that have
 * come into WORDS, many at once, when it has time; no answer changes by that.
 *
 * Withdrawn and killed texts are no documents; a row of FRESH without a card takes one away.
 */
#ifndef COMMUNIQUE_NEWSROOM_INDEX_H
#define COMMUNIQUE_NEWSROOM_INDEX_H

#include <communique/find.h>

#include "desk.h"

/* --- rows ------------------------------------------------------------------------------------ */

struct index_place { /* the ctx of index_rows */
	struct store_txn *txn;
	struct str language;
};

struct index_rows index_rows_of(struct index_place *place);

struct index_totals {
	uint64_t documents, length;
};
struct index_totals index_totals(struct store_txn *txn, struct str language);
void index_totals_put(struct store_txn *txn, struct str language,
		      const struct index_totals *totals);

/* A document's card, of those that are merged. */
struct card index_card(struct store_txn *txn, struct str language, uint32_t document);
void index_card_put(struct store_txn *txn, struct str language, uint32_t document,
		    const struct card *card);

/* --- what a revision says ------------------------------------------------------------------ */

struct fresh_row {
	int64_t moment;
	uint64_t serial;
	uint32_t document, number; /* number: of the revision */
	struct card card;
	struct str language;
	struct str words; /* a packed vocabulary */
};

/* `made` holds the words. */
struct fresh_row fresh_of(const struct release *release, const struct revision *revision,
			  struct arena *arena, struct buf *made);
void pack_fresh(struct buf *out, const struct fresh_row *row);
bool unpack_fresh(struct str key, struct str value, struct fresh_row *out, struct fault *why);

/* The list of a department or topic among the words of a language. */
struct str index_mark(struct arena *arena, enum view view, struct str text);

/* --- acts --------------------------------------------------------------------------------------
 */

void index_put(struct store_txn *txn, const struct release *release,
	       const struct revision *revision, struct arena *arena);
void index_take_back(struct store_txn *txn, const struct revision *revision);

/* Merges what has come by then, when there is anything. BROKEN: the index must be rebuilt. */
bool index_merge(struct newsroom *newsroom, int64_t now, struct fault *why);
/* The same when so much has come that readers would feel it. Failing is logged. */
void index_merge_much(struct newsroom *newsroom, int64_t now);

#endif

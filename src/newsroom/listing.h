/*
 * listing - one list by the clock: what TALLY says of it, corrected by what is to come; private
 * to this folder.
 *
 * TALLY counts the rows that a view has when all of SCHEDULE has happened. What is scheduled
 * after `now` is read once (it is short); of each, the rows of BOARD tell whether this view has
 * the one that comes and the one that goes then.
 */
#ifndef COMMUNIQUE_NEWSROOM_LISTING_H
#define COMMUNIQUE_NEWSROOM_LISTING_H

#include "desk.h"

/* What will change in the lists of a language after a moment. */
struct to_come {
	struct {
		uint32_t date, replaced; /* of the rows that come and go; 0: none */
		uint64_t first_serial;
		uint32_t number;
	} * at;
	size_t count, room;
};
void to_come_find(struct store_txn *txn, struct str language, int64_t now, struct arena *arena,
		  struct to_come *out);

/* The change that a row of BOARD makes to this view's tallies. */
struct change_to_come {
	uint32_t date;
	int step; /* of the tally: 1 comes, -1 goes */
};

struct listing {
	struct store_txn *txn;
	struct store_key view;
	int64_t now;
	struct change_to_come *hidden;
	size_t hidden_count;
};
struct listing listing_of(struct store_txn *txn, const struct store_key *view, int64_t now,
			  const struct to_come *to_come, struct arena *arena);

/* How many rows a bucket has, and the whole list; a bucket is as in tally_bucket(). */
uint64_t listing_count(const struct listing *listing, enum tally_level level, uint32_t bucket);
/* Rows whose date is later than this number: 20261100 is as good as 20261031. By the tallies of
 * years, then months, then days. */
uint64_t listing_count_after(const struct listing *listing, uint32_t date);
/* The buckets from `from` up to, not with, `end` that have rows; stops when the visitor says
 * false. */
typedef bool bucket_visitor(void *ctx, uint32_t bucket, uint64_t count);
void listing_visit_buckets(const struct listing *listing, enum tally_level level, uint32_t from,
			   uint32_t end, bucket_visitor *visit, void *ctx);
/* Row number `skip` and the `most` from it on. */
bool listing_visit(const struct listing *listing, uint64_t skip, uint64_t most,
		   revision_visitor *visit, void *ctx);

/* Whether a row counts now. */
bool listing_shows(const struct board_row *row, int64_t now);
bool listing_visit_row(struct store_txn *txn, const struct board_row *row, int64_t now,
		       revision_visitor *visit, void *ctx);

#endif

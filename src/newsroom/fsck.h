/*
 * fsck - what its parts share; private to this folder.
 *
 * Most tables are checked from the side of what they are made from: each row that must be
 * there is looked up, compared and counted. A table that has more rows than were
 * counted is then walked, to name those that nothing accounts for.
 */
#ifndef COMMUNIQUE_NEWSROOM_FSCK_H
#define COMMUNIQUE_NEWSROOM_FSCK_H

#include <communique/fsck.h>

#include "desk.h"
#include "logstate.h"

#include <communique/set.h>

struct fsck {
	const struct newsroom *newsroom;
	const struct fsck_watch *watch;
	struct store_txn *txn;
	int64_t now;
	uint64_t differences;
	uint64_t done, total;
	uint64_t counted[TABLE_COUNT]; /* rows that are accounted for */
	struct set references;	       /* the keys of those that revisions have */
	struct arena arena;
	struct keyset **keysets; /* [version - 1]; NULL: cannot be read */
	uint32_t keyset_count, in_force;
	struct fsck_language *languages; /* fsck_index.c: of the documents */
	size_t language_count;
	struct log_place signed_last; /* what the log's state file says, if there is one */
	bool signed_any;
	uint64_t postings; /* that the documents account for */
};
#define FSCK_LANGUAGES_MAX 256

void fsck_says(struct fsck *fsck, const char *format, ...) __attribute__((format(printf, 2, 3)));

void fsck_step(struct fsck *fsck); /* a row more is done */

/* Every row of a table; the visitor says what is wrong with it. */
typedef void fsck_visitor(struct fsck *fsck, struct str key, struct str row);
void fsck_walk(struct fsck *fsck, enum table table, fsck_visitor *visit);
/* The same, when the table has other rows than those that were counted. */
void fsck_walk_rest(struct fsck *fsck, enum table table, fsck_visitor *visit);

/* The row must be there (or may, unless `must_be`) and be just this. */
void fsck_row(struct fsck *fsck, enum table table, const struct store_key *key, struct str expected,
	      bool must_be, const char *name);

/* A file that something refers to: it is there and is what its name says. */
bool fsck_file(struct fsck *fsck, const struct hash *hash, const char *name, struct str *file);
/* All signatures of a file, by keys of either set (`other` may be NULL). Those of `quorum`'s set
 * count into it. */
void fsck_signatures(struct fsck *fsck, const struct hash *hash, struct str file,
		     const struct keyset *keyset, const struct keyset *other, struct quorum *quorum,
		     const char *name);

/* "en/2026-a r2" for what is said; the memory is the enclosing block's. */
#define FSCK_NAME_SIZE (2 * QUOTE_SIZE + 16)
const char *fsck_name(char out[FSCK_NAME_SIZE], struct edition edition, uint32_t number);
#define FSCK_NAME(edition, number) fsck_name((char[FSCK_NAME_SIZE]){ 0 }, (edition), (number))

/* A revision and its file as a tree: for naming what nothing accounts for. */
bool fsck_find(struct fsck *fsck, struct edition edition, uint32_t number, struct arena *arena,
	       struct revision *revision, struct release **release);

/* The parts. */
void fsck_keysets(struct fsck *fsck);
void fsck_revisions(struct fsck *fsck);
void fsck_drafts(struct fsck *fsck);
void fsck_journal(struct fsck *fsck);
void fsck_schedule_rest(struct fsck *fsck);
void fsck_uses_rest(struct fsck *fsck);
void fsck_board_rest(struct fsck *fsck);
void fsck_tally(struct fsck *fsck);
void fsck_attachments(struct fsck *fsck);
void fsck_index_rest(struct fsck *fsck);

/* The public log; a revision's leaf, or its place among those that wait. The state file is read
 * before the transaction begins. */
void fsck_read_state(struct fsck *fsck);
void fsck_log(struct fsck *fsck);
void fsck_log_of(struct fsck *fsck, const struct revision *revision, const char *name);

/* The rows of a revision in the lists, given the one that followed it (or NULL). */
void fsck_board_of(struct fsck *fsck, const struct release *release,
		   const struct revision *revision, const struct revision *next);
/* What the search has of a revision, given the one that followed it (or NULL). */
void fsck_index_of(struct fsck *fsck, const struct release *release,
		   const struct revision *revision, const struct revision *next);

#endif

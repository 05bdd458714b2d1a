/*
 * ledger - what the files about the public log share; private to this folder.
 */
#ifndef COMMUNIQUE_NEWSROOM_LEDGER_H
#define COMMUNIQUE_NEWSROOM_LEDGER_H

#include <communique/checkpoint.h>
#include <communique/logbook.h>

#include "desk.h"
#include "logstate.h"

/* A row of DUE. */
struct due_row {
	int64_t moment;
	enum leaf_kind kind;
	uint32_t number;
	struct edition edition;
};
bool unpack_due(struct str key, struct str row, struct due_row *out, struct fault *why);

/* The row of DUE that a revision or a key set has until it is a leaf. */
void due_row_of_revision(const struct revision *revision, struct store_key *key, struct buf *row);
void due_row_of_keyset(uint32_t version, int64_t when, struct store_key *key, struct buf *row);

/* What the state file says was signed last, a transaction under way apart. *any false: there is no
 * file. LOG_STOPPED. */
bool logbook_signed(const struct logbook *logbook, struct log_place *out, bool *any,
		    struct fault *why);

const char *logbook_state(const struct logbook *logbook); /* the state file */
struct str logbook_origin(const struct logbook *logbook);

/* The moment of the first that waits; INT64_MAX: nothing does. */
int64_t due_next(struct store_txn *txn);
/* Makes leaves of all whose moment has come. */
bool due_append(struct store_txn *txn, int64_t now, struct fault *why);

/* How many leaves there are, published or not. */
uint64_t log_size(struct store_txn *txn);
/* The time of leaf number `index`; 0: there is none. */
int64_t log_time(struct store_txn *txn, uint64_t index);

/* The leaf that a revision has or will have, by what the store holds; of a key set. */
bool leaf_of_revision(struct store_txn *txn, const struct revision *revision, struct arena *arena,
		      struct buf *out, struct fault *why);
bool leaf_of_keyset(struct store_txn *txn, const struct keyset *keyset, int64_t when,
		    struct arena *arena, struct buf *out, struct fault *why);

/* The store was made from another, and the log has not gone on from it (copy.c). */
bool is_copy(struct store_txn *txn);
bool copy_goes_on(struct store_txn *txn, void *ctx, struct fault *why); /* a store_work */

/* A row of HEADS. */
bool unpack_head(struct str row, struct log_head *out);
void log_head_put(struct store_txn *txn, uint64_t size, int64_t signed_at, struct str checkpoint);

/* The log's key as the key set in force names it; and its secret half, from the file or the one
 * beside it with .next. Read when it is needed, so that the next one may be laid there while the
 * desk runs. LOG_STOPPED. */
bool log_key_named(struct store_txn *txn, struct arena *arena, struct vkey *out, struct fault *why);
bool log_key_find(const char *path, const struct vkey *vkey, struct secret_key *out,
		  struct fault *why);
#endif

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

/* The moment of the first that waits; INT64_MAX: nothing does. */
int64_t due_next(struct store_txn *txn);
/* Makes leaves of all whose moment has come. */
bool due_append(struct store_txn *txn, int64_t now, struct fault *why);

/* How many leaves there are, published or not. */
uint64_t log_size(struct store_txn *txn);

/* The leaf that a revision has or will have, by what the store holds; of a key set. */
bool leaf_of_revision(struct store_txn *txn, const struct revision *revision, struct arena *arena,
		      struct buf *out, struct fault *why);
bool leaf_of_keyset(struct store_txn *txn, const struct keyset *keyset, int64_t when,
		    struct arena *arena, struct buf *out, struct fault *why);

/* A row of HEADS. */
bool unpack_head(struct str row, struct log_head *out);
#endif

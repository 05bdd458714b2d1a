/*
 * backup - what the parts of one that is being made share: the command (backup.c), the attachments,
 * the copy of the store.
 */
#ifndef COMMUNIQUE_OPERATOR_BACKUP_H
#define COMMUNIQUE_OPERATOR_BACKUP_H

#include "config.h"
#include "deposit.h"
#include "saved.h"

struct wanted {
	struct hash hash;
	uint64_t size;
};

struct wanted_list {
	struct wanted *at;
	size_t count, room;
	uint64_t size; /* of all */
};

struct backup {
	const struct call *call;
	struct config config;
	struct newsroom newsroom;
	const char *folder;
	const char *previous; /* an earlier backup, of whose files there need be no second copy */
	struct deposit deposit;
	struct manifest manifest;
	struct saved_about about;
	struct wanted_list before, in_copy;
	uint64_t bytes, linked, lost;
};

/* Memory of `out` is the caller's. */
bool backup_list_attachments(struct store_txn *txn, struct wanted_list *out, struct fault *why);
/* Those that are there now, of which some may be swept meanwhile. */
bool backup_keep_before(struct backup *backup, struct fault *why);
/* Those that the copy speaks of and that are not kept yet; what it does not speak of goes. One that
 * cannot be had is told of, and counted as lost. */
bool backup_keep_rest(struct backup *backup, struct fault *why);

/* The store as of one moment, marked as a copy, and what it speaks of. */
bool backup_keep_store(struct backup *backup, struct fault *why);

#endif

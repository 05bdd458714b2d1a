/*
 * logbook - the public log in the store: the desk appends, everybody reads.
 *
 * Every public revision and every key set that came into force is a leaf (leaf.h). What is accepted
 * waits in DUE until its moment has come, and becomes a leaf in the order of moments; among those
 * of one moment key sets come first, then revisions in the order of their acceptance. One function
 * does that: inside the transaction of a publication that is public at once, at a lift, and when
 * the desk starts.
 *
 * A checkpoint is signed in the transaction that appends, so that what goes public at once goes
 * public under it. Never may two checkpoints leave of which one did not grow out of the other,
 * whatever happens to the store; so the size and root that were signed last stand in a file
 * *outside* of it, the state file:
 *
 *	communique log state v1
 *	press.example/log
 *	at 12 <base64 of the root>
 *	next 13 <base64 of the root> 4711	only while a transaction is under way
 *
 *	1	`next` is written and synced, with the store's version
 *	2	the checkpoint is signed and goes into the transaction
 *	3	the transaction commits: only now can anybody see the checkpoint
 *	4	`next` becomes `at`
 *
 * Before anything is signed the store must have, at size `at`, just that root; else the log is
 * stopped (LOG_STOPPED): a backup was restored, or the store was changed. A `next` that a crash
 * left behind was committed when the store has that root at that size; and was not when it has not
 * and the store's version is not lower than the one before: then nothing of it ever left, and it
 * is forgotten. An older store has a lower version until something is written to it; so a writer
 * asks before its first write (logbook_recover). A copy may have just that version, when it was
 * made right before the transaction; so a backup is marked as one (newsroom_mark_copy), and there
 * nothing is forgotten. All else stops the log. How to go on then is told in communiqued(8),
 * STOPPED LOG.
 *
 * The key is the one that the key set in force names. Beside the key's file may lie another one,
 * `<file>.next`, for the day on which a key set names that.
 */
#ifndef COMMUNIQUE_LOGBOOK_H
#define COMMUNIQUE_LOGBOOK_H

#include <communique/leaf.h>
#include <communique/newsroom.h>
#include <communique/reading.h>
#include <communique/tile.h>

/* --- the desk -------------------------------------------------------------------------------- */

struct logbook_options {
	struct str site;   /* the origin is this and "/log" */
	const char *key;   /* the log's secret key, without a password */
	const char *state; /* the state file */
};

/* Reads nothing yet. Texts of the options must live as long. */
void logbook_open(const struct logbook_options *options, struct logbook **out);
void logbook_close(struct logbook **logbook); /* NULL is fine */

/* What a crash left in the state file is settled; before anything is written to the store.
 * LOG_STOPPED. */
bool logbook_recover(const struct newsroom *newsroom, struct fault *why);

/* Appends what is due, and signs when anything was, when the key set names another key, and a day
 * after the last time. Cheap when there is nothing to do. LOG_STOPPED. */
bool logbook_tend(const struct newsroom *newsroom, int64_t now, struct fault *why);

/* Writes the state file anew, which was lost: the last checkpoint of the store is then what was
 * signed last. `known` is a checkpoint of the log that somebody else has, the newest there is: the
 * store must have grown out of it. CONFLICT: there is a state file. LOG_STOPPED: this is an older
 * store, or has another past. */
bool logbook_resume(const struct newsroom *newsroom, struct str known, struct fault *why);

/* Whether it would sign: the state file and the store agree, and the key is there. */
bool logbook_check(const struct newsroom *newsroom, struct fault *why);

/* Adds a witness's answer (lines) to the checkpoint in force: *added says how many signatures of
 * witnesses that the key set names were good. One of each witness is kept, the newest. NOT_FOUND:
 * none was of this checkpoint. */
bool logbook_cosign(const struct newsroom *newsroom, struct str answer, size_t *added,
		    struct fault *why);

/* --- everybody: within a read transaction -------------------------------------------------------
 */

/* The published checkpoint with its cosignatures. False: there is none yet, or the transaction
 * failed. Leaves behind its size are nobody's business yet. */
struct log_head {
	uint64_t size;
	uint64_t before; /* the size under the checkpoint before; 0: it is the first */
	struct hash root;
	struct str checkpoint; /* the file */
	int64_t signed_at;
};
bool reading_log(struct store_txn *txn, struct log_head *out);

/* The nodes of the tree, as the store has them. */
struct merkle_source logbook_source(struct store_txn *txn);

/* A leaf of the published log; where the leaf of a file is. False: none (yet), or the transaction
 * failed. */
bool reading_leaf(struct store_txn *txn, uint64_t index, struct str *out);
bool reading_log_index(struct store_txn *txn, const struct hash *file, uint64_t *out);

/* A tile's or an entry bundle's bytes; the proof of a leaf, which stays the same when the log
 * grows. NOT_FOUND beyond what is published. */
bool reading_tile(struct store_txn *txn, const struct tile *tile, struct buf *out,
		  struct fault *why);
bool reading_proof(struct store_txn *txn, uint64_t index, struct buf *out, struct fault *why);
/* That the published log grew out of one of this size. */
bool reading_consistency(struct store_txn *txn, uint64_t from, struct merkle_proof *out,
			 struct fault *why);
/* The offline bundle of a revision (bundle.h). NOT_FOUND while its leaf is not published. */
bool reading_bundle(struct store_txn *txn, const struct revision *revision, struct buf *out,
		    struct fault *why);

/* Whether the key set in force takes away what made a revision public: without the keys that it
 * calls compromised from a log index up to the revision's own on, the quorum of its day is not
 * reached. The set is read once for any number of revisions, into the arena, as long as the
 * transaction. */
struct disputes {
	struct store_txn *txn;
	struct arena *arena;
	const struct keyset *now; /* NULL: it calls no key compromised */
};
struct disputes reading_disputes(struct store_txn *txn, struct arena *arena);
bool disputes_has(const struct disputes *disputes, const struct revision *revision);

#endif

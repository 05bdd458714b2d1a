/*
 * desk - what the verbs of the newsroom share; private to this folder.
 *
 * A verb is: check what can be checked without the write lock, then one
 * store_write() whose work begins with act_begin() and ends with act_done().
 */
#ifndef COMMUNIQUE_NEWSROOM_DESK_H
#define COMMUNIQUE_NEWSROOM_DESK_H

#include "record.h"

/* Asks again what may have changed since the request's head was checked, now that nothing else
 * is written: sets the act's moment, and refuses a signature that has expired
 * (SIGNATURE_EXPIRED), a key that counts no more or otherwise (KEY_UNKNOWN), and a request that
 * was made before (SIGNATURE_REPLAYED), which it then uses up. BUSY when the table of those is
 * at its cap. */
bool act_begin(struct store_txn *txn, struct act *act, struct fault *why);
/* The audit row of an act that is done. */
void act_done(struct store_txn *txn, const struct act *act);

/* The key set in force, or the one of a version, parsed; *out NULL when there is none. */
bool keyset_in_force(struct store_txn *txn, struct arena *arena, struct keyset **out,
		     struct fault *why);
bool keyset_of_version(struct store_txn *txn, uint32_t version, struct arena *arena,
		       struct keyset **out, struct keyset_row *row, struct fault *why);

/* Logs a warning when the key set in force comes near its end. */
void expiry_warn(struct newsroom *newsroom, int64_t now);

/* A key that may act: of the set in force, or of the first before it is. KEY_UNKNOWN. */
bool key_find(struct store_txn *txn, struct arena *arena, const struct key_id *id,
	      struct keyset_key *out, struct fault *why);

/* Removes all signatures of a file. */
void signatures_drop(struct store_txn *txn, const struct hash *hash);
/* Keeps one; the same key's again changes nothing. TOO_LARGE at SIGNATURES_PER_FILE_MAX. */
bool signature_keep(struct store_txn *txn, const struct hash *hash, const struct key_id *id,
		    struct str file, int64_t now, struct fault *why);
/* Keeps only those that counted when the file was published: a key revoked since it signed is
 * nobody's witness. */
bool signatures_settle(struct store_txn *txn, const struct hash *hash, const struct keyset *keyset,
		       struct arena *arena, struct fault *why);
bool signature_is_kept(struct store_txn *txn, const struct hash *hash, const struct key_id *id);
/* Fills signers, newest last, with the holders the key set names; counts into `quorum`. */
bool signers_of(struct store_txn *txn, const struct hash *hash, const struct keyset *keyset,
		struct arena *arena, struct signer *out, size_t *count, struct quorum *quorum,
		struct fault *why);

/* The edition's draft, or the revision that it became. */
bool draft_tell(struct store_txn *txn, struct edition edition, int64_t now, struct arena *arena,
		struct draft *out, struct fault *why);
bool draft_tell_revision(struct store_txn *txn, const struct revision *revision, int64_t now,
			 struct arena *arena, struct draft *out, struct fault *why);

/* The newest accepted revision, public or not; false: none. */
bool latest_revision(struct store_txn *txn, struct edition edition, struct revision *out);

/* Withdrawing has its own quorum. */
enum quorum_of quorum_of(enum change change);

/* The file of an accepted revision as a tree, in the arena; the revision's names are then those
 * of the file, which do not move with the next write. */
bool revision_parse(struct store_txn *txn, struct revision *revision, struct arena *arena,
		    struct release **out, struct fault *why);
/* A withdrawal or a kill says nothing that the revision before did not say; all else may.
 * RELEASE_MALFORMED. */
bool publish_repeats(struct store_txn *txn, const struct release *release,
		     const struct revision *latest, struct fault *why);

/* Everything that must hold for this file to be the edition's next revision, by what the
 * store holds now: STALE_PREVIOUS, WITHDRAWN, FILE_MISSING, CONFLICT (a Reference used by
 * another, a reinstatement of what was not withdrawn). */
bool publish_check(struct store_txn *txn, const struct release *release, struct fault *why);
/* What a file's card says of it. */
struct revision publish_card(const struct release *release, struct arena *arena);
/* Record, indexes and journal of a sufficiently signed file. *out: what it became. */
bool publish_accept(struct store_txn *txn, const struct release *release, const struct hash *hash,
		    const struct keyset *keyset, int64_t now, struct arena *arena,
		    struct revision *out, struct fault *why);

/* What a revision's file says, in all tables but the lists, the journal and the search: its card,
 * its place in the schedule, its uses, announcement, old addresses, reference. `replaced`: the
 * date of the row that it takes the place of; 0: none. */
void publish_put(struct store_txn *txn, const struct release *release,
		 const struct revision *revision, uint32_t replaced);

/* The public log (logbook.c, due.c). What is accepted is due at its moment; extend makes leaves of
 * all whose moment has come and signs, and refuses with LOG_STOPPED when it may not, whether
 * anything is due or not. Whatever calls it runs within logbook_write, not store_write. */
void due_add_revision(struct store_txn *txn, const struct revision *revision);
void due_drop_revision(struct store_txn *txn, const struct revision *revision);
void due_add_keyset(struct store_txn *txn, uint32_t version, int64_t now);
bool logbook_extend(struct store_txn *txn, const struct newsroom *newsroom, int64_t now,
		    struct fault *why);
bool logbook_write(const struct newsroom *newsroom, store_work *work, void *ctx, struct fault *why);
/* The leaf with the signatures that the file has by now is not too large: TOO_LARGE. */
bool leaf_fits_release(struct store_txn *txn, const struct release *release,
		       const struct hash *hash, struct fault *why);
bool leaf_fits_keyset(struct store_txn *txn, const struct keyset *keyset, int64_t now,
		      struct fault *why);

/* The earliest moment that may be in the public log now. It is `now`, or, where the clock was set
 * back, the time of the last leaf: the log's times never go back (due.c). */
int64_t due_moment(struct store_txn *txn, int64_t now);

/* A notice of it, to be sent when it is public; and not, when it is dropped. */
void outbox_add(struct store_txn *txn, const struct revision *revision);
void outbox_drop(struct store_txn *txn, const struct revision *revision);

/* Takes back what was accepted and is not yet public; the revision before stays. */
bool publish_undo(struct store_txn *txn, const struct revision *revision, int64_t now,
		  struct arena *arena, struct fault *why);

/* Removes the file of an attachment that has no row. */
bool attachment_unlink(struct store_txn *txn, const struct newsroom *newsroom,
		       const struct hash *hash, struct fault *why);
/* Not while it is in doubt whether this is the newest store. */
bool attachments_may_go(const struct newsroom *newsroom);
/* Forgets a few attachments that are older than a week and that no revision and no draft
 * refers to. */
bool attachments_sweep(struct newsroom *newsroom, int64_t now, struct fault *why);

/* The lists: the rows of a revision in all its views, good until `until`; and the tallies. */
void board_put(struct store_txn *txn, const struct release *release,
	       const struct revision *revision, uint64_t until);
void board_delete(struct store_txn *txn, const struct release *release,
		  const struct revision *revision);
void board_count(struct store_txn *txn, const struct release *release,
		 const struct revision *revision, int step);
/* The keys of those rows, one after the other; *next is 0 at the start. */
bool board_next_key(const struct release *release, const struct revision *revision, size_t *next,
		    struct store_key *out);
/* Whether the text stands in its field a second time. */
bool stands_before(const struct texts *texts, size_t i);
/* The rows of CHANGES; *next is 0 at the start. */
void changes_put(struct store_txn *txn, const struct release *release,
		 const struct revision *revision);
void changes_delete(struct store_txn *txn, const struct release *release,
		    const struct revision *revision);
bool changes_next_key(const struct release *release, const struct revision *revision, size_t *next,
		      struct store_key *out);

/* The rows of LEGACY; an old address belongs to one release: CONFLICT. */
bool legacy_check(struct store_txn *txn, const struct release *release, struct fault *why);
void legacy_put(struct store_txn *txn, const struct release *release);
void legacy_delete(struct store_txn *txn, const struct release *release);
bool legacy_next_key(const struct release *release, size_t *next, struct store_key *out);

/* Tallies are kept for the whole view, its years, months and days. */
enum tally_level { TALLY_ALL, TALLY_YEAR, TALLY_MONTH, TALLY_DAY };
#define TALLY_LEVELS (TALLY_DAY + 1)
uint32_t tally_bucket(enum tally_level level, uint32_t date);
struct store_key key_tally(const struct store_key *view, enum tally_level level, uint32_t bucket);

#endif

/*
 * newsroom - what editors can do: the verbs behind the admin endpoints.
 *
 * Each verb that changes something is one transaction: the replay entry of its
 * request, its effect and its row in the audit commit together or not at all. All
 * that can fail is checked first; after the commit nothing fails the request. A refused
 * act leaves an audit row of its own (newsroom_refused) and nothing else.
 *
 * The newsroom is used by one process, the desk; its functions may be called from
 * several threads, LMDB lets one write at a time.
 */
#ifndef COMMUNIQUE_NEWSROOM_H
#define COMMUNIQUE_NEWSROOM_H

#include <communique/httpsig.h>
#include <communique/keyset.h>
#include <communique/release.h>
#include <communique/store.h>

struct logbook;

struct newsroom {
	struct store *store;
	struct str site; /* the origin name files are signed for */
	struct str languages[SITE_LANGUAGES_MAX];
	size_t language_count;
	const char *files, *spool; /* folders of one file system; NULL: no attachments */
	bool outbox;		   /* somebody is to be told of publications */
	struct logbook *logbook;   /* signs the public log; NULL: its leaves wait for who does */
	struct hash swept;	   /* where the sweep of unused attachments goes on */
	int expiry_stage;	   /* how near the key set's end was when it was last warned of */
};

/* Fills an empty store: its site, and key set 1, waiting for its root's signature. */
bool newsroom_create(struct newsroom *newsroom, struct str keyset, int64_t now, struct fault *why);
/* The store is of this site. CONFLICT. */
bool newsroom_check(struct newsroom *newsroom, struct fault *why);

/* The store is a copy, not the desk's own: the public log is told (logbook.h). */
bool newsroom_mark_copy(struct newsroom *newsroom, int64_t now, struct fault *why);

/* --- who asks ------------------------------------------------------------------------ */

/* One admin request, after its signature was found good. */
struct act {
	struct key_id key_id;
	struct str holder;
	unsigned roles;
	int64_t now;
	int64_t expires;	  /* of the request signature */
	unsigned char replay[16]; /* httpsig_replay_id(); all zero: reads, which use none up */
	struct str method, target;
	struct hash request; /* SHA-256 of the signature base */
	bool admitted;	     /* newsroom_admit() has used up its signature */
};

/* The key of a request: in the key set in force, or, before any is, in the one that
 * waits for its signatures. KEY_UNKNOWN also for a revoked one. Copies the holder. */
bool newsroom_find_key(struct newsroom *newsroom, struct arena *arena, const struct key_id *id,
		       struct keyset_key *out, struct fault *why);
/* Uses up the request's signature before its body, for one that may take longer than the
 * signature holds. What follows asks again only whether the key still counts. */
bool newsroom_admit(struct newsroom *newsroom, struct act *act, struct fault *why);
/* A row for an act that was refused. Failing to write it is logged, not returned. */
void newsroom_refused(struct newsroom *newsroom, const struct act *act, const struct fault *fault);

/* --- drafts ---------------------------------------------------------------------------- */

struct edition {
	struct str language, slug;
};

enum draft_state { DRAFT_WAITING, DRAFT_SCHEDULED, DRAFT_PUBLIC };
const char *draft_state_word(enum draft_state state);

struct signer {
	struct key_id key_id;
	struct str holder;
	unsigned roles;
	int64_t when;
};

/* What an editor is told of a draft, or of what became of it. Texts are the arena's. */
struct draft {
	struct edition edition;
	struct hash hash;
	uint32_t revision;
	enum change change;
	enum draft_state state;
	struct str title;
	size_t size;
	int64_t saved_at;
	struct str saved_by;
	int64_t public_at; /* scheduled or public: when; waiting: Publish-At, or 0 */
	size_t have, need;
	bool approver_missing; /* enough holders, none of them an approver */
	struct signer signers[SIGNATURES_PER_FILE_MAX];
	size_t signer_count;
	int64_t noted_at; /* 0: nobody has sent it back */
	struct str noted_by, note;
};

struct draft_save {
	struct edition edition; /* of the address: the file must say the same */
	struct str file;
	bool if_match_given;
	struct hash if_match;
};

/* Keeps the file as the edition's draft; *created: there was none. A draft that is there
 * already is replaced only under its own hash (PRECONDITION_REQUIRED, PRECONDITION_FAILED),
 * and loses its signatures unless the file is the very same. Checks all that publication
 * will ask for, so that an author hears of it now: RELEASE_MALFORMED, SITE_MISMATCH,
 * STALE_PREVIOUS, FILE_MISSING. The very bytes of the newest revision are no draft: the
 * answer is how that stands, to whoever missed it. */
bool newsroom_save_draft(struct newsroom *newsroom, const struct act *act,
			 const struct draft_save *save, struct arena *arena, struct draft *out,
			 bool *created, struct fault *why);
/* Drops the draft, or, where there is none, a revision that waits for its lift: what `if_match` is
 * the hash of (PRECONDITION_FAILED when that is not what would go), or with NULL whatever is
 * there. NOT_FOUND; CONFLICT: it is public. */
bool newsroom_drop_draft(struct newsroom *newsroom, const struct act *act, struct edition edition,
			 const struct hash *if_match, struct fault *why);

struct draft_sign {
	struct edition edition;
	struct key_id key_id; /* of the address */
	struct str signature; /* a .minisig file */
	bool if_match_given;  /* PRECONDITION_REQUIRED without */
	struct hash if_match; /* the draft's file */
};

/* Adds a signature. The one that completes the quorum publishes or schedules, in the same
 * transaction. Given again after that it answers the same. */
bool newsroom_sign_draft(struct newsroom *newsroom, const struct act *act,
			 const struct draft_sign *sign, struct arena *arena, struct draft *out,
			 struct fault *why);

struct draft_note {
	struct edition edition;
	struct str text; /* one or more lines; empty: takes the note away */
	bool if_match_given;
	struct hash if_match;
};

/* Sends a draft back: a word to its author, of at most DRAFT_NOTE_MAX characters, which goes
 * when the draft is changed. INVALID, NOT_FOUND, and as with a signature. */
bool newsroom_note_draft(struct newsroom *newsroom, const struct act *act,
			 const struct draft_note *note, struct arena *arena, struct draft *out,
			 struct fault *why);

/* The draft, or the revision that it became if that is not yet or just now public; its bytes
 * are copied to `file` when that is not NULL. NOT_FOUND. */
bool newsroom_read_draft(struct newsroom *newsroom, struct edition edition, int64_t now,
			 struct arena *arena, struct draft *out, struct buf *file,
			 struct fault *why);
/* The bytes of an accepted revision, public or not, killed or not: what the next one is made
 * from, and what an approver compares a draft with. NOT_FOUND. */
bool newsroom_read_revision(struct newsroom *newsroom, struct edition edition, uint32_t number,
			    struct hash *hash, struct buf *file, struct fault *why);
typedef bool draft_visitor(void *ctx, const struct draft *draft, struct fault *why);
/* All that wait, then all that are scheduled. */
bool newsroom_visit_drafts(struct newsroom *newsroom, int64_t now, draft_visitor *visit, void *ctx,
			   struct fault *why);

/* --- attachments ----------------------------------------------------------------------- */

/*
 * A file is streamed into the spool, hashed while it comes, synced, and then, in the
 * transaction that makes its row, moved to
 *
 *	<files>/ab/ab34…	its SHA-256, mode 0640
 *
 * So a row always has its file behind it; a crash may leave a file without a row, which a start of
 * the desk removes when it is a week old: not earlier, as it may be that of a newer store, which
 * is put back tomorrow. BUSY: the disk is full.
 */
struct upload;
struct content_digest;

/* `size` bytes will come; space is set aside for them. */
bool newsroom_upload_begin(struct newsroom *newsroom, uint64_t size, struct upload **out,
			   struct fault *why);
bool newsroom_upload_add(struct upload *upload, struct str piece, struct fault *why);
/* DIGEST_MISMATCH: not what was announced; HASH_MISMATCH: not what `hash` names. *created:
 * it was not there. Once more is fine, and lets an unused one stay another week. */
bool newsroom_upload_keep(struct upload *upload, const struct act *act,
			  const struct content_digest *announced, const struct hash *hash,
			  uint64_t *size, bool *created, struct fault *why);
/* Removes what was not kept. NULL is fine. */
void newsroom_upload_end(struct upload **upload);

/* Removes what a crash left behind, and makes the folder. Before the first upload. The files of
 * attachments stay all of them while the log may not go on (logbook_check): this is an older
 * store then, and the newest, which is put back, has rows for them. */
bool newsroom_clear_leftovers(struct newsroom *newsroom, struct fault *why);

/* --- key sets ------------------------------------------------------------------------------- */

struct keyset_status {
	uint32_t version;
	struct hash hash;
	bool in_force;		   /* one set at most */
	bool superseded;	   /* it was in force, and another is now */
	size_t have, need;	   /* roots of this set */
	size_t have_now, need_now; /* roots of the set in force before it; 0 of 0 for version 1 */
	struct signer signers[SIGNATURES_PER_FILE_MAX];
	size_t signer_count;
};

bool newsroom_save_keyset(struct newsroom *newsroom, const struct act *act, uint32_t version,
			  struct str file, struct arena *arena, struct keyset_status *out,
			  bool *created, struct fault *why);
bool newsroom_sign_keyset(struct newsroom *newsroom, const struct act *act, uint32_t version,
			  const struct key_id *key_id, struct str signature, struct arena *arena,
			  struct keyset_status *out, struct fault *why);
typedef bool keyset_visitor(void *ctx, const struct keyset_status *status, struct str file,
			    struct fault *why);
bool newsroom_visit_keysets(struct newsroom *newsroom, keyset_visitor *visit, void *ctx,
			    struct fault *why);

/* --- audit ------------------------------------------------------------------------------------ */

struct audit_row {
	uint64_t number;
	int64_t when;
	struct key_id key_id;
	struct str holder, method, target, outcome; /* outcome: "done" or a fault's code */
	struct hash request;
};

typedef bool audit_visitor(void *ctx, const struct audit_row *row, struct fault *why);
bool newsroom_visit_audit(struct newsroom *newsroom, uint64_t after, size_t most,
			  audit_visitor *visit, void *ctx, struct fault *why);

/* --- housekeeping: the desk calls it every few seconds --------------------------------------- */

/* Forgets replay rows whose time is over and, a few at a time, attachments that for a week
 * nothing referred to; clears the slots of dead readers. */
bool newsroom_tidy(struct newsroom *newsroom, int64_t now, struct fault *why);

#endif

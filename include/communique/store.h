/* clang-format off */
/*
 * store - the one LMDB environment that holds everything.
 *
 * One process writes (the desk), any number read. LMDB keeps keys in byte order,
 * so every key is made such that this order is the order wanted: numbers
 * big-endian, newest first by inverting them (~). Rows never hold large things:
 * attachments are files beside the environment, named by their hash.
 *
 * The tables. `|` joins parts; `text 00` is a text with a NUL behind it; a release
 * in one language is `slug 00 language 00` (an *edition*), so that all languages
 * of a release stand together. Values are packed as in pack.h, and are described
 * in full where they are written (newsroom/record.h).
 *
 *   META        name -> value                          format, site, the key set in force
 *   KEYSETS     version u32 -> hash, in force or not    the text is in FILES
 *   FILES       hash -> bytes                           signed files: drafts', revisions', key sets'
 *   SIGNATURES  hash | key id -> .minisig, when, index  of the file with this hash
 *   DRAFTS      edition -> hash, revision, when, who    not sufficiently signed
 *   REVISIONS   edition | number u32 -> revision card   signed: public or scheduled, by the clock
 *   JOURNAL     serial u64 -> what, edition, number,    each acceptance, in order, and each one taken
 *               hash, moments                           back before its lift; from these rows, FILES
 *                                                       and SIGNATURES all else can be rebuilt
 *   SCHEDULE    moment u64 | serial u64 -> edition,     what becomes public later, and the dates of the
 *               number, dates                           BOARD rows that come and go then; rows stay
 *   BOARD       view | ~date u32 | ~first serial u64 |  the lists, newest first. A view is
 *               number u32 -> edition, number, from,    `language 00 | letter | text 00`: all (a),
 *               until                                   kind (k), department (d), topic (t). A row
 *                                                       counts while from <= now < until
 *   TALLY       view | level u8 | bucket u32 -> u64     how many rows a view (0), year (1), month (2),
 *                                                       day (3) has when all of SCHEDULE has happened:
 *                                                       a reader corrects by what is still to come
 *   REFERENCES  reference 00 -> slug                    the office's own numbers are unique
 *   CHANGES     view | ~moment u64 | ~serial u64        what was announced: all but minor revisions,
 *               -> edition, number                      in the order of their lifts (views a and t)
 *   LEGACY      hash | edition | number u32 -> ""       old addresses, by the hash of their one spelling
 *   ATTACHMENTS hash -> size, when, who                 uploaded files
 *   USES        hash | edition | number u32 -> name     which revisions refer to a file
 *   LEAVES      index u64 -> leaf                       the public log
 *   TREE        level u8 | index u64 -> hash            its nodes (merkle.h), level 0 too
 *   LOGGED      hash -> index u64                       the leaf of a file
 *   HEADS       size u64 -> checkpoint                  each that was signed; the last is published
 *   DUE         moment u64 | kind u8 | number u64 ->    what is accepted and not yet a leaf, in the
 *               number, edition                         order in which it becomes one
 *   REPLAY      expires u64 | id [16] -> ""             request signatures already used
 *   AUDIT       number u64 -> when, who, what, outcome  every admin act
 *   OUTBOX      number u64 -> what to tell whom         after a publication
 *   PREVIEWS    edition | expires u64 | label -> hash,   links given out; a revoked one
 *                                           when, who  has no row any more
 *   WORDS       language 00 | word 00 | ~lowest u32     search: which documents have a word, in blocks
 *               -> block                                of postings (index.h). A document is an edition,
 *                                                       by the serial of its first acceptance
 *   DOCUMENTS   language 00 | page u32 -> cards         search: date, length and kind of each document
 *               language 00 -> totals                   how many there are, how long together
 *   FRESH       moment u64 | serial u64 -> words of a   search: what each acceptance says from its moment
 *               revision, its card                      on, until that is merged into WORDS; so nothing
 *                                                       in WORDS and DOCUMENTS is still to come
 *
 * "Public" is never a flag: a REVISIONS or BOARD row counts when its moment has
 * come by the reader's clock, and the reader passes that clock in. No job runs at a
 * lift, so none can be missed.
 *
 * Writing. store_write() runs a function inside a write transaction and commits.
 * When the map is full it grows the map and runs the function again, so the
 * function must have no other effect than on the transaction and what it can set
 * anew. Inside, put and delete remember the first failure; a writer is a straight
 * list of statements, and store_write() reports. When it returns true the data is
 * on disk (fsync; never NOSYNC, NOMETASYNC or WRITEMAP).
 *
 * Reading. A read transaction lives for one page's making. Every str from the
 * store dies with its transaction. Threads may each have their own; a thread ends its
 * read itself, and before it writes (must: it would wait for itself when the map grows).
 * Cursors are closed before their transaction ends (must).
 */
/* clang-format on */
#ifndef COMMUNIQUE_STORE_H
#define COMMUNIQUE_STORE_H

#include <communique/fault.h>

enum table {
	TABLE_META,
	TABLE_KEYSETS,
	TABLE_FILES,
	TABLE_SIGNATURES,
	TABLE_DRAFTS,
	TABLE_REVISIONS,
	TABLE_JOURNAL,
	TABLE_SCHEDULE,
	TABLE_BOARD,
	TABLE_TALLY,
	TABLE_CHANGES,
	TABLE_REFERENCES,
	TABLE_LEGACY,
	TABLE_ATTACHMENTS,
	TABLE_USES,
	TABLE_LEAVES,
	TABLE_TREE,
	TABLE_LOGGED,
	TABLE_HEADS,
	TABLE_DUE,
	TABLE_REPLAY,
	TABLE_AUDIT,
	TABLE_OUTBOX,
	TABLE_PREVIEWS,
	TABLE_WORDS,
	TABLE_DOCUMENTS,
	TABLE_FRESH,
	TABLE_COUNT
};

const char *table_name(enum table table);

/* A key being made. Parts are added in order; one that would pass LMDB's 511 bytes marks
 * it too long, and every use of it then fails with INVALID. */
#define STORE_KEY_MAX 511
struct store_key {
	unsigned char at[STORE_KEY_MAX];
	size_t len;
	bool too_long;
};

struct store_key key_begin(void);
void key_add_u8(struct store_key *key, uint8_t n);
void key_add_u32(struct store_key *key, uint32_t n);
void key_add_u64(struct store_key *key, uint64_t n);
void key_add_bytes(struct store_key *key, const void *bytes, size_t len);
void key_add_text(struct store_key *key, struct str text); /* and a NUL; text holds none */
static inline struct str key_str(const struct store_key *key)
{
	return (struct str){ (const char *)key->at, key->len };
}

struct store;
struct store_txn;
struct store_cursor;

enum store_mode {
	STORE_CREATE,  /* an empty one; CONFLICT when there is one */
	STORE_WRITER,  /* the desk: one process */
	STORE_READER,  /* the public process: cannot write */
	STORE_AT_REST, /* one that nobody writes to, such as a backup: leaves no file behind */
};

struct store_options {
	size_t map_size;       /* to start with; 0: the file's, or 1 GiB (sparse) for a new one */
	size_t map_max;	       /* and never more; 0: the default, 1 TiB */
	unsigned reader_slots; /* threads of all processes; 0: the default, 512 */
};

/* Open once a process, after the last fork. `dir` holds data.mdb and lock.mdb, mode 0640
 * and 0660: a reader's group may write the lock file and nothing else. */
bool store_open(struct store **out, const char *dir, enum store_mode mode,
		const struct store_options *options, struct fault *why);
void store_close(struct store **store);

typedef bool store_work(struct store_txn *txn, void *ctx, struct fault *why);
/* BUSY when the disk or the largest map is full (nothing was written), BROKEN for all else. */
bool store_write(struct store *store, store_work *work, void *ctx, struct fault *why);
/* The same; `then` hears whether it was committed before anything else is written. */
typedef void store_sequel(void *ctx, bool done);
bool store_write_then(struct store *store, store_work *work, store_sequel *then, void *ctx,
		      struct fault *why);

bool store_read_begin(struct store *store, struct store_txn **txn, struct fault *why);
void store_read_end(struct store_txn **txn); /* NULL is fine */

/* The number of the last transaction, as it stands in the file: the version of everything. Cheap
 * (ns). While the disk is asked to keep it, this is one more than what a transaction that begins
 * now sees: what was made from a transaction is of that one's version. */
uint64_t store_version(struct store *store);
uint64_t store_txn_version(const struct store_txn *txn);

/* How much room it takes, and has. */
struct store_usage {
	uint64_t used, map_size; /* bytes of data.mdb; of address space, which grows by itself */
	uint64_t disk_free;	 /* bytes that we may still write on its file system */
	unsigned readers, reader_slots;
};
bool store_usage(struct store *store, struct store_usage *out, struct fault *why);

/* Has a program say what is wrong, and end with status 3, at a part of a store that cannot be read.
 * The kernel tells of it by SIGBUS where no file is behind the map; and by SIGSEGV where a damaged
 * page leads out of it, which is for a program that only looks for damage: elsewhere that is a
 * mistake of ours. */
void store_explain_damage(int signal);

/* Writes the whole store, as of one moment, to `fd`: a data.mdb, with all that was committed by
 * then. Writers wait only while its first two pages are written, so let `fd` take these at once
 * (a pipe does). From one thread, beside reads and writes of others. */
bool store_copy(struct store *store, int fd, struct fault *why);

/* Frees the slots of readers that died. The writer calls it now and then; how many. */
unsigned store_clear_stale_readers(struct store *store);

/* False: not there, or the transaction has failed; store_check() tells. */
bool store_get(struct store_txn *txn, enum table table, const struct store_key *key,
	       struct str *value);
void store_put(struct store_txn *txn, enum table table, const struct store_key *key,
	       struct str value); /* replaces */
void store_insert(struct store_txn *txn, enum table table, const struct store_key *key,
		  struct str value); /* BROKEN when there: for what must be new */
void store_delete(struct store_txn *txn, enum table table,
		  const struct store_key *key);		   /* missing: fine */
void store_clear(struct store_txn *txn, enum table table); /* all its rows */
bool store_check(const struct store_txn *txn, struct fault *why);
uint64_t store_count(struct store_txn *txn, enum table table);

/* A cursor walks rows whose key begins with a prefix. The first _next() gives the first row
 * at or behind `from`; the first _previous() the last row before `from`, or the last of all
 * with the prefix when `from` is NULL. A str lives until the transaction ends, in a write
 * transaction until its next put or delete. */
bool store_cursor_open(struct store_cursor **out, struct store_txn *txn, enum table table,
		       const struct store_key *prefix, const struct store_key *from);
bool store_cursor_next(struct store_cursor *cursor, struct str *key, struct str *value);
bool store_cursor_previous(struct store_cursor *cursor, struct str *key, struct str *value);
void store_cursor_close(struct store_cursor **cursor);

#endif

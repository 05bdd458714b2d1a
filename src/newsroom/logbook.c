/*
 * The desk's side of the log: who signs, and whether it may. What must not happen is told in
 * logbook.h; each line of a publication says here what a crash at that line leaves behind.
 */
#include <communique/log.h>
#include <communique/secret.h>
#include <communique/vkey.h>

#include "ledger.h"

enum { DAY = 24 * 3600, STOPPED_PAUSE = 10 };

struct logbook {
	const char *key, *state;
	struct buf origin;
	struct logstate writing; /* what a transaction has written to the state file */
	_Atomic bool is_writing; /* it has; written under the store's one writer */
	bool is_announced;	 /* in this attempt: a transaction may be done twice (store.h) */
	bool was_stopped;	 /* it was said in the log */
	uint64_t quiet_version;	 /* with this version of the store there is nothing to do */
	int64_t quiet_until;	 /* before this moment; both are the timer's */
};

void logbook_open(const struct logbook_options *options, struct logbook **out)
{
	struct logbook *book = calloc(1, sizeof *book);

	must(book != NULL);
	book->key = options->key;
	book->state = options->state;
	buf_init(&book->origin, NOTE_NAME_MAX);
	buf_addf(&book->origin, "%.*s/log", STR_ARG(options->site));
	must(!book->origin.full);
	*out = book;
}

void logbook_close(struct logbook **book)
{
	if (*book)
		buf_release(&(*book)->origin);
	free(*book);
	*book = NULL;
}

const char *logbook_state(const struct logbook *book)
{
	return book->state;
}

struct str logbook_origin(const struct logbook *book)
{
	return buf_str(&book->origin);
}

/* --- whether it may ----------------------------------------------------------------------------
 */

/* Whether the published checkpoint is by this key. */
static bool was_signed_by(struct store_txn *txn, const struct vkey *vkey, bool *any)
{
	struct checkpoint checkpoint;
	struct log_head head;

	*any = reading_log(txn, &head);
	return *any && checkpoint_parse(head.checkpoint, &checkpoint, NULL) &&
	       checkpoint_verify(&checkpoint, vkey, NULL);
}

static bool has_place(struct store_txn *txn, const struct log_place *place)
{
	struct merkle_source source = logbook_source(txn);
	struct hash root;

	return place->size <= log_size(txn) && merkle_root(&source, place->size, &root, NULL) &&
	       hash_equal(&root, &place->root);
}

/* A transaction was under way when the desk died: was it committed? */
static bool resolve(struct store_txn *txn, const struct newsroom *room, struct logstate *state,
		    struct fault *why)
{
	if (has_place(txn, &state->next))
		state->at = state->next; /* it was, and its checkpoint may have been seen */
	else if (room->logbook->is_writing)
		; /* an attempt of this very transaction, which was undone */
	else if (is_copy(txn) || store_version(room->store) < state->before)
		return fail(why, LOG_STOPPED,
			    "%s speaks of a log of %llu that this store does not have",
			    room->logbook->state, (unsigned long long)state->next.size);
	/* Else it is the store that was there before it, and nothing of it was ever seen: an older
	 * one has a lower version as long as nothing was written to it, which is why this is asked
	 * at the start (logbook_recover). */
	state->has_next = false;
	return true;
}

static bool check_place(struct store_txn *txn, const struct newsroom *room,
			const struct logstate *state, struct fault *why)
{
	uint64_t size = log_size(txn);

	if (state->at.size > size)
		return fail(why, LOG_STOPPED,
			    "a log of %llu was signed, and the store's has %llu: an older store "
			    "was put in place (%s; communiqued(8), STOPPED LOG)",
			    (unsigned long long)state->at.size, (unsigned long long)size,
			    room->logbook->state);
	return has_place(txn, &state->at) ||
	       fail(why, LOG_STOPPED,
		    "the store's log differs from what was signed at %llu (%s; communiqued(8), "
		    "STOPPED LOG)",
		    (unsigned long long)state->at.size, room->logbook->state);
}

bool logbook_signed(const struct logbook *book, struct log_place *out, bool *any, struct fault *why)
{
	struct logstate state;

	if (!logstate_read(book->state, buf_str(&book->origin), &state, any, why)) {
		*any = false;
		return false;
	}
	*out = state.at;
	return true;
}

/* The state, after it was found to agree with the store. Without a file only what was never
 * signed with this key may begin. */
static bool check_state(struct store_txn *txn, const struct newsroom *room, const struct vkey *vkey,
			struct logstate *out, struct fault *why)
{
	struct logbook *book = room->logbook;
	bool there, any;

	if (!logstate_read(book->state, buf_str(&book->origin), out, &there, why))
		return false;
	if (!there && was_signed_by(txn, vkey, &any))
		return fail(why, LOG_STOPPED,
			    "%s is missing, which says what was signed last (communiqued(8), "
			    "STOPPED LOG)",
			    book->state);
	if (!there) {
		/* A new log, or one that goes on under another key after its state was lost. */
		*out = (struct logstate){ .has_next = false };
		return merkle_root(&(struct merkle_source){ NULL, NULL }, 0, &out->at.root, why);
	}
	return (!out->has_next || resolve(txn, room, out, why)) && check_place(txn, room, out, why);
}

static bool settle_next(struct store_txn *txn, const struct newsroom *room, struct logstate *state,
			struct fault *why)
{
	struct logbook *book = room->logbook;
	bool ok = resolve(txn, room, state, why);

	if (!ok) /* for good: what is written to this store from now on makes it no younger */
		state->before = UINT64_MAX;
	return logstate_write(book->state, buf_str(&book->origin), state, ok ? why : NULL) && ok;
}

bool logbook_recover(const struct newsroom *room, struct fault *why)
{
	struct logbook *book = room->logbook;
	struct store_txn *txn = NULL;
	struct logstate state;
	bool there, ok, copy;

	if (!book)
		return true;
	if (!logstate_read(book->state, buf_str(&book->origin), &state, &there, why))
		return false;
	if (!there)
		return true;
	if (!store_read_begin(room->store, &txn, why))
		return false;
	copy = is_copy(txn);
	ok = !state.has_next || settle_next(txn, room, &state, why);
	store_read_end(&txn);
	return ok && (!copy || store_write(room->store, copy_goes_on, NULL, why));
}

/* --- signing -------------------------------------------------------------------------------------
 */

/* The size under the checkpoint before: each row names it, so that none can be taken out. */
static uint64_t size_before(struct store_txn *txn, uint64_t size)
{
	struct store_key from = key_number(size);
	struct store_cursor *cursor = NULL;
	struct str key, row;
	uint64_t before = 0;

	if (store_cursor_open(&cursor, txn, TABLE_HEADS, NULL, &from) &&
	    store_cursor_previous(cursor, &key, &row) && key.len == 8)
		before = get_be64(key.at);
	store_cursor_close(&cursor);
	return before;
}

void log_head_put(struct store_txn *txn, uint64_t size, int64_t signed_at, struct str checkpoint)
{
	struct store_key key = key_number(size);
	uint64_t before = size_before(txn, size);
	struct buf packed;

	buf_init(&packed, NOTE_MAX + 64);
	buf_add_be64(&packed, (uint64_t)signed_at);
	buf_add_be64(&packed, before);
	pack_str(&packed, checkpoint);
	must(!packed.full);
	store_put(txn, TABLE_HEADS, &key, buf_str(&packed));
	buf_release(&packed);
}

/* From here on proofs are under checkpoints of this key. */
static void begin_key(struct store_txn *txn, uint64_t size)
{
	struct store_key key = key_meta("log-since");
	char value[8];

	put_be64(value, size);
	store_put(txn, TABLE_META, &key, (struct str){ value, sizeof value });
}

static bool announce(const struct newsroom *room, const struct logstate *state,
		     const struct log_place *next, struct fault *why)
{
	struct logbook *book = room->logbook;

	/* Killed here: nothing has happened. */
	book->writing = (struct logstate){
		.at = state->at,
		.has_next = true,
		.next = *next,
		.before = store_version(room->store),
	};
	book->is_writing = true;
	book->is_announced = true;
	/* Killed in it: the file is the old one or the new one. Killed after it: the store has
	 * the version `before`, so the next start knows that the checkpoint was never seen. */
	return logstate_write(book->state, buf_str(&book->origin), &book->writing, why);
}

static bool sign_head(struct store_txn *txn, const struct newsroom *room, const struct vkey *vkey,
		      const struct logstate *state, int64_t now, struct fault *why)
{
	struct merkle_source source = logbook_source(txn);
	struct log_place next = { .size = log_size(txn) };
	struct secret_key key;
	struct buf checkpoint;
	bool ok, any;

	if (!log_key_find(room->logbook->key, vkey, &key, why))
		return false;
	buf_init(&checkpoint, NOTE_MAX);
	ok = merkle_root(&source, next.size, &next.root, why) && announce(room, state, &next, why);
	if (ok) {
		checkpoint_sign(buf_str(&room->logbook->origin), next.size, &next.root, &key,
				&checkpoint);
		must(!checkpoint.full);
		if (!was_signed_by(txn, vkey, &any))
			begin_key(txn, next.size);
		log_head_put(txn, next.size, now, buf_str(&checkpoint));
		copy_goes_on(txn, NULL, NULL);
		/* Killed here, or in the commit that follows: as above. */
	}
	buf_release(&checkpoint);
	secret_key_free(&key);
	return ok;
}

/* When a new one is due: at once when the log has grown, else after a day; and never
 * under another key alone: that comes with the leaf of the key set that names it. */
static int64_t head_due(struct store_txn *txn, const struct vkey *vkey)
{
	struct log_head head;
	bool any;

	if (!reading_log(txn, &head) || head.size != log_size(txn))
		return 0;
	return was_signed_by(txn, vkey, &any) ? head.signed_at + DAY : INT64_MAX;
}

/* The same tree under the same key: the checkpoint is the same to the byte, and what witnesses
 * have signed beneath it stays. They are asked again by its new moment. */
static bool renew_head(struct store_txn *txn, int64_t now)
{
	struct log_head head;

	if (!reading_log(txn, &head) || head.size != log_size(txn))
		return false;
	log_head_put(txn, head.size, now, head.checkpoint);
	return true;
}

static bool extend(struct store_txn *txn, const struct newsroom *room, int64_t now,
		   struct arena *arena, struct fault *why)
{
	struct logstate state;
	struct vkey before, after;

	/* What was signed is held against the tree as it was. */
	if (!log_key_named(txn, arena, &before, why) ||
	    !check_state(txn, room, &before, &state, why) || !due_append(txn, now, why) ||
	    !log_key_named(txn, arena, &after, why))
		return false;
	return head_due(txn, &after) > now || renew_head(txn, now) ||
	       sign_head(txn, room, &after, &state, now, why);
}

bool logbook_extend(struct store_txn *txn, const struct newsroom *room, int64_t now,
		    struct fault *why)
{
	struct arena arena;
	bool ok;

	if (!room->logbook) /* nobody signs: the leaves alone */
		return due_append(txn, now, why);
	arena_init(&arena);
	ok = extend(txn, room, now, &arena, why);
	arena_release(&arena);
	return ok;
}

/* --- before and after the commit
 * ------------------------------------------------------------------- */

struct logged_work {
	const struct newsroom *room;
	store_work *work;
	void *ctx;
};

static bool run(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct logged_work *logged = ctx;

	if (logged->room->logbook)
		logged->room->logbook->is_announced = false;
	return logged->work(txn, logged->ctx, why);
}

/* Killed here, after the commit: `next` is what the store has, and the next start finds that. When
 * it was not committed nobody has seen anything, and the file says again what it said before. */
static void settle(void *ctx, bool done)
{
	const struct newsroom *room = ((const struct logged_work *)ctx)->room;
	struct logbook *book = room->logbook;
	struct logstate settled;
	struct fault why;

	if (!book || !book->is_writing)
		return;
	book->is_writing = false;
	/* A disk may fail so that nobody can say what of it was written: then `next` stays. */
	if (!done && store_version(room->store) != book->writing.before)
		return;
	settled.at = done && book->is_announced ? book->writing.next : book->writing.at;
	settled.has_next = false;
	/* What fails here is not the publication, which is done: `next` stays, and is resolved
	 * when the next checkpoint is signed. */
	if (!logstate_write(book->state, buf_str(&book->origin), &settled, &why))
		log_fault(LOG_ERROR, "log-state", &why);
}

bool logbook_write(const struct newsroom *room, store_work *work, void *ctx, struct fault *why)
{
	struct logged_work logged = { room, work, ctx };

	return store_write_then(room->store, run, settle, &logged, why);
}

/* --- the timer
 * ----------------------------------------------------------------------------------------- */

struct tending {
	const struct newsroom *room;
	int64_t now;
	uint64_t before, after;
	int64_t late; /* seconds since the oldest was due */
};

static bool tend(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct tending *tending = ctx;

	int64_t due = due_next(txn);

	tending->late = due < tending->now ? tending->now - due : 0;
	tending->before = log_size(txn);
	if (!logbook_extend(txn, tending->room, tending->now, why))
		return false;
	tending->after = log_size(txn);
	return true;
}

/* The next moment at which there is something to do, as the store is now, in this version. */
static int64_t next_moment(const struct newsroom *room, uint64_t *version)
{
	struct store_txn *txn = NULL;
	int64_t leaf, head = INT64_MAX;
	struct arena arena;
	struct vkey vkey;

	*version = 0;
	if (!store_read_begin(room->store, &txn, NULL))
		return INT64_MAX;
	*version = store_txn_version(txn);
	arena_init(&arena);
	leaf = due_next(txn);
	if (room->logbook && log_key_named(txn, &arena, &vkey, NULL))
		head = head_due(txn, &vkey);
	arena_release(&arena);
	store_read_end(&txn);
	return leaf < head ? leaf : head;
}

static void be_quiet(struct logbook *book, uint64_t version, int64_t until)
{
	if (!book)
		return;
	book->quiet_version = version;
	book->quiet_until = until;
}

/* Asked twice a second: nearly always nothing has changed since the last time. */
static bool is_anything_due(const struct newsroom *room, int64_t now)
{
	struct logbook *book = room->logbook;
	uint64_t version;
	int64_t moment;

	if (book && store_version(room->store) == book->quiet_version && now < book->quiet_until)
		return false;
	moment = next_moment(room, &version);
	if (moment > now)
		be_quiet(book, version, moment);
	return moment <= now;
}

/* Once when it stops, and once when it goes on: not at every tick. */
static void say_stopped(struct logbook *book, bool stopped, const struct fault *why)
{
	if (book && stopped && !book->was_stopped)
		log_fault(LOG_ERROR, "log-stopped", why);
	if (book && !stopped && book->was_stopped)
		log_note(LOG_INFO, "log-goes-on", "key", str_from(book->key));
	if (book)
		book->was_stopped = stopped;
}

bool logbook_tend(const struct newsroom *room, int64_t now, struct fault *why)
{
	struct tending tending = { .room = room, .now = now };
	struct log_line line;
	bool ok;

	if (!is_anything_due(room, now))
		return true;
	ok = logbook_write(room, tend, &tending, why);
	say_stopped(room->logbook, !ok && why->kind == LOG_STOPPED, why);
	if (!ok) {
		be_quiet(room->logbook, store_version(room->store), now + STOPPED_PAUSE);
		return false;
	}
	log_begin(&line, LOG_INFO, "log");
	log_number(&line, "added", (int64_t)(tending.after - tending.before));
	log_number(&line, "size", (int64_t)tending.after);
	log_number(&line, "late", tending.late);
	log_end(&line);
	return true;
}

static bool check(struct store_txn *txn, const struct newsroom *room, struct arena *arena,
		  struct fault *why)
{
	struct logstate state;
	struct secret_key key;
	struct vkey vkey;

	if (!log_key_named(txn, arena, &vkey, why) || !check_state(txn, room, &vkey, &state, why) ||
	    !logstate_may_write(room->logbook->state, why) ||
	    !log_key_find(room->logbook->key, &vkey, &key, why))
		return false;
	secret_key_free(&key);
	return true;
}

bool logbook_check(const struct newsroom *room, struct fault *why)
{
	struct store_txn *txn = NULL;
	struct arena arena;
	bool ok;

	if (!store_read_begin(room->store, &txn, why))
		return false;
	arena_init(&arena);
	ok = check(txn, room, &arena, why);
	arena_release(&arena);
	store_read_end(&txn);
	return ok;
}

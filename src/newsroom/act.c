#include <communique/log.h>

#include "desk.h"
#include "index.h"

static bool is_read(const struct act *act)
{
	static const unsigned char none[16];

	return memcmp(act->replay, none, sizeof none) == 0;
}

static bool check_key(struct store_txn *txn, const struct act *act, struct fault *why)
{
	struct keyset_key key;
	struct arena arena;
	bool ok;

	arena_init(&arena);
	ok = key_find(txn, &arena, &act->key_id, &key, why);
	if (ok && key.roles != act->roles)
		ok = fail(why, KEY_UNKNOWN, "the roles of the key %s have changed",
			  KEY_ID_TEXT(&act->key_id));
	arena_release(&arena);
	return ok;
}

/* The head was checked when it came; its body may have taken long, or the lock. */
static bool check_again(struct store_txn *txn, const struct act *act, struct fault *why)
{
	if (act->expires + CLOCK_TOLERANCE < act->now)
		return fail(why, SIGNATURE_EXPIRED, "the request took longer than its signature");
	return check_key(txn, act, why);
}

bool act_begin(struct store_txn *txn, struct act *act, struct fault *why)
{
	struct store_key key = key_replay(act->expires, act->replay);
	struct str value;

	act->now = clock_now();
	if (is_read(act))
		return true;
	if (act->admitted)
		return check_key(txn, act, why);
	if (store_get(txn, TABLE_REPLAY, &key, &value))
		return fail(why, SIGNATURE_REPLAYED,
			    "this request was made before; sign a new one");
	if (!check_again(txn, act, why))
		return false;
	/* Never an LRU: forgetting an entry that is still valid would let it be used again. */
	if (store_count(txn, TABLE_REPLAY) >= REPLAYS_MAX)
		return fail(why, BUSY, "too many requests in the last minutes; try again soon");
	store_put(txn, TABLE_REPLAY, &key, STR(""));
	return true;
}

static bool admit_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	return act_begin(txn, ctx, why);
}

bool newsroom_admit(struct newsroom *newsroom, struct act *act, struct fault *why)
{
	if (!store_write(newsroom->store, admit_work, act, why))
		return false;
	act->admitted = true;
	return true;
}

static void add_row(struct store_txn *txn, const struct act *act, const char *outcome)
{
	uint64_t number = next_number(txn, TABLE_AUDIT);
	struct store_key key = key_number(number);
	struct audit_row row = {
		.number = number,
		.when = act->now,
		.key_id = act->key_id,
		.holder = act->holder,
		.method = act->method,
		.target = act->target,
		.outcome = str_from(outcome),
		.request = act->request,
	};
	struct buf packed;

	buf_init(&packed, RECORD_MAX);
	pack_audit(&packed, &row);
	must(!packed.full);
	store_insert(txn, TABLE_AUDIT, &key, buf_str(&packed));
	buf_release(&packed);
}

void act_done(struct store_txn *txn, const struct act *act)
{
	add_row(txn, act, "done");
}

struct refusal {
	const struct act *act;
	const struct fault *fault;
};

static bool write_refusal(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct refusal *refusal = ctx;
	const struct act *act = refusal->act;
	struct store_key key = key_replay(act->expires, act->replay);
	struct str value;

	(void)why;
	/* A refused request is used up as well: sent again by somebody else, it may meet a state
	 * in which it would not be refused. Not when its body was damaged on the way. */
	if (!is_read(act) && !act->admitted && refusal->fault->kind != DIGEST_MISMATCH &&
	    refusal->fault->kind != INVALID) {
		if (store_get(txn, TABLE_REPLAY, &key, &value))
			return true;
		if (store_count(txn, TABLE_REPLAY) < REPLAYS_MAX)
			store_put(txn, TABLE_REPLAY, &key, STR(""));
	}
	add_row(txn, refusal->act, fault_code(refusal->fault->kind));
	return true;
}

void newsroom_refused(struct newsroom *newsroom, const struct act *act, const struct fault *fault)
{
	struct refusal refusal = { act, fault };
	struct fault why;

	/* Whoever repeats a captured request is not its signer; and when the store has no room,
	 * trying to write the complaint down would only meet the same. */
	if (fault->kind == SIGNATURE_REPLAYED || fault->kind == BUSY || fault->kind == BROKEN)
		return;
	if (!store_write(newsroom->store, write_refusal, &refusal, &why))
		log_fault(LOG_ERROR, "audit", &why);
}

bool newsroom_visit_audit(struct newsroom *newsroom, uint64_t after, size_t most,
			  audit_visitor *visit, void *ctx, struct fault *why)
{
	struct store_key from = key_number(after < UINT64_MAX ? after + 1 : after);
	struct store_cursor *cursor = NULL;
	struct store_txn *txn = NULL;
	struct str key, value;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = store_cursor_open(&cursor, txn, TABLE_AUDIT, NULL, &from);
	while (ok && most-- && store_cursor_next(cursor, &key, &value)) {
		struct audit_row row;

		ok = unpack_audit(key, value, &row, why) && visit(ctx, &row, why);
	}
	store_cursor_close(&cursor);
	ok = ok && store_check(txn, why);
	store_read_end(&txn);
	return ok;
}

/* At most this many rows a transaction, so that tidying never keeps an editor waiting. */
enum { TIDY_ROWS = 10000 };

/* Up to which `expires` requests are forgotten. Long after they are over: a clock that is set back
 * must not make them new again. Not so long when there are many. */
static int64_t over_before(struct store_txn *txn, int64_t now)
{
	bool many = store_count(txn, TABLE_REPLAY) > REPLAYS_KEPT_MAX;

	return now - (many ? CLOCK_TOLERANCE : REPLAYS_KEPT_SECONDS);
}

static bool forget_replays(struct store_txn *txn, void *ctx, struct fault *why)
{
	int64_t end = over_before(txn, *(const int64_t *)ctx);

	(void)why;
	for (int i = 0; i < TIDY_ROWS; i++) {
		struct store_cursor *cursor = NULL;
		struct store_key key = key_begin();
		struct str at, value;
		bool over = false;

		if (store_cursor_open(&cursor, txn, TABLE_REPLAY, NULL, NULL) &&
		    store_cursor_next(cursor, &at, &value) && at.len >= 8) {
			over = (int64_t)get_be64(at.at) < end;
			key_add_bytes(&key, at.at, at.len);
		}
		store_cursor_close(&cursor);
		if (!over)
			break;
		store_delete(txn, TABLE_REPLAY, &key);
	}
	return true;
}

/* Whether there is anything to forget: most ticks must not cost a commit. */
static bool replays_are_over(struct newsroom *newsroom, int64_t now)
{
	struct store_cursor *cursor = NULL;
	struct store_txn *txn = NULL;
	struct str key, value;
	bool over = false;

	if (!store_read_begin(newsroom->store, &txn, NULL))
		return false;
	if (store_cursor_open(&cursor, txn, TABLE_REPLAY, NULL, NULL) &&
	    store_cursor_next(cursor, &key, &value) && key.len >= 8)
		over = (int64_t)get_be64(key.at) < over_before(txn, now);
	store_cursor_close(&cursor);
	store_read_end(&txn);
	return over;
}

bool newsroom_tidy(struct newsroom *newsroom, int64_t now, struct fault *why)
{
	store_clear_stale_readers(newsroom->store);
	expiry_warn(newsroom, now);
	if (replays_are_over(newsroom, now) &&
	    !store_write(newsroom->store, forget_replays, &now, why))
		return false;
	return index_merge(newsroom, now, why) && attachments_sweep(newsroom, now, why);
}

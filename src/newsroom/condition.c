#include <communique/condition.h>
#include <communique/outbox.h>

#include "ledger.h"

/* A release, its pictures' rows and the pages that LMDB writes anew. */
enum { ROOM_TO_PUBLISH = 4 * 1024 * 1024 };

void condition_of_log(struct store_txn *txn, int64_t now, struct log_condition *out)
{
	struct log_head head;
	int64_t due = due_next(txn);

	*out = (struct log_condition){ .signed_once = reading_log(txn, &head) };
	if (out->signed_once) {
		out->size = head.size;
		out->signed_at = head.signed_at;
	}
	/* What is still to come is nobody's business. */
	out->lag = due < now ? now - due : 0;
}

bool condition_of_keys(struct store_txn *txn, struct keys_condition *out)
{
	struct keyset *keyset = NULL;
	struct arena arena;

	arena_init(&arena);
	if (keyset_in_force(txn, &arena, &keyset, NULL) && keyset)
		*out = (struct keys_condition){ keyset->version, keyset->expires };
	arena_release(&arena);
	return keyset != NULL;
}

/* --- the desk's part ------------------------------------------------------------------- */

static uint64_t count_from(struct store_txn *txn, enum table table, const struct store_key *from)
{
	struct store_cursor *cursor = NULL;
	struct str key, value;
	uint64_t count = 0;

	if (store_cursor_open(&cursor, txn, table, NULL, from))
		while (store_cursor_next(cursor, &key, &value))
			count++;
	store_cursor_close(&cursor);
	return count;
}

static void look_at_editions(struct store_txn *txn, int64_t now, struct condition *out)
{
	struct store_key later = key_number((uint64_t)now + 1), next_set = key_begin();

	out->drafts = store_count(txn, TABLE_DRAFTS);
	out->scheduled = count_from(txn, TABLE_SCHEDULE, &later);
	out->public_revisions = store_count(txn, TABLE_REVISIONS) - out->scheduled;
	out->next_lift = reading_next_lift(txn, now);
	key_add_u32(&next_set, out->has_keys ? out->keys.version + 1 : 0);
	out->keysets_waiting = count_from(txn, TABLE_KEYSETS, &next_set);
}

static void count_notice(struct condition *out, const struct notice *notice, int64_t now)
{
	switch (notice->state) {
	case NOTICE_WAITING:
		out->outbox.waiting++;
		out->outbox.tries += notice->tries;
		if (notice->public_at <= now &&
		    (out->outbox.oldest == 0 || notice->public_at < out->outbox.oldest))
			out->outbox.oldest = notice->public_at;
		break;
	case NOTICE_SENT:
		out->outbox.sent++;
		break;
	case NOTICE_FAILED:
		out->outbox.failed++;
		break;
	}
}

static bool look_at_outbox(struct store_txn *txn, int64_t now, struct condition *out,
			   struct fault *why)
{
	struct store_cursor *cursor = NULL;
	struct notice notice;
	struct str key, row;
	bool ok = true;

	if (store_cursor_open(&cursor, txn, TABLE_OUTBOX, NULL, NULL)) {
		while (ok && store_cursor_next(cursor, &key, &row)) {
			ok = unpack_notice(key, row, &notice, why);
			if (ok)
				count_notice(out, &notice, now);
		}
	}
	store_cursor_close(&cursor);
	return ok;
}

/* The state file is read beside the store: while a publication commits between the two they may
 * seem to disagree, and do not a moment later. */
static void look_at_log(const struct newsroom *newsroom, struct condition *out)
{
	if (!newsroom->logbook || !out->has_keys)
		return;
	for (int tries = 0; tries < 2; tries++) {
		out->log_stopped = !logbook_check(newsroom, &out->log_fault);
		if (!out->log_stopped)
			return;
	}
}

const char *condition_obstacle(const struct condition *condition, int64_t now)
{
	if (!condition->has_keys)
		return "no key set is in force: its roots have to sign one";
	if (condition->keys.expires_at <= now)
		return "the key set has expired: its roots have to sign a new one";
	if (condition->log_stopped)
		return condition->log_fault.says;
	return condition->store.disk_free < ROOM_TO_PUBLISH ? "the disk is full" : NULL;
}

bool newsroom_condition(const struct newsroom *newsroom, int64_t now, struct condition *out,
			struct fault *why)
{
	struct store_txn *txn = NULL;
	bool ok;

	*out = (struct condition){ .next_lift = INT64_MAX };
	if (!store_usage(newsroom->store, &out->store, why) ||
	    !store_read_begin(newsroom->store, &txn, why))
		return false;
	condition_of_log(txn, now, &out->log);
	out->has_keys = condition_of_keys(txn, &out->keys);
	look_at_editions(txn, now, out);
	ok = look_at_outbox(txn, now, out, why) && store_check(txn, why);
	store_read_end(&txn);
	if (ok)
		look_at_log(newsroom, out);
	return ok;
}

#include <communique/outbox.h>

#include "desk.h"

enum { PAUSE_FIRST = 10, PAUSE_MOST = 3600, PROBLEM_MAX = 200 };

const char *notice_state_word(enum notice_state state)
{
	switch (state) {
	case NOTICE_WAITING:
		return "waiting";
	case NOTICE_SENT:
		return "sent";
	case NOTICE_FAILED:
		return "failed";
	}
	return "";
}

/* --- rows ------------------------------------------------------------------------------ */

static void put_notice(struct store_txn *txn, const struct notice *notice)
{
	struct store_key key = key_number(notice->number);
	struct buf packed;

	buf_init(&packed, RECORD_MAX);
	buf_add_char(&packed, (char)notice->state);
	buf_add_char(&packed, (char)notice->taken);
	buf_add_be32(&packed, notice->tries);
	buf_add_be64(&packed, (uint64_t)notice->public_at);
	buf_add_be64(&packed, (uint64_t)notice->next_at);
	buf_add_be32(&packed, notice->revision);
	buf_add_char(&packed, (char)notice->change);
	buf_add(&packed, (struct str){ (const char *)notice->hash.at, HASH_SIZE });
	pack_str(&packed, notice->edition.slug);
	pack_str(&packed, notice->edition.language);
	pack_str(&packed, notice->problem);
	store_put(txn, TABLE_OUTBOX, &key, buf_str(&packed));
	buf_release(&packed);
}

bool unpack_notice(struct str key, struct str row, struct notice *out, struct fault *why)
{
	struct unpack place = unpack_begin(key), from = unpack_begin(row);

	out->number = unpack_u64(&place);
	out->state = (enum notice_state)unpack_u8(&from);
	out->taken = unpack_u8(&from);
	out->tries = unpack_u32(&from);
	out->public_at = (int64_t)unpack_u64(&from);
	out->next_at = (int64_t)unpack_u64(&from);
	out->revision = unpack_u32(&from);
	out->change = (enum change)unpack_u8(&from);
	unpack_bytes(&from, out->hash.at, HASH_SIZE);
	out->edition.slug = unpack_str(&from);
	out->edition.language = unpack_str(&from);
	out->problem = unpack_str(&from);
	if (out->state > NOTICE_FAILED || out->change > CHANGE_REINSTATEMENT)
		from.broken = true;
	return unpack_end(&place, "notice", why) && unpack_end(&from, "notice", why);
}

void outbox_add(struct store_txn *txn, const struct revision *revision)
{
	struct notice notice = {
		.number = revision->serial,
		.state = NOTICE_WAITING,
		.public_at = revision->public_at,
		.next_at = revision->public_at,
		.revision = revision->number,
		.change = revision->change,
		.hash = revision->hash,
		.edition = { revision->language, revision->slug },
		.problem = STR(""),
	};

	put_notice(txn, &notice);
}

void outbox_drop(struct store_txn *txn, const struct revision *revision)
{
	struct store_key key = key_number(revision->serial);

	store_delete(txn, TABLE_OUTBOX, &key);
}

/* --- sending ------------------------------------------------------------------------------ */

static bool is_due(const struct notice *notice, int64_t now)
{
	return notice->state == NOTICE_WAITING && notice->public_at <= now &&
	       notice->next_at <= now;
}

static void copy_notice(struct arena *arena, struct notice *notice)
{
	notice->edition.slug = arena_copy(arena, notice->edition.slug);
	notice->edition.language = arena_copy(arena, notice->edition.language);
	notice->problem = arena_copy(arena, notice->problem);
}

bool newsroom_next_notice(struct newsroom *newsroom, int64_t now, struct arena *arena,
			  struct notice *out, bool *found, struct fault *why)
{
	struct store_cursor *cursor = NULL;
	struct store_txn *txn = NULL;
	struct str key, row;
	bool ok;

	*found = false;
	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = store_cursor_open(&cursor, txn, TABLE_OUTBOX, NULL, NULL);
	while (ok && !*found && store_cursor_next(cursor, &key, &row)) {
		ok = unpack_notice(key, row, out, why);
		*found = ok && is_due(out, now);
	}
	if (*found)
		copy_notice(arena, out);
	store_cursor_close(&cursor);
	ok = ok && store_check(txn, why);
	store_read_end(&txn);
	return ok;
}

struct tried {
	uint64_t number;
	unsigned taken, wanted;
	struct str problem;
	int64_t now;
};

static int64_t pause_after(uint32_t tries)
{
	int64_t pause = PAUSE_FIRST;

	while (--tries > 0 && pause < PAUSE_MOST)
		pause *= 2;
	return pause < PAUSE_MOST ? pause : PAUSE_MOST;
}

static void settle(struct notice *notice, const struct tried *tried)
{
	notice->tries++;
	notice->taken |= tried->taken;
	notice->problem = str_first(tried->problem, PROBLEM_MAX);
	notice->next_at = tried->now;
	if ((notice->taken & tried->wanted) == tried->wanted)
		notice->state = NOTICE_SENT;
	else if (notice->tries >= OUTBOX_TRIES_MAX)
		notice->state = NOTICE_FAILED;
	else
		notice->next_at += pause_after(notice->tries);
}

/* A try forgets more than comes, and no more than a few: so all that is old goes. */
enum { FORGET_MOST = 8 };

/* Wherever they stand: before them may be what waits for a lift in a year. */
static size_t find_old(struct store_txn *txn, int64_t now, uint64_t old[FORGET_MOST])
{
	struct store_cursor *cursor = NULL;
	struct notice notice;
	struct str key, row;
	size_t count = 0;

	if (!store_cursor_open(&cursor, txn, TABLE_OUTBOX, NULL, NULL))
		return 0;
	while (count < FORGET_MOST && store_cursor_next(cursor, &key, &row)) {
		if (unpack_notice(key, row, &notice, NULL) && notice.state != NOTICE_WAITING &&
		    notice.next_at < now - OUTBOX_DAYS * 86400)
			old[count++] = notice.number;
	}
	store_cursor_close(&cursor);
	return count;
}

static void forget_old(struct store_txn *txn, int64_t now)
{
	uint64_t old[FORGET_MOST];
	size_t count = find_old(txn, now, old);

	for (size_t i = 0; i < count; i++) {
		struct store_key key = key_number(old[i]);

		store_delete(txn, TABLE_OUTBOX, &key);
	}
}

static bool tried_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct tried *tried = ctx;
	struct store_key key = key_number(tried->number);
	struct notice notice;
	struct arena arena;
	struct str row;

	/* Dropped while it was being sent: that cannot be, it was public; but no matter. */
	if (!store_get(txn, TABLE_OUTBOX, &key, &row))
		return store_check(txn, why);
	if (!unpack_notice(key_str(&key), row, &notice, why))
		return false;
	arena_init(&arena);
	copy_notice(&arena, &notice);
	settle(&notice, tried);
	put_notice(txn, &notice);
	forget_old(txn, tried->now);
	arena_release(&arena);
	return true;
}

bool newsroom_tried_notice(struct newsroom *newsroom, uint64_t number, unsigned taken,
			   unsigned wanted, struct str problem, int64_t now, struct fault *why)
{
	struct tried tried = { number, taken, wanted, problem, now };

	return store_write(newsroom->store, tried_work, &tried, why);
}

bool newsroom_visit_outbox(struct newsroom *newsroom, uint64_t after, size_t most,
			   notice_visitor *visit, void *ctx, struct fault *why)
{
	struct store_key from = key_number(after < UINT64_MAX ? after + 1 : after);
	struct store_cursor *cursor = NULL;
	struct store_txn *txn = NULL;
	struct notice notice;
	struct str key, row;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = store_cursor_open(&cursor, txn, TABLE_OUTBOX, NULL, &from);
	while (ok && most-- && store_cursor_next(cursor, &key, &row))
		ok = unpack_notice(key, row, &notice, why) && visit(ctx, &notice, why);
	store_cursor_close(&cursor);
	ok = ok && store_check(txn, why);
	store_read_end(&txn);
	return ok;
}

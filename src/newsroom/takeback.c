/*
 * takeback - what was accepted and is not yet public is dropped: every row that publish made,
 * and the revision before it has its place in the lists again.
 */
#include "desk.h"
#include "index.h"

/* Whether any revision of the release, in any language, still carries the reference. */
static bool reference_is_used(struct store_txn *txn, struct str slug, struct str reference,
			      struct arena *arena)
{
	struct store_key prefix = key_slug(slug);
	struct store_cursor *cursor = NULL;
	struct revision revision;
	struct str key, row;
	bool used = false;

	if (!store_cursor_open(&cursor, txn, TABLE_REVISIONS, &prefix, NULL))
		return true;
	while (!used && store_cursor_next(cursor, &key, &row)) {
		struct release *release;

		used = unpack_revision(row, &revision, NULL) &&
		       revision_parse(txn, &revision, arena, &release, NULL) &&
		       str_equal(release->reference, reference);
	}
	store_cursor_close(&cursor);
	return used;
}

static bool give_back(struct store_txn *txn, const struct release *release,
		      const struct revision *revision, struct arena *arena, struct fault *why)
{
	struct release *before;
	struct revision previous;

	if (release->change != CHANGE_KILL) {
		board_count(txn, release, revision, -1);
		board_delete(txn, release, revision);
	}
	if (revision->number == 1 ||
	    !reading_revision(txn, revision->language, revision->slug, revision->number - 1,
			      INT64_MAX, &previous) ||
	    previous.change == CHANGE_KILL)
		return store_check(txn, why);
	if (!revision_parse(txn, &previous, arena, &before, why))
		return false;
	board_count(txn, before, &previous, 1);
	board_put(txn, before, &previous, NEVER);
	return true;
}

/* Most schedules that are dropped come back with another date: the week after which an unused
 * upload is swept begins anew. */
static void renew(struct store_txn *txn, const struct hash *hash, int64_t now)
{
	struct store_key key = key_hash(hash);
	struct attachment_row row;
	struct str value;
	struct buf packed;

	if (!store_get(txn, TABLE_ATTACHMENTS, &key, &value) ||
	    !unpack_attachment(value, &row, NULL))
		return;
	row.saved_at = now;
	buf_init(&packed, RECORD_MAX);
	pack_attachment(&packed, &row);
	store_put(txn, TABLE_ATTACHMENTS, &key, buf_str(&packed));
	buf_release(&packed);
}

static void drop_uses(struct store_txn *txn, const struct release *release, int64_t now)
{
	struct edition edition = { release->language, release->slug };

	for (size_t i = 0; i < release->attachment_count; i++) {
		struct store_key key =
			key_use(&release->attachments[i].hash, edition, release->revision);

		store_delete(txn, TABLE_USES, &key);
		renew(txn, &release->attachments[i].hash, now);
	}
}

static void drop_rows(struct store_txn *txn, const struct release *release,
		      const struct revision *revision, int64_t now, struct arena *arena)
{
	struct edition edition = { revision->language, revision->slug };
	struct store_key row = key_revision(edition, revision->number);
	struct store_key schedule = key_schedule(revision->public_at, revision->serial);
	struct store_key file = key_hash(&revision->hash);
	struct store_key reference = key_reference(release->reference);
	struct store_key journal = key_number(next_number(txn, TABLE_JOURNAL));
	struct buf packed;

	buf_init(&packed, RECORD_MAX);
	pack_journal(&packed, JOURNAL_DROPPED, now, revision);
	must(!packed.full);
	store_insert(txn, TABLE_JOURNAL, &journal, buf_str(&packed));
	buf_release(&packed);
	drop_uses(txn, release, now);
	changes_delete(txn, release, revision);
	index_take_back(txn, revision);
	legacy_delete(txn, release);
	store_delete(txn, TABLE_REVISIONS, &row);
	store_delete(txn, TABLE_SCHEDULE, &schedule);
	due_drop_revision(txn, revision);
	outbox_drop(txn, revision);
	signatures_drop(txn, &revision->hash);
	store_delete(txn, TABLE_FILES, &file);
	if (release->reference.len &&
	    !reference_is_used(txn, edition.slug, release->reference, arena))
		store_delete(txn, TABLE_REFERENCES, &reference);
}

bool publish_undo(struct store_txn *txn, const struct revision *scheduled, int64_t now,
		  struct arena *arena, struct fault *why)
{
	struct revision revision = *scheduled;
	struct release *release;

	struct store_key logged = key_hash(&revision.hash);
	struct str index;

	must(revision.public_at > now);
	/* The clock was set back since the lift: what the world has seen stays. */
	if (store_get(txn, TABLE_LOGGED, &logged, &index))
		return fail(why, CONFLICT, "it is in the public log already");
	if (!revision_parse(txn, &revision, arena, &release, why))
		return false;
	if (!give_back(txn, release, &revision, arena, why))
		return false;
	drop_rows(txn, release, &revision, now, arena);
	return store_check(txn, why);
}

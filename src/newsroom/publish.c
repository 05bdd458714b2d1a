/*
 * publish - a sufficiently signed file becomes a revision.
 *
 * All of it happens inside the write transaction of the signature that completed
 * the quorum. A crash before the commit leaves a draft with one signature less; a
 * crash after it leaves a publication. There is nothing between.
 */
#include "desk.h"

bool latest_revision(struct store_txn *txn, struct edition edition, struct revision *out)
{
	return reading_release(txn, edition.language, edition.slug, INT64_MAX, out);
}

static bool check_previous(struct store_txn *txn, const struct release *release, struct fault *why)
{
	struct edition edition = { release->language, release->slug };
	struct revision latest = { .number = 0 };
	bool has_latest = latest_revision(txn, edition, &latest);

	if (release->revision == latest.number + 1 && !has_latest)
		return true;
	if (release->revision != latest.number + 1)
		return fail(why, STALE_PREVIOUS,
			    "the next revision is %u, not %u; the last has the hash %s",
			    latest.number + 1, release->revision,
			    has_latest ? HASH_TEXT(&latest.hash) : "-");
	if (!hash_equal(&release->previous, &latest.hash))
		return fail(why, STALE_PREVIOUS, "the last revision has the hash %s",
			    HASH_TEXT(&latest.hash));
	return fail(why, RELEASE_MALFORMED,
		    "this server publishes first revisions; it does not take changes yet");
}

static bool check_attachments(struct store_txn *txn, const struct release *release,
			      struct fault *why)
{
	struct buf missing;
	bool ok = true;

	buf_init(&missing, 150);
	for (size_t i = 0; i < release->attachment_count; i++) {
		struct store_key key = key_hash(&release->attachments[i].hash);
		struct str value;

		if (store_get(txn, TABLE_ATTACHMENTS, &key, &value))
			continue;
		ok = false;
		buf_addf(&missing, "%s%s", missing.len ? ", " : "",
			 QUOTE(release->attachments[i].name));
	}
	if (!ok)
		fail(why, FILE_MISSING, "not uploaded: %.*s", STR_ARG(buf_str(&missing)));
	buf_release(&missing);
	return ok;
}

static bool check_reference(struct store_txn *txn, const struct release *release, struct fault *why)
{
	struct store_key key = key_reference(release->reference);
	struct str value;

	/* All languages of a release share its reference. */
	if (release->reference.len == 0 || !store_get(txn, TABLE_REFERENCES, &key, &value) ||
	    str_equal(value, release->slug))
		return true;
	return fail(why, CONFLICT, "the reference %s belongs to %s", QUOTE(release->reference),
		    QUOTE(value));
}

bool publish_check(struct store_txn *txn, const struct release *release, struct fault *why)
{
	return check_previous(txn, release, why) && check_attachments(txn, release, why) &&
	       check_reference(txn, release, why) && store_check(txn, why);
}

static struct str join_topics(struct arena *arena, const struct release *release)
{
	struct str joined = STR("");

	for (size_t i = 0; i < release->topics.count; i++)
		joined = arena_printf(arena, "%.*s%s%.*s", STR_ARG(joined), i ? "; " : "",
				      STR_ARG(release->topics.at[i]));
	return joined;
}

static struct revision card_of(const struct release *release, struct arena *arena)
{
	return (struct revision){
		.language = release->language,
		.slug = release->slug,
		.number = release->revision,
		.change = release->change,
		.change_note = release->change_note,
		.date = release->date,
		.kind = release->kind,
		.title = release->title,
		.summary = release_summary(arena, release),
		.department = release->departments.count ? release->departments.at[0] : STR(""),
		.topics = join_topics(arena, release),
	};
}

static void put_packed(struct store_txn *txn, enum table table, const struct store_key *key,
		       struct buf *packed)
{
	must(!packed->full);
	store_insert(txn, table, key, buf_str(packed));
	buf_clear(packed);
}

static void put_rows(struct store_txn *txn, const struct revision *revision, struct buf *packed)
{
	struct edition edition = { revision->language, revision->slug };
	struct store_key key = key_revision(edition, revision->number);
	struct schedule_row schedule = {
		.number = revision->number,
		.date = date_number(revision->date),
		.slug = revision->slug,
		.language = revision->language,
	};

	pack_revision(packed, revision);
	put_packed(txn, TABLE_REVISIONS, &key, packed);

	key = key_number(revision->serial);
	pack_journal(packed, revision);
	put_packed(txn, TABLE_JOURNAL, &key, packed);

	if (revision->public_at <= revision->accepted_at)
		return;
	key = key_schedule(revision->public_at, revision->serial);
	pack_schedule(packed, &schedule);
	put_packed(txn, TABLE_SCHEDULE, &key, packed);
}

bool publish_accept(struct store_txn *txn, const struct release *release, const struct hash *hash,
		    uint32_t keyset, int64_t now, struct arena *arena, struct revision *out,
		    struct fault *why)
{
	struct edition edition = { release->language, release->slug };
	struct store_key draft = key_edition(edition);
	struct store_key reference = key_reference(release->reference);
	struct buf packed;

	if (!publish_check(txn, release, why))
		return false;
	*out = card_of(release, arena);
	out->hash = *hash;
	out->accepted_at = now;
	out->public_at =
		release->has_publish_at && release->publish_at > now ? release->publish_at : now;
	out->serial = next_number(txn, TABLE_JOURNAL);
	out->keyset = keyset;

	buf_init(&packed, RECORD_MAX);
	put_rows(txn, out, &packed);
	buf_release(&packed);
	if (release->reference.len)
		store_put(txn, TABLE_REFERENCES, &reference, release->slug);
	board_add(txn, release, out);
	store_delete(txn, TABLE_DRAFTS, &draft);
	return store_check(txn, why);
}

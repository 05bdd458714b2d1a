/*
 * publish - a sufficiently signed file becomes a revision.
 *
 * All of it happens inside the write transaction of the signature that completed
 * the quorum. A crash before the commit leaves a draft with one signature less; a
 * crash after it leaves a publication. There is nothing between.
 */
#include "desk.h"
#include "index.h"

bool latest_revision(struct store_txn *txn, struct edition edition, struct revision *out)
{
	return reading_release(txn, edition.language, edition.slug, INT64_MAX, out);
}

enum quorum_of quorum_of(enum change change)
{
	return change == CHANGE_WITHDRAWAL || change == CHANGE_KILL ? QUORUM_WITHDRAW
								    : QUORUM_PUBLISH;
}

/* A withdrawn release comes back by a reinstatement only, and may still be killed. */
static bool check_change(enum change latest, enum change next, struct fault *why)
{
	bool gone = latest == CHANGE_WITHDRAWAL || latest == CHANGE_KILL;

	if (next == CHANGE_REINSTATEMENT)
		return gone || fail(why, CONFLICT, "the release is not withdrawn");
	if (!gone || (latest == CHANGE_WITHDRAWAL && next == CHANGE_KILL))
		return true;
	return fail(why, WITHDRAWN, "the release is withdrawn; only a reinstatement%s can follow",
		    latest == CHANGE_WITHDRAWAL ? " or a kill" : "");
}

static bool check_previous(struct store_txn *txn, const struct release *release, struct fault *why)
{
	struct edition edition = { release->language, release->slug };
	struct revision latest = { .number = 0 };
	bool has_latest = latest_revision(txn, edition, &latest);

	if (!store_check(txn, why))
		return false;
	if (!has_latest)
		return release->revision == 1 ||
		       fail(why, STALE_PREVIOUS, "there is no revision yet; the first is 1, not %u",
			    release->revision);
	if (release->revision != latest.number + 1 || !hash_equal(&release->previous, &latest.hash))
		return fail(why, STALE_PREVIOUS, "the next is revision %u, with Previous: %s",
			    latest.number + 1, HASH_TEXT(&latest.hash));
	return check_change(latest.change, release->change, why) &&
	       publish_repeats(txn, release, &latest, why);
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
	       check_reference(txn, release, why) && legacy_check(txn, release, why) &&
	       store_check(txn, why);
}

static struct str join_topics(struct arena *arena, const struct release *release)
{
	struct str joined = STR("");

	for (size_t i = 0; i < release->topics.count; i++)
		joined = arena_printf(arena, "%.*s%s%.*s", STR_ARG(joined), i ? "; " : "",
				      STR_ARG(release->topics.at[i]));
	return joined;
}

struct revision publish_card(const struct release *release, struct arena *arena)
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

bool revision_parse(struct store_txn *txn, struct revision *revision, struct arena *arena,
		    struct release **out, struct fault *why)
{
	struct str file;

	if (!reading_file(txn, &revision->hash, &file))
		return store_check(txn, why) &&
		       fail(why, BROKEN, "the bytes of a revision are missing");
	if (!release_parse(arena, arena_copy(arena, file), out, why))
		return false;
	revision->slug = (*out)->slug;
	revision->language = (*out)->language;
	return true;
}

static void put_packed(struct store_txn *txn, enum table table, const struct store_key *key,
		       struct buf *packed)
{
	must(!packed->full);
	store_insert(txn, table, key, buf_str(packed));
	buf_clear(packed);
}

/* What the lists show changes hands: the row of the revision before goes when this one
 * comes, be it now or at its lift. */
static bool take_over(struct store_txn *txn, const struct release *release,
		      const struct revision *revision, struct arena *arena, uint32_t *replaced,
		      struct fault *why)
{
	struct edition edition = { revision->language, revision->slug };
	bool at_once = revision->public_at <= revision->accepted_at;
	struct release *before = NULL;
	struct revision previous;

	*replaced = 0;
	if (latest_revision(txn, edition, &previous) && previous.change != CHANGE_KILL) {
		if (!revision_parse(txn, &previous, arena, &before, why))
			return false;
		*replaced = date_number(previous.date);
		board_count(txn, before, &previous, -1);
		if (at_once)
			board_delete(txn, before, &previous);
		else
			board_put(txn, before, &previous, (uint64_t)revision->public_at);
	}
	if (release->change == CHANGE_KILL)
		return true;
	board_put(txn, release, revision, NEVER);
	board_count(txn, release, revision, 1);
	return true;
}

/* Rows that a lift has ended are of no use to anyone any more. */
static bool sweep_rows(struct store_txn *txn, const struct revision *revision, struct arena *arena,
		       struct fault *why)
{
	struct revision before, last;
	struct release *file;
	int64_t now = revision->accepted_at;

	if (revision->number < 3 ||
	    !reading_revision(txn, revision->language, revision->slug, revision->number - 1, now,
			      &last) ||
	    !reading_revision(txn, revision->language, revision->slug, revision->number - 2, now,
			      &before) ||
	    before.change == CHANGE_KILL)
		return store_check(txn, why);
	if (!revision_parse(txn, &before, arena, &file, why))
		return false;
	board_delete(txn, file, &before);
	return true;
}

static void put_card(struct store_txn *txn, const struct revision *revision, struct buf *packed)
{
	struct edition edition = { revision->language, revision->slug };
	struct store_key key = key_revision(edition, revision->number);

	pack_revision(packed, revision);
	put_packed(txn, TABLE_REVISIONS, &key, packed);
}

static void put_journal(struct store_txn *txn, const struct revision *revision, struct buf *packed)
{
	struct store_key key = key_number(revision->serial);

	pack_journal(packed, JOURNAL_ACCEPTED, revision->accepted_at, revision);
	put_packed(txn, TABLE_JOURNAL, &key, packed);
}

static void put_schedule(struct store_txn *txn, const struct revision *revision, uint32_t replaced,
			 struct buf *packed)
{
	struct store_key key = key_schedule(revision->public_at, revision->serial);
	struct schedule_row schedule = {
		.number = revision->number,
		.date = revision->change == CHANGE_KILL ? 0 : date_number(revision->date),
		.replaced = replaced,
		.slug = revision->slug,
		.language = revision->language,
	};

	if (revision->public_at <= revision->accepted_at)
		return;
	pack_schedule(packed, &schedule);
	put_packed(txn, TABLE_SCHEDULE, &key, packed);
}

static void put_uses(struct store_txn *txn, const struct release *release)
{
	struct edition edition = { release->language, release->slug };

	for (size_t i = 0; i < release->attachment_count; i++) {
		struct store_key key =
			key_use(&release->attachments[i].hash, edition, release->revision);

		store_put(txn, TABLE_USES, &key, release->attachments[i].name);
	}
}

void publish_put(struct store_txn *txn, const struct release *release,
		 const struct revision *revision, uint32_t replaced)
{
	struct store_key reference = key_reference(release->reference);
	struct buf packed;

	buf_init(&packed, RECORD_MAX);
	put_card(txn, revision, &packed);
	put_schedule(txn, revision, replaced, &packed);
	buf_release(&packed);
	put_uses(txn, release);
	changes_put(txn, release, revision);
	legacy_put(txn, release);
	if (release->reference.len)
		store_put(txn, TABLE_REFERENCES, &reference, release->slug);
}

/* Never before its predecessor: what is embargoed would be named by its hash. */
static int64_t moment_of(struct store_txn *txn, const struct release *release,
			 const struct revision *latest, bool has_latest, int64_t now)
{
	int64_t moment = due_moment(txn, now);

	if (release->has_publish_at && release->publish_at > moment)
		moment = release->publish_at;
	if (has_latest && latest->public_at > moment)
		moment = latest->public_at;
	return moment;
}

bool publish_accept(struct store_txn *txn, const struct release *release, const struct hash *hash,
		    const struct keyset *keyset, int64_t now, struct arena *arena,
		    struct revision *out, struct fault *why)
{
	struct edition edition = { release->language, release->slug };
	struct store_key draft = key_edition(edition);
	struct revision latest;
	bool has_latest;
	uint32_t replaced;
	struct buf packed;

	if (!publish_check(txn, release, why))
		return false;
	has_latest = latest_revision(txn, edition, &latest);
	*out = publish_card(release, arena);
	out->hash = *hash;
	out->accepted_at = now;
	out->public_at = moment_of(txn, release, &latest, has_latest, now);
	out->serial = next_number(txn, TABLE_JOURNAL);
	out->first_serial = has_latest ? latest.first_serial : out->serial;
	out->keyset = keyset->version;

	if (!signatures_settle(txn, hash, keyset, arena, why) ||
	    !sweep_rows(txn, out, arena, why) ||
	    !take_over(txn, release, out, arena, &replaced, why))
		return false;
	buf_init(&packed, RECORD_MAX);
	put_journal(txn, out, &packed);
	buf_release(&packed);
	publish_put(txn, release, out, replaced);
	index_put(txn, release, out, arena);
	due_add_revision(txn, out);
	store_delete(txn, TABLE_DRAFTS, &draft);
	return store_check(txn, why);
}

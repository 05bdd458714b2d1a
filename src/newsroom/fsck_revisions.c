/*
 * Revisions against their files, their signatures, the one before, and the rows that were
 * made of them.
 */
#include "fsck.h"

#include "ledger.h"

/* The revision before, of the same edition; its memory is one of two that take turns. */
struct chain {
	struct arena arenas[2];
	unsigned turn;
	bool there;
	struct revision revision;
	struct release *release;
};

/* --- the card ------------------------------------------------------------------------- */

/* The clock had been set back: it waited for the time of the leaf that is the one before its own,
 * or the last while it waits. */
static bool waited_for_log(struct fsck *fsck, const struct revision *revision)
{
	uint64_t index;

	if (!reading_log_index(fsck->txn, &revision->hash, &index))
		index = log_size(fsck->txn);
	return index > 0 && log_time(fsck->txn, index - 1) == revision->public_at;
}

/* Never before its predecessor, nor before its own moment (see publish.c). */
static int64_t moment_of(struct fsck *fsck, const struct release *release,
			 const struct revision *revision, const struct chain *before)
{
	int64_t moment = revision->accepted_at;

	if (release->has_publish_at && release->publish_at > moment)
		moment = release->publish_at;
	if (before->there && before->revision.public_at > moment)
		moment = before->revision.public_at;
	if (revision->public_at > moment && waited_for_log(fsck, revision))
		moment = revision->public_at;
	return moment;
}

static void check_card(struct fsck *fsck, const struct release *release,
		       const struct revision *revision, const struct chain *before, struct str row,
		       struct arena *arena, const char *name)
{
	struct revision card = publish_card(release, arena);
	struct buf packed;

	card.hash = revision->hash;
	card.accepted_at = revision->accepted_at;
	card.public_at = moment_of(fsck, release, revision, before);
	card.serial = revision->serial;
	card.first_serial = before->there ? before->revision.first_serial : revision->serial;
	card.keyset = revision->keyset;
	buf_init(&packed, RECORD_MAX);
	pack_revision(&packed, &card);
	if (!str_equal(buf_str(&packed), row))
		fsck_says(fsck, "%s: its card says something else than its file", name);
	buf_release(&packed);
}

static bool change_fits(const struct release *release, const struct chain *before)
{
	enum change last = before->there ? before->revision.change : CHANGE_FIRST;
	bool gone = last == CHANGE_WITHDRAWAL || last == CHANGE_KILL;

	if (release->change == CHANGE_REINSTATEMENT)
		return gone;
	return !gone || (last == CHANGE_WITHDRAWAL && release->change == CHANGE_KILL);
}

static void check_chain(struct fsck *fsck, const struct release *release,
			const struct revision *revision, const struct chain *before,
			const char *name)
{
	uint32_t expected = before->there ? before->revision.number + 1 : 1;

	if (revision->number != expected)
		fsck_says(fsck, "%s: revision %u is missing before it", name, expected);
	else if (release->has_previous != before->there ||
		 (before->there && !hash_equal(&release->previous, &before->revision.hash)))
		fsck_says(fsck, "%s: its Previous is not the revision before it", name);
	else if (!change_fits(release, before))
		fsck_says(fsck, "%s: its Change cannot follow that of the revision before", name);
}

static void check_quorum(struct fsck *fsck, const struct release *release,
			 const struct revision *revision, struct str file, const char *name)
{
	struct keyset *keyset = NULL;
	struct quorum quorum;

	if (revision->keyset >= 1 && revision->keyset <= fsck->in_force)
		keyset = fsck->keysets[revision->keyset - 1];
	if (!keyset) {
		fsck_says(fsck, "%s: key set %u, under which it was accepted, is not there", name,
			  revision->keyset);
		return;
	}
	quorum_begin(&quorum, keyset, quorum_of(release->change));
	fsck_signatures(fsck, &revision->hash, file, keyset, NULL, &quorum, name);
	if (!quorum_reached(&quorum))
		fsck_says(fsck, "%s: it has %zu of %zu signatures that count%s", name, quorum.have,
			  quorum.need, quorum.have >= quorum.need ? ", and no approver's" : "");
}

/* --- what was made of it ------------------------------------------------------------------ */

static void check_journal(struct fsck *fsck, const struct revision *revision, const char *name)
{
	struct store_key key = key_number(revision->serial);
	struct buf packed;

	buf_init(&packed, RECORD_MAX);
	pack_journal(&packed, JOURNAL_ACCEPTED, revision->accepted_at, revision);
	fsck_row(fsck, TABLE_JOURNAL, &key, buf_str(&packed), true, name);
	buf_release(&packed);
}

/* The row stays a while after the lift; how long is nobody's promise. */
static void check_schedule(struct fsck *fsck, const struct revision *revision,
			   const struct chain *before, const char *name)
{
	struct store_key key = key_schedule(revision->public_at, revision->serial);
	bool shown_before = before->there && before->revision.change != CHANGE_KILL;
	struct schedule_row row = {
		.number = revision->number,
		.date = revision->change == CHANGE_KILL ? 0 : date_number(revision->date),
		.replaced = shown_before ? date_number(before->revision.date) : 0,
		.slug = revision->slug,
		.language = revision->language,
	};
	struct buf packed;

	if (revision->public_at <= revision->accepted_at)
		return;
	buf_init(&packed, RECORD_MAX);
	pack_schedule(&packed, &row);
	fsck_row(fsck, TABLE_SCHEDULE, &key, buf_str(&packed), revision->public_at > fsck->now,
		 name);
	buf_release(&packed);
}

static bool stands_again(const struct release *release, size_t i)
{
	for (size_t k = i + 1; k < release->attachment_count; k++) {
		if (hash_equal(&release->attachments[k].hash, &release->attachments[i].hash))
			return true;
	}
	return false;
}

static void check_uses(struct fsck *fsck, const struct release *release, const char *name)
{
	struct edition edition = { release->language, release->slug };

	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *attachment = &release->attachments[i];
		struct store_key key = key_use(&attachment->hash, edition, release->revision);
		struct store_key file = key_hash(&attachment->hash);
		struct str row;

		if (!stands_again(release, i))
			fsck_row(fsck, TABLE_USES, &key, attachment->name, true, name);
		if (!store_get(fsck->txn, TABLE_ATTACHMENTS, &file, &row))
			fsck_says(fsck, "%s: its attachment %s is missing", name,
				  QUOTE(attachment->name));
	}
}

static void check_changes(struct fsck *fsck, const struct release *release,
			  const struct revision *revision, const char *name)
{
	struct edition edition = { revision->language, revision->slug };
	struct store_key value = key_revision(edition, revision->number), key;
	size_t next = 0;

	while (changes_next_key(release, revision, &next, &key))
		fsck_row(fsck, TABLE_CHANGES, &key, key_str(&value), true, name);
}

/* Two spellings of one address make one row. */
static void check_legacy(struct fsck *fsck, const struct release *release, const char *name)
{
	struct store_key keys[RELEASE_LEGACY_MAX];
	size_t next = 0, count = 0;

	while (count < RELEASE_LEGACY_MAX && legacy_next_key(release, &next, &keys[count])) {
		bool again = false;

		for (size_t i = 0; i < count; i++)
			again = again || str_equal(key_str(&keys[i]), key_str(&keys[count]));
		if (!again)
			fsck_row(fsck, TABLE_LEGACY, &keys[count++], STR(""), true, name);
	}
}

static void check_reference(struct fsck *fsck, const struct release *release, const char *name)
{
	struct store_key key = key_reference(release->reference);

	if (!release->reference.len)
		return;
	fsck_row(fsck, TABLE_REFERENCES, &key, release->slug, true, name);
	set_add(&fsck->references, key_str(&key), NULL);
}

/* --- one after the other -------------------------------------------------------------------- */

static void chain_end(struct fsck *fsck, struct chain *chain, const struct revision *next)
{
	if (chain->there && chain->release) {
		fsck_board_of(fsck, chain->release, &chain->revision, next);
		fsck_index_of(fsck, chain->release, &chain->revision, next);
	}
	if (!next)
		chain->there = false;
}

static bool same_edition(const struct chain *chain, const struct revision *revision)
{
	return chain->there && str_equal(chain->revision.slug, revision->slug) &&
	       str_equal(chain->revision.language, revision->language);
}

static struct release *check_file(struct fsck *fsck, const struct revision *revision,
				  const struct chain *before, struct str row, struct arena *arena,
				  const char *name)
{
	struct release *release;
	struct fault why;
	struct str file;

	if (!fsck_file(fsck, &revision->hash, name, &file))
		return NULL;
	if (!release_parse(arena, file, &release, &why)) {
		fsck_says(fsck, "%s: its file cannot be read: %s", name, why.says);
		return NULL;
	}
	if (!str_equal(release->slug, revision->slug) ||
	    !str_equal(release->language, revision->language) ||
	    release->revision != revision->number ||
	    !str_equal(release->site, fsck->newsroom->site))
		fsck_says(fsck, "%s: its file is of another release, revision or site", name);
	check_chain(fsck, release, revision, before, name);
	check_card(fsck, release, revision, before, row, arena, name);
	check_quorum(fsck, release, revision, file, name);
	check_uses(fsck, release, name);
	check_reference(fsck, release, name);
	check_changes(fsck, release, revision, name);
	check_legacy(fsck, release, name);
	return release;
}

static void check_revision(struct fsck *fsck, struct chain *chain, const struct revision *revision,
			   struct str row)
{
	struct edition edition = { revision->language, revision->slug };
	const char *name = FSCK_NAME(edition, revision->number);
	struct arena *arena = &chain->arenas[chain->turn ^= 1];
	struct release *release;

	if (!same_edition(chain, revision))
		chain_end(fsck, chain, NULL);
	arena_release(arena);
	release = check_file(fsck, revision, chain, row, arena, name);
	check_journal(fsck, revision, name);
	check_schedule(fsck, revision, chain, name);
	fsck_log_of(fsck, revision, name);
	chain_end(fsck, chain, revision);
	chain->there = true;
	chain->revision = *revision;
	chain->release = release;
}

/* A page of them at a time would do as well: the cursor's rows live as long as the transaction. */
void fsck_revisions(struct fsck *fsck)
{
	struct chain chain = { .there = false };
	struct store_cursor *cursor = NULL;
	struct revision revision;
	struct edition edition;
	struct str key, row;
	bool more = store_cursor_open(&cursor, fsck->txn, TABLE_REVISIONS, NULL, NULL);

	while (more && store_cursor_next(cursor, &key, &row)) {
		fsck->counted[TABLE_REVISIONS]++;
		fsck_step(fsck);
		if (!revision_of_key(key, &edition, &revision.number) ||
		    !unpack_revision(row, &revision, NULL)) {
			fsck_says(fsck, "REVISIONS: a row that cannot be read: %s", QUOTE(key));
			continue;
		}
		revision.slug = edition.slug;
		revision.language = edition.language;
		check_revision(fsck, &chain, &revision, row);
	}
	chain_end(fsck, &chain, NULL);
	arena_release(&chain.arenas[0]);
	arena_release(&chain.arenas[1]);
	store_cursor_close(&cursor);
}

/* --- the schedule and the uses that nothing accounts for ------------------------------------- */

static void check_schedule_rest(struct fsck *fsck, struct str key, struct str value)
{
	struct schedule_row row;
	struct revision revision;

	if (!unpack_schedule(key, value, &row, NULL)) {
		fsck_says(fsck, "SCHEDULE: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	if (!reading_revision(fsck->txn, row.language, row.slug, row.number, INT64_MAX,
			      &revision) ||
	    revision.serial != row.serial || revision.public_at != row.public_at)
		fsck_says(fsck, "SCHEDULE: a row speaks of %s, which is not to come then",
			  FSCK_NAME(((struct edition){ row.language, row.slug }), row.number));
}

void fsck_schedule_rest(struct fsck *fsck)
{
	fsck_walk_rest(fsck, TABLE_SCHEDULE, check_schedule_rest);
}

static bool has_attachment(const struct release *release, const unsigned char *hash)
{
	for (size_t i = 0; i < release->attachment_count; i++) {
		if (memcmp(release->attachments[i].hash.at, hash, HASH_SIZE) == 0)
			return true;
	}
	return false;
}

static void check_use_rest(struct fsck *fsck, struct str key, struct str name)
{
	struct revision revision;
	struct release *release;
	struct edition edition;
	struct arena arena;
	uint32_t number;

	(void)name;
	if (key.len <= HASH_SIZE || !revision_of_key(str_skip(key, HASH_SIZE), &edition, &number)) {
		fsck_says(fsck, "USES: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	arena_init(&arena);
	if (!fsck_find(fsck, edition, number, &arena, &revision, &release) ||
	    !has_attachment(release, (const unsigned char *)key.at))
		fsck_says(fsck, "USES: %s does not refer to the attachment that a row says",
			  FSCK_NAME(edition, number));
	arena_release(&arena);
}

void fsck_uses_rest(struct fsck *fsck)
{
	fsck_walk_rest(fsck, TABLE_USES, check_use_rest);
}

#include "desk.h"

const char *draft_state_word(enum draft_state state)
{
	switch (state) {
	case DRAFT_WAITING:
		return "waiting";
	case DRAFT_SCHEDULED:
		return "scheduled";
	case DRAFT_PUBLIC:
		return "public";
	}
	return "";
}

/* --- what an editor is told ------------------------------------------------------ */

static struct edition copy_edition(struct arena *arena, struct edition edition)
{
	return (struct edition){ arena_copy(arena, edition.language),
				 arena_copy(arena, edition.slug) };
}

static bool count_signers(struct store_txn *txn, struct arena *arena, struct draft *out,
			  struct fault *why)
{
	struct keyset *keyset;
	struct quorum quorum;

	if (!keyset_in_force(txn, arena, &keyset, why))
		return false;
	if (!keyset)
		return signers_of(txn, &out->hash, NULL, arena, out->signers, &out->signer_count,
				  NULL, why);
	quorum_begin(&quorum, keyset, quorum_of(out->change));
	if (!signers_of(txn, &out->hash, keyset, arena, out->signers, &out->signer_count, &quorum,
			why))
		return false;
	out->have = quorum.have;
	out->need = quorum.need;
	out->approver_missing = quorum.have >= quorum.need && !quorum_reached(&quorum);
	return true;
}

static bool tell_draft(struct store_txn *txn, struct edition edition, struct str row,
		       struct arena *arena, struct draft *out, struct fault *why)
{
	struct draft_row draft;

	if (!unpack_draft(row, &draft, why))
		return false;
	*out = (struct draft){
		.edition = copy_edition(arena, edition),
		.hash = draft.hash,
		.revision = draft.revision,
		.change = draft.change,
		.state = DRAFT_WAITING,
		.title = arena_copy(arena, draft.title),
		.size = draft.size,
		.saved_at = draft.saved_at,
		.saved_by = arena_copy(arena, draft.holder),
		.public_at = draft.publish_at,
		.noted_at = draft.noted_at,
		.noted_by = arena_copy(arena, draft.noted_by),
		.note = arena_copy(arena, draft.note),
	};
	return count_signers(txn, arena, out, why);
}

bool draft_tell_revision(struct store_txn *txn, const struct revision *revision, int64_t now,
			 struct arena *arena, struct draft *out, struct fault *why)
{
	struct edition edition = { revision->language, revision->slug };
	struct str file = STR_NONE;

	reading_file(txn, &revision->hash, &file);
	*out = (struct draft){
		.edition = copy_edition(arena, edition),
		.hash = revision->hash,
		.revision = revision->number,
		.change = revision->change,
		.state = revision->public_at <= now ? DRAFT_PUBLIC : DRAFT_SCHEDULED,
		.title = arena_copy(arena, revision->title),
		.size = file.len,
		.saved_at = revision->accepted_at,
		.saved_by = STR(""),
		.public_at = revision->public_at,
	};
	if (!count_signers(txn, arena, out, why))
		return false;
	/* It was accepted under the quorum of its day: nothing is missing any more. */
	out->need = out->have;
	out->approver_missing = false;
	return true;
}

bool draft_tell(struct store_txn *txn, struct edition edition, int64_t now, struct arena *arena,
		struct draft *out, struct fault *why)
{
	struct store_key key = key_edition(edition);
	struct revision revision;
	struct str row;

	if (store_get(txn, TABLE_DRAFTS, &key, &row))
		return tell_draft(txn, edition, row, arena, out, why);
	if (latest_revision(txn, edition, &revision))
		return draft_tell_revision(txn, &revision, now, arena, out, why);
	if (!store_check(txn, why))
		return false;
	return fail(why, NOT_FOUND, "there is no draft of %s in %s", QUOTE(edition.slug),
		    QUOTE(edition.language));
}

bool newsroom_read_draft(struct newsroom *newsroom, struct edition edition, int64_t now,
			 struct arena *arena, struct draft *out, struct buf *file,
			 struct fault *why)
{
	struct store_txn *txn = NULL;
	struct str bytes;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = draft_tell(txn, edition, now, arena, out, why);
	if (ok && file) {
		ok = reading_file(txn, &out->hash, &bytes) ||
		     fail(why, BROKEN, "the bytes of a draft are missing");
		if (ok)
			buf_add(file, bytes);
		ok = ok && buf_check(file, why);
	}
	store_read_end(&txn);
	return ok;
}

/* --- saving ------------------------------------------------------------------------- */

static bool is_site_language(const struct newsroom *newsroom, struct str language)
{
	for (size_t i = 0; i < newsroom->language_count; i++) {
		if (str_equal(newsroom->languages[i], language))
			return true;
	}
	return false;
}

static bool check_file(const struct newsroom *newsroom, struct edition edition,
		       const struct release *release, struct fault *why)
{
	if (!str_equal(release->site, newsroom->site))
		return fail(why, SITE_MISMATCH, "the file is for %s, this is %s",
			    QUOTE(release->site), QUOTE(newsroom->site));
	if (!str_equal(release->slug, edition.slug))
		return fail(why, RELEASE_MALFORMED, "the file is of %s, the address says %s",
			    QUOTE(release->slug), QUOTE(edition.slug));
	if (!str_equal(release->language, edition.language))
		return fail(why, RELEASE_MALFORMED, "the file is in %s, the address says %s",
			    QUOTE(release->language), QUOTE(edition.language));
	if (!is_site_language(newsroom, release->language))
		return fail(why, RELEASE_MALFORMED, "%s is none of the site's languages",
			    QUOTE(release->language));
	return true;
}

struct saving {
	struct act act; /* its moment is the one inside the transaction */
	const struct draft_save *save;
	const struct release *release;
	struct hash hash;
	struct arena *arena;
	struct draft *out;
	bool created;
	struct draft_row same; /* what is kept of the row when the bytes are the same */
};

static bool check_match(struct saving *saving, const struct hash *there, struct fault *why)
{
	/* The very same bytes again are no conflict, whatever the sender knew. */
	if (hash_equal(there, &saving->hash))
		return true;
	if (!saving->save->if_match_given)
		return fail(why, PRECONDITION_REQUIRED,
			    "a draft is there already; read it, then send If-Match: \"%s\"",
			    HASH_TEXT(there));
	if (!hash_equal(there, &saving->save->if_match))
		return fail(why, PRECONDITION_FAILED, "the draft there now has the hash %s",
			    HASH_TEXT(there));
	return true;
}

/* The draft that is there makes way: its bytes and its signatures. */
static bool replace_old(struct store_txn *txn, struct saving *saving, struct fault *why)
{
	struct store_key key = key_edition(saving->save->edition);
	struct store_key file;
	struct draft_row old;
	struct str row;

	saving->created = !store_get(txn, TABLE_DRAFTS, &key, &row);
	if (saving->created && store_count(txn, TABLE_DRAFTS) >= DRAFTS_MAX)
		return fail(why, CONFLICT, "%d drafts wait already: publish or drop some",
			    DRAFTS_MAX);
	if (saving->created) {
		if (saving->save->if_match_given)
			return fail(why, PRECONDITION_FAILED, "there is no draft any more");
		return store_check(txn, why);
	}
	if (!unpack_draft(row, &old, why) || !check_match(saving, &old.hash, why))
		return false;
	if (hash_equal(&old.hash, &saving->hash)) {
		saving->same.noted_at = old.noted_at;
		saving->same.noted_by = arena_copy(saving->arena, old.noted_by);
		saving->same.note = arena_copy(saving->arena, old.note);
		return true;
	}
	file = key_hash(&old.hash);
	signatures_drop(txn, &old.hash);
	store_delete(txn, TABLE_FILES, &file);
	return store_check(txn, why);
}

static void put_draft(struct store_txn *txn, const struct saving *saving)
{
	const struct release *release = saving->release;
	struct store_key key = key_edition(saving->save->edition);
	struct store_key file = key_hash(&saving->hash);
	struct draft_row row = {
		.hash = saving->hash,
		.revision = release->revision,
		.change = release->change,
		.saved_at = saving->act.now,
		.publish_at = release->has_publish_at ? release->publish_at : 0,
		.size = (uint32_t)release->text.len,
		.saved_by = saving->act.key_id,
		.holder = saving->act.holder,
		.title = release->title,
		.noted_at = saving->same.noted_at,
		.noted_by = saving->same.noted_by,
		.note = saving->same.note,
	};
	struct buf packed;

	buf_init(&packed, RECORD_MAX);
	pack_draft(&packed, &row);
	must(!packed.full);
	store_put(txn, TABLE_DRAFTS, &key, buf_str(&packed));
	store_put(txn, TABLE_FILES, &file, release->text);
	buf_release(&packed);
}

/* The very bytes that became the newest revision: whoever sends them missed an answer. */
static bool is_accepted(struct store_txn *txn, const struct saving *saving,
			struct revision *revision)
{
	return latest_revision(txn, saving->save->edition, revision) &&
	       hash_equal(&revision->hash, &saving->hash);
}

static bool save_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct saving *saving = ctx;
	struct revision revision;

	if (!act_begin(txn, &saving->act, why))
		return false;
	if (is_accepted(txn, saving, &revision)) {
		if (!draft_tell_revision(txn, &revision, saving->act.now, saving->arena,
					 saving->out, why))
			return false;
		act_done(txn, &saving->act);
		return true;
	}
	if (!publish_check(txn, saving->release, why) || !replace_old(txn, saving, why))
		return false;
	put_draft(txn, saving);
	act_done(txn, &saving->act);
	return draft_tell(txn, saving->save->edition, saving->act.now, saving->arena, saving->out,
			  why);
}

bool newsroom_save_draft(struct newsroom *newsroom, const struct act *act,
			 const struct draft_save *save, struct arena *arena, struct draft *out,
			 bool *created, struct fault *why)
{
	struct saving saving = { .act = *act, .save = save, .arena = arena, .out = out };
	struct release *release;

	if (!release_parse(arena, save->file, &release, why) ||
	    !check_file(newsroom, save->edition, release, why))
		return false;
	saving.release = release;
	saving.hash = hash_of(save->file);
	if (!store_write(newsroom->store, save_work, &saving, why))
		return false;
	*created = saving.created;
	return true;
}

/* --- dropping --------------------------------------------------------------------------- */

struct dropping {
	struct act act; /* its moment is the one inside the transaction */
	struct edition edition;
	const struct hash *if_match; /* NULL: whatever is there */
};

/* A request that is made twice must not take away also what lay beneath. */
static bool check_drop(const struct dropping *dropping, const struct hash *there, struct fault *why)
{
	return !dropping->if_match || hash_equal(there, dropping->if_match) ||
	       fail(why, PRECONDITION_FAILED, "what is there now has the hash %s",
		    HASH_TEXT(there));
}

/* Signed and waiting for its lift: that can still be taken back. */
static bool drop_scheduled(struct store_txn *txn, const struct dropping *dropping,
			   struct fault *why)
{
	struct revision revision;
	struct arena arena;
	bool ok;

	if (!latest_revision(txn, dropping->edition, &revision))
		return store_check(txn, why) &&
		       fail(why, NOT_FOUND, "there is no draft of %s in %s",
			    QUOTE(dropping->edition.slug), QUOTE(dropping->edition.language));
	if (!check_drop(dropping, &revision.hash, why))
		return false;
	if (revision.public_at <= dropping->act.now) {
		char since[TIME_SIZE];

		time_format(since, revision.public_at);
		return fail(why, CONFLICT,
			    "it is public since %s; what is public is not dropped, a revision "
			    "withdraws it",
			    since);
	}
	/* Committing takes time, and what a reader has seen cannot be taken back. */
	if (revision.public_at <= dropping->act.now + DROP_SECONDS)
		return fail(why, CONFLICT, "it lifts this very moment: too late to drop it");
	arena_init(&arena);
	ok = publish_undo(txn, &revision, dropping->act.now, &arena, why);
	arena_release(&arena);
	if (ok)
		act_done(txn, &dropping->act);
	return ok;
}

static bool drop_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct dropping *dropping = ctx;
	struct store_key key = key_edition(dropping->edition), file;
	struct draft_row draft;
	struct str row;

	if (!act_begin(txn, &dropping->act, why))
		return false;
	if (!store_get(txn, TABLE_DRAFTS, &key, &row))
		return drop_scheduled(txn, dropping, why);
	if (!unpack_draft(row, &draft, why) || !check_drop(dropping, &draft.hash, why))
		return false;
	file = key_hash(&draft.hash);
	signatures_drop(txn, &draft.hash);
	store_delete(txn, TABLE_FILES, &file);
	store_delete(txn, TABLE_DRAFTS, &key);
	act_done(txn, &dropping->act);
	return true;
}

bool newsroom_drop_draft(struct newsroom *newsroom, const struct act *act, struct edition edition,
			 const struct hash *if_match, struct fault *why)
{
	struct dropping dropping = { *act, edition, if_match };

	return store_write(newsroom->store, drop_work, &dropping, why);
}

/* --- lists -------------------------------------------------------------------------------- */

/* A key of DRAFTS is `slug 00 language 00`. */
static struct edition edition_of_key(struct str key)
{
	struct edition edition;

	edition.slug = str_cut(&key, '\0');
	edition.language = str_cut(&key, '\0');
	return edition;
}

static bool visit_waiting(struct store_txn *txn, draft_visitor *visit, void *ctx, struct fault *why)
{
	struct store_cursor *cursor = NULL;
	struct str key, row;
	bool ok = store_cursor_open(&cursor, txn, TABLE_DRAFTS, NULL, NULL);

	while (ok && store_cursor_next(cursor, &key, &row)) {
		struct arena arena;
		struct draft draft;

		arena_init(&arena);
		ok = tell_draft(txn, edition_of_key(key), row, &arena, &draft, why) &&
		     visit(ctx, &draft, why);
		arena_release(&arena);
	}
	store_cursor_close(&cursor);
	return ok && store_check(txn, why);
}

static bool visit_one_scheduled(struct store_txn *txn, const struct schedule_row *row, int64_t now,
				draft_visitor *visit, void *ctx, struct fault *why)
{
	struct revision revision;
	struct arena arena;
	struct draft draft;
	bool ok;

	if (!reading_revision(txn, row->language, row->slug, row->number, INT64_MAX, &revision))
		return store_check(txn, why);
	arena_init(&arena);
	ok = draft_tell_revision(txn, &revision, now, &arena, &draft, why) &&
	     visit(ctx, &draft, why);
	arena_release(&arena);
	return ok;
}

static bool visit_scheduled(struct store_txn *txn, int64_t now, draft_visitor *visit, void *ctx,
			    struct fault *why)
{
	struct store_key from = key_number((uint64_t)now + 1);
	struct store_cursor *cursor = NULL;
	struct str key, value;
	bool ok = store_cursor_open(&cursor, txn, TABLE_SCHEDULE, NULL, &from);

	while (ok && store_cursor_next(cursor, &key, &value)) {
		struct schedule_row row;

		ok = unpack_schedule(key, value, &row, why) &&
		     visit_one_scheduled(txn, &row, now, visit, ctx, why);
	}
	store_cursor_close(&cursor);
	return ok && store_check(txn, why);
}

bool newsroom_visit_drafts(struct newsroom *newsroom, int64_t now, draft_visitor *visit, void *ctx,
			   struct fault *why)
{
	struct store_txn *txn = NULL;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = visit_waiting(txn, visit, ctx, why) && visit_scheduled(txn, now, visit, ctx, why);
	store_read_end(&txn);
	return ok;
}

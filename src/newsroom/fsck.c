#include "fsck.h"

#include <stdarg.h>

#include <communique/outbox.h>
#include <communique/preview.h>

/* --- saying ------------------------------------------------------------------------------ */

void fsck_says(struct fsck *fsck, const char *format, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	must(len >= 0);
	fsck->differences++;
	fsck->watch->differs(fsck->watch->ctx, str_from(line));
}

const char *fsck_name(char out[FSCK_NAME_SIZE], struct edition edition, uint32_t number)
{
	const char *language = QUOTE(edition.language), *slug = QUOTE(edition.slug);

	if (number)
		snprintf(out, FSCK_NAME_SIZE, "%s/%s r%u", language, slug, number);
	else
		snprintf(out, FSCK_NAME_SIZE, "%s/%s", language, slug);
	return out;
}

void fsck_step(struct fsck *fsck)
{
	const struct fsck_watch *watch = fsck->watch;

	fsck->done++;
	if (watch->progress && fsck->done < fsck->total && fsck->done % 256 == 0)
		watch->progress(watch->ctx, fsck->done, fsck->total);
}

/* --- rows ---------------------------------------------------------------------------------- */

static void walk(struct fsck *fsck, enum table table, fsck_visitor *visit)
{
	struct store_cursor *cursor = NULL;
	struct str key, row;
	bool more = store_cursor_open(&cursor, fsck->txn, table, NULL, NULL);

	while (more && store_cursor_next(cursor, &key, &row)) {
		visit(fsck, key, row);
		fsck_step(fsck);
	}
	store_cursor_close(&cursor);
}

void fsck_walk(struct fsck *fsck, enum table table, fsck_visitor *visit)
{
	walk(fsck, table, visit);
}

void fsck_walk_rest(struct fsck *fsck, enum table table, fsck_visitor *visit)
{
	uint64_t rows = store_count(fsck->txn, table);

	if (rows == fsck->counted[table])
		fsck->done += rows;
	else
		walk(fsck, table, visit);
}

void fsck_row(struct fsck *fsck, enum table table, const struct store_key *key, struct str expected,
	      bool must_be, const char *name)
{
	struct str row;

	if (!store_get(fsck->txn, table, key, &row)) {
		if (must_be)
			fsck_says(fsck, "%s: a row of it is missing in %s", name,
				  table_name(table));
		return;
	}
	fsck->counted[table]++;
	if (!str_equal(row, expected))
		fsck_says(fsck, "%s: its row in %s says something else", name, table_name(table));
}

bool fsck_find(struct fsck *fsck, struct edition edition, uint32_t number, struct arena *arena,
	       struct revision *revision, struct release **release)
{
	struct str file;

	return reading_revision(fsck->txn, edition.language, edition.slug, number, INT64_MAX,
				revision) &&
	       reading_file(fsck->txn, &revision->hash, &file) &&
	       release_parse(arena, file, release, NULL);
}

/* --- files and signatures ----------------------------------------------------------------------
 */

bool fsck_file(struct fsck *fsck, const struct hash *hash, const char *name, struct str *file)
{
	struct hash found;

	if (!reading_file(fsck->txn, hash, file)) {
		fsck_says(fsck, "%s: its file %s is missing", name, HASH_TEXT(hash));
		return false;
	}
	fsck->counted[TABLE_FILES]++;
	found = hash_of(*file);
	if (hash_equal(&found, hash))
		return true;
	fsck_says(fsck, "%s: its file %s has other bytes than its name says", name,
		  HASH_TEXT(hash));
	return false;
}

static const struct public_key *find_key(const struct keyset *keyset, const struct keyset *other,
					 const struct key_id *id)
{
	const struct keyset_key *key = keyset ? keyset_find(keyset, id) : NULL;

	if (!key && other)
		key = keyset_find(other, id);
	return key ? &key->key : NULL;
}

static bool check_signature(const struct signature_row *row, struct str file,
			    const struct public_key *key, struct fault *why)
{
	struct signature signature;

	if (!signature_parse(row->file, &signature, why))
		return false;
	if (!key_id_equal(&signature.id, &row->key_id))
		return fail(why, SIGNATURE_WRONG, "it is by another key");
	if (!key)
		return fail(why, SIGNATURE_WRONG, "the key is in no key set");
	return signature_verify(&signature, key, file, why);
}

void fsck_signatures(struct fsck *fsck, const struct hash *hash, struct str file,
		     const struct keyset *keyset, const struct keyset *other, struct quorum *quorum,
		     const char *name)
{
	struct store_key prefix = key_hash(hash);
	struct store_cursor *cursor = NULL;
	struct str key, value;
	uint64_t seen = 0, count = 0;
	struct fault why;
	bool more = store_cursor_open(&cursor, fsck->txn, TABLE_SIGNATURES, &prefix, NULL);

	while (more && store_cursor_next(cursor, &key, &value)) {
		struct signature_row row;

		count++;
		if (!unpack_signature(key, value, &row, &why) ||
		    !check_signature(&row, file, find_key(keyset, other, &row.key_id), &why)) {
			fsck_says(fsck, "%s: a signature is not good: %s", name, why.says);
			continue;
		}
		if (row.nth < SIGNATURES_PER_FILE_MAX)
			seen |= UINT64_C(1) << row.nth;
		if (quorum)
			quorum_add(quorum, &row.key_id);
	}
	store_cursor_close(&cursor);
	fsck->counted[TABLE_SIGNATURES] += count;
	if (count > SIGNATURES_PER_FILE_MAX ||
	    seen != (count == 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1))
		fsck_says(fsck, "%s: its signatures are not numbered one after the other", name);
}

/* --- drafts
 * --------------------------------------------------------------------------------------- */

static bool draft_fits(const struct draft_row *row, const struct release *release,
		       struct edition edition)
{
	return str_equal(release->slug, edition.slug) &&
	       str_equal(release->language, edition.language) &&
	       release->revision == row->revision && release->change == row->change &&
	       row->publish_at == (release->has_publish_at ? release->publish_at : 0) &&
	       row->size == release->text.len && str_equal(row->title, release->title) &&
	       (row->noted_at > 0) == (row->note.len > 0) &&
	       (row->noted_at > 0) == (row->noted_by.len > 0);
}

static void check_draft(struct fsck *fsck, struct str key, struct str value)
{
	const struct keyset *keyset = fsck->in_force ? fsck->keysets[fsck->in_force - 1] : NULL;
	struct str rest = key, file;
	struct release *release;
	struct edition edition;
	struct draft_row row;
	struct arena arena;
	struct fault why;
	const char *name;

	if (!edition_begin(&rest, &edition) || rest.len > 0 || !unpack_draft(value, &row, &why)) {
		fsck_says(fsck, "DRAFTS: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	name = FSCK_NAME(edition, 0);
	if (!fsck_file(fsck, &row.hash, name, &file))
		return;
	arena_init(&arena);
	if (!release_parse(&arena, file, &release, &why))
		fsck_says(fsck, "%s: its draft cannot be read: %s", name, why.says);
	else if (!draft_fits(&row, release, edition))
		fsck_says(fsck, "%s: its draft's row says something else than its file", name);
	arena_release(&arena);
	fsck_signatures(fsck, &row.hash, file, keyset, NULL, NULL, name);
}

void fsck_drafts(struct fsck *fsck)
{
	fsck_walk(fsck, TABLE_DRAFTS, check_draft);
}

/* --- what nothing accounts for
 * ------------------------------------------------------------------------ */

static bool is_keyset_file(struct fsck *fsck, const struct hash *hash)
{
	for (uint32_t i = 0; i < fsck->keyset_count; i++) {
		if (fsck->keysets[i] && hash_equal(&fsck->keysets[i]->hash, hash))
			return true;
	}
	return false;
}

static bool is_release_file(struct fsck *fsck, const struct hash *hash, struct str file)
{
	struct release *release;
	struct revision revision;
	struct draft_row draft;
	struct store_key key;
	struct arena arena;
	struct str row;
	bool known = false;

	arena_init(&arena);
	if (release_parse(&arena, file, &release, NULL)) {
		struct edition edition = { release->language, release->slug };

		key = key_edition(edition);
		known = (store_get(fsck->txn, TABLE_DRAFTS, &key, &row) &&
			 unpack_draft(row, &draft, NULL) && hash_equal(&draft.hash, hash)) ||
			(reading_revision(fsck->txn, edition.language, edition.slug,
					  release->revision, INT64_MAX, &revision) &&
			 hash_equal(&revision.hash, hash));
	}
	arena_release(&arena);
	return known;
}

static void check_file_rest(struct fsck *fsck, struct str key, struct str file)
{
	struct hash hash;

	if (key.len != HASH_SIZE) {
		fsck_says(fsck, "FILES: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	memcpy(hash.at, key.at, HASH_SIZE);
	if (!is_keyset_file(fsck, &hash) && !is_release_file(fsck, &hash, file))
		fsck_says(fsck, "FILES: nothing refers to the file %s", HASH_TEXT(&hash));
}

static void check_signature_rest(struct fsck *fsck, struct str key, struct str row)
{
	struct hash hash;
	struct str file;

	(void)row;
	if (key.len != HASH_SIZE + KEY_ID_SIZE) {
		fsck_says(fsck, "SIGNATURES: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	memcpy(hash.at, key.at, HASH_SIZE);
	if (!reading_file(fsck->txn, &hash, &file))
		fsck_says(fsck, "SIGNATURES: there is no file %s for one of them",
			  HASH_TEXT(&hash));
}

/* --- small tables
 * ------------------------------------------------------------------------------------- */

/* One that no revision has would keep everybody else from it. */
static void check_reference(struct fsck *fsck, struct str key, struct str slug)
{
	if (set_find(&fsck->references, key) == SET_NONE)
		fsck_says(fsck, "REFERENCES: %s belongs to %s, which has no such revision",
			  QUOTE(str_first(key, key.len ? key.len - 1 : 0)), QUOTE(slug));
}

static void check_preview(struct fsck *fsck, struct str key, struct str row)
{
	struct preview preview;

	if (!unpack_preview(key, row, &preview, NULL) || !preview_label_valid(preview.label) ||
	    preview.expires - preview.given_at > PREVIEW_DAYS_MAX * 86400)
		fsck_says(fsck, "PREVIEWS: a row that cannot be read: %s", QUOTE(key));
}

static void check_notice(struct fsck *fsck, struct str key, struct str row)
{
	struct revision revision;
	struct notice notice;

	if (!unpack_notice(key, row, &notice, NULL)) {
		fsck_says(fsck, "OUTBOX: a row that cannot be read: %s", QUOTE(key));
		return;
	}
	if (!reading_revision(fsck->txn, notice.edition.language, notice.edition.slug,
			      notice.revision, INT64_MAX, &revision) ||
	    revision.serial != notice.number || revision.public_at != notice.public_at ||
	    revision.change != notice.change || !hash_equal(&revision.hash, &notice.hash))
		fsck_says(fsck, "OUTBOX: a notice of %s, which is another or not there",
			  FSCK_NAME(notice.edition, notice.revision));
}

static void check_replay(struct fsck *fsck, struct str key, struct str row)
{
	if (key.len != 24 || row.len != 0)
		fsck_says(fsck, "REPLAY: a row that cannot be read: %s", QUOTE(key));
}

static bool is_outcome(struct str word)
{
	static const char *const codes[] = {
#define X(kind, code, status, exit, title) code,
		FAULT_KINDS(X)
#undef X
	};

	for (size_t i = 1; i < sizeof codes / sizeof *codes; i++) {
		if (str_equal(word, str_from(codes[i])))
			return true;
	}
	return str_equal(word, STR("done"));
}

/* Numbered from 1, each one there: nobody took a row out. */
static void check_audit(struct fsck *fsck, struct str key, struct str value)
{
	uint64_t expected = ++fsck->counted[TABLE_AUDIT];
	struct audit_row row;

	if (!unpack_audit(key, value, &row, NULL) || !is_outcome(row.outcome)) {
		fsck_says(fsck, "AUDIT: row %llu cannot be read", (unsigned long long)expected);
		return;
	}
	if (row.number != expected)
		fsck_says(fsck, "AUDIT: row %llu is missing, %llu follows",
			  (unsigned long long)expected, (unsigned long long)row.number);
	fsck->counted[TABLE_AUDIT] = row.number;
}

static void check_meta(struct fsck *fsck)
{
	struct store_key key = key_meta("site");
	struct str value;

	if (!store_get(fsck->txn, TABLE_META, &key, &value) ||
	    !str_equal(value, fsck->newsroom->site))
		fsck_says(fsck, "META: the store is not of the site %s",
			  QUOTE(fsck->newsroom->site));
}

/* Each row that should be there was counted; these are the ones beyond. */
static void check_change_rest(struct fsck *fsck, struct str key, struct str value)
{
	struct edition edition;
	struct revision revision;
	struct release *release;
	struct store_key own;
	struct arena arena;
	uint32_t number;
	size_t next = 0;
	bool is_own = false;

	arena_init(&arena);
	if (revision_of_key(value, &edition, &number) &&
	    fsck_find(fsck, edition, number, &arena, &revision, &release)) {
		while (!is_own && changes_next_key(release, &revision, &next, &own))
			is_own = str_equal(key_str(&own), key);
	}
	if (!is_own)
		fsck_says(fsck, "CHANGES: a row that no revision accounts for: %s", QUOTE(key));
	arena_release(&arena);
}

static void check_legacy_rest(struct fsck *fsck, struct str key, struct str value)
{
	struct edition edition;
	struct revision revision;
	struct release *release;
	struct store_key own;
	struct arena arena;
	uint32_t number;
	size_t next = 0;
	bool is_own = false;

	(void)value;
	arena_init(&arena);
	if (revision_of_key(str_skip(key, HASH_SIZE), &edition, &number) &&
	    fsck_find(fsck, edition, number, &arena, &revision, &release)) {
		while (!is_own && legacy_next_key(release, &next, &own))
			is_own = str_equal(key_str(&own), key);
	}
	if (!is_own)
		fsck_says(fsck, "LEGACY: a row that no revision accounts for: %s", QUOTE(key));
	arena_release(&arena);
}

/* --- all of it
 * ------------------------------------------------------------------------------------------ */

static uint64_t count_all(struct fsck *fsck)
{
	static const enum table tables[] = {
		TABLE_KEYSETS,	 TABLE_REVISIONS, TABLE_DRAFTS,	     TABLE_JOURNAL,
		TABLE_SCHEDULE,	 TABLE_BOARD,	  TABLE_BOARD,	     TABLE_REFERENCES,
		TABLE_CHANGES,	 TABLE_LEGACY,	  TABLE_USES,	     TABLE_FILES,
		TABLE_OUTBOX,	 TABLE_PREVIEWS,  TABLE_ATTACHMENTS, TABLE_SIGNATURES,
		TABLE_AUDIT,	 TABLE_REPLAY,	  TABLE_LEAVES,	     TABLE_TREE,
		TABLE_LOGGED,	 TABLE_DUE,	  TABLE_HEADS,	     TABLE_WORDS,
		TABLE_DOCUMENTS, TABLE_FRESH,
	};
	uint64_t total = 0;

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		total += store_count(fsck->txn, tables[i]);
	return total;
}

static void check_all(struct fsck *fsck)
{
	check_meta(fsck);
	fsck_keysets(fsck);
	fsck_revisions(fsck);
	fsck_drafts(fsck);
	fsck_journal(fsck);
	fsck_schedule_rest(fsck);
	fsck_board_rest(fsck);
	fsck_tally(fsck);
	fsck_uses_rest(fsck);
	fsck_walk_rest(fsck, TABLE_CHANGES, check_change_rest);
	fsck_walk_rest(fsck, TABLE_LEGACY, check_legacy_rest);
	fsck_attachments(fsck);
	fsck_index_rest(fsck);
	fsck_log(fsck);
	fsck_walk(fsck, TABLE_REFERENCES, check_reference);
	fsck_walk_rest(fsck, TABLE_FILES, check_file_rest);
	fsck_walk_rest(fsck, TABLE_SIGNATURES, check_signature_rest);
	fsck_walk(fsck, TABLE_PREVIEWS, check_preview);
	fsck_walk(fsck, TABLE_OUTBOX, check_notice);
	fsck_walk(fsck, TABLE_AUDIT, check_audit);
	fsck_walk(fsck, TABLE_REPLAY, check_replay);
}

bool newsroom_fsck(const struct newsroom *newsroom, int64_t now, const struct fsck_watch *watch,
		   uint64_t *differences, struct fault *why)
{
	struct fsck fsck = { .newsroom = newsroom, .watch = watch, .now = now };
	bool ok;

	*differences = 0;
	fsck_read_state(&fsck);
	if (!store_read_begin(newsroom->store, &fsck.txn, why))
		return false;
	arena_init(&fsck.arena);
	set_init(&fsck.references);
	fsck.total = count_all(&fsck);
	check_all(&fsck);
	if (watch->progress)
		watch->progress(watch->ctx, fsck.total, fsck.total);
	ok = store_check(fsck.txn, why);
	set_release(&fsck.references);
	arena_release(&fsck.arena);
	store_read_end(&fsck.txn);
	*differences = fsck.differences;
	return ok;
}

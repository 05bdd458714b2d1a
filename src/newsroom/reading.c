#include <communique/logbook.h>

#include "desk.h"

/* The newest revision that is public: revisions are few, and nearly always the last is it. */
bool reading_release(struct store_txn *txn, struct str language, struct str slug, int64_t now,
		     struct revision *out)
{
	struct edition edition = { language, slug };
	struct store_key prefix = key_edition(edition);
	struct store_cursor *cursor = NULL;
	struct str key, row;
	bool found = false;

	if (!store_cursor_open(&cursor, txn, TABLE_REVISIONS, &prefix, NULL))
		return false;
	while (!found && store_cursor_previous(cursor, &key, &row)) {
		if (key.len != prefix.len + 4 || !unpack_revision(row, out, NULL))
			break;
		out->language = language;
		out->slug = slug;
		out->number = get_be32(key.at + prefix.len);
		found = out->public_at <= now;
	}
	store_cursor_close(&cursor);
	return found;
}

bool reading_revision(struct store_txn *txn, struct str language, struct str slug, uint32_t number,
		      int64_t now, struct revision *out)
{
	struct edition edition = { language, slug };
	struct store_key key = key_revision(edition, number);
	struct str row;

	if (!store_get(txn, TABLE_REVISIONS, &key, &row) || !unpack_revision(row, out, NULL))
		return false;
	out->language = language;
	out->slug = slug;
	out->number = number;
	return out->public_at <= now;
}

void reading_visit_history(struct store_txn *txn, struct str language, struct str slug, int64_t now,
			   revision_visitor *visit, void *ctx)
{
	struct edition edition = { language, slug };
	struct store_key prefix = key_edition(edition);
	struct store_cursor *cursor = NULL;
	struct revision revision;
	struct str key, row;
	bool more = store_cursor_open(&cursor, txn, TABLE_REVISIONS, &prefix, NULL);

	while (more && store_cursor_previous(cursor, &key, &row)) {
		more = key.len == prefix.len + 4 && unpack_revision(row, &revision, NULL);
		revision.language = language;
		revision.slug = slug;
		revision.number = more ? get_be32(key.at + prefix.len) : 0;
		if (more && revision.public_at <= now)
			more = visit(ctx, &revision);
	}
	store_cursor_close(&cursor);
}

/* Keys are `slug 00 language 00 number`. */
static bool read_row(struct str key, struct str row, struct revision *out)
{
	if (key.len < 4 || !unpack_revision(row, out, NULL))
		return false;
	out->number = get_be32(key.at + key.len - 4);
	key.len -= 4;
	out->slug = str_cut(&key, '\0');
	out->language = str_cut(&key, '\0');
	return str_given(key) && key.len == 0;
}

bool reading_visit_revisions(struct store_txn *txn, int64_t now, revision_visitor *visit, void *ctx)
{
	struct store_cursor *cursor = NULL;
	struct revision revision;
	struct str key, row;
	bool more = store_cursor_open(&cursor, txn, TABLE_REVISIONS, NULL, NULL);

	while (more && store_cursor_next(cursor, &key, &row)) {
		more = read_row(key, row, &revision);
		if (more && revision.public_at <= now)
			more = visit(ctx, &revision);
	}
	store_cursor_close(&cursor);
	return more && store_check(txn, NULL);
}

struct kill_search {
	uint32_t number;
	bool found;
};

static bool look_for_kill(void *ctx, const struct revision *revision)
{
	struct kill_search *search = ctx;

	if (revision->number < search->number)
		return false;
	search->found = search->found || revision->change == CHANGE_KILL;
	return !search->found;
}

bool reading_is_killed(struct store_txn *txn, struct str language, struct str slug, uint32_t number,
		       int64_t now)
{
	struct kill_search search = { .number = number };

	reading_visit_history(txn, language, slug, now, look_for_kill, &search);
	return search.found;
}

bool reading_first_public(struct store_txn *txn, struct str language, struct str slug, int64_t now,
			  int64_t *out)
{
	struct revision first;

	if (!reading_revision(txn, language, slug, 1, now, &first))
		return false;
	*out = first.public_at;
	return true;
}

bool reading_file(struct store_txn *txn, const struct hash *hash, struct str *file)
{
	struct store_key key = key_hash(hash);

	return store_get(txn, TABLE_FILES, &key, file);
}

/* No index of hashes is needed: a file says which revision it is, and the revision which file
 * it has. A draft's file and one under embargo lead nowhere. */
bool reading_revision_of(struct store_txn *txn, const struct hash *hash, int64_t now,
			 struct revision *out)
{
	struct claim claim;
	struct str file;

	return reading_file(txn, hash, &file) && release_claim(file, &claim) &&
	       reading_revision(txn, claim.language, claim.slug, claim.revision, now, out) &&
	       hash_equal(&out->hash, hash);
}

static int by_nth(const void *a, const void *b)
{
	const struct signature_row *one = a, *other = b;

	return (one->nth > other->nth) - (one->nth < other->nth);
}

void reading_visit_signatures(struct store_txn *txn, const struct hash *hash,
			      signature_visitor *visit, void *ctx)
{
	struct signature_row rows[SIGNATURES_PER_FILE_MAX];
	struct store_key prefix = key_hash(hash);
	struct store_cursor *cursor = NULL;
	struct str key, row;
	size_t count = 0;

	if (!store_cursor_open(&cursor, txn, TABLE_SIGNATURES, &prefix, NULL))
		return;
	while (count < SIGNATURES_PER_FILE_MAX && store_cursor_next(cursor, &key, &row) &&
	       unpack_signature(key, row, &rows[count], NULL))
		count++;
	store_cursor_close(&cursor);
	qsort(rows, count, sizeof *rows, by_nth);
	for (size_t i = 0; i < count; i++) {
		if (!visit(ctx, &rows[i]))
			return;
	}
}

/* Keys are `slug 00 language 00 number`: one step an edition, not one a revision. */
size_t reading_languages(struct store_txn *txn, struct str slug, int64_t now, struct str *out,
			 size_t room)
{
	struct store_key prefix = key_slug(slug), from = prefix;
	struct str key, row;
	size_t count = 0;

	while (count < room) {
		struct store_cursor *cursor = NULL;
		struct revision revision;
		struct str language;
		bool more = store_cursor_open(&cursor, txn, TABLE_REVISIONS, &prefix, &from) &&
			    store_cursor_next(cursor, &key, &row);

		store_cursor_close(&cursor);
		if (!more)
			break;
		language = str_skip(key, prefix.len);
		language = str_first(language, str_find(language, '\0'));
		if (reading_release(txn, language, slug, now, &revision) &&
		    revision.change != CHANGE_KILL)
			out[count++] = language;
		from = key_revision((struct edition){ language, slug }, UINT32_MAX);
		key_add_u8(&from, 0);
	}
	return count;
}

int64_t reading_next_lift(struct store_txn *txn, int64_t now)
{
	struct store_key from = key_number((uint64_t)now + 1);
	struct store_cursor *cursor = NULL;
	struct schedule_row row;
	struct str key, value;
	int64_t lift = INT64_MAX;

	if (store_cursor_open(&cursor, txn, TABLE_SCHEDULE, NULL, &from) &&
	    store_cursor_next(cursor, &key, &value) && unpack_schedule(key, value, &row, NULL))
		lift = row.public_at;
	store_cursor_close(&cursor);
	return lift;
}

static int64_t last_lift(struct store_txn *txn, int64_t now)
{
	struct store_key from = key_number((uint64_t)now + 1);
	struct store_cursor *cursor = NULL;
	struct schedule_row row;
	struct str key, value;
	int64_t lift = 0;

	if (store_cursor_open(&cursor, txn, TABLE_SCHEDULE, NULL, &from) &&
	    store_cursor_previous(cursor, &key, &value) && unpack_schedule(key, value, &row, NULL))
		lift = row.public_at;
	store_cursor_close(&cursor);
	return lift;
}

int64_t reading_last_change(struct store_txn *txn, int64_t now)
{
	int64_t lift = last_lift(txn, now);
	struct log_head head;

	if (!reading_log(txn, &head) || head.signed_at > now)
		return 0;
	return head.signed_at > lift ? head.signed_at : lift;
}

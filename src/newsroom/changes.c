/*
 * changes - what was announced, in the order in which it became public: what feeds are made of.
 *
 * Each revision that is announced (all but minor ones) has a row in the list of all and in those
 * of its topics, from its acceptance on and for good. Whether it is still the last word on its
 * release, and whether its moment has come, is asked when a feed is read.
 */
#include "desk.h"

static struct store_key key_change(const struct store_key *view, const struct revision *revision)
{
	struct store_key key = *view;

	key_add_u64(&key, ~(uint64_t)revision->public_at);
	key_add_u64(&key, ~revision->serial);
	return key;
}

bool changes_next_key(const struct release *release, const struct revision *revision, size_t *next,
		      struct store_key *out)
{
	struct store_key view;

	if (revision->change == CHANGE_MINOR)
		return false;
	while (*next > 0 && *next <= release->topics.count &&
	       stands_before(&release->topics, *next - 1))
		(*next)++;
	if (*next > release->topics.count)
		return false;
	view = *next == 0 ? key_view(revision->language, VIEW_ALL, STR(""))
			  : key_view(revision->language, VIEW_TOPIC, release->topics.at[*next - 1]);
	*out = key_change(&view, revision);
	(*next)++;
	return true;
}

void changes_put(struct store_txn *txn, const struct release *release,
		 const struct revision *revision)
{
	struct edition edition = { revision->language, revision->slug };
	struct store_key value = key_revision(edition, revision->number), key;
	size_t next = 0;

	while (changes_next_key(release, revision, &next, &key))
		store_insert(txn, TABLE_CHANGES, &key, key_str(&value));
}

void changes_delete(struct store_txn *txn, const struct release *release,
		    const struct revision *revision)
{
	struct store_key key;
	size_t next = 0;

	while (changes_next_key(release, revision, &next, &key))
		store_delete(txn, TABLE_CHANGES, &key);
}

/* --- reading them ------------------------------------------------------------------------ */

static bool is_announced(void *ctx, const struct revision *revision)
{
	struct change_told *told = ctx;

	if (revision->change == CHANGE_MINOR)
		return true;
	told->updated_at = revision->public_at;
	told->number = revision->number;
	told->change = revision->change;
	told->note = revision->change_note;
	return false;
}

bool reading_told(struct store_txn *txn, const struct revision *revision, int64_t now,
		  struct change_told *out)
{
	*out = (struct change_told){ .revision = *revision };
	reading_visit_history(txn, revision->language, revision->slug, now, is_announced, out);
	return out->number > 0 && reading_first_public(txn, revision->language, revision->slug, now,
						       &out->published_at);
}

/* The row's release as it is now, when this row is the last that was announced of it. */
static bool read_change(struct store_txn *txn, struct str value, int64_t now,
			struct change_told *out)
{
	struct revision revision;
	struct edition edition;
	uint32_t number;

	return revision_of_key(value, &edition, &number) &&
	       reading_release(txn, edition.language, edition.slug, now, &revision) &&
	       reading_told(txn, &revision, now, out) && out->number == number;
}

bool reading_changes(struct store_txn *txn, struct str language, struct str topic, int64_t now,
		     uint64_t first, uint64_t most, change_visitor *visit, void *ctx, bool *more)
{
	struct store_key view = str_given(topic) ? key_view(language, VIEW_TOPIC, topic)
						 : key_view(language, VIEW_ALL, STR(""));
	struct store_key from = view;
	struct store_cursor *cursor = NULL;
	unsigned left = FILTER_ROWS_MAX;
	struct str key, value;
	bool ok;

	*more = false;
	key_add_u64(&from, ~(uint64_t)now); /* what is behind it in time is before it here */
	ok = store_cursor_open(&cursor, txn, TABLE_CHANGES, &view, &from);
	while (ok && left-- && store_cursor_next(cursor, &key, &value)) {
		struct change_told told;

		if (!read_change(txn, value, now, &told))
			continue;
		if (first) {
			first--;
			continue;
		}
		*more = most == 0;
		if (*more)
			break;
		ok = visit(ctx, &told);
		most--;
	}
	store_cursor_close(&cursor);
	return ok && store_check(txn, NULL);
}

#include <communique/preview.h>

#include "desk.h"

static struct store_key key_preview(const struct preview *preview)
{
	struct store_key key = key_edition(preview->edition);

	key_add_u64(&key, (uint64_t)preview->expires);
	key_add_text(&key, preview->label);
	return key;
}

void pack_preview(struct buf *out, const struct preview *preview)
{
	buf_add(out, (struct str){ (const char *)preview->hash.at, HASH_SIZE });
	buf_add_be64(out, (uint64_t)preview->given_at);
	pack_str(out, preview->holder);
}

bool unpack_preview(struct str key, struct str row, struct preview *out, struct fault *why)
{
	struct unpack from = unpack_begin(row);

	out->edition.slug = str_cut(&key, '\0');
	out->edition.language = str_cut(&key, '\0');
	unpack_bytes(&from, out->hash.at, HASH_SIZE);
	out->given_at = (int64_t)unpack_u64(&from);
	out->holder = unpack_str(&from);
	if (key.len < 10) {
		from.broken = true;
	} else {
		out->expires = (int64_t)get_be64(key.at);
		out->label = str_first(str_skip(key, 8), key.len - 9);
	}
	return unpack_end(&from, "preview", why);
}

bool preview_label_valid(struct str label)
{
	for (size_t i = 0; i < label.len; i++) {
		if (!is_lower(label.at[i]) && !is_digit(label.at[i]) && label.at[i] != '-')
			return false;
	}
	return label.len > 0 && label.len <= PREVIEW_LABEL_MAX;
}

/* --- the address ------------------------------------------------------------------------- */

/* Every part has its length in front or a fixed one: no two links have one message. */
static struct mac mac_of_preview(const struct preview *preview, const struct secret *key)
{
	struct buf message;
	struct mac mac;

	buf_init(&message, 1024);
	pack_str(&message, STR("communique.preview/v1"));
	pack_str(&message, preview->edition.slug);
	pack_str(&message, preview->edition.language);
	buf_add(&message, (struct str){ (const char *)preview->hash.at, HASH_SIZE });
	buf_add_be64(&message, (uint64_t)preview->expires);
	pack_str(&message, preview->label);
	must(!message.full);
	mac = mac_of(key, buf_str(&message));
	buf_release(&message);
	return mac;
}

struct str preview_path(const struct preview *preview, const struct secret *key,
			struct arena *arena)
{
	struct mac mac = mac_of_preview(preview, key);
	struct buf text;
	struct str path;

	buf_init(&text, MAC_TEXT_LEN + 1);
	buf_add_base64url(&text, mac.at, MAC_SIZE);
	path = arena_printf(arena, "/preview/%.*s/%.*s/%lld-%.*s/%.*s",
			    STR_ARG(preview->edition.language), STR_ARG(preview->edition.slug),
			    (long long)preview->expires, STR_ARG(preview->label),
			    STR_ARG(buf_str(&text)));
	buf_release(&text);
	return path;
}

/* --- what is there to be seen ---------------------------------------------------------------- */

static void file_of_revision(const struct revision *revision, struct preview_file *out)
{
	*out = (struct preview_file){ .hash = revision->hash,
				      .keyset = revision->keyset,
				      .public_at = revision->public_at,
				      .accepted_at = revision->accepted_at };
}

static bool find_draft(struct store_txn *txn, struct edition edition, struct preview_file *out)
{
	struct store_key key = key_edition(edition);
	struct draft_row draft;
	struct str row;

	if (!store_get(txn, TABLE_DRAFTS, &key, &row) || !unpack_draft(row, &draft, NULL))
		return false;
	*out = (struct preview_file){ .hash = draft.hash };
	return true;
}

bool reading_preview(struct store_txn *txn, struct edition edition, struct preview_file *out)
{
	struct revision revision;

	if (!find_draft(txn, edition, out)) {
		if (!latest_revision(txn, edition, &revision))
			return false;
		file_of_revision(&revision, out);
	}
	return reading_file(txn, &out->hash, &out->file);
}

struct wanted_file {
	const struct hash *hash;
	struct preview_file *out;
	bool found;
};

static bool compare_file(void *ctx, const struct revision *revision)
{
	struct wanted_file *wanted = ctx;

	wanted->found = hash_equal(&revision->hash, wanted->hash);
	if (wanted->found)
		file_of_revision(revision, wanted->out);
	return !wanted->found;
}

/* A draft or a revision of the edition, whichever has these bytes. */
static bool find_file(struct store_txn *txn, struct edition edition, const struct hash *hash,
		      struct preview_file *out)
{
	struct wanted_file wanted = { hash, out, false };

	if (find_draft(txn, edition, out) && hash_equal(&out->hash, hash))
		return true;
	reading_visit_history(txn, edition.language, edition.slug, INT64_MAX, compare_file,
			      &wanted);
	return wanted.found;
}

enum preview_answer reading_preview_link(struct store_txn *txn, const struct preview *asked,
					 struct str mac, const struct secret *key, int64_t now,
					 struct preview_file *out)
{
	struct store_key at = key_preview(asked);
	struct preview row = *asked;
	struct mac given, right;
	struct str value;
	size_t len;
	bool known = !at.too_long && store_get(txn, TABLE_PREVIEWS, &at, &value) &&
		     unpack_preview(key_str(&at), value, &row, NULL);

	/* The mac is compared before anything else is told from anything. */
	right = mac_of_preview(&row, key);
	if (!base64url_decode(given.at, MAC_SIZE, &len, mac) || len != MAC_SIZE ||
	    !mac_equal(&given, &right) || !known || asked->expires <= now ||
	    !find_file(txn, asked->edition, &row.hash, out))
		return PREVIEW_NOTHING;
	if (out->public_at > 0 && out->public_at <= now)
		return PREVIEW_LIFTED;
	return reading_file(txn, &out->hash, &out->file) ? PREVIEW_SHOWN : PREVIEW_NOTHING;
}

/* --- giving and revoking ------------------------------------------------------------------------
 */

struct giving {
	struct act act; /* its moment is the one inside the transaction */
	struct preview *preview;
};

/* Forgets the edition's first link when that has expired: they are in the order of expiry. */
static bool forget_expired(struct store_txn *txn, struct edition edition, int64_t now)
{
	struct store_key prefix = key_edition(edition), first = key_begin();
	struct store_cursor *cursor = NULL;
	struct preview preview;
	struct str key, row;

	if (store_cursor_open(&cursor, txn, TABLE_PREVIEWS, &prefix, NULL) &&
	    store_cursor_next(cursor, &key, &row) && unpack_preview(key, row, &preview, NULL) &&
	    preview.expires <= now)
		key_add_bytes(&first, key.at, key.len);
	store_cursor_close(&cursor);
	if (first.len == 0)
		return false;
	store_delete(txn, TABLE_PREVIEWS, &first);
	return true;
}

static size_t count_links(struct store_txn *txn, struct edition edition)
{
	struct store_key prefix = key_edition(edition);
	struct store_cursor *cursor = NULL;
	struct str key, row;
	size_t count = 0;

	if (!store_cursor_open(&cursor, txn, TABLE_PREVIEWS, &prefix, NULL))
		return 0;
	while (store_cursor_next(cursor, &key, &row))
		count++;
	store_cursor_close(&cursor);
	return count;
}

static bool find_shown(struct store_txn *txn, const struct giving *giving, struct fault *why)
{
	struct edition edition = giving->preview->edition;
	struct preview_file file;

	if (!reading_preview(txn, edition, &file))
		return store_check(txn, why) &&
		       fail(why, NOT_FOUND, "there is no draft of %s in %s", QUOTE(edition.slug),
			    QUOTE(edition.language));
	if (file.public_at > 0 && file.public_at <= giving->act.now)
		return fail(why, NOT_FOUND, "there is no draft of %s in %s: it is public",
			    QUOTE(edition.slug), QUOTE(edition.language));
	giving->preview->hash = file.hash;
	return true;
}

static bool give_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct giving *giving = ctx;
	struct preview *preview = giving->preview;
	struct store_key key = key_preview(preview);
	struct buf packed;

	if (!act_begin(txn, &giving->act, why) || !find_shown(txn, giving, why))
		return false;
	while (forget_expired(txn, preview->edition, giving->act.now))
		;
	if (count_links(txn, preview->edition) >= PREVIEWS_PER_EDITION_MAX)
		return fail(why, TOO_MANY, "%d links to this draft are given out; revoke some",
			    PREVIEWS_PER_EDITION_MAX);
	buf_init(&packed, RECORD_MAX);
	pack_preview(&packed, preview);
	store_put(txn, TABLE_PREVIEWS, &key, buf_str(&packed));
	buf_release(&packed);
	act_done(txn, &giving->act);
	return true;
}

bool newsroom_give_preview(struct newsroom *newsroom, const struct act *act, unsigned days,
			   struct preview *preview, struct fault *why)
{
	struct giving giving = { *act, preview };

	if (!preview_label_valid(preview->label))
		return fail(why, INVALID, "a label is 1 to %d of a-z, 0-9 and -, not %s",
			    PREVIEW_LABEL_MAX, QUOTE(preview->label));
	if (days < 1 || days > PREVIEW_DAYS_MAX)
		return fail(why, INVALID, "a link holds for 1 to %d days", PREVIEW_DAYS_MAX);
	preview->given_at = act->now;
	preview->expires = act->now + (int64_t)days * 86400;
	preview->holder = act->holder;
	return store_write(newsroom->store, give_work, &giving, why);
}

struct revoking {
	struct act act; /* its moment is the one inside the transaction */
	const struct preview *preview;
};

static bool revoke_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct revoking *revoking = ctx;
	struct store_key key = key_preview(revoking->preview);
	struct str value;

	if (!act_begin(txn, &revoking->act, why))
		return false;
	if (key.too_long || !store_get(txn, TABLE_PREVIEWS, &key, &value))
		return store_check(txn, why) && fail(why, NOT_FOUND, "there is no such link");
	store_delete(txn, TABLE_PREVIEWS, &key);
	act_done(txn, &revoking->act);
	return true;
}

bool newsroom_revoke_preview(struct newsroom *newsroom, const struct act *act,
			     const struct preview *preview, struct fault *why)
{
	struct revoking revoking = { *act, preview };

	return store_write(newsroom->store, revoke_work, &revoking, why);
}

bool newsroom_visit_previews(struct newsroom *newsroom, struct edition edition, int64_t now,
			     preview_visitor *visit, void *ctx, struct fault *why)
{
	struct store_key prefix = key_edition(edition), from = prefix;
	struct store_cursor *cursor = NULL;
	struct store_txn *txn = NULL;
	struct preview preview;
	struct str key, row;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	key_add_u64(&from, (uint64_t)now + 1);
	ok = store_cursor_open(&cursor, txn, TABLE_PREVIEWS, &prefix, &from);
	while (ok && store_cursor_next(cursor, &key, &row))
		ok = unpack_preview(key, row, &preview, why) && visit(ctx, &preview, why);
	store_cursor_close(&cursor);
	ok = ok && store_check(txn, why);
	store_read_end(&txn);
	return ok;
}

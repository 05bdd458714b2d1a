#include "record.h"

/* --- keys ----------------------------------------------------------------------- */

struct store_key key_meta(const char *name)
{
	struct store_key key = key_begin();

	key_add_text(&key, str_from(name));
	return key;
}

struct store_key key_number(uint64_t n)
{
	struct store_key key = key_begin();

	key_add_u64(&key, n);
	return key;
}

struct store_key key_version(uint32_t version)
{
	struct store_key key = key_begin();

	key_add_u32(&key, version);
	return key;
}

struct store_key key_hash(const struct hash *hash)
{
	struct store_key key = key_begin();

	key_add_bytes(&key, hash->at, HASH_SIZE);
	return key;
}

struct store_key key_signature(const struct hash *hash, const struct key_id *id)
{
	struct store_key key = key_hash(hash);

	key_add_bytes(&key, id->at, KEY_ID_SIZE);
	return key;
}

struct store_key key_slug(struct str slug)
{
	struct store_key key = key_begin();

	key_add_text(&key, slug);
	return key;
}

struct store_key key_edition(struct edition edition)
{
	struct store_key key = key_slug(edition.slug);

	key_add_text(&key, edition.language);
	return key;
}

struct store_key key_revision(struct edition edition, uint32_t number)
{
	struct store_key key = key_edition(edition);

	key_add_u32(&key, number);
	return key;
}

struct store_key key_use(const struct hash *hash, struct edition edition, uint32_t number)
{
	struct store_key key = key_hash(hash);

	key_add_text(&key, edition.slug);
	key_add_text(&key, edition.language);
	key_add_u32(&key, number);
	return key;
}

struct store_key key_reference(struct str reference)
{
	return key_slug(reference);
}

struct store_key key_schedule(int64_t public_at, uint64_t serial)
{
	struct store_key key = key_number((uint64_t)public_at);

	key_add_u64(&key, serial);
	return key;
}

struct store_key key_replay(int64_t expires, const unsigned char id[16])
{
	struct store_key key = key_number((uint64_t)expires);

	key_add_bytes(&key, id, 16);
	return key;
}

/* A long name is told from others by its hash: a key has room for 511 bytes. */
struct store_key key_view(struct str language, enum view view, struct str text)
{
	struct store_key key = key_begin();
	struct hash hash;

	key_add_text(&key, language);
	key_add_u8(&key, (uint8_t)view);
	if (text.len <= VIEW_NAME_MAX) {
		key_add_text(&key, text);
		return key;
	}
	hash = hash_of(text);
	key_add_bytes(&key, text.at, VIEW_NAME_MAX);
	key_add_text(&key, str_from(HASH_TEXT(&hash)));
	return key;
}

struct store_key key_board(const struct store_key *view, uint32_t date, uint64_t first_serial,
			   uint32_t number)
{
	struct store_key key = *view;

	key_add_u32(&key, ~date);
	key_add_u64(&key, ~first_serial);
	key_add_u32(&key, number);
	return key;
}

bool edition_begin(struct str *key, struct edition *out)
{
	out->slug = str_cut(key, '\0');
	out->language = str_cut(key, '\0');
	return str_given(*key) && out->slug.len > 0 && out->language.len > 0;
}

bool revision_of_key(struct str key, struct edition *out, uint32_t *number)
{
	*number = 0;
	if (!edition_begin(&key, out) || key.len != 4)
		return false;
	*number = get_be32(key.at);
	return *number > 0;
}

uint64_t next_number(struct store_txn *txn, enum table table)
{
	struct store_cursor *cursor = NULL;
	struct str key, value;
	uint64_t next = 1;

	if (store_cursor_open(&cursor, txn, table, NULL, NULL) &&
	    store_cursor_previous(cursor, &key, &value) && key.len == 8)
		next = get_be64(key.at) + 1;
	store_cursor_close(&cursor);
	return next;
}

/* --- values ------------------------------------------------------------------------ */

static void pack_hash(struct buf *out, const struct hash *hash)
{
	buf_add(out, (struct str){ (const char *)hash->at, HASH_SIZE });
}

static void pack_key_id(struct buf *out, const struct key_id *id)
{
	buf_add(out, (struct str){ (const char *)id->at, KEY_ID_SIZE });
}

void pack_revision(struct buf *out, const struct revision *revision)
{
	pack_hash(out, &revision->hash);
	buf_add_char(out, (char)revision->change);
	buf_add_be64(out, (uint64_t)revision->accepted_at);
	buf_add_be64(out, (uint64_t)revision->public_at);
	buf_add_be64(out, revision->serial);
	buf_add_be64(out, revision->first_serial);
	buf_add_be32(out, revision->keyset);
	buf_add_be32(out, date_number(revision->date));
	buf_add_char(out, (char)revision->kind);
	pack_str(out, revision->change_note);
	pack_str(out, revision->title);
	pack_str(out, revision->summary);
	pack_str(out, revision->department);
	pack_str(out, revision->topics);
}

bool unpack_revision(struct str row, struct revision *out, struct fault *why)
{
	struct unpack from = unpack_begin(row);

	unpack_bytes(&from, out->hash.at, HASH_SIZE);
	out->change = (enum change)unpack_u8(&from);
	out->accepted_at = (int64_t)unpack_u64(&from);
	out->public_at = (int64_t)unpack_u64(&from);
	out->serial = unpack_u64(&from);
	out->first_serial = unpack_u64(&from);
	out->keyset = unpack_u32(&from);
	out->date = date_from_number(unpack_u32(&from));
	out->kind = (enum kind)unpack_u8(&from);
	out->change_note = unpack_str(&from);
	out->title = unpack_str(&from);
	out->summary = unpack_str(&from);
	out->department = unpack_str(&from);
	out->topics = unpack_str(&from);
	if (out->change > CHANGE_REINSTATEMENT || out->kind >= KIND_COUNT)
		from.broken = true;
	return unpack_end(&from, "revision", why);
}

void pack_draft(struct buf *out, const struct draft_row *draft)
{
	pack_hash(out, &draft->hash);
	buf_add_be32(out, draft->revision);
	buf_add_char(out, (char)draft->change);
	buf_add_be64(out, (uint64_t)draft->saved_at);
	buf_add_be64(out, (uint64_t)draft->publish_at);
	buf_add_be32(out, draft->size);
	pack_key_id(out, &draft->saved_by);
	pack_str(out, draft->holder);
	pack_str(out, draft->title);
	buf_add_be64(out, (uint64_t)draft->noted_at);
	pack_str(out, draft->noted_by);
	pack_str(out, draft->note);
}

bool unpack_draft(struct str row, struct draft_row *out, struct fault *why)
{
	struct unpack from = unpack_begin(row);

	unpack_bytes(&from, out->hash.at, HASH_SIZE);
	out->revision = unpack_u32(&from);
	out->change = (enum change)unpack_u8(&from);
	out->saved_at = (int64_t)unpack_u64(&from);
	out->publish_at = (int64_t)unpack_u64(&from);
	out->size = unpack_u32(&from);
	unpack_bytes(&from, out->saved_by.at, KEY_ID_SIZE);
	out->holder = unpack_str(&from);
	out->title = unpack_str(&from);
	out->noted_at = (int64_t)unpack_u64(&from);
	out->noted_by = unpack_str(&from);
	out->note = unpack_str(&from);
	if (out->change > CHANGE_REINSTATEMENT)
		from.broken = true;
	return unpack_end(&from, "draft", why);
}

void pack_signature(struct buf *out, const struct signature_row *signature)
{
	buf_add_be64(out, (uint64_t)signature->when);
	buf_add_be32(out, signature->nth);
	pack_str(out, signature->file);
}

bool unpack_signature(struct str key, struct str row, struct signature_row *out, struct fault *why)
{
	struct unpack from = unpack_begin(row);

	out->when = (int64_t)unpack_u64(&from);
	out->nth = unpack_u32(&from);
	out->file = unpack_str(&from);
	if (key.len != HASH_SIZE + KEY_ID_SIZE)
		from.broken = true;
	else
		memcpy(out->key_id.at, key.at + HASH_SIZE, KEY_ID_SIZE);
	return unpack_end(&from, "signature", why);
}

void pack_keyset(struct buf *out, const struct keyset_row *keyset)
{
	pack_hash(out, &keyset->hash);
	buf_add_char(out, keyset->in_force ? 1 : 0);
	buf_add_be64(out, (uint64_t)keyset->saved_at);
}

bool unpack_keyset(struct str row, struct keyset_row *out, struct fault *why)
{
	struct unpack from = unpack_begin(row);

	unpack_bytes(&from, out->hash.at, HASH_SIZE);
	out->in_force = unpack_u8(&from) == 1;
	out->saved_at = (int64_t)unpack_u64(&from);
	return unpack_end(&from, "key set", why);
}

void pack_schedule(struct buf *out, const struct schedule_row *schedule)
{
	buf_add_be32(out, schedule->number);
	buf_add_be32(out, schedule->date);
	buf_add_be32(out, schedule->replaced);
	pack_str(out, schedule->slug);
	pack_str(out, schedule->language);
}

bool unpack_schedule(struct str key, struct str row, struct schedule_row *out, struct fault *why)
{
	struct unpack place = unpack_begin(key), from = unpack_begin(row);

	out->public_at = (int64_t)unpack_u64(&place);
	out->serial = unpack_u64(&place);
	out->number = unpack_u32(&from);
	out->date = unpack_u32(&from);
	out->replaced = unpack_u32(&from);
	out->slug = unpack_str(&from);
	out->language = unpack_str(&from);
	return unpack_end(&place, "schedule", why) && unpack_end(&from, "schedule", why);
}

void pack_board(struct buf *out, const struct board_row *board)
{
	buf_add_be32(out, board->number);
	buf_add_be64(out, board->from);
	buf_add_be64(out, board->until);
	pack_str(out, board->slug);
	pack_str(out, board->language);
}

bool unpack_board(struct str row, struct board_row *out, struct fault *why)
{
	struct unpack from = unpack_begin(row);

	out->number = unpack_u32(&from);
	out->from = unpack_u64(&from);
	out->until = unpack_u64(&from);
	out->slug = unpack_str(&from);
	out->language = unpack_str(&from);
	return unpack_end(&from, "board", why);
}

void pack_journal(struct buf *out, enum journal_what what, int64_t when,
		  const struct revision *revision)
{
	buf_add_char(out, (char)what);
	buf_add_be64(out, (uint64_t)when);
	buf_add_be64(out, (uint64_t)revision->public_at);
	pack_hash(out, &revision->hash);
	buf_add_be32(out, revision->number);
	pack_str(out, revision->slug);
	pack_str(out, revision->language);
}

void pack_attachment(struct buf *out, const struct attachment_row *row)
{
	buf_add_be64(out, row->size);
	buf_add_be64(out, (uint64_t)row->saved_at);
	pack_key_id(out, &row->saved_by);
}

bool unpack_attachment(struct str row, struct attachment_row *out, struct fault *why)
{
	struct unpack from = unpack_begin(row);

	out->size = unpack_u64(&from);
	out->saved_at = (int64_t)unpack_u64(&from);
	unpack_bytes(&from, out->saved_by.at, KEY_ID_SIZE);
	return unpack_end(&from, "attachment", why);
}

bool unpack_journal(struct str key, struct str row, struct journal_row *out, struct fault *why)
{
	struct unpack place = unpack_begin(key), from = unpack_begin(row);

	out->serial = unpack_u64(&place);
	out->what = (enum journal_what)unpack_u8(&from);
	out->when = (int64_t)unpack_u64(&from);
	out->public_at = (int64_t)unpack_u64(&from);
	unpack_bytes(&from, out->hash.at, HASH_SIZE);
	out->number = unpack_u32(&from);
	out->slug = unpack_str(&from);
	out->language = unpack_str(&from);
	if (out->what != JOURNAL_ACCEPTED && out->what != JOURNAL_DROPPED)
		from.broken = true;
	return unpack_end(&place, "journal", why) && unpack_end(&from, "journal", why);
}

void pack_audit(struct buf *out, const struct audit_row *row)
{
	buf_add_be64(out, (uint64_t)row->when);
	pack_key_id(out, &row->key_id);
	pack_hash(out, &row->request);
	pack_str(out, row->holder);
	pack_str(out, row->method);
	pack_str(out, row->target);
	pack_str(out, row->outcome);
}

bool unpack_audit(struct str key, struct str row, struct audit_row *out, struct fault *why)
{
	struct unpack place = unpack_begin(key), from = unpack_begin(row);

	out->number = unpack_u64(&place);
	out->when = (int64_t)unpack_u64(&from);
	unpack_bytes(&from, out->key_id.at, KEY_ID_SIZE);
	unpack_bytes(&from, out->request.at, HASH_SIZE);
	out->holder = unpack_str(&from);
	out->method = unpack_str(&from);
	out->target = unpack_str(&from);
	out->outcome = unpack_str(&from);
	return unpack_end(&place, "audit", why) && unpack_end(&from, "audit", why);
}

/*
 * A store with everything in it is clean; with any row gone, any row too many, or any
 * byte of a row changed, it is not.
 */
#include "unit/newsroom/office.h"

#include <communique/fsck.h>
#include <communique/preview.h>
#include <communique/rebuild.h>

#include "../../../src/newsroom/record.h"

enum { ROWS_MAX = 400, FLIPS = 24 };

struct row {
	struct str key, value;
};

/* --- a store with everything in it ---------------------------------------------------------- */

static const char rich[] = "Reference: 2026-77\nDepartment: Europe\nDepartment: Asia\n"
			   "Topics: Trade; Peace\n";

static struct str revision_text(struct office *office, const char *slug, unsigned number,
				struct str previous, const char *more)
{
	struct hash hash = hash_of(previous);

	return arena_printf(&office->arena,
			    "Site: press.example\nRelease: %s\nLanguage: en\nRevision: %u\n"
			    "Previous: %s\nChange: correction\nChange-Note: The place.\n"
			    "Date: 2026-11-22\n%sKind: press-release\nTitle: About %s again\n\n"
			    "1. Something else was said.\n",
			    slug, number, HASH_TEXT(&hash), more, slug);
}

static void publish(struct office *office, const char *slug, struct str file)
{
	struct draft draft;

	done(save(office, ALICE, slug, file, NULL, &draft, why));
	done(sign(office, ALICE, slug, file, &draft, why));
	done(sign(office, BOB, slug, file, &draft, why));
}

static bool add_attachment(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct store_key key = key_hash(ctx);
	struct attachment_row row = { .size = 1 };
	struct buf packed;

	(void)why;
	buf_init(&packed, RECORD_MAX);
	pack_attachment(&packed, &row);
	store_put(txn, TABLE_ATTACHMENTS, &key, buf_str(&packed));
	buf_release(&packed);
	return true;
}

static void publish_with_attachment(struct office *office)
{
	struct hash hash = hash_of(STR("x"));
	struct str field = arena_printf(&office->arena, "Attachment: photo.jpg; sha256=%s\n%s",
					HASH_TEXT(&hash), rich);
	struct str first;

	done(store_write(office->room.store, add_attachment, &hash, why));
	first = release_text(office, "2026-a", "2026-11-23", field.at);
	publish(office, "2026-a", first);
	office->now++;
	publish(office, "2026-a", revision_text(office, "2026-a", 2, first, rich));
}

static void next_keyset(struct office *office)
{
	struct hash first = hash_of(buf_str(&office->keyset));
	struct str file = keyset_text(office, 2, &first, 2);
	struct act act = act_of(office, ROOT), again = act_of(office, ROOT);
	struct keyset_status status;
	bool created;

	done(newsroom_save_keyset(&office->room, &act, 2, file, &office->arena, &status, &created,
				  why));
	done(newsroom_sign_keyset(&office->room, &again, 2, &office->keys[ROOT].public.id,
				  sign_file(office, ROOT, file), &office->arena, &status, why));
	assert_true(status.in_force);
}

static struct office *office_with_everything(void)
{
	struct office *office = office_with_log(2);
	struct preview preview = { .edition = { STR("en"), STR("2026-d") }, .label = STR("x") };
	struct str file;
	struct draft draft;
	struct act act;

	publish_with_attachment(office);
	/* Scheduled over a public one, lifted, and scheduled anew. */
	file = release_text(office, "2026-b", "2026-11-20", "");
	publish(office, "2026-b", file);
	file = revision_text(office, "2026-b", 2, file, "Publish-At: 2026-11-23T09:30:00Z\n");
	publish(office, "2026-b", file);
	office->now += 3600;
	done(newsroom_tidy(&office->room, office->now, why));
	next_keyset(office);
	file = revision_text(office, "2026-b", 3, file, "Publish-At: 2026-11-23T19:30:00Z\n");
	publish(office, "2026-b", file);
	/* Dropped before its lift. */
	publish(office, "2026-c",
		release_text(office, "2026-c", "2026-11-20", "Publish-At: 2026-11-24T09:30:00Z\n"));
	act = act_of(office, BOB);
	done(newsroom_drop_draft(&office->room, &act, (struct edition){ STR("en"), STR("2026-c") },
				 NULL, why));
	/* Waiting, with one signature and a link. */
	file = release_text(office, "2026-d", "2026-11-23", "");
	done(save(office, ALICE, "2026-d", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-d", file, &draft, why));
	act = act_of(office, ALICE);
	done(newsroom_give_preview(&office->room, &act, 3, &preview, why));
	return office;
}

/* --- looking -----------------------------------------------------------------------------------
 */

static void note(void *ctx, struct str what)
{
	struct buf *said = ctx;

	buf_add(said, what);
	buf_add_char(said, '\n');
}

static uint64_t differences_in(struct office *office, struct buf *said)
{
	struct fsck_watch watch = { .differs = note, .ctx = said };
	uint64_t count;

	buf_clear(said);
	done(newsroom_fsck(&office->room, office->now, &watch, &count, why));
	return count;
}

static size_t rows_of(struct office *office, enum table table, struct row out[ROWS_MAX])
{
	struct store_cursor *cursor = NULL;
	struct store_txn *txn = NULL;
	struct str key, value;
	size_t count = 0;

	assert_true(store_read_begin(office->room.store, &txn, NULL));
	assert_true(store_cursor_open(&cursor, txn, table, NULL, NULL));
	while (store_cursor_next(cursor, &key, &value)) {
		assert_true(count < ROWS_MAX);
		out[count++] = (struct row){ arena_copy(&office->arena, key),
					     arena_copy(&office->arena, value) };
	}
	store_cursor_close(&cursor);
	store_read_end(&txn);
	return count;
}

/* --- damaging ------------------------------------------------------------------------------------
 */

struct swap {
	enum table table;
	const struct row *out, *in; /* either may be NULL */
};

static struct store_key raw_key(struct str text)
{
	struct store_key key = key_begin();

	key_add_bytes(&key, text.at, text.len);
	return key;
}

static bool swap_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct swap *swap = ctx;
	struct store_key key;

	(void)why;
	if (swap->out) {
		key = raw_key(swap->out->key);
		store_delete(txn, swap->table, &key);
	}
	if (swap->in) {
		key = raw_key(swap->in->key);
		store_put(txn, swap->table, &key, swap->in->value);
	}
	return true;
}

static void swap_rows(struct office *office, enum table table, const struct row *out,
		      const struct row *in)
{
	struct swap swap = { table, out, in };

	done(store_write(office->room.store, swap_work, &swap, why));
}

static void assert_found(struct office *office, enum table table, const struct row *good,
			 const struct row *bad, const char *what, size_t at)
{
	struct buf said;

	buf_init(&said, 65536);
	swap_rows(office, table, good, bad);
	if (differences_in(office, &said) == 0)
		fail_msg("%s: %s at %zu is not found (%s)", table_name(table), what, at,
			 QUOTE(good ? good->key : bad->key));
	swap_rows(office, table, bad, good);
	buf_release(&said);
}

static struct str flipped(struct office *office, struct str text, size_t at)
{
	char *copy = arena_cstr(&office->arena, text);

	copy[at] ^= 1;
	return (struct str){ copy, text.len };
}

/* What stands for nothing else, so that nothing can disagree with it. */
static bool is_free(enum table table, const struct row *row, size_t at)
{
	size_t comment;

	switch (table) {
	case TABLE_KEYSETS: /* when it was saved */
		return at >= HASH_SIZE + 1;
	case TABLE_SIGNATURES: /* when it was given, and the comment that is not signed */
		comment = 16 + str_find(str_skip(row->value, 16), '\n');
		return at < 8 || (at >= 16 && at < comment);
	case TABLE_JOURNAL: /* when it was accepted and dropped: no other row speaks of it */
		return at >= 1 && at < 9 &&
		       str_find_str(row->value, STR("2026-c")) < row->value.len;
	case TABLE_HEADS: /* when it was signed */
		return at < 8;
	case TABLE_DRAFTS: /* when it was saved, and by whom */
		return (at >= 37 && at < 45) || (at >= 57 && at < 74);
	default:
		return false;
	}
}

static void flip_all(struct office *office, enum table table, const struct row *row)
{
	size_t stride = row->value.len / FLIPS + 1;
	struct row bad;

	for (size_t at = 0; at < row->value.len; at += stride) {
		if (is_free(table, row, at))
			continue;
		bad = (struct row){ row->key, flipped(office, row->value, at) };
		assert_found(office, table, row, &bad, "a changed value", at);
	}
	/* A list that had a row once keeps a number of nothing. */
	if (table == TABLE_TALLY && get_be64(row->value.at) == 0)
		return;
	stride = row->key.len / 8 + 1;
	for (size_t at = 0; at < row->key.len; at += stride) {
		bad = (struct row){ flipped(office, row->key, at), row->value };
		assert_found(office, table, row, &bad, "a changed key", at);
	}
}

/* --- the tests
 * -------------------------------------------------------------------------------------- */

static void what_was_done_properly_is_clean(void **state)
{
	struct office *office = office_with_everything();
	struct buf said;

	(void)state;
	buf_init(&said, 65536);
	if (differences_in(office, &said))
		fail_msg("%.*s", STR_ARG(buf_str(&said)));
	office->now += 7 * 86400; /* after all lifts, too */
	assert_int_equal(differences_in(office, &said), 0);
	buf_release(&said);
	office_close(office);
}

static const enum table checked[] = {
	TABLE_KEYSETS, TABLE_FILES,    TABLE_SIGNATURES, TABLE_DRAFTS, TABLE_REVISIONS,
	TABLE_JOURNAL, TABLE_SCHEDULE, TABLE_BOARD,	 TABLE_TALLY,  TABLE_REFERENCES,
	TABLE_LEAVES,  TABLE_TREE,     TABLE_LOGGED,	 TABLE_DUE,    TABLE_HEADS,
	TABLE_USES,    TABLE_WORDS,    TABLE_DOCUMENTS,	 TABLE_FRESH,
};

/* A draft may have any number of signatures. */
static bool is_of_draft(struct office *office, const struct row *row)
{
	struct hash hash = hash_of(release_text(office, "2026-d", "2026-11-23", ""));

	return memcmp(row->key.at, hash.at, HASH_SIZE) == 0;
}

/* A row whose moment is over may be swept away: BOARD's and SCHEDULE's of the lifted one. */
static bool may_be_gone(struct office *office, enum table table, const struct row *row)
{
	struct board_row board;

	/* Older checkpoints may go, that of a log of five may not. */
	if (table == TABLE_HEADS)
		return get_be64(row->key.at) < 5;
	if (table == TABLE_SIGNATURES)
		return is_of_draft(office, row);
	if (table == TABLE_SCHEDULE)
		return (int64_t)get_be64(row->key.at) <= office->now;
	if (table == TABLE_TALLY)
		return get_be64(row->value.at) == 0;
	if (table != TABLE_BOARD)
		return false;
	assert_true(unpack_board(row->value, &board, NULL));
	return board.until <= (uint64_t)office->now;
}

static void each_row_is_missed(void **state)
{
	static struct row all[ROWS_MAX];
	struct office *office = office_with_everything();

	(void)state;
	for (size_t i = 0; i < sizeof checked / sizeof *checked; i++) {
		size_t count = rows_of(office, checked[i], all);

		assert_true(count > 0);
		for (size_t k = 0; k < count; k++)
			if (!may_be_gone(office, checked[i], &all[k]))
				assert_found(office, checked[i], &all[k], NULL, "a missing row", k);
	}
	assert_true(rows_of(office, TABLE_AUDIT, all) > 10);
	assert_found(office, TABLE_AUDIT, &all[4], NULL, "a missing row", 4);
	office_close(office);
}

static void each_changed_byte_is_found(void **state)
{
	static struct row all[ROWS_MAX];
	struct office *office = office_with_everything();

	(void)state;
	for (size_t i = 0; i < sizeof checked / sizeof *checked; i++) {
		size_t count = rows_of(office, checked[i], all);

		for (size_t k = 0; k < count; k += 1 + count / 12)
			flip_all(office, checked[i], &all[k]);
	}
	office_close(office);
}

static void a_row_too_many_is_named(void **state)
{
	struct office *office = office_with_everything();
	struct hash hash = hash_of(STR("nobody's"));
	struct store_key view = key_view(STR("en"), VIEW_TOPIC, STR("Never"));
	struct store_key tally = key_begin();
	struct row file = { { (const char *)hash.at, HASH_SIZE }, STR("nobody's") }, number;
	struct buf said;
	char one[8];

	(void)state;
	buf_init(&said, 65536);
	swap_rows(office, TABLE_FILES, NULL, &file);
	assert_int_equal(differences_in(office, &said), 1);
	assert_true(str_starts(buf_str(&said), STR("FILES: nothing refers to the file ")));
	swap_rows(office, TABLE_FILES, &file, NULL);

	key_add_bytes(&tally, view.at, view.len);
	key_add_u8(&tally, 0);
	key_add_u32(&tally, 0);
	put_be64(one, 1);
	number = (struct row){ key_str(&tally), { one, sizeof one } };
	swap_rows(office, TABLE_TALLY, NULL, &number);
	assert_int_equal(differences_in(office, &said), 1);
	assert_true(str_starts(buf_str(&said), STR("TALLY: a number for a list without rows")));
	buf_release(&said);
	office_close(office);
}

/* Its slug is there: it would keep everybody else from the number. */
static void a_reference_that_no_revision_has_is_found(void **state)
{
	struct office *office = office_with_everything();
	struct store_key key = key_reference(STR("2026-99"));
	struct row row = { key_str(&key), STR("2026-a") };
	struct buf said;

	(void)state;
	buf_init(&said, 65536);
	swap_rows(office, TABLE_REFERENCES, NULL, &row);
	assert_int_equal(differences_in(office, &said), 1);
	assert_true(str_starts(buf_str(&said), STR("REFERENCES: 2026-99 belongs to 2026-a, ")));
	buf_release(&said);
	office_close(office);
}

/* A thief of the machine who can write the store but not sign. */
static void a_forged_revision_is_found(void **state)
{
	static struct row all[ROWS_MAX];
	struct office *office = office_with_everything();
	struct buf said;

	(void)state;
	buf_init(&said, 65536);
	assert_true(rows_of(office, TABLE_SIGNATURES, all) > 4);
	for (size_t i = 0; i < 3; i++) {
		struct row forged = { all[i].key, all[i + 1].value };

		swap_rows(office, TABLE_SIGNATURES, &all[i], &forged);
		assert_true(differences_in(office, &said) >= 1);
		assert_true(str_find_str(buf_str(&said), STR("a signature is not good")) <
			    said.len);
		swap_rows(office, TABLE_SIGNATURES, &forged, &all[i]);
	}
	assert_int_equal(differences_in(office, &said), 0);
	buf_release(&said);
	office_close(office);
}

/* What a monitor says of it from outside is said from inside, too. */
static void leaves_that_changed_places_break_the_rules_of_the_log(void **state)
{
	static const char *const rules[] = {
		"leaf 0 of the log: 2 follows 0: one is missing or stands there twice",
		"leaf 1 of the log: it names key set 1, which the log did not have by then",
		"time goes back, from ",
	};
	static struct row all[ROWS_MAX];
	struct office *office = office_with_everything();
	size_t last = rows_of(office, TABLE_LEAVES, all) - 1;
	struct row first = { all[0].key, all[last].value }, end = { all[last].key, all[0].value };
	struct buf said;

	(void)state;
	buf_init(&said, 65536);
	swap_rows(office, TABLE_LEAVES, &all[0], &first);
	swap_rows(office, TABLE_LEAVES, &all[last], &end);
	assert_true(differences_in(office, &said) > 2);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (str_find_str(buf_str(&said), str_from(rules[i])) == said.len)
			fail_msg("not said: %s, in\n%.*s", rules[i], STR_ARG(buf_str(&said)));
	buf_release(&said);
	office_close(office);
}

static bool clear_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	static const enum table made[] = {
		TABLE_SCHEDULE, TABLE_BOARD, TABLE_TALLY, TABLE_CHANGES,   TABLE_REFERENCES,
		TABLE_LEGACY,	TABLE_USES,  TABLE_WORDS, TABLE_DOCUMENTS, TABLE_FRESH,
	};

	(void)ctx, (void)why;
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		store_clear(txn, made[i]);
	return true;
}

static void what_is_made_from_files_is_made_anew(void **state)
{
	struct office *office = office_with_everything();
	struct rebuild_watch watch = { .progress = NULL };
	struct buf said;

	(void)state;
	buf_init(&said, 1 << 20);
	done(store_write(office->room.store, clear_work, NULL, why));
	assert_true(differences_in(office, &said) > 10);
	done(newsroom_rebuild(&office->room, office->now, &watch, why));
	assert_int_equal(watch.revisions, 5);
	if (differences_in(office, &said))
		fail_msg("%.*s", STR_ARG(buf_str(&said)));
	/* Again, on what is whole; and after the lifts. */
	done(newsroom_rebuild(&office->room, office->now, &watch, why));
	assert_int_equal(differences_in(office, &said), 0);
	office->now += 7 * 86400;
	assert_int_equal(differences_in(office, &said), 0);
	done(newsroom_rebuild(&office->room, office->now, &watch, why));
	assert_int_equal(differences_in(office, &said), 0);
	buf_release(&said);
	office_close(office);
}

/* All or nothing. */
static void a_rebuild_that_cannot_be_finished_changes_nothing(void **state)
{
	struct office *office = office_with_everything();
	struct rebuild_watch watch = { .progress = NULL };
	struct row files[ROWS_MAX];
	struct buf said;
	uint64_t before;

	(void)state;
	buf_init(&said, 1 << 20);
	for (size_t i = 0, count = rows_of(office, TABLE_FILES, files); i < count; i++) {
		if (str_find_str(files[i].value, STR("2026-b")) < files[i].value.len)
			swap_rows(office, TABLE_FILES, &files[i], NULL);
	}
	before = differences_in(office, &said);
	assert_true(before > 0);
	refused(newsroom_rebuild(&office->room, office->now, &watch, why), BROKEN);
	assert_int_equal(differences_in(office, &said), before);
	assert_true(rows(office, TABLE_BOARD) > 0);
	buf_release(&said);
	office_close(office);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_done_properly_is_clean),
		cmocka_unit_test(each_row_is_missed),
		cmocka_unit_test(each_changed_byte_is_found),
		cmocka_unit_test(a_row_too_many_is_named),
		cmocka_unit_test(a_reference_that_no_revision_has_is_found),
		cmocka_unit_test(a_forged_revision_is_found),
		cmocka_unit_test(leaves_that_changed_places_break_the_rules_of_the_log),
		cmocka_unit_test(what_is_made_from_files_is_made_anew),
		cmocka_unit_test(a_rebuild_that_cannot_be_finished_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

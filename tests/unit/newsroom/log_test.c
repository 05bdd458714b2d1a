/*
 * The public log in the store: what is in it, when, in which order, and when it stops.
 */
#include "office.h"

#include <communique/bundle.h>
#include <communique/checkpoint.h>
#include <communique/proof.h>

#include "../../../src/newsroom/desk.h"

static struct vkey vkey_of(struct office *office)
{
	struct vkey vkey;

	assert_true(vkey_parse(log_name(office), &vkey, NULL));
	return vkey;
}

static struct store_txn *begin(struct office *office)
{
	struct store_txn *txn = NULL;

	assert_true(store_read_begin(office->room.store, &txn, NULL));
	return txn;
}

/* The published size; its checkpoint is good and its root is the tree's. */
static uint64_t published(struct office *office)
{
	struct store_txn *txn = begin(office);
	struct vkey vkey = vkey_of(office);
	struct merkle_source source = logbook_source(txn);
	struct checkpoint checkpoint;
	struct log_head head = { .size = 0 };
	struct hash root;

	if (reading_log(txn, &head)) {
		assert_true(checkpoint_parse(head.checkpoint, &checkpoint, NULL));
		assert_true(checkpoint_verify(&checkpoint, &vkey, NULL));
		assert_int_equal(checkpoint.size, head.size);
		assert_true(merkle_root(&source, head.size, &root, NULL));
		assert_true(hash_equal(&root, &checkpoint.root));
	}
	store_read_end(&txn);
	return head.size;
}

/* Leaf `index`, with its proof checked. */
static void leaf_at(struct office *office, uint64_t index, struct leaf *out)
{
	struct store_txn *txn = begin(office);
	struct vkey vkey = vkey_of(office);
	struct checkpoint checkpoint;
	struct log_proof proof;
	struct fault why;
	struct buf file;
	struct str leaf;

	assert_true(reading_leaf(txn, index, &leaf));
	buf_init(&file, LOG_PROOF_MAX);
	assert_true(reading_proof(txn, index, &file, NULL));
	assert_true(log_proof_parse(buf_str(&file), &proof, NULL));
	assert_int_equal(proof.index, index);
	assert_true(log_proof_check(&proof, leaf, &vkey, &checkpoint, NULL));
	if (!leaf_parse(arena_copy(&office->arena, leaf), out, &why))
		fail_msg("%s", why.says);
	buf_release(&file);
	store_read_end(&txn);
}

static bool is_logged(struct office *office, struct str file, uint64_t *index)
{
	struct store_txn *txn = begin(office);
	struct hash hash = hash_of(file);
	bool found = reading_log_index(txn, &hash, index);

	store_read_end(&txn);
	return found;
}

/* Saved and signed by Alice and Bob. */
static struct str publish(struct office *office, const char *slug, const char *more)
{
	struct str file = release_text(office, slug, "2026-11-23", more);
	struct draft draft;

	done(save(office, ALICE, slug, file, NULL, &draft, why));
	done(sign(office, ALICE, slug, file, &draft, why));
	done(sign(office, BOB, slug, file, &draft, why));
	return file;
}

static void tend(struct office *office)
{
	clock_fix(office->now);
	done(logbook_tend(&office->room, office->now, why));
}

/* --- what is in it ------------------------------------------------------------------------- */

static void leaf_0_is_key_set_1(void **state)
{
	struct office *office = office_founded(2);
	static struct leaf leaf;

	(void)state;
	office_begin_log(office);
	assert_int_equal(published(office), 0);
	tend(office);
	assert_int_equal(published(office), 0);
	office_in_force(office);
	assert_int_equal(published(office), 1);
	leaf_at(office, 0, &leaf);
	assert_int_equal(leaf.kind, LEAF_KEYS);
	assert_int_equal(leaf.revision, 1);
	assert_int_equal(leaf.signature_count, 1);
	assert_true(key_id_equal(&leaf.signatures[0].id, &office->keys[ROOT].public.id));
	assert_int_equal(leaf.time, office->now);
	office_close(office);
}

static void what_goes_public_at_once_is_under_a_checkpoint_at_once(void **state)
{
	struct office *office = office_with_log(2);
	static struct leaf leaf;
	char id[LEAF_ID_LEN];
	struct hash hash;
	struct str file;
	uint64_t index;

	(void)state;
	file = publish(office, "2026-a", "");
	hash = hash_of(file);
	assert_true(is_logged(office, file, &index));
	assert_int_equal(index, 1);
	assert_int_equal(published(office), 2);
	leaf_at(office, 1, &leaf);
	assert_int_equal(leaf.kind, LEAF_RELEASE);
	assert_true(str_equal(leaf.id, leaf_id(id, STR("en"), STR("2026-a"))));
	assert_true(hash_equal(&leaf.hash, &hash));
	assert_int_equal(leaf.signature_count, 2);
	assert_int_equal(leaf.keys, 1);
	assert_int_equal(leaf.time, office->now);
	assert_false(leaf.has_previous);
	office_close(office);
}

static void a_draft_is_in_no_log(void **state)
{
	struct office *office = office_with_log(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft;
	uint64_t index;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	tend(office);
	assert_false(is_logged(office, file, &index));
	assert_int_equal(published(office), 1);
	office_close(office);
}

/* Three lifts, the last two at one second; the desk comes late, and another release goes public
 * before it has tended the log. */
static void leaves_stand_in_the_order_of_their_moments(void **state)
{
	struct office *office = office_with_log(2);
	struct str early, first, second, late;
	uint64_t index;

	(void)state;
	first = publish(office, "2026-first", "Publish-At: 2026-11-23T11:00:00Z\n");
	second = publish(office, "2026-second", "Publish-At: 2026-11-23T11:00:00Z\n");
	early = publish(office, "2026-early", "Publish-At: 2026-11-23T10:00:00Z\n");
	assert_int_equal(published(office), 1);
	office->now = MORNING + 3 * 3600;
	late = publish(office, "2026-late", "");
	assert_int_equal(published(office), 5);
	assert_true(is_logged(office, early, &index) && index == 1);
	assert_true(is_logged(office, first, &index) && index == 2);
	assert_true(is_logged(office, second, &index) && index == 3);
	assert_true(is_logged(office, late, &index) && index == 4);
	assert_int_equal(rows(office, TABLE_DUE), 0);
	office_close(office);
}

static void a_lift_is_in_the_log_when_the_desk_looks(void **state)
{
	struct office *office = office_with_log(2);
	static struct leaf leaf;
	struct str file;
	uint64_t index;

	(void)state;
	file = publish(office, "2026-a", "Publish-At: 2026-11-23T10:00:00Z\n");
	office->now = MORNING + 3599;
	tend(office);
	assert_false(is_logged(office, file, &index));
	assert_int_equal(published(office), 1);
	office->now = MORNING + 3600;
	tend(office);
	assert_true(is_logged(office, file, &index));
	leaf_at(office, 1, &leaf);
	assert_int_equal(leaf.time, MORNING + 3600);
	tend(office);
	assert_int_equal(published(office), 2);
	office_close(office);
}

static void a_dropped_schedule_never_becomes_a_leaf(void **state)
{
	struct office *office = office_with_log(2);
	struct act act;

	(void)state;
	publish(office, "2026-a", "Publish-At: 2026-11-23T10:00:00Z\n");
	assert_int_equal(rows(office, TABLE_DUE), 1);
	act = act_of(office, ALICE);
	done(newsroom_drop_draft(&office->room, &act, (struct edition){ STR("en"), STR("2026-a") },
				 NULL, why));
	office->now = MORNING + 7200;
	tend(office);
	assert_int_equal(published(office), 1);
	assert_int_equal(rows(office, TABLE_DUE), 0);
	office_close(office);
}

/* Set back by somebody after the lift: what the world has seen cannot be dropped. */
static void what_is_in_the_log_is_not_dropped(void **state)
{
	struct office *office = office_with_log(2);
	struct act act;

	(void)state;
	publish(office, "2026-a", "Publish-At: 2026-11-23T10:00:00Z\n");
	office->now = MORNING + 3600;
	tend(office);
	office->now = MORNING;
	act = act_of(office, ALICE);
	refused(newsroom_drop_draft(&office->room, &act,
				    (struct edition){ STR("en"), STR("2026-a") }, NULL, why),
		CONFLICT);
	office_close(office);
}

static void every_key_set_is_a_leaf(void **state)
{
	struct office *office = office_with_log(2);
	struct hash anchor = hash_of(arena_copy(&office->arena, buf_str(&office->keyset)));
	struct act act = act_of(office, ROOT);
	struct keyset_status status;
	static struct leaf leaf;
	struct str text;
	bool created;

	(void)state;
	text = keyset_text(office, 2, &anchor, 1);
	done(newsroom_save_keyset(&office->room, &act, 2, text, &office->arena, &status, &created,
				  why));
	assert_int_equal(published(office), 1);
	act = act_of(office, ROOT);
	done(newsroom_sign_keyset(&office->room, &act, 2, &office->keys[ROOT].public.id,
				  sign_file(office, ROOT, text), &office->arena, &status, why));
	assert_int_equal(published(office), 2);
	leaf_at(office, 1, &leaf);
	assert_int_equal(leaf.kind, LEAF_KEYS);
	assert_int_equal(leaf.revision, 2);
	assert_true(hash_equal(&leaf.previous, &anchor));
	office_close(office);
}

/* --- what readers get ----------------------------------------------------------------------- */

static bool has_tile(struct office *office, const char *path, struct buf *out)
{
	struct store_txn *txn = begin(office);
	struct fault why;
	struct tile tile;
	bool found;

	assert_true(tile_parse(str_from(path), &tile));
	buf_clear(out);
	found = reading_tile(txn, &tile, out, &why);
	if (!found)
		assert_int_equal(why.kind, NOT_FOUND);
	store_read_end(&txn);
	return found;
}

static void tiles_end_where_the_checkpoint_does(void **state)
{
	struct office *office = office_with_log(2);
	struct str rest, entry;
	struct buf out;
	size_t count = 0;
	struct hash hash;

	(void)state;
	buf_init(&out, TILE_WIDTH * (LEAF_MAX + 2));
	publish(office, "2026-a", "");
	publish(office, "2026-b", "");
	/* Accepted without anybody who signs the log: appended, and not published. */
	{
		struct logbook *away = office->room.logbook;

		office->room.logbook = NULL;
		publish(office, "2026-c", "");
		office->room.logbook = away;
	}
	assert_int_equal(rows(office, TABLE_LEAVES), 4);
	assert_true(has_tile(office, "0/000.p/3", &out));
	assert_int_equal(out.len, 3 * HASH_SIZE);
	memcpy(hash.at, out.at + 2 * HASH_SIZE, HASH_SIZE);
	assert_true(has_tile(office, "entries/000.p/3", &out));
	for (rest = buf_str(&out); entries_next(&rest, &entry); count++)
		continue;
	assert_int_equal(count, 3);
	assert_int_equal(rest.len, 0);
	assert_false(has_tile(office, "0/000.p/4", &out));
	assert_false(has_tile(office, "entries/000.p/4", &out));
	assert_false(has_tile(office, "0/000", &out));
	assert_false(has_tile(office, "1/000.p/1", &out));
	tend(office);
	assert_true(has_tile(office, "0/000.p/4", &out));
	assert_memory_equal(out.at + 2 * HASH_SIZE, hash.at, HASH_SIZE);
	buf_release(&out);
	office_close(office);
}

static void a_bundle_holds_all_that_is_needed(void **state)
{
	struct office *office = office_with_log(2);
	struct vkey vkey = vkey_of(office);
	struct buf out, again;
	struct checkpoint checkpoint;
	struct revision revision;
	struct log_proof proof;
	struct store_txn *txn;
	struct str file, bytes, leaf;
	char name[64];

	(void)state;
	file = publish(office, "2026-a", "");
	publish(office, "2026-b", "");
	txn = begin(office);
	assert_true(reading_release(txn, STR("en"), STR("2026-a"), office->now, &revision));
	buf_init(&out, PAGE_MAX);
	buf_init(&again, PAGE_MAX);
	done(reading_bundle(txn, &revision, &out, why));
	done(reading_bundle(txn, &revision, &again, why));
	assert_true(str_equal(buf_str(&out), buf_str(&again)));
	done(bundle_find(buf_str(&out), BUNDLE_RELEASE, &bytes, why));
	assert_true(str_equal(bytes, file));
	for (int who = ALICE; who <= BOB; who += BOB - ALICE) {
		struct signature signature;

		snprintf(name, sizeof name, "release.txt.%s.minisig",
			 KEY_ID_TEXT(&office->keys[who].public.id));
		done(bundle_find(buf_str(&out), name, &bytes, why));
		done(signature_parse(bytes, &signature, why));
		done(signature_verify(&signature, &office->keys[who].public, file, why));
	}
	done(bundle_find(buf_str(&out), "keys/1.txt", &bytes, why));
	done(bundle_find(buf_str(&out), BUNDLE_LEAF, &leaf, why));
	done(bundle_find(buf_str(&out), BUNDLE_PROOF, &bytes, why));
	done(log_proof_parse(bytes, &proof, why));
	done(log_proof_check(&proof, leaf, &vkey, &checkpoint, why));
	assert_int_equal(proof.index, 1);
	done(bundle_find(buf_str(&out), "log/keys/1.leaf", &leaf, why));
	done(bundle_find(buf_str(&out), "log/keys/1.proof", &bytes, why));
	done(log_proof_parse(bytes, &proof, why));
	done(log_proof_check(&proof, leaf, &vkey, &checkpoint, why));
	assert_int_equal(proof.index, 0);
	store_read_end(&txn);
	buf_release(&out);
	buf_release(&again);
	office_close(office);
}

/* --- when it stops ------------------------------------------------------------------------------
 */

static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void shell(const char *format, ...)
{
	char command[512];
	va_list values;

	va_start(values, format);
	vsnprintf(command, sizeof command, format, values);
	va_end(values);
	assert_int_equal(system(command), 0);
}

static bool try_to_publish(struct office *office, const char *slug, struct fault *fault)
{
	struct str file = release_text(office, slug, "2026-11-23", "");
	struct draft draft;

	done(save(office, ALICE, slug, file, NULL, &draft, why));
	done(sign(office, ALICE, slug, file, &draft, why));
	return sign(office, BOB, slug, file, &draft, fault);
}

static void a_restored_backup_stops_the_log(void **state)
{
	struct office *office = office_with_log(2);

	(void)state;
	publish(office, "2026-a", "");
	store_close(&office->room.store);
	shell("cp %s/data.mdb %s/backup", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	done(logbook_check(&office->room, why));
	publish(office, "2026-b", "");
	store_close(&office->room.store);
	shell("cp %s/backup %s/data.mdb", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	refused(logbook_check(&office->room, why), LOG_STOPPED);
	refused(try_to_publish(office, "2026-c", why), LOG_STOPPED);
	/* Nothing was published, and reading goes on. */
	assert_false(is_public(office, "2026-c", office->now));
	assert_true(is_public(office, "2026-a", office->now));
	assert_int_equal(published(office), 2);
	/* An embargo is refused, too: at its lift there would be no leaf. */
	{
		struct str file = release_text(office, "2026-d", "2026-11-23",
					       "Publish-At: 2026-11-23T10:00:00Z\n");
		struct draft draft;

		done(save(office, ALICE, "2026-d", file, NULL, &draft, why));
		done(sign(office, ALICE, "2026-d", file, &draft, why));
		refused(sign(office, BOB, "2026-d", file, &draft, why), LOG_STOPPED);
	}
	office_close(office);
}

/* A state file as a desk leaves it that dies between its commit and the file: `next` is what the
 * file with the ending .after has. */
static void die_in_between(struct office *office, uint64_t before)
{
	const char *state = office->log_state;

	shell("{ cat %s.before; sed -n 's/^at \\(.*\\)/next \\1 %llu/p' %s.after; } > %s", state,
	      (unsigned long long)before, state, state);
}

static void what_a_crash_left_is_settled_at_the_start(void **state)
{
	struct office *office = office_with_log(2);
	uint64_t before;

	(void)state;
	publish(office, "2026-a", "");
	shell("cp %s %s.before", office->log_state, office->log_state);
	store_close(&office->room.store);
	shell("cp %s/data.mdb %s/backup", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	before = store_version(office->room.store);
	publish(office, "2026-b", "");
	shell("cp %s %s.after", office->log_state, office->log_state);

	/* Committed, and the file does not know yet. */
	die_in_between(office, before);
	done(logbook_recover(&office->room, why));
	shell("cmp %s %s.after", office->log_state, office->log_state);

	/* Never committed: the store is the one that was there before. */
	store_close(&office->room.store);
	shell("cp %s/backup %s/data.mdb", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	die_in_between(office, before);
	done(logbook_recover(&office->room, why));
	shell("cmp %s %s.before", office->log_state, office->log_state);

	/* An older store, from a backup: stopped, whatever is written to it from then on. */
	die_in_between(office, before + 1);
	refused(logbook_recover(&office->room, why), LOG_STOPPED);
	for (int i = 0; i < 3; i++)
		refused(try_to_publish(office, "2026-c", why), LOG_STOPPED);
	assert_true(store_version(office->room.store) > before + 1);
	refused(logbook_recover(&office->room, why), LOG_STOPPED);
	office_close(office);
}

enum { SMALL = 4 << 20 }; /* bytes: an office, and little more */

static struct office *office_in_small_store(void)
{
	const struct store_options options = { .map_size = SMALL };
	struct office *office = office_founded_in(&options, 2);

	office_begin_log(office);
	return office_in_force(office);
}

struct twice {
	struct office *office;
	const int64_t *moments; /* at which the log is extended, one a time */
	int runs;
};

/* The first time it asks for more room than there is: the store grows, and has it done again. */
static bool extend_twice(struct store_txn *txn, void *ctx, struct fault *why)
{
	static char all[SMALL];
	struct twice *twice = ctx;
	struct store_key key = key_meta("room");
	int64_t moment = twice->moments[twice->runs];

	if (!logbook_extend(txn, &twice->office->room, moment, why))
		return false;
	if (twice->runs++ == 0)
		store_put(txn, TABLE_META, &key, (struct str){ all, sizeof all });
	return true;
}

static void done_twice(struct office *office, const int64_t moments[2])
{
	struct twice twice = { office, moments, 0 };

	done(logbook_write(&office->room, extend_twice, &twice, why));
	assert_int_equal(twice.runs, 2);
}

/* The clock goes back between the two, and the second signs nothing. */
static void a_checkpoint_of_an_attempt_that_was_undone_was_never_signed(void **state)
{
	const int64_t moments[] = { MORNING + 3600, MORNING + 3599 };
	struct office *office = office_in_small_store();

	(void)state;
	publish(office, "2026-a", "Publish-At: 2026-11-23T10:00:00Z\n");
	done_twice(office, moments);
	assert_int_equal(published(office), 1);
	done(logbook_check(&office->room, why));
	office->now = MORNING + 3600;
	tend(office);
	assert_int_equal(published(office), 2);
	assert_no_differences(office);
	office_close(office);
}

/* The mark of a copy comes back with what was undone. */
static void what_a_copy_signs_first_may_be_done_twice(void **state)
{
	const int64_t moments[] = { MORNING + 3600, MORNING + 3600 };
	struct office *office = office_in_small_store();

	(void)state;
	publish(office, "2026-a", "Publish-At: 2026-11-23T10:00:00Z\n");
	done(newsroom_mark_copy(&office->room, office->now, why));
	done_twice(office, moments);
	assert_int_equal(published(office), 2);
	done(logbook_check(&office->room, why));
	office_close(office);
}

/* A backup that was made right before the transaction in which the desk died has the very version
 * that an interrupted one would have, and its readers may have seen more. */
static void a_backup_is_never_taken_for_what_was_there_before_a_crash(void **state)
{
	struct office *office = office_with_log(2);
	uint64_t before;

	(void)state;
	publish(office, "2026-a", "");
	shell("cp %s %s.before", office->log_state, office->log_state);
	store_close(&office->room.store);
	shell("cp %s/data.mdb %s/newest", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	/* What the command backup does with its copy. */
	done(newsroom_mark_copy(&office->room, office->now, why));
	store_close(&office->room.store);
	shell("mv %s/data.mdb %s/backup && cp %s/newest %s/data.mdb", office->folder,
	      office->folder, office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	before = store_version(office->room.store);
	publish(office, "2026-b", "");
	shell("cp %s %s.after", office->log_state, office->log_state);
	die_in_between(office, before);
	store_close(&office->room.store);
	shell("cp %s/backup %s/data.mdb", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	assert_true(store_version(office->room.store) >= before);
	refused(try_to_publish(office, "2026-c", why), LOG_STOPPED);
	refused(logbook_recover(&office->room, why), LOG_STOPPED);
	refused(logbook_recover(&office->room, why), LOG_STOPPED);
	refused(try_to_publish(office, "2026-c", why), LOG_STOPPED);
	office_close(office);
}

/* The newest backup, and nothing was signed since: the log goes on, and a crash from then on is one
 * like any other. */
static void the_log_goes_on_from_a_backup_that_lacks_nothing(void **state)
{
	struct office *office = office_with_log(2);
	uint64_t before;

	(void)state;
	publish(office, "2026-a", "");
	done(newsroom_mark_copy(&office->room, office->now, why));
	done(logbook_recover(&office->room, why));
	shell("cp %s %s.before", office->log_state, office->log_state);
	store_close(&office->room.store);
	shell("cp %s/data.mdb %s/backup", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	before = store_version(office->room.store);
	publish(office, "2026-b", "");
	shell("cp %s %s.after", office->log_state, office->log_state);
	/* Never committed: forgotten. */
	store_close(&office->room.store);
	shell("cp %s/backup %s/data.mdb", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	die_in_between(office, before);
	done(logbook_recover(&office->room, why));
	publish(office, "2026-c", "");
	office_close(office);
}

/* The state file put in place while the desk runs: the mark goes with the first signature. */
static void signing_makes_a_copy_the_desks_own(void **state)
{
	struct office *office = office_with_log(2);
	uint64_t before;

	(void)state;
	publish(office, "2026-a", "");
	done(newsroom_mark_copy(&office->room, office->now, why));
	publish(office, "2026-b", "");
	shell("cp %s %s.before", office->log_state, office->log_state);
	store_close(&office->room.store);
	shell("cp %s/data.mdb %s/backup", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	before = store_version(office->room.store);
	publish(office, "2026-c", "");
	shell("cp %s %s.after", office->log_state, office->log_state);
	store_close(&office->room.store);
	shell("cp %s/backup %s/data.mdb", office->folder, office->folder);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	die_in_between(office, before);
	done(logbook_recover(&office->room, why));
	office_close(office);
}

static struct str last_checkpoint(struct office *office)
{
	struct store_txn *txn = begin(office);
	struct log_head head;
	struct str copy;

	assert_true(reading_log(txn, &head));
	copy = arena_copy(&office->arena, head.checkpoint);
	store_read_end(&txn);
	return copy;
}

static void a_lost_state_file_is_written_anew_from_somebody_elses_checkpoint(void **state)
{
	struct office *office = office_with_log(2);
	struct str early, last;

	(void)state;
	early = last_checkpoint(office);
	publish(office, "2026-a", "");
	last = last_checkpoint(office);
	refused(logbook_resume(&office->room, last, why), CONFLICT);
	shell("mv %s %s.away", office->log_state, office->log_state);
	refused(logbook_resume(&office->room, STR("nonsense\n"), why), INVALID);
	done(logbook_resume(&office->room, last, why));
	shell("cmp %s %s.away", office->log_state, office->log_state);
	/* Whoever has an older one says less, and nothing else. */
	shell("rm %s", office->log_state);
	done(logbook_resume(&office->room, early, why));
	shell("cmp %s %s.away", office->log_state, office->log_state);
	publish(office, "2026-b", "");
	office_close(office);
}

static void an_older_store_does_not_go_on_from_a_newer_checkpoint(void **state)
{
	struct office *office = office_with_log(2);
	struct str newer;

	(void)state;
	publish(office, "2026-a", "");
	store_close(&office->room.store);
	shell("cp %s/data.mdb %s/backup && cp %s %s.old", office->folder, office->folder,
	      office->log_state, office->log_state);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	publish(office, "2026-b", "");
	newer = last_checkpoint(office);
	store_close(&office->room.store);
	shell("cp %s/backup %s/data.mdb && rm %s", office->folder, office->folder,
	      office->log_state);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	refused(logbook_resume(&office->room, newer, why), LOG_STOPPED);
	/* Nor does one with another past of that length. */
	shell("cp %s.old %s", office->log_state, office->log_state);
	publish(office, "2026-c", "");
	shell("rm %s", office->log_state);
	refused(logbook_resume(&office->room, newer, why), LOG_STOPPED);
	office_close(office);
}

/* The same size, and another past. */
static void another_history_of_the_same_length_stops_the_log(void **state)
{
	struct office *office = office_with_log(2);

	(void)state;
	publish(office, "2026-a", "");
	store_close(&office->room.store);
	shell("cp %s/data.mdb %s/backup && cp %s %s.old", office->folder, office->folder,
	      office->log_state, office->log_state);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	publish(office, "2026-b", "");
	store_close(&office->room.store);
	shell("cp %s/backup %s/data.mdb && cp %s %s.new && cp %s.old %s", office->folder,
	      office->folder, office->log_state, office->log_state, office->log_state,
	      office->log_state);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	publish(office, "2026-c", "");
	shell("cp %s.new %s", office->log_state, office->log_state);
	refused(try_to_publish(office, "2026-d", why), LOG_STOPPED);
	office_close(office);
}

static void a_lost_state_file_stops_the_log(void **state)
{
	struct office *office = office_with_log(2);

	(void)state;
	publish(office, "2026-a", "");
	shell("mv %s %s.away", office->log_state, office->log_state);
	refused(try_to_publish(office, "2026-b", why), LOG_STOPPED);
	shell("echo nonsense > %s", office->log_state);
	refused(try_to_publish(office, "2026-c", why), LOG_STOPPED);
	shell("mv %s.away %s", office->log_state, office->log_state);
	publish(office, "2026-d", "");
	assert_int_equal(published(office), 3);
	office_close(office);
}

static void a_log_without_its_key_is_stopped(void **state)
{
	struct office *office = office_with_log(2);

	(void)state;
	shell("mv %s %s.away", office->log_key, office->log_key);
	refused(logbook_check(&office->room, why), LOG_STOPPED);
	refused(try_to_publish(office, "2026-a", why), LOG_STOPPED);
	shell("mv %s.away %s", office->log_key, office->log_key);
	publish(office, "2026-b", "");
	office_close(office);
}

/* --- another key
 * ----------------------------------------------------------------------------------- */

/* Key set 2, handed in and signed. */
static bool put_keys(struct office *office, struct str text, struct fault *fault)
{
	struct act act = act_of(office, ROOT);
	struct keyset_status status;
	bool created;

	done(newsroom_save_keyset(&office->room, &act, 2, text, &office->arena, &status, &created,
				  why));
	act = act_of(office, ROOT);
	return newsroom_sign_keyset(&office->room, &act, 2, &office->keys[ROOT].public.id,
				    sign_file(office, ROOT, text), &office->arena, &status, fault);
}

/* Key set 2 names `next` as the log's key. */
static bool rotate(struct office *office, const struct secret_key *next, struct fault *fault)
{
	struct hash anchor = hash_of(buf_str(&office->keyset));
	struct secret_key before = office->keys[STRANGER];
	struct str text;

	office->keys[STRANGER] = *next;
	text = keyset_text(office, 2, &anchor, 2);
	office->keys[STRANGER] = before;
	return put_keys(office, text, fault);
}

static void a_key_set_moves_the_log_to_another_key(void **state)
{
	struct office *office = office_with_log(2);
	struct secret_key next;
	struct secret file;
	char path[128];

	(void)state;
	publish(office, "2026-a", "");
	assert_true(secret_key_new(&next, NULL));
	/* Not before its key is there: a log that nobody can sign is of no use. */
	refused(rotate(office, &next, why), LOG_STOPPED);
	assert_true(secret_key_format(&next, NULL, &file, NULL));
	snprintf(path, sizeof path, "%s.next", office->log_key);
	done(file_write(path, (struct str){ (const char *)file.at, file.len }, 0600, why));
	secret_free(&file);
	keyset_text(office, 1, NULL, 2);
	done(rotate(office, &next, why));
	secret_key_free(&office->keys[STRANGER]);
	office->keys[STRANGER] = next;
	assert_int_equal(published(office), 3);
	publish(office, "2026-b", "");
	assert_int_equal(published(office), 4);
	shell("mv %s.next %s", office->log_key, office->log_key);
	publish(office, "2026-c", "");
	assert_int_equal(published(office), 5);
	office_close(office);
}

/* --- a clock that goes back
 * ----------------------------------------------------------------------------------- */

/* An office whose clock is a second behind its log. */
static struct office *office_behind(void)
{
	struct office *office = office_with_log(2);

	office->now = MORNING + 100;
	publish(office, "2026-a", "");
	office->now--;
	return office;
}

static void what_is_published_behind_the_log_waits_for_its_time(void **state)
{
	struct office *office = office_behind();
	static struct leaf leaf;
	struct str file;
	uint64_t index;

	(void)state;
	file = publish(office, "2026-b", "");
	assert_false(is_public(office, "2026-b", office->now));
	assert_true(is_public(office, "2026-b", MORNING + 100));
	assert_int_equal(rows(office, TABLE_SCHEDULE), 1);
	assert_int_equal(published(office), 2);
	assert_no_differences(office);
	office->now = MORNING + 100;
	tend(office);
	assert_true(is_logged(office, file, &index) && index == 2);
	leaf_at(office, 2, &leaf);
	assert_int_equal(leaf.time, MORNING + 100);
	assert_int_equal(rows(office, TABLE_DUE), 0);
	assert_no_differences(office);
	office_close(office);
}

/* Its checkpoint would come before its leaf. */
static void another_log_key_does_not_come_behind_the_log(void **state)
{
	struct office *office = office_behind();
	struct secret_key next;

	(void)state;
	assert_true(secret_key_new(&next, NULL));
	refused(rotate(office, &next, why), BUSY);
	assert_no_differences(office);
	assert_int_equal(published(office), 2);
	secret_key_free(&next);
	office_close(office);
}

/* And what is signed under it comes behind it. */
static void a_key_set_behind_the_log_waits_for_its_time(void **state)
{
	struct office *office = office_behind();
	static struct leaf leaf;

	(void)state;
	done(rotate(office, &office->keys[STRANGER], why)); /* to the same key */
	assert_int_equal(published(office), 2);
	assert_no_differences(office);
	publish(office, "2026-b", "");
	assert_int_equal(published(office), 2);
	assert_int_equal(rows(office, TABLE_DUE), 2);
	assert_no_differences(office);
	office->now = MORNING + 100;
	tend(office);
	assert_int_equal(published(office), 4);
	leaf_at(office, 2, &leaf);
	assert_int_equal(leaf.kind, LEAF_KEYS);
	assert_int_equal(leaf.time, MORNING + 100);
	leaf_at(office, 3, &leaf);
	assert_int_equal(leaf.kind, LEAF_RELEASE);
	assert_int_equal(leaf.keys, 2);
	assert_no_differences(office);
	office_close(office);
}

/* --- witnesses
 * ------------------------------------------------------------------------------------- */

/* Key set 2, which names this key as a witness's. */
static struct str keys_with_witness(struct office *office, enum who who, struct str name)
{
	struct hash anchor = hash_of(buf_str(&office->keyset));
	struct str text = keyset_text(office, 2, &anchor, 2);
	size_t at = str_find_str(text, STR("\nkey ")) + 1;
	struct buf vkey;

	buf_init(&vkey, VKEY_MAX);
	vkey_format(name, VKEY_COSIGNATURE, office->keys[who].public.key, &vkey);
	text = arena_printf(&office->arena, "%.*switness %.*s\n%.*s", STR_ARG(str_first(text, at)),
			    STR_ARG(buf_str(&vkey)), STR_ARG(str_skip(text, at)));
	buf_release(&vkey);
	return text;
}

static void cosign(struct office *office, enum who who, struct str name)
{
	struct checkpoint checkpoint;
	struct buf answer;
	size_t added;

	assert_true(checkpoint_parse(last_checkpoint(office), &checkpoint, NULL));
	buf_init(&answer, NOTE_MAX);
	note_sign(checkpoint.note.text, name, VKEY_COSIGNATURE, office->now, &office->keys[who],
		  &answer);
	done(logbook_cosign(&office->room, buf_str(&answer), &added, why));
	assert_int_equal(added, 1);
	buf_release(&answer);
}

/* A day without a leaf, and the witness may be away: the checkpoint is of a new moment and keeps
 * what is beneath it. */
static void a_cosignature_outlives_the_day(void **state)
{
	struct office *office = office_with_log(2);
	struct str witness = STR("witness.example/w1"), plain, cosigned;
	struct store_txn *txn;
	struct log_head head;

	(void)state;
	done(put_keys(office, keys_with_witness(office, LEFT, witness), why));
	plain = last_checkpoint(office);
	cosign(office, LEFT, witness);
	cosigned = last_checkpoint(office);
	assert_true(cosigned.len > plain.len);
	office->now += 24 * 3600;
	tend(office);
	assert_true(str_equal(last_checkpoint(office), cosigned));
	txn = begin(office);
	assert_true(reading_log(txn, &head));
	assert_int_equal(head.signed_at, office->now);
	store_read_end(&txn);
	assert_no_differences(office);
	office_close(office);
}

/* --- disputes
 * -------------------------------------------------------------------------------------- */

static bool is_disputed(struct office *office, const char *slug)
{
	struct store_txn *txn = begin(office);
	struct disputes disputes = reading_disputes(txn, &office->arena);
	struct revision revision;
	bool disputed;

	assert_true(reading_release(txn, STR("en"), str_from(slug), office->now, &revision));
	disputed = disputes_has(&disputes, &revision);
	store_read_end(&txn);
	return disputed;
}

/* Alice's key is compromised from index 2 on: b is disputed, a is older, c has a quorum without. */
static void what_a_stolen_key_made_public_is_disputed(void **state)
{
	struct office *office = office_with_log(2);
	struct hash anchor = hash_of(buf_str(&office->keyset));
	struct draft draft;
	struct str file;

	(void)state;
	publish(office, "2026-a", "");
	publish(office, "2026-b", "");
	file = release_text(office, "2026-c", "2026-11-23", "");
	done(save(office, CAROL, "2026-c", file, NULL, &draft, why));
	done(sign(office, CAROL, "2026-c", file, &draft, why));
	done(sign(office, BOB, "2026-c", file, &draft, why));
	assert_false(is_disputed(office, "2026-b"));
	office->stolen = ALICE;
	office->stolen_from = 2;
	done(put_keys(office, keyset_text(office, 2, &anchor, 2), why));
	assert_false(is_disputed(office, "2026-a"));
	assert_true(is_disputed(office, "2026-b"));
	assert_false(is_disputed(office, "2026-c"));
	office_close(office);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaf_0_is_key_set_1),
		cmocka_unit_test(what_goes_public_at_once_is_under_a_checkpoint_at_once),
		cmocka_unit_test(a_draft_is_in_no_log),
		cmocka_unit_test(leaves_stand_in_the_order_of_their_moments),
		cmocka_unit_test(a_lift_is_in_the_log_when_the_desk_looks),
		cmocka_unit_test(a_dropped_schedule_never_becomes_a_leaf),
		cmocka_unit_test(what_is_in_the_log_is_not_dropped),
		cmocka_unit_test(every_key_set_is_a_leaf),
		cmocka_unit_test(tiles_end_where_the_checkpoint_does),
		cmocka_unit_test(a_bundle_holds_all_that_is_needed),
		cmocka_unit_test(a_restored_backup_stops_the_log),
		cmocka_unit_test(a_backup_is_never_taken_for_what_was_there_before_a_crash),
		cmocka_unit_test(the_log_goes_on_from_a_backup_that_lacks_nothing),
		cmocka_unit_test(signing_makes_a_copy_the_desks_own),
		cmocka_unit_test(a_lost_state_file_is_written_anew_from_somebody_elses_checkpoint),
		cmocka_unit_test(an_older_store_does_not_go_on_from_a_newer_checkpoint),
		cmocka_unit_test(what_a_crash_left_is_settled_at_the_start),
		cmocka_unit_test(a_checkpoint_of_an_attempt_that_was_undone_was_never_signed),
		cmocka_unit_test(what_a_copy_signs_first_may_be_done_twice),
		cmocka_unit_test(another_history_of_the_same_length_stops_the_log),
		cmocka_unit_test(a_lost_state_file_stops_the_log),
		cmocka_unit_test(a_log_without_its_key_is_stopped),
		cmocka_unit_test(a_key_set_moves_the_log_to_another_key),
		cmocka_unit_test(what_is_published_behind_the_log_waits_for_its_time),
		cmocka_unit_test(a_key_set_behind_the_log_waits_for_its_time),
		cmocka_unit_test(another_log_key_does_not_come_behind_the_log),
		cmocka_unit_test(a_cosignature_outlives_the_day),
		cmocka_unit_test(what_a_stolen_key_made_public_is_disputed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

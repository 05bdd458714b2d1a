/* A backup against what happens between its steps: sweeps, uploads, losses. */
#include "../newsroom/office.h"

#include "../../../src/operator/backup.h"

#define WEEK ATTACHMENT_UNUSED_SECONDS

static struct office *office;
static struct backup backup;
static struct call call = { .program = "backup_test" };
static char files[96], spool[96], folder[96];

static int set_up(void **state)
{
	(void)state;
	office = office_open(1);
	snprintf(files, sizeof files, "%s/files", office->folder);
	snprintf(spool, sizeof spool, "%s/spool", office->folder);
	snprintf(folder, sizeof folder, "%s/backup", office->folder);
	office->room.files = files;
	office->room.spool = spool;
	assert_true(folder_make(spool, 0700, NULL));
	done(newsroom_clear_leftovers(&office->room, why));
	backup = (struct backup){ .call = &call, .newsroom = office->room };
	manifest_init(&backup.manifest);
	done(deposit_open(&backup.deposit, folder, 0700, 0600, why));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	deposit_close(&backup.deposit);
	manifest_release(&backup.manifest);
	free(backup.before.at);
	free(backup.in_copy.at);
	office_close(office);
	return 0;
}

static struct hash upload(const char *text)
{
	struct act act = act_of(office, ALICE);
	struct str bytes = str_from(text);
	struct hash hash = hash_of(bytes);
	struct content_digest digest = { .has_sha256 = true };
	struct upload *upload = NULL;
	uint64_t size;
	bool created;

	memcpy(digest.sha256, hash.at, HASH_SIZE);
	done(newsroom_upload_begin(&office->room, bytes.len, &upload, why));
	done(newsroom_upload_add(upload, bytes, why));
	done(newsroom_upload_keep(upload, &act, &digest, &hash, &size, &created, why));
	newsroom_upload_end(&upload);
	return hash;
}

static bool has(const struct hash *hash)
{
	char name[ATTACHMENT_PATH_SIZE + 16], below[ATTACHMENT_PATH_SIZE];
	bool listed, there;

	snprintf(name, sizeof name, "store/files/%s", attachment_file(below, hash));
	listed = manifest_find(&backup.manifest, str_from(name)) != NULL;
	there = deposit_has(&backup.deposit, str_from(name));
	assert_int_equal(listed, there);
	return listed;
}

static void what_is_swept_meanwhile_is_not_in_it_and_what_comes_meanwhile_is(void **state)
{
	struct hash old = upload("old"), fresh, kept;

	(void)state;
	office->now += WEEK;
	kept = upload("kept");
	done(backup_keep_before(&backup, why));
	office->now += 2;
	clock_fix(office->now);
	done(newsroom_tidy(&office->room, office->now, why));
	fresh = upload("fresh");
	done(backup_keep_store(&backup, why));
	done(backup_keep_rest(&backup, why));
	assert_false(has(&old));
	assert_true(has(&kept));
	assert_true(has(&fresh));
	assert_int_equal(backup.lost, 0);
}

/* The other order would lose it: the copy speaks of a file that is gone by the time it is asked
 * for. */
static void what_is_swept_behind_the_copy_is_still_in_it(void **state)
{
	struct hash old = upload("old");

	(void)state;
	done(backup_keep_before(&backup, why));
	done(backup_keep_store(&backup, why));
	office->now += WEEK + 1;
	clock_fix(office->now);
	done(newsroom_tidy(&office->room, office->now, why));
	assert_int_equal(rows(office, TABLE_ATTACHMENTS), 0);
	done(backup_keep_rest(&backup, why));
	assert_true(has(&old));
	assert_int_equal(backup.lost, 0);
}

static void what_is_damaged_is_left_out_and_counted(void **state)
{
	struct hash good = upload("good"), bad = upload("bad"), gone = upload("gone");
	char below[ATTACHMENT_PATH_SIZE];
	struct path path;

	(void)state;
	assert_true(path_join(&path, files, str_from(attachment_file(below, &bad)), NULL));
	assert_true(file_write(path.at, STR("dab"), 0640, NULL));
	assert_true(path_join(&path, files, str_from(attachment_file(below, &gone)), NULL));
	assert_int_equal(unlink(path.at), 0);
	done(backup_keep_before(&backup, why));
	done(backup_keep_store(&backup, why));
	done(backup_keep_rest(&backup, why));
	assert_true(has(&good));
	assert_false(has(&bad) || has(&gone));
	assert_int_equal(backup.lost, 2);
}

static void the_copy_says_that_it_is_one_and_the_store_does_not(void **state)
{
	struct newsroom copy = { .site = STR("press.example") };
	struct store_key key = key_begin();
	struct store_txn *txn = NULL;
	struct path path;
	struct str value;

	(void)state;
	key_add_text(&key, STR("copied"));
	done(backup_keep_store(&backup, why));
	assert_non_null(manifest_find(&backup.manifest, STR("store/data.mdb")));
	assert_false(deposit_has(&backup.deposit, STR("store/lock.mdb")));
	done(store_read_begin(office->room.store, &txn, why));
	assert_false(store_get(txn, TABLE_META, &key, &value));
	store_read_end(&txn);
	assert_true(path_join(&path, backup.deposit.part.at, STR("store"), NULL));
	done(store_open(&copy.store, path.at, STORE_AT_REST, NULL, why));
	done(store_read_begin(copy.store, &txn, why));
	assert_true(store_get(txn, TABLE_META, &key, &value));
	store_read_end(&txn);
	store_close(&copy.store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_swept_meanwhile_is_not_in_it_and_what_comes_meanwhile_is),
		TEST(what_is_swept_behind_the_copy_is_still_in_it),
		TEST(what_is_damaged_is_left_out_and_counted),
		TEST(the_copy_says_that_it_is_one_and_the_store_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

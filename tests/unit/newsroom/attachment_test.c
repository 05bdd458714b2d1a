/* Attachments: uploads that are kept or not, who may read them and when, what is swept. */
#include <fcntl.h>
#include <sys/stat.h>

#include "office.h"

#include <dirent.h>
#include <sys/stat.h>

#include <communique/file.h>

#define WEEK ATTACHMENT_UNUSED_SECONDS

static char files[96], spool[96];

static int begin(void **state)
{
	struct office *office = office_open(1);

	snprintf(files, sizeof files, "%s/files", office->folder);
	snprintf(spool, sizeof spool, "%s/spool", office->folder);
	assert_true(folder_make(spool, 0700, NULL));
	office->room.files = files;
	office->room.spool = spool;
	done(newsroom_clear_leftovers(&office->room, why));
	*state = office;
	return 0;
}

static int end(void **state)
{
	office_close(*state);
	return 0;
}

static size_t count_files(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static bool is_kept(const struct hash *hash)
{
	char path[256], below[ATTACHMENT_PATH_SIZE];

	snprintf(path, sizeof path, "%s/%s", files, attachment_file(below, hash));
	return access(path, R_OK) == 0;
}

static struct content_digest announced(struct str bytes)
{
	struct content_digest digest = { .has_sha256 = true };
	struct hash hash = hash_of(bytes);

	memcpy(digest.sha256, hash.at, HASH_SIZE);
	return digest;
}

static bool upload_as(struct office *office, const struct act *act, struct str bytes,
		      struct str claimed, const struct hash *hash, bool *created, struct fault *why)
{
	struct content_digest digest = announced(claimed);
	struct upload *upload = NULL;
	uint64_t size = 0;
	bool ok = newsroom_upload_begin(&office->room, bytes.len, &upload, why) &&
		  newsroom_upload_add(upload, str_first(bytes, 3), why) &&
		  newsroom_upload_add(upload, str_skip(bytes, 3), why) &&
		  newsroom_upload_keep(upload, act, &digest, hash, &size, created, why);

	newsroom_upload_end(&upload);
	assert_null(upload);
	assert_int_equal(count_files(spool), 0);
	if (ok)
		assert_int_equal(size, bytes.len);
	return ok;
}

static struct hash upload(struct office *office, const char *text)
{
	struct act act = act_of(office, ALICE);
	struct hash hash = hash_of(str_from(text));
	bool created;

	done(upload_as(office, &act, str_from(text), str_from(text), &hash, &created, why));
	return hash;
}

static void kept_once_under_its_hash(void **state)
{
	struct office *office = *state;
	struct hash hash = upload(office, "some bytes");
	struct act act = act_of(office, ALICE);
	struct str bytes = STR("some bytes");
	uint64_t audit = rows(office, TABLE_AUDIT);
	bool created = true;

	assert_true(is_kept(&hash));
	assert_int_equal(rows(office, TABLE_ATTACHMENTS), 1);
	done(upload_as(office, &act, bytes, bytes, &hash, &created, why));
	assert_false(created);
	assert_int_equal(rows(office, TABLE_ATTACHMENTS), 1);
	assert_int_equal(rows(office, TABLE_AUDIT), audit + 1);
	/* The very same request. */
	refused(upload_as(office, &act, bytes, bytes, &hash, &created, why), SIGNATURE_REPLAYED);
	assert_true(is_kept(&hash));
}

static void an_admitted_upload_may_take_an_hour(void **state)
{
	struct office *office = *state;
	struct hash hash = hash_of(STR("slow"));
	struct act act = act_of(office, ALICE), again = act;
	bool created;

	done(newsroom_admit(&office->room, &act, why));
	clock_fix(office->now + 3600);
	done(upload_as(office, &act, STR("slow"), STR("slow"), &hash, &created, why));
	clock_fix(office->now);
	refused(newsroom_admit(&office->room, &again, why), SIGNATURE_REPLAYED);
	clock_fix(office->now + 3600);
	again = act_of(office, LEFT);
	again.admitted = true; /* a key that was revoked in the meantime */
	refused(upload_as(office, &again, STR("slow"), STR("slow"), &hash, &created, why),
		KEY_UNKNOWN);
}

static void what_is_not_what_it_should_be_leaves_nothing(void **state)
{
	struct office *office = *state;
	struct hash hash = hash_of(STR("right")), wrong = hash_of(STR("wrong"));
	struct act act = act_of(office, ALICE);
	bool created;

	refused(upload_as(office, &act, STR("right"), STR("other"), &hash, &created, why),
		DIGEST_MISMATCH);
	refused(upload_as(office, &act, STR("right"), STR("right"), &wrong, &created, why),
		HASH_MISMATCH);
	assert_false(is_kept(&hash));
	assert_false(is_kept(&wrong));
	assert_int_equal(rows(office, TABLE_ATTACHMENTS), 0);
	/* Neither used the request up. */
	done(upload_as(office, &act, STR("right"), STR("right"), &hash, &created, why));
	assert_true(created);
}

static void a_lost_file_comes_back(void **state)
{
	struct office *office = *state;
	struct hash hash = upload(office, "once more");
	char path[256], below[ATTACHMENT_PATH_SIZE];

	snprintf(path, sizeof path, "%s/%s", files, attachment_file(below, &hash));
	assert_int_equal(unlink(path), 0);
	upload(office, "once more");
	assert_true(is_kept(&hash));
}

static void a_full_spool_is_busy(void **state)
{
	struct office *office = *state;
	struct upload *upload = NULL;
	struct fault why = { .kind = NO_FAULT };

	/* More than any disk has; file systems that cannot set space aside say nothing. */
	if (newsroom_upload_begin(&office->room, (uint64_t)1 << 50, &upload, &why))
		newsroom_upload_end(&upload);
	else
		assert_true(why.kind == DISK_FULL || why.kind == BROKEN);
	assert_null(upload);
	assert_int_equal(count_files(spool), 0);
}

/* A file without a row, of that moment. */
static struct hash leave(const char *bytes, int64_t when)
{
	const struct timespec times[2] = { { when, 0 }, { when, 0 } };
	struct hash hash = hash_of(str_from(bytes));
	char path[256], below[ATTACHMENT_PATH_SIZE];

	snprintf(path, sizeof path, "%s/%.2s", files, attachment_file(below, &hash));
	assert_true(folder_make(path, 0700, NULL));
	snprintf(path, sizeof path, "%s/%s", files, below);
	assert_true(file_create(path, str_from(bytes), 0600, NULL));
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	return hash;
}

static void leftovers_go_at_the_start(void **state)
{
	struct office *office = *state;
	struct hash hash = upload(office, "kept");
	struct hash old = leave("a week old", MORNING - WEEK - 1);
	struct hash young = leave("of a newer store, maybe", MORNING - WEEK);
	char path[256];

	snprintf(path, sizeof path, "%s/upload-123456", spool);
	assert_true(file_create(path, STR("half"), 0600, NULL));
	snprintf(path, sizeof path, "%s/else", spool);
	assert_true(file_create(path, STR("not ours"), 0600, NULL));

	done(newsroom_clear_leftovers(&office->room, why));
	assert_true(is_kept(&hash));
	assert_false(is_kept(&old));
	assert_true(is_kept(&young));
	assert_int_equal(count_files(spool), 1);
	assert_int_equal(unlink(path), 0);
}

/* --- reading ------------------------------------------------------------------------------ */

static bool may_read(struct office *office, const struct hash *hash, const char *name, int64_t now)
{
	struct store_txn *txn = NULL;
	struct attachment_use use;
	bool found;

	assert_true(store_read_begin(office->room.store, &txn, NULL));
	found = reading_attachment(txn, hash, str_from(name), now, &use);
	store_read_end(&txn);
	if (found)
		assert_true(use.public_at <= now && use.size > 0);
	return found;
}

static struct str attached(struct office *office, const char *slug, const char *fields,
			   const char *name, const struct hash *hash)
{
	struct buf more;
	struct str text;

	/* The fields stand in the order of communique-release(5). */
	buf_init(&more, 4096);
	buf_addf(&more, "Title: About %s\nAttachment: %s; sha256=%s\n", slug, name,
		 HASH_TEXT(hash));
	text = release_text(office, slug, "2026-11-23", fields);
	{
		struct str title = arena_printf(&office->arena, "Title: About %s\n", slug);
		size_t at = str_find_str(text, title);

		text = arena_printf(&office->arena, "%.*s%.*s%.*s", STR_ARG(str_first(text, at)),
				    STR_ARG(buf_str(&more)),
				    STR_ARG(str_skip(text, at + title.len)));
	}
	buf_release(&more);
	return text;
}

static void publish(struct office *office, const char *slug, struct str text)
{
	struct draft draft;

	done(save(office, ALICE, slug, text, NULL, &draft, why));
	done(sign(office, ALICE, slug, text, &draft, why));
}

static void readable_from_the_lift_on(void **state)
{
	struct office *office = *state;
	struct hash hash = upload(office, "embargoed");
	struct str text =
		attached(office, "later", "Publish-At: 2026-11-23T10:00:00Z\n", "a.pdf", &hash);
	int64_t lift = MORNING + 3600;

	assert_false(may_read(office, &hash, "a.pdf", MORNING));
	publish(office, "later", text);
	assert_false(may_read(office, &hash, "a.pdf", lift - 1));
	assert_true(may_read(office, &hash, "a.pdf", lift));
	assert_false(may_read(office, &hash, "b.pdf", lift));
	assert_false(may_read(office, &hash, "", lift));
}

static void a_kill_takes_it_away(void **state)
{
	struct office *office = *state;
	struct hash hash = upload(office, "regrettable");
	struct str text = attached(office, "gone", "", "a.pdf", &hash), kill;
	struct hash previous = hash_of(text);
	struct draft draft;

	publish(office, "gone", text);
	assert_true(may_read(office, &hash, "a.pdf", office->now));
	kill = arena_printf(&office->arena,
			    "Site: press.example\nRelease: gone\nLanguage: en\nRevision: 2\n"
			    "Previous: %s\nChange: kill\nChange-Note: A mistake.\n"
			    "Date: 2026-11-23\nKind: press-release\nTitle: About gone\n\n",
			    HASH_TEXT(&previous));
	office->now += 10;
	done(save(office, BOB, "gone", kill, NULL, &draft, why));
	done(sign(office, BOB, "gone", kill, &draft, why));
	assert_false(may_read(office, &hash, "a.pdf", office->now));
	/* Another release with the same file still gives it. */
	publish(office, "stays", attached(office, "stays", "", "b.pdf", &hash));
	assert_true(may_read(office, &hash, "b.pdf", office->now));
	assert_false(may_read(office, &hash, "a.pdf", office->now));
	/* What was killed stays gone, though the release comes back. */
	previous = hash_of(kill);
	kill = arena_printf(
		&office->arena,
		"Site: press.example\nRelease: gone\nLanguage: en\nRevision: 3\n"
		"Previous: %s\nChange: reinstatement\nChange-Note: Without the file.\n"
		"Date: 2026-11-23\nKind: press-release\nTitle: About gone\n\n1. Text.\n",
		HASH_TEXT(&previous));
	office->now += 10;
	done(save(office, BOB, "gone", kill, NULL, &draft, why));
	done(sign(office, BOB, "gone", kill, &draft, why));
	assert_true(is_public(office, "gone", office->now));
	assert_false(may_read(office, &hash, "a.pdf", office->now));
}

static void two_names_of_the_same_bytes(void **state)
{
	struct office *office = *state;
	struct hash hash = upload(office, "twins");
	struct str names = arena_printf(&office->arena, "one.pdf; sha256=%s\nAttachment: two.pdf",
					HASH_TEXT(&hash));

	publish(office, "twins",
		attached(office, "twins", "", arena_cstr(&office->arena, names), &hash));
	assert_true(may_read(office, &hash, "one.pdf", office->now));
	assert_true(may_read(office, &hash, "two.pdf", office->now));
	assert_false(may_read(office, &hash, "three.pdf", office->now));
}

/* --- sweeping ------------------------------------------------------------------------------ */

static void tidy(struct office *office, int64_t now)
{
	for (int i = 0; i < 10; i++)
		done(newsroom_tidy(&office->room, now, why));
}

static void the_unused_go_after_a_week(void **state)
{
	struct office *office = *state;
	struct hash unused = upload(office, "unused"), drafted = upload(office, "drafted");
	struct hash used = upload(office, "used"), again = upload(office, "again");
	struct draft draft;

	publish(office, "used", attached(office, "used", "", "a.pdf", &used));
	done(save(office, ALICE, "drafted", attached(office, "drafted", "", "a.pdf", &drafted),
		  NULL, &draft, why));
	tidy(office, MORNING + WEEK);
	assert_true(is_kept(&unused));
	office->now += WEEK;
	upload(office, "again");
	tidy(office, MORNING + WEEK + 1);
	assert_false(is_kept(&unused));
	assert_true(is_kept(&drafted) && is_kept(&used) && is_kept(&again));
	assert_int_equal(rows(office, TABLE_ATTACHMENTS), 3);
	/* It may come back. */
	upload(office, "unused");
	assert_true(is_kept(&unused));
}

static void many_go_a_few_at_a_time(void **state)
{
	struct office *office = *state;
	uint64_t before;
	char text[32];

	for (int i = 0; i < 30; i++) {
		snprintf(text, sizeof text, "file %d", i);
		upload(office, text);
	}
	before = rows(office, TABLE_ATTACHMENTS);
	done(newsroom_tidy(&office->room, MORNING + WEEK + 1, why));
	assert_in_range(rows(office, TABLE_ATTACHMENTS), before - 10, before - 1);
	tidy(office, MORNING + WEEK + 1);
	assert_int_equal(rows(office, TABLE_ATTACHMENTS), 0);
}

/* --- an older store ------------------------------------------------------------------------ */

static const char *below(struct office *office, const char *name)
{
	return arena_printf(&office->arena, "%s/%s", office->folder, name).at;
}

static void copy_file(const char *from, const char *to)
{
	struct buf bytes;

	buf_init(&bytes, 64 << 20);
	done(file_read(from, &bytes, why));
	done(file_write(to, buf_str(&bytes), 0640, why));
	buf_release(&bytes);
}

/* The store that is there goes `away`, another comes in its place. */
static void exchange(struct office *office, const char *away, const char *other)
{
	const char *data = below(office, "data.mdb");

	store_close(&office->room.store);
	assert_int_equal(rename(data, below(office, away)), 0);
	assert_int_equal(rename(below(office, other), data), 0);
	done(store_open(&office->room.store, office->folder, STORE_WRITER, NULL, why));
	done(logbook_recover(&office->room, why));
}

/* In the older store the one file has no row, and nothing refers to the other. */
static void the_newest_store_can_be_put_back(void **state)
{
	struct office *office = *state;
	struct hash used = upload(office, "uploaded before"), late, unused;

	office_begin_log(office);
	copy_file(below(office, "data.mdb"), below(office, "older"));
	late = upload(office, "uploaded after");
	publish(office, "one", attached(office, "one", "", "a.pdf", &used));
	publish(office, "two", attached(office, "two", "", "a.pdf", &late));

	exchange(office, "newest", "older");
	refused(logbook_check(&office->room, why), LOG_STOPPED);
	done(file_create(below(office, "spool/upload-123456"), STR("half"), 0600, why));
	done(newsroom_clear_leftovers(&office->room, why));
	assert_int_equal(count_files(spool), 0);
	tidy(office, MORNING + WEEK + 1);
	assert_true(is_kept(&late) && is_kept(&used));

	exchange(office, "older", "newest");
	done(logbook_check(&office->room, why));
	done(newsroom_clear_leftovers(&office->room, why));
	assert_true(is_kept(&late) && is_kept(&used));
	assert_no_differences(office);
	/* It is the newest: what nobody needs goes again. */
	unused = upload(office, "unused");
	tidy(office, MORNING + WEEK + 1);
	assert_false(is_kept(&unused));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kept_once_under_its_hash, begin, end),
		cmocka_unit_test_setup_teardown(an_admitted_upload_may_take_an_hour, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_what_it_should_be_leaves_nothing, begin,
						end),
		cmocka_unit_test_setup_teardown(a_lost_file_comes_back, begin, end),
		cmocka_unit_test_setup_teardown(a_full_spool_is_busy, begin, end),
		cmocka_unit_test_setup_teardown(leftovers_go_at_the_start, begin, end),
		cmocka_unit_test_setup_teardown(readable_from_the_lift_on, begin, end),
		cmocka_unit_test_setup_teardown(a_kill_takes_it_away, begin, end),
		cmocka_unit_test_setup_teardown(two_names_of_the_same_bytes, begin, end),
		cmocka_unit_test_setup_teardown(the_unused_go_after_a_week, begin, end),
		cmocka_unit_test_setup_teardown(many_go_a_few_at_a_time, begin, end),
		cmocka_unit_test_setup_teardown(the_newest_store_can_be_put_back, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "unit/newsroom/office.h"

#include "../../../src/newsroom/desk.h"

static void publish(struct office *office, const char *slug, const char *date, const char *more)
{
	struct str file = release_text(office, slug, date, more);
	struct draft draft;

	done(save(office, ALICE, slug, file, NULL, &draft, why));
	done(sign(office, ALICE, slug, file, &draft, why));
}

struct page {
	struct buf slugs;
};

static bool add_slug(void *ctx, const struct revision *revision)
{
	struct page *page = ctx;

	buf_addf(&page->slugs, "%.*s ", STR_ARG(revision->slug));
	return true;
}

static void expect_board(struct office *office, int64_t now, uint64_t first, uint64_t most,
			 const char *slugs, uint64_t count)
{
	struct filter filter = { .language = STR("en") };
	struct store_txn *txn = NULL;
	struct list_total total;
	struct page page;

	buf_init(&page.slugs, 100000);
	assert_true(store_read_begin(office->room.store, &txn, NULL));
	assert_true(reading_list(txn, &filter, now, first, most, add_slug, &page, &total));
	store_read_end(&txn);
	if (!str_equal(buf_str(&page.slugs), str_from(slugs)))
		fail_msg("\"%.*s\" instead of \"%s\"", STR_ARG(buf_str(&page.slugs)), slugs);
	assert_int_equal(total.count, count);
	buf_release(&page.slugs);
}

static void the_board_is_newest_first_by_date(void **state)
{
	struct office *office = office_open(1);

	(void)state;
	expect_board(office, office->now, 0, 20, "", 0);
	publish(office, "b", "2026-11-20", "");
	publish(office, "d", "2026-11-22", "");
	publish(office, "a", "1999-12-31", "");
	publish(office, "c", "2026-11-20", ""); /* later the same day: before b */
	publish(office, "e", "2026-12-01", "");
	expect_board(office, office->now, 0, 20, "e d c b a ", 5);
	expect_board(office, office->now, 0, 2, "e d ", 5);
	expect_board(office, office->now, 2, 2, "c b ", 5);
	expect_board(office, office->now, 3, 2, "b a ", 5);
	expect_board(office, office->now, 4, 2, "a ", 5);
	expect_board(office, office->now, 5, 2, "", 5);
	office_close(office);
}

static void what_is_embargoed_does_not_count(void **state)
{
	struct office *office = office_open(1);
	int64_t lift = MORNING + 600;

	(void)state;
	publish(office, "b", "2026-11-20", "");
	publish(office, "x", "2026-11-21", "Publish-At: 2026-11-23T09:10:00Z\n");
	publish(office, "y", "2019-11-21", "Publish-At: 2026-11-23T09:20:00Z\n");
	publish(office, "a", "2019-11-20", "");
	expect_board(office, lift - 1, 0, 20, "b a ", 2);
	expect_board(office, lift - 1, 1, 20, "a ", 2);
	expect_board(office, lift, 0, 20, "x b a ", 3);
	expect_board(office, lift, 2, 20, "a ", 3);
	expect_board(office, lift + 600, 0, 20, "x b y a ", 4);
	expect_board(office, lift + 600, 3, 1, "a ", 4);
	office_close(office);
}

enum { MANY = FILTER_ROWS_MAX + 100, PER_DAY = 10 };

static struct date day_of(unsigned n)
{
	return date_of(MORNING - (int64_t)(n / PER_DAY) * 86400);
}

/* Rows alone: what a list counts without showing it. */
static bool put_many(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct str topic = STR("Sea"), department = STR("Desk");
	struct release release = { .kind = KIND_STATEMENT };
	const unsigned *count = ctx;

	release.topics = (struct texts){ &topic, 1 };
	release.departments = (struct texts){ &department, 1 };
	for (unsigned n = 0; n < *count; n++) {
		struct revision revision = { .language = STR("en"),
					     .slug = STR("a"),
					     .number = 1,
					     .date = day_of(n),
					     .public_at = MORNING,
					     .first_serial = n + 1 };

		board_put(txn, &release, &revision, NEVER);
		board_count(txn, &release, &revision, 1);
	}
	return store_check(txn, why);
}

static struct list_total total_of(struct office *office, const struct filter *filter)
{
	struct store_txn *txn = NULL;
	struct list_total total;

	assert_true(store_read_begin(office->room.store, &txn, NULL));
	assert_true(reading_list(txn, filter, MORNING, 0, 0, NULL, NULL, &total));
	store_read_end(&txn);
	return total;
}

static void several_filters_look_so_far_and_say_so(void **state)
{
	struct filter one = { .language = STR("en"), .topic = STR("Sea") };
	struct filter two = { .language = STR("en"),
			      .topic = STR("Sea"),
			      .department = STR("Desk"),
			      .kind = STR("statement") };
	unsigned counts[] = { FILTER_ROWS_MAX, MANY };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct office *office = office_open(1);
		struct list_total total;

		done(store_write(office->room.store, put_many, &counts[i], why));
		total = total_of(office, &one);
		assert_int_equal(total.count, counts[i]);
		assert_false(total.more);
		total = total_of(office, &two);
		assert_int_equal(total.count, FILTER_ROWS_MAX);
		assert_int_equal(total.more, i == 1);
		assert_int_equal(date_number(total.reached),
				 date_number(day_of(FILTER_ROWS_MAX - 1)));
		/* From there on it goes further. */
		two.to = total.reached;
		total = total_of(office, &two);
		assert_false(total.more);
		assert_int_equal(total.count, PER_DAY + counts[i] - FILTER_ROWS_MAX);
		two.to = (struct date){ 0 };
		office_close(office);
	}
}

/* How far the walk comes must not tell that something is to come. */
static void what_is_embargoed_takes_no_place_among_several_filters(void **state)
{
	struct filter filter = { .language = STR("en"),
				 .topic = STR("Sea"),
				 .department = STR("Desk") };
	unsigned count = FILTER_ROWS_MAX;
	struct office *office = office_open(1);
	struct list_total before, after;

	(void)state;
	done(store_write(office->room.store, put_many, &count, why));
	before = total_of(office, &filter);
	publish(office, "x", "2026-11-24",
		"Publish-At: 2026-11-23T09:10:00Z\nDepartment: Desk\nTopics: Sea\n");
	after = total_of(office, &filter);
	assert_int_equal(after.count, before.count);
	assert_int_equal(after.more, before.more);
	assert_int_equal(date_number(after.reached), date_number(before.reached));
	office_close(office);
}

static void the_next_lift_is_known(void **state)
{
	struct office *office = office_open(1);
	struct store_txn *txn = NULL;

	(void)state;
	publish(office, "x", "2026-11-21", "Publish-At: 2026-11-23T09:10:00Z\n");
	publish(office, "y", "2026-11-21", "Publish-At: 2026-11-23T09:20:00Z\n");
	assert_true(store_read_begin(office->room.store, &txn, NULL));
	assert_int_equal(reading_next_lift(txn, MORNING), MORNING + 600);
	assert_int_equal(reading_next_lift(txn, MORNING + 599), MORNING + 600);
	assert_int_equal(reading_next_lift(txn, MORNING + 600), MORNING + 1200);
	assert_true(reading_next_lift(txn, MORNING + 1200) == INT64_MAX);
	store_read_end(&txn);
	office_close(office);
}

/* Every page of a board of some hundred, against sorting them here. */
static void paging_finds_every_row_once(void **state)
{
	enum { COUNT = 150, PAGE = 7 };
	struct office *office = office_open(1);
	struct buf expected[COUNT / PAGE + 1];
	unsigned seed = 7, dates[COUNT], order[COUNT];

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		char slug[16], date[16];

		seed = seed * 1103515245 + 12345;
		dates[i] = (2015 + seed / 65536 % 4) * 10000 + (1 + seed / 4096 % 3) * 100 + 1 +
			   seed / 256 % 5;
		snprintf(slug, sizeof slug, "r%u", i);
		snprintf(date, sizeof date, "%u-%02u-%02u", dates[i] / 10000 % 10000,
			 dates[i] / 100 % 100, dates[i] % 100);
		publish(office, slug, date, "");
		order[i] = i;
	}
	for (unsigned i = 0; i < COUNT; i++) {
		for (unsigned k = i + 1; k < COUNT; k++) {
			unsigned a = order[i], b = order[k];

			if (dates[b] > dates[a] || (dates[b] == dates[a] && b > a)) {
				order[i] = b;
				order[k] = a;
			}
		}
	}
	for (unsigned first = 0; first < COUNT; first += PAGE) {
		struct buf *text = &expected[first / PAGE];

		buf_init(text, 1000);
		for (unsigned i = first; i < first + PAGE && i < COUNT; i++)
			buf_addf(text, "r%u ", order[i]);
		buf_add_char(text, '\0');
		expect_board(office, office->now, first, PAGE, text->at, COUNT);
		buf_release(text);
	}
	office_close(office);
}

static void a_revoked_signer_is_nobodys_witness(void **state)
{
	struct office *office = office_open(2);
	struct hash first = hash_of(buf_str(&office->keyset)), hash;
	struct str file = release_text(office, "a", "2026-11-23", ""), two;
	struct act act;
	struct keyset_status status;
	struct draft draft;
	bool created;

	(void)state;
	done(save(office, ALICE, "a", file, NULL, &draft, why));
	done(sign(office, CAROL, "a", file, &draft, why));
	office->stolen = CAROL;
	two = keyset_text(office, 2, &first, 2);
	act = act_of(office, ROOT);
	done(newsroom_save_keyset(&office->room, &act, 2, two, &office->arena, &status, &created,
				  why));
	act = act_of(office, ROOT);
	done(newsroom_sign_keyset(&office->room, &act, 2, &office->keys[ROOT].public.id,
				  sign_file(office, ROOT, two), &office->arena, &status, why));
	done(sign(office, ALICE, "a", file, &draft, why));
	done(sign(office, BOB, "a", file, &draft, why));
	assert_int_equal(draft.state, DRAFT_PUBLIC);
	assert_int_equal(draft.signer_count, 2);
	hash = hash_of(file);
	assert_true(hash_equal(&hash, &draft.hash));
	assert_true(key_id_equal(&draft.signers[0].key_id, &office->keys[ALICE].public.id));
	office_close(office);
}

static bool add_signer(void *ctx, const struct signature_row *row)
{
	struct buf *out = ctx;

	buf_addf(out, "%u:%s ", row->nth, KEY_ID_TEXT(&row->key_id));
	return true;
}

static void signatures_come_in_the_order_of_signing(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "a", "2026-11-23", ""), bytes;
	struct hash hash = hash_of(file);
	struct store_txn *txn = NULL;
	struct draft draft;
	struct buf out, expected;

	(void)state;
	done(save(office, ALICE, "a", file, NULL, &draft, why));
	done(sign(office, CAROL, "a", file, &draft, why));
	done(sign(office, ALICE, "a", file, &draft, why));
	done(sign(office, BOB, "a", file, &draft, why));
	buf_init(&out, 1000);
	buf_init(&expected, 1000);
	assert_true(store_read_begin(office->room.store, &txn, NULL));
	reading_visit_signatures(txn, &hash, add_signer, &out);
	assert_true(reading_file(txn, &hash, &bytes));
	assert_true(str_equal(bytes, file));
	store_read_end(&txn);
	buf_addf(&expected, "0:%s ", KEY_ID_TEXT(&office->keys[CAROL].public.id));
	buf_addf(&expected, "1:%s ", KEY_ID_TEXT(&office->keys[ALICE].public.id));
	buf_addf(&expected, "2:%s ", KEY_ID_TEXT(&office->keys[BOB].public.id));
	assert_true(str_equal(buf_str(&out), buf_str(&expected)));
	buf_release(&out);
	buf_release(&expected);
	office_close(office);
}

static void languages_of_a_release_are_found(void **state)
{
	struct office *office = office_open(1);
	struct str korean = STR("Site: press.example\nRelease: a\nLanguage: ko\nRevision: 1\n"
				"Date: 2026-11-23\nKind: press-release\nTitle: 제목\n\n1. 본문.\n");
	struct act act = act_of(office, ALICE), sign_act = act_of(office, ALICE);
	struct draft_save save_ko = { .edition = { STR("ko"), STR("a") }, .file = korean };
	struct draft_sign sign_ko = {
		.edition = { STR("ko"), STR("a") },
		.key_id = office->keys[ALICE].public.id,
		.signature = sign_file(office, ALICE, korean),
		.if_match_given = true,
		.if_match = hash_of(korean),
	};
	struct store_txn *txn = NULL;
	struct str languages[4];
	struct draft draft;
	bool created;

	(void)state;
	publish(office, "a", "2026-11-23", "");
	publish(office, "ab", "2026-11-23", "");
	done(newsroom_save_draft(&office->room, &act, &save_ko, &office->arena, &draft, &created,
				 why));
	done(newsroom_sign_draft(&office->room, &sign_act, &sign_ko, &office->arena, &draft, why));
	assert_true(store_read_begin(office->room.store, &txn, NULL));
	assert_int_equal(reading_languages(txn, STR("a"), office->now, languages, 4), 2);
	assert_true(str_equal(languages[0], STR("en")));
	assert_true(str_equal(languages[1], STR("ko")));
	assert_int_equal(reading_languages(txn, STR("ab"), office->now, languages, 4), 1);
	assert_int_equal(reading_languages(txn, STR("b"), office->now, languages, 4), 0);
	store_read_end(&txn);
	office_close(office);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_board_is_newest_first_by_date),
		cmocka_unit_test(what_is_embargoed_does_not_count),
		cmocka_unit_test(several_filters_look_so_far_and_say_so),
		cmocka_unit_test(what_is_embargoed_takes_no_place_among_several_filters),
		cmocka_unit_test(the_next_lift_is_known),
		cmocka_unit_test(paging_finds_every_row_once),
		cmocka_unit_test(a_revoked_signer_is_nobodys_witness),
		cmocka_unit_test(signatures_come_in_the_order_of_signing),
		cmocka_unit_test(languages_of_a_release_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

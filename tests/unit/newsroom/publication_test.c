#include "unit/newsroom/office.h"

static void one_signature_waits_two_publish(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	assert_int_equal(draft.state, DRAFT_WAITING);
	assert_int_equal(draft.have, 0);
	assert_int_equal(draft.need, 2);
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	assert_int_equal(draft.state, DRAFT_WAITING);
	assert_int_equal(draft.have, 1);
	assert_false(is_public(office, "2026-a", office->now));
	done(sign(office, BOB, "2026-a", file, &draft, why));
	assert_int_equal(draft.state, DRAFT_PUBLIC);
	assert_true(is_public(office, "2026-a", office->now));
	assert_false(is_public(office, "2026-a", office->now - 1));
	assert_int_equal(rows(office, TABLE_DRAFTS), 0);
	assert_int_equal(rows(office, TABLE_JOURNAL), 1);
	office_close(office);
}

static void two_keys_of_one_holder_are_one_voice(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	done(sign(office, ALICE_PHONE, "2026-a", file, &draft, why));
	assert_int_equal(draft.have, 1);
	assert_int_equal(draft.state, DRAFT_WAITING);
	office_close(office);
}

static void two_authors_want_an_approver(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	done(sign(office, CAROL, "2026-a", file, &draft, why));
	assert_int_equal(draft.have, 2);
	assert_true(draft.approver_missing);
	assert_int_equal(draft.state, DRAFT_WAITING);
	done(sign(office, BOB, "2026-a", file, &draft, why));
	assert_int_equal(draft.state, DRAFT_PUBLIC);
	office_close(office);
}

static void the_last_signature_again_gives_the_same_answer(void **state)
{
	struct office *office = office_open(1);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft, again;
	uint64_t journal;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	journal = rows(office, TABLE_JOURNAL);
	done(sign(office, ALICE, "2026-a", file, &again, why));
	assert_int_equal(again.state, DRAFT_PUBLIC);
	assert_true(hash_equal(&draft.hash, &again.hash));
	assert_int_equal(rows(office, TABLE_JOURNAL), journal);
	assert_int_equal(rows(office, TABLE_REVISIONS), 1);
	office_close(office);
}

static void a_signature_that_came_too_late_hears_how_it_stands(void **state)
{
	struct office *office = office_open(1);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct str other = release_text(office, "2026-a", "2026-11-24", "");
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	done(sign(office, BOB, "2026-a", file, &draft, why));
	assert_int_equal(draft.state, DRAFT_PUBLIC);
	assert_int_equal(draft.signer_count, 1);
	refused(sign(office, BOB, "2026-a", other, &draft, why), PRECONDITION_FAILED);
	refused(sign(office, STRANGER, "2026-a", file, &draft, why), SIGNATURE_WRONG);
	office_close(office);
}

static struct str next_text(struct office *office, struct str first, const char *change,
			    const char *title, const char *body)
{
	struct hash previous = hash_of(first);

	return arena_printf(&office->arena,
			    "Site: press.example\nRelease: 2026-a\nLanguage: en\n"
			    "Revision: 2\nPrevious: %s\nChange: %s\nChange-Note: So.\n"
			    "Date: 2026-11-23\nKind: press-release\nTitle: %s\n\n%s",
			    HASH_TEXT(&previous), change, title, body);
}

static bool save_next(struct office *office, struct str first, const char *change,
		      const char *title, const char *body, struct draft *out, struct fault *why)
{
	struct str file = next_text(office, first, change, title, body);

	return save(office, ALICE, "2026-a", file, NULL, out, why);
}

static void a_withdrawal_says_nothing_new(void **state)
{
	struct office *office = office_open(1);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	refused(save_next(office, file, "withdrawal", "War", "1. Something was said.\n", &draft,
			  why),
		RELEASE_MALFORMED);
	refused(save_next(office, file, "withdrawal", "About 2026-a", "1. War.\n", &draft, why),
		RELEASE_MALFORMED);
	refused(save_next(office, file, "kill", "War", "", &draft, why), RELEASE_MALFORMED);
	done(save_next(office, file, "withdrawal", "About 2026-a", "1. Something was said.\n",
		       &draft, why));
	office_close(office);
}

static void a_request_must_hold_until_it_acts(void **state)
{
	struct office *office = office_open(1);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft_save save = { .edition = { STR("en"), STR("2026-a") }, .file = file };
	struct act slow = act_of(office, ALICE), other = act_of(office, ALICE);
	struct draft draft;
	bool created;

	(void)state;
	clock_fix(slow.expires + CLOCK_TOLERANCE + 1);
	refused(newsroom_save_draft(&office->room, &slow, &save, &office->arena, &draft, &created,
				    why),
		SIGNATURE_EXPIRED);
	clock_fix(office->now);
	other.roles |= ROLE_ROOT;
	refused(newsroom_save_draft(&office->room, &other, &save, &office->arena, &draft, &created,
				    why),
		KEY_UNKNOWN);
	other = act_of(office, LEFT);
	refused(newsroom_save_draft(&office->room, &other, &save, &office->arena, &draft, &created,
				    why),
		KEY_UNKNOWN);
	office_close(office);
}

static void a_refused_request_is_used_up_too(void **state)
{
	struct office *office = office_open(1);
	struct act act = act_of(office, ALICE);
	struct edition edition = { STR("en"), STR("2026-a") };
	struct fault said;

	(void)state;
	assert_false(newsroom_drop_draft(&office->room, &act, edition, NULL, &said));
	newsroom_refused(&office->room, &act, &said);
	refused(newsroom_drop_draft(&office->room, &act, edition, NULL, why), SIGNATURE_REPLAYED);
	office_close(office);
}

static void a_changed_draft_drops_its_signatures(void **state)
{
	struct office *office = office_open(2);
	struct str one = release_text(office, "2026-a", "2026-11-23", "");
	struct str two = release_text(office, "2026-a", "2026-11-23", "Place: Seoul\n");
	struct hash first = hash_of(one), wrong = hash_of(STR("x"));
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", one, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", one, &draft, why));
	refused(save(office, CAROL, "2026-a", two, NULL, &draft, why), PRECONDITION_REQUIRED);
	refused(save(office, CAROL, "2026-a", two, &wrong, &draft, why), PRECONDITION_FAILED);
	done(save(office, ALICE, "2026-a", one, NULL, &draft, why)); /* the same bytes: kept */
	assert_int_equal(draft.have, 1);
	done(save(office, CAROL, "2026-a", two, &first, &draft, why));
	assert_int_equal(draft.have, 0);
	assert_int_equal(rows(office, TABLE_SIGNATURES), 1); /* key set 1's */
	refused(sign(office, BOB, "2026-a", one, &draft, why), PRECONDITION_FAILED);
	office_close(office);
}

static void wrong_signers_are_refused(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct str other = release_text(office, "2026-b", "2026-11-23", "");
	struct draft draft;
	struct act act;
	struct draft_sign wrong;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	refused(sign(office, STRANGER, "2026-a", file, &draft, why), SIGNATURE_WRONG);
	refused(sign(office, LEFT, "2026-a", file, &draft, why), SIGNATURE_WRONG);
	refused(sign(office, ROOT, "2026-a", file, &draft, why), ROLE_MISSING);
	act = act_of(office, ALICE);
	wrong = (struct draft_sign){
		.edition = { STR("en"), STR("2026-a") },
		.key_id = office->keys[ALICE].public.id,
		.signature = sign_file(office, ALICE, other),
		.if_match_given = true,
		.if_match = hash_of(file),
	};
	refused(newsroom_sign_draft(&office->room, &act, &wrong, &office->arena, &draft, why),
		SIGNATURE_WRONG);
	wrong.signature = sign_file(office, BOB, file); /* at Alice's address */
	refused(newsroom_sign_draft(&office->room, &act, &wrong, &office->arena, &draft, why),
		SIGNATURE_WRONG);
	wrong.signature = STR("not a signature\n");
	refused(newsroom_sign_draft(&office->room, &act, &wrong, &office->arena, &draft, why),
		SIGNATURE_WRONG);
	wrong.signature = sign_file(office, ALICE, file);
	wrong.if_match_given = false;
	refused(newsroom_sign_draft(&office->room, &act, &wrong, &office->arena, &draft, why),
		PRECONDITION_REQUIRED);
	assert_int_equal(rows(office, TABLE_SIGNATURES), 1);
	office_close(office);
}

static void files_that_do_not_fit_are_refused(void **state)
{
	struct office *office = office_open(1);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft;

	(void)state;
	refused(save(office, ALICE, "2026-b", file, NULL, &draft, why), RELEASE_MALFORMED);
	refused(save(office, ALICE, "2026-a", STR("x"), NULL, &draft, why), RELEASE_MALFORMED);
	office->room.site = STR("staging.example");
	refused(save(office, ALICE, "2026-a", file, NULL, &draft, why), SITE_MISMATCH);
	office->room.site = STR("press.example");
	file = release_text(
		office, "2026-a", "2026-11-23",
		"Attachment: a.pdf; sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
		"a495991b7852b855\n");
	refused(save(office, ALICE, "2026-a", file, NULL, &draft, why), FILE_MISSING);
	office->room.languages[0] = STR("fr");
	file = release_text(office, "2026-a", "2026-11-23", "");
	refused(save(office, ALICE, "2026-a", file, NULL, &draft, why), RELEASE_MALFORMED);
	assert_int_equal(rows(office, TABLE_DRAFTS), 0);
	office_close(office);
}

static void a_first_revision_comes_once(void **state)
{
	struct office *office = office_open(1);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct str other = release_text(office, "2026-a", "2026-11-24", "");
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	refused(save(office, ALICE, "2026-a", other, NULL, &draft, why), STALE_PREVIOUS);
	office_close(office);
}

static void a_reference_is_used_once(void **state)
{
	struct office *office = office_open(1);
	struct str one = release_text(office, "2026-a", "2026-11-23", "Reference: 26-1\n");
	struct str two = release_text(office, "2026-b", "2026-11-23", "Reference: 26-1\n");
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", one, NULL, &draft, why));
	done(save(office, ALICE, "2026-b", two, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", one, &draft, why));
	refused(sign(office, ALICE, "2026-b", two, &draft, why), CONFLICT);
	assert_false(is_public(office, "2026-b", office->now));
	office_close(office);
}

static void an_embargo_lifts_by_the_clock(void **state)
{
	struct office *office = office_open(1);
	struct str file = release_text(office, "2026-a", "2026-11-23",
				       "Publish-At: 2026-11-23T18:10:00+09:00\n");
	int64_t lift = MORNING + 600;
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	assert_int_equal(draft.state, DRAFT_SCHEDULED);
	assert_int_equal(draft.public_at, lift);
	assert_false(is_public(office, "2026-a", lift - 1));
	assert_true(is_public(office, "2026-a", lift));
	office_close(office);
}

static void an_expired_key_set_publishes_nothing(void **state)
{
	struct office *office = office_open(1);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	office->now += 366 * 86400;
	refused(sign(office, ALICE, "2026-a", file, &draft, why), DENIED);
	assert_false(is_public(office, "2026-a", office->now));
	office_close(office);
}

static void a_request_is_used_up_once(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct act act = act_of(office, ALICE);
	struct draft_save draft_save = { .edition = { STR("en"), STR("2026-a") }, .file = file };
	uint64_t audit = rows(office, TABLE_AUDIT);
	struct draft draft;
	bool created;

	(void)state;
	done(newsroom_save_draft(&office->room, &act, &draft_save, &office->arena, &draft, &created,
				 why));
	assert_true(created);
	refused(newsroom_save_draft(&office->room, &act, &draft_save, &office->arena, &draft,
				    &created, why),
		SIGNATURE_REPLAYED);
	assert_int_equal(rows(office, TABLE_AUDIT), audit + 1);
	/* Forgotten only when its signature cannot be valid any more, by a clock set back either.
	 */
	done(newsroom_tidy(&office->room, act.expires + REPLAYS_KEPT_SECONDS, why));
	assert_int_equal(rows(office, TABLE_REPLAY), 2);
	done(newsroom_tidy(&office->room, act.expires + REPLAYS_KEPT_SECONDS + 1, why));
	assert_int_equal(rows(office, TABLE_REPLAY), 0);
	office_close(office);
}

/* A clock that runs a day ahead for a while, in which the table is tidied, and is set right. */
static void a_request_stays_used_when_the_clock_goes_back(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct edition edition = { STR("en"), STR("2026-a") };
	struct draft draft;
	struct act act;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	act = act_of(office, ALICE);
	done(newsroom_drop_draft(&office->room, &act, edition, NULL, why));
	done(newsroom_tidy(&office->room, act.expires + REPLAYS_KEPT_SECONDS, why));
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	refused(newsroom_drop_draft(&office->room, &act, edition, NULL, why), SIGNATURE_REPLAYED);
	assert_int_equal(rows(office, TABLE_DRAFTS), 1);
	assert_no_differences(office);
	office_close(office);
}

static bool count_audit(void *ctx, const struct audit_row *row, struct fault *why)
{
	struct buf *out = ctx;

	(void)why;
	buf_addf(out, "%.*s %.*s\n", STR_ARG(row->holder), STR_ARG(row->outcome));
	return true;
}

static void the_audit_tells_who_and_how_it_ended(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct draft draft;
	struct act act = act_of(office, BOB);
	struct fault denied;
	struct buf out;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	fail(&denied, ROLE_MISSING, "no");
	newsroom_refused(&office->room, &act, &denied);
	fail(&denied, SIGNATURE_REPLAYED, "not his doing");
	newsroom_refused(&office->room, &act, &denied);
	buf_init(&out, 1000);
	done(newsroom_visit_audit(&office->room, 0, 100, count_audit, &out, why));
	assert_true(str_equal(buf_str(&out), STR("root done\nalice done\nbob role-missing\n")));
	buf_clear(&out);
	done(newsroom_visit_audit(&office->room, 1, 1, count_audit, &out, why));
	assert_true(str_equal(buf_str(&out), STR("alice done\n")));
	buf_release(&out);
	office_close(office);
}

static void a_draft_can_be_dropped(void **state)
{
	struct office *office = office_open(2);
	struct str file = release_text(office, "2026-a", "2026-11-23", "");
	struct edition edition = { STR("en"), STR("2026-a") };
	struct act act = act_of(office, ALICE), again = act_of(office, ALICE);
	struct draft draft;

	(void)state;
	done(save(office, ALICE, "2026-a", file, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", file, &draft, why));
	done(newsroom_drop_draft(&office->room, &act, edition, NULL, why));
	assert_int_equal(rows(office, TABLE_FILES), 1);
	assert_int_equal(rows(office, TABLE_SIGNATURES), 1);
	refused(newsroom_drop_draft(&office->room, &again, edition, NULL, why), NOT_FOUND);
	refused(sign(office, BOB, "2026-a", file, &draft, why), NOT_FOUND);
	office_close(office);
}

static bool drop(struct office *office, struct str text, struct fault *why)
{
	struct edition edition = { STR("en"), STR("2026-a") };
	struct act act = act_of(office, ALICE);
	struct hash hash = hash_of(text);

	return newsroom_drop_draft(&office->room, &act, edition, &hash, why);
}

/* A client whose answer was lost asks again, with a new signature. */
static void a_drop_that_is_repeated_leaves_the_schedule_below(void **state)
{
	struct office *office = office_open(1);
	struct str first =
		release_text(office, "2026-a", "2026-11-23", "Publish-At: 2026-11-23T10:00:00Z\n");
	struct draft draft;
	struct str next;

	(void)state;
	done(save(office, ALICE, "2026-a", first, NULL, &draft, why));
	done(sign(office, ALICE, "2026-a", first, &draft, why));
	next = next_text(office, first, "correction", "About 2026-a", "1. It was said.\n");
	done(save(office, ALICE, "2026-a", next, NULL, &draft, why));
	refused(drop(office, first, why), PRECONDITION_FAILED);
	assert_int_equal(rows(office, TABLE_DRAFTS), 1);
	done(drop(office, next, why));
	assert_int_equal(rows(office, TABLE_DRAFTS), 0);
	refused(drop(office, next, why), PRECONDITION_FAILED);
	assert_true(is_public(office, "2026-a", MORNING + 3600));
	done(drop(office, first, why));
	assert_false(is_public(office, "2026-a", MORNING + 3600));
	assert_no_differences(office);
	office_close(office);
}

static void add_name(struct buf *out, const char *field, const char *letter, int count)
{
	buf_addf(out, "%s: ", field);
	while (count--)
		buf_add_text(out, letter);
	buf_add_char(out, '\n');
}

/* Counted in characters, kept in bytes: of three and of four each; and one that the search has,
 * with its mark, a byte too long for a word. */
static void the_longest_names_are_published(void **state)
{
	static const char *const slugs[] = { "2026-a", "2026-b" }, *const letters[] = { "가", "😀" };
	struct office *office = office_open(1);
	struct draft draft;
	struct buf names;
	struct str file;

	(void)state;
	buf_init(&names, 4096);
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&names);
		add_name(&names, "Department", letters[i], 120);
		add_name(&names, "Department", "가", 85);
		add_name(&names, "Topics", letters[i], 80);
		buf_add_char(&names, '\0');
		file = release_text(office, slugs[i], "2026-11-23", names.at);
		done(save(office, ALICE, slugs[i], file, NULL, &draft, why));
		done(sign(office, ALICE, slugs[i], file, &draft, why));
		assert_int_equal(draft.state, DRAFT_PUBLIC);
	}
	assert_no_differences(office);
	/* From here on the search has them, too. */
	done(newsroom_tidy(&office->room, office->now, why));
	assert_int_equal(rows(office, TABLE_FRESH), 0);
	assert_no_differences(office);
	buf_release(&names);
	office_close(office);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_signature_waits_two_publish),
		cmocka_unit_test(two_keys_of_one_holder_are_one_voice),
		cmocka_unit_test(two_authors_want_an_approver),
		cmocka_unit_test(the_last_signature_again_gives_the_same_answer),
		cmocka_unit_test(a_signature_that_came_too_late_hears_how_it_stands),
		cmocka_unit_test(a_withdrawal_says_nothing_new),
		cmocka_unit_test(a_request_must_hold_until_it_acts),
		cmocka_unit_test(a_refused_request_is_used_up_too),
		cmocka_unit_test(a_changed_draft_drops_its_signatures),
		cmocka_unit_test(wrong_signers_are_refused),
		cmocka_unit_test(files_that_do_not_fit_are_refused),
		cmocka_unit_test(a_first_revision_comes_once),
		cmocka_unit_test(a_reference_is_used_once),
		cmocka_unit_test(an_embargo_lifts_by_the_clock),
		cmocka_unit_test(an_expired_key_set_publishes_nothing),
		cmocka_unit_test(a_request_is_used_up_once),
		cmocka_unit_test(a_request_stays_used_when_the_clock_goes_back),
		cmocka_unit_test(the_audit_tells_who_and_how_it_ended),
		cmocka_unit_test(a_draft_can_be_dropped),
		cmocka_unit_test(a_drop_that_is_repeated_leaves_the_schedule_below),
		cmocka_unit_test(the_longest_names_are_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

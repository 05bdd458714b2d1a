#include "releases.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void every_field(void **state)
{
	struct release *release =
		parse_file(*state, STR("site: press.example\n"
				       "RELEASE: 2026-03-02-harbour\n"
				       "Language: zh-Hant-TW\n"
				       "Revision: 2\n"
				       "Previous: " HASH "\n"
				       "Change: correction\n"
				       "Change-Note: The depth was wrong.\n"
				       "Date: 2026-03-02\n"
				       "Publish-At: 2026-03-02T09:00:00+09:00\n"
				       "Kind: media-advisory\n"
				       "Title: A harbour:\n"
				       "\t in two lines  \n"
				       " and a third\n"
				       "Subtitle: One\n"
				       "Subtitle: Two\n"
				       "Summary: In short.\n"
				       "Reference: 26-001\n"
				       "Place: PORT\n"
				       "Department: Harbours\n"
				       "Contact: Desk, +00-1, desk@press.example\n"
				       "Topics: Ports;  Sea ; 바다\n"
				       "Rights: CC-BY-4.0\n"
				       "Attachment: 항구 지도.pdf; sha256=" HASH
				       "; title=\"A; map\"; language=ko\n"
				       "Attachment: b.png;sha256=" HASH "\n"
				       "Legacy: /a/view.do?seq=1&x=2\n"
				       "\n"
				       "Text\n"));

	assert_str(release->site, STR("press.example"));
	assert_str(release->slug, STR("2026-03-02-harbour"));
	assert_str(release->language, STR("zh-Hant-TW"));
	assert_int_equal(release->revision, 2);
	assert_true(release->has_previous);
	assert_int_equal(release->previous.at[0], 0xe3);
	assert_int_equal(release->change, CHANGE_CORRECTION);
	assert_str(release->change_note, STR("The depth was wrong."));
	assert_int_equal(date_number(release->date), 20260302);
	assert_true(release->has_publish_at);
	assert_int_equal(release->publish_at, 1772409600);
	assert_int_equal(release->kind, KIND_MEDIA_ADVISORY);
	assert_str(release->title, STR("A harbour: in two lines and a third"));
	assert_int_equal(release->subtitles.count, 2);
	assert_str(release->subtitles.at[1], STR("Two"));
	assert_str(release->summary, STR("In short."));
	assert_str(release->reference, STR("26-001"));
	assert_str(release->place, STR("PORT"));
	assert_str(release->departments.at[0], STR("Harbours"));
	assert_str(release->contacts.at[0], STR("Desk, +00-1, desk@press.example"));
	assert_int_equal(release->topics.count, 3);
	assert_str(release->topics.at[1], STR("Sea"));
	assert_str(release->rights, STR("CC-BY-4.0"));
	assert_int_equal(release->attachment_count, 2);
	assert_str(release->attachments[0].name, STR("항구 지도.pdf"));
	assert_str(release->attachments[0].title, STR("A; map"));
	assert_str(release->attachments[0].language, STR("ko"));
	assert_false(str_given(release->attachments[1].title));
	assert_str(release->legacy.at[0], STR("/a/view.do?seq=1&x=2"));
	assert_int_equal(release->body_line, 27);
	assert_str(release->body, STR("Text\n"));
	assert_null(release->doubts);
}

static void what_is_not_given_is_none(void **state)
{
	struct release *release = parse_body(*state, "Text\n");

	assert_int_equal(release->change, CHANGE_FIRST);
	assert_int_equal(change_word(release->change).len, 0);
	assert_false(release->has_previous);
	assert_false(release->has_publish_at);
	assert_false(str_given(release->summary));
	assert_false(str_given(release->rights));
	assert_int_equal(release->attachment_count, 0);
	assert_int_equal(release->topics.count, 0);
}

static void a_kill_is_empty(void **state)
{
	struct release *release = parse_file(
		*state, STR("Site: x\nRelease: a\nLanguage: en\nRevision: 3\nPrevious: " HASH
			    "\nChange: kill\nChange-Note: Forged.\nDate: 2026-03-02\n"
			    "Kind: statement\nTitle: T\n\n"));

	assert_int_equal(release->change, CHANGE_KILL);
	assert_null(release->document->first);
	assert_int_equal(release_summary(*state, release).len, 0);
}

static void doubts_come_by_line(void **state)
{
	struct buf file;

	buf_init(&file, RELEASE_FILE_MAX);
	buf_add(&file, STR("Site: x\nTitle: "));
	for (unsigned i = 0; i < 170; i++)
		buf_add_char(&file, 'x');
	buf_add(&file, STR("\nRelease: 2026-03-01-a\nTopics: a; A\nLanguage: en\nRevision: 1\n"
			   "Date: 2026-03-02\nKind: statement\n\n1. a\n\n3. b\n"));
	assert_str(doubts_of(*state, parse_file(*state, buf_str(&file))),
		   STR("2: the title has 170 characters\n"
		       "3: Release begins with another day than Date\n"
		       "4: the topic \"A\" stands twice\n"
		       "12: 3. leaves out 1 before it\n"));
	buf_release(&file);
}

static void limits_count_characters(void **state)
{
	for (unsigned length = 399; length <= 401; length++) {
		struct release *release;
		struct fault why = { .kind = NO_FAULT };
		struct buf file;

		buf_init(&file, RELEASE_FILE_MAX);
		buf_add(&file, STR("Site: x\nRelease: a\nLanguage: ko\nRevision: 1\n"
				   "Date: 2026-03-02\nKind: statement\nTitle: "));
		for (unsigned i = 0; i < length; i++)
			buf_add(&file, STR("가"));
		buf_add(&file, STR("\n\nText\n"));
		assert_int_equal(release_parse(*state, buf_str(&file), &release, &why),
				 length <= 400);
		assert_int_equal(why.line, length <= 400 ? 0 : 7);
		buf_release(&file);
	}
}

static void languages(void **state)
{
	static const char *const good[] = {
		"en",	    "ko",     "ar",	    "zh-Hant",		"pt-BR",
		"sl-rozaj", "es-419", "de-CH-1996", "en-u-ca-buddhist", "zh-cmn-Hans-CN",
		"en-x-a-b"
	};
	static const char *const bad[] = { "",
					   "e",
					   "en-",
					   "-en",
					   "en_US",
					   "en--US",
					   "abcdefghi",
					   "en-a",
					   "en-x",
					   "한국",
					   "1n",
					   "en-US-US",
					   "en-verylongsubtag",
					   "en-a-b" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(language_valid(str_from(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(language_valid(str_from(bad[i])));
}

static void kinds(void **state)
{
	enum kind kind;

	(void)state;
	for (enum kind at = 0; at < KIND_COUNT; at++) {
		assert_true(kind_parse(kind_word(at), &kind));
		assert_int_equal(kind, at);
	}
	assert_false(kind_parse(STR("Press-Release"), &kind));
	assert_str(change_word(CHANGE_REINSTATEMENT), STR("reinstatement"));
}

static void slugs(void **state)
{
	struct str date = STR("2026-03-02");

	assert_true(slug_valid(STR("a")));
	assert_true(slug_valid(STR("2026-03-02-a1")));
	assert_false(slug_valid(STR("")));
	assert_false(slug_valid(STR("a--b")));
	assert_false(slug_valid(STR("-a")));
	assert_false(slug_valid(STR("a-")));
	assert_false(slug_valid(STR("A")));
	assert_false(slug_valid(STR("a_b")));
	assert_str(slug_suggest(*state, date, STR("The Ministry’s  “New” Café: 5%!")),
		   STR("2026-03-02-the-ministrys-new-caf-5"));
	assert_str(slug_suggest(*state, date, STR("외교부 장관")), STR(""));
	assert_str(slug_suggest(*state, date, STR("제5차 MOU 체결")), STR("2026-03-02-5-mou"));
	assert_str(slug_suggest(*state, STR_NONE, STR("A b")), STR("a-b"));
	assert_str(slug_suggest(*state, date,
				STR("Seventeen Delegations Gather in the Harbour Town to Agree on "
				    "the Rules of the Sea for Another Ten Years")),
		   STR("2026-03-02-seventeen-delegations-gather-in-the-harbour-town-to-agree-on-"
		       "the-rules-of-the-sea-for"));
	assert_true(slug_valid(slug_suggest(*state, date, STR("x--y  z!"))));
}

static void fields_are_written(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	release_field_add(&out, "Title", STR("A"));
	release_field_add(&out, "Place", STR(""));
	release_field_add(&out, "Place", STR_NONE);
	assert_str(buf_str(&out), STR("Title: A\n"));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_field),
		TEST(what_is_not_given_is_none),
		TEST(a_kill_is_empty),
		TEST(doubts_come_by_line),
		TEST(limits_count_characters),
		TEST(languages),
		TEST(kinds),
		TEST(slugs),
		TEST(fields_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

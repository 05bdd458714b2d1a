/*
 * Files that are refused, with the line and the reason. The base has seven lines; AT()
 * puts a line of its own in front of it, so that faults there are in line 1.
 */
#include "releases.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SITE "Site: press.example\n"
#define SLUG "Release: 2026-03-02-harbour\n"
#define LANG "Language: en\n"
#define REV1 "Revision: 1\n"
#define REV2 "Revision: 2\n"
#define DATE "Date: 2026-03-02\n"
#define KIND "Kind: press-release\n"
#define NAME "Title: A harbour\n"
#define TEXT "\nText\n"
#define AT(line) line "\n" HEADER TEXT
#define TEN(x) x x x x x x x x x x
#define HUNDRED(x) TEN(TEN(x))

static const struct {
	const char *file;
	unsigned line;
	const char *reason;
} cases[] = {
	/* bytes */
	{ "", 1, "the file is empty" },
	{ HEADER "\nText", 9, "LF at the end" },
	{ HEADER "\nText\nMore", 10, "LF at the end" },
	{ HEADER "\nText\r\n", 9, "not CR" },
	{ "\xef\xbb\xbf" HEADER TEXT, 1, "byte order mark" },
	{ HEADER "\nText\nbad \xff\n", 10, "UTF-8" },
	{ HEADER "\nText \xc0\xaf\n", 9, "UTF-8" },
	{ HEADER "\nText \xed\xa0\x80\n", 9, "UTF-8" },
	{ HEADER "\nText \x07\n", 9, "control" },
	{ HEADER "\nText \x7f\n", 9, "control" },
	{ HEADER "\nText \xc2\x85\n", 9, "control" },
	{ HEADER "\nText \xe2\x80\xae\n", 9, "bidirectional" },
	{ "Title: \xe2\x80\xaa\n" TEXT, 1, "bidirectional" },
	{ HEADER "\nCafe\xcc\x81\n", 9, "normal form C" },
	{ HEADER "\na" TEN("\xcc\x80\xcc\xa3") TEN("\xcc\x80\xcc\xa3") "\n", 9, "combining" },
	/* lines of the header */
	{ "\nText\n", 1, "expected Site" },
	{ "Text\n", 1, "Name: value" },
	{ " Site: x\n" TEXT, 1, "Name: value" },
	{ ": x\n" TEXT, 1, "Name: value" },
	{ HEADER, 7, "empty line below the header" },
	{ HEADER " \nText\n", 8, "has spaces in it" },
	{ AT("Site : x"), 1, "name of a field" },
	{ AT("Colour: red"), 1, "name of a field" },
	{ AT("Subtitle:x"), 1, "a space behind" },
	{ AT("Subtitle:"), 1, "a value for Subtitle" },
	{ AT("Subtitle:   "), 1, "a value for Subtitle" },
	{ AT("Summary: a\n b\nSummary: c"), 3, "Summary once, it stands in line 1" },
	{ HEADER "TITLE: B\n" TEXT, 8, "Title once, it stands in line 7" },
	{ AT("Subtitle: a\nSubtitle: b\nSubtitle: c\nSubtitle: d"), 4, "at most 3 times" },
	{ AT("Department: a\nDepartment: b\nDepartment: c\nDepartment: d\nDepartment: e"), 5,
	  "at most 4 times" },
	{ "Summary: a\n" HUNDRED(" b\n") HUNDRED(" c\n") HEADER TEXT, 201, "200 header lines" },
	/* what is missing */
	{ SLUG LANG REV1 DATE KIND NAME TEXT, 7, "expected Site" },
	{ SITE LANG REV1 DATE KIND NAME TEXT, 7, "expected Release" },
	{ SITE SLUG REV1 DATE KIND NAME TEXT, 7, "expected Language" },
	{ SITE SLUG LANG DATE KIND NAME TEXT, 7, "expected Revision" },
	{ SITE SLUG LANG REV1 KIND NAME TEXT, 7, "expected Date" },
	{ SITE SLUG LANG REV1 DATE NAME TEXT, 7, "expected Kind" },
	{ SITE SLUG LANG REV1 DATE KIND TEXT, 7, "expected Title" },
	{ HEADER "\n", 9, "expected a text" },
	{ HEADER "\n\n \n", 9, "expected a text" },
	/* values */
	{ "Site: Press.example\n" TEXT, 1, "host name in lower case" },
	{ "Site: press..example\n" TEXT, 1, "host name" },
	{ "Site: https://press.example\n" TEXT, 1, "host name" },
	{ "Release: Harbour\n" TEXT, 1, "a-z and 0-9" },
	{ "Release: a--b\n" TEXT, 1, "single \"-\"" },
	{ "Release: " TEN("0123456789") "\n" TEXT, 1, "at most 96 characters as Release, not 100" },
	{ "Language: english_us\n" TEXT, 1, "BCP 47" },
	{ "Revision: 0\n" TEXT, 1, "a number from 1" },
	{ "Revision: 01\n" TEXT, 1, "a number from 1" },
	{ "Revision: -1\n" TEXT, 1, "a number from 1" },
	{ "Revision: 4294967296\n" TEXT, 1, "a number from 1" },
	{ "Previous: 12ab\n" TEXT, 1, "64 lower case hex digits" },
	{ "Previous: E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\n" TEXT, 1,
	  "64 lower case hex digits" },
	{ "Change: improvement\n" TEXT, 1, "reinstatement as Change" },
	{ "Date: 2026-02-30\n" TEXT, 1, "there is no such day" },
	{ "Date: 2.3.2026\n" TEXT, 1, "YYYY-MM-DD" },
	{ "Publish-At: 2026-03-02 09:00\n" TEXT, 1, "a time such as" },
	{ "Publish-At: 2026-03-02T09:00:00\n" TEXT, 1, "a time such as" },
	{ "Kind: news\n" TEXT, 1, "explanatory as Kind" },
	{ "Reference: " TEN("1234") "\n" TEXT, 1, "at most 32 characters" },
	{ "Place: " TEN("123456789") "\n" TEXT, 1, "at most 80 characters" },
	{ "Summary: " HUNDRED("1234") "\n" TEXT, 1, "at most 320 characters" },
	{ "Topics: a;; b\n" TEXT, 1, "joined by ;" },
	{ "Topics: a;\n" TEXT, 1, "joined by ;" },
	{ "Topics: " TEN("a; ") TEN("b; ") TEN("c; ") "d; e; f\n" TEXT, 1, "at most 32 names" },
	{ "Topics: " TEN("123456789") "\n" TEXT, 1, "1 to 80 characters" },
	{ "Rights: KOGL-5\n" TEXT, 1, "KOGL-1 to KOGL-4" },
	{ "Rights: all rights reserved\n" TEXT, 1, "SPDX" },
	{ "Legacy: a/view.do\n" TEXT, 1, "an old path" },
	{ "Legacy: //elsewhere.example/\n" TEXT, 1, "an old path" },
	{ "Legacy: /a b\n" TEXT, 1, "an old path" },
	{ "Attachment: a.pdf\n" TEXT, 1, "sha256= in Attachment" },
	{ "Attachment: a.pdf; sha256=12\n" TEXT, 1, "64 lower case hex digits" },
	{ "Attachment: a; sha256=" HASH "\n" TEXT, 1, "file name with an ending" },
	{ "Attachment: ../a.pdf; sha256=" HASH "\n" TEXT, 1, "file name with an ending" },
	{ "Attachment: a.pdf; sha256=" HASH "; title=x\n" TEXT, 1, "title=" },
	{ "Attachment: a.pdf; sha256=" HASH "; title=\"x\n" TEXT, 1, "title=" },
	{ "Attachment: a.pdf; sha256=" HASH "; title=\"x\" y\n" TEXT, 1, "expected ; before" },
	{ "Attachment: a.pdf; sha256=" HASH "; sha256=" HASH "\n" TEXT, 1, "once each" },
	{ "Attachment: a.pdf; sha256=" HASH "; size=1\n" TEXT, 1, "once each" },
	{ "Attachment: a.pdf; sha256=" HASH "; language=_\n" TEXT, 1, "BCP 47" },
	{ "Attachment: a.pdf; sha256=" HASH "\nAttachment: a.pdf; sha256=" HASH "\n" TEXT, 2,
	  "attachment's name once" },
	/* revisions */
	{ AT("Previous: " HASH), 1, "no Previous in revision 1" },
	{ AT("Change: update"), 1, "no Change in revision 1" },
	{ AT("Change-Note: x"), 1, "no Change-Note in revision 1" },
	{ SITE SLUG LANG REV2 DATE KIND NAME TEXT, 8, "expected Previous" },
	{ SITE SLUG LANG REV2 "Previous: " HASH "\n" DATE KIND NAME TEXT, 9, "expected Change" },
	{ SITE SLUG LANG REV2 "Previous: " HASH "\nChange: update\n" DATE KIND NAME TEXT, 10,
	  "expected Change-Note above this line, as Change is update" },
	{ SITE SLUG LANG REV2 "Previous: " HASH "\nChange: kill\nChange-Note: x\n" DATE KIND NAME
			      "\n\nText\n",
	  13, "no text, as Change is kill" },
	/* the body */
	{ HEADER "\n1. a\n가. b\n1) c\n가) d\n(1) e\n(가) f\n① g\n㉮ h\n- i\n", 17,
	  "at most 8 levels" },
	{ HEADER "\n" TEN("|a|b|c|d|e|f|g") "\n|-|\n", 9, "at most 64 cells" },
};

static void each_is_refused_with_line_and_reason(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct release *release = NULL;
		struct fault why = { .kind = NO_FAULT };
		bool accepted = release_parse(*state, str_from(cases[i].file), &release, &why);

		if (accepted || why.line != cases[i].line || !strstr(why.says, cases[i].reason))
			print_error("case %zu (line %u, \"%s\"): %s\n", i, cases[i].line,
				    cases[i].reason, accepted ? "accepted" : why.says);
		assert_false(accepted);
		assert_int_equal(why.kind, RELEASE_MALFORMED);
		assert_int_equal(why.line, cases[i].line);
		assert_non_null(strstr(why.says, cases[i].reason));
		assert_null(release);
	}
	assert_true(sizeof cases / sizeof cases[0] >= 40);
}

static void more_than_the_limit(void **state)
{
	size_t size = RELEASE_FILE_MAX;
	char *bytes = arena_alloc(*state, size + 2);
	struct release *release = NULL;
	struct fault why = { .kind = NO_FAULT };
	struct str head = STR(HEADER "\n");

	memset(bytes, 'x', size + 1);
	memcpy(bytes, head.at, head.len);
	bytes[size - 1] = '\n';
	assert_true(release_parse(*state, (struct str){ bytes, size }, &release, &why));
	bytes[size] = '\n';
	assert_false(release_parse(*state, (struct str){ bytes, size + 1 }, &release, &why));
	assert_int_equal(why.kind, RELEASE_MALFORMED);
	assert_non_null(strstr(why.says, "at most 1048576 bytes"));
}

static void a_nul_byte(void **state)
{
	struct release *release = NULL;
	struct fault why = { .kind = NO_FAULT };

	assert_false(release_parse(*state, STR(WITH("Text \0 more\n")), &release, &why));
	assert_int_equal(why.line, 9);
	assert_non_null(strstr(why.says, "control"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_is_refused_with_line_and_reason),
		TEST(more_than_the_limit),
		TEST(a_nul_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

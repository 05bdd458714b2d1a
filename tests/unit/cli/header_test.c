#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#undef fail /* cmocka's macro; here it is fault.h's function */

#include "../../../src/cli/header.h"

static struct arena arena;

static bool set(struct header *header, const char *name, const char *value, struct fault *why)
{
	return header_set(&arena, header, str_from(name), str_from(value), why);
}

static void writes_fields_in_the_order_of_the_format(void **state)
{
	struct header header = { 0 };
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	assert_true(set(&header, "Title", "A title", NULL));
	assert_true(set(&header, "subtitle", "One", NULL));
	assert_true(set(&header, "Subtitle", " Two ", NULL));
	assert_true(set(&header, "SITE", "press.example", NULL));
	assert_true(set(&header, "Place", "", NULL));
	header_write(&header, &out);
	assert_true(str_equal(buf_str(&out), STR("Site: press.example\nTitle: A title\n"
						 "Subtitle: One\nSubtitle: Two\n\n")));
	buf_release(&out);
}

static void what_was_set_first_stays(void **state)
{
	struct header header = { 0 };

	(void)state;
	assert_true(set(&header, "Date", "2020-10-28", NULL));
	header_default(&header, FIELD_DATE, STR("2021-01-01"));
	header_default(&header, FIELD_KIND, STR("remarks"));
	header_default(&header, FIELD_TITLE, STR_NONE);
	assert_true(str_equal(header_value(&header, FIELD_DATE), STR("2020-10-28")));
	assert_true(str_equal(header_value(&header, FIELD_KIND), STR("remarks")));
	assert_false(str_given(header_value(&header, FIELD_TITLE)));
}

static void refuses_what_cannot_stand_there(void **state)
{
	static const char *const bad[][2] = {
		{ "Colour", "red" },	     { "", "x" },
		{ "Date", "2020-02-30" },    { "Date", "28.10.2020" },
		{ "Release", "With Space" }, { "Language", "e" },
		{ "Kind", "novel" },	     { "Publish-At", "tomorrow" },
		{ "Title", "one\nSite: x" },
	};
	struct header header = { 0 };
	struct fault why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why.kind = NO_FAULT;
		assert_false(set(&header, bad[i][0], bad[i][1], &why));
		assert_int_equal(why.kind, USAGE);
	}
	assert_true(set(&header, "Title", "once", NULL));
	assert_false(set(&header, "Title", "twice", &why));
	for (int i = 0; i < 4; i++)
		assert_true(set(&header, "Department", "Unit", NULL));
	assert_false(set(&header, "Department", "Unit", &why));
}

/* "é" as e and an accent, which is how some keyboards write it. */
static void composes_what_was_typed(void **state)
{
	struct header header = { 0 };

	(void)state;
	assert_true(set(&header, "Title", "caf\x65\xcc\x81", NULL));
	assert_true(str_equal(header_value(&header, FIELD_TITLE), STR("caf\xc3\xa9")));
}

/* No slug can be made from this title, whatever the date. */
static void lists_what_is_missing(void **state)
{
	struct header header = { 0 };
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	assert_true(set(&header, "Title", "항구", NULL));
	assert_true(set(&header, "Site", "press.example", NULL));
	assert_false(header_complete(&arena, &header, &why));
	assert_int_equal(why.kind, INVALID);
	assert_non_null(strstr(why.says, "--set Date=YYYY-MM-DD"));
	assert_non_null(strstr(why.says, "--set Release="));
	assert_non_null(strstr(why.says, "--set Language="));
	assert_non_null(strstr(why.says, "--set Kind="));
	assert_null(strstr(why.says, "Title"));
	assert_true(set(&header, "Date", "2020-10-28", NULL));
	assert_true(set(&header, "Release", "a", NULL));
	assert_true(set(&header, "Language", "en", NULL));
	assert_true(set(&header, "Kind", "statement", NULL));
	assert_true(header_complete(&arena, &header, &why));
}

static void lists_no_release_that_follows_from_the_date(void **state)
{
	struct header header = { 0 };
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	assert_true(set(&header, "Title", "A Harbour", NULL));
	assert_false(header_complete(&arena, &header, &why));
	assert_non_null(strstr(why.says, "Date"));
	assert_null(strstr(why.says, "Release"));
}

static int end(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_fields_in_the_order_of_the_format),
		cmocka_unit_test(what_was_set_first_stays),
		cmocka_unit_test(refuses_what_cannot_stand_there),
		cmocka_unit_test(composes_what_was_typed),
		cmocka_unit_test(lists_what_is_missing),
		cmocka_unit_test(lists_no_release_that_follows_from_the_date),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}

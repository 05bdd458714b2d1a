/* Against the C library's reading of the same files, four times a day over 130 years, and by
 * hand at the boundaries that are easy to get wrong. */
#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include <communique/bytes.h>
#include <communique/file.h>
#include <communique/zone.h>

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct zone *zone_of(const char *name)
{
	struct zone *zone = NULL;
	struct fault why;

	if (!zone_read(&arena, str_from(name), &zone, &why))
		print_error("%s\n", why.says);
	assert_non_null(zone);
	return zone;
}

static int64_t at(const char *text)
{
	int64_t time = 0;

	assert_true(time_parse(str_from(text), &time));
	return time;
}

static void expect_shown(const struct zone *zone, const char *moment, const char *expected)
{
	char out[ZONE_TIME_SIZE];

	assert_str(zone_time_format(out, zone, at(moment)), str_from(expected));
}

static void seoul_has_one_offset(void **state)
{
	const struct zone *seoul = zone_of("Asia/Seoul");
	char clock[ZONE_CLOCK_SIZE], offset[ZONE_OFFSET_SIZE];
	int64_t late = at("2026-11-23T15:30:00Z");

	(void)state;
	assert_int_equal(zone_at(seoul, late).offset, 9 * 3600);
	assert_str(zone_at(seoul, late).name, STR("KST"));
	assert_str(zone_clock(clock, seoul, late), STR("00:30"));
	assert_int_equal(date_number(zone_date(seoul, late)), 20261124);
	assert_str(zone_offset(offset, 9 * 3600), STR("UTC+9"));
	expect_shown(seoul, "2026-11-23T15:30:00Z", "2026-11-24T00:30:00+09:00");
}

static void clocks_change_on_the_second(void **state)
{
	const struct zone *berlin = zone_of("Europe/Berlin");

	(void)state;
	expect_shown(berlin, "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00");
	expect_shown(berlin, "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00");
	expect_shown(berlin, "2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00");
	expect_shown(berlin, "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00");
	assert_str(zone_at(berlin, at("2026-07-01T00:00:00Z")).name, STR("CEST"));
	/* Far behind the file's own list of changes: by its rule. */
	expect_shown(berlin, "2077-03-28T00:59:59Z", "2077-03-28T01:59:59+01:00");
	expect_shown(berlin, "2077-03-28T01:00:00Z", "2077-03-28T03:00:00+02:00");
}

static void summer_in_the_south_goes_over_new_year(void **state)
{
	const struct zone *sydney = zone_of("Australia/Sydney");

	(void)state;
	expect_shown(sydney, "2080-01-01T00:00:00Z", "2080-01-01T11:00:00+11:00");
	expect_shown(sydney, "2080-07-01T00:00:00Z", "2080-07-01T10:00:00+10:00");
}

static void it_agrees_with_the_c_library(void **state)
{
	static const char *const names[] = {
		"Asia/Seoul",	    "Europe/Berlin",   "America/New_York", "Europe/Dublin",
		"America/St_Johns", "Pacific/Chatham", "America/Nuuk",	   "Africa/Casablanca",
		"Asia/Tehran",	    "Asia/Kathmandu",  "Asia/Riyadh",	   "Pacific/Apia",
		"Etc/UTC",	    "Asia/Gaza",       "Antarctica/Troll", "Australia/Lord_Howe",
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct zone *zone = zone_of(names[i]);

		assert_int_equal(setenv("TZ", names[i], 1), 0);
		tzset();
		for (int64_t time = 0; time < at("2100-01-01T00:00:00Z"); time += 21601) {
			struct zone_time found = zone_at(zone, time);
			time_t when = time;
			struct tm there;

			assert_non_null(localtime_r(&when, &there));
			if (there.tm_gmtoff != found.offset ||
			    !str_equal(str_from(there.tm_zone), found.name))
				print_error("%s at %lld: %ld %s, not %d %.*s\n", names[i],
					    (long long)time, there.tm_gmtoff, there.tm_zone,
					    (int)found.offset, STR_ARG(found.name));
			assert_int_equal(there.tm_gmtoff, found.offset);
			assert_str(found.name, str_from(there.tm_zone));
		}
	}
	unsetenv("TZ");
	tzset();
}

static void without_one_it_is_utc(void **state)
{
	char offset[ZONE_OFFSET_SIZE];

	(void)state;
	expect_shown(NULL, "2026-11-23T15:30:00Z", "2026-11-23T15:30:00Z");
	assert_str(zone_at(NULL, 0).name, STR("UTC"));
	assert_str(zone_offset(offset, 0), STR("UTC"));
	assert_str(zone_offset(offset, -12600), STR("UTC-3:30"));
}

static void the_first_and_the_last_day_are_dates(void **state)
{
	const struct zone *west = zone_of("America/New_York"), *east = zone_of("Asia/Seoul");

	(void)state;
	assert_int_equal(date_number(zone_date(west, 0)), 19700101);
	assert_int_equal(date_number(zone_date(east, at("9999-12-31T23:59:59Z"))), 99991231);
}

static void expect_no_zone(struct str name)
{
	struct zone *zone;
	struct fault why;

	assert_false(zone_read(&arena, name, &zone, &why));
	assert_int_equal(why.kind, INVALID);
}

static void names_that_are_none_are_refused(void **state)
{
	(void)state;
	expect_no_zone(STR(""));
	expect_no_zone(STR("Asia/Seul"));
	expect_no_zone(STR("../../../etc/passwd"));
	expect_no_zone(STR("/etc/localtime"));
	expect_no_zone(STR("Asia"));	    /* a folder */
	expect_no_zone(STR("zone.tab"));    /* no such letters */
	expect_no_zone(STR("leapseconds")); /* another file of the folder */
	expect_no_zone(STR("right/Europe/Berlin"));
}

/* Each cut and each changed byte: refused or read, never beyond the end (ASan looks). */
static void damaged_files_are_harmless(void **state)
{
	struct buf file;
	struct zone *zone;
	struct fault why;

	(void)state;
	buf_init(&file, ZONE_FILE_MAX);
	assert_true(file_read("/usr/share/zoneinfo/Europe/Berlin", &file, &why));
	for (size_t len = 0; len < file.len; len++)
		assert_false(zone_parse(&arena, str_first(buf_str(&file), len), &zone, &why));
	for (size_t i = 0; i < file.len; i++) {
		file.at[i] = (char)~file.at[i];
		if (zone_parse(&arena, buf_str(&file), &zone, &why)) {
			zone_date(zone, 0);
			zone_date(zone, 1795521600);
			zone_date(zone, at("2090-07-01T00:00:00Z"));
		}
		file.at[i] = (char)~file.at[i];
	}
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seoul_has_one_offset),
		cmocka_unit_test(clocks_change_on_the_second),
		cmocka_unit_test(summer_in_the_south_goes_over_new_year),
		cmocka_unit_test(it_agrees_with_the_c_library),
		cmocka_unit_test(without_one_it_is_utc),
		cmocka_unit_test(the_first_and_the_last_day_are_dates),
		cmocka_unit_test(names_that_are_none_are_refused),
		cmocka_unit_test(damaged_files_are_harmless),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

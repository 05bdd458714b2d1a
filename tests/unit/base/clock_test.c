#include "unit.h"

#include <communique/clock.h>

#define LAST_SECOND 253402300799 /* 9999-12-31T23:59:59Z */

static void the_clock_can_be_fixed(void **state)
{
	int64_t before = (int64_t)time(NULL), now;

	(void)state;
	clock_fix(1000);
	assert_int_equal(clock_now(), 1000);
	clock_fix(0);
	assert_int_equal(clock_now(), 0);
	clock_fix(-1);
	now = clock_now();
	assert_true(now >= before && now <= before + 5);
	assert_true(clock_milliseconds() <= clock_milliseconds());
}

/* Every day from 1970 to 9999, one after the other, and by the library's calendar. */
static void the_calendar_is_the_gregorian(void **state)
{
	struct date before = { 1969, 12, 31 };

	(void)state;
	for (int64_t at = 0; at < LAST_SECOND; at += 86400) {
		struct date date = date_of(at + 86399);
		struct tm tm;
		time_t as_time = (time_t)at;

		if (date_start(date) != at || date_number(date) <= date_number(before))
			assert_int_equal(at, -1);
		before = date;
		if (at / 86400 % 37 != 0)
			continue;
		assert_non_null(gmtime_r(&as_time, &tm));
		assert_int_equal(date.year, tm.tm_year + 1900);
		assert_int_equal(date.month, tm.tm_mon + 1);
		assert_int_equal(date.day, tm.tm_mday);
	}
	assert_int_equal(date_number(before), 99991231);
	before = date_from_number(20201028);
	assert_true(before.year == 2020 && before.month == 10 && before.day == 28);
	assert_int_equal(date_number(before), 20201028);
}

static void dates_exist(void **state)
{
	static const char *const bad[] = {
		"",
		"2023-02-29",
		"1900-02-29",
		"2100-02-29",
		"2024-02-30",
		"2024-04-31",
		"2024-00-10",
		"2024-13-01",
		"2024-01-00",
		"2024-01-32",
		"1969-12-31",
		"0000-01-01",
		"24-01-01",
		"2024-1-1",
		"2024/01/01",
		"2024-01-01 ",
		" 2024-01-01",
		"20240101",
		"+024-01-01",
		"2024-01-01Z",
		"10000-01-01",
		"2024-01",
		"2024-06-31",
	};
	struct date date;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (date_parse(str_from(bad[i]), &date))
			print_error("%s\n", bad[i]);
		assert_false(date_parse(str_from(bad[i]), &date));
	}
	assert_true(date_parse(STR("2024-02-29"), &date));
	assert_int_equal(date_number(date), 20240229);
	assert_true(date_parse(STR("2000-02-29"), &date));
	assert_true(date_parse(STR("1970-01-01"), &date) && date_start(date) == 0);
	assert_true(date_parse(STR("9999-12-31"), &date));
}

static void times_are_rfc_3339(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-23T09:00:00Z", 1795424400 },
		{ "2026-11-23T18:00:00+09:00", 1795424400 },
		{ "2026-11-23T05:30:00-03:30", 1795424400 },
		{ "2026-11-24T08:59:00+23:59", 1795424400 },
		{ "1970-01-01T01:00:00+01:00", 0 },
		{ "9999-12-31T23:59:59Z", LAST_SECOND },
	};
	static const char *const bad[] = {
		"",
		"2026-11-23",
		"2026-11-23T09:00:00",
		"2026-11-23T09:00Z",
		"2026-11-23 09:00:00Z",
		"2026-11-23t09:00:00z",
		"2026-11-23T24:00:00Z",
		"2026-11-23T09:60:00Z",
		"2026-11-23T09:00:60Z",
		"2026-11-23T09:00:00.5Z",
		"2026-11-23T09:00:00+0900",
		"2026-11-23T09:00:00+24:00",
		"2026-11-23T09:00:00+09:60",
		"2026-11-23T09:00:00Zx",
		"2026-11-23T09:00:00+09:00x",
		"2026-02-30T09:00:00Z",
		"2026-11-23T9:00:00Z",
		"1970-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
		"2026-11-23T09:00:00*09:00",
		"2026-11-23T09:00:00+",
		"2026-11-23T09:00:00-9:00",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(time_parse(str_from(good[i].text), &at));
		assert_int_equal(at, good[i].time);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (time_parse(str_from(bad[i]), &at))
			print_error("%s\n", bad[i]);
		assert_false(time_parse(str_from(bad[i]), &at));
	}
}

static void times_are_written_in_utc(void **state)
{
	char out[TIME_SIZE], http[HTTP_TIME_SIZE];
	int64_t at, again;

	(void)state;
	assert_str(time_format(out, 1795424400), STR("2026-11-23T09:00:00Z"));
	assert_str(time_format(out, 0), STR("1970-01-01T00:00:00Z"));
	assert_str(time_format(out, LAST_SECOND), STR("9999-12-31T23:59:59Z"));
	/* RFC 9110, section 5.6.7 */
	assert_str(http_time_format(http, 784111777), STR("Sun, 06 Nov 1994 08:49:37 GMT"));
	assert_str(http_time_format(http, 0), STR("Thu, 01 Jan 1970 00:00:00 GMT"));
	for (at = 12345; at < LAST_SECOND; at += 86400ll * 7919 / 10 + 3601) {
		assert_true(time_parse(time_format(out, at), &again) && again == at);
		assert_true(http_time_parse(http_time_format(http, at), &again) && again == at);
	}
}

static void http_times_have_one_form(void **state)
{
	static const char *const bad[] = {
		"",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Mon, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 31 Feb 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08:49:60 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 06 Nov 1994 08:49:37 GMTx",
		"Wed, 31 Dec 1969 23:59:59 GMT",
		"Sun; 06 Nov 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 06  ov 1994 08:49:37 GMT",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(http_time_parse(str_from(bad[i]), &at));
	assert_false(http_time_parse(STR_NONE, &at));
	assert_true(http_time_parse(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &at));
	assert_int_equal(at, 784111777);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_can_be_fixed),
		cmocka_unit_test(the_calendar_is_the_gregorian),
		cmocka_unit_test(dates_exist),
		cmocka_unit_test(times_are_rfc_3339),
		cmocka_unit_test(times_are_written_in_utc),
		cmocka_unit_test(http_times_have_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

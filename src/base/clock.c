#include <stdatomic.h>

#include <communique/clock.h>

#define LAST_SECOND 253402300799 /* 9999-12-31T23:59:59Z: an offset may lead past it */

static _Atomic int64_t fixed = -1;

int64_t clock_now(void)
{
	int64_t now = atomic_load_explicit(&fixed, memory_order_relaxed);
	struct timespec real;

	if (now >= 0)
		return now;
	clock_gettime(CLOCK_REALTIME, &real);
	return real.tv_sec;
}

uint64_t clock_nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t clock_milliseconds(void)
{
	return clock_nanoseconds() / 1000000;
}

void clock_fix(int64_t now)
{
	atomic_store(&fixed, now);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. Counting years from
 * March puts the leap day last, so that a year's days need no table. */
static int64_t days_of(struct date date)
{
	int64_t year = date.month <= 2 ? date.year - 1 : date.year;
	int64_t month = date.month <= 2 ? date.month + 9 : date.month - 3;

	return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date.day -
	       1 - 719468;
}

static struct date date_of_days(int64_t days)
{
	int64_t z = days + 719468, era = z / 146097, day = z - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	struct date date = {
		.month = (uint8_t)(month < 10 ? month + 3 : month - 9),
		.day = (uint8_t)(of_year - (153 * month + 2) / 5 + 1),
	};

	date.year = (uint16_t)(year + era * 400 + (date.month <= 2));
	return date;
}

/* Exactly `len` digits off the front of *rest. */
static bool take_number(struct str *rest, size_t len, unsigned *out)
{
	unsigned n = 0;

	if (rest->len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(rest->at[i]))
			return false;
		n = n * 10 + (unsigned)(rest->at[i] - '0');
	}
	*rest = str_skip(*rest, len);
	*out = n;
	return true;
}

static bool take_char(struct str *rest, char c)
{
	if (rest->len == 0 || rest->at[0] != c)
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

static bool take_date(struct str *rest, struct date *out)
{
	unsigned year, month, day;
	struct date date, same;

	if (!take_number(rest, 4, &year) || !take_char(rest, '-') ||
	    !take_number(rest, 2, &month) || !take_char(rest, '-') || !take_number(rest, 2, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	date = (struct date){ (uint16_t)year, (uint8_t)month, (uint8_t)day };
	same = date_of_days(days_of(date)); /* the 31st of April comes back as the 1st of May */
	if (same.day != date.day)
		return false;
	*out = date;
	return true;
}

bool date_parse(struct str text, struct date *out)
{
	return take_date(&text, out) && text.len == 0;
}

struct date date_of(int64_t time)
{
	must(time >= 0);
	return date_of_days(time / 86400);
}

int64_t date_start(struct date date)
{
	return days_of(date) * 86400;
}

uint32_t date_number(struct date date)
{
	return date.year * 10000u + date.month * 100u + date.day;
}

struct date date_from_number(uint32_t number)
{
	return (struct date){ (uint16_t)(number / 10000), (uint8_t)(number / 100 % 100),
			      (uint8_t)(number % 100) };
}

static bool take_clock(struct str *rest, bool seconds, int64_t *out)
{
	unsigned hour, minute, second = 0;

	if (!take_number(rest, 2, &hour) || !take_char(rest, ':') || !take_number(rest, 2, &minute))
		return false;
	if (seconds && (!take_char(rest, ':') || !take_number(rest, 2, &second)))
		return false;
	*out = (int64_t)hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second < 60;
}

bool time_parse(struct str text, int64_t *out)
{
	struct date date;
	int64_t clock, offset = 0;
	int sign;

	if (!take_date(&text, &date) || !take_char(&text, 'T') || !take_clock(&text, true, &clock))
		return false;
	if (!take_char(&text, 'Z')) {
		sign = text.len && text.at[0] == '-' ? -1 : 1;
		if (!take_char(&text, '+') && !take_char(&text, '-'))
			return false;
		if (!take_clock(&text, false, &offset))
			return false;
		offset *= sign;
	}
	*out = date_start(date) + clock - offset;
	return text.len == 0 && *out >= 0 && *out <= LAST_SECOND;
}

struct str time_format(char out[TIME_SIZE], int64_t time)
{
	struct date date = date_of(time);
	unsigned rest = (unsigned)(time % 86400);
	int len = snprintf(out, TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", date.year % 10000u,
			   date.month % 100u, date.day % 100u, rest / 3600 % 24, rest / 60 % 60,
			   rest % 60);

	return (struct str){ out, (size_t)len };
}

static const char weekdays[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

struct str http_time_format(char out[HTTP_TIME_SIZE], int64_t time)
{
	struct date date = date_of(time);
	unsigned rest = (unsigned)(time % 86400);
	int len = snprintf(out, HTTP_TIME_SIZE, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
			   weekdays + time / 86400 % 7 * 3, date.day % 100u,
			   months + (date.month - 1) * 3, date.year % 10000u, rest / 3600 % 24,
			   rest / 60 % 60, rest % 60);

	return (struct str){ out, (size_t)len };
}

bool http_time_parse(struct str text, int64_t *out)
{
	char again[HTTP_TIME_SIZE];
	struct date date = { .month = 0 };
	unsigned day, year;
	int64_t clock;
	struct str rest = str_skip(text, 5), month = str_first(str_skip(text, 8), 3);

	for (size_t i = 0; i < 12; i++) {
		if (str_equal(month, (struct str){ months + 3 * i, 3 }))
			date.month = (uint8_t)(i + 1);
	}
	if (date.month == 0 || !take_number(&rest, 2, &day) || day < 1 || day > 31)
		return false;
	rest = str_skip(text, 12);
	if (!take_number(&rest, 4, &year) || year < 1970 || !take_char(&rest, ' ') ||
	    !take_clock(&rest, true, &clock))
		return false;
	date.year = (uint16_t)year;
	date.day = (uint8_t)day;
	*out = date_start(date) + clock;
	/* Written again it is the same: that checks the weekday, the spaces, the day. */
	return str_equal(http_time_format(again, *out), text);
}

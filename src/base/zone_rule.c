/* What a zone's clocks will do, from its TZ string. */
#include "zone.h"

#define DAY 86400

/* --- reading ------------------------------------------------------------------------ */

static bool take_char(struct str *rest, char c)
{
	if (rest->len == 0 || rest->at[0] != c)
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

static bool take_number(struct str *rest, unsigned max, unsigned *out)
{
	size_t len = 0;
	uint64_t n = 0;

	for (; len < rest->len && len < 4 && is_digit(rest->at[len]); len++)
		n = n * 10 + (uint64_t)(rest->at[len] - '0');
	*rest = str_skip(*rest, len);
	*out = (unsigned)n;
	return len > 0 && n <= max;
}

/* [+-]h[hh][:mm[:ss]] */
static bool take_clock(struct str *rest, int32_t *out)
{
	bool minus = take_char(rest, '-');
	unsigned hours, minutes = 0, seconds = 0;

	if (!minus)
		take_char(rest, '+');
	if (!take_number(rest, 167, &hours) ||
	    (take_char(rest, ':') && (!take_number(rest, 59, &minutes) ||
				      (take_char(rest, ':') && !take_number(rest, 59, &seconds)))))
		return false;
	*out = (int32_t)(hours * 3600 + minutes * 60 + seconds) * (minus ? -1 : 1);
	return true;
}

/* KST or <+09>. */
static bool take_name(struct str *rest, struct str *out)
{
	bool quoted = take_char(rest, '<');
	size_t len = 0;

	while (len < rest->len && (is_alpha(rest->at[len]) ||
				   (quoted && (is_digit(rest->at[len]) || rest->at[len] == '+' ||
					       rest->at[len] == '-'))))
		len++;
	*out = str_first(*rest, len);
	*rest = str_skip(*rest, len);
	return len >= 3 && (!quoted || take_char(rest, '>'));
}

static bool take_day(struct str *rest, struct zone_day *out)
{
	*out = (struct zone_day){ .at = 2 * 3600 };
	if (take_char(rest, 'M')) {
		out->kind = DAY_OF_MONTH;
		if (!take_number(rest, 12, &out->month) || out->month == 0 ||
		    !take_char(rest, '.') || !take_number(rest, 5, &out->week) || out->week == 0 ||
		    !take_char(rest, '.') || !take_number(rest, 6, &out->weekday))
			return false;
	} else {
		out->kind = take_char(rest, 'J') ? DAY_JULIAN : DAY_COUNTED;
		if (!take_number(rest, 365, &out->day) ||
		    (out->kind == DAY_JULIAN && out->day == 0))
			return false;
	}
	return !take_char(rest, '/') || take_clock(rest, &out->at);
}

bool zone_rule_parse(struct str text, struct zone_rule *out)
{
	int32_t west;

	*out = (struct zone_rule){ .has_summer = false };
	if (!take_name(&text, &out->standard.name) || !take_clock(&text, &west))
		return false;
	out->standard.offset = -west;
	if (text.len == 0)
		return true;
	out->has_summer = true;
	if (!take_name(&text, &out->summer.name))
		return false;
	out->summer.offset = out->standard.offset + 3600;
	if (text.len > 0 && text.at[0] != ',') {
		if (!take_clock(&text, &west))
			return false;
		out->summer.offset = -west;
	}
	return take_char(&text, ',') && take_day(&text, &out->begins) && take_char(&text, ',') &&
	       take_day(&text, &out->ends) && text.len == 0;
}

/* --- asking --------------------------------------------------------------------------- */

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t month_start(unsigned year, unsigned month)
{
	return date_start((struct date){ (uint16_t)year, (uint8_t)month, 1 }) / DAY;
}

/* Days since 1970-01-01, which was a Thursday. */
static int64_t day_in(const struct zone_day *day, unsigned year)
{
	int64_t first = month_start(year, 1), next, found;

	switch (day->kind) {
	case DAY_COUNTED:
		return first + day->day;
	case DAY_JULIAN:
		return first + day->day - 1 + (is_leap(year) && day->day >= 60);
	case DAY_OF_MONTH:
		break;
	}
	first = month_start(year, day->month);
	next = day->month < 12 ? month_start(year, day->month + 1) : first + 31;
	found = first + ((int64_t)day->weekday - (first + 4) % 7 + 7) % 7 + 7 * (day->week - 1);
	return found < next ? found : found - 7;
}

struct zone_time zone_rule_at(const struct zone_rule *rule, int64_t time)
{
	int64_t local = time + rule->standard.offset, begins, ends;
	unsigned year;
	bool is_summer;

	if (!rule->has_summer)
		return rule->standard;
	year = date_of(local < 0 ? 0 : local).year;
	begins = day_in(&rule->begins, year) * DAY + rule->begins.at - rule->standard.offset;
	ends = day_in(&rule->ends, year) * DAY + rule->ends.at - rule->summer.offset;
	/* In the south, summer goes over the turn of the year. */
	is_summer = begins < ends ? begins <= time && time < ends : begins <= time || time < ends;
	return is_summer ? rule->summer : rule->standard;
}

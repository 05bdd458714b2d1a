#include "range.h"

#include <communique/clock.h>

/* Digits alone; a number too large to be one is simply very large. */
static bool read_position(struct str digits, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < digits.len; i++) {
		if (!is_digit(digits.at[i]))
			return false;
		if (n > (UINT64_MAX - 9) / 10)
			n = UINT64_MAX / 20;
		n = n * 10 + (uint64_t)(digits.at[i] - '0');
	}
	*out = n;
	return digits.len > 0;
}

/* `-500`: the last 500 bytes. */
static enum range suffix(struct str digits, uint64_t size, struct part *out)
{
	uint64_t len;

	if (!read_position(digits, &len))
		return RANGE_WHOLE;
	if (len == 0 || size == 0)
		return RANGE_OUTSIDE;
	out->len = len < size ? len : size;
	out->at = size - out->len;
	return RANGE_PART;
}

enum range range_parse(struct str field, uint64_t size, struct part *out)
{
	struct str last = field, first, unit;
	uint64_t from, to = UINT64_MAX;

	*out = (struct part){ 0, size };
	if (!str_given(field))
		return RANGE_WHOLE;
	unit = str_cut(&last, '=');
	if (!str_equal_nocase(str_trim(unit), STR("bytes")) || str_find(last, ',') < last.len)
		return RANGE_WHOLE;
	last = str_trim(last);
	first = str_cut(&last, '-');
	if (!str_given(last))
		return RANGE_WHOLE;
	if (first.len == 0)
		return suffix(last, size, out);
	if (!read_position(first, &from) || (last.len > 0 && !read_position(last, &to)) ||
	    to < from)
		return RANGE_WHOLE;
	if (from >= size)
		return RANGE_OUTSIDE;
	out->at = from;
	out->len = (to < size ? to + 1 : size) - from;
	return RANGE_PART;
}

bool range_still_holds(struct str if_range, struct str etag, int64_t modified)
{
	struct str tag = str_trim(if_range);
	int64_t date;

	if (!str_given(if_range))
		return true;
	if (str_starts(tag, STR("\"")) || str_starts(tag, STR("W/")))
		return str_equal(tag, etag);
	return http_time_parse(tag, &date) && date == modified;
}

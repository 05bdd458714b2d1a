#include "zone.h"

#include <communique/bytes.h>
#include <communique/file.h>

#define HEAD 44
#define LAST_SECOND 253402300799 /* 9999-12-31T23:59:59Z */

/*
 * TZif, RFC 9636: a head, and behind it a block of the old form with times in 32 bits,
 * which is passed over; then head and block again with times in 64:
 *
 *	times of transitions, 8 bytes each | their types, 1 byte each |
 *	types: offset 4, is-summer 1, index of the name 1 | names, NUL-terminated |
 *	leap seconds | two lists of flags
 *
 * and the rule for later times between two line ends. All numbers are big-endian.
 */
struct zone {
	struct str name; /* STR_NONE: it was not read by one */
	struct str times, indexes, types, names;
	size_t time_count, type_count;
	struct zone_rule rule;
	bool has_rule;
};

struct counts {
	size_t utc_flags, standard_flags, leaps, times, types, names;
};

static bool take_head(struct str *rest, struct counts *out)
{
	const char *at = rest->at + 20;

	if (rest->len < HEAD || !str_starts(*rest, STR("TZif")) || rest->at[4] < '2')
		return false;
	*out = (struct counts){ get_be32(at),	   get_be32(at + 4),  get_be32(at + 8),
				get_be32(at + 12), get_be32(at + 16), get_be32(at + 20) };
	*rest = str_skip(*rest, HEAD);
	return out->utc_flags <= ZONE_FILE_MAX && out->standard_flags <= ZONE_FILE_MAX &&
	       out->leaps <= ZONE_FILE_MAX && out->times <= ZONE_FILE_MAX &&
	       out->types <= ZONE_FILE_MAX && out->names <= ZONE_FILE_MAX;
}

static struct str take(struct str *rest, size_t len)
{
	struct str piece = str_first(*rest, len);

	*rest = str_skip(*rest, len);
	return piece;
}

static bool skip_old_block(struct str *rest)
{
	struct counts n;
	size_t len;

	if (!take_head(rest, &n))
		return false;
	len = n.times * 5 + n.types * 6 + n.names + n.leaps * 8 + n.standard_flags + n.utc_flags;
	return take(rest, len).len == len;
}

static bool check_block(const struct zone *zone)
{
	if (zone->type_count == 0 || zone->names.len == 0 ||
	    zone->names.at[zone->names.len - 1] != '\0')
		return false;
	for (size_t i = 0; i < zone->time_count; i++) {
		if ((unsigned char)zone->indexes.at[i] >= zone->type_count)
			return false;
	}
	for (size_t i = 0; i < zone->type_count; i++) {
		int32_t offset = (int32_t)get_be32(zone->types.at + 6 * i);

		if ((unsigned char)zone->types.at[6 * i + 5] >= zone->names.len ||
		    offset <= -93600 || offset >= 93600)
			return false;
	}
	return true;
}

/* With leap seconds a file counts other seconds than we do: "right/…". */
static bool take_block(struct str *rest, struct zone *zone)
{
	struct counts n;
	size_t flags;

	if (!take_head(rest, &n) || n.leaps > 0)
		return false;
	zone->time_count = n.times;
	zone->type_count = n.types;
	zone->times = take(rest, n.times * 8);
	zone->indexes = take(rest, n.times);
	zone->types = take(rest, n.types * 6);
	zone->names = take(rest, n.names);
	flags = n.standard_flags + n.utc_flags;
	return zone->types.len == n.types * 6 && zone->names.len == n.names &&
	       take(rest, flags).len == flags && check_block(zone);
}

static bool take_rule(struct str rest, struct zone *zone)
{
	struct str line;

	if (!str_starts(rest, STR("\n")))
		return false;
	rest = str_skip(rest, 1);
	line = str_cut(&rest, '\n');
	if (!str_given(rest))
		return false;
	zone->has_rule = line.len > 0;
	return !zone->has_rule || zone_rule_parse(line, &zone->rule);
}

bool zone_parse(struct arena *arena, struct str bytes, struct zone **out, struct fault *why)
{
	struct zone *zone = arena_new(arena, struct zone);
	struct str rest = arena_copy(arena, bytes);

	if (!skip_old_block(&rest) || !take_block(&rest, zone) || !take_rule(rest, zone))
		return fail(why, BROKEN, "this is no file of a time zone");
	*out = zone;
	return true;
}

/* No way out of the folder. */
static bool is_name(struct str name)
{
	if (name.len == 0 || name.len > ZONE_NAME_MAX || !is_alpha(name.at[0]))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!is_alpha(c) && !is_digit(c) && c != '/' && c != '_' && c != '-' && c != '+')
			return false;
	}
	return true;
}

bool zone_read(struct arena *arena, struct str name, struct zone **out, struct fault *why)
{
	struct fault inside;
	struct buf bytes;
	struct str path;
	bool ok;

	if (!is_name(name))
		return fail(why, INVALID, "a time zone has a name like Asia/Seoul, not \"%s\"",
			    QUOTE(name));
	path = arena_printf(arena, "%s/%.*s", ZONE_FOLDER, STR_ARG(name));
	buf_init(&bytes, ZONE_FILE_MAX);
	ok = file_read(path.at, &bytes, &inside) &&
	     zone_parse(arena, buf_str(&bytes), out, &inside);
	buf_release(&bytes);
	if (ok)
		(*out)->name = arena_copy(arena, name);
	return ok ||
	       fail(why, INVALID, "no time zone %s (package tzdata): %s", QUOTE(name), inside.says);
}

struct str zone_name(const struct zone *zone)
{
	return zone && str_given(zone->name) ? zone->name : STR("UTC");
}

/* --- asking ----------------------------------------------------------------------------- */

static struct zone_time type_at(const struct zone *zone, size_t type)
{
	const char *at = zone->types.at + 6 * type;

	return (struct zone_time){ (int32_t)get_be32(at),
				   str_from(zone->names.at + (unsigned char)at[5]) };
}

/* The number of transitions up to then. */
static size_t passed(const struct zone *zone, int64_t time)
{
	size_t low = 0, high = zone->time_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((int64_t)get_be64(zone->times.at + 8 * middle) <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct zone_time zone_at(const struct zone *zone, int64_t time)
{
	size_t n;

	if (!zone)
		return (struct zone_time){ 0, STR("UTC") };
	n = passed(zone, time);
	if (n == zone->time_count && zone->has_rule)
		return zone_rule_at(&zone->rule, time);
	return type_at(zone, n > 0 ? (unsigned char)zone->indexes.at[n - 1] : 0);
}

/* Its seconds as if they were UTC's. Only the first and the last day of all times are cut. */
static int64_t local(const struct zone *zone, int64_t time)
{
	int64_t there = time + zone_at(zone, time).offset;

	return there < 0 ? 0 : there > LAST_SECOND ? LAST_SECOND : there;
}

struct date zone_date(const struct zone *zone, int64_t time)
{
	return date_of(local(zone, time));
}

struct str zone_clock(char out[ZONE_CLOCK_SIZE], const struct zone *zone, int64_t time)
{
	unsigned minutes = (unsigned)(local(zone, time) % 86400 / 60);

	snprintf(out, ZONE_CLOCK_SIZE, "%02u:%02u", minutes / 60 % 24, minutes % 60);
	return str_from(out);
}

struct str zone_offset(char out[ZONE_OFFSET_SIZE], int32_t offset)
{
	unsigned minutes = (unsigned)(offset < 0 ? -offset : offset) / 60;

	if (offset == 0)
		return STR("UTC");
	snprintf(out, ZONE_OFFSET_SIZE, minutes % 60 ? "UTC%c%u:%02u" : "UTC%c%u",
		 offset < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
	return str_from(out);
}

struct str zone_time_format(char out[ZONE_TIME_SIZE], const struct zone *zone, int64_t time)
{
	int32_t offset = zone_at(zone, time).offset;
	unsigned minutes = (unsigned)(offset < 0 ? -offset : offset) / 60;
	char text[TIME_SIZE];

	time_format(text, zone ? local(zone, time) : time);
	if (zone)
		snprintf(out, ZONE_TIME_SIZE, "%.19s%c%02u:%02u", text, offset < 0 ? '-' : '+',
			 minutes / 60 % 100, minutes % 60);
	else
		snprintf(out, ZONE_TIME_SIZE, "%s", text);
	return str_from(out);
}

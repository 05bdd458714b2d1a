/* The header: lines to fields, then the rules that span fields. */
#include <communique/utf8.h>

#include "fields.h"

/* What has been read: how often, and where last. */
struct seen {
	unsigned count, line;
};

/* --- lines -------------------------------------------------------------------------- */

static bool find_field(struct str name, enum field *out)
{
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		*out = field;
		if (str_equal_nocase(name, str_from(field_rows[field].name)))
			return true;
	}
	return false;
}

static bool is_continuation(struct str line)
{
	return line.len && (line.at[0] == ' ' || line.at[0] == '\t');
}

/* One line more of a header, which has few. */
static bool take_header_line(struct parse *parse, struct lines *lines, struct str *line,
			     struct fault *why)
{
	parse->line = lines->number;
	if (lines->number > RELEASE_HEADER_LINES_MAX)
		return refuse(parse, why, "expected at most %d header lines",
			      RELEASE_HEADER_LINES_MAX);
	*line = line_take(lines);
	if (line->len && line_is_blank(*line))
		return refuse(parse, why, "expected an empty line, this one has spaces in it");
	return true;
}

/* Adds the lines that continue the value, joined with one space each. */
static bool unfold(struct parse *parse, struct lines *lines, struct str *value, struct fault *why)
{
	struct buf joined;
	struct str line;
	bool ok = true;

	if (!is_continuation(line_peek(lines)))
		return true;
	buf_init(&joined, RELEASE_FILE_MAX);
	buf_add(&joined, *value);
	while (ok && is_continuation(line_peek(lines))) {
		ok = take_header_line(parse, lines, &line, why);
		if (joined.len)
			buf_add_char(&joined, ' ');
		if (ok)
			buf_add(&joined, str_trim(line));
	}
	*value = arena_copy(parse->arena, buf_str(&joined));
	buf_release(&joined);
	return ok;
}

static bool set_field(struct parse *parse, enum field field, struct str value, struct fault *why)
{
	const struct field_row *row = &field_rows[field];
	void *member = (char *)parse->release + row->offset;

	if (value.len == 0)
		return refuse(parse, why, "expected a value for %s", row->name);
	if (utf8_count(value) > row->limit)
		return refuse(parse, why, "expected at most %zu characters as %s, not %zu",
			      row->limit, row->name, utf8_count(value));
	if (row->set)
		return row->set(parse, value, why);
	if (row->most == 1)
		*(struct str *)member = value;
	else
		field_add_text(parse, member, row->most, value);
	return true;
}

static bool take_field(struct parse *parse, struct lines *lines, struct seen *seen,
		       struct fault *why)
{
	unsigned first = lines->number;
	struct str line, name, value;
	enum field field;

	if (!take_header_line(parse, lines, &line, why))
		return false;
	name = str_first(line, str_find(line, ':'));
	if (is_continuation(line) || name.len == 0 || name.len == line.len)
		return refuse(parse, why, "expected \"Name: value\", not \"%s\"", QUOTE(line));
	if (!find_field(name, &field))
		return refuse(parse, why, "expected the name of a field, not \"%s\"", QUOTE(name));
	if (seen[field].count == field_rows[field].most)
		return refuse(parse, why,
			      field_rows[field].most == 1 ? "expected %s once, it stands in line %u"
							  : "expected %s at most %u times",
			      field_rows[field].name,
			      field_rows[field].most == 1 ? seen[field].line
							  : field_rows[field].most);
	seen[field] = (struct seen){ seen[field].count + 1, first };
	value = str_skip(line, name.len + 1);
	if (value.len && !is_continuation(value))
		return refuse(parse, why, "expected a space behind \"%s:\"",
			      field_rows[field].name);
	value = str_trim(value);
	if (!unfold(parse, lines, &value, why))
		return false;
	parse->line = first;
	return set_field(parse, field, value, why);
}

/* --- what spans fields ------------------------------------------------------------------ */

static bool check_required(struct parse *parse, const struct seen *seen, struct fault *why)
{
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		if (field_rows[field].required && !seen[field].count)
			return refuse(parse, why, "expected %s above this line",
				      field_rows[field].name);
	}
	return true;
}

static bool check_first_revision(struct parse *parse, const struct seen *seen, struct fault *why)
{
	static const enum field later[] = { PREVIOUS, CHANGE, CHANGE_NOTE };

	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
		if (!seen[later[i]].count)
			continue;
		parse->line = seen[later[i]].line;
		return refuse(parse, why, "expected no %s in revision 1",
			      field_rows[later[i]].name);
	}
	return true;
}

static bool check_revision(struct parse *parse, const struct seen *seen, struct fault *why)
{
	const struct release *release = parse->release;

	if (release->revision == 1)
		return check_first_revision(parse, seen, why);
	if (!release->has_previous)
		return refuse(parse, why, "expected Previous above this line, from revision 2 on");
	if (release->change == CHANGE_FIRST)
		return refuse(parse, why, "expected Change above this line, from revision 2 on");
	if (release->change != CHANGE_MINOR && !seen[CHANGE_NOTE].count)
		return refuse(parse, why, "expected Change-Note above this line, as Change is %.*s",
			      STR_ARG(change_word(release->change)));
	return true;
}

/* By habit a slug begins with the date. */
static void doubt_slug(struct parse *parse, const struct seen *seen)
{
	struct date date;

	if (!date_parse(str_first(parse->release->slug, 10), &date))
		doubt(parse, seen[RELEASE].line, "Release does not begin with a date");
	else if (date_number(date) != date_number(parse->release->date))
		doubt(parse, seen[RELEASE].line, "Release begins with another day than Date");
}

bool header_parse(struct parse *parse, struct lines *lines, struct fault *why)
{
	struct seen seen[FIELD_COUNT] = { { 0 } };

	while (lines->rest.len && line_peek(lines).len) {
		if (!take_field(parse, lines, seen, why))
			return false;
	}
	parse->line = lines->rest.len ? lines->number : lines->number - 1;
	if (lines->rest.len == 0)
		return refuse(parse, why, "expected an empty line below the header");
	if (!check_required(parse, seen, why) || !check_revision(parse, seen, why))
		return false;
	doubt_slug(parse, seen);
	line_take(lines);
	return true;
}

#include "form.h"

#include <communique/bytes.h>

#define BOUNDARY_MAX 70 /* RFC 2046, 5.1.1 */
#define PART_LINES_MAX 16

static bool add(struct form *form, struct str name, struct str value, struct fault *why)
{
	if (form->count == FORM_FIELDS_MAX)
		return fail(why, INVALID, "a form has at most %d fields here", FORM_FIELDS_MAX);
	form->at[form->count].name = name;
	form->at[form->count++].value = value;
	return true;
}

struct str form_value(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++) {
		if (str_equal(form->at[i].name, str_from(name)))
			return form->at[i].value;
	}
	return STR_NONE;
}

/* --- application/x-www-form-urlencoded ------------------------------------------------- */

static bool decode(struct str text, struct arena *arena, struct str *out, struct fault *why)
{
	char *at = arena_alloc(arena, text.len + 1);

	*out = (struct str){ at, 0 };
	while (text.len > 0) {
		size_t taken = *text.at == '%' ? 3 : 1;

		if (taken == 1)
			at[out->len++] = *text.at == '+' ? ' ' : *text.at;
		else if (text.len < 3 ||
			 !hex_decode(at + out->len++, 1, str_first(str_skip(text, 1), 2)))
			return fail(why, INVALID, "%% must have two hex digits behind it");
		text = str_skip(text, taken);
	}
	return true;
}

static bool read_encoded(struct str body, struct arena *arena, struct form *out, struct fault *why)
{
	while (str_given(body)) {
		struct str value = str_cut(&body, '&'), name = str_cut(&value, '=');

		if (name.len == 0)
			continue;
		if (!decode(name, arena, &name, why) || !decode(value, arena, &value, why) ||
		    !add(out, name, value, why))
			return false;
	}
	return true;
}

/* --- multipart/form-data ----------------------------------------------------------------- */

/* The value of `name=` in a field, without its quotes: STR_NONE when there is none. */
static struct str parameter(struct str field, struct str name)
{
	str_cut(&field, ';');
	while (str_given(field)) {
		struct str value = str_cut(&field, ';');
		struct str found = str_trim(str_cut(&value, '='));

		value = str_trim(value);
		if (!str_equal_nocase(found, name) || !value.len)
			continue;
		if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
			return str_first(str_skip(value, 1), value.len - 2);
		return value;
	}
	return STR_NONE;
}

/* Takes what stands before `what` off *rest, and it. */
static bool take_until(struct str *rest, struct str what, struct str *out)
{
	size_t end = str_find_str(*rest, what);

	if (end + what.len > rest->len)
		return false;
	*out = str_first(*rest, end);
	*rest = str_skip(*rest, end + what.len);
	return true;
}

/* The name, from Content-Disposition among a part's fields; *rest then is its value. */
static bool take_name(struct str *rest, struct str *name)
{
	struct str line;

	*name = STR_NONE;
	for (unsigned lines = 0; lines < PART_LINES_MAX; lines++) {
		if (!take_until(rest, STR("\r\n"), &line))
			return false;
		if (line.len == 0)
			return str_given(*name);
		if (str_equal_nocase(str_first(line, 20), STR("Content-Disposition:")))
			*name = parameter(line, STR("name"));
	}
	return false;
}

static bool read_multipart(struct str type, struct str body, struct arena *arena, struct form *out,
			   struct fault *why)
{
	struct str boundary = parameter(type, STR("boundary")), line, part, name;

	if (boundary.len == 0 || boundary.len > BOUNDARY_MAX)
		return fail(why, INVALID, "multipart/form-data without a boundary");
	line = arena_printf(arena, "\r\n--%.*s", STR_ARG(boundary));
	/* The first one needs no line end before it. */
	if (!str_starts(body, str_skip(line, 2)))
		return fail(why, INVALID, "the body does not begin with its boundary");
	body = str_skip(body, line.len - 2);
	while (str_starts(body, STR("\r\n"))) {
		body = str_skip(body, 2);
		if (!take_until(&body, line, &part) || !take_name(&part, &name))
			return fail(why, INVALID, "a part of the form has no name or no end");
		if (!add(out, name, part, why))
			return false;
	}
	return str_starts(body, STR("--")) || fail(why, INVALID, "the form has no end");
}

bool form_read(struct str type, struct str body, struct arena *arena, struct form *out,
	       struct fault *why)
{
	struct str word = str_trim(str_first(type, str_find(type, ';')));

	*out = (struct form){ .count = 0 };
	if (str_equal_nocase(word, STR("application/x-www-form-urlencoded")))
		return read_encoded(body, arena, out, why);
	if (str_equal_nocase(word, STR("multipart/form-data")))
		return read_multipart(type, body, arena, out, why);
	return fail(why, ENCODING_NOT_ACCEPTED, "a form is multipart/form-data here");
}

#include "parts.h"

enum { NAME_MAX_BYTES = 128, TITLE_MAX_BYTES = 255 };

static bool bad(unsigned line, struct fault *why, const char *expected)
{
	return fail_line(why, RELEASE_MALFORMED, line,
			 "Attachment: expected %s in name.ext; sha256=<hex>; title=\"…\"; "
			 "language=…",
			 expected);
}

/* It becomes part of an address and a file on readers' disks. */
static bool name_is_plain(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (memchr("/\\\":;<>|?*%", name.at[i], 11) || (unsigned char)name.at[i] < 0x20)
			return false;
	}
	return name.len > 0 && name.len <= NAME_MAX_BYTES && name.at[0] != '.' &&
	       str_find(name, '.') < name.len - 1;
}

/* A quoted text up to its closing quote; \" and \\ inside. */
static bool take_quoted(struct arena *arena, struct str *rest, struct str *out)
{
	char *to = arena_alloc(arena, rest->len + 1);
	size_t len = 0;

	for (size_t i = 1; i < rest->len; i++) {
		char c = rest->at[i];

		if (c == '"') {
			*out = (struct str){ to, len };
			*rest = str_skip(*rest, i + 1);
			return len > 0 && len <= TITLE_MAX_BYTES;
		}
		if (c == '\\' && ++i < rest->len)
			c = rest->at[i];
		to[len++] = c;
	}
	return false;
}

static bool take_value(struct arena *arena, struct str *rest, struct str *out)
{
	size_t end = str_find(*rest, ';');

	if (rest->len && rest->at[0] == '"')
		return take_quoted(arena, rest, out);
	*out = str_trim(str_first(*rest, end));
	*rest = str_skip(*rest, end);
	return out->len > 0;
}

static bool set_parameter(struct attachment *out, bool *hashed, struct str name, struct str value,
			  unsigned line, struct fault *why)
{
	if (str_equal(name, STR("sha256"))) {
		if (*hashed || !hash_parse(value, &out->hash))
			return bad(line, why, "one SHA-256 as 64 lower case hex digits");
		*hashed = true;
		return true;
	}
	if (str_equal(name, STR("title"))) {
		if (str_given(out->title))
			return bad(line, why, "one title");
		out->title = value;
		return true;
	}
	if (str_equal(name, STR("language"))) {
		if (str_given(out->language) || !language_valid(value))
			return bad(line, why, "one language tag");
		out->language = value;
		return true;
	}
	return bad(line, why, "only sha256, title and language");
}

bool attachment_parse(struct arena *arena, struct str value, unsigned line, struct attachment *out,
		      struct fault *why)
{
	size_t semicolon = str_find(value, ';');
	struct str rest = str_skip(value, semicolon);
	bool hashed = false;

	*out = (struct attachment){ .name = str_trim(str_first(value, semicolon)) };
	if (!name_is_plain(out->name))
		return bad(line, why, "a plain file name");
	while (rest.len) {
		struct str name, text;
		size_t equals;

		if (rest.at[0] != ';')
			return bad(line, why, "\";\" between parts");
		rest = str_trim(str_skip(rest, 1));
		equals = str_find(rest, '=');
		name = str_first(rest, equals);
		rest = str_skip(rest, equals + 1);
		if (!take_value(arena, &rest, &text) ||
		    !set_parameter(out, &hashed, name, text, line, why))
			return why && why->kind == RELEASE_MALFORMED && why->line == line
				       ? false
				       : bad(line, why, "name=value");
		rest = str_trim(rest);
	}
	return hashed || bad(line, why, "sha256");
}

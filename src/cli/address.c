#include "address.h"

static bool is_authority(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (!is_alpha(c) && !is_digit(c) && !memchr(".-:[]", c, 5))
			return false;
	}
	return text.len > 0;
}

bool address_is_local(struct str authority)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct str name = str_from(names[i]), rest = str_skip(authority, name.len);

		if (str_starts(authority, name) && (rest.len == 0 || rest.at[0] == ':'))
			return true;
	}
	return false;
}

struct str address_authority(struct arena *arena, struct str authority, bool tls)
{
	struct str port = tls ? STR(":443") : STR(":80");
	char *at = arena_cstr(arena, authority);

	for (size_t i = 0; i < authority.len; i++)
		at[i] = to_lower(at[i]);
	if (str_ends(authority, port))
		authority.len -= port.len;
	return (struct str){ at, authority.len };
}

bool address_split(struct arena *arena, struct str address, const char **server, struct str *target,
		   struct fault *why)
{
	size_t start = str_find_str(address, STR("://")) + 3;
	struct str rest = str_skip(address, start);
	size_t end = str_find(rest, '/');

	if (start > address.len || !is_authority(str_first(rest, end)))
		return fail(why, USAGE, "\"%s\" is no address like https://press.example",
			    QUOTE(address));
	*server = arena_cstr(arena, str_first(address, start + end));
	*target = str_skip(rest, end);
	if (target->len == 0)
		*target = STR("/");
	for (size_t i = 0; i < target->len; i++) {
		if (target->at[i] <= ' ' || target->at[i] > '~' || target->at[i] == '#')
			return fail(why, USAGE,
				    "an address has no spaces, # or letters beyond "
				    "ASCII; write these as %%XX");
	}
	return true;
}

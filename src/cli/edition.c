#include <communique/release.h>

#include "edition.h"

bool edition_parse(const char *name, struct edition *out, struct fault *why)
{
	struct str rest = str_from(name);

	out->language = str_cut(&rest, '/');
	out->slug = rest;
	if (language_valid(out->language) && slug_valid(out->slug))
		return true;
	return fail(why, USAGE,
		    "a release is named LANGUAGE/RELEASE, like en/2020-10-28-a-few-words, not "
		    "\"%s\"",
		    QUOTE(str_from(name)));
}

struct str edition_path(struct arena *arena, const struct edition *edition)
{
	return arena_printf(arena, "/admin/drafts/%.*s/%.*s", STR_ARG(edition->language),
			    STR_ARG(edition->slug));
}

struct str edition_file_name(struct arena *arena, const struct edition *edition)
{
	return arena_printf(arena, "%.*s.%.*s.txt", STR_ARG(edition->slug),
			    STR_ARG(edition->language));
}

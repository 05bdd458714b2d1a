#include <communique/limits.h>
#include <communique/release.h>

/* "Release: a-slug", with the name in any case. */
static bool take(struct str line, struct str name, struct str *out)
{
	struct str value = line;

	if (!str_equal_nocase(str_trim(str_cut(&value, ':')), name) || !str_given(value))
		return false;
	if (!str_given(*out))
		*out = str_trim(value);
	return true;
}

bool release_claim(struct str text, struct claim *out)
{
	struct str number = STR_NONE, rest = text;
	uint64_t revision;

	*out = (struct claim){ .site = STR_NONE, .language = STR_NONE, .slug = STR_NONE };
	for (unsigned lines = 0; str_given(rest) && lines < RELEASE_HEADER_LINES_MAX; lines++) {
		struct str line = str_cut(&rest, '\n');

		if (line.len == 0)
			break;
		if (!take(line, STR("Site"), &out->site) &&
		    !take(line, STR("Release"), &out->slug) &&
		    !take(line, STR("Language"), &out->language))
			take(line, STR("Revision"), &number);
	}
	if (!str_given(out->site) || !str_given(out->language) || !str_given(out->slug) ||
	    !slug_valid(out->slug) || !language_valid(out->language) ||
	    !str_to_u64(number, UINT32_MAX, &revision))
		return false;
	out->revision = (uint32_t)revision;
	return revision > 0;
}

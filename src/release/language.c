#include <communique/release.h>

/* RFC 5646, section 2.1, without the tags it calls grandfathered. */

struct subtags {
	struct str rest;
	struct str at; /* STR_NONE at the end */
};

static void next_subtag(struct subtags *tags)
{
	tags->at = str_given(tags->rest) ? str_cut(&tags->rest, '-') : STR_NONE;
}

static bool all(struct str s, bool (*fits)(char c))
{
	for (size_t i = 0; i < s.len; i++) {
		if (!fits(s.at[i]))
			return false;
	}
	return true;
}

static bool is_alphanumeric(char c)
{
	return is_alpha(c) || is_digit(c);
}

static bool letters(struct str s, size_t least, size_t most)
{
	return s.len >= least && s.len <= most && all(s, is_alpha);
}

static bool is_region(struct str s)
{
	return letters(s, 2, 2) || (s.len == 3 && all(s, is_digit));
}

static bool is_variant(struct str s)
{
	return all(s, is_alphanumeric) &&
	       ((s.len >= 5 && s.len <= 8) || (s.len == 4 && is_digit(s.at[0])));
}

static bool is_part(struct str s, size_t least)
{
	return s.len >= least && s.len <= 8 && all(s, is_alphanumeric);
}

/* At least one part of at least so many bytes behind a singleton; x takes all the rest. */
static bool take_parts(struct subtags *tags, size_t least)
{
	next_subtag(tags);
	if (!is_part(tags->at, least))
		return false;
	while (is_part(tags->at, least))
		next_subtag(tags);
	return true;
}

static bool is_singleton(struct str s)
{
	return s.len == 1 && is_alphanumeric(s.at[0]) && to_lower(s.at[0]) != 'x';
}

static bool is_private(struct str s)
{
	return s.len == 1 && to_lower(s.at[0]) == 'x';
}

bool language_valid(struct str tag)
{
	struct subtags tags = { .rest = tag };

	if (tag.len == 0 || tag.len > RELEASE_LANGUAGE_MAX)
		return false;
	next_subtag(&tags);
	if (!letters(tags.at, 2, 8))
		return false;
	next_subtag(&tags);
	for (unsigned i = 0; i < 3 && letters(tags.at, 3, 3); i++)
		next_subtag(&tags);
	if (letters(tags.at, 4, 4))
		next_subtag(&tags);
	if (is_region(tags.at))
		next_subtag(&tags);
	while (is_variant(tags.at))
		next_subtag(&tags);
	while (is_singleton(tags.at)) {
		if (!take_parts(&tags, 2))
			return false;
	}
	if (is_private(tags.at) && !take_parts(&tags, 1))
		return false;
	return !str_given(tags.at);
}

#include "parts.h"

static bool is_slug_letter(char c)
{
	return is_lower(c) || is_digit(c);
}

bool slug_valid(struct str slug)
{
	if (slug.len == 0 || slug.len > RELEASE_SLUG_MAX)
		return false;
	for (size_t i = 0; i < slug.len; i++) {
		bool edge = i == 0 || i + 1 == slug.len;

		if (is_slug_letter(slug.at[i]))
			continue;
		if (slug.at[i] != '-' || edge || slug.at[i - 1] == '-')
			return false;
	}
	return true;
}

/* BCP 47's langtag in its usual parts: language, script, region, variants, in that order;
 * extensions and private use are of no use to a site. */
bool language_valid(struct str tag)
{
	struct str rest = tag;
	int stage = 0; /* 0 language, 1 script, 2 region, 3 variants */

	if (tag.len == 0 || tag.len > RELEASE_LANGUAGE_MAX)
		return false;
	while (str_given(rest)) {
		struct str part = str_cut(&rest, '-');
		bool letters = part.len > 0, digits = part.len > 0;

		for (size_t i = 0; i < part.len; i++) {
			letters = letters && is_alpha(part.at[i]);
			digits = digits && is_digit(part.at[i]);
			if (!is_alpha(part.at[i]) && !is_digit(part.at[i]))
				return false;
		}
		if (stage == 0 && letters && part.len >= 2 && part.len <= 3)
			stage = 1;
		else if (stage == 1 && letters && part.len == 4)
			stage = 2;
		else if (stage >= 1 && stage <= 2 &&
			 ((letters && part.len == 2) || (digits && part.len == 3)))
			stage = 3;
		else if (stage >= 1 && ((part.len >= 5 && part.len <= 8) ||
					(part.len == 4 && is_digit(part.at[0]))))
			stage = 3;
		else
			return false;
	}
	return stage > 0;
}

/* The letters a slug may have, of a word: "Minister’s" gives "ministers". */
static void add_word(struct buf *slug, struct str word)
{
	size_t before = slug->len;

	if (before)
		buf_add_char(slug, '-');
	for (size_t i = 0; i < word.len; i++) {
		if (is_slug_letter(to_lower(word.at[i])))
			buf_add_char(slug, to_lower(word.at[i]));
	}
	if (slug->len == before + 1 && before)
		buf_cut(slug, before);
}

struct str slug_suggest(struct arena *arena, struct str date, struct str title)
{
	enum { LONG_ENOUGH = 60 };
	struct buf slug;
	struct str out = STR("");

	buf_init(&slug, RELEASE_TITLE_MAX + RELEASE_SLUG_MAX);
	buf_add(&slug, date);
	for (size_t i = 0; i < title.len && slug.len < LONG_ENOUGH;) {
		size_t end = i;

		while (end < title.len && title.at[end] != ' ' && title.at[end] != '-')
			end++;
		add_word(&slug, (struct str){ title.at + i, end - i });
		i = end + 1;
	}
	if (slug.len > date.len)
		out = arena_copy(arena, str_first(buf_str(&slug), RELEASE_SLUG_MAX));
	buf_release(&slug);
	while (out.len && out.at[out.len - 1] == '-')
		out.len--;
	return slug_valid(out) ? out : STR("");
}

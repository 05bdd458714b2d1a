#include <communique/release.h>
#include <communique/utf8.h>

bool slug_valid(struct str slug)
{
	if (slug.len == 0 || slug.len > RELEASE_SLUG_MAX)
		return false;
	for (size_t i = 0; i < slug.len; i++) {
		bool joint = slug.at[i] == '-';

		if (!joint && !is_lower(slug.at[i]) && !is_digit(slug.at[i]))
			return false;
		if (joint && (i == 0 || i + 1 == slug.len || slug.at[i - 1] == '-'))
			return false;
	}
	return true;
}

/* "ROK's" is one word, whichever apostrophe; all else that is no letter parts words. */
static bool is_apostrophe(uint32_t code)
{
	return code == '\'' || code == 0x2018 || code == 0x2019;
}

static void add_words(struct buf *out, struct str title)
{
	bool apart = out->len > 0;

	while (title.len) {
		uint32_t code = utf8_next(&title);
		char c = code < 0x80 ? to_lower((char)code) : '\0';

		if (!is_lower(c) && !is_digit(c)) {
			apart = apart || (code < 0x80 && !is_apostrophe(code)) ||
				(code >= 0x2000 && code < 0x3100 && !is_apostrophe(code));
			continue;
		}
		if (apart && out->len)
			buf_add_char(out, '-');
		apart = false;
		buf_add_char(out, c);
	}
}

/* Back to the end of a word, when that leaves more than the date. */
static struct str cut_at_word(struct str slug, size_t least)
{
	struct str cut = str_first(slug, RELEASE_SLUG_MAX);

	if (slug.len == cut.len || slug.at[cut.len] == '-')
		return cut;
	for (size_t at = cut.len; at > least + 1; at--) {
		if (cut.at[at - 1] == '-')
			return str_first(cut, at - 1);
	}
	return cut;
}

struct str slug_suggest(struct arena *arena, struct str date, struct str title)
{
	struct buf slug;
	struct str made = STR("");
	size_t least;

	buf_init(&slug, RELEASE_FILE_MAX);
	add_words(&slug, str_first(date, RELEASE_SLUG_MAX / 2));
	least = slug.len;
	add_words(&slug, title);
	if (slug.len > least)
		made = arena_copy(arena, cut_at_word(buf_str(&slug), least));
	buf_release(&slug);
	return made;
}

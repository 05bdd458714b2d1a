#include "stem.h"

#include <libstemmer.h>

#include "letter.h"

/* libstemmer's algorithms for scripts other than the Latin; all its others are for that. */
static bool has_own_script(struct str language)
{
	static const char *const tags[] = { "ar", "el", "hi", "hy", "ne", "ru", "ta", "yi" };

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		if (str_equal(language, str_from(tags[i])))
			return true;
	}
	return false;
}

static struct sb_stemmer *algorithm(struct str language)
{
	char name[8] = "";

	if (language.len == 0 || language.len >= sizeof name)
		return NULL;
	memcpy(name, language.at, language.len);
	if (strcmp(name, "nb") == 0 || strcmp(name, "nn") == 0)
		return sb_stemmer_new("no", NULL);
	return sb_stemmer_new(name, NULL);
}

void stems_open(struct stems *stems, struct str tag)
{
	struct str language = str_cut(&tag, '-');

	stems->own = algorithm(language);
	stems->arabic = str_equal(language, STR("ar"));
	stems->english = str_equal(language, STR("en"));
	stems->moves_initial = str_equal(language, STR("id")) || str_equal(language, STR("ga"));
	stems->latin = !stems->own || has_own_script(language) ? sb_stemmer_new("en", NULL) : NULL;
}

void stems_close(struct stems *stems)
{
	sb_stemmer_delete(stems->own);
	sb_stemmer_delete(stems->latin);
	*stems = (struct stems){ .own = NULL };
}

static bool is_ascii(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.at[i] >= 0x80)
			return false;
	}
	return true;
}

static bool has_digit(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_digit(text.at[i]))
			return true;
	}
	return false;
}

/* السفينة, والسفينة, بالسفينة, كالسفينة, للسفينة → سفينة. The algorithm takes what is left
 * for a word of its own, so that a word has one stem with and without its article. */
static struct str without_article(struct str word)
{
	static const struct {
		const char *at;
		size_t len;
	} articles[] = {
		{ "وال", 6 }, { "فال", 6 },  { "بال", 6 }, { "كال", 6 },
		{ "ولل", 6 }, { "وبال", 8 }, { "لل", 4 },  { "ال", 4 },
	};
	enum { LEAST = 6 }; /* three letters */

	for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
		struct str article = { articles[i].at, articles[i].len };

		if (word.len >= article.len + LEAST && str_starts(word, article))
			return str_skip(word, article.len);
	}
	return word;
}

static size_t strip_marks(char *text, size_t len)
{
	struct str rest = { text, len };
	uint32_t bare[LETTER_FOLDED];
	char out[TOKEN_MAX + 8];
	size_t room = 0;

	if (is_ascii(rest))
		return len;
	while (rest.len) {
		size_t count = letter_bare(utf8_next(&rest), bare);

		for (size_t i = 0; i < count; i++) {
			if (room + 4 <= sizeof out)
				room += letter_put(bare[i], out + room);
		}
	}
	if (room > TOKEN_MAX)
		room = TOKEN_MAX - 3;
	memcpy(text, out, room);
	return room;
}

/* A stem is at most a letter longer than its word (of "hop", of "hope"). */
static struct str cut_to_stem(struct sb_stemmer *stemmer, struct str word)
{
	const sb_symbol *stem = sb_stemmer_stem(stemmer, (const sb_symbol *)word.at, (int)word.len);
	int len = sb_stemmer_length(stemmer);

	must(stem != NULL);
	return len > 0 && len <= TOKEN_MAX ? (struct str){ (const char *)stem, (size_t)len } : word;
}

/* English knows no marks on its letters: they go first, so that a word has one stem with and
 * without them. Other algorithms need them. */
static bool to_english(const struct stems *stems, char *text, size_t *len)
{
	char bare[TOKEN_MAX + 8];
	size_t bare_len;

	if (!stems->latin && !stems->english)
		return false;
	memcpy(bare, text, *len);
	bare_len = strip_marks(bare, *len);
	if (!is_ascii((struct str){ bare, bare_len }))
		return false;
	memcpy(text, bare, bare_len);
	*len = bare_len;
	return true;
}

size_t stem_word(const struct stems *stems, char *text, size_t len)
{
	struct str word = { text, len };
	struct sb_stemmer *stemmer;

	if (!stems || has_digit(word))
		return strip_marks(text, len);
	stemmer = stems->own;
	if (to_english(stems, text, &word.len))
		stemmer = stems->english ? stems->own : stems->latin;
	else if (stems->arabic)
		word = without_article(word);
	if (stemmer)
		word = cut_to_stem(stemmer, word);
	memmove(text, word.at, word.len);
	return strip_marks(text, word.len);
}

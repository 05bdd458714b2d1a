/*
 * phrase - whether a quotation stands in a text.
 *
 * Only where the quotation's first letter may begin is the text taken apart: a text is read at
 * about the speed of looking at its bytes.
 */
#include <communique/excerpt.h>

#include "letter.h"

/* The next word or letter; pairs and joined ones say nothing that these do not. */
static bool next_unit(struct tokens *tokens, struct token *out)
{
	while (tokens_next(tokens, out)) {
		if (out->kind == TOKEN_WORD || out->kind == TOKEN_LETTER)
			return true;
	}
	return false;
}

#define UNIT_WORK 64 /* a word costs as much as looking at so many bytes */

struct phrase phrase_of(struct arena *arena, struct str quotation)
{
	struct tokens tokens = tokens_begin(NULL, quotation);
	struct phrase phrase = { .count = 0 };
	struct token token;

	while (phrase.count < PHRASE_UNITS_MAX && next_unit(&tokens, &token))
		phrase.units[phrase.count++] = arena_copy(arena, token.text);
	return phrase;
}

static bool stands_here(const struct phrase *phrase, struct str text, int64_t *work)
{
	struct tokens tokens = tokens_begin(NULL, text);
	struct token here;

	for (size_t i = 0; i < phrase->count; i++) {
		*work -= UNIT_WORK;
		if (!next_unit(&tokens, &here) || !str_equal(phrase->units[i], here.text))
			return false;
	}
	return true;
}

/* Whether a code point, folded and bare, begins as the first word does. */
static bool may_begin(uint32_t code, uint32_t first)
{
	uint32_t folded[LETTER_FOLDED], bare[LETTER_FOLDED];

	if (letter_is_paired(code) && code >= 0x4e00)
		return code == first || code > 0xd7a3; /* presentation forms fold to others */
	if (letter_is_silent(code))
		return true;
	return letter_fold(code, folded) > 0 && letter_bare(folded[0], bare) > 0 &&
	       bare[0] == first;
}

/* Most words are told from the wanted one by their second letter. */
static bool second_differs(struct str word, const char *at, const char *end)
{
	unsigned char wanted = word.len > 1 ? (unsigned char)word.at[1] : 0x80;
	unsigned char given = end - at > 1 ? (unsigned char)at[1] : 0x80;

	return wanted < 0x80 && given < 0x80 && to_lower((char)given) != (char)wanted;
}

/* What a byte of a text is to someone who looks for a word. */
enum sort { OTHER, OF_WORD, FIRST, WIDE, BEYOND };

static void sort_bytes(uint32_t first, enum sort sorts[256])
{
	for (unsigned byte = 0; byte < 256; byte++) {
		char c = (char)byte;

		if (byte >= 0x80)
			/* Scripts of three bytes that have no words: kana, Han, Hangul. */
			sorts[byte] = byte >= 0xe3 && byte < 0xee ? WIDE : BEYOND;
		else if ((uint32_t)(unsigned char)to_lower(c) == first)
			sorts[byte] = FIRST;
		else
			sorts[byte] = is_alpha(c) || is_digit(c) ? OF_WORD : OTHER;
	}
}

static bool word_stands_in(const struct phrase *phrase, uint32_t first, struct str text,
			   int64_t *work)
{
	const char *at = text.at, *end = at + text.len;
	enum sort sorts[256];
	bool in_word = false;

	sort_bytes(first, sorts);
	while (at < end && *work >= 0) {
		enum sort sort = sorts[(unsigned char)*at];
		struct str here = { at, (size_t)(end - at) }, rest = here;
		uint32_t code;

		if (sort <= FIRST) {
			if (sort == FIRST && !in_word &&
			    !second_differs(phrase->units[0], at, end) &&
			    stands_here(phrase, here, work))
				return true;
			in_word = sort != OTHER;
			at++;
			continue;
		}
		if (sort == WIDE && first < 0x80 && end - at > 2) {
			in_word = false;
			at += 3;
			continue;
		}
		code = utf8_next(&rest);
		if (code != UTF8_INVALID && !in_word && may_begin(code, first) &&
		    stands_here(phrase, here, work))
			return true;
		in_word = !letter_is_paired(code) && letter_is_word(code);
		at = rest.at;
	}
	return false;
}

/* A letter of a script without spaces, which folds to itself, may stand anywhere. */
static bool letter_stands_in(const struct phrase *phrase, struct str text, int64_t *work)
{
	struct str first = str_first(phrase->units[0], 3);
	const char *at = text.at, *end = at + text.len;

	while (*work >= 0) {
		at = memmem(at, (size_t)(end - at), first.at, first.len);
		if (!at)
			return false;
		if (stands_here(phrase, (struct str){ at, (size_t)(end - at) }, work))
			return true;
		at += first.len;
	}
	return false;
}

bool phrase_stands_in(const struct phrase *phrase, struct str text, int64_t *work)
{
	struct str unit;
	uint32_t first;

	*work -= (int64_t)text.len;
	if (phrase->count == 0 || text.len == 0)
		return false;
	unit = phrase->units[0];
	first = utf8_next(&unit);
	if (first >= 0x4e00 && first <= 0xd7a3 && letter_is_paired(first))
		return letter_stands_in(phrase, text, work);
	return word_stands_in(phrase, first, text, work);
}

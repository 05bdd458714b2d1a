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

#define UNIT_WORK 32 /* a word costs as much as looking at so many bytes */

static bool stands_here(struct str phrase, struct str text, int64_t *work)
{
	struct tokens wanted = tokens_begin(NULL, phrase), given = tokens_begin(NULL, text);
	struct token word, here;

	while (next_unit(&wanted, &word)) {
		*work -= UNIT_WORK;
		if (!next_unit(&given, &here) || !str_equal(word.text, here.text))
			return false;
	}
	return true;
}

/* The first code point of the first word, folded and bare; 0: there is no word. */
static uint32_t first_letter(struct str phrase)
{
	struct tokens tokens = tokens_begin(NULL, phrase);
	struct token token;

	return next_unit(&tokens, &token) ? utf8_next(&token.text) : 0;
}

static bool may_be(uint32_t code, uint32_t first)
{
	uint32_t folded[LETTER_FOLDED], bare[LETTER_FOLDED];

	if (code < 0x80)
		return (uint32_t)(unsigned char)to_lower((char)code) == first;
	if (letter_is_silent(code))
		return true;
	return letter_fold(code, folded) > 0 && letter_bare(folded[0], bare) > 0 &&
	       bare[0] == first;
}

bool phrase_stands_in(struct str phrase, struct str text, int64_t *work)
{
	uint32_t first = first_letter(phrase);
	bool in_word = false;

	*work -= (int64_t)text.len;
	while (text.len && *work >= 0) {
		struct str here = text;
		uint32_t code = utf8_next(&text);

		if (!in_word && may_be(code, first) && stands_here(phrase, here, work))
			return true;
		in_word = letter_is_word(code) && !letter_is_paired(code);
	}
	return false;
}

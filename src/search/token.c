#include <communique/token.h>

#include "letter.h"
#include "stem.h"

struct tokens tokens_begin(const struct stems *stems, struct str text)
{
	return (struct tokens){ .stems = stems, .rest = text };
}

static uint32_t peek(struct str rest)
{
	return rest.len ? utf8_next(&rest) : UTF8_INVALID;
}

static struct str span(struct str from, struct str to)
{
	return (struct str){ from.at, (size_t)(to.at - from.at) };
}

/* --- folding ------------------------------------------------------------------------------ */

static void add_code(struct tokens *tokens, uint32_t code)
{
	size_t len = tokens->len + letter_put(code, tokens->text + tokens->len);

	if (len <= TOKEN_MAX)
		tokens->len = len;
}

static bool is_dash(uint32_t code)
{
	return code == '-' || (code >= 0x2010 && code <= 0x2013) || code == 0x2212 ||
	       code == 0xff0d;
}

static void fold(struct tokens *tokens, struct str source)
{
	uint32_t folded[LETTER_FOLDED];

	tokens->len = 0;
	while (source.len) {
		uint32_t code = utf8_next(&source);
		size_t count = code == UTF8_INVALID ? 0 : letter_fold(code, folded);

		if (is_dash(code)) {
			folded[0] = '-';
			count = 1;
		}
		for (size_t i = 0; i < count; i++)
			add_code(tokens, folded[i]);
	}
}

static bool tell(struct tokens *tokens, enum token_kind kind, struct str source, struct token *out)
{
	fold(tokens, source);
	if (kind == TOKEN_WORD)
		tokens->len = stem_word(tokens->stems, tokens->text, tokens->len);
	else if (kind == TOKEN_JOINED)
		tokens->len = stem_word(NULL, tokens->text, tokens->len);
	*out = (struct token){ kind, { tokens->text, tokens->len }, source };
	return tokens->len > 0;
}

/* --- letters of scripts that are found by pairs ------------------------------------------- */

static bool next_letter(struct tokens *tokens, struct token *out)
{
	struct str before = tokens->rest, letter, pair;

	utf8_next(&tokens->rest);
	letter = span(before, tokens->rest);
	if (!str_given(tokens->neighbour)) {
		tokens->neighbour = letter;
		return tell(tokens, TOKEN_LETTER, letter, out);
	}
	pair = span(tokens->neighbour, tokens->rest);
	tokens->neighbour = letter;
	tokens->letter = letter;
	return tell(tokens, TOKEN_PAIR, pair, out);
}

/* --- words -------------------------------------------------------------------------------- */

static bool is_of_word(uint32_t code)
{
	return letter_is_word(code) && !letter_is_paired(code);
}

static void skip_word(struct str *rest, bool *digit)
{
	struct str next = *rest;

	while (next.len) {
		uint32_t code = utf8_next(&next);

		if (!is_of_word(code))
			return;
		*digit = *digit || letter_is_digit(code);
		*rest = next;
	}
}

static bool is_joiner(uint32_t code)
{
	return is_dash(code) || code == '/' || code == '.' || code == ',' || code == ':' ||
	       code == '_';
}

/* 20-752, 1,000, A/RES/78/1: parts with one joiner between, a digit somewhere. */
static bool find_joined(struct str from, struct str *joined)
{
	struct str rest = from, next;
	bool digit = false;
	unsigned parts = 0;

	for (;;) {
		skip_word(&rest, &digit);
		*joined = span(from, rest);
		parts++;
		next = rest;
		if (next.len == 0 || !is_joiner(utf8_next(&next)) || !is_of_word(peek(next)) ||
		    joined->len > TOKEN_MAX)
			break;
		rest = next;
	}
	return parts > 1 && digit && joined->len <= TOKEN_MAX;
}

/* The s of a genitive: ministry's is found as ministry. */
static bool is_genitive(struct str text_before, struct str word)
{
	const unsigned char *at = (const unsigned char *)text_before.at;
	size_t len = text_before.len;

	if (word.len != 1 || (*word.at != 's' && *word.at != 'S'))
		return false;
	return (len >= 1 && at[len - 1] == '\'') ||
	       (len >= 3 && memcmp(at + len - 3, "\xe2\x80\x99", 3) == 0);
}

static bool is_passed_over(const struct tokens *tokens)
{
	unsigned char first = (unsigned char)*tokens->rest.at;

	return tokens->initials && first < 0x80 && !tokens->initials[(size_t)to_lower((char)first)];
}

static bool next_word(struct tokens *tokens, struct str whole, struct token *out)
{
	struct str before = tokens->rest, joined, word;
	bool digit = false;

	if (is_passed_over(tokens)) {
		skip_word(&tokens->rest, &digit);
		return false;
	}

	if (before.at >= tokens->joined_end && find_joined(before, &joined)) {
		tokens->joined_end = joined.at + joined.len;
		return tell(tokens, TOKEN_JOINED, joined, out);
	}
	skip_word(&tokens->rest, &digit);
	word = span(before, tokens->rest);
	return !is_genitive(span(whole, before), word) && tell(tokens, TOKEN_WORD, word, out);
}

bool tokens_next(struct tokens *tokens, struct token *out)
{
	struct str whole = tokens->rest;

	if (tokens->letter.len) {
		struct str letter = tokens->letter;

		tokens->letter = STR_NONE;
		return tell(tokens, TOKEN_LETTER, letter, out);
	}
	while (tokens->rest.len) {
		uint32_t code = peek(tokens->rest);

		if (letter_is_paired(code)) {
			if (next_letter(tokens, out))
				return true;
			continue;
		}
		tokens->neighbour = STR_NONE;
		if (!letter_is_word(code))
			utf8_next(&tokens->rest);
		else if (next_word(tokens, whole, out))
			return true;
	}
	return false;
}

#include <communique/utf8.h>

#include "mark.h"

unsigned mark_rank(enum mark_class class)
{
	switch (class) {
	case MARK_NONE:
	case MARK_REMARK:
	case MARK_FOOTNOTE:
		return 0;
	case MARK_NUMBER:
	case MARK_BOX:
		return 1;
	case MARK_CIRCLE:
	case MARK_HANGUL:
		return 2;
	case MARK_DASH:
	case MARK_NUMBER_CLOSE:
		return 3;
	case MARK_DOT:
	case MARK_HANGUL_CLOSE:
		return 4;
	case MARK_NUMBER_BOTH:
		return 5;
	case MARK_HANGUL_BOTH:
		return 6;
	case MARK_NUMBER_RING:
		return 7;
	case MARK_HANGUL_RING:
		return 8;
	}
	return 0;
}

bool mark_is_ordered(enum mark_class class)
{
	return class == MARK_NUMBER || (class >= MARK_HANGUL && class <= MARK_HANGUL_RING);
}

static enum mark_class class_of_sign(uint32_t code)
{
	switch (code) {
	case 0x25a1: /* □ */
	case 0x3141: /* ㅁ */
	case 0x25a0: /* ■ */
		return MARK_BOX;
	case 0x00b0: /* ° */
	case 0x25cb: /* ○ */
	case 0x3147: /* ㅇ */
	case 0x25e6: /* ◦ */
	case 0x2218: /* ∘ */
	case 'o':
		return MARK_CIRCLE;
	case '-':
	case 0x2013: /* – */
	case 0x2015: /* ― */
		return MARK_DASH;
	case 0x00b7: /* · */
	case 0x318d: /* ㆍ */
	case 0x2022: /* • */
	case 0x25aa: /* ▪ */
		return MARK_DOT;
	case 0x203b: /* ※ */
		return MARK_REMARK;
	default:
		return MARK_NONE;
	}
}

/* 가 나 다 … 하, then 거 너 더 … 허, and so on: 14 consonants, then the next vowel. */
static unsigned hangul_number(uint32_t code)
{
	static const unsigned char consonants[14] = { 0,  2,  3,  5,  6,  7,  9,
						      11, 12, 14, 15, 16, 17, 18 };
	static const unsigned char vowels[] = { 0, 4, 8, 13, 18, 20 }; /* ㅏ ㅓ ㅗ ㅜ ㅡ ㅣ */
	uint32_t index = code - 0xac00;

	if (code < 0xac00 || code > 0xd7a3 || index % 28 != 0)
		return 0;
	for (unsigned v = 0; v < sizeof vowels; v++) {
		for (unsigned c = 0; c < sizeof consonants; c++) {
			if (index == (consonants[c] * 21u + vowels[v]) * 28u)
				return v * 14 + c + 1;
		}
	}
	return 0;
}

/* Digits (at most three: a year is no number of a paragraph) or a syllable of the order. */
static unsigned take_number(struct str *rest, bool *hangul)
{
	struct str before = *rest;
	unsigned number = 0;

	*hangul = false;
	while (rest->len && before.len - rest->len < 4 && is_digit(rest->at[0])) {
		number = number * 10 + (unsigned)(rest->at[0] - '0');
		*rest = str_skip(*rest, 1);
	}
	if (before.len - rest->len > 3 || (before.len && before.at[0] == '0'))
		return 0;
	if (number || rest->len == 0)
		return number;
	*hangul = true;
	return hangul_number(utf8_next(rest));
}

static struct mark counted(struct str line)
{
	struct mark mark = { .class = MARK_NONE };
	struct str rest = line;
	bool open = rest.len && rest.at[0] == '(', hangul;

	rest = open ? str_skip(rest, 1) : rest;
	mark.number = take_number(&rest, &hangul);
	if (mark.number == 0 || rest.len == 0)
		return mark;
	if (!open && rest.at[0] == '.')
		mark.class = hangul ? MARK_HANGUL : MARK_NUMBER;
	else if (rest.at[0] == ')' && open)
		mark.class = hangul ? MARK_HANGUL_BOTH : MARK_NUMBER_BOTH;
	else if (rest.at[0] == ')')
		mark.class = hangul ? MARK_HANGUL_CLOSE : MARK_NUMBER_CLOSE;
	mark.text = str_first(line, line.len - rest.len + 1);
	return mark;
}

static struct mark ringed(struct str line)
{
	struct mark mark = { .class = MARK_NONE };
	struct str rest = line;
	uint32_t code = utf8_next(&rest);

	if (code >= 0x2460 && code <= 0x2473) {
		mark.class = MARK_NUMBER_RING;
		mark.number = code - 0x2460 + 1;
	} else if (code >= 0x326e && code <= 0x327b) {
		mark.class = MARK_HANGUL_RING;
		mark.number = code - 0x326e + 1;
	} else {
		mark.class = class_of_sign(code);
	}
	mark.text = str_first(line, line.len - rest.len);
	return mark;
}

static struct mark starred(struct str line)
{
	size_t stars = 0;

	while (stars < line.len && line.at[stars] == '*')
		stars++;
	if (stars == 0 || stars > 3)
		return (struct mark){ .class = MARK_NONE };
	return (struct mark){ .class = MARK_FOOTNOTE, .text = str_first(line, stars) };
}

/* A ring may stand right before its word: ①Word. All others want a blank. */
static bool has_blank(struct mark *mark, struct str line)
{
	struct str rest = str_skip(line, mark->text.len);
	struct str words = rest;

	while (words.len && (words.at[0] == ' ' || words.at[0] == '\t'))
		words = str_skip(words, 1);
	mark->width = line.len - words.len;
	return words.len < rest.len || mark->class == MARK_NUMBER_RING ||
	       mark->class == MARK_HANGUL_RING;
}

struct mark mark_find(struct str line)
{
	static struct mark (*const ways[])(struct str) = { counted, ringed, starred };

	for (size_t i = 0; line.len && i < 3; i++) {
		struct mark mark = ways[i](line);

		if (mark.class != MARK_NONE && has_blank(&mark, line))
			return mark;
	}
	return (struct mark){ .class = MARK_NONE };
}

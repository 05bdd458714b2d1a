#include <communique/utf8.h>

#include "lines.h"
#include "mark.h"

enum { NUMBER_DIGITS_MAX = 6 };

static const struct {
	const char *sign;
	enum mark_kind kind;
} signs[] = {
	{ "□", MARK_SQUARE },	 { "ㅁ", MARK_SQUARE },	 { "■", MARK_SQUARE },
	{ "°", MARK_CIRCLE },	 { "○", MARK_CIRCLE },	 { "ㅇ", MARK_CIRCLE },
	{ "◦", MARK_CIRCLE },	 { "∘", MARK_CIRCLE },	 { "o", MARK_CIRCLE },
	{ "-", MARK_DASH },	 { "–", MARK_DASH },	 { "―", MARK_DASH },
	{ "·", MARK_DOT },	 { "ㆍ", MARK_DOT },	 { "•", MARK_DOT },
	{ "▪", MARK_DOT },	 { "※", MARK_REMARK },	 { "***", MARK_FOOTNOTE },
	{ "**", MARK_FOOTNOTE }, { "*", MARK_FOOTNOTE },
};

unsigned mark_level(enum mark_kind kind)
{
	switch (kind) {
	case MARK_NUMBER:
	case MARK_SQUARE:
		return 1;
	case MARK_CIRCLE:
	case MARK_SYLLABLE:
		return 2;
	case MARK_DASH:
	case MARK_NUMBER_PAREN:
		return 3;
	case MARK_DOT:
	case MARK_SYLLABLE_PAREN:
		return 4;
	case MARK_PAREN_NUMBER:
		return 5;
	case MARK_PAREN_SYLLABLE:
		return 6;
	case MARK_CIRCLED_NUMBER:
		return 7;
	case MARK_CIRCLED_SYLLABLE:
		return 8;
	case MARK_NONE:
	case MARK_REMARK:
	case MARK_FOOTNOTE:
	case MARK_HEADING:
	case MARK_QUOTE:
	case MARK_ROW:
		return 0;
	}
	return 0;
}

bool mark_is_ordered(enum mark_kind kind)
{
	return kind == MARK_NUMBER || (kind >= MARK_SYLLABLE && kind < MARK_LIST_KINDS);
}

/* Takes the space behind a sign off *rest; false when there is none. */
static bool take_space(struct str *rest)
{
	struct str text = skip_indent(*rest);
	bool taken = text.len < rest->len;

	*rest = text;
	return taken;
}

static bool read_sign(struct str line, struct mark *mark)
{
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		struct str sign = str_from(signs[i].sign);

		if (!str_starts(line, sign))
			continue;
		mark->kind = signs[i].kind;
		mark->sign = str_first(line, sign.len);
		mark->text = str_skip(line, sign.len);
		return take_space(&mark->text);
	}
	return false;
}

/* --- formal order --------------------------------------------------------------------- */

/* 가 나 다 … 하, then 거 너 … 허, 고 … 호, 구 … 후, 그 … 흐, 기 … 히: a Hangul syllable is
 * AC00 + (consonant * 21 + vowel) * 28 (Unicode, section 3.12). 0: none of these. */
static unsigned syllable_number(uint32_t code)
{
	static const unsigned char consonants[] = {
		0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18
	};
	static const unsigned char vowels[] = { 0, 4, 8, 13, 18, 20 };
	uint32_t syllable = code - 0xac00;

	if (code < 0xac00 || code > 0xd7a3 || syllable % 28 != 0)
		return 0;
	for (unsigned vowel = 0; vowel < sizeof vowels; vowel++) {
		if (syllable / 28 % 21 != vowels[vowel])
			continue;
		for (unsigned i = 0; i < sizeof consonants; i++) {
			if (syllable / 28 / 21 == consonants[i])
				return vowel * (unsigned)sizeof consonants + i + 1;
		}
	}
	return 0;
}

/* ① to ㊿ stand in three places of Unicode, ㉮ to ㉻ in one. */
static bool read_circled(struct str line, struct mark *mark)
{
	static const struct {
		uint32_t first, last;
		unsigned number;
		enum mark_kind kind;
	} ranges[] = {
		{ 0x2460, 0x2473, 1, MARK_CIRCLED_NUMBER },
		{ 0x3251, 0x325f, 21, MARK_CIRCLED_NUMBER },
		{ 0x32b1, 0x32bf, 36, MARK_CIRCLED_NUMBER },
		{ 0x326e, 0x327b, 1, MARK_CIRCLED_SYLLABLE },
	};
	struct str rest = line;
	uint32_t code = utf8_next(&rest);

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (code < ranges[i].first || code > ranges[i].last)
			continue;
		mark->kind = ranges[i].kind;
		mark->number = ranges[i].number + code - ranges[i].first;
		mark->sign = str_first(line, line.len - rest.len);
		mark->text = rest;
		return take_space(&mark->text);
	}
	return false;
}

static bool take_number(struct str *rest, unsigned *number)
{
	size_t digits = 0;
	uint64_t value;

	while (digits < rest->len && digits <= NUMBER_DIGITS_MAX && is_digit(rest->at[digits]))
		digits++;
	if (digits > NUMBER_DIGITS_MAX || !str_to_u64(str_first(*rest, digits), UINT32_MAX, &value))
		return false;
	*rest = str_skip(*rest, digits);
	*number = (unsigned)value;
	return value > 0;
}

static bool take_syllable(struct str *rest, unsigned *number)
{
	struct str behind = *rest;

	if (behind.len == 0)
		return false;
	*number = syllable_number(utf8_next(&behind));
	if (*number)
		*rest = behind;
	return *number != 0;
}

/* `1.` `가.` `1)` `가)` `(1)` `(가)` */
static bool read_counted(struct str line, struct mark *mark)
{
	static const enum mark_kind kinds[2][3] = {
		{ MARK_NUMBER, MARK_NUMBER_PAREN, MARK_PAREN_NUMBER },
		{ MARK_SYLLABLE, MARK_SYLLABLE_PAREN, MARK_PAREN_SYLLABLE },
	};
	bool open = line.at[0] == '(', syllable;
	struct str rest = str_skip(line, open ? 1 : 0);
	char close;

	syllable = !take_number(&rest, &mark->number);
	if ((syllable && !take_syllable(&rest, &mark->number)) || rest.len == 0)
		return false;
	close = rest.at[0];
	if (close != ')' && (open || close != '.'))
		return false;
	rest = str_skip(rest, 1);
	mark->kind = kinds[syllable][open ? 2 : close == ')'];
	mark->sign = str_first(line, line.len - rest.len);
	mark->text = rest;
	return take_space(&mark->text);
}

/* --- headings ------------------------------------------------------------------------------ */

/* Alone on a line between brackets, none of them inside. */
static bool read_bracketed(struct str line, struct mark *mark)
{
	static const struct {
		const char *open, *close;
	} brackets[] = { { "[", "]" }, { "〈", "〉" }, { "【", "】" } };

	for (size_t i = 0; i < sizeof brackets / sizeof brackets[0]; i++) {
		struct str open = str_from(brackets[i].open), close = str_from(brackets[i].close);
		struct str inside = str_skip(line, open.len);

		if (!str_starts(line, open) ||
		    str_find_str(inside, close) + close.len != inside.len)
			continue;
		mark->text = str_trim(str_first(inside, inside.len - close.len));
		mark->level = 2;
		return mark->text.len > 0;
	}
	return false;
}

static bool read_heading(struct str line, struct mark *mark)
{
	unsigned level = str_starts(line, STR("###")) ? 3 : 2;

	mark->kind = MARK_HEADING;
	if (read_bracketed(line, mark))
		return true;
	if (!str_starts(line, STR("##")))
		return false;
	mark->level = level;
	mark->text = str_skip(line, level);
	return take_space(&mark->text) && mark->text.len > 0;
}

/* --- others ------------------------------------------------------------------------------- */

static bool read_other(struct str line, struct mark *mark)
{
	mark->sign = str_first(line, 1);
	mark->text = str_skip(line, 1);
	if (line.at[0] == '|') {
		mark->kind = MARK_ROW;
		return true;
	}
	mark->kind = MARK_QUOTE;
	return line.at[0] == '>' && take_space(&mark->text) && mark->text.len > 0;
}

struct mark mark_read(struct str line)
{
	static bool (*const readers[])(struct str line, struct mark * mark) = {
		read_counted, read_sign, read_circled, read_heading, read_other
	};

	line = str_trim(skip_indent(line));
	for (size_t i = 0; line.len && i < sizeof readers / sizeof readers[0]; i++) {
		struct mark mark = { .kind = MARK_NONE };

		if (readers[i](line, &mark))
			return mark;
	}
	return (struct mark){ .kind = MARK_NONE, .text = line };
}

bool mark_is_end(struct str line)
{
	static const char *const ends[] = { "끝.", "/끝/", "###", "-30-", "/END/" };

	line = str_trim(skip_indent(line));
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		if (str_equal(line, str_from(ends[i])))
			return true;
	}
	return false;
}

bool mark_is_quote_gap(struct str line)
{
	return str_equal(str_trim(skip_indent(line)), STR(">"));
}

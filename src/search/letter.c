#include "letter.h"

#include <utf8proc.h>

static bool between(uint32_t code, uint32_t first, uint32_t last)
{
	return code >= first && code <= last;
}

static utf8proc_category_t category(uint32_t code)
{
	return utf8proc_category((utf8proc_int32_t)code);
}

bool letter_is_word(uint32_t code)
{
	if (code < 0x80)
		return is_alpha((char)code) || is_digit((char)code);
	if (code == UTF8_INVALID)
		return false;
	switch (category(code)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return true;
	default:
		return letter_is_silent(code);
	}
}

bool letter_is_digit(uint32_t code)
{
	if (code < 0x80)
		return is_digit((char)code);
	return code != UTF8_INVALID && category(code) == UTF8PROC_CATEGORY_ND;
}

bool letter_is_paired(uint32_t code)
{
	if (code < 0x0e00 || code == UTF8_INVALID)
		return false;
	if (between(code, 0xac00, 0xd7a3) || between(code, 0x4e00, 0x9fff))
		return true;
	return between(code, 0x0e01, 0x0e3a) || between(code, 0x0e40, 0x0e4e) || /* Thai */
	       between(code, 0x0e81, 0x0ece) || between(code, 0x0edc, 0x0edf) || /* Lao */
	       between(code, 0x1000, 0x103f) || between(code, 0x1050, 0x108f) || /* Burmese */
	       between(code, 0x1780, 0x17d3) ||					 /* Khmer */
	       between(code, 0x1100, 0x11ff) || between(code, 0x3131, 0x318e) || /* Hangul */
	       code == 0x3005 || between(code, 0x3041, 0x3096) ||		 /* kana */
	       between(code, 0x30a1, 0x30fa) || between(code, 0x30fc, 0x30fe) ||
	       between(code, 0x31f0, 0x31ff) || between(code, 0xff66, 0xff9d) ||
	       between(code, 0x3400, 0x4dbf) || between(code, 0xf900, 0xfad9) || /* Han */
	       between(code, 0x20000, 0x323af);
}

bool letter_is_silent(uint32_t code)
{
	return code == 0x00ad || between(code, 0x200c, 0x200d) || code == 0x0640 ||
	       between(code, 0x0610, 0x061a) || between(code, 0x064b, 0x065f) || code == 0x0670 ||
	       between(code, 0x06d6, 0x06dc) || between(code, 0x06df, 0x06e8) ||
	       between(code, 0x06ea, 0x06ed) || between(code, 0xfe00, 0xfe0f);
}

static uint32_t fold_arabic(uint32_t code)
{
	switch (code) {
	case 0x0622: /* آ */
	case 0x0623: /* أ */
	case 0x0625: /* إ */
	case 0x0671: /* ٱ */
		return 0x0627;
	case 0x0649: /* ى */
	case 0x06cc: /* Persian ی */
		return 0x064a;
	case 0x06a9: /* Persian ک */
		return 0x0643;
	}
	if (between(code, 0x0660, 0x0669))
		return '0' + code - 0x0660;
	if (between(code, 0x06f0, 0x06f9))
		return '0' + code - 0x06f0;
	return code;
}

static size_t decompose(uint32_t code, unsigned options, uint32_t out[LETTER_FOLDED])
{
	utf8proc_int32_t codes[4 * LETTER_FOLDED];
	int boundary = 0;
	utf8proc_ssize_t count =
		utf8proc_decompose_char((utf8proc_int32_t)code, codes, 4 * LETTER_FOLDED,
					(utf8proc_option_t)options, &boundary);

	if (count < 0 || count > LETTER_FOLDED) {
		out[0] = code;
		return 1;
	}
	for (utf8proc_ssize_t i = 0; i < count; i++)
		out[i] = (uint32_t)codes[i];
	return (size_t)count;
}

/* Presentation forms: wide and narrow letters, ligatures, circled numbers. */
static bool has_other_form(uint32_t code)
{
	return utf8proc_get_property((utf8proc_int32_t)code)->decomp_type != 0;
}

size_t letter_fold(uint32_t code, uint32_t out[LETTER_FOLDED])
{
	if (code < 0x80) {
		out[0] = (uint32_t)(unsigned char)to_lower((char)code);
		return 1;
	}
	if (letter_is_silent(code))
		return 0;
	if (between(code, 0xac00, 0xd7a3) || between(code, 0x4e00, 0x9fff)) {
		out[0] = code;
		return 1;
	}
	if (between(code, 0x0600, 0x06ff)) {
		out[0] = fold_arabic(code);
		return 1;
	}
	if (has_other_form(code) || between(code, 0xf900, 0xfad9))
		return decompose(code, UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD,
				 out);
	out[0] = code == 0x03c2 ? 0x03c3 : (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
	return 1;
}

static bool carries_marks(uint32_t base)
{
	return base < 0x0250 || between(base, 0x0370, 0x03ff) || between(base, 0x1e00, 0x1fff);
}

/* Letters whose stroke is no mark to Unicode, as people without that key write them. */
static size_t bare_latin(uint32_t code, uint32_t out[LETTER_FOLDED])
{
	static const struct {
		uint32_t code;
		char as[3];
	} strokes[] = {
		{ 0xdf, "ss" }, { 0xe6, "ae" },	 { 0xf0, "d" },	 { 0xf8, "o" },
		{ 0xfe, "th" }, { 0x111, "d" },	 { 0x127, "h" }, { 0x131, "i" },
		{ 0x142, "l" }, { 0x153, "oe" }, { 0x167, "t" },
	};

	for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++) {
		if (strokes[i].code != code)
			continue;
		out[0] = (uint32_t)strokes[i].as[0];
		out[1] = (uint32_t)strokes[i].as[1];
		return out[1] ? 2 : 1;
	}
	return 0;
}

size_t letter_bare(uint32_t code, uint32_t out[LETTER_FOLDED])
{
	size_t count;

	if (code < 0x80 || between(code, 0x0400, 0x0628) || between(code, 0x0630, 0x1dff) ||
	    code >= 0x2000) {
		out[0] = code;
		return 1;
	}
	if (code == 0x0629) {
		out[0] = 0x0647;
		return 1;
	}
	if (between(code, 0x0300, 0x036f))
		return 0;
	count = bare_latin(code, out);
	if (count)
		return count;
	count = decompose(code, UTF8PROC_DECOMPOSE, out);
	if (count > 1 && carries_marks(out[0]))
		return 1;
	out[0] = code;
	return 1;
}

size_t letter_put(uint32_t code, char *at)
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)at);
}

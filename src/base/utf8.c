#include <utf8proc.h>

#include <communique/utf8.h>

/* RFC 3629, section 4: the second byte's range forbids overlong forms, surrogates
 * and what lies above U+10FFFF; the others are 80..BF. */
static bool sequence(unsigned char lead, size_t *len, unsigned char *low, unsigned char *high)
{
	*low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	*high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	*len = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
	return *len != 0;
}

uint32_t utf8_next(struct str *rest)
{
	const unsigned char *at = (const unsigned char *)rest->at;
	unsigned char low, high;
	uint32_t code;
	size_t len;

	must(rest->len > 0);
	if (at[0] < 0x80) {
		*rest = str_skip(*rest, 1);
		return at[0];
	}
	if (!sequence(at[0], &len, &low, &high) || rest->len < len || at[1] < low || at[1] > high)
		goto invalid;
	code = at[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			goto invalid;
		code = code << 6 | (at[i] & 0x3fu);
	}
	*rest = str_skip(*rest, len);
	return code;
invalid:
	*rest = str_skip(*rest, 1);
	return UTF8_INVALID;
}

void buf_add_utf8(struct buf *buf, uint32_t code)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t len;

	must(code <= 0x10ffff && (code < 0xd800 || code > 0xdfff));
	len = utf8proc_encode_char((utf8proc_int32_t)code, bytes);
	buf_add(buf, (struct str){ (const char *)bytes, (size_t)len });
}

size_t utf8_valid_length(struct str s)
{
	struct str rest = s;

	while (rest.len) {
		struct str before = rest;

		if (utf8_next(&rest) == UTF8_INVALID)
			return (size_t)(before.at - s.at);
	}
	return s.len;
}

size_t utf8_count(struct str s)
{
	size_t count = 0;

	while (s.len) {
		utf8_next(&s);
		count++;
	}
	return count;
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.at[i] >= 0x80)
			return false;
	}
	return true;
}

static utf8proc_uint8_t *compose(struct str s, utf8proc_ssize_t *len)
{
	utf8proc_uint8_t *composed = NULL;

	*len = utf8proc_map((const utf8proc_uint8_t *)s.at, (utf8proc_ssize_t)s.len, &composed,
			    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	return composed;
}

/* Marks on one letter stand by rising class in form C (Unicode, section 3.11). Asked first,
 * because normalising sorts them, and a long run that is out of order would take quadratic
 * time. */
static bool marks_in_order(struct str s)
{
	int before = 0;

	while (s.len) {
		uint32_t code = utf8_next(&s);
		int class =
			code < 0x300
				? 0
				: utf8proc_get_property((utf8proc_int32_t)code)->combining_class;

		if (class != 0 && class < before)
			return false;
		before = class;
	}
	return true;
}

bool utf8_is_nfc(struct str s)
{
	utf8proc_ssize_t len;
	utf8proc_uint8_t *composed;
	bool same;

	if (is_ascii(s))
		return true;
	if (!marks_in_order(s))
		return false;
	composed = compose(s, &len);
	same = len >= 0 && str_equal(s, (struct str){ (char *)composed, (size_t)len });
	free(composed);
	return same;
}

struct str utf8_to_nfc(struct arena *arena, struct str s)
{
	utf8proc_ssize_t len;
	utf8proc_uint8_t *composed;
	struct str out = s;

	if (is_ascii(s))
		return s;
	composed = compose(s, &len);
	if (len >= 0)
		out = arena_copy(arena, (struct str){ (char *)composed, (size_t)len });
	free(composed);
	return out;
}

bool utf8_is_visible(uint32_t code)
{
	if (code < 0xa0 || code == UTF8_INVALID)
		return code >= 0x20 && code < 0x7f;
	return code != 0x61c && !(code >= 0x200b && code <= 0x200f) &&
	       !(code >= 0x2028 && code <= 0x202e) && !(code >= 0x2060 && code <= 0x206f) &&
	       code != 0xfeff;
}

size_t utf8_columns(struct str s)
{
	size_t columns = 0;

	while (s.len) {
		uint32_t code = utf8_next(&s);
		int width = code == UTF8_INVALID ? 1 : utf8proc_charwidth((utf8proc_int32_t)code);

		columns += width > 0 ? (size_t)width : 0;
	}
	return columns;
}

struct str utf8_cut_at_word(struct str s, size_t count, bool *cut)
{
	struct str rest = s, whole;
	size_t kept;

	for (size_t i = 0; i < count && rest.len; i++)
		utf8_next(&rest);
	*cut = rest.len > 0;
	whole = str_first(s, s.len - rest.len);
	if (!*cut || rest.at[0] == ' ')
		return whole;
	/* Texts without spaces (Chinese, much of Korean) are cut where they are. */
	for (kept = whole.len; kept > whole.len / 2; kept--) {
		if (whole.at[kept - 1] == ' ')
			return str_first(whole, kept - 1);
	}
	return whole;
}

#include "prose.h"

#include <communique/utf8.h>

#include "markup.h"

static bool is_hangul(uint32_t code)
{
	return code >= 0xac00 && code <= 0xd7a3;
}

/* ) ] % * ° ’ ” … ℃ 〉 》 」 』 】 〕 ） and units such as ㎞ */
static bool is_sign(uint32_t code)
{
	switch (code) {
	case ')':
	case ']':
	case '%':
	case '*':
	case 0xb0:
	case 0x2019:
	case 0x201d:
	case 0x2026:
	case 0x2103:
	case 0x3009:
	case 0x300b:
	case 0x300d:
	case 0x300f:
	case 0x3011:
	case 0x3015:
	case 0xff09:
		return true;
	default:
		return code >= 0x3380 && code <= 0x33df;
	}
}

/* The first signs that a syllable follows, with it: where they begin, and their length; the
 * text's own length when there are none. */
static size_t find_tied(struct str text, size_t *len)
{
	struct str rest = text;
	size_t begin = text.len;

	while (rest.len) {
		size_t at = text.len - rest.len;
		uint32_t code = utf8_next(&rest);

		if (is_hangul(code) && begin < at) {
			*len = text.len - rest.len - begin;
			return begin;
		}
		if (!is_sign(code))
			begin = text.len;
		else if (begin == text.len)
			begin = at;
	}
	return text.len;
}

void html_add_prose(struct buf *out, struct str text)
{
	size_t len, at;

	while ((at = find_tied(text, &len)) < text.len) {
		html_add_text(out, str_first(text, at));
		buf_add(out, STR("<span class=\"tied\">"));
		html_add_text(out, (struct str){ text.at + at, len });
		buf_add(out, STR("</span>"));
		text = str_skip(text, at + len);
	}
	html_add_text(out, text);
}

void view_prose(struct view *object, const char *key, struct str text)
{
	struct buf html;
	size_t len;

	if (find_tied(text, &len) == text.len) {
		view_text(object, key, text);
		return;
	}
	buf_init(&html, PAGE_MAX);
	html_add_prose(&html, text);
	view_html(object, key, arena_copy(object->arena, buf_str(&html)));
	buf_release(&html);
}

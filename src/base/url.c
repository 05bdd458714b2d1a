#include <communique/url.h>

#include <string.h>

static bool is_plain(char c, const char *marks)
{
	return is_alpha(c) || is_digit(c) || (c && strchr(marks, c));
}

static void add_escaped(struct buf *out, char c)
{
	buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
}

void url_add_segment(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_plain(text.at[i], "-._~"))
			buf_add_char(out, text.at[i]);
		else
			add_escaped(out, text.at[i]);
	}
}

void url_add_value(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_plain(text.at[i], "*-._"))
			buf_add_char(out, text.at[i]);
		else if (text.at[i] == ' ')
			buf_add_char(out, '+');
		else
			add_escaped(out, text.at[i]);
	}
}

#include "xml.h"

#include <communique/clock.h>

#include "markup.h"

void xml_add_text(struct buf *out, struct str text)
{
	size_t start = 0;

	for (size_t i = 0; i + 2 < text.len; i++) {
		if (memcmp(text.at + i, "\xef\xbf\xbe", 3) != 0 &&
		    memcmp(text.at + i, "\xef\xbf\xbf", 3) != 0)
			continue;
		html_add_text(out, (struct str){ text.at + start, i - start });
		buf_add(out, STR("\xef\xbf\xbd"));
		start = i + 3;
		i += 2;
	}
	html_add_text(out, str_skip(text, start));
}

void xml_add_element(struct buf *out, const char *name, struct str text)
{
	if (!str_given(text))
		return;
	buf_addf(out, "<%s>", name);
	xml_add_text(out, text);
	/* The name ends where its attributes begin. */
	buf_addf(out, "</%.*s>\n", (int)strcspn(name, " "), name);
}

void xml_add_moment(struct buf *out, const char *name, int64_t time)
{
	char room[TIME_SIZE];

	xml_add_element(out, name, time_format(room, time));
}

void xml_add_empty(struct buf *out, const char *name, const struct xml_attribute *attributes)
{
	buf_addf(out, "<%s", name);
	for (; attributes->name; attributes++) {
		if (!str_given(attributes->value))
			continue;
		buf_addf(out, " %s=\"", attributes->name);
		xml_add_text(out, attributes->value);
		buf_add_char(out, '"');
	}
	buf_add(out, STR("/>\n"));
}

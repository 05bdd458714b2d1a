/*
 * xml - writing XML 1.0: feeds and sitemaps.
 *
 * Names are ours; texts are escaped, and the two code points that UTF-8 may carry and XML may
 * not (U+FFFE, U+FFFF) become U+FFFD.
 */
#ifndef COMMUNIQUE_RENDER_XML_H
#define COMMUNIQUE_RENDER_XML_H

#include <communique/buf.h>

#define XML_BEGIN "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"

void xml_add_text(struct buf *out, struct str text);
/* <name>text</name> and a line's end; nothing when text is STR_NONE. */
void xml_add_element(struct buf *out, const char *name, struct str text);
void xml_add_moment(struct buf *out, const char *name, int64_t time); /* RFC 3339 */
/* <name a="…" b="…"/>; a NULL name ends the attributes, one whose
 * value is STR_NONE is left out. */
struct xml_attribute {
	const char *name;
	struct str value;
};
void xml_add_empty(struct buf *out, const char *name, const struct xml_attribute *attributes);

#endif

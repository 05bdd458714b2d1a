/*
 * media - how an attachment is given to a browser, by the ending of its name.
 *
 * What may be shown in the browser's window are pictures without scripts, PDF and plain
 * text. What could run as a page of this site (SVG, HTML, XML, JavaScript …) and whatever is
 * not in the table is application/octet-stream; all but the first is to be saved as a file.
 */
#ifndef COMMUNIQUE_WEB_MEDIA_H
#define COMMUNIQUE_WEB_MEDIA_H

#include <communique/buf.h>

struct media {
	const char *ending, *type;
	bool shown; /* in the window: Content-Disposition says inline */
};

const struct media *media_of(struct str name);

/* Content-Disposition (RFC 6266): the name in ASCII for old programs, and behind it, when
 * that is not all of it, as it is (RFC 8187):
 *
 *	attachment; filename="__.pdf"; filename*=UTF-8''%EB%B3%B4%EB%8F%84.pdf
 */
void disposition_add(struct buf *out, const struct media *media, struct str name);

#endif

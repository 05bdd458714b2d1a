/*
 * range - a part of a file that a client asks for (RFC 9110, section 14).
 *
 * One range of bytes is answered with a 206. Several at once, other units and what cannot be
 * read are ignored, as the standard allows: the whole file is then the answer.
 */
#ifndef COMMUNIQUE_WEB_RANGE_H
#define COMMUNIQUE_WEB_RANGE_H

#include <communique/str.h>

enum range { RANGE_WHOLE, RANGE_PART, RANGE_OUTSIDE };

struct part {
	uint64_t at, len;
};

/* The part of `size` bytes that `field` asks for; the whole when it is STR_NONE or ignored. */
enum range range_parse(struct str field, uint64_t size, struct part *out);

/* If-Range (13.1.5): still the same file? By its tag, compared strongly, or its very date. */
bool range_still_holds(struct str if_range, struct str etag, int64_t modified);

#endif

/*
 * url - text as it stands in an address.
 */
#ifndef COMMUNIQUE_URL_H
#define COMMUNIQUE_URL_H

#include <communique/buf.h>

/* One segment of a path: all but the unreserved characters of RFC 3986, section 2.3, as %NN. */
void url_add_segment(struct buf *out, struct str text);
/* A value of a query as a browser's form sends it (application/x-www-form-urlencoded): letters,
 * digits and *-._ stand as they are, a space is +, all else %NN. */
void url_add_value(struct buf *out, struct str text);

#endif

/*
 * encoding - the forms a page is kept in: as it is, gzip (RFC 1952), br (RFC 7932).
 *
 * A page is compressed once and sent often, so what counts is a level's price at the margin.
 * On 60 KB of mixed text here: gzip (libdeflate) at level 6 takes 0.9 ms, and 9 saves 0.6 %
 * for twice that; br at quality 5 takes 1.3 ms and is 1.4 % shorter than gzip, at 11 it would be 15
 * % shorter and take 62 ms. So pages get 6 and 5, and what is compiled in the best there is.
 */
#ifndef COMMUNIQUE_WEB_ENCODING_H
#define COMMUNIQUE_WEB_ENCODING_H

#include <communique/buf.h>

enum encoding { ENCODING_NONE, ENCODING_GZIP, ENCODING_BROTLI };

/* The word of Content-Encoding; NULL for ENCODING_NONE. */
const char *encoding_word(enum encoding encoding);

/* Whether it is a text, and long enough to become shorter. */
bool encoding_pays(struct str type, size_t len);

enum effort { EFFORT_ONCE, EFFORT_BEST };

/* Adds the encoded text to `out`, which is empty and takes at least as much as the text has.
 * False: it did not become shorter, and is to be sent as it is. */
bool encode(enum encoding encoding, enum effort effort, struct str text, struct buf *out);

#endif

/*
 * links - the addresses of this site that a page, a feed or a style sheet leads to.
 *
 * Our own templates write every address into href, src, <loc> or url(), whole or from its
 * "/" on, so looking for these is enough; a page is not understood otherwise. Fragments are
 * left out. Found addresses are given as a browser would send them.
 */
#ifndef COMMUNIQUE_LINKS_H
#define COMMUNIQUE_LINKS_H

#include <communique/buf.h>

typedef void link_visitor(void *ctx, struct str target);

/* `url` is the site's own, without a slash at its end. */
void links_visit(struct str text, struct str url, link_visitor *visit, void *ctx);

#endif

/*
 * link - addresses in a text.
 */
#ifndef RELEASE_LINK_H
#define RELEASE_LINK_H

#include <communique/str.h>

/* https, http with a host and no user before it, mailto, a path of this site, a place in
 * this page. Nothing a browser would read in another way than a person. */
bool link_is_safe(struct str address);

/* How long the address is that `)` ends, with escapes; rest.len when none does. */
size_t link_length(struct str rest);

/* Punctuation of ASCII: what `\` may stand before. */
bool is_escapable(char c);

#endif

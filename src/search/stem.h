/*
 * stem - a word's stem; private to this folder.
 */
#ifndef COMMUNIQUE_SEARCH_STEM_H
#define COMMUNIQUE_SEARCH_STEM_H

#include <communique/token.h>

/* A word whose case is folded, in place: stemmed, then without what is on its letters. `stems`
 * NULL: only the latter. `text` has room for TOKEN_MAX bytes; the new length. */
size_t stem_word(const struct stems *stems, char *text, size_t len);

#endif

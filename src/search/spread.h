/*
 * spread - where a word goes in a hash table (FNV-1a); private to this folder. The words are an
 * editor's, signed by two: nobody crafts collisions.
 */
#ifndef COMMUNIQUE_SEARCH_SPREAD_H
#define COMMUNIQUE_SEARCH_SPREAD_H

#include <communique/str.h>

static inline size_t spread(struct str word)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < word.len; i++)
		h = (h ^ (unsigned char)word.at[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

#endif

/*
 * set - texts that were seen, each once, numbered from 0 in the order they came.
 *
 * The numbers make it a map as well: whoever keeps an array beside it finds there what
 * belongs to a text. Texts are copied. A text comes from outside: the hash is seeded anew
 * for each set, so that nobody can choose texts that all fall into one place.
 */
#ifndef COMMUNIQUE_SET_H
#define COMMUNIQUE_SET_H

#include <communique/arena.h>

#define SET_NONE SIZE_MAX

struct set {
	struct arena arena;
	struct str *texts;
	size_t count, room;
	uint32_t *slots; /* number + 1; 0: free */
	size_t slot_count;
	uint64_t seed;
};

void set_init(struct set *set);
void set_release(struct set *set); /* the set is as after init */

/* Its number; *fresh (may be NULL): it was not there. */
size_t set_add(struct set *set, struct str text, bool *fresh);
size_t set_find(const struct set *set, struct str text); /* SET_NONE */

#endif

/*
 * anchor - the names by which items are cited: p3, p2.1, and p3-2 where 3 stands again.
 */
#ifndef RELEASE_ANCHOR_H
#define RELEASE_ANCHOR_H

#include <communique/arena.h>

struct anchors {
	uint32_t *uses; /* by number: how often it stood in the first level */
	size_t size;
};

struct str anchor_outer(struct anchors *anchors, struct arena *arena, unsigned number);
struct str anchor_inner(struct arena *arena, struct str outer, unsigned place);

#endif

/*
 * frontier - the right edge of a log's tree: enough to grow it, and to know its root.
 *
 * For each bit of the size one hash, of the largest whole subtrees from the left:
 *
 *	size 7 = 4 + 2 + 1	at[2] over leaves 0-3, at[1] over 4-5, at[0] over 6
 *
 * Whoever keeps it and hashes every leaf that comes knows, without any proof, that a later
 * root grew out of the earlier one.
 */
#ifndef COMMUNIQUE_FRONTIER_H
#define COMMUNIQUE_FRONTIER_H

#include <communique/merkle.h>

struct frontier {
	uint64_t size;
	struct hash at[64]; /* where the size has a bit */
};

void frontier_add(struct frontier *frontier, const struct hash *leaf);
struct hash frontier_root(const struct frontier *frontier);

#endif

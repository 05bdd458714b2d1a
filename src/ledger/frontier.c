#include <communique/frontier.h>

void frontier_add(struct frontier *frontier, const struct hash *leaf)
{
	struct hash hash = *leaf;
	unsigned level = 0;

	/* As adding one to a binary number carries. */
	for (; frontier->size >> level & 1; level++)
		hash = merkle_node(&frontier->at[level], &hash);
	frontier->at[level] = hash;
	frontier->size++;
}

struct hash frontier_root(const struct frontier *frontier)
{
	struct hash root = merkle_root_of(NULL, 0);
	bool any = false;

	for (unsigned level = 0; level < 64; level++) {
		if (!(frontier->size >> level & 1))
			continue;
		root = any ? merkle_node(&frontier->at[level], &root) : frontier->at[level];
		any = true;
	}
	return root;
}

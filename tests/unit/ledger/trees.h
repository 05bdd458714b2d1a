/*
 * What the tests of this layer share: a tree in memory, the slow reference that it is held
 * against, and refusals.
 */
#ifndef COMMUNIQUE_TESTS_TREES_H
#define COMMUNIQUE_TESTS_TREES_H

#include "unit/base/unit.h"

#include <communique/bytes.h>
#include <communique/limits.h>
#include <communique/merkle.h>

#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))
#define COUNT(table) (sizeof(table) / sizeof *(table))

#define assert_refused(ok, why, wanted_kind, words)                                                \
	do {                                                                                       \
		assert_false(ok);                                                                  \
		assert_string_equal(fault_code((why).kind), fault_code(wanted_kind));              \
		if (!strstr((why).says, (words)))                                                  \
			fail_msg("\"%s\" is not in \"%s\"", (words), (why).says);                  \
	} while (0)

#define assert_hash(a, b) assert_string_equal(HASH_TEXT(a), HASH_TEXT(b))

enum { TREE_LEVELS = 20 };

/* Nodes in arrays, level by level; how often they were asked for and written is counted. */
struct tree {
	struct hash *levels[TREE_LEVELS];
	uint64_t counts[TREE_LEVELS];
	uint64_t size, room;
	size_t reads, writes;
};

static inline void tree_init(struct tree *tree, uint64_t room)
{
	*tree = (struct tree){ .room = room };
	for (size_t i = 0; i < TREE_LEVELS; i++)
		tree->levels[i] = calloc((room >> i) + 1, sizeof(struct hash));
}

static inline void tree_free(struct tree *tree)
{
	for (size_t i = 0; i < TREE_LEVELS; i++)
		free(tree->levels[i]);
}

static inline bool tree_read(void *ctx, unsigned level, uint64_t index, struct hash *out,
			     struct fault *why)
{
	struct tree *tree = ctx;

	tree->reads++;
	if (level >= TREE_LEVELS || index >= tree->counts[level])
		return fail(why, BROKEN, "node %u:%llu was asked for", level,
			    (unsigned long long)index);
	*out = tree->levels[level][index];
	return true;
}

static inline bool tree_write(void *ctx, unsigned level, uint64_t index, const struct hash *hash,
			      struct fault *why)
{
	struct tree *tree = ctx;

	(void)why;
	assert_true(level < TREE_LEVELS);
	assert_int_equal(index, tree->counts[level]); /* each node once, in order */
	tree->levels[level][tree->counts[level]++] = *hash;
	tree->writes++;
	return true;
}

#define TREE_SOURCE(tree) (&(struct merkle_source){ tree_read, (tree) })

static inline void tree_grow(struct tree *tree, const struct hash *leaf)
{
	assert_true(tree->size < tree->room);
	assert_true(merkle_append(TREE_SOURCE(tree), tree->size, leaf, tree_write, tree, NULL));
	tree->size++;
}

/* Leaf i of the tests is its number in decimal. */
static inline struct hash numbered_leaf(uint64_t i)
{
	char text[24];
	int len = snprintf(text, sizeof text, "%llu", (unsigned long long)i);

	return merkle_leaf((struct str){ text, (size_t)len });
}

static inline void tree_grow_to(struct tree *tree, uint64_t size)
{
	while (tree->size < size) {
		struct hash leaf = numbered_leaf(tree->size);

		tree_grow(tree, &leaf);
	}
}

#endif

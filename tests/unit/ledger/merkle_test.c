/*
 * The tree against a slow reference: RFC 6962, section 2.1, word for word over the leaves, keeping
 * nothing.
 */
#include "trees.h"

#include <communique/file.h>
#include <communique/tile.h>

enum { SMALL = 600, LARGE = 70000 };

static uint64_t slow_split(uint64_t n)
{
	uint64_t k = 1;

	while (2 * k < n)
		k *= 2;
	return k;
}

static struct hash slow_hash(const struct hash *leaves, uint64_t n)
{
	struct hash left, right;
	uint64_t k;

	if (n == 0)
		return hash_of(STR(""));
	if (n == 1)
		return leaves[0];
	k = slow_split(n);
	left = slow_hash(leaves, k);
	right = slow_hash(leaves + k, n - k);
	return merkle_node(&left, &right);
}

static void slow_add(struct merkle_proof *proof, const struct hash *leaves, uint64_t n)
{
	proof->at[proof->count++] = slow_hash(leaves, n);
}

static void slow_path(struct merkle_proof *proof, uint64_t m, const struct hash *leaves, uint64_t n)
{
	uint64_t k;

	if (n == 1)
		return;
	k = slow_split(n);
	if (m < k) {
		slow_path(proof, m, leaves, k);
		slow_add(proof, leaves + k, n - k);
	} else {
		slow_path(proof, m - k, leaves + k, n - k);
		slow_add(proof, leaves, k);
	}
}

static void slow_subproof(struct merkle_proof *proof, uint64_t m, const struct hash *leaves,
			  uint64_t n, bool whole)
{
	uint64_t k;

	if (m == n) {
		if (!whole)
			slow_add(proof, leaves, n);
		return;
	}
	k = slow_split(n);
	if (m <= k) {
		slow_subproof(proof, m, leaves, k, whole);
		slow_add(proof, leaves + k, n - k);
	} else {
		slow_subproof(proof, m - k, leaves + k, n - k, false);
		slow_add(proof, leaves, k);
	}
}

static void assert_proof(const struct merkle_proof *found, const struct merkle_proof *expected)
{
	assert_int_equal(found->count, expected->count);
	for (size_t i = 0; i < found->count; i++)
		assert_hash(&found->at[i], &expected->at[i]);
}

/* Refused with one hash changed, one too many, one too few; accepted as it is. */
static void assert_only_this_holds(bool (*check)(const struct merkle_proof *, void *), void *ctx,
				   struct merkle_proof *proof)
{
	assert_true(check(proof, ctx));
	if (proof->count) {
		size_t at = proof->count / 2;

		proof->at[at].at[7] ^= 1;
		assert_false(check(proof, ctx));
		proof->at[at].at[7] ^= 1;
		proof->count--;
		assert_false(check(proof, ctx));
		proof->count++;
	}
	proof->at[proof->count++] = numbered_leaf(1);
	assert_false(check(proof, ctx));
	proof->count--;
}

struct claim {
	struct hash leaf, root, old_root;
	uint64_t index, size;
};

static bool holds_inclusion(const struct merkle_proof *proof, void *ctx)
{
	struct claim *claim = ctx;

	return merkle_check_inclusion(proof, &claim->leaf, claim->index, claim->size, &claim->root,
				      NULL);
}

static bool holds_consistency(const struct merkle_proof *proof, void *ctx)
{
	struct claim *claim = ctx;

	return merkle_check_consistency(proof, claim->index, &claim->old_root, claim->size,
					&claim->root, NULL);
}

static void check_inclusion(struct tree *tree, uint64_t index, uint64_t size,
			    const struct hash *root, bool slowly)
{
	struct claim claim = { tree->levels[0][index], *root, *root, index, size };
	struct merkle_proof proof, slow = { .count = 0 };

	assert_true(merkle_prove_inclusion(TREE_SOURCE(tree), index, size, &proof, NULL));
	assert_true(holds_inclusion(&proof, &claim));
	if (!slowly)
		return;
	slow_path(&slow, index, tree->levels[0], size);
	assert_proof(&proof, &slow);
	assert_only_this_holds(holds_inclusion, &claim, &proof);
	claim.leaf = numbered_leaf(index + 1);
	assert_false(holds_inclusion(&proof, &claim));
}

static void check_consistency(struct tree *tree, uint64_t from, uint64_t to,
			      const struct hash *from_root, const struct hash *to_root, bool slowly)
{
	struct claim claim = { { { 0 } }, *to_root, *from_root, from, to };
	struct merkle_proof proof, slow = { .count = 0 };

	assert_true(merkle_prove_consistency(TREE_SOURCE(tree), from, to, &proof, NULL));
	assert_true(holds_consistency(&proof, &claim));
	if (!slowly)
		return;
	if (from)
		slow_subproof(&slow, from, tree->levels[0], to, true);
	assert_proof(&proof, &slow);
	assert_only_this_holds(holds_consistency, &claim, &proof);
	claim.old_root = numbered_leaf(from);
	assert_false(holds_consistency(&proof, &claim));
}

static void check_size(struct tree *tree, uint64_t size, struct hash *roots)
{
	struct hash slow = slow_hash(tree->levels[0], size);

	assert_true(merkle_root(TREE_SOURCE(tree), size, &roots[size], NULL));
	assert_hash(&roots[size], &slow);
	for (uint64_t i = 0; i < size; i++)
		check_inclusion(tree, i, size, &roots[size], i % 97 == size % 97 || i + 1 == size);
	for (uint64_t i = 0; i <= size; i++)
		check_consistency(tree, i, size, &roots[i], &roots[size],
				  i % 89 == size % 89 || i + 1 >= size);
}

static void trees_of_every_size_to_600_are_those_of_the_slow_reference(void **state)
{
	struct hash roots[SMALL + 1];
	struct tree tree;

	(void)state;
	tree_init(&tree, SMALL);
	for (uint64_t size = 0; size <= SMALL; size++) {
		tree_grow_to(&tree, size);
		check_size(&tree, size, roots);
	}
	tree_free(&tree);
}

/* --- tiles ----------------------------------------------------------------------------- */

/* The definition: hash i of tile n at level l is MTH(D[(n*256+i) * 256^l : (n*256+i+1) * 256^l]).
 */
static bool slow_fetch(void *ctx, const struct tile *tile, struct buf *out, struct fault *why)
{
	struct tree *tree = ctx;
	uint64_t span = 1ull << (TILE_HEIGHT * tile->level);

	(void)why;
	for (unsigned i = 0; i < tile->width; i++) {
		uint64_t first = (tile->index * TILE_WIDTH + i) * span;
		struct hash hash;

		assert_true(first + span <= tree->size);
		hash = slow_hash(tree->levels[0] + first, span);
		buf_add(out, (struct str){ (const char *)hash.at, HASH_SIZE });
	}
	return true;
}

static void check_tiles(struct tree *tree, uint64_t sizes_from, uint64_t sizes_to)
{
	for (tree->size = sizes_from; tree->size <= sizes_to; tree->size++) {
		struct tiles tiles = { slow_fetch, tree, tree->size };
		struct hash through, root;

		assert_true(merkle_root(&(struct merkle_source){ tile_read, &tiles }, tree->size,
					&through, NULL));
		root = slow_hash(tree->levels[0], tree->size);
		assert_hash(&through, &root);
	}
	tree->size = sizes_to;
}

static void tiles_lead_to_the_root_at_every_size_to_600(void **state)
{
	struct tree tree;

	(void)state;
	tree_init(&tree, SMALL);
	tree_grow_to(&tree, SMALL);
	check_tiles(&tree, 0, SMALL);
	tree_free(&tree);
}

static void a_log_of_70000_has_the_tiles_of_the_specification(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 273; i++)
		assert_int_equal(tile_width(0, i, LARGE), 256);
	assert_int_equal(tile_width(0, 273, LARGE), 112);
	assert_int_equal(tile_width(0, 274, LARGE), 0);
	assert_int_equal(tile_width(1, 0, LARGE), 256);
	assert_int_equal(tile_width(1, 1, LARGE), 17);
	assert_int_equal(tile_width(1, 2, LARGE), 0);
	assert_int_equal(tile_width(2, 0, LARGE), 1);
	assert_int_equal(tile_width(3, 0, LARGE), 0);
	assert_int_equal(tile_width(63, 0, UINT64_MAX), 0);
	/* 256 is one full tile, and one hash above it. */
	assert_int_equal(tile_width(0, 0, 256), 256);
	assert_int_equal(tile_width(0, 1, 256), 0);
	assert_int_equal(tile_width(1, 0, 256), 1);
}

static void a_log_of_70000_is_that_of_the_slow_reference(void **state)
{
	static const uint64_t at[] = { 0, 1, 255, 256, 4095, 65535, 65536, 69999 };
	struct hash root, slow, old;
	struct tree tree;

	(void)state;
	tree_init(&tree, LARGE);
	tree_grow_to(&tree, LARGE);
	assert_true(merkle_root(TREE_SOURCE(&tree), LARGE, &root, NULL));
	slow = slow_hash(tree.levels[0], LARGE);
	assert_hash(&root, &slow);
	for (size_t i = 0; i < COUNT(at); i++) {
		check_inclusion(&tree, at[i], LARGE, &root, true);
		assert_true(merkle_root(TREE_SOURCE(&tree), at[i], &old, NULL));
		check_consistency(&tree, at[i], LARGE, &old, &root, true);
	}
	check_tiles(&tree, LARGE, LARGE);
	tree_free(&tree);
}

/* Proofs through tiles, as a client of the log makes them. */
static void proofs_through_tiles_are_the_same(void **state)
{
	struct merkle_proof direct, through;
	struct tiles tiles;
	struct tree tree;

	(void)state;
	tree_init(&tree, SMALL);
	tree_grow_to(&tree, SMALL);
	tiles = (struct tiles){ slow_fetch, &tree, SMALL };
	for (uint64_t i = 0; i < SMALL; i += 37) {
		assert_true(merkle_prove_inclusion(TREE_SOURCE(&tree), i, SMALL, &direct, NULL));
		assert_true(merkle_prove_inclusion(&(struct merkle_source){ tile_read, &tiles }, i,
						   SMALL, &through, NULL));
		assert_proof(&through, &direct);
	}
	tree_free(&tree);
}

static bool fetch_short(void *ctx, const struct tile *tile, struct buf *out, struct fault *why)
{
	(void)ctx, (void)tile, (void)why;
	buf_add(out, STR("too short"));
	return true;
}

static void a_tile_of_another_length_is_refused(void **state)
{
	struct tiles tiles = { fetch_short, NULL, 7 };
	struct fault why;
	struct hash hash;

	(void)state;
	assert_refused(tile_read(&tiles, 0, 3, &hash, &why), why, INVALID, "has 9 bytes");
	assert_refused(tile_read(&tiles, 9, 3, &hash, &why), why, INVALID, "does not have");
}

/* --- cost -------------------------------------------------------------------------------- */

struct cost {
	double append, root, prove;
};

/* Nodes touched for one leaf, on the average of the 1000 behind `size`. */
static struct cost cost_at(struct tree *tree, uint64_t size)
{
	enum { SAMPLE = 1000 };
	struct cost cost = { 0, 0, 0 };

	tree_grow_to(tree, size);
	for (size_t i = 0; i < SAMPLE; i++) {
		struct merkle_proof proof;
		struct hash root;

		tree->reads = tree->writes = 0;
		tree_grow_to(tree, tree->size + 1);
		cost.append += (double)(tree->reads + tree->writes);
		tree->reads = 0;
		assert_true(merkle_root(TREE_SOURCE(tree), tree->size, &root, NULL));
		cost.root += (double)tree->reads;
		tree->reads = 0;
		assert_true(merkle_prove_inclusion(TREE_SOURCE(tree), tree->size / 3, tree->size,
						   &proof, NULL));
		cost.prove += (double)tree->reads;
	}
	return cost;
}

static void at_100000_leaves_a_leaf_costs_what_it_costs_at_1000(void **state)
{
	struct cost small, large;
	struct tree tree;

	(void)state;
	tree_init(&tree, 102000);
	small = cost_at(&tree, 1000);
	large = cost_at(&tree, 100000);
	assert_true(large.append < 1.5 * small.append);
	/* All of them together, as one publication has them. */
	assert_true(large.append + large.root + large.prove <
		    1.5 * (small.append + small.root + small.prove));
	tree_free(&tree);
}

/* --- vectors ------------------------------------------------------------------------------- */

#define VECTORS "../shared/vectors/rfc6962-merkle.json"

/* The strings of the array behind a name, from hex. */
static size_t read_hex(const char *json, const char *name, struct buf out[], size_t room)
{
	const char *at = strstr(json, name);
	size_t count = 0;

	if (!at)
		fail_msg("%s has no %s", VECTORS, name);
	at = strchr(at, '[');
	for (const char *end = strchr(at, ']'); (at = strchr(at, '"')) && at < end; at++) {
		size_t len = strcspn(++at, "\"");

		assert_true(count < room);
		buf_init(&out[count], 256);
		assert_true(
			hex_decode(buf_room(&out[count], 128), len / 2, (struct str){ at, len }));
		buf_grown(&out[count++], len / 2);
		at += len;
	}
	return count;
}

static void assert_bytes(const struct hash *hash, const struct buf *bytes)
{
	assert_int_equal(bytes->len, HASH_SIZE);
	assert_memory_equal(hash->at, bytes->at, HASH_SIZE);
}

static void the_published_vectors_hold(void **state)
{
	struct buf json, leaves[8], roots[8], inclusion[3], consistency[3];
	struct merkle_proof proof;
	struct hash root;
	struct tree tree;

	(void)state;
	buf_init(&json, 65536);
	if (!file_read(VECTORS, &json, NULL))
		fail_msg("%s is missing", VECTORS);
	buf_add_char(&json, '\0');
	assert_int_equal(read_hex(json.at, "leaves_hex", leaves, 8), 8);
	assert_int_equal(read_hex(json.at, "roots_by_size", roots, 8), 8);
	/* Behind "proof" in each: the first ']' ends it. */
	assert_int_equal(read_hex(strstr(json.at, "\"inclusion\""), "proof", inclusion, 3), 3);
	assert_int_equal(read_hex(strstr(json.at, "\"consistency\""), "proof", consistency, 3), 3);
	tree_init(&tree, 8);
	for (size_t i = 0; i < 8; i++) {
		struct hash leaf = merkle_leaf(buf_str(&leaves[i]));

		tree_grow(&tree, &leaf);
		assert_true(merkle_root(TREE_SOURCE(&tree), i + 1, &root, NULL));
		assert_bytes(&root, &roots[i]);
	}
	assert_true(merkle_prove_inclusion(TREE_SOURCE(&tree), 0, 8, &proof, NULL));
	assert_int_equal(proof.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_bytes(&proof.at[i], &inclusion[i]);
	assert_true(merkle_prove_consistency(TREE_SOURCE(&tree), 1, 8, &proof, NULL));
	assert_int_equal(proof.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_bytes(&proof.at[i], &consistency[i]);
	assert_true(merkle_root(TREE_SOURCE(&tree), 0, &root, NULL));
	assert_non_null(strstr(json.at, HASH_TEXT(&root))); /* empty_root */
	for (size_t i = 0; i < 8; i++)
		buf_release(&leaves[i]), buf_release(&roots[i]);
	for (size_t i = 0; i < 3; i++)
		buf_release(&inclusion[i]), buf_release(&consistency[i]);
	buf_release(&json);
	tree_free(&tree);
}

static void numbers_that_do_not_fit_are_refused(void **state)
{
	struct merkle_proof proof = { .count = 0 };
	struct hash root = numbered_leaf(0);
	struct fault why;
	struct tree tree;

	(void)state;
	tree_init(&tree, 8);
	tree_grow_to(&tree, 8);
	assert_refused(merkle_prove_inclusion(TREE_SOURCE(&tree), 8, 8, &proof, &why), why, INVALID,
		       "leaf 8 is not in a log of 8");
	assert_refused(merkle_prove_consistency(TREE_SOURCE(&tree), 9, 8, &proof, &why), why,
		       INVALID, "has not grown");
	assert_refused(merkle_check_inclusion(&proof, &root, 0, 0, &root, &why), why, INVALID,
		       "does not have");
	assert_refused(merkle_check_inclusion(&proof, &root, 1, 1, &root, &why), why, INVALID,
		       "does not have");
	assert_refused(merkle_check_inclusion(&proof, &root, 0, UINT64_MAX, &root, &why), why,
		       INVALID, "does not have");
	assert_refused(merkle_check_consistency(&proof, 2, &root, 1, &root, &why), why, INVALID,
		       "smaller");
	assert_refused(merkle_check_consistency(&proof, 0, &root, 1, &root, &why), why, INVALID,
		       "different roots");
	assert_true(merkle_check_inclusion(&proof, &root, 0, 1, &root, &why));
	assert_true(merkle_check_consistency(&proof, 1, &root, 1, &root, &why));
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_of_every_size_to_600_are_those_of_the_slow_reference),
		cmocka_unit_test(tiles_lead_to_the_root_at_every_size_to_600),
		cmocka_unit_test(a_log_of_70000_has_the_tiles_of_the_specification),
		cmocka_unit_test(a_log_of_70000_is_that_of_the_slow_reference),
		cmocka_unit_test(proofs_through_tiles_are_the_same),
		cmocka_unit_test(a_tile_of_another_length_is_refused),
		cmocka_unit_test(at_100000_leaves_a_leaf_costs_what_it_costs_at_1000),
		cmocka_unit_test(the_published_vectors_hold),
		cmocka_unit_test(numbers_that_do_not_fit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

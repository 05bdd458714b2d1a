/*
 * merkle - the tree of RFC 6962 over the leaves of a log, and its proofs.
 *
 *	leaf	SHA-256(00 | leaf)
 *	node	SHA-256(01 | left | right)
 *
 * The tree is known through a reader: "the hash of node `index` at `level`", where level 0 are
 * the leaves' hashes and a node covers leaves [index << level, (index + 1) << level). Only nodes
 * whose leaves are all there are ever asked for, so that a node, once written, never changes; the
 * ragged right edge is computed. Where the nodes lie is the caller's matter: rows of the store,
 * tiles from the net (tile.h), an array in a test.
 *
 *	             root of 7 leaves, which is never kept
 *	         ┌─────────┴────────┐
 *	       2:0               ┌──┴──┐
 *	    ┌───┴───┐           1:2   0:6
 *	   1:0     1:1         ┌─┴─┐
 *	  ┌─┴─┐   ┌─┴─┐       0:4 0:5
 *	 0:0 0:1 0:2 0:3
 *
 * Appending, a root and a proof cost a number of nodes that grows with the logarithm of the size.
 */
#ifndef COMMUNIQUE_MERKLE_H
#define COMMUNIQUE_MERKLE_H

#include <communique/digest.h>

struct hash merkle_leaf(struct str leaf);
struct hash merkle_node(const struct hash *left, const struct hash *right);
/* The root of leaves whose hashes these are. Of none: SHA-256 of nothing. */
struct hash merkle_root_of(const struct hash *leaves, size_t count);

struct merkle_source {
	bool (*read)(void *ctx, unsigned level, uint64_t index, struct hash *out,
		     struct fault *why);
	void *ctx;
};

/* Adds leaf number `size` with this hash: gives write() each node that it completes, from the
 * leaf upwards. The source must see what was written before. */
typedef bool merkle_write(void *ctx, unsigned level, uint64_t index, const struct hash *hash,
			  struct fault *why);
bool merkle_append(const struct merkle_source *source, uint64_t size, const struct hash *leaf,
		   merkle_write *write, void *ctx, struct fault *why);

bool merkle_root(const struct merkle_source *source, uint64_t size, struct hash *out,
		 struct fault *why);

#define MERKLE_PROOF_MAX 63
struct merkle_proof {
	struct hash at[MERKLE_PROOF_MAX];
	size_t count;
};

/* That leaf `index` is in the tree of `size` leaves; that the tree of `from` leaves is how the
 * tree of `to` leaves began (empty when from is 0 or to). INVALID for numbers that do not fit. */
bool merkle_prove_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size,
			    struct merkle_proof *out, struct fault *why);
bool merkle_prove_consistency(const struct merkle_source *source, uint64_t from, uint64_t to,
			      struct merkle_proof *out, struct fault *why);

/* INVALID: it does not hold. */
bool merkle_check_inclusion(const struct merkle_proof *proof, const struct hash *leaf,
			    uint64_t index, uint64_t size, const struct hash *root,
			    struct fault *why);
bool merkle_check_consistency(const struct merkle_proof *proof, uint64_t from,
			      const struct hash *from_root, uint64_t to, const struct hash *to_root,
			      struct fault *why);

#endif

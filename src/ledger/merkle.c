/*
 * The algorithms are RFC 6962, sections 2.1 to 2.1.2, in its own words (MTH, PATH, PROOF); the
 * checks are RFC 9162, sections 2.1.3.2 and 2.1.4.2.
 */
#include <communique/limits.h>
#include <communique/merkle.h>

struct hash merkle_leaf(struct str leaf)
{
	return hash_of_both(STR("\0"), leaf);
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
	char both[1 + 2 * HASH_SIZE] = { 1 };

	memcpy(both + 1, left->at, HASH_SIZE);
	memcpy(both + 1 + HASH_SIZE, right->at, HASH_SIZE);
	return hash_of((struct str){ both, sizeof both });
}

/* The largest power of two below n, for n > 1: how many leaves the left side has. */
static uint64_t left_part(uint64_t n)
{
	return 1ull << (63 - __builtin_clzll(n - 1));
}

struct hash merkle_root_of(const struct hash *leaves, size_t count)
{
	struct hash left, right;
	size_t part;

	if (count == 0)
		return hash_of(STR(""));
	if (count == 1)
		return leaves[0];
	part = (size_t)left_part(count);
	left = merkle_root_of(leaves, part);
	right = merkle_root_of(leaves + part, count - part);
	return merkle_node(&left, &right);
}

/* MTH of leaves [from, to). A whole node is read, the ragged edge is computed: at most 62 deep. */
static bool range_hash(const struct merkle_source *source, uint64_t from, uint64_t to,
		       struct hash *out, struct fault *why)
{
	uint64_t count = to - from, part;
	struct hash left, right;

	if ((count & (count - 1)) == 0) {
		unsigned level = (unsigned)__builtin_ctzll(count);

		return source->read(source->ctx, level, from >> level, out, why);
	}
	part = left_part(count);
	if (!range_hash(source, from, from + part, &left, why) ||
	    !range_hash(source, from + part, to, &right, why))
		return false;
	*out = merkle_node(&left, &right);
	return true;
}

static bool check_size(uint64_t size, struct fault *why)
{
	return size <= LOG_LEAVES_MAX || fail(why, INVALID, "a log of this size cannot be");
}

bool merkle_append(const struct merkle_source *source, uint64_t size, const struct hash *leaf,
		   merkle_write *write, void *ctx, struct fault *why)
{
	struct hash hash = *leaf, left;
	uint64_t index = size;
	unsigned level = 0;

	if (!check_size(size, why) || !write(ctx, level, index, &hash, why))
		return false;
	/* A right child completes its parent, which may be a right child too. */
	for (; index & 1; index >>= 1) {
		if (!source->read(source->ctx, level, index - 1, &left, why))
			return false;
		hash = merkle_node(&left, &hash);
		if (!write(ctx, ++level, index >> 1, &hash, why))
			return false;
	}
	return true;
}

bool merkle_root(const struct merkle_source *source, uint64_t size, struct hash *out,
		 struct fault *why)
{
	if (size == 0) {
		*out = merkle_root_of(NULL, 0);
		return true;
	}
	return check_size(size, why) && range_hash(source, 0, size, out, why);
}

static bool add_range(const struct merkle_source *source, uint64_t from, uint64_t to,
		      struct merkle_proof *out, struct fault *why)
{
	must(out->count < MERKLE_PROOF_MAX);
	return range_hash(source, from, to, &out->at[out->count++], why);
}

/* PATH(index, D[from:to]) */
static bool path(const struct merkle_source *source, uint64_t index, uint64_t from, uint64_t to,
		 struct merkle_proof *out, struct fault *why)
{
	uint64_t middle;

	if (to - from == 1)
		return true;
	middle = from + left_part(to - from);
	if (index < middle)
		return path(source, index, from, middle, out, why) &&
		       add_range(source, middle, to, out, why);
	return path(source, index, middle, to, out, why) &&
	       add_range(source, from, middle, out, why);
}

bool merkle_prove_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size,
			    struct merkle_proof *out, struct fault *why)
{
	out->count = 0;
	if (index >= size)
		return fail(why, INVALID, "leaf %llu is not in a log of %llu",
			    (unsigned long long)index, (unsigned long long)size);
	return check_size(size, why) && path(source, index, 0, size, out, why);
}

/* SUBPROOF(known, D[from:to], whole): `whole`, the verifier has the root of [from, known). */
static bool subproof(const struct merkle_source *source, uint64_t known, uint64_t from, uint64_t to,
		     bool whole, struct merkle_proof *out, struct fault *why)
{
	uint64_t middle;

	if (known == to)
		return whole || add_range(source, from, to, out, why);
	middle = from + left_part(to - from);
	if (known <= middle)
		return subproof(source, known, from, middle, whole, out, why) &&
		       add_range(source, middle, to, out, why);
	return subproof(source, known, middle, to, false, out, why) &&
	       add_range(source, from, middle, out, why);
}

bool merkle_prove_consistency(const struct merkle_source *source, uint64_t from, uint64_t to,
			      struct merkle_proof *out, struct fault *why)
{
	out->count = 0;
	if (from > to)
		return fail(why, INVALID, "a log of %llu has not grown out of one of %llu",
			    (unsigned long long)to, (unsigned long long)from);
	return check_size(to, why) && (from == 0 || subproof(source, from, 0, to, true, out, why));
}

bool merkle_check_inclusion(const struct merkle_proof *proof, const struct hash *leaf,
			    uint64_t index, uint64_t size, const struct hash *root,
			    struct fault *why)
{
	uint64_t at = index, last = size - 1;
	struct hash hash = *leaf;

	if (index >= size || size > LOG_LEAVES_MAX)
		return fail(why, INVALID, "the proof is for a leaf that the log does not have");
	for (size_t i = 0; i < proof->count; i++) {
		if (last == 0)
			return fail(why, INVALID, "the proof of inclusion is too long");
		if ((at & 1) || at == last) {
			hash = merkle_node(&proof->at[i], &hash);
			for (; !(at & 1) && at; at >>= 1)
				last >>= 1;
		} else {
			hash = merkle_node(&hash, &proof->at[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	if (last != 0)
		return fail(why, INVALID, "the proof of inclusion is too short");
	return hash_equal(&hash, root) ||
	       fail(why, INVALID, "the proof of inclusion leads to another root");
}

static bool check_trivial(const struct merkle_proof *proof, bool holds, struct fault *why)
{
	if (proof->count)
		return fail(why, INVALID, "the proof of consistency is too long");
	return holds || fail(why, INVALID, "two logs of one size have different roots");
}

/* The proof's first hash is the start, unless `from` is a whole node: then that is. */
static bool climb(const struct merkle_proof *proof, uint64_t from, const struct hash *from_root,
		  uint64_t to, struct hash *first, struct hash *second, struct fault *why)
{
	uint64_t at = from - 1, last = to - 1;
	size_t i = 0;

	for (; at & 1; at >>= 1)
		last >>= 1;
	if ((from & (from - 1)) == 0)
		*first = *from_root;
	else if (proof->count == 0)
		return fail(why, INVALID, "the proof of consistency is too short");
	else
		*first = proof->at[i++];
	*second = *first;
	for (; i < proof->count; i++) {
		if (last == 0)
			return fail(why, INVALID, "the proof of consistency is too long");
		if ((at & 1) || at == last) {
			*first = merkle_node(&proof->at[i], first);
			*second = merkle_node(&proof->at[i], second);
			for (; !(at & 1) && at; at >>= 1)
				last >>= 1;
		} else {
			*second = merkle_node(second, &proof->at[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 || fail(why, INVALID, "the proof of consistency is too short");
}

bool merkle_check_consistency(const struct merkle_proof *proof, uint64_t from,
			      const struct hash *from_root, uint64_t to, const struct hash *to_root,
			      struct fault *why)
{
	struct hash first, second, nothing = merkle_root_of(NULL, 0);

	if (from > to || to > LOG_LEAVES_MAX)
		return fail(why, INVALID, "the log has become smaller");
	if (from == 0)
		return check_trivial(proof,
				     hash_equal(from_root, &nothing) &&
					     (to > 0 || hash_equal(to_root, &nothing)),
				     why);
	if (from == to)
		return check_trivial(proof, hash_equal(from_root, to_root), why);
	if (!climb(proof, from, from_root, to, &first, &second, why))
		return false;
	if (!hash_equal(&first, from_root))
		return fail(why, INVALID, "the proof of consistency leads to another old root");
	return hash_equal(&second, to_root) ||
	       fail(why, INVALID, "the proof of consistency leads to another new root");
}

/*
 * sequence - which members of one sequence stand in another, in the same order.
 *
 * What is alike at both ends is taken off; then what stands once in both (patience: such
 * members are the safest landmarks) splits the rest into gaps, which are treated alike, to a
 * fixed depth; what remains is compared member by member (the longest common
 * subsequence) while the budget of table cells lasts. Beyond it nothing more is matched: the
 * result is coarser, not wrong. No recursion; time O((n + m) log) and the budget.
 */
#ifndef RELEASE_SEQUENCE_H
#define RELEASE_SEQUENCE_H

#include <communique/arena.h>

#define NO_PARTNER UINT32_MAX

/* What one comparison of two releases may cost in all. */
struct budget {
	struct arena *arena; /* of the table, which outlives the single steps */
	uint64_t cells;
	uint16_t *table; /* of GAP_CELLS_MAX, made when first needed */
};

struct budget budget_new(struct arena *arena);

struct sequence {
	const uint32_t *at; /* below the `kinds` of sequence_match() */
	uint32_t count;
};

/* partner[i] is the place in `b` of the i-th of `a`, or NO_PARTNER; it rises. */
uint32_t *sequence_match(struct budget *budget, struct arena *arena, struct sequence a,
			 struct sequence b, uint32_t kinds);

#endif

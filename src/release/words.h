/*
 * words - two texts, word by word.
 */
#ifndef RELEASE_WORDS_H
#define RELEASE_WORDS_H

#include <communique/str.h>

#include "sequence.h"

/* A stretch that is the same in both, or one that was replaced by another (either may be
 * empty). Stretches of the two sorts take turns; together they are both texts. */
struct span {
	bool same;
	struct str before, after;
	struct span *next;
};

struct span *words_compare(struct budget *budget, struct arena *arena, struct str before,
			   struct str after);

/* How much two texts of a group have in common, of 1000: their words, in any order, the
 * longer ones counting for more. */
struct bag {
	uint32_t *kinds; /* sorted */
	uint32_t count;
	uint64_t weight;
};

/* The bags of texts that are to be compared with each other. *weights: of each kind. */
struct bag *words_bags(struct arena *arena, const struct str *texts, size_t count,
		       uint32_t **weights);
unsigned words_alike(const struct bag *a, const struct bag *b, const uint32_t *weights);

/* The same number for the same text; numbers are below *kinds. */
uint32_t *texts_number(struct arena *arena, const struct str *texts, size_t count, uint32_t *kinds);

#endif

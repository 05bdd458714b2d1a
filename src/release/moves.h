/*
 * moves - blocks that were removed in one place and added in another.
 */
#ifndef RELEASE_MOVES_H
#define RELEASE_MOVES_H

#include <communique/difference.h>

#include "words.h"

/* Finds those of out->blocks; corrects their kinds, segments and out->counts. */
void find_moves(struct budget *budget, struct difference *out);

/* The words of two texts, compared, as segments of the budget's arena. (difference.c) */
struct segment *segments_of(struct budget *budget, struct str before, struct str after);
/* Whether the links and images of two blocks are the same, in order. (difference.c) */
bool same_addresses(const struct node *a, const struct node *b);

#endif

/*
 * What the matching in order left over on both sides: first those with the same words,
 * whatever their number in the text, then, among a few, those that are nearly the same.
 */
#include "moves.h"

#define NEARLY_MAX 32	  /* on either side: more are not compared each with each */
#define NEARLY_ENOUGH 750 /* of 1000 */
#define WORDS_MIN 12	  /* bytes: shorter ones are alike by chance */
#define NOBODY UINT32_MAX

struct loose {
	struct block_difference *block;
	struct str words; /* without the mark: numbers change when paragraphs move */
	uint32_t place;
};

struct leftover {
	struct loose *at; /* the removed ones, then the added */
	uint32_t removed, count;
};

static const struct node *node_of(const struct block_difference *block)
{
	return block->after ? block->after : block->before;
}

static struct str words_of(const struct block_difference *block)
{
	size_t mark = node_of(block)->mark.len;

	if (!block->segments)
		return STR("");
	return str_skip(block->segments->text, mark ? mark + 1 : 0);
}

static void add_loose(struct leftover *left, enum block_change change,
		      struct block_difference *block)
{
	uint32_t place = 0;

	for (; block; block = block->next, place++) {
		struct str words;

		if (block->change != change)
			continue;
		words = words_of(block);
		if (words.len >= WORDS_MIN)
			left->at[left->count++] = (struct loose){ block, words, place };
	}
}

static struct leftover leftover_of(struct arena *arena, const struct difference *difference)
{
	size_t most = difference->counts[BLOCK_REMOVED] + difference->counts[BLOCK_ADDED];
	struct leftover left = { .at = arena_array(arena, most + 1, sizeof *left.at) };

	add_loose(&left, BLOCK_REMOVED, difference->blocks);
	left.removed = left.count;
	add_loose(&left, BLOCK_ADDED, difference->blocks);
	return left;
}

static bool may_move(const struct loose *from, const struct loose *to)
{
	const struct block_difference *a = from->block, *b = to->block;

	return a->change == BLOCK_REMOVED && b->change == BLOCK_ADDED &&
	       a->before->kind == b->after->kind && same_addresses(a->before, b->after);
}

static void move(struct budget *budget, struct difference *out, const struct loose *from,
		 const struct loose *to)
{
	struct block_difference *a = from->block, *b = to->block;

	a->change = BLOCK_MOVED_AWAY;
	b->change = BLOCK_MOVED;
	a->moved = b;
	b->moved = a;
	a->down = b->down = from->place < to->place;
	b->segments = segments_of(budget, a->segments->text, b->segments->text);
	out->counts[BLOCK_REMOVED]--;
	out->counts[BLOCK_ADDED]--;
	out->counts[BLOCK_MOVED]++;
}

static uint32_t *number_words(struct arena *arena, const struct leftover *left, uint32_t *kinds)
{
	struct str *texts = arena_array(arena, left->count + 1, sizeof *texts);

	for (uint32_t i = 0; i < left->count; i++)
		texts[i] = left->at[i].words;
	return texts_number(arena, texts, left->count, kinds);
}

/* Each added one takes the first of the removed ones with its words. */
static void move_same(struct budget *budget, struct arena *arena, const struct leftover *left,
		      struct difference *out)
{
	uint32_t kinds, *kind = number_words(arena, left, &kinds);
	uint32_t *first = arena_array(arena, kinds + 1, sizeof *first);
	uint32_t *next = arena_array(arena, left->removed + 1, sizeof *next);

	for (uint32_t i = 0; i < kinds; i++)
		first[i] = NOBODY;
	for (uint32_t i = left->removed; i-- > 0;) {
		next[i] = first[kind[i]];
		first[kind[i]] = i;
	}
	for (uint32_t j = left->removed; j < left->count; j++) {
		uint32_t i = first[kind[j]];

		if (i == NOBODY || !may_move(&left->at[i], &left->at[j]))
			continue;
		move(budget, out, &left->at[i], &left->at[j]);
		first[kind[j]] = next[i];
	}
}

static uint32_t still_loose(struct leftover *left)
{
	uint32_t count = 0, removed = 0;

	for (uint32_t i = 0; i < left->count; i++) {
		if (left->at[i].block->moved)
			continue;
		removed += i < left->removed;
		left->at[count++] = left->at[i];
	}
	left->count = count;
	left->removed = removed;
	return count;
}

struct nearly {
	unsigned alike;
	uint32_t i, j;
};

static struct nearly most_alike(const struct leftover *left, const struct bag *bags,
				const uint32_t *weights)
{
	struct nearly best = { NEARLY_ENOUGH - 1, 0, 0 };

	for (uint32_t i = 0; i < left->removed; i++)
		for (uint32_t j = left->removed; j < left->count; j++) {
			unsigned alike;

			if (!may_move(&left->at[i], &left->at[j]))
				continue;
			alike = words_alike(&bags[i], &bags[j], weights);
			if (alike > best.alike)
				best = (struct nearly){ alike, i, j };
		}
	return best;
}

static void move_nearly_same(struct budget *budget, struct arena *arena, struct leftover *left,
			     struct difference *out)
{
	struct str texts[2 * NEARLY_MAX];
	uint32_t count = still_loose(left), *weights;
	struct nearly best;
	struct bag *bags;

	if (left->removed > NEARLY_MAX || count - left->removed > NEARLY_MAX)
		return;
	for (uint32_t i = 0; i < count; i++)
		texts[i] = left->at[i].words;
	bags = words_bags(arena, texts, count, &weights);
	for (;;) {
		best = most_alike(left, bags, weights);
		if (best.alike < NEARLY_ENOUGH)
			return;
		move(budget, out, &left->at[best.i], &left->at[best.j]);
	}
}

void find_moves(struct budget *budget, struct difference *out)
{
	struct arena scratch;
	struct leftover left;

	if (!out->blocks)
		return;
	arena_init(&scratch);
	left = leftover_of(&scratch, out);
	if (left.removed > 0 && left.removed < left.count) {
		move_same(budget, &scratch, &left, out);
		move_nearly_same(budget, &scratch, &left, out);
	}
	arena_release(&scratch);
}

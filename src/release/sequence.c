#include "sequence.h"

#define GAP_CELLS_MAX (1u << 20)
#define ALL_CELLS_MAX (16u << 20)
#define DEPTH_MAX 24

struct budget budget_new(struct arena *arena)
{
	return (struct budget){ .arena = arena, .cells = ALL_CELLS_MAX };
}

struct gap {
	uint32_t a, a_end, b, b_end;
	unsigned depth;
};

/* How often a kind stands in the gap at hand, and where last. */
struct place {
	uint32_t in_a, in_b, at_a, at_b;
};

struct match {
	struct budget *budget;
	const uint32_t *a, *b;
	uint32_t *partner;
	struct place *places; /* one a kind; all zero between gaps */
	struct gap *gaps;     /* still to do; not empty on either side, so few enough */
	size_t gap_count;
	uint32_t *found_a, *found_b; /* landmarks, in the order of a */
	uint32_t *tails, *before;    /* for the longest rising run among them */
};

static bool is_empty(const struct gap *gap)
{
	return gap->a == gap->a_end || gap->b == gap->b_end;
}

static void trim(struct match *match, struct gap *gap)
{
	while (!is_empty(gap) && match->a[gap->a] == match->b[gap->b])
		match->partner[gap->a++] = gap->b++;
	while (!is_empty(gap) && match->a[gap->a_end - 1] == match->b[gap->b_end - 1])
		match->partner[--gap->a_end] = --gap->b_end;
}

static void push(struct match *match, struct gap gap)
{
	trim(match, &gap);
	if (!is_empty(&gap))
		match->gaps[match->gap_count++] = gap;
}

/* --- landmarks ------------------------------------------------------------------------- */

static void count_places(struct match *match, const struct gap *gap)
{
	for (uint32_t i = gap->a; i < gap->a_end; i++) {
		match->places[match->a[i]].in_a++;
		match->places[match->a[i]].at_a = i;
	}
	for (uint32_t j = gap->b; j < gap->b_end; j++) {
		match->places[match->b[j]].in_b++;
		match->places[match->b[j]].at_b = j;
	}
}

static void clear_places(struct match *match, const struct gap *gap)
{
	for (uint32_t i = gap->a; i < gap->a_end; i++)
		match->places[match->a[i]] = (struct place){ .in_a = 0 };
	for (uint32_t j = gap->b; j < gap->b_end; j++)
		match->places[match->b[j]] = (struct place){ .in_a = 0 };
}

static uint32_t find_landmarks(struct match *match, const struct gap *gap)
{
	uint32_t count = 0;

	count_places(match, gap);
	for (uint32_t i = gap->a; i < gap->a_end; i++) {
		const struct place *place = &match->places[match->a[i]];

		if (place->in_a != 1 || place->in_b != 1)
			continue;
		match->found_a[count] = i;
		match->found_b[count++] = place->at_b;
	}
	clear_places(match, gap);
	return count;
}

/* The first pile whose top is not below `value`, by halving. */
static uint32_t find_pile(const struct match *match, uint32_t piles, uint32_t value)
{
	uint32_t low = 0, high = piles;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (match->found_b[match->tails[middle]] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Keeps of the landmarks a longest run that rises in b too; how many. */
static uint32_t keep_rising(struct match *match, uint32_t count)
{
	uint32_t piles = 0, last;

	for (uint32_t n = 0; n < count; n++) {
		uint32_t pile = find_pile(match, piles, match->found_b[n]);

		match->before[n] = pile ? match->tails[pile - 1] : NO_PARTNER;
		match->tails[pile] = n;
		if (pile == piles)
			piles++;
	}
	last = piles ? match->tails[piles - 1] : NO_PARTNER;
	/* The chain is in before[] alone, so it may be written over the tails. */
	for (uint32_t n = piles; n-- > 0; last = match->before[last])
		match->tails[n] = last;
	return piles;
}

static void split(struct match *match, const struct gap *gap, uint32_t count)
{
	struct gap part = { gap->a, 0, gap->b, 0, gap->depth + 1 };

	for (uint32_t n = 0; n < count; n++) {
		uint32_t i = match->found_a[match->tails[n]], j = match->found_b[match->tails[n]];

		match->partner[i] = j;
		part.a_end = i;
		part.b_end = j;
		push(match, part);
		part.a = i + 1;
		part.b = j + 1;
	}
	part.a_end = gap->a_end;
	part.b_end = gap->b_end;
	push(match, part);
}

/* --- member by member -------------------------------------------------------------------- */

static bool afford(struct budget *budget, uint64_t cells)
{
	if (cells > GAP_CELLS_MAX || cells > budget->cells)
		return false;
	budget->cells -= cells;
	if (!budget->table)
		budget->table = arena_array(budget->arena, GAP_CELLS_MAX, sizeof *budget->table);
	return true;
}

/* table[i][j]: the length of the longest common subsequence of what begins there. */
static void fill_table(const struct match *match, const struct gap *gap)
{
	uint32_t n = gap->a_end - gap->a, m = gap->b_end - gap->b;
	size_t width = (size_t)m + 1;
	uint16_t *table = match->budget->table;

	memset(table + n * width, 0, width * sizeof *table);
	for (uint32_t i = n; i-- > 0;) {
		uint16_t *row = table + i * width, *below = row + width;

		row[m] = 0;
		for (uint32_t j = m; j-- > 0;) {
			if (match->a[gap->a + i] == match->b[gap->b + j])
				row[j] = (uint16_t)(below[j + 1] + 1);
			else
				row[j] = below[j] > row[j + 1] ? below[j] : row[j + 1];
		}
	}
}

static void match_members(struct match *match, const struct gap *gap)
{
	uint32_t n = gap->a_end - gap->a, m = gap->b_end - gap->b, i = 0, j = 0;
	size_t width = (size_t)m + 1;

	if (!afford(match->budget, ((uint64_t)n + 1) * width))
		return;
	fill_table(match, gap);
	while (i < n && j < m) {
		const uint16_t *cell = match->budget->table + i * width + j;

		if (match->a[gap->a + i] == match->b[gap->b + j])
			match->partner[gap->a + i++] = gap->b + j++;
		else if (cell[width] >= cell[1])
			i++;
		else
			j++;
	}
}

/* --- all of it ------------------------------------------------------------------------------ */

static void close_gap(struct match *match, const struct gap *gap)
{
	uint32_t count = gap->depth < DEPTH_MAX ? find_landmarks(match, gap) : 0;

	if (count)
		split(match, gap, keep_rising(match, count));
	else
		match_members(match, gap);
}

uint32_t *sequence_match(struct budget *budget, struct arena *arena, struct sequence a,
			 struct sequence b, uint32_t kinds)
{
	struct gap whole = { 0, a.count, 0, b.count, 0 };
	struct match match = { .budget = budget, .a = a.at, .b = b.at };
	uint32_t most;

	match.partner = arena_array(arena, (size_t)a.count + 1, sizeof *match.partner);
	for (uint32_t i = 0; i < a.count; i++)
		match.partner[i] = NO_PARTNER;
	trim(&match, &whole);
	if (is_empty(&whole))
		return match.partner;
	most = whole.a_end - whole.a < whole.b_end - whole.b ? whole.a_end - whole.a
							     : whole.b_end - whole.b;
	match.places = arena_array(arena, kinds, sizeof *match.places);
	match.gaps = arena_array(arena, (size_t)most + 1, sizeof *match.gaps);
	match.found_a = arena_array(arena, most, sizeof *match.found_a);
	match.found_b = arena_array(arena, most, sizeof *match.found_b);
	match.tails = arena_array(arena, most, sizeof *match.tails);
	match.before = arena_array(arena, most, sizeof *match.before);
	push(&match, whole);
	while (match.gap_count) {
		struct gap gap = match.gaps[--match.gap_count];

		close_gap(&match, &gap);
	}
	return match.partner;
}

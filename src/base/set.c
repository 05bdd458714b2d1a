#include <sys/random.h>

#include <communique/set.h>

#define SLOTS_FIRST 64

void set_init(struct set *set)
{
	*set = (struct set){ .texts = NULL };
	arena_init(&set->arena);
	must(getrandom(&set->seed, sizeof set->seed, 0) == (ssize_t)sizeof set->seed);
}

void set_release(struct set *set)
{
	free(set->texts);
	free(set->slots);
	arena_release(&set->arena);
	set_init(set);
}

/* FNV's step, and a finish that spreads the seed into all bits. */
static uint64_t hash_of_text(const struct set *set, struct str text)
{
	uint64_t hash = set->seed;

	for (size_t i = 0; i < text.len; i++) {
		hash = (hash ^ (unsigned char)text.at[i]) * 0x100000001b3u;
		hash ^= hash >> 29;
	}
	hash *= 0x9e3779b97f4a7c15u;
	return hash ^ (hash >> 32);
}

/* Where the text is, or the free place where it would be. */
static size_t slot_of(const struct set *set, struct str text)
{
	size_t slot = (size_t)hash_of_text(set, text) & (set->slot_count - 1);

	while (set->slots[slot] && !str_equal(set->texts[set->slots[slot] - 1], text))
		slot = (slot + 1) & (set->slot_count - 1);
	return slot;
}

/* At most half full, so that a search is short. */
static void make_room(struct set *set)
{
	if (set->count < set->room)
		return;
	set->room = set->room ? 2 * set->room : SLOTS_FIRST / 2;
	must(set->room < UINT32_MAX);
	set->texts = realloc(set->texts, set->room * sizeof *set->texts);
	free(set->slots);
	set->slot_count = 2 * set->room;
	set->slots = calloc(set->slot_count, sizeof *set->slots);
	must(set->texts && set->slots);
	for (size_t i = 0; i < set->count; i++)
		set->slots[slot_of(set, set->texts[i])] = (uint32_t)i + 1;
}

size_t set_add(struct set *set, struct str text, bool *fresh)
{
	size_t slot;

	make_room(set);
	slot = slot_of(set, text);
	if (fresh)
		*fresh = set->slots[slot] == 0;
	if (set->slots[slot])
		return set->slots[slot] - 1;
	set->texts[set->count++] = arena_copy(&set->arena, text);
	set->slots[slot] = (uint32_t)set->count;
	return set->count - 1;
}

size_t set_find(const struct set *set, struct str text)
{
	size_t slot;

	if (set->count == 0)
		return SET_NONE;
	slot = slot_of(set, text);
	return set->slots[slot] ? set->slots[slot] - 1 : SET_NONE;
}

#include "anchor.h"

/* Numbers grow with the text (a gap is small), so the table is never much larger. */
static void make_room(struct anchors *anchors, struct arena *arena, unsigned number)
{
	size_t size = anchors->size ? anchors->size : 16;
	uint32_t *uses;

	while (size <= number)
		size *= 2;
	if (size == anchors->size)
		return;
	uses = arena_array(arena, size, sizeof *uses);
	if (anchors->size)
		memcpy(uses, anchors->uses, anchors->size * sizeof *uses);
	*anchors = (struct anchors){ uses, size };
}

struct str anchor_outer(struct anchors *anchors, struct arena *arena, unsigned number)
{
	make_room(anchors, arena, number);
	if (anchors->uses[number]++ == 0)
		return arena_printf(arena, "p%u", number);
	return arena_printf(arena, "p%u-%u", number, anchors->uses[number]);
}

struct str anchor_inner(struct arena *arena, struct str outer, unsigned place)
{
	return arena_printf(arena, "%.*s.%u", STR_ARG(outer), place);
}

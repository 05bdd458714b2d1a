#include "parts.h"

/* FNV-1a; the names are short and made by us. */
static size_t place(struct str name, size_t room)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.at[i]) * 1099511628211u;
	return (size_t)(hash >> 20) & (room - 1);
}

/* The slot of a name: its own, or the free one where it belongs. */
static struct anchor *slot_of(struct anchors *anchors, struct str name)
{
	size_t at = place(name, anchors->room);

	while (str_given(anchors->slots[at].name) && !str_equal(anchors->slots[at].name, name))
		at = (at + 1) & (anchors->room - 1);
	return &anchors->slots[at];
}

static void grow(struct anchors *anchors)
{
	struct anchors before = *anchors;

	anchors->room = before.room ? before.room * 2 : 64;
	anchors->slots = arena_array(anchors->arena, anchors->room, sizeof *anchors->slots);
	for (size_t i = 0; i < before.room; i++) {
		if (str_given(before.slots[i].name))
			*slot_of(anchors, before.slots[i].name) = before.slots[i];
	}
}

/* A name that stands often remembers how often, so that the next needs no search. */
struct str anchor_make(struct anchors *anchors, struct str wanted)
{
	struct anchor *slot;
	struct str name = wanted;

	if (2 * anchors->used >= anchors->room)
		grow(anchors);
	slot = slot_of(anchors, wanted);
	if (str_given(slot->name))
		name = arena_printf(anchors->arena, "%.*s-%u", STR_ARG(wanted), ++slot->times);
	else
		*slot = (struct anchor){ wanted, 1 };
	anchors->used++;
	return name;
}

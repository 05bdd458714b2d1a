#include "anchor.h"

struct anchors {
	struct arena *arena;
	uint32_t *uses; /* by number: how often it stood */
	size_t size;
};

/* Numbers grow with the text (a gap is small), so the table is never much larger. */
static void make_room(struct anchors *anchors, uint64_t number)
{
	size_t size = anchors->size ? anchors->size : 16;
	uint32_t *uses;

	while (size <= number)
		size *= 2;
	if (size == anchors->size)
		return;
	uses = arena_array(anchors->arena, size, sizeof *uses);
	if (anchors->size)
		memcpy(uses, anchors->uses, anchors->size * sizeof *uses);
	anchors->uses = uses;
	anchors->size = size;
}

/* The number of a mark such as "3."; 0 for all others. */
static uint64_t number_of(const struct node *item)
{
	uint64_t number = 0;

	if (str_ends(item->mark, STR(".")))
		str_to_u64(str_first(item->mark, item->mark.len - 1), UINT32_MAX, &number);
	return number;
}

static void name_outer(struct anchors *anchors, struct node *item, uint64_t number)
{
	make_room(anchors, number);
	if (anchors->uses[number]++ == 0)
		item->anchor = arena_printf(anchors->arena, "p%u", (unsigned)number);
	else
		item->anchor = arena_printf(anchors->arena, "p%u-%u", (unsigned)number,
					    anchors->uses[number]);
}

/* RELEASE_DEPTH_MAX deep at most. */
static void name_inner(struct anchors *anchors, const struct node *above)
{
	unsigned place = 0;

	for (struct node *list = above->first; list; list = list->next) {
		if (list->kind != NODE_LIST)
			continue;
		for (struct node *item = list->first; item; item = item->next) {
			item->anchor = arena_printf(anchors->arena, "%.*s.%u",
						    STR_ARG(above->anchor), ++place);
			name_inner(anchors, item);
		}
	}
}

static void name_items(struct anchors *anchors, struct node *document, bool numbered)
{
	uint64_t place = 0;

	for (struct node *list = document->first; list; list = list->next) {
		if (list->kind != NODE_LIST || (number_of(list->first) != 0) != numbered)
			continue;
		for (struct node *item = list->first; item; item = item->next) {
			name_outer(anchors, item, numbered ? number_of(item) : ++place);
			name_inner(anchors, item);
		}
	}
}

void anchors_assign(struct arena *arena, struct node *document)
{
	struct anchors anchors = { .arena = arena };

	name_items(&anchors, document, true);
	name_items(&anchors, document, false);
}

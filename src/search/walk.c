#include "walk.h"
#include "block.h"

#define SEEK_WORK 128 /* finding a block costs as much as reading so many postings */

static void add(struct walk *walk, struct str word, int term, unsigned group)
{
	must(walk->count < WALK_LISTS_MAX);
	walk->lists[walk->count++] = (struct walk_list){
		.word = word,
		.count = index_count(walk->rows, word),
		.term = term,
		.group = group,
		.block = arena_new(walk->arena, struct block),
	};
}

void walk_begin(struct walk *walk, const struct index_rows *rows, struct arena *arena,
		const struct query *query)
{
	*walk = (struct walk){ .rows = rows, .arena = arena, .groups = query->groups };
	for (size_t i = 0; i < query->count; i++)
		add(walk, query->terms[i].text, (int)i, query->terms[i].group);
}

void walk_add_mark(struct walk *walk, struct str mark)
{
	add(walk, mark, -1, 0);
}

/* Required before excluded, then the shortest first. */
static int by_use(const void *a, const void *b)
{
	const struct walk_list *one = a, *other = b;

	if ((one->group > 0) != (other->group > 0))
		return one->group > 0 ? 1 : -1;
	return one->count < other->count ? -1 : one->count > other->count;
}

/* --- one list ----------------------------------------------------------------------------- */

static bool open_block(struct walk *walk, struct walk_list *list, uint32_t document)
{
	uint32_t lowest;
	struct str row;

	list->ended = true;
	if (!walk->rows->seek(walk->rows->ctx, list->word, document, &lowest, &row))
		return false;
	if (lowest > document || !block_read(row, lowest, list->block)) {
		walk->damaged = true;
		return false;
	}
	walk->work -= SEEK_WORK + (int64_t)list->block->count;
	list->ended = false;
	list->opened = true;
	list->at = list->block->count - 1;
	return true;
}

/* To the highest document not above this one; false: there is none. */
static bool go_down(struct walk *walk, struct walk_list *list, uint32_t document)
{
	const uint32_t *documents = list->block->documents;
	size_t steps = 0;

	if (list->ended)
		return false;
	if ((!list->opened || document < documents[0]) && !open_block(walk, list, document))
		return false;
	while (documents[list->at] > document) {
		if (++steps == 8) {
			size_t place = block_find(documents, list->at, document);

			list->at = documents[place] == document ? place : place - 1;
			break;
		}
		list->at--;
	}
	return true;
}

static bool has(struct walk *walk, struct walk_list *list, uint32_t document)
{
	return go_down(walk, list, document) && list->block->documents[list->at] == document;
}

/* --- all lists ------------------------------------------------------------------------------ */

static bool is_excluded(struct walk *walk, uint32_t document)
{
	for (unsigned group = 1; group <= walk->groups; group++) {
		bool all = true;

		for (size_t i = walk->required; all && i < walk->count; i++)
			all = walk->lists[i].group != group || has(walk, &walk->lists[i], document);
		if (all)
			return true;
	}
	return false;
}

/* The highest document not above *document that all required lists have. */
static bool agree(struct walk *walk, uint32_t *document)
{
	size_t i = 0;

	while (i < walk->required) {
		struct walk_list *list = &walk->lists[i];
		uint32_t here;

		if (walk->work < 0 || !go_down(walk, list, *document))
			return false;
		here = list->block->documents[list->at];
		i = here == *document || i == 0 ? i + 1 : 0;
		*document = here;
	}
	return true;
}

/* A single list has nothing to agree with: block by block. */
static bool walk_one(struct walk *walk, walk_visitor *visit, void *ctx)
{
	uint8_t weights[QUERY_TERMS_MAX] = { 0 };
	struct walk_list *list = &walk->lists[0];
	const struct block *block = list->block;
	size_t term = (size_t)list->term;
	uint32_t document = UINT32_MAX;

	while (walk->work >= 0 && open_block(walk, list, document)) {
		for (size_t i = block->count; i-- > 0;) {
			weights[term] = block->weights[i];
			if (!visit(ctx, block->documents[i], weights))
				return true;
		}
		if (block->documents[0] == 0)
			break;
		document = block->documents[0] - 1;
	}
	return walk->work >= 0;
}

bool walk_all(struct walk *walk, uint32_t work, walk_visitor *visit, void *ctx)
{
	uint8_t weights[QUERY_TERMS_MAX] = { 0 };
	uint32_t document = UINT32_MAX;

	qsort(walk->lists, walk->count, sizeof *walk->lists, by_use);
	while (walk->required < walk->count && walk->lists[walk->required].group == 0)
		walk->required++;
	walk->work = work;
	if (walk->count == 1 && walk->lists[0].term >= 0)
		return walk_one(walk, visit, ctx);
	while (agree(walk, &document)) {
		for (size_t i = 0; i < walk->required; i++) {
			const struct walk_list *list = &walk->lists[i];

			if (list->term >= 0)
				weights[list->term] = list->block->weights[list->at];
		}
		if (!(walk->groups && is_excluded(walk, document)) &&
		    !visit(ctx, document, weights))
			break;
		if (document-- == 0)
			return true;
	}
	return walk->work >= 0;
}

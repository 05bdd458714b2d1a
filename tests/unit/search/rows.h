/*
 * rows - an index in memory, for tests: the rows in an array, in the store's order.
 */
#ifndef COMMUNIQUE_TESTS_SEARCH_ROWS_H
#define COMMUNIQUE_TESTS_SEARCH_ROWS_H

#include "../base/unit.h"

#include <communique/bytes.h>
#include <communique/find.h>

#define ROWS_MAX 4096
#define PAGES_MAX 80

struct memory {
	struct {
		char word[64];
		uint32_t lowest;
		struct buf block;
	} rows[ROWS_MAX];
	size_t count;
	char pages[PAGES_MAX][CARDS_PER_PAGE * CARD_SIZE];
	uint64_t documents, length;
	unsigned reads;
};

static int place(struct memory *memory, struct str word, uint32_t lowest, size_t *at)
{
	*at = 0;
	while (*at < memory->count) {
		int order = str_compare(str_from(memory->rows[*at].word), word);

		/* Under a word the highest block comes first. */
		if (order == 0 && memory->rows[*at].lowest == lowest)
			return 1;
		if (order > 0 || (order == 0 && memory->rows[*at].lowest < lowest))
			return 0;
		++*at;
	}
	return 0;
}

static bool memory_seek(void *ctx, struct str word, uint32_t document, uint32_t *lowest,
			struct str *block)
{
	struct memory *memory = ctx;
	size_t at;

	memory->reads++;
	place(memory, word, document, &at);
	if (at == memory->count || !str_equal(str_from(memory->rows[at].word), word))
		return false;
	*lowest = memory->rows[at].lowest;
	*block = buf_str(&memory->rows[at].block);
	return true;
}

static void memory_put(void *ctx, struct str word, uint32_t lowest, struct str block)
{
	struct memory *memory = ctx;
	size_t at;

	if (!place(memory, word, lowest, &at)) {
		must(memory->count < ROWS_MAX && word.len < sizeof memory->rows[0].word);
		memmove(&memory->rows[at + 1], &memory->rows[at],
			(memory->count - at) * sizeof memory->rows[0]);
		memory->count++;
		memset(&memory->rows[at], 0, sizeof memory->rows[0]);
		memcpy(memory->rows[at].word, word.at, word.len);
		memory->rows[at].lowest = lowest;
		buf_init(&memory->rows[at].block, 1 << 20);
	}
	buf_clear(&memory->rows[at].block);
	buf_add(&memory->rows[at].block, block);
}

static void memory_remove(void *ctx, struct str word, uint32_t lowest)
{
	struct memory *memory = ctx;
	size_t at;

	must(place(memory, word, lowest, &at));
	buf_release(&memory->rows[at].block);
	memory->count--;
	memmove(&memory->rows[at], &memory->rows[at + 1],
		(memory->count - at) * sizeof memory->rows[0]);
}

static bool memory_page(void *ctx, uint32_t page, struct str *cards)
{
	struct memory *memory = ctx;

	if (page >= PAGES_MAX)
		return false;
	*cards = (struct str){ memory->pages[page], sizeof memory->pages[page] };
	return true;
}

static struct index_rows memory_rows(struct memory *memory)
{
	return (struct index_rows){ memory_seek, memory_put, memory_remove, memory_page, memory };
}

static void memory_card(struct memory *memory, uint32_t document, const struct card *card)
{
	char *at = memory->pages[document / CARDS_PER_PAGE] +
		   (size_t)(document % CARDS_PER_PAGE) * CARD_SIZE;
	struct card before = card_read(at);

	memory->documents += (uint64_t)card->there - (uint64_t)before.there;
	memory->length += (uint64_t)card->length - (uint64_t)before.length;
	card_write(at, card);
}

static void memory_release(struct memory *memory)
{
	for (size_t i = 0; i < memory->count; i++)
		buf_release(&memory->rows[i].block);
	free(memory);
}

#endif

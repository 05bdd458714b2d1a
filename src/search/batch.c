/*
 * batch - many documents' changes, made word by word.
 *
 * One block at a time is open. A change to a document beyond it closes it and opens the one
 * where that document belongs; what is added behind the newest block's last needs no looking.
 */
#include <communique/bytes.h>

#include "block.h"
#include "spread.h"

/* A word's changes: ascending documents, weight 0: to be removed. */
struct batch_word {
	struct str text;
	uint32_t *documents;
	uint8_t *weights;
	uint32_t count, room;
};

void batch_begin(struct index_batch *batch)
{
	*batch = (struct index_batch){ .count = 0 };
	arena_init(&batch->arena);
}

void batch_release(struct index_batch *batch)
{
	arena_release(&batch->arena);
	batch_begin(batch);
}

static struct batch_word **slot_of(const struct index_batch *batch, struct str word)
{
	size_t at = spread(word) & (batch->room - 1);

	while (batch->slots[at] && !str_equal(batch->slots[at]->text, word))
		at = (at + 1) & (batch->room - 1);
	return &batch->slots[at];
}

static void make_room(struct index_batch *batch)
{
	struct batch_word **old = batch->slots;
	size_t room = batch->room;

	if (4 * (batch->count + 1) <= 3 * room)
		return;
	batch->room = room ? 2 * room : 1024;
	batch->slots = arena_array(&batch->arena, batch->room, sizeof *old);
	for (size_t i = 0; i < room; i++) {
		if (old[i])
			*slot_of(batch, old[i]->text) = old[i];
	}
}

static struct batch_word *word_of(struct index_batch *batch, struct str text)
{
	struct batch_word **slot;

	make_room(batch);
	slot = slot_of(batch, text);
	if (!*slot) {
		*slot = arena_new(&batch->arena, struct batch_word);
		(*slot)->text = arena_copy(&batch->arena, text);
		batch->count++;
	}
	return *slot;
}

static void grow(struct index_batch *batch, struct batch_word *word)
{
	uint32_t room = word->room ? 2 * word->room : 4;
	uint32_t *documents = arena_array(&batch->arena, room, sizeof *documents);
	uint8_t *weights = arena_alloc(&batch->arena, room);

	if (word->count) {
		memcpy(documents, word->documents, word->count * sizeof *documents);
		memcpy(weights, word->weights, word->count);
	}
	word->documents = documents;
	word->weights = weights;
	word->room = room;
}

static void change(struct index_batch *batch, struct str text, uint32_t document, unsigned weight)
{
	struct batch_word *word = word_of(batch, text);

	if (word->count && word->documents[word->count - 1] == document) {
		word->weights[word->count - 1] = (uint8_t)weight;
		return;
	}
	must(word->count == 0 || word->documents[word->count - 1] < document);
	if (word->count == word->room)
		grow(batch, word);
	word->documents[word->count] = document;
	word->weights[word->count++] = (uint8_t)weight;
	batch->postings++;
}

void batch_add(struct index_batch *batch, uint32_t document, struct str packed)
{
	struct vocabulary_reader reader = vocabulary_read(packed);
	struct vocabulary_word word;

	while (vocabulary_next(&reader, &word))
		change(batch, word.text, document, word.weight);
}

void batch_remove(struct index_batch *batch, uint32_t document, struct str packed)
{
	struct vocabulary_reader reader = vocabulary_read(packed);
	struct vocabulary_word word;

	while (vocabulary_next(&reader, &word))
		change(batch, word.text, document, 0);
}

/* --- making the changes ------------------------------------------------------------------- */

/* The open block, with room to grow before it is cut again. */
#define OPEN_MAX (2 * BLOCK_MAX)

struct opened {
	const struct index_rows *rows;
	struct str word;
	uint32_t documents[OPEN_MAX];
	uint8_t weights[OPEN_MAX];
	size_t count;
	bool open, stored, changed, newest;
	uint32_t lowest; /* under which it is stored */
	uint32_t total;	 /* of the word, by now */
	struct buf row;
};

static void put(struct opened *at, size_t from, size_t count)
{
	buf_clear(&at->row);
	block_write(&at->row, at->documents + from, at->weights + from, count, at->total);
	at->rows->put(at->rows->ctx, at->word, at->documents[from], buf_str(&at->row));
}

/* Too many for one are cut: a list that grows at its end keeps full blocks, another halves. */
static void close_block(struct opened *at)
{
	size_t cut = at->newest ? BLOCK_MAX : at->count / 2;

	if (!at->open || !at->changed)
		return;
	if (at->stored && (at->count == 0 || at->documents[0] != at->lowest))
		at->rows->remove(at->rows->ctx, at->word, at->lowest);
	if (at->count > BLOCK_MAX) {
		put(at, 0, cut);
		put(at, cut, at->count - cut);
	} else if (at->count > 0) {
		put(at, 0, at->count);
	}
	at->changed = false;
	at->open = false;
}

static bool open_block(struct opened *at, uint32_t document)
{
	struct block block;
	uint32_t lowest, newest;
	struct str row;

	close_block(at);
	at->open = true;
	at->count = 0;
	at->stored = at->rows->seek(at->rows->ctx, at->word, document, &lowest, &row);
	if (!at->stored) {
		at->newest = !at->rows->seek(at->rows->ctx, at->word, UINT32_MAX, &newest, &row);
		return true;
	}
	if (!block_read(row, lowest, &block))
		return false;
	memcpy(at->documents, block.documents, block.count * sizeof *block.documents);
	memcpy(at->weights, block.weights, block.count);
	at->count = block.count;
	at->lowest = lowest;
	at->newest = at->rows->seek(at->rows->ctx, at->word, UINT32_MAX, &newest, &row) &&
		     newest == lowest;
	return true;
}

static bool belongs_to_open(const struct opened *at, uint32_t document)
{
	if (!at->open || at->count == 0 || at->count == OPEN_MAX)
		return false;
	return document >= at->documents[0] &&
	       (at->newest || document <= at->documents[at->count - 1]);
}

static bool change_one(struct opened *at, uint32_t document, uint8_t weight)
{
	size_t place;
	bool there;

	if (!belongs_to_open(at, document) && !open_block(at, document))
		return false;
	place = block_find(at->documents, at->count, document);
	there = place < at->count && at->documents[place] == document;
	at->changed = true;
	if (there && weight) {
		at->weights[place] = weight;
		return true;
	}
	if (there) {
		at->count--;
		memmove(at->documents + place, at->documents + place + 1,
			(at->count - place) * sizeof *at->documents);
		memmove(at->weights + place, at->weights + place + 1, at->count - place);
		at->total--;
		return at->total != UINT32_MAX;
	}
	if (!weight)
		return false;
	must(at->count < OPEN_MAX);
	memmove(at->documents + place + 1, at->documents + place,
		(at->count - place) * sizeof *at->documents);
	memmove(at->weights + place + 1, at->weights + place, at->count - place);
	at->documents[place] = document;
	at->weights[place] = weight;
	at->count++;
	at->total++;
	return true;
}

/* The count stands in the newest block, which need not be the one that changed. */
static void settle_count(struct opened *at)
{
	char total[4];
	uint32_t lowest;
	struct str row;

	if (!at->rows->seek(at->rows->ctx, at->word, UINT32_MAX, &lowest, &row) || row.len < 4 ||
	    get_be32(row.at) == at->total)
		return;
	put_be32(total, at->total);
	buf_clear(&at->row);
	buf_add(&at->row, (struct str){ total, sizeof total });
	buf_add(&at->row, str_skip(row, sizeof total));
	at->rows->put(at->rows->ctx, at->word, lowest, buf_str(&at->row));
}

static bool apply_word(struct opened *at, const struct batch_word *word)
{
	at->word = word->text;
	at->open = at->changed = false;
	at->total = index_count(at->rows, word->text);
	for (uint32_t i = 0; i < word->count; i++) {
		if (!change_one(at, word->documents[i], word->weights[i]))
			return false;
	}
	close_block(at);
	settle_count(at);
	return true;
}

static int by_text(const void *a, const void *b)
{
	const struct batch_word *const *one = a, *const *other = b;

	return str_compare((*one)->text, (*other)->text);
}

bool batch_apply(struct index_batch *batch, const struct index_rows *rows)
{
	struct opened *at = arena_new(&batch->arena, struct opened);
	struct batch_word **words = arena_array(&batch->arena, batch->count + 1, sizeof *words);
	size_t count = 0;
	bool ok = true;

	for (size_t i = 0; i < batch->room; i++) {
		if (batch->slots[i])
			words[count++] = batch->slots[i];
	}
	if (count)
		qsort(words, count, sizeof *words, by_text);
	at->rows = rows;
	buf_init(&at->row, 16 * BLOCK_MAX);
	for (size_t i = 0; ok && i < count; i++)
		ok = apply_word(at, words[i]);
	buf_release(&at->row);
	batch_release(batch);
	return ok;
}

#include <communique/vocabulary.h>
#include <communique/bytes.h>

#include "spread.h"

void vocabulary_init(struct vocabulary *vocabulary, struct arena *arena)
{
	*vocabulary = (struct vocabulary){ .arena = arena };
}

/* Its slot, or the free one where it belongs. */
static struct vocabulary_word *find(const struct vocabulary *vocabulary, struct str word)
{
	size_t at = spread(word) & (vocabulary->room - 1);

	while (vocabulary->slots[at].weight && !str_equal(vocabulary->slots[at].text, word))
		at = (at + 1) & (vocabulary->room - 1);
	return &vocabulary->slots[at];
}

static void make_room(struct vocabulary *vocabulary)
{
	struct vocabulary_word *old = vocabulary->slots;
	size_t room = vocabulary->room;

	if (4 * (vocabulary->count + 1) <= 3 * room)
		return;
	vocabulary->room = room ? 2 * room : 256;
	vocabulary->slots = arena_array(vocabulary->arena, vocabulary->room, sizeof *old);
	for (size_t i = 0; i < room; i++) {
		if (old[i].weight)
			*find(vocabulary, old[i].text) = old[i];
	}
}

static void add(struct vocabulary *vocabulary, struct str word, unsigned weight)
{
	struct vocabulary_word *slot;

	must(word.len > 0 && word.len <= WORD_MAX);
	make_room(vocabulary);
	slot = find(vocabulary, word);
	if (slot->weight == 0) {
		slot->text = arena_copy(vocabulary->arena, word);
		vocabulary->count++;
	}
	slot->weight = slot->weight + weight < WEIGHT_MAX ? slot->weight + weight : WEIGHT_MAX;
}

void vocabulary_add(struct vocabulary *vocabulary, const struct stems *stems, struct str text,
		    unsigned weight)
{
	struct tokens tokens = tokens_begin(stems, text);
	struct token token;

	while (tokens_next(&tokens, &token)) {
		add(vocabulary, token.text, weight);
		if (token.kind == TOKEN_WORD || token.kind == TOKEN_PAIR)
			vocabulary->length++;
	}
}

void vocabulary_add_mark(struct vocabulary *vocabulary, struct str mark)
{
	add(vocabulary, mark, 1);
}

/* --- packed ------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
	const struct vocabulary_word *one = a, *other = b;

	return str_compare(one->text, other->text);
}

void vocabulary_pack(struct vocabulary *vocabulary, struct buf *out)
{
	struct vocabulary_word *words =
		arena_array(vocabulary->arena, vocabulary->count + 1, sizeof *words);
	size_t count = 0;

	for (size_t i = 0; i < vocabulary->room; i++) {
		if (vocabulary->slots[i].weight)
			words[count++] = vocabulary->slots[i];
	}
	qsort(words, count, sizeof *words, by_bytes);
	buf_add_be32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		buf_add_char(out, (char)words[i].weight);
		buf_add_char(out, (char)words[i].text.len);
		buf_add(out, words[i].text);
	}
}

struct vocabulary_reader vocabulary_read(struct str packed)
{
	if (packed.len < 4)
		return (struct vocabulary_reader){ .rest = STR_NONE };
	return (struct vocabulary_reader){ str_skip(packed, 4), get_be32(packed.at) };
}

bool vocabulary_next(struct vocabulary_reader *reader, struct vocabulary_word *out)
{
	size_t len;

	if (reader->left == 0 || reader->rest.len < 2)
		return false;
	out->weight = (unsigned char)reader->rest.at[0];
	len = (unsigned char)reader->rest.at[1];
	reader->rest = str_skip(reader->rest, 2);
	if (out->weight == 0 || out->weight > WEIGHT_MAX || len == 0 || len > reader->rest.len)
		return false;
	out->text = str_first(reader->rest, len);
	reader->rest = str_skip(reader->rest, len);
	reader->left--;
	return true;
}

unsigned vocabulary_weight(struct str packed, struct str word)
{
	struct vocabulary_reader reader = vocabulary_read(packed);
	struct vocabulary_word at;

	while (vocabulary_next(&reader, &at)) {
		int order = str_compare(at.text, word);

		if (order >= 0)
			return order == 0 ? at.weight : 0;
	}
	return 0;
}

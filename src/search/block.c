#include <communique/index.h>
#include <communique/bytes.h>

#include "block.h"

/* Takes a number off; false when there is none whole. */
static bool take_varint(const unsigned char **at, const unsigned char *end, uint64_t *out)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 42; shift += 7) {
		unsigned char byte;

		if (*at == end)
			return false;
		byte = *(*at)++;
		n |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*out = n;
			return true;
		}
	}
	return false;
}

bool block_read(struct str row, uint32_t lowest, struct block *out)
{
	const unsigned char *at = (const unsigned char *)row.at, *end = at + row.len;
	uint64_t document = lowest, n;
	size_t count = 0;

	out->count = 0;
	if (row.len < 5)
		return false;
	out->total = get_be32(at);
	at += 4;
	while (at < end) {
		if (*at < 0x80)
			n = *at++;
		else if (!take_varint(&at, end, &n))
			return false;
		document += n >> 4;
		if (count == BLOCK_MAX || (n & 15) == 0 || ((n >> 4) == 0) != (count == 0) ||
		    document > UINT32_MAX)
			return false;
		out->documents[count] = (uint32_t)document;
		out->weights[count++] = (uint8_t)(n & 15);
	}
	out->count = count;
	return true;
}

static void add_varint(struct buf *out, uint64_t n)
{
	while (n >= 0x80) {
		buf_add_char(out, (char)(n | 0x80));
		n >>= 7;
	}
	buf_add_char(out, (char)n);
}

void block_write(struct buf *out, const uint32_t *documents, const uint8_t *weights, size_t count,
		 uint32_t total)
{
	uint32_t before = documents[0];

	must(count > 0 && count <= BLOCK_MAX);
	buf_add_be32(out, total);
	for (size_t i = 0; i < count; i++) {
		add_varint(out, (uint64_t)(documents[i] - before) << 4 | weights[i]);
		before = documents[i];
	}
}

size_t block_find(const uint32_t *documents, size_t count, uint32_t document)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (documents[middle] < document)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t index_count(const struct index_rows *rows, struct str word)
{
	struct str row;
	uint32_t lowest;

	if (!rows->seek(rows->ctx, word, UINT32_MAX, &lowest, &row) || row.len < 5)
		return 0;
	return get_be32(row.at);
}

unsigned index_weight(const struct index_rows *rows, struct str word, uint32_t document)
{
	struct block block;
	uint32_t lowest;
	struct str row;
	size_t at;

	if (!rows->seek(rows->ctx, word, document, &lowest, &row) ||
	    !block_read(row, lowest, &block))
		return 0;
	at = block_find(block.documents, block.count, document);
	return at < block.count && block.documents[at] == document ? block.weights[at] : 0;
}

void card_write(char at[CARD_SIZE], const struct card *card)
{
	memset(at, 0, CARD_SIZE);
	if (!card->there)
		return;
	put_be32(at, card->date);
	put_be16(at + 4, card->length);
	at[6] = (char)card->kind;
	at[7] = 1;
}

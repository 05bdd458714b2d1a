/*
 * index - which documents have a word: lists of postings, and how they change.
 *
 * A document is a number; among equals the higher counts as the newer. A word's list is cut
 * into blocks of at most BLOCK_MAX postings, each a row under the word and the block's lowest
 * document, such that the newest block is found first:
 *
 *	count u32 | posting varint …		lowest first
 *	posting = (document - the one before) << 4 | weight; the first one's difference is 0
 *
 * `count` is how many documents have the word; it is kept right in the word's newest block
 * only. A varint has seven bits a byte, the lowest first, the top bit set but in the last.
 *
 * Besides words, a list may stand for a mark: a text that begins with a control character,
 * which no word does. So the documents of a topic are found like those that have a word.
 *
 * Each document has a card of CARD_SIZE bytes; CARDS_PER_PAGE of them are a row:
 *
 *	date u32 (yyyymmdd) | length u16 | kind u8 | 1; all zero: no such document
 *
 * Where the rows are is the caller's: the functions in index_rows. Nothing here trusts them
 * to be whole; a damaged block ends its list, and index_damaged() says so.
 */
#ifndef COMMUNIQUE_INDEX_H
#define COMMUNIQUE_INDEX_H

#include <endian.h>
#include <string.h>

#include <communique/vocabulary.h>

#define BLOCK_MAX 512
#define CARD_SIZE 8
#define CARDS_PER_PAGE 504 /* fills a page of the store, with LMDB's 16 bytes in front */

struct index_rows {
	/* The block with the highest `lowest` that is not above the document. */
	bool (*seek)(void *ctx, struct str word, uint32_t document, uint32_t *lowest,
		     struct str *block);
	/* For writers only. */
	void (*put)(void *ctx, struct str word, uint32_t lowest, struct str block);
	void (*remove)(void *ctx, struct str word, uint32_t lowest);
	/* For readers only: a page of cards. */
	bool (*page)(void *ctx, uint32_t page, struct str *cards);
	void *ctx;
};

/* --- a block in memory ------------------------------------------------------------------- */

struct block {
	uint32_t documents[BLOCK_MAX]; /* ascending */
	uint8_t weights[BLOCK_MAX];
	size_t count;
	uint32_t total; /* of the word, in the newest block */
};

/* False when it is damaged. */
bool block_read(struct str row, uint32_t lowest, struct block *out);

/* How many documents have the word. */
uint32_t index_count(const struct index_rows *rows, struct str word);
/* The weight of the word in a document; 0: it has it not. */
unsigned index_weight(const struct index_rows *rows, struct str word, uint32_t document);

/* --- cards --------------------------------------------------------------------------------- */

struct card {
	uint32_t date;
	uint16_t length; /* in words; ends at 65535 */
	uint8_t kind;
	bool there;
};

/* Inline: it is read once for each document that has a word. */
static inline struct card card_read(const char *at)
{
	uint64_t n;

	memcpy(&n, at, sizeof n);
	n = be64toh(n);
	return (struct card){
		.date = (uint32_t)(n >> 32),
		.length = (uint16_t)(n >> 16),
		.kind = (uint8_t)(n >> 8),
		.there = (n & 0xff) == 1,
	};
}
void card_write(char at[CARD_SIZE], const struct card *card);

/* --- changing ------------------------------------------------------------------------------ */

/*
 * Changes are gathered and then made word by word, so that a block that many documents go
 * into is written once. Documents must come in ascending order; for one, what is removed
 * before what is added.
 */
struct index_batch {
	struct arena arena;
	struct batch_word **slots;
	size_t room, count;
	uint64_t postings;
};

void batch_begin(struct index_batch *batch);
void batch_add(struct index_batch *batch, uint32_t document, struct str packed_vocabulary);
void batch_remove(struct index_batch *batch, uint32_t document, struct str packed_vocabulary);
/* Makes the changes, in the order of the words, and empties the batch. False when a block is
 * damaged or the list does not fit what is to be removed: the index needs to be rebuilt. */
bool batch_apply(struct index_batch *batch, const struct index_rows *rows);
void batch_release(struct index_batch *batch);

#endif

/*
 * vocabulary - the words of one document, each once, with a weight.
 *
 * The weight is how often a word stands there, a title's words counting more than the
 * body's; it ends at 15, beyond which more of the same says nothing new. The length is
 * the number of words without that, for comparing short texts with long ones.
 *
 * Packed, as it waits to be merged into the index:
 *
 *	count u32 | weight u8  length u8  word …, by bytes, the smallest first
 */
#ifndef COMMUNIQUE_VOCABULARY_H
#define COMMUNIQUE_VOCABULARY_H

#include <communique/arena.h>
#include <communique/token.h>

#define WEIGHT_MAX 15
#define WORD_MAX 255 /* bytes: a token, or a mark of where the document belongs */

struct vocabulary_word {
	struct str text;
	unsigned weight;
};

struct vocabulary {
	struct arena *arena;
	struct vocabulary_word *slots; /* a hash table, open addressing */
	size_t room, count;
	uint32_t length;
};

void vocabulary_init(struct vocabulary *vocabulary, struct arena *arena);
/* All words of a text. */
void vocabulary_add(struct vocabulary *vocabulary, const struct stems *stems, struct str text,
		    unsigned weight);
/* One word as it is, that is no token: how a list's documents are found (see index.h). */
void vocabulary_add_mark(struct vocabulary *vocabulary, struct str mark);

void vocabulary_pack(struct vocabulary *vocabulary, struct buf *out);

/* A packed one is distrusted like all that comes from the disk: it ends where it is damaged. */
struct vocabulary_reader {
	struct str rest;
	uint32_t left;
};
struct vocabulary_reader vocabulary_read(struct str packed);
bool vocabulary_next(struct vocabulary_reader *reader, struct vocabulary_word *out);
unsigned vocabulary_weight(struct str packed, struct str word); /* 0: not in it */

#endif

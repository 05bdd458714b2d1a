/*
 * walk - several lists walked downward at once; private to this folder.
 *
 * The shortest list leads; the others are asked whether they have its document, each moving
 * down to it, block by block. So a rare word makes common ones cheap.
 */
#ifndef COMMUNIQUE_SEARCH_WALK_H
#define COMMUNIQUE_SEARCH_WALK_H

#include <communique/find.h>

struct walk_list {
	struct str word;
	uint32_t count;
	int term; /* its place in the query; -1: a mark */
	unsigned group;
	struct block *block;
	size_t at; /* in the block: the highest document not above what was asked for */
	bool opened, ended;
};

#define WALK_LISTS_MAX (QUERY_TERMS_MAX + FIND_MARKS_MAX)

struct walk {
	const struct index_rows *rows;
	struct arena *arena;
	struct walk_list lists[WALK_LISTS_MAX];
	size_t count, required; /* the lists that must have a document stand first */
	unsigned groups;
	int64_t work; /* postings that may still be read */
	bool damaged;
};

void walk_begin(struct walk *walk, const struct index_rows *rows, struct arena *arena,
		const struct query *query);
void walk_add_mark(struct walk *walk, struct str mark);

typedef bool walk_visitor(void *ctx, uint32_t document, const uint8_t *weights);
/* Each document that has all required words and marks and no exclusion; weights by the terms'
 * places in the query. False: the work ran out first. */
bool walk_all(struct walk *walk, uint32_t work, walk_visitor *visit, void *ctx);

#endif

/*
 * What the parts of the body's parser share.
 */
#ifndef RELEASE_BODY_H
#define RELEASE_BODY_H

#include "list.h"

struct body {
	struct parse *parse;
	struct lines lines;   /* what is not yet read */
	bool after_gap;	      /* an empty line, a heading or nothing stands above */
	const char *end_mark; /* where the last line begins, when it is an end mark */
	struct lists lists;
};

/* A new block that begins at the line at hand. */
struct node *body_new_block(struct body *body, enum node_kind kind);

/* True when the line at hand begins a block, whatever stands above. */
bool body_starts_block(const struct body *body);

/* True when the line at hand is empty, or there is none. */
bool body_at_gap(const struct body *body);

/* Takes the empty lines; the block's source is all from `start` to here. */
void body_end_block(struct body *body, struct node *block, const char *start);

/* The text from `start` to the line at hand, without its last LF. */
struct str body_text_since(const struct body *body, const char *start);

bool quote_parse(struct body *body, struct fault *why);

bool table_starts(const struct body *body);
bool table_parse(struct body *body, struct fault *why);

#endif

/*
 * inline - strong, emphasis, links, images, other languages, breaks.
 *
 * One pass over the text, with at most RELEASE_DEPTH_MAX openers waiting for their end:
 * when another comes, the oldest becomes text. So the pass is linear and what it makes is
 * never nested deeper. A second pass joins texts and finds bare addresses.
 */
#ifndef RELEASE_INLINE_H
#define RELEASE_INLINE_H

#include "parse.h"

/* Adds the inline nodes of `text` to the block. `quoted`: each line may begin with ">". */
void inline_parse(struct parse *parse, struct node *block, struct str text, bool quoted);

/* Bare https and e-mail addresses in the block's texts become links. */
void inline_link_bare(struct arena *arena, struct node *block);

#endif

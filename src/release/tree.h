/*
 * How the parser makes the tree of document.h.
 */
#ifndef RELEASE_TREE_H
#define RELEASE_TREE_H

#include <communique/document.h>

struct node *node_new(struct arena *arena, enum node_kind kind);
void node_append(struct node *parent, struct node *child);

/* All that follows `after` among its parent's children (all of them when NULL) becomes
 * the end of `to`'s children; `to` must not be among them. */
void node_move_tail(struct node *parent, struct node *after, struct node *to);

#endif

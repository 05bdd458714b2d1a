#include "parts.h"

struct node *node_add(struct arena *arena, struct node *parent, enum node_kind kind)
{
	struct node *node = arena_new(arena, struct node);

	node->kind = kind;
	node->parent = parent;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	return node;
}

/* The node after this one in text order, below `root`. */
static const struct node *next_in_order(const struct node *root, const struct node *node)
{
	if (node->first)
		return node->first;
	while (node != root && !node->next)
		node = node->parent;
	return node == root ? NULL : node->next;
}

/* A loop, not a recursion: a text may be as deep as its writer likes. */
void node_plain_text(const struct node *root, struct buf *out)
{
	for (const struct node *node = root; node; node = next_in_order(root, node)) {
		bool apart = node_is_block(node) && node->kind != NODE_CELL && out->len &&
			     out->at[out->len - 1] != ' ';

		if (apart || node->kind == NODE_BREAK ||
		    (node != root && node->kind == NODE_CELL && node->parent->first != node))
			buf_add_char(out, ' ');
		if (node->kind == NODE_TEXT || node->kind == NODE_IMAGE)
			buf_add(out, node->text);
	}
}

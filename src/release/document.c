#include "tree.h"

struct node *node_new(struct arena *arena, enum node_kind kind)
{
	struct node *node = arena_new(arena, struct node);

	node->kind = kind;
	return node;
}

void node_append(struct node *parent, struct node *child)
{
	child->parent = parent;
	child->next = NULL;
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

void node_move_tail(struct node *parent, struct node *after, struct node *to)
{
	struct node *child = after ? after->next : parent->first;

	parent->last = after;
	if (after)
		after->next = NULL;
	else
		parent->first = NULL;
	while (child) {
		struct node *next = child->next;

		node_append(to, child);
		child = next;
	}
}

static void add_word(const struct node *node, struct buf *out)
{
	if (node->kind == NODE_TEXT || node->kind == NODE_IMAGE)
		buf_add(out, node->text);
	else if (node->kind == NODE_BREAK)
		buf_add_char(out, ' ');
}

/* The node behind all that is below this one. */
static const struct node *node_behind(const struct node *node)
{
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

void node_own_text(const struct node *node, struct buf *out)
{
	const struct node *end = node_behind(node);

	for (const struct node *at = node; at && at != end; at = node_after(at)) {
		if (at != node && node_is_block(at))
			return;
		add_word(at, out);
	}
}

void node_plain_text(const struct node *node, struct buf *out)
{
	const struct node *end = node_behind(node);
	size_t start = out->len;

	for (const struct node *at = node; at && at != end; at = node_after(at)) {
		/* One LF between two blocks that have words, however deep they stand. */
		if (node_is_block(at) && at->first && !node_is_block(at->first) && out->len > start)
			buf_add_char(out, '\n');
		add_word(at, out);
	}
}

#include "parts.h"

/* Every byte of the body is in exactly one block's source, in text order. */
static void add_sources(const struct node *node, struct buf *out)
{
	for (; node; node = node->next) {
		buf_add(out, node->source);
		if (node_is_block(node))
			add_sources(node->first, out);
	}
}

void release_write(const struct release *release, struct buf *out)
{
	buf_add(out, release->header);
	add_sources(release->document, out);
}

void release_field_add(struct buf *out, const char *name, struct str value)
{
	if (value.len)
		buf_addf(out, "%s: %.*s\n", name, STR_ARG(value));
}

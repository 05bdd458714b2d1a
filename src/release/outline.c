#include <communique/utf8.h>

#include "parts.h"

static const char *name_of(const struct node *node)
{
	switch (node->kind) {
	case NODE_HEADING:
		return node->level == 3 ? "h3" : "h2";
	case NODE_PARAGRAPH:
		return "paragraph";
	case NODE_ITEM:
		return "item";
	case NODE_REMARK:
		return "remark";
	case NODE_FOOTNOTE:
		return "footnote";
	case NODE_QUOTE:
		return "quote";
	case NODE_TABLE:
		return "table";
	case NODE_ROW:
		return "row";
	case NODE_END_MARK:
		return "end";
	case NODE_DOCUMENT:
	case NODE_LIST:
	case NODE_CELL:
	case NODE_TEXT:
	case NODE_BREAK:
	case NODE_STRONG:
	case NODE_EMPHASIS:
	case NODE_LINK:
	case NODE_IMAGE:
	case NODE_LANGUAGE:
		return NULL;
	}
	return NULL;
}

static void add_words(const struct node *node, struct buf *out)
{
	enum { SHOWN = 60 };
	struct buf words;
	bool cut;

	buf_init(&words, RELEASE_FILE_MAX);
	for (const struct node *child = node->first; child; child = child->next) {
		if (!node_is_block(child) || child->kind == NODE_CELL)
			node_plain_text(child, &words);
		if (child->kind == NODE_CELL && child->next)
			buf_add(&words, STR(" | "));
	}
	buf_add(out, utf8_cut_at_word(buf_str(&words), SHOWN, &cut));
	buf_add_text(out, cut ? "…" : "");
	buf_release(&words);
}

static void add_line(const struct node *node, unsigned depth, struct buf *out)
{
	buf_addf(out, "%4u  %*s%s", node->line, (int)(2 * depth), "", name_of(node));
	if (node->mark.len)
		buf_addf(out, " %.*s", STR_ARG(node->mark));
	if (node->anchor.len)
		buf_addf(out, " #%.*s", STR_ARG(node->anchor));
	buf_add_text(out, "  ");
	add_words(node, out);
	while (out->len && !out->full && out->at[out->len - 1] == ' ')
		buf_cut(out, out->len - 1);
	buf_add_char(out, '\n');
}

static void add_blocks(const struct node *node, unsigned depth, struct buf *out)
{
	for (; node; node = node->next) {
		bool named = name_of(node) != NULL;

		if (named)
			add_line(node, depth, out);
		if (node_is_block(node) && node->kind != NODE_ROW)
			add_blocks(node->first, depth + named, out);
	}
}

void release_outline(const struct release *release, struct buf *out)
{
	add_blocks(release->document->first, 0, out);
}

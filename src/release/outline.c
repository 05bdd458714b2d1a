/* The tree for people: one line a block, two spaces a level. */
#include <communique/release.h>
#include <communique/utf8.h>

enum { SHOWN = 60, MARK_COLUMNS = 4 };

static unsigned count_children(const struct node *node)
{
	unsigned count = 0;

	for (const struct node *child = node->first; child; child = child->next)
		count++;
	return count;
}

static unsigned depth_of(const struct node *node)
{
	unsigned depth = 0;

	for (const struct node *at = node->parent; at && at->parent; at = at->parent)
		depth++;
	return depth;
}

static void add_number(struct buf *out, unsigned count, const char *noun)
{
	buf_addf(out, "%u %s%s", count, noun, count == 1 ? "" : "s");
}

static void add_words(struct buf *out, const struct node *node)
{
	struct buf text;
	struct str words;
	bool cut;

	buf_init(&text, RELEASE_FILE_MAX);
	node_own_text(node, &text);
	words = utf8_cut_at_word(buf_str(&text), SHOWN, &cut);
	buf_add(out, words);
	if (cut)
		buf_add(out, STR("…"));
	buf_release(&text);
}

static void add_named(struct buf *out, const char *name, const struct node *node)
{
	buf_add_text(out, name);
	buf_add(out, STR(": "));
	add_words(out, node);
}

static void add_item(struct buf *out, const struct node *node)
{
	buf_add(out, node->mark);
	buf_add_char(out, ' ');
	for (size_t i = utf8_columns(node->mark) + 1; i < MARK_COLUMNS; i++)
		buf_add_char(out, ' ');
	buf_addf(out, "#%-7.*s ", STR_ARG(node->anchor));
	add_words(out, node);
}

static void add_row(struct buf *out, const struct node *row)
{
	buf_add_text(out, row->head ? "head" : "row");
	for (const struct node *cell = row->first; cell; cell = cell->next) {
		buf_add(out, STR(" | "));
		add_words(out, cell);
	}
}

static void add_block(struct buf *out, const struct node *node)
{
	switch (node->kind) {
	case NODE_HEADING:
		buf_addf(out, "heading %u: ", node->level);
		add_words(out, node);
		return;
	case NODE_PARAGRAPH:
		add_named(out, "paragraph", node);
		return;
	case NODE_LIST:
		buf_addf(out, "%s list, ", node->ordered ? "ordered" : "unordered");
		add_number(out, count_children(node), "item");
		return;
	case NODE_ITEM:
		add_item(out, node);
		return;
	case NODE_REMARK:
		add_named(out, "remark", node);
		return;
	case NODE_FOOTNOTE:
		buf_addf(out, "footnote %.*s: ", STR_ARG(node->mark));
		add_words(out, node);
		return;
	case NODE_QUOTE:
		buf_add(out, STR("quotation"));
		return;
	case NODE_TABLE:
		buf_add(out, STR("table, "));
		add_number(out, count_children(node), "row");
		return;
	case NODE_ROW:
		add_row(out, node);
		return;
	case NODE_END_MARK:
		buf_addf(out, "end mark %.*s", STR_ARG(node->mark));
		return;
	default: /* the document, cells, what is inline */
		return;
	}
}

static bool has_line(const struct node *node)
{
	return node_is_block(node) && node->kind != NODE_DOCUMENT && node->kind != NODE_CELL;
}

void release_outline(const struct release *release, struct buf *out)
{
	for (const struct node *node = release->document; node; node = node_after(node)) {
		if (!has_line(node))
			continue;
		for (unsigned i = depth_of(node); i > 0; i--)
			buf_add(out, STR("  "));
		add_block(out, node);
		buf_add_char(out, '\n');
	}
}

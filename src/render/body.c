/* The body of a release, from its tree to semantic HTML. It must look as numbered text
 * does, so marks are real text and the lists have no bullets of their own. */
#include <communique/page.h>

#include "markup.h"
#include "prose.h"

struct writer {
	struct buf *out;
	const struct release *release;
	const struct files *files;
	bool rtl;
	unsigned depth;
};

/* The parser nests at most RELEASE_DEPTH_MAX lists. What is deeper, in a tree made
 * otherwise, loses its markup but not its words. */
#define DEPTH_MAX 64

static void add_children(struct writer *w, const struct node *node);
static void add_node(struct writer *w, const struct node *node);

static void add(struct writer *w, const char *text)
{
	buf_add_text(w->out, text);
}

static void add_mark(struct writer *w, const struct node *node, const char *name)
{
	if (!node->mark.len)
		return;
	add(w, "<span class=\"");
	add(w, name);
	add(w, "\">");
	html_add_text(w->out, node->mark);
	add(w, "</span> ");
}

/* The link by which a paragraph is cited: "¶ 2.1" to a screen reader. */
static void add_pilcrow(struct writer *w, const struct node *node)
{
	struct str name = node->anchor;

	if (!name.len)
		return;
	if (name.at[0] == 'p')
		name = str_skip(name, 1);
	add(w, " <a class=\"pilcrow\" href=\"#");
	html_add_text(w->out, node->anchor);
	add(w, "\" aria-label=\"¶ ");
	html_add_text(w->out, name);
	add(w, "\"></a>"); /* the sign is the style sheet's: it is no part of the text */
}

static void open_with_id(struct writer *w, const char *element, const struct node *node)
{
	buf_add_char(w->out, '<');
	add(w, element);
	if (node->anchor.len)
		html_add_attribute(w->out, "id", node->anchor);
	buf_add_char(w->out, '>');
}

static void add_inline_children(struct writer *w, const struct node *node)
{
	for (const struct node *child = node->first; child; child = child->next)
		if (!node_is_block(child))
			add_node(w, child);
}

static void add_block_children(struct writer *w, const struct node *node)
{
	for (const struct node *child = node->first; child; child = child->next)
		if (node_is_block(child))
			add_node(w, child);
}

static void add_paragraph(struct writer *w, const struct node *node, const char *class_name)
{
	if (class_name)
		buf_addf(w->out, "<p class=\"%s\">", class_name);
	else
		open_with_id(w, "p", node);
	add_mark(w, node, "mark");
	add_inline_children(w, node);
	add(w, "</p>\n");
	add_block_children(w, node);
}

/* A box is part of the text; a bracket or ## only said that this is a heading. */
static bool mark_is_box(struct str mark)
{
	return str_equal(mark, STR("□")) || str_equal(mark, STR("■")) || str_equal(mark, STR("ㅁ"));
}

static void add_heading(struct writer *w, const struct node *node)
{
	const char *element = node->level == 3 ? "h3" : "h2";

	open_with_id(w, element, node);
	if (mark_is_box(node->mark))
		add_mark(w, node, "mark");
	add_inline_children(w, node);
	buf_addf(w->out, "</%s>\n", element);
}

static void add_list(struct writer *w, const struct node *node)
{
	const char *element = node->ordered ? "ol" : "ul";

	buf_addf(w->out, "<%s class=\"level-%u\">\n", element, node->level);
	add_children(w, node);
	buf_addf(w->out, "</%s>\n", element);
}

static void add_item(struct writer *w, const struct node *node)
{
	bool ordered = node->parent && node->parent->ordered;

	open_with_id(w, "li", node);
	add(w, "<p>");
	add_mark(w, node, ordered ? "num" : "mark");
	add_inline_children(w, node);
	add_pilcrow(w, node);
	add(w, "</p>\n");
	add_block_children(w, node);
	add(w, "</li>\n");
}

static void add_quote(struct writer *w, const struct node *node)
{
	add(w, "<blockquote>\n");
	if (node->first && !node_is_block(node->first)) {
		add(w, "<p>");
		add_inline_children(w, node);
		add(w, "</p>\n");
	}
	add_block_children(w, node);
	add(w, "</blockquote>\n");
}

static void add_row(struct writer *w, const struct node *row, bool head)
{
	add(w, "<tr>");
	for (const struct node *cell = row->first; cell; cell = cell->next) {
		add(w, head ? "<th scope=\"col\">" : "<td>");
		add_children(w, cell);
		add(w, head ? "</th>" : "</td>");
	}
	add(w, "</tr>\n");
}

/* A wide table scrolls in its own frame; the frame takes the focus so that the keyboard
 * can scroll it too (WCAG 2.1.1). */
static void add_table(struct writer *w, const struct node *table)
{
	const struct node *row = table->first;

	add(w, "<div class=\"scroll\" role=\"group\" tabindex=\"0\"><table>\n");
	if (row && row->head) {
		add(w, "<thead>\n");
		add_row(w, row, true);
		add(w, "</thead>\n");
		row = row->next;
	}
	if (row)
		add(w, "<tbody>\n");
	for (const struct node *at = row; at; at = at->next)
		add_row(w, at, false);
	if (row)
		add(w, "</tbody>\n");
	add(w, "</table></div>\n");
}

static bool is_elsewhere(struct str address)
{
	return has_scheme(address, STR("http"));
}

/* Whether the words of a link are its address, which reads from left to right everywhere. */
static bool shows_its_address(const struct node *node)
{
	struct str address = node->address, words = node->first ? node->first->text : STR_NONE;

	if (has_scheme(address, STR("mailto:")))
		address = str_skip(address, STR("mailto:").len);
	return node->first == node->last && str_equal(words, address);
}

static void add_link(struct writer *w, const struct node *node)
{
	bool safe = address_is_safe(node->address);

	if (safe) {
		add(w, "<a");
		html_add_attribute(w->out, "href", node->address);
		if (w->rtl && shows_its_address(node))
			add(w, " dir=\"ltr\"");
		if (is_elsewhere(node->address))
			add(w, " rel=\"external\"");
		add(w, ">");
	}
	add_children(w, node);
	if (safe)
		add(w, "</a>");
}

static const struct attachment *attachment_named(const struct release *release, struct str name)
{
	for (size_t i = 0; i < release->attachment_count; i++)
		if (str_equal(release->attachments[i].name, name))
			return &release->attachments[i];
	return NULL;
}

/* So that the lines keep their places while the picture is on its way. */
static void add_picture_size(struct writer *w, const struct attachment *file)
{
	const struct picture *picture;

	if (!w->files->pictures || !w->release->attachment_count)
		return;
	picture = &w->files->pictures[file - w->release->attachments];
	if (picture->width)
		buf_addf(w->out, " width=\"%u\" height=\"%u\"", (unsigned)picture->width,
			 (unsigned)picture->height);
}

/* An image that nothing stands behind is its alternative text. Not loading="lazy": what was
 * never on the screen must still be there on paper. */
static void add_image(struct writer *w, const struct node *node)
{
	const struct attachment beside = { .name = node->address };
	const struct attachment *file = attachment_named(w->release, node->address);

	/* In a page on its author's own disk it may be there without being attached yet. */
	if (!file && w->files->form == FILES_BY_NAME)
		file = &beside;
	if (!file) {
		add(w, "<span class=\"no-image\">");
		html_add_text(w->out, node->text);
		add(w, "</span>");
		return;
	}
	add(w, "<img src=\"");
	files_add_address(w->out, w->files, file);
	add(w, "\"");
	html_add_attribute(w->out, "alt", node->text.len ? node->text : STR(""));
	if (file != &beside)
		add_picture_size(w, file);
	add(w, ">");
}

static void add_language(struct writer *w, const struct node *node)
{
	bool rtl = language_is_rtl(node->language);

	add(w, "<span");
	html_add_attribute(w->out, "lang", node->language);
	if (rtl != w->rtl)
		html_add_attribute(w->out, "dir", rtl ? STR("rtl") : STR("ltr"));
	add(w, ">");
	add_children(w, node);
	add(w, "</span>");
}

static void add_inside(struct writer *w, const struct node *node, const char *element)
{
	buf_addf(w->out, "<%s>", element);
	add_children(w, node);
	buf_addf(w->out, "</%s>", element);
}

static void add_one(struct writer *w, const struct node *node)
{
	switch (node->kind) {
	case NODE_DOCUMENT:
	case NODE_ROW: /* a table writes its rows itself */
	case NODE_CELL:
		add_children(w, node);
		return;
	case NODE_HEADING:
		add_heading(w, node);
		return;
	case NODE_PARAGRAPH:
		add_paragraph(w, node, NULL);
		return;
	case NODE_LIST:
		add_list(w, node);
		return;
	case NODE_ITEM:
		add_item(w, node);
		return;
	case NODE_REMARK:
		add_paragraph(w, node, "remark");
		return;
	case NODE_FOOTNOTE:
		add_paragraph(w, node, "footnote");
		return;
	case NODE_QUOTE:
		add_quote(w, node);
		return;
	case NODE_TABLE:
		add_table(w, node);
		return;
	case NODE_END_MARK:
		return;
	case NODE_TEXT:
		html_add_prose(w->out, node->text);
		return;
	case NODE_BREAK:
		add(w, " ");
		return;
	case NODE_STRONG:
		add_inside(w, node, "strong");
		return;
	case NODE_EMPHASIS:
		add_inside(w, node, "em");
		return;
	case NODE_LINK:
		add_link(w, node);
		return;
	case NODE_IMAGE:
		add_image(w, node);
		return;
	case NODE_LANGUAGE:
		add_language(w, node);
		return;
	}
}

static void add_plain(struct writer *w, const struct node *node)
{
	struct buf text;

	buf_init(&text, RELEASE_FILE_MAX);
	node_plain_text(node, &text);
	html_add_text(w->out, buf_str(&text));
	buf_release(&text);
}

static void add_node(struct writer *w, const struct node *node)
{
	if (w->depth == DEPTH_MAX) {
		add_plain(w, node);
		return;
	}
	w->depth++;
	add_one(w, node);
	w->depth--;
}

static void add_children(struct writer *w, const struct node *node)
{
	for (const struct node *child = node->first; child; child = child->next)
		add_node(w, child);
}

void body_html(const struct release *release, const struct files *files, struct buf *out)
{
	struct writer w = { .out = out,
			    .release = release,
			    .files = files,
			    .rtl = language_is_rtl(release->language) };

	if (release->document)
		add_node(&w, release->document);
}

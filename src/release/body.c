/* The body: lines to blocks. inline.c reads what is in them. */
#include <communique/utf8.h>

#include "anchor.h"
#include "body.h"
#include "inline.h"
#include "tree.h"

struct node *body_new_block(struct body *body, enum node_kind kind)
{
	struct node *node = node_new(body->parse->arena, kind);

	node->line = body->lines.number;
	body->parse->line = body->lines.number;
	return node;
}

bool body_at_gap(const struct body *body)
{
	return body->lines.rest.len == 0 || line_is_blank(line_peek(&body->lines));
}

static bool at_end_mark(const struct body *body)
{
	return body->lines.rest.len && body->lines.rest.at == body->end_mark;
}

/* The mark of the line at hand, if it counts here. */
static struct mark mark_here(const struct body *body)
{
	struct mark mark = mark_read(line_peek(&body->lines));

	if (mark.kind < MARK_LIST_KINDS && mark.kind != MARK_NONE &&
	    !list_takes(&body->lists, &mark, body->after_gap))
		mark.kind = MARK_NONE;
	if (mark.kind == MARK_ROW && !table_starts(body))
		mark.kind = MARK_NONE;
	return mark;
}

bool body_starts_block(const struct body *body)
{
	return at_end_mark(body) || mark_here(body).kind != MARK_NONE;
}

void body_end_block(struct body *body, struct node *block, const char *start)
{
	while (body->lines.rest.len && line_is_blank(line_peek(&body->lines))) {
		line_take(&body->lines);
		body->after_gap = true;
	}
	block->source = (struct str){ start, (size_t)(body->lines.rest.at - start) };
}

struct str body_text_since(const struct body *body, const char *start)
{
	return (struct str){ start, (size_t)(body->lines.rest.at - start) - 1 };
}

/* Takes a line and those below that have no mark; the text from `words` on is the node's. */
static void take_lines(struct body *body, struct node *node, const char *words)
{
	const char *start = body->lines.rest.at;

	do {
		line_take(&body->lines);
		body->after_gap = false;
	} while (!body_at_gap(body) && !body_starts_block(body));
	inline_parse(body->parse, node, body_text_since(body, words), false);
	body_end_block(body, node, start);
}

/* --- blocks ---------------------------------------------------------------------------- */

/* A number that was not expected stays text; an editor may have meant otherwise. */
static void doubt_literal(struct body *body)
{
	struct mark mark = mark_read(line_peek(&body->lines));
	unsigned last = body->lists.last[MARK_NUMBER];

	if (body->after_gap && mark.kind == MARK_NUMBER && last && mark.number < 1000)
		doubt(body->parse, body->lines.number, "%.*s is read as text, as %u. was expected",
		      STR_ARG(mark.sign), last + 1);
}

static bool take_paragraph(struct body *body)
{
	struct node *node = body_new_block(body, NODE_PARAGRAPH);

	doubt_literal(body);
	list_add_block(&body->lists, node);
	take_lines(body, node, skip_indent(body->lines.rest).at);
	return true;
}

static bool take_item(struct body *body, const struct mark *mark, struct fault *why)
{
	struct node *node = body_new_block(body, NODE_ITEM);

	if (!list_add_item(&body->lists, body->parse, mark, node, why))
		return false;
	take_lines(body, node, mark->text.at);
	return true;
}

static bool take_remark(struct body *body, const struct mark *mark, enum node_kind kind)
{
	struct node *node = body_new_block(body, kind);

	node->mark = mark->sign;
	list_add_remark(&body->lists, node);
	take_lines(body, node, mark->text.at);
	return true;
}

static bool take_heading(struct body *body, const struct mark *mark)
{
	struct node *node = body_new_block(body, NODE_HEADING);
	const char *start = body->lines.rest.at;

	node->mark = mark->sign;
	node->level = mark->level;
	list_add_break(&body->lists, node);
	line_take(&body->lines);
	inline_parse(body->parse, node, mark->text, false);
	body->after_gap = true;
	body_end_block(body, node, start);
	return true;
}

static bool take_end_mark(struct body *body)
{
	struct node *node = body_new_block(body, NODE_END_MARK);
	const char *start = body->lines.rest.at;

	node->mark = str_trim(skip_indent(line_take(&body->lines)));
	list_add_break(&body->lists, node);
	body_end_block(body, node, start);
	return true;
}

/* --- squares that are headings -------------------------------------------------------- */

static bool ends_with_stop(struct str text)
{
	static const char *const stops[] = { ".", "!", "?", ":", ";", ",", "。", "…" };

	for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
		if (str_ends(text, str_from(stops[i])))
			return true;
	}
	return false;
}

/* Something that is no square stands below the empty lines. */
static bool heads_something(struct lines below)
{
	while (below.rest.len && line_is_blank(line_peek(&below)))
		line_take(&below);
	return below.rest.len && mark_read(line_peek(&below)).kind != MARK_SQUARE;
}

/* A square alone and short, without an end stop, with empty lines around it and something
 * to head; 40 columns are 20 Hangul syllables. */
static bool is_square_heading(const struct body *body, struct str text)
{
	enum { SHORT = 40 };
	struct lines below = body->lines;

	if (!body->after_gap || text.len > 4 * SHORT || ends_with_stop(text) ||
	    utf8_columns(text) > SHORT)
		return false;
	line_take(&below);
	return below.rest.len && line_is_blank(line_peek(&below)) && heads_something(below);
}

/* --- all ------------------------------------------------------------------------------- */

static bool take_block(struct body *body, struct fault *why)
{
	struct mark mark = mark_here(body);

	if (at_end_mark(body))
		return take_end_mark(body);
	if (mark.kind == MARK_SQUARE && is_square_heading(body, mark.text)) {
		mark.level = 2;
		return take_heading(body, &mark);
	}
	switch (mark.kind) {
	case MARK_NONE:
		return take_paragraph(body);
	case MARK_REMARK:
		return take_remark(body, &mark, NODE_REMARK);
	case MARK_FOOTNOTE:
		return take_remark(body, &mark, NODE_FOOTNOTE);
	case MARK_HEADING:
		return take_heading(body, &mark);
	case MARK_QUOTE:
		return quote_parse(body, why);
	case MARK_ROW:
		return table_parse(body, why);
	default: /* the list marks */
		return take_item(body, &mark, why);
	}
}

/* Where the last line that is not empty begins, if it is an end mark; NULL if not. */
static const char *find_end_mark(struct lines lines)
{
	struct str last = STR_NONE;

	while (lines.rest.len) {
		struct str line = line_take(&lines);

		if (!line_is_blank(line))
			last = line;
	}
	return mark_is_end(last) ? last.at : NULL;
}

bool body_parse(struct parse *parse, struct fault *why)
{
	struct release *release = parse->release;
	struct body body = { .parse = parse,
			     .lines = { release->body, release->body_line },
			     .after_gap = true };

	release->document = body_new_block(&body, NODE_DOCUMENT);
	body.lists.document = release->document;
	body.end_mark = find_end_mark(body.lines);
	body_end_block(&body, release->document, body.lines.rest.at);
	while (body.lines.rest.len) {
		if (!take_block(&body, why))
			return false;
	}
	anchors_assign(parse->arena, release->document);
	return true;
}

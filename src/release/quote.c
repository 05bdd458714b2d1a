#include "body.h"
#include "inline.h"
#include "tree.h"

static bool at_quote(const struct body *body)
{
	return body->lines.rest.len && mark_read(line_peek(&body->lines)).kind == MARK_QUOTE;
}

static bool at_quote_gap(const struct body *body)
{
	return body->lines.rest.len && mark_is_quote_gap(line_peek(&body->lines));
}

/* A line with the sign, then such and unmarked ones; `>` alone ends the paragraph. */
static void take_paragraph(struct body *body, struct node *quote)
{
	struct node *node = body_new_block(body, NODE_PARAGRAPH);
	const char *start = body->lines.rest.at;

	node_append(quote, node);
	do {
		line_take(&body->lines);
	} while (!body_at_gap(body) && !at_quote_gap(body) &&
		 (at_quote(body) || !body_starts_block(body)));
	inline_parse(body->parse, node, body_text_since(body, start), true);
	while (at_quote_gap(body))
		line_take(&body->lines);
	body->after_gap = false;
	body_end_block(body, node, start);
}

bool quote_parse(struct body *body, struct fault *why)
{
	struct node *quote = body_new_block(body, NODE_QUOTE);

	(void)why;
	list_add_block(&body->lists, quote);
	body->after_gap = false;
	do {
		take_paragraph(body, quote);
	} while (!body->after_gap && at_quote(body));
	return true;
}

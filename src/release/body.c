#include <communique/utf8.h>

#include "mark.h"
#include "parts.h"

/* How far a number may run ahead of its predecessor and still be taken for one, with a doubt:
 * a dropped paragraph is likelier than a sentence that begins "7. ". */
enum { GAP_MAX = 5, HEADING_MAX = 40 };

struct open_item {
	struct node *item;
	enum mark_class class;
	unsigned points; /* unnumbered items right below it */
};

struct body {
	struct parsing *parsing;
	struct anchors anchors;
	struct open_item open[RELEASE_DEPTH_MAX];
	unsigned depth;
	unsigned points;   /* unnumbered items below the document */
	unsigned expected; /* the next number of the first level */
	struct str rest;   /* from the line that is looked at */
	unsigned line;
	bool after_empty;
};

/* --- lines ------------------------------------------------------------------------ */

static struct str first_line(struct str rest)
{
	return str_first(rest, str_find(rest, '\n'));
}

static struct str skip_line(struct str rest)
{
	return str_skip(rest, str_find(rest, '\n') + 1);
}

static bool is_empty(struct str line)
{
	return str_trim(line).len == 0;
}

static bool is_end_mark(struct str line)
{
	static const struct str words[] = {
		{ "끝.", 7 }, { "/끝/", 5 }, { "###", 3 }, { "-30-", 4 }, { "/END/", 5 }
	};

	line = str_trim(line);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_equal(line, str_from(words[i].at)))
			return true;
	}
	return false;
}

static bool only_empty_lines(struct str rest)
{
	for (size_t i = 0; i < rest.len; i++) {
		if (!memchr(" \t\n", rest.at[i], 3))
			return false;
	}
	return true;
}

/* --- what a line begins --------------------------------------------------------------- */

/* [ … ], 〈 … 〉, 【 … 】 and nothing else on the line. */
static bool bracketed(struct str line, struct str *inside)
{
	static const struct str pairs[][2] = { { { "[", 1 }, { "]", 1 } },
					       { { "〈", 3 }, { "〉", 3 } },
					       { { "【", 3 }, { "】", 3 } } };

	line = str_trim(line);
	for (size_t i = 0; i < 3; i++) {
		struct str open = pairs[i][0], close = pairs[i][1];

		if (line.len <= open.len + close.len || !str_starts(line, open) ||
		    !str_ends(line, close))
			continue;
		*inside = str_skip(str_first(line, line.len - close.len), open.len);
		if (str_find_str(*inside, open) == inside->len &&
		    str_find_str(*inside, close) == inside->len) {
			*inside = str_trim(*inside);
			return inside->len > 0;
		}
	}
	return false;
}

static unsigned hashed(struct str line, struct str *text)
{
	unsigned level = str_starts(line, STR("### ")) ? 3 : str_starts(line, STR("## ")) ? 2 : 0;

	*text = str_trim(str_skip(line, level + 1));
	return text->len ? level : 0;
}

static bool is_quote(struct str line)
{
	return str_starts(line, STR("> ")) || str_equal(line, STR(">"));
}

static bool number_counts(const struct body *body, unsigned number, bool after_empty)
{
	if (number == 1 || number == body->expected)
		return true;
	return after_empty && body->expected > 1 && number + 1 >= body->expected &&
	       number <= body->expected + GAP_MAX;
}

static struct mark mark_of(const struct body *body, struct str line, bool after_empty)
{
	struct str text = line;
	struct mark mark;

	while (text.len && (text.at[0] == ' ' || text.at[0] == '\t'))
		text = str_skip(text, 1);
	mark = mark_find(text);
	if (mark.class == MARK_NUMBER && !number_counts(body, mark.number, after_empty))
		mark.class = MARK_NONE;
	mark.width += line.len - text.len;
	return mark;
}

static bool begins_block(const struct body *body, struct str rest)
{
	struct str line = first_line(rest), inside;

	return mark_of(body, line, false).class != MARK_NONE || is_quote(line) ||
	       (line.len && line.at[0] == '|') || hashed(line, &inside) ||
	       bracketed(line, &inside) || (is_end_mark(line) && only_empty_lines(skip_line(rest)));
}

/* --- blocks ------------------------------------------------------------------------------- */

static struct node *above(const struct body *body)
{
	return body->depth ? body->open[body->depth - 1].item : body->parsing->release->document;
}

/* The lines of a block that begins here; *rest and the line number go behind it. */
static struct str take_lines(struct body *body)
{
	struct str start = body->rest;

	do {
		body->rest = skip_line(body->rest);
		body->line++;
	} while (body->rest.len && !is_empty(first_line(body->rest)) &&
		 !begins_block(body, body->rest));
	return str_first(start, (size_t)(start.len - body->rest.len));
}

static struct node *add_block(struct body *body, struct node *parent, enum node_kind kind,
			      unsigned line)
{
	struct node *node = node_add(body->parsing->arena, parent, kind);

	node->line = line;
	return node;
}

/* A number that is out of step is kept as it is; its editor is told. */
static void check_number(struct body *body, unsigned number, unsigned line)
{
	if (number > body->expected)
		doubt(body->parsing, line, "number %u follows %u", number, body->expected - 1);
	else if (number + 1 == body->expected && body->expected > 2)
		doubt(body->parsing, line, "number %u stands twice", number);
	else if (number == 1 && body->expected > 1)
		doubt(body->parsing, line, "the numbers begin again at 1");
	body->expected = number + 1;
}

static struct str anchor_of(struct body *body, const struct mark *mark)
{
	struct arena *arena = body->parsing->arena;
	struct open_item *top = body->depth ? &body->open[body->depth - 1] : NULL;
	unsigned *points = top ? &top->points : &body->points;
	unsigned number = mark_is_ordered(mark->class) ? mark->number : ++*points;

	if (!top)
		return anchor_make(&body->anchors, arena_printf(arena, "p%u", number));
	return anchor_make(&body->anchors,
			   arena_printf(arena, "%.*s.%u", STR_ARG(top->item->anchor), number));
}

/* Closes what this mark closes; the list that it continues, or NULL. */
static struct node *close_items(struct body *body, enum mark_class class)
{
	struct node *list = NULL;

	while (body->depth && mark_rank(body->open[body->depth - 1].class) >= mark_rank(class)) {
		struct open_item *closed = &body->open[--body->depth];

		if (closed->class == class)
			list = closed->item->parent;
	}
	return list && list->parent == above(body) && list->next == NULL ? list : NULL;
}

static struct node *add_item(struct body *body, const struct mark *mark, unsigned line)
{
	struct node *list = close_items(body, mark->class), *item;

	if (mark->class == MARK_NUMBER)
		check_number(body, mark->number, line);
	if (!list) {
		list = add_block(body, above(body), NODE_LIST, line);
		list->ordered = mark_is_ordered(mark->class);
		list->level = body->depth + 1;
	}
	item = add_block(body, list, NODE_ITEM, line);
	item->mark = mark->text;
	item->level = list->level;
	item->anchor = anchor_of(body, mark);
	must(body->depth < RELEASE_DEPTH_MAX);
	body->open[body->depth++] = (struct open_item){ .item = item, .class = mark->class };
	return item;
}

static bool ends_sentence(struct str text)
{
	return str_ends(text, STR(".")) || str_ends(text, STR("?")) || str_ends(text, STR("!")) ||
	       str_ends(text, STR(":")) || str_ends(text, STR("。"));
}

/* □ alone and short: a heading. */
static bool is_box_heading(const struct mark *mark, struct str lines)
{
	struct str text = str_trim(str_skip(first_line(lines), mark->width));

	return mark->class == MARK_BOX && skip_line(lines).len == 0 &&
	       utf8_count(text) <= HEADING_MAX && text.len && !ends_sentence(text);
}

static struct node *add_heading(struct body *body, unsigned level, struct str mark, unsigned line)
{
	struct node *heading;

	body->depth = 0;
	heading = add_block(body, above(body), NODE_HEADING, line);
	heading->level = level;
	heading->mark = mark;
	return heading;
}

static struct node *marked_block(struct body *body, const struct mark *mark, unsigned line)
{
	struct node *node;

	if (mark_rank(mark->class))
		return add_item(body, mark, line);
	node = add_block(body, above(body),
			 mark->class == MARK_REMARK ? NODE_REMARK : NODE_FOOTNOTE, line);
	node->mark = mark->text;
	return node;
}

/* An indented paragraph belongs to the item above it; any other ends the items, though not
 * their numbering. */
static struct node *plain_block(struct body *body, struct str lines, unsigned line)
{
	if (lines.at[0] != ' ' && lines.at[0] != '\t')
		body->depth = 0;
	return add_block(body, above(body), NODE_PARAGRAPH, line);
}

/* Consecutive `> ` lines; a `>` alone separates paragraphs. */
static struct node *take_quote(struct body *body)
{
	struct node *quote, *paragraph = NULL;
	struct str start = body->rest;
	struct buf text;

	body->depth = 0;
	quote = add_block(body, above(body), NODE_QUOTE, body->line);
	buf_init(&text, start.len);
	while (body->rest.len && is_quote(first_line(body->rest))) {
		struct str line = str_trim(str_skip(first_line(body->rest), 1));

		body->rest = skip_line(body->rest);
		if (line.len) {
			buf_add(&text, line);
			buf_add_char(&text, '\n');
		}
		if (text.len && (!line.len || !is_quote(first_line(body->rest)))) {
			paragraph = add_block(body, quote, NODE_PARAGRAPH, body->line);
			inline_parse(body->parsing->arena, paragraph,
				     arena_copy(body->parsing->arena, buf_str(&text)));
			buf_clear(&text);
		}
		body->line++;
	}
	buf_release(&text);
	return quote;
}

static struct node *take_table(struct body *body)
{
	struct node *document = body->parsing->release->document;
	struct str before = body->rest;

	body->parsing->line = body->line;
	if (!table_parse(body->parsing, document, &body->rest))
		return NULL;
	body->depth = 0;
	for (size_t i = 0; i < before.len - body->rest.len; i++)
		body->line += before.at[i] == '\n';
	return document->last;
}

static struct node *take_worded(struct body *body)
{
	unsigned line = body->line, level;
	struct str first = first_line(body->rest), lines, inside;
	struct mark mark = mark_of(body, first, body->after_empty);
	struct node *node;

	level = hashed(first, &inside);
	if (level || bracketed(first, &inside)) {
		node = add_heading(body, level ? level : 2,
				   level ? str_first(first, level) : STR("["), line);
		body->rest = skip_line(body->rest);
		body->line++;
		inline_parse(body->parsing->arena, node, inside);
		return node;
	}
	lines = take_lines(body);
	if (mark.class == MARK_NONE)
		node = plain_block(body, lines, line);
	else if (is_box_heading(&mark, lines))
		node = add_heading(body, 2, mark.text, line);
	else
		node = marked_block(body, &mark, line);
	inline_parse(body->parsing->arena, node,
		     mark.class == MARK_NONE ? lines : str_skip(lines, mark.width));
	return node;
}

static struct node *take_block(struct body *body)
{
	struct str line = first_line(body->rest);
	struct node *node = NULL;

	if (is_end_mark(line) && only_empty_lines(skip_line(body->rest))) {
		node = add_block(body, body->parsing->release->document, NODE_END_MARK, body->line);
		node->mark = str_trim(line);
		body->rest = skip_line(body->rest);
		body->line++;
		return node;
	}
	if (is_quote(line))
		return take_quote(body);
	if (line.at[0] == '|')
		node = take_table(body);
	return node ? node : take_worded(body);
}

static void skip_empty_lines(struct body *body)
{
	body->after_empty = false;
	while (body->rest.len && is_empty(first_line(body->rest))) {
		body->rest = skip_line(body->rest);
		body->line++;
		body->after_empty = true;
	}
}

void body_parse(struct parsing *parsing)
{
	struct release *release = parsing->release;
	struct body body = {
		.parsing = parsing,
		.anchors = { .arena = parsing->arena },
		.expected = 1,
		.rest = release->body,
		.line = release->body_line,
	};
	struct str before = release->body;

	release->document = arena_new(parsing->arena, struct node);
	release->document->line = body.line;
	skip_empty_lines(&body);
	body.after_empty = true; /* the header's empty line */
	release->document->source = str_first(before, before.len - body.rest.len);
	while (body.rest.len) {
		struct node *node;

		before = body.rest;
		node = take_block(&body);
		skip_empty_lines(&body);
		node->source = str_first(before, before.len - body.rest.len);
	}
}

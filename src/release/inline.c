#include <communique/utf8.h>

#include "inline.h"
#include "link.h"
#include "tree.h"

enum opener_kind { OPEN_EMPHASIS, OPEN_STRONG, OPEN_BRACKET, OPEN_IMAGE };

/* A `*`, `**`, `[` or `![` that may find its end. Its sign is the beginning of the text
 * behind `after`, so when no end is found there is nothing to undo. */
struct opener {
	enum opener_kind kind;
	struct node *after; /* the last node before it, NULL at the block's beginning */
	const char *words;  /* behind the sign */
	bool holds_link;    /* so it cannot become one */
};

struct inline_parser {
	struct parse *parse;
	struct node *block;
	struct str text;
	size_t at;  /* what comes next */
	size_t run; /* where the text begins that has no node yet */
	bool quoted;
	struct opener openers[RELEASE_DEPTH_MAX];
	unsigned count;
};

static struct str rest_of(const struct inline_parser *p)
{
	return str_skip(p->text, p->at);
}

static struct node *add_node(struct inline_parser *p, enum node_kind kind)
{
	struct node *node = node_new(p->parse->arena, kind);

	node_append(p->block, node);
	return node;
}

/* The text up to `end` becomes a node; the next begins where the caller says. */
static void flush(struct inline_parser *p, size_t end, size_t next)
{
	if (end > p->run)
		add_node(p, NODE_TEXT)->text = str_first(str_skip(p->text, p->run), end - p->run);
	p->run = next;
}

/* --- openers ------------------------------------------------------------------------------ */

static size_t sign_length(enum opener_kind kind)
{
	return kind == OPEN_STRONG || kind == OPEN_IMAGE ? 2 : 1;
}

static void drop_opener(struct inline_parser *p, unsigned index)
{
	p->count--;
	memmove(&p->openers[index], &p->openers[index + 1],
		(p->count - index) * sizeof *p->openers);
}

static bool is_bracket(enum opener_kind kind)
{
	return kind == OPEN_BRACKET || kind == OPEN_IMAGE;
}

/* The star that is waiting since the nearest bracket, or count. */
static unsigned find_star(const struct inline_parser *p, enum opener_kind kind)
{
	for (unsigned i = p->count; i-- > 0 && !is_bracket(p->openers[i].kind);) {
		if (p->openers[i].kind == kind)
			return i;
	}
	return p->count;
}

static unsigned find_bracket(const struct inline_parser *p)
{
	for (unsigned i = p->count; i-- > 0;) {
		if (is_bracket(p->openers[i].kind))
			return i;
	}
	return p->count;
}

static void open_at(struct inline_parser *p, enum opener_kind kind)
{
	unsigned same = is_bracket(kind) ? p->count : find_star(p, kind);

	/* Stars do not nest in their own kind: the nearer one is meant. */
	if (same < p->count)
		drop_opener(p, same);
	if (p->count == RELEASE_DEPTH_MAX)
		drop_opener(p, 0);
	flush(p, p->at, p->at);
	p->at += sign_length(kind);
	p->openers[p->count++] = (struct opener){ .kind = kind,
						  .after = p->block->last,
						  .words = p->text.at + p->at };
}

/* All since the opener goes below a new node, without the opener's sign. The openers
 * above it are text for good. The text goes on behind `length` bytes. */
static struct node *wrap(struct inline_parser *p, unsigned index, enum node_kind kind,
			 size_t length)
{
	struct opener opener = p->openers[index];
	struct node *node = node_new(p->parse->arena, kind), *first;
	size_t sign = sign_length(opener.kind);

	flush(p, p->at, p->at + length);
	p->at += length;
	node_move_tail(p->block, opener.after, node);
	first = node->first;
	first->text = str_skip(first->text, sign);
	if (first->text.len == 0) {
		node->first = first->next;
		if (!node->first)
			node->last = NULL;
	}
	node_append(p->block, node);
	p->count = index;
	return node;
}

/* --- stars ----------------------------------------------------------------------------------- */

static bool is_blank_byte(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* A letter or digit of any script, as far as this needs to know. */
static bool is_word(uint32_t code)
{
	if (code < 0x80)
		return is_alpha((char)code) || is_digit((char)code);
	return code >= 0xc0 && code != UTF8_INVALID && !(code >= 0x2000 && code <= 0x2bff) &&
	       !(code >= 0x3000 && code <= 0x303f) && !(code >= 0xff00 && code <= 0xff0f);
}

static bool after_word(const struct inline_parser *p)
{
	size_t start = p->at;
	struct str before;

	if (start == 0)
		return false;
	do {
		start--;
	} while (start > 0 && ((unsigned char)p->text.at[start] & 0xc0) == 0x80);
	before = str_first(str_skip(p->text, start), p->at - start);
	return is_word(utf8_next(&before));
}

/* "MOU*" and "FTA**" are starred words, so a star behind a letter never opens. */
static bool may_open(const struct inline_parser *p, size_t run)
{
	size_t behind = p->at + run;

	return behind < p->text.len && !is_blank_byte(p->text.at[behind]) && !after_word(p);
}

static bool may_close(const struct inline_parser *p)
{
	return p->at > 0 && !is_blank_byte(p->text.at[p->at - 1]);
}

static bool close_star(struct inline_parser *p, enum opener_kind kind)
{
	unsigned index = find_star(p, kind);

	/* Something must stand between. */
	if (index == p->count || p->openers[index].words == p->text.at + p->at)
		return false;
	wrap(p, index, kind == OPEN_STRONG ? NODE_STRONG : NODE_EMPHASIS, sign_length(kind));
	return true;
}

/* Three are strong and emphasis at once; the inner one, opened last, closes first. */
static void close_stars(struct inline_parser *p, size_t run)
{
	unsigned emphasis = find_star(p, OPEN_EMPHASIS), strong = find_star(p, OPEN_STRONG);
	bool strong_inside = strong < p->count && emphasis < p->count && strong > emphasis;
	size_t end = p->at + run;

	if (run == 3 && strong_inside)
		close_star(p, OPEN_STRONG);
	if (run != 2 && end > p->at)
		close_star(p, OPEN_EMPHASIS);
	if (end - p->at >= 2)
		close_star(p, OPEN_STRONG);
}

static void take_stars(struct inline_parser *p)
{
	size_t run = 0, end;
	bool opens;

	while (p->at + run < p->text.len && p->text.at[p->at + run] == '*')
		run++;
	end = p->at + run;
	if (run > 3) {
		p->at = end;
		return;
	}
	opens = may_open(p, run);
	if (may_close(p))
		close_stars(p, run);
	if (opens && end - p->at >= 2)
		open_at(p, OPEN_STRONG);
	if (opens && end - p->at == 1)
		open_at(p, OPEN_EMPHASIS);
	p->at = end;
}

/* --- brackets -------------------------------------------------------------------------------- */

/* Escapes and line ends, as an alternative text or an address has them. */
static struct str unescape(struct arena *arena, struct str raw)
{
	char *copy;
	size_t len = 0;

	if (str_find(raw, '\\') == raw.len && str_find(raw, '\n') == raw.len)
		return raw;
	copy = arena_alloc(arena, raw.len + 1);
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.at[i] == '\\' && i + 1 < raw.len && is_escapable(raw.at[i + 1]))
			i++;
		copy[len++] = raw.at[i] == '\n' ? ' ' : raw.at[i];
	}
	return (struct str){ copy, len };
}

/* The text of an inline link cannot hold another (HTML, section 4.5.1). */
static void forbid_outer_links(struct inline_parser *p)
{
	for (unsigned i = 0; i < p->count; i++)
		p->openers[i].holds_link = true;
}

static bool has_attachment(const struct release *release, struct str name)
{
	for (size_t i = 0; i < release->attachment_count; i++) {
		if (str_equal(release->attachments[i].name, name))
			return true;
	}
	return false;
}

static bool close_image(struct inline_parser *p, unsigned index, size_t length, struct str name)
{
	const char *words = p->openers[index].words;
	struct str raw = { words, (size_t)(p->text.at + p->at - words) };
	struct node *image;

	if (!attachment_name_valid(name)) {
		doubt(p->parse, p->block->line, "\"%s\" is not the name of an attachment",
		      QUOTE(name));
		return false;
	}
	if (!has_attachment(p->parse->release, name))
		doubt(p->parse, p->block->line, "there is no attachment \"%s\"", QUOTE(name));
	image = wrap(p, index, NODE_IMAGE, length);
	image->first = image->last = NULL;
	image->address = name;
	image->text = unescape(p->parse->arena, raw);
	return true;
}

static bool close_link(struct inline_parser *p, unsigned index, size_t length, struct str address)
{
	if (p->openers[index].holds_link)
		return false;
	if (!link_is_safe(address)) {
		doubt(p->parse, p->block->line, "\"%s\" is no address a text may link to",
		      QUOTE(address));
		return false;
	}
	wrap(p, index, NODE_LINK, length)->address = address;
	forbid_outer_links(p);
	return true;
}

/* `](address)`: length is that of all four signs and what is in them. */
static bool close_with_address(struct inline_parser *p, unsigned index)
{
	struct str inside = str_skip(rest_of(p), 2), address;
	size_t length = link_length(inside);

	if (length == inside.len)
		return false;
	address = unescape(p->parse->arena, str_first(inside, length));
	if (p->openers[index].kind == OPEN_IMAGE)
		return close_image(p, index, length + 3, address);
	return close_link(p, index, length + 3, address);
}

/* `]{lang=ko}` */
static bool close_with_language(struct inline_parser *p, unsigned index)
{
	struct str tag =
		str_first(str_skip(rest_of(p), strlen("]{lang=")), RELEASE_LANGUAGE_MAX + 1);
	size_t end = str_find(tag, '}');

	if (end == tag.len || !language_valid(str_first(tag, end)))
		return false;
	wrap(p, index, NODE_LANGUAGE, strlen("]{lang=}") + end)->language = str_first(tag, end);
	return true;
}

static void take_bracket_end(struct inline_parser *p)
{
	unsigned index = find_bracket(p);
	bool empty, closed = false;

	if (index == p->count) {
		p->at++;
		return;
	}
	empty = p->openers[index].words == p->text.at + p->at;
	if (str_starts(rest_of(p), STR("](")) && (!empty || p->openers[index].kind == OPEN_IMAGE))
		closed = close_with_address(p, index);
	else if (str_starts(rest_of(p), STR("]{lang=")) && !empty &&
		 p->openers[index].kind == OPEN_BRACKET)
		closed = close_with_language(p, index);
	if (closed)
		return;
	p->count = index;
	p->at++;
}

/* --- the rest -------------------------------------------------------------------------------- */

/* A line end is a space to the reader; the blanks around it are no text. */
static void take_line_end(struct inline_parser *p)
{
	size_t end = p->at;
	struct str next;

	while (end > p->run && (p->text.at[end - 1] == ' ' || p->text.at[end - 1] == '\t'))
		end--;
	p->at++;
	flush(p, end, p->at);
	add_node(p, NODE_BREAK);
	next = skip_indent(rest_of(p));
	if (p->quoted && str_starts(next, STR(">")) &&
	    (next.len == 1 || skip_indent(str_skip(next, 1)).len < next.len - 1))
		next = skip_indent(str_skip(next, 1));
	p->at = p->text.len - next.len;
	p->run = p->at;
}

static void take_escape(struct inline_parser *p)
{
	if (p->at + 1 < p->text.len && is_escapable(p->text.at[p->at + 1])) {
		flush(p, p->at, p->at + 1);
		p->at++;
	}
	p->at++;
}

static void take_byte(struct inline_parser *p)
{
	switch (p->text.at[p->at]) {
	case '\n':
		take_line_end(p);
		return;
	case '\\':
		take_escape(p);
		return;
	case '*':
		take_stars(p);
		return;
	case '!':
		if (str_starts(rest_of(p), STR("![")))
			open_at(p, OPEN_IMAGE);
		else
			p->at++;
		return;
	case '[':
		open_at(p, OPEN_BRACKET);
		return;
	case ']':
		take_bracket_end(p);
		return;
	default:
		p->at++;
	}
}

/* The first line, which has no line end before it. */
static void skip_quote_sign(struct inline_parser *p)
{
	struct str text = skip_indent(p->text);

	if (p->quoted && str_starts(text, STR(">")))
		text = skip_indent(str_skip(text, 1));
	p->text = text;
}

void inline_parse(struct parse *parse, struct node *block, struct str text, bool quoted)
{
	struct inline_parser p = { .parse = parse, .block = block, .text = text, .quoted = quoted };

	while (p.text.len && is_blank_byte(p.text.at[p.text.len - 1]))
		p.text.len--;
	skip_quote_sign(&p);
	while (p.at < p.text.len)
		take_byte(&p);
	flush(&p, p.text.len, p.text.len);
	inline_link_bare(parse->arena, block);
}

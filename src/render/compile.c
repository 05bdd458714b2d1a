/* Compiling Mustache: one pass over the source, tag by tag. */
#include "template.h"

#define DELIMITER_MAX 16

struct compiler {
	struct arena *arena;
	const char *file;
	struct str source;
	size_t at; /* everything before it is done */
	size_t line_start;
	unsigned line;
	struct str open, close; /* the delimiters now */
	struct part *parents[MUSTACHE_SECTIONS_MAX];
	struct part **ends[MUSTACHE_SECTIONS_MAX + 1]; /* where the next part is linked */
	size_t depth;
};

struct tag {
	char sigil; /* # ^ / ! > = & { or 0 */
	struct str content;
	size_t start, end; /* in the source, with its delimiters */
	unsigned line;	   /* where it begins */
};

static bool refuse(const struct compiler *c, unsigned line, struct fault *why, const char *says,
		   struct str about)
{
	fail(why, INVALID, "%s:%u: %s %s", c->file, line, says, QUOTE(about));
	if (why)
		why->line = line;
	return false;
}

static size_t find_from(struct str source, size_t from, struct str what)
{
	return from + str_find_str(str_skip(source, from), what);
}

static struct part *part_add(struct compiler *c, enum part_kind kind, struct str text,
			     unsigned line)
{
	struct part *part = arena_new(c->arena, struct part);

	part->kind = kind;
	part->text = text;
	part->line = line;
	*c->ends[c->depth] = part;
	c->ends[c->depth] = &part->next;
	return part;
}

static void literal_add(struct compiler *c, size_t from, size_t to)
{
	if (to > from)
		part_add(c, PART_LITERAL, (struct str){ c->source.at + from, to - from }, c->line);
}

static void count_lines(struct compiler *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (c->source.at[i] == '\n') {
			c->line++;
			c->line_start = i + 1;
		}
}

/* The tag that begins at `start`. {{{name}}} closes with one brace more, but only while
 * the delimiters are the usual ones or end in none: {=name=} style stays as it is. */
static bool tag_read(const struct compiler *c, size_t start, struct tag *tag, struct fault *why)
{
	static const char closer[] = "}";
	size_t inside = start + c->open.len, end;
	struct str inner;

	tag->start = start;
	tag->line = c->line;
	tag->sigil = 0;
	if (inside < c->source.len && strchr("#^/!>=&{", c->source.at[inside]))
		tag->sigil = c->source.at[inside++];
	end = find_from(c->source, inside, c->close);
	if (end == c->source.len)
		return refuse(c, c->line, why,
			      "this tag is never closed:", str_skip(c->source, start));
	inner = (struct str){ c->source.at + inside, end - inside };
	tag->end = end + c->close.len;
	if (tag->sigil == '{') {
		size_t brace = find_from(c->source, inside, (struct str){ closer, 1 });

		if (brace + 1 + c->close.len > c->source.len ||
		    !str_starts(str_skip(c->source, brace + 1), c->close))
			return refuse(c, c->line, why,
				      "a { in a tag needs a } before its end:", inner);
		inner.len = brace - inside;
		tag->end = brace + 1 + c->close.len;
	}
	if (tag->sigil == '=') {
		if (!str_ends(inner, STR("=")))
			return refuse(c, c->line, why, "new delimiters end in =:", inner);
		inner.len--;
	}
	tag->content = inner;
	return true;
}

static bool is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct str trim_all(struct str s)
{
	while (s.len && is_space(s.at[0]))
		s = str_skip(s, 1);
	while (s.len && is_space(s.at[s.len - 1]))
		s.len--;
	return s;
}

static bool name_check(const struct compiler *c, const struct tag *tag, struct fault *why)
{
	struct str name = tag->content;

	if (name.len == 0)
		return refuse(c, tag->line, why, "a tag without a name", STR_NONE);
	for (size_t i = 0; i < name.len; i++)
		if (is_space(name.at[i]))
			return refuse(c, tag->line, why, "a name has no spaces:", name);
	return true;
}

static bool blank(struct str s)
{
	return str_trim(s).len == 0;
}

/* Whether nothing but spaces shares the tag's lines; then *from and *to are the bounds of
 * what goes with it, line end included. */
static bool tag_stands_alone(const struct compiler *c, const struct tag *tag, size_t *from,
			     size_t *to)
{
	struct str before = { c->source.at + c->line_start, tag->start - c->line_start };
	size_t end = find_from(c->source, tag->end, STR("\n"));
	struct str after = { c->source.at + tag->end, end - tag->end };

	if (after.len && after.at[after.len - 1] == '\r' && end < c->source.len)
		after.len--;
	if (!blank(before) || !blank(after) || c->line_start < c->at)
		return false;
	*from = c->line_start;
	*to = end < c->source.len ? end + 1 : end;
	return true;
}

static bool delimiters_set(struct compiler *c, const struct tag *tag, struct fault *why)
{
	struct str rest = trim_all(tag->content), open = rest, close;
	size_t n = 0;

	while (n < rest.len && !is_space(rest.at[n]))
		n++;
	open.len = n;
	close = trim_all(str_skip(rest, n));
	for (size_t i = 0; i < close.len; i++)
		if (is_space(close.at[i]))
			close.len = 0;
	if (!open.len || !close.len || open.len > DELIMITER_MAX || close.len > DELIMITER_MAX ||
	    str_find(open, '=') < open.len || str_find(close, '=') < close.len)
		return refuse(c, tag->line, why, "two delimiters, without = in them, not", rest);
	c->open = open;
	c->close = close;
	return true;
}

static bool section_open(struct compiler *c, const struct tag *tag, struct fault *why)
{
	struct part *part;

	if (c->depth == MUSTACHE_SECTIONS_MAX)
		return refuse(c, tag->line, why, "too many sections inside each other at",
			      tag->content);
	part = part_add(c, tag->sigil == '#' ? PART_SECTION : PART_INVERTED, tag->content,
			tag->line);
	c->parents[c->depth++] = part;
	c->ends[c->depth] = &part->first;
	return true;
}

static bool section_close(struct compiler *c, const struct tag *tag, struct fault *why)
{
	if (!c->depth)
		return refuse(c, tag->line, why, "no section is open that could be closed by",
			      tag->content);
	if (!str_equal(c->parents[c->depth - 1]->text, tag->content))
		return refuse(c, tag->line, why, "the section to close here is not", tag->content);
	c->depth--;
	return true;
}

static bool tag_compile(struct compiler *c, struct tag *tag, bool alone, size_t from,
			struct fault *why)
{
	struct part *part;

	if (tag->sigil == '!')
		return true;
	if (tag->sigil == '=')
		return delimiters_set(c, tag, why);
	tag->content = trim_all(tag->content);
	if (!name_check(c, tag, why))
		return false;
	switch (tag->sigil) {
	case '#':
	case '^':
		return section_open(c, tag, why);
	case '/':
		return section_close(c, tag, why);
	case '>':
		part = part_add(c, PART_PARTIAL, tag->content, tag->line);
		part->standalone = alone;
		if (alone)
			part->indent = (struct str){ c->source.at + from, tag->start - from };
		return true;
	default:
		part_add(c, tag->sigil ? PART_RAW : PART_VALUE, tag->content, tag->line);
		return true;
	}
}

static bool step(struct compiler *c, size_t start, struct fault *why)
{
	struct tag tag;
	size_t from, to;
	bool alone = false;

	count_lines(c, c->at, start);
	if (!tag_read(c, start, &tag, why))
		return false;
	from = tag.start;
	to = tag.end;
	if (tag.sigil && !strchr("&{", tag.sigil))
		alone = tag_stands_alone(c, &tag, &from, &to);
	literal_add(c, c->at, from);
	if (!tag_compile(c, &tag, alone, from, why))
		return false;
	count_lines(c, start, to);
	c->at = to;
	return true;
}

bool mustache_compile(struct arena *arena, const char *file, struct str source,
		      struct mustache **out, struct fault *why)
{
	struct mustache *template = arena_new(arena, struct mustache);
	struct compiler c = { .arena = arena,
			      .file = file,
			      .source = source,
			      .line = 1,
			      .open = STR("{{"),
			      .close = STR("}}") };
	size_t start;

	template->file = file;
	c.ends[0] = &template->first;
	while ((start = find_from(source, c.at, c.open)) < source.len)
		if (!step(&c, start, why))
			return false;
	literal_add(&c, c.at, source.len);
	if (c.depth)
		return refuse(&c, c.parents[c.depth - 1]->line, why,
			      "this section is never closed:", c.parents[c.depth - 1]->text);
	*out = template;
	return true;
}

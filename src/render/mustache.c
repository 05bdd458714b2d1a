#include "mustache.h"
#include "template.h"

#define INDENT_MAX 4096

/* --- rendering ----------------------------------------------------------------- */

/* What names are looked up in: the innermost view first. */
struct context {
	const struct view *stack[MUSTACHE_CONTEXTS_MAX];
	size_t depth;
	mustache_finder *find;
	void *find_ctx;
	unsigned partials; /* how deep we are */
	unsigned parts;	   /* rendered so far */
	struct buf *indent;
	bool at_line_start;
	struct buf *out;
};

static const struct view *find_first(const struct context *context, struct str name,
				     struct view *room)
{
	for (size_t i = context->depth; i > 0; i--) {
		const struct view *found = view_member(context->stack[i - 1], name, room);

		if (found)
			return found;
	}
	return NULL;
}

/* Only the first part of a dotted name is searched for up the stack; the others must
 * be members of what was found (specification: "dotted names - context precedence"). */
static const struct view *find(const struct context *context, struct str name, struct view *room)
{
	const struct view *found;
	struct str rest = name;

	if (str_equal(name, STR(".")))
		return context->stack[context->depth - 1];
	found = find_first(context, str_cut(&rest, '.'), room);
	while (found && str_given(rest))
		found = view_member(found, str_cut(&rest, '.'), room);
	return found;
}

/* Text of the template itself: its lines take the indentation of the partial, the
 * values inside it do not. */
static void add_literal(struct context *context, struct str text)
{
	while (text.len) {
		size_t end = str_find(text, '\n');

		if (context->at_line_start && end > 0)
			buf_add(context->out, buf_str(context->indent));
		if (end == text.len) {
			context->at_line_start = false;
			buf_add(context->out, text);
			return;
		}
		context->at_line_start = true;
		buf_add(context->out, str_first(text, end + 1));
		text = str_skip(text, end + 1);
	}
}

static void add_value(struct context *context, const struct part *part)
{
	struct view room;
	const struct view *value = find(context, part->text, &room);

	if (context->at_line_start)
		buf_add(context->out, buf_str(context->indent));
	context->at_line_start = false;
	if (!value || (value->kind != VIEW_TEXT && value->kind != VIEW_HTML))
		return;
	if (part->kind == PART_RAW || value->kind == VIEW_HTML)
		buf_add(context->out, value->text);
	else
		html_add_text(context->out, value->text);
}

static bool render_parts(struct context *context, const struct part *first, struct fault *why);

static bool render_inside(struct context *context, const struct part *section,
			  const struct view *view, struct fault *why)
{
	bool ok;

	if (context->depth == MUSTACHE_CONTEXTS_MAX)
		return fail(why, INVALID, "the template's sections nest too deeply");
	context->stack[context->depth++] = view;
	ok = render_parts(context, section->first, why);
	context->depth--;
	return ok;
}

static bool render_section(struct context *context, const struct part *section, struct fault *why)
{
	struct view room;
	const struct view *value = find(context, section->text, &room);

	if (!view_is_true(value))
		return true;
	if (value->kind != VIEW_LIST)
		return render_inside(context, section, value, why);
	for (const struct view *item = value->first; item; item = item->next)
		if (!render_inside(context, section, item, why))
			return false;
	return true;
}

static bool render_partial(struct context *context, const struct part *part, struct fault *why)
{
	const struct mustache *partial =
		context->find ? context->find(context->find_ctx, part->text) : NULL;
	size_t outer = context->indent->len;
	bool ok;

	if (!partial)
		return true;
	if (context->partials == MUSTACHE_PARTIALS_MAX)
		return fail(why, INVALID, "the partial %s includes itself too deeply",
			    QUOTE(part->text));
	context->partials++;
	if (part->standalone) {
		buf_add(context->indent, part->indent);
		context->at_line_start = true;
		ok = render_parts(context, partial->first, why);
		buf_cut(context->indent, outer);
		/* What follows began a line of its own source, whatever the partial ended in. */
		context->at_line_start = true;
	} else {
		/* Inside a line: what it stands in is indented, its own lines are not. */
		struct buf none, *saved = context->indent;

		if (context->at_line_start)
			buf_add(context->out, buf_str(saved));
		buf_init(&none, INDENT_MAX);
		context->indent = &none;
		context->at_line_start = false;
		ok = render_parts(context, partial->first, why);
		context->indent = saved;
		buf_release(&none);
		context->at_line_start = false;
	}
	context->partials--;
	return ok;
}

static bool render_part(struct context *context, const struct part *part, struct fault *why)
{
	struct view room;

	switch (part->kind) {
	case PART_LITERAL:
		add_literal(context, part->text);
		return true;
	case PART_VALUE:
	case PART_RAW:
		add_value(context, part);
		return true;
	case PART_SECTION:
		return render_section(context, part, why);
	case PART_INVERTED:
		if (view_is_true(find(context, part->text, &room)))
			return true;
		return render_parts(context, part->first, why);
	case PART_PARTIAL:
		return render_partial(context, part, why);
	}
	return true;
}

static bool render_parts(struct context *context, const struct part *first, struct fault *why)
{
	for (const struct part *part = first; part && !context->out->full; part = part->next) {
		if (context->parts++ == MUSTACHE_PARTS_MAX)
			return fail(why, INVALID,
				    "the template's lists and partials take more than %d steps",
				    MUSTACHE_PARTS_MAX);
		if (!render_part(context, part, why))
			return false;
	}
	return true;
}

bool mustache_render(const struct mustache *template, const struct view *view,
		     mustache_finder *find_partial, void *ctx, struct buf *out, struct fault *why)
{
	struct buf indent;
	struct context context = { .stack = { view },
				   .depth = 1,
				   .find = find_partial,
				   .find_ctx = ctx,
				   .indent = &indent,
				   .at_line_start = true,
				   .out = out };
	bool ok;

	buf_init(&indent, INDENT_MAX);
	ok = render_parts(&context, template->first, why);
	buf_release(&indent);
	return ok;
}

/* --- looking through ------------------------------------------------------------- */

static bool visit_parts(const struct part *first, unsigned depth, mustache_visitor *visit,
			void *ctx, struct fault *why)
{
	static const unsigned kinds[] = { [PART_VALUE] = TAG_VALUE,
					  [PART_RAW] = TAG_RAW,
					  [PART_SECTION] = TAG_SECTION,
					  [PART_INVERTED] = TAG_SECTION,
					  [PART_PARTIAL] = TAG_PARTIAL };

	for (const struct part *part = first; part; part = part->next) {
		struct mustache_tag tag = { .name = part->text,
					    .line = part->line,
					    .depth = depth };

		if (part->kind == PART_LITERAL)
			continue;
		tag.kind = kinds[part->kind];
		if (!visit(ctx, &tag, why) || !visit_parts(part->first, depth + 1, visit, ctx, why))
			return false;
	}
	return true;
}

bool mustache_visit(const struct mustache *template, mustache_visitor *visit, void *ctx,
		    struct fault *why)
{
	return visit_parts(template->first, 0, visit, ctx, why);
}

/*
 * mustache - templates (mustache(5), and the core of the official specification 1.4:
 * interpolation, sections, inverted, comments, partials, delimiters; no lambdas).
 *
 *	{{name}}   escaped             {{{name}}} {{&name}}   as it is
 *	{{#name}}…{{/name}}  once for each of a list, or once inside an object, or if true
 *	{{^name}}…{{/name}}  when it is absent, empty or false
 *	{{a.b}}  a member              {{.}}  the item itself
 *	{{! comment}}   {{>partial}}   {{=<% %>=}}
 *
 * A tag other than a variable that stands alone on its line takes the whole line
 * with it. A partial alone on its line has each of its lines indented like itself.
 *
 * A template is compiled once and never changes; any number of threads may render
 * it. The compiled form points into the source, which must live as long.
 */
#ifndef COMMUNIQUE_RENDER_MUSTACHE_H
#define COMMUNIQUE_RENDER_MUSTACHE_H

#include "view.h"

#define MUSTACHE_SECTIONS_MAX 32 /* inside each other, in one template */
#define MUSTACHE_PARTIALS_MAX 16 /* inside each other: a partial may include itself */
#define MUSTACHE_CONTEXTS_MAX 128
#define MUSTACHE_PARTS_MAX 4000000 /* texts and tags on one page: partials in lists multiply */

struct mustache;

/* INVALID, with file and line in the sentence and the line in why->line. `file` is
 * only for that sentence. */
bool mustache_compile(struct arena *arena, const char *file, struct str source,
		      struct mustache **out, struct fault *why);

/* What {{>name}} stands for; NULL: nothing, which renders as nothing. */
typedef const struct mustache *mustache_finder(void *ctx, struct str name);

/* INVALID when partials nest too deeply, or it takes too many steps. Whether it all fitted, ask
 * `out` (buf_check); what no longer fits is not rendered. */
bool mustache_render(const struct mustache *template, const struct view *view,
		     mustache_finder *find, void *ctx, struct buf *out, struct fault *why);

/* Each tag that names something, for checking a theme when it is read. */
struct mustache_tag {
	enum { TAG_VALUE, TAG_RAW, TAG_SECTION, TAG_PARTIAL } kind;
	struct str name;
	unsigned line;
	unsigned depth; /* sections around it */
};
typedef bool mustache_visitor(void *ctx, const struct mustache_tag *tag, struct fault *why);
/* False when the visitor says so. */
bool mustache_visit(const struct mustache *template, mustache_visitor *visit, void *ctx,
		    struct fault *why);

#endif

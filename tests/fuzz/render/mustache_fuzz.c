/* A template, filled with a few values; it is also the partial that it names. */
#include "fuzz/fuzz.h"

#include "../../../src/render/mustache.h"

static const struct mustache *itself(void *ctx, struct str name)
{
	(void)name;
	return ctx;
}

static struct view *values(struct arena *arena)
{
	struct view *view = view_new(arena), *list = view_list(view, "l");

	view_text(view, "a", STR("<b>"));
	view_html(view, "h", STR("<i>&amp;</i>"));
	view_flag(view, "y", true);
	view_text(view_object(view, "o"), "a", STR("\n"));
	view_text(view_item(list), "a", STR("1"));
	view_item_text(list, STR("2"));
	return view;
}

static bool pass_over(void *ctx, const struct mustache_tag *tag, struct fault *why)
{
	(void)ctx;
	(void)why;
	must(tag->depth <= MUSTACHE_SECTIONS_MAX);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fault why = { .kind = NO_FAULT };
	struct mustache *template;
	struct arena arena;
	struct buf out;

	arena_init(&arena);
	buf_init(&out, 65536);
	if (!mustache_compile(&arena, "fuzz", fuzz_input(bytes, size), &template, &why))
		fuzz_refused(&why);
	else if (mustache_visit(template, pass_over, NULL, &why) &&
		 !mustache_render(template, values(&arena), itself, template, &out, &why))
		fuzz_refused(&why);
	buf_release(&out);
	arena_release(&arena);
	return 0;
}

/*
 * mustache - fills one template, as the tests of the official specification have them.
 *
 *	{"template": "Hello, {{name}}", "data": {"name": "you"}, "partials": {"name": "…"}}
 *
 * on standard input; the text to standard output. A template that is refused: its fault to
 * standard error, and status 1.
 */
#include <jansson.h>

#include <communique/limits.h>

#include "render/mustache.h"

static struct arena arena;

/* Texts as they are, numbers as JSON writes them. */
static struct str text_of(json_t *value)
{
	char *written;
	struct str text;

	if (json_is_string(value))
		return (struct str){ json_string_value(value), json_string_length(value) };
	written = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	must(written != NULL);
	text = arena_copy(&arena, str_from(written));
	free(written);
	return text;
}

static void add_members(struct view *object, json_t *from);

static void add_items(struct view *list, json_t *from)
{
	json_t *value;
	size_t i;

	json_array_foreach(from, i, value)
	{
		if (json_is_object(value))
			add_members(view_item(list), value);
		else
			view_item_text(list, text_of(value));
	}
}

static void add_value(struct view *object, const char *key, json_t *value)
{
	if (json_is_object(value))
		add_members(view_object(object, key), value);
	else if (json_is_array(value))
		add_items(view_list(object, key), value);
	else if (json_is_boolean(value))
		view_flag(object, key, json_is_true(value));
	else if (!json_is_null(value))
		view_text(object, key, text_of(value));
}

static void add_members(struct view *object, json_t *from)
{
	const char *key;
	json_t *value;

	json_object_foreach(from, key, value)
	{
		add_value(object, key, value);
	}
}

static const struct mustache *partial_find(void *ctx, struct str name)
{
	json_t *text = json_object_get(ctx, arena_cstr(&arena, name));
	struct mustache *partial = NULL;

	if (text && !mustache_compile(&arena, "partial", text_of(text), &partial, NULL))
		return NULL;
	return partial;
}

static bool fill(json_t *test, struct buf *out, struct fault *why)
{
	struct view *view = view_new(&arena);
	struct mustache *template;

	add_members(view, json_object_get(test, "data"));
	return mustache_compile(&arena, "template", text_of(json_object_get(test, "template")),
				&template, why) &&
	       mustache_render(template, view, partial_find, json_object_get(test, "partials"), out,
			       why) &&
	       buf_check(out, why);
}

int main(void)
{
	json_t *test = json_loadf(stdin, 0, NULL);
	struct buf out;
	struct fault why;
	bool ok;

	must(json_is_object(test) && json_is_string(json_object_get(test, "template")));
	arena_init(&arena);
	buf_init(&out, PAGE_MAX);
	ok = fill(test, &out, &why);
	if (ok)
		fwrite(out.at, 1, out.len, stdout);
	else
		fprintf(stderr, "%s\n", why.says);
	buf_release(&out);
	arena_release(&arena);
	json_decref(test);
	return ok ? 0 : 1;
}

#include <pthread.h>

#include "mustache.h"
#include "theme.h"

#define TEMPLATES_MAX 64

/* Written once, under pthread_once; read by all threads afterwards. */
static struct {
	pthread_once_t once;
	struct arena arena;
	struct {
		struct str name;
		struct mustache *template;
	} templates[TEMPLATES_MAX];
	size_t count;
	bool ok;
	struct fault fault;
} theme = { .once = PTHREAD_ONCE_INIT };

static const struct mustache *template_find(void *ctx, struct str name)
{
	(void)ctx;
	for (size_t i = 0; i < theme.count; i++)
		if (str_equal(theme.templates[i].name, name))
			return theme.templates[i].template;
	return NULL;
}

static bool template_add(const struct theme_file *file, struct fault *why)
{
	struct str name = str_from(file->name), suffix = STR(".mustache");

	if (!str_ends(name, suffix))
		return true;
	must(theme.count < TEMPLATES_MAX);
	if (!mustache_compile(&theme.arena, file->name, file->asset.bytes,
			      &theme.templates[theme.count].template, why))
		return false;
	theme.templates[theme.count++].name = str_first(name, name.len - suffix.len);
	return true;
}

static bool partial_check(void *ctx, struct str name, unsigned line, struct fault *why)
{
	if (template_find(NULL, name))
		return true;
	fail(why, INVALID, "%.*s.mustache:%u: there is no partial %s",
	     STR_ARG(*(const struct str *)ctx), line, QUOTE(name));
	if (why)
		why->line = line;
	return false;
}

static bool theme_compile(struct fault *why)
{
	arena_init(&theme.arena);
	for (size_t i = 0; i < theme_file_count; i++)
		if (!template_add(&theme_files[i], why))
			return false;
	for (size_t i = 0; i < theme.count; i++)
		if (!mustache_visit_partials(theme.templates[i].template, partial_check,
					     &theme.templates[i].name, why))
			return false;
	return true;
}

static void theme_start(void)
{
	theme.ok = theme_compile(&theme.fault);
}

bool theme_render(const char *name, const struct view *view, struct buf *out, struct fault *why)
{
	const struct mustache *template;

	must(pthread_once(&theme.once, theme_start) == 0);
	if (!theme.ok) {
		if (why)
			*why = theme.fault;
		return false;
	}
	template = template_find(NULL, str_from(name));
	if (!template)
		return fail(why, INVALID, "the theme has no template %s", name);
	return mustache_render(template, view, template_find, NULL, out, why) &&
	       buf_check(out, why);
}

static bool is_asset(const struct theme_file *file)
{
	return !str_ends(str_from(file->name), STR(".mustache"));
}

const struct asset *asset_find(struct str path)
{
	for (size_t i = 0; i < theme_file_count; i++)
		if (is_asset(&theme_files[i]) && str_equal(theme_files[i].asset.address, path))
			return &theme_files[i].asset;
	return NULL;
}

const struct asset *asset_named(const char *name)
{
	for (size_t i = 0; i < theme_file_count; i++)
		if (is_asset(&theme_files[i]) &&
		    str_equal(str_from(theme_files[i].name), str_from(name)))
			return &theme_files[i].asset;
	return NULL;
}

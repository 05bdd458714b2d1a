#include <pthread.h>

#include <communique/limits.h>

#include "theme.h"

#define SUFFIX ".mustache"

bool theme_is_template(const char *name)
{
	return str_ends(str_from(name), STR(SUFFIX));
}

struct theme_entry *theme_entry(const struct theme *theme, struct str name)
{
	for (size_t i = 0; i < theme->count; i++) {
		if (str_equal(str_from(theme->entries[i].file.name), name))
			return &theme->entries[i];
	}
	return NULL;
}

static struct theme_entry *template_find(const struct theme *theme, struct str name)
{
	struct str suffix = STR(SUFFIX);

	for (size_t i = 0; i < theme->count; i++) {
		struct str file = str_from(theme->entries[i].file.name);

		if (file.len == name.len + suffix.len && str_starts(file, name) &&
		    str_ends(file, suffix))
			return &theme->entries[i];
	}
	return NULL;
}

/* --- checking ----------------------------------------------------------------------- */

static const char *entry_name(const struct theme_entry *entry)
{
	return entry->path ? entry->path : entry->file.name;
}

struct check {
	struct theme *theme;
	struct theme_entry *entry;
};

static bool refuse(const struct check *check, const struct mustache_tag *tag, struct fault *why,
		   const char *says, const char *behind)
{
	fail(why, INVALID, "%s:%u: %s %s%s", entry_name(check->entry), tag->line, says,
	     QUOTE(tag->name), behind);
	if (why)
		why->line = tag->line;
	return false;
}

struct raw_search {
	struct str name;
	bool found;
};

static bool is_other_raw(void *ctx, const struct mustache_tag *tag, struct fault *why)
{
	struct raw_search *search = ctx;

	(void)why;
	search->found =
		search->found || (tag->kind == TAG_RAW && str_equal(tag->name, search->name));
	return !search->found;
}

/* Our own templates say which values are markup. */
static bool is_markup(const struct theme *theme, struct str name)
{
	struct raw_search search = { .name = name };

	for (size_t i = 0; i < theme_file_count && !search.found; i++) {
		struct mustache *template;

		if (theme_is_template(theme_files[i].name) &&
		    mustache_compile(theme->arena, theme_files[i].name, theme_files[i].asset.bytes,
				     &template, NULL))
			mustache_visit(template, is_other_raw, &search, NULL);
	}
	return search.found;
}

static struct theme_entry *asset_called(const struct theme *theme, struct str name)
{
	for (size_t i = 0; i < theme->count; i++) {
		if (str_equal(str_from(theme->entries[i].called), name))
			return &theme->entries[i];
	}
	return NULL;
}

/* A word of ours is there, or not set, in every theme. */
static bool check_asset(struct check *check, const struct mustache_tag *tag, struct fault *why)
{
	static const char *const words[] = { "css", "js", "icon", "house", "logo" };
	struct str name = str_skip(tag->name, STR("assets.").len);
	struct theme_entry *entry = asset_called(check->theme, name);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_equal(str_from(words[i]), name))
			return true;
	}
	if (!entry)
		return refuse(check, tag, why, "there is no file for", "");
	entry->used = true;
	return true;
}

static bool check_tag(void *ctx, const struct mustache_tag *tag, struct fault *why)
{
	struct check *check = ctx;
	struct theme_entry *partial;

	if (tag->kind == TAG_PARTIAL) {
		partial = template_find(check->theme, tag->name);
		if (!partial)
			return refuse(check, tag, why, "there is no partial", "");
		partial->used = true;
		return true;
	}
	if (tag->kind == TAG_RAW && check->entry->path && !is_markup(check->theme, tag->name))
		return refuse(check, tag, why, "this would put text into the page as markup:",
			      "; write it without & and with two braces");
	if (str_starts(tag->name, STR("t.")) && !locale_has_message(str_skip(tag->name, 2)))
		return refuse(check, tag, why, "there is no message for", "");
	if (str_starts(tag->name, STR("assets.")))
		return check_asset(check, tag, why);
	return true;
}

/* Templates that include each other deeply, or in a circle, would fail while a page is made. */
static bool check_depth(struct check *check, struct fault *why);

static bool add_depth(void *ctx, const struct mustache_tag *tag, struct fault *why)
{
	struct check *check = ctx, below = { .theme = check->theme };
	unsigned sections = tag->depth + (tag->kind == TAG_SECTION), partials = 0;

	if (tag->kind == TAG_PARTIAL) {
		below.entry = template_find(check->theme, tag->name);
		if (below.entry->depth.state == DEPTH_ASKED)
			return refuse(check, tag, why, "the partial includes itself:", "");
		if (!check_depth(&below, why))
			return false;
		sections += below.entry->depth.sections;
		partials = below.entry->depth.partials + 1;
	}
	if (sections > check->entry->depth.sections)
		check->entry->depth.sections = sections;
	if (partials > check->entry->depth.partials)
		check->entry->depth.partials = partials;
	/* One context more is the page itself. */
	if (sections >= MUSTACHE_CONTEXTS_MAX || partials > MUSTACHE_PARTIALS_MAX)
		return refuse(check, tag, why, "too much is inside each other at", "");
	return true;
}

static bool check_depth(struct check *check, struct fault *why)
{
	struct theme_entry *entry = check->entry;

	if (entry->depth.state == DEPTH_KNOWN)
		return true;
	entry->depth.state = DEPTH_ASKED;
	if (!mustache_visit(entry->template, add_depth, check, why))
		return false;
	entry->depth.state = DEPTH_KNOWN;
	return true;
}

static bool compile_all(struct theme *theme, struct fault *why)
{
	for (size_t i = 0; i < theme->count; i++) {
		struct theme_entry *entry = &theme->entries[i];

		if (theme_is_template(entry->file.name) &&
		    !mustache_compile(theme->arena, entry_name(entry), entry->file.asset.bytes,
				      &entry->template, why))
			return false;
	}
	return true;
}

typedef bool entry_check(struct check *check, struct fault *why);

static bool check_names(struct check *check, struct fault *why)
{
	return mustache_visit(check->entry->template, check_tag, check, why);
}

static bool check_each(struct theme *theme, entry_check *work, struct fault *why)
{
	for (size_t i = 0; i < theme->count; i++) {
		struct check check = { .theme = theme, .entry = &theme->entries[i] };

		if (check.entry->template && !work(&check, why))
			return false;
	}
	return true;
}

bool theme_compile(struct theme *theme, struct fault *why)
{
	return compile_all(theme, why) && check_each(theme, check_names, why) &&
	       check_each(theme, check_depth, why);
}

/* --- the one compiled in -------------------------------------------------------------- */

/* Written once, under pthread_once; read by all threads afterwards. */
static struct {
	pthread_once_t once;
	struct arena arena;
	struct theme *theme;
	bool ok;
	struct fault fault;
} own = { .once = PTHREAD_ONCE_INIT };

static void compile_own(void)
{
	arena_init(&own.arena);
	own.ok = theme_read(&own.arena, NULL, NULL, &own.theme, &own.fault);
}

static const struct theme *theme_or_own(const struct theme *theme, struct fault *why)
{
	if (theme)
		return theme;
	must(pthread_once(&own.once, compile_own) == 0);
	if (!own.ok && why)
		*why = own.fault;
	return own.ok ? own.theme : NULL;
}

/* --- using ------------------------------------------------------------------------------ */

static const struct mustache *partial_find(void *ctx, struct str name)
{
	const struct theme *const *theme = ctx;
	const struct theme_entry *entry = template_find(*theme, name);

	return entry ? entry->template : NULL;
}

bool theme_render(const struct theme *theme, const char *name, const struct view *view,
		  struct buf *out, struct fault *why)
{
	const struct theme *used = theme_or_own(theme, why);
	const struct mustache *template;

	if (!used)
		return false;
	template = partial_find(&used, str_from(name));
	must(template != NULL);
	return mustache_render(template, view, partial_find, &used, out, why) &&
	       buf_check(out, why);
}

const struct asset *asset_find(const struct theme *theme, struct str address)
{
	const struct theme *used = theme_or_own(theme, NULL);

	for (size_t i = 0; used && i < used->count; i++) {
		if (!used->entries[i].template &&
		    str_equal(used->entries[i].file.asset.address, address))
			return &used->entries[i].file.asset;
	}
	return NULL;
}

const struct asset *asset_named(const struct theme *theme, const char *name)
{
	const struct theme *used = theme_or_own(theme, NULL);
	const struct theme_entry *entry = used ? theme_entry(used, str_from(name)) : NULL;

	return entry && !entry->template ? &entry->file.asset : NULL;
}

static void add_asset(struct view *assets, const struct theme *theme, const char *key,
		      const char *name)
{
	const struct asset *asset = asset_named(theme, name);

	if (asset)
		view_text(assets, key, asset->address);
}

void theme_view(const struct theme *theme, struct view *page)
{
	const struct theme *used = theme_or_own(theme, NULL);
	struct view *assets = view_object(page, "assets");

	add_asset(assets, theme, "css", "site.css");
	add_asset(assets, theme, "js", "site.js");
	add_asset(assets, theme, "icon", "icon.svg");
	add_asset(assets, theme, "house", "house.css");
	if (used && used->logo)
		add_asset(assets, theme, "logo", used->logo);
	add_asset(assets, theme, "logo", "logo.svg");
	add_asset(assets, theme, "logo", "logo.png");
	for (size_t i = 0; used && i < used->count; i++) {
		const struct theme_entry *entry = &used->entries[i];

		if (entry->path && !entry->template)
			view_text(assets, entry->called, entry->file.asset.address);
	}
}

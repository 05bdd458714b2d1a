/*
 * theme - what theme.h hides: the files, in one list, and the compiled templates.
 *
 * src/build/embed.c makes theme_files of src/theme/. The theme compiled in is compiled at its
 * first use, once in a process's life.
 */
#ifndef COMMUNIQUE_RENDER_THEME_H
#define COMMUNIQUE_RENDER_THEME_H

#include <communique/limits.h>
#include <communique/theme.h>

#include "mustache.h"
#include "view.h"

struct theme_file {
	const char *name; /* home.mustache, site.css */
	struct asset asset;
};

extern const size_t theme_file_count;
extern const struct theme_file theme_files[];

struct theme_entry {
	struct theme_file file;
	const char *path;	   /* of the site's folder; NULL: compiled in */
	const char *called;	   /* an asset in templates: emblem-png */
	bool used;		   /* by a page, or by a file that is */
	struct mustache *template; /* NULL: an asset */
	struct {
		enum { DEPTH_UNKNOWN, DEPTH_ASKED, DEPTH_KNOWN } state;
		unsigned sections, partials;
	} depth; /* inside each other at most, with what it includes */
};

struct theme {
	struct arena *arena;
	struct theme_entry *entries; /* THEME_FILES_MAX */
	size_t count;
	const char *logo; /* the file that a setting chose; NULL: logo.svg or logo.png, if any */
};

struct theme_entry *theme_entry(const struct theme *theme, struct str name); /* NULL: none */
bool theme_is_template(const char *name);
/* Compiles all templates and holds them against each other. */
bool theme_compile(struct theme *theme, struct fault *why);

/* Fills the template `name` (without .mustache) and adds it to `out`. TOO_LARGE when it
 * does not fit. The theme may be NULL. */
bool theme_render(const struct theme *theme, const char *name, const struct view *view,
		  struct buf *out, struct fault *why);
/* {{assets.css}}, {{assets.emblem-png}}: the addresses of all. */
void theme_view(const struct theme *theme, struct view *page);

#endif

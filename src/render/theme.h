/*
 * theme - the templates and the assets (CSS, script, icon) that were compiled in.
 *
 * All templates are compiled at the first use, once in a process's life; the first
 * broken one makes every page a fault that names its file and line. src/build/embed.c
 * makes theme_files of src/theme/.
 */
#ifndef COMMUNIQUE_RENDER_THEME_H
#define COMMUNIQUE_RENDER_THEME_H

#include <communique/page.h>

#include "view.h"

struct theme_file {
	const char *name; /* home.mustache, site.css */
	struct asset asset;
};

extern const size_t theme_file_count;
extern const struct theme_file theme_files[];

/* Fills the template `name` (without .mustache) and adds it to `out`. TOO_LARGE when it
 * does not fit, INVALID when the theme is broken. */
bool theme_render(const char *name, const struct view *view, struct buf *out, struct fault *why);

#endif

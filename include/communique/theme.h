/*
 * theme - the templates that pages are made from, and the files that they link to.
 *
 * A theme is compiled in (src/theme/). A site may have a folder whose files stand in place
 * of those of the same name; communique-theme(5) says what they are and what they are
 * given. The folder is read once, at the start, and everything in it is checked then: a
 * template that cannot be compiled, that includes what is not there or itself, that asks for
 * a message there is not, or that would put text into a page as markup; a link; a file
 * that nothing uses. So a theme can only fail with its file and line, before the first page.
 *
 * Assets are CSS, the script, pictures and fonts. Their addresses hold a hash of their
 * bytes, so they may be kept for ever; url(name) in a style sheet of the folder is
 * made to lead there.
 *
 * A theme never changes; any number of threads may use it.
 */
#ifndef COMMUNIQUE_THEME_H
#define COMMUNIQUE_THEME_H

#include <communique/arena.h>

struct theme;

/* `folder` and `logo` (an SVG or PNG file) may be NULL. All memory is the arena's. INVALID
 * and BROKEN name the file and the line. */
bool theme_read(struct arena *arena, const char *folder, const char *logo, struct theme **out,
		struct fault *why);

/* What pages link to under /static/{name}.{hash}.{ext}. */
struct asset {
	struct str address; /* /static/site.0123abcd.css */
	struct str type;    /* text/css; charset=utf-8 */
	struct str bytes;
};
/* The theme may be NULL: the one compiled in. NULL: there is none. */
const struct asset *asset_find(const struct theme *theme, struct str address);
const struct asset *asset_named(const struct theme *theme, const char *name); /* "site.css" */

#endif

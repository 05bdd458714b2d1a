/*
 * desk_page - the editors' page in the browser: its files, and all of them as one.
 *
 * The page is a handful of ES modules (src/desk/) that sign in the browser, with a key that
 * never leaves it, the same requests and files as the command communique. The desk serves
 * them below /desk/, under a policy that allows nothing inline and nothing from elsewhere.
 *
 * Who does not want to trust the server's script with his signature saves the page as one
 * file, by `communique desk`, and opens that. It has the same modules, each as a function,
 * and names the hashes of its script and style in a policy of its own.
 */
#ifndef COMMUNIQUE_DESK_PAGE_H
#define COMMUNIQUE_DESK_PAGE_H

#include <communique/page.h>

/* main.js, desk.css, …; its `etag` has quotes. NULL: there is none of this name. */
struct desk_asset {
	struct str type, bytes, etag;
};
bool desk_page_find(struct str name, struct desk_asset *out);

/* The document at /desk/, which loads the others and the style of the site's theme. */
bool desk_page_document(const struct theme *theme, struct buf *out, struct fault *why);

/* The whole page as one file. */
bool desk_page_whole(struct buf *out, struct fault *why);

#endif

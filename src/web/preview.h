/*
 * preview - what lies below /preview/ on the desk's socket, where nothing is signed.
 */
#ifndef COMMUNIQUE_WEB_PREVIEW_H
#define COMMUNIQUE_WEB_PREVIEW_H

#include "route.h"

#include <communique/preview.h>

#define PREVIEW_ROOT "/preview/"

/* The page that a text will be; the visit has a transaction and the text's language. */
bool preview_page(struct visit *visit, const struct preview_file *file,
		  const struct release *release, const struct files *files, struct buf *out,
		  struct fault *why);
bool preview_answer(struct visit *visit, struct fault *why);

#endif

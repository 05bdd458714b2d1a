/*
 * article - a release's text with its heading: what the release page and the preview
 * have in common, and facts about a release that HTML, JSON and JSON-LD all tell.
 */
#ifndef COMMUNIQUE_RENDER_ARTICLE_H
#define COMMUNIQUE_RENDER_ARTICLE_H

#include <communique/difference.h>

#include "frame.h"

/* Fills what article.mustache needs. */
void view_article(struct frame *frame, const struct release *release, const struct files *files);

/* Fills what difference.mustache needs of two texts. */
void view_difference(struct frame *frame, const struct release *before,
		     const struct release *after);

/* The same of words that are no release: one block. `segments` NULL: no difference. */
void view_words_difference(struct frame *frame, const struct segment *segments);

/* The release's own address without a suffix; that of the revision when it is pinned. */
struct str article_path(struct frame *frame, const struct release_view *view);
struct str history_path(struct frame *frame, struct str slug);
struct str attachment_path(struct frame *frame, const struct files *files,
			   const struct attachment *attachment);

#endif

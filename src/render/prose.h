/*
 * prose - text as HTML whose lines break where its writer would break them.
 *
 * Korean writes particles right behind a word, also behind a bracket or a quotation mark that
 * closes, a percent sign, an asterisk: 「지속가능 어업 협정」에. `word-break: keep-all` keeps
 * letters together, but a browser still takes the place behind such a sign for the end of a
 * word, and 에 begins the next line. What is so written is marked here, for the style sheet
 * to keep; the text that a reader copies stays as it is.
 */
#ifndef COMMUNIQUE_RENDER_PROSE_H
#define COMMUNIQUE_RENDER_PROSE_H

#include "view.h"

void html_add_prose(struct buf *out, struct str text);
/* Shown as such in a template; STR_NONE: no member. */
void view_prose(struct view *object, const char *key, struct str text);

#endif

/*
 * recognize - which release a text is of that says nothing of itself: a page, or a part of one,
 * as somebody copied it.
 *
 * An address of ours in it says so, or a line that is a title; or else its longest lines are
 * looked for, as in a search. What is found is public, and a guess: who asks holds the two
 * texts against each other.
 */
#ifndef COMMUNIQUE_WEB_RECOGNIZE_H
#define COMMUNIQUE_WEB_RECOGNIZE_H

#include "public.h"

/* False only when the store fails. The text is UTF-8. */
bool text_recognize(struct visit *visit, struct str text, struct revision *out, bool *found,
		    struct fault *why);

#endif

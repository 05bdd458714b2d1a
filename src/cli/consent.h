/*
 * consent - what will be signed is shown, and "are you sure?", on a terminal; --yes is for
 * scripts.
 *
 * A text that comes from the server, or is made from one that does, is signed by nobody who
 * has not been shown it.
 */
#ifndef CLI_CONSENT_H
#define CLI_CONSENT_H

#include <stdio.h>

#include <communique/command.h>
#include <communique/minisign.h>
#include <communique/release.h>

#include "edition.h"

/* INVALID, SITE_MISMATCH: the text is another edition's, or not for --site or `site =`. */
bool consent_is_asked_for(const struct call *call, const struct edition *edition,
			  const struct release *release, struct fault *why);
/* The text, what it changes in `before` (NULL: there was none), doubts, its hash. */
void consent_show(struct arena *arena, const struct release *before, const struct release *release,
		  FILE *to);

/* DENIED, with what was not done, unless the answer is yes; USAGE without a terminal. */
bool consent_ask(const struct call *call, const char *question, const char *refused,
		 struct fault *why);
bool consent_to_sign(const struct call *call, const struct secret_key *key, struct fault *why);

#endif

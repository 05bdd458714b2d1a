/*
 * revision - what was accepted before, and the file of the revision that follows it.
 */
#ifndef CLI_REVISION_H
#define CLI_REVISION_H

#include <communique/release.h>

#include "desk_client.h"
#include "edition.h"

/* INVALID: the server sent another edition than was asked for. */
bool revision_is_of(const struct release *release, const struct edition *edition,
		    struct fault *why);
/* A revision that was accepted, public or not. NOT_FOUND. */
bool revision_fetch(struct desk *desk, const struct edition *edition, uint32_t number,
		    struct release **out, struct fault *why);
/* The one that a later one names as its Previous; NULL for revision 1. STALE_PREVIOUS: what the
 * desk has under that number is another file. */
bool revision_before(struct desk *desk, const struct release *release, struct release **out,
		     struct fault *why);
/* The last one accepted, whether or not a draft waits behind it. */
bool revision_last(struct desk *desk, const struct edition *edition, struct release **out,
		   struct fault *why);

bool change_read(struct str word, enum change *out); /* not CHANGE_FIRST */

/* The file that follows `last`: its header with Revision, Previous, Change and Change-Note
 * set anew and without Publish-At, its text. A kill has no text, and no more fields than it
 * must; what is reinstated after a kill has the header and the text from before it. Checked
 * as the desk would. All is the desk's arena's. */
bool revision_next(struct desk *desk, const struct release *last, enum change change,
		   struct str note, struct release **out, struct fault *why);

#endif

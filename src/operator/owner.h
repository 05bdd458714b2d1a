/*
 * owner - whose a site's files are.
 *
 * The desk owns the store, and reads and replaces what its commands make beside it. Root may give
 * those commands, too: what root makes then goes to the store's owner at once, so that nobody has
 * to remember as whom he typed. For everybody else there is nothing to do.
 */
#ifndef COMMUNIQUE_OPERATOR_OWNER_H
#define COMMUNIQUE_OPERATOR_OWNER_H

#include <communique/fault.h>

/* The file or folder, with all that is in it, goes to whoever owns `like`. A link is not followed;
 * what is not there is nobody's. */
bool owner_give(const char *path, const char *like, struct fault *why);

#endif

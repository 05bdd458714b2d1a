/*
 * owner - whose a restored store is.
 *
 * Only root can read a backup that is kept from everybody, and the desk must own the store that was
 * made of it. All other commands that write to a site, given by root, become its owner before they
 * do (user.h).
 */
#ifndef COMMUNIQUE_OPERATOR_OWNER_H
#define COMMUNIQUE_OPERATOR_OWNER_H

#include <communique/fault.h>

/* The folder, which root has just made, goes with all that is in it to whoever owns `like`. For
 * everybody else there is nothing to do. */
bool owner_give(const char *folder, const char *like, struct fault *why);

#endif

/*
 * resettle - a configuration for another place.
 *
 * A site that is restored beside the running one, for a try, must not read that one's store, write
 * to it, take its sockets or find its keys: but its configuration may name all of these by absolute
 * paths. So each path that leads out of the new folder becomes one in it, and its old line a
 * comment above; and what a backup brings is named as it was put there.
 */
#ifndef COMMUNIQUE_OPERATOR_RESETTLE_H
#define COMMUNIQUE_OPERATOR_RESETTLE_H

#include <communique/arena.h>
#include <communique/buf.h>

/* `logo`: its name in the folder. `moved` gets the settings that are changed, with commas. */
bool resettle(struct arena *arena, const char *folder, struct str logo, struct str text,
	      struct buf *out, struct buf *moved, struct fault *why);

#endif

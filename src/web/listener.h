/*
 * listener - the UNIX socket the web server connects to.
 *
 * Either made here, mode 0660 for one group, or inherited as descriptor 3 (LISTEN_FDS, as
 * systemd and a predecessor that restarts us pass it). A socket file on which somebody
 * answers is never taken away; one that nobody listens on any more is. It is left in place
 * at the end: removing it could remove that of a successor.
 */
#ifndef COMMUNIQUE_WEB_LISTENER_H
#define COMMUNIQUE_WEB_LISTENER_H

#include <communique/fault.h>

struct listener {
	int fd;
	bool inherited; /* what waits in its queue is the successor's */
};

/* `path` NULL: inherited. `group` NULL: our own. CONFLICT when somebody listens there. */
bool listener_open(struct listener *out, const char *path, const char *group, struct fault *why);
void listener_close(struct listener *listener);

#endif

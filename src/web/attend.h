/*
 * attend - what a thread does with a connection that has an event, until it puts it back or
 * drops it.
 */
#ifndef COMMUNIQUE_WEB_ATTEND_H
#define COMMUNIQUE_WEB_ATTEND_H

#include "worker.h"

/* The caller holds the connection. */
void connection_attend(struct worker *worker, struct connection *connection);
/* The same for one that was put into the lane. */
void connection_attend_later(struct worker *worker, struct connection *connection);

#endif

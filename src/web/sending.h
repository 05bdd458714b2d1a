/*
 * sending - an answer on its way out, at the pace of who takes it.
 *
 * What returns bool says whether the connection is held still, and wants another look.
 */
#ifndef COMMUNIQUE_WEB_SENDING_H
#define COMMUNIQUE_WEB_SENDING_H

#include "worker.h"

/* worker->frame, with connection->stream behind it; keep, ended and dry say what then. */
bool sending_begin(struct worker *worker, struct connection *connection);
bool sending_go_on(struct worker *worker, struct connection *connection); /* PHASE_SEND */

/* PHASE_LINGER. What is still being sent to us is read up to a bound. Beyond it nothing more is
 * read, but the socket stays open: closing it now would break the web server's writing before it
 * has read the answer. Its own close ends the wait. */
bool sending_linger(struct worker *worker, struct connection *connection);

#endif

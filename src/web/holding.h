/*
 * holding - a connection's coming, going and waiting, by whoever holds it (connection.h): the
 * phases of loop.h, their deadlines, and what epoll is to tell of it.
 *
 * What returns bool says whether the caller holds it still, and looks once more.
 */
#ifndef COMMUNIQUE_WEB_HOLDING_H
#define COMMUNIQUE_WEB_HOLDING_H

#include "worker.h"

/* With the table's lock. */
void connection_admit(struct loop *loop, int fd, uint64_t now);
void connection_drop_locked(struct loop *loop, struct connection *connection);

bool connection_drop(struct loop *loop, struct connection *connection); /* false */
void connection_enter(struct loop *loop, struct connection *connection, enum phase phase,
		      uint64_t now);
/* True: something came meanwhile. */
bool connection_put_back(struct loop *loop, struct connection *connection);
/* The same, where this thread is not to look: what has come is told once more, by a new event. */
void connection_return(struct loop *loop, struct connection *connection);
/* Where nobody holds it: its deadline is over, or the loop stops. */
void connection_sweep(struct loop *loop, struct connection *connection, uint64_t now);
uint64_t connection_as_what(const struct connection *connection); /* for connection_put() */

/* By edges: an event says that something has come, once. Whoever takes it reads all there is,
 * or looks again before the connection is put back. */
void connection_watch(struct loop *loop, struct connection *connection, int operation, bool out);

/* When the loop stops. A long download would keep us for as long as it takes; who is cut off asks
 * for the rest by a range. A head that is still to come is waited for as long: a web server
 * connects to ask, and what it cannot send it does not always ask elsewhere. */
void connection_hasten(const struct loop *loop, struct connection *connection);

void loop_watch(int epoll, int operation, int fd, uint32_t events, uint64_t token);
void loop_rearm(int epoll, int fd, uint64_t token);
/* With the lock: when the last connection went after a stop, all threads end. */
void loop_finish_when_empty(struct loop *loop);

#endif

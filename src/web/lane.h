/*
 * lane - requests that take long to answer, in a queue of their own.
 *
 * A search reads a thousand times what a ready page does. So it is not answered by the threads
 * that answer pages: these put the connection, with what was read of it, at the end of the lane,
 * and go on. Threads of the lane's own, fewer and of a lower priority, take them from its front.
 * A flood of searches makes searches slow, and nothing else. At LANE_WAITING_MAX more are
 * refused (503).
 *
 * A connection in the lane is held (connection.h): what happens to it meanwhile is only noted.
 */
#ifndef COMMUNIQUE_WEB_LANE_H
#define COMMUNIQUE_WEB_LANE_H

#include <pthread.h>

#include "connection.h"

struct lane {
	pthread_mutex_t lock;
	pthread_cond_t came;
	struct connection **at; /* a ring */
	unsigned first, count;
	bool over;
};

void lane_init(struct lane *lane);
void lane_free(struct lane *lane);
bool lane_is_full(struct lane *lane);
/* Also when it is full: one for each thread that has just seen that it was not. */
void lane_add(struct lane *lane, struct connection *connection);
/* Waits for one; NULL: there will be none any more. */
struct connection *lane_take(struct lane *lane);
void lane_end(struct lane *lane); /* all who wait hear it */

#endif

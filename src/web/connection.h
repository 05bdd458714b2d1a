/*
 * connection - the table of open connections, shared by the threads of a loop.
 *
 * A slot is owned by the epoll set or by one thread. The token in an epoll event holds the
 * slot's number and generation, so an event for a connection that was closed in between
 * finds nobody. All changes of owner happen under one lock, which is never held during I/O.
 */
#ifndef COMMUNIQUE_WEB_CONNECTION_H
#define COMMUNIQUE_WEB_CONNECTION_H

#include <pthread.h>

#include "stream.h"

enum phase { PHASE_IDLE, PHASE_HEAD, PHASE_SEND, PHASE_LINGER };
enum owner { OWNER_NONE, OWNER_EPOLL, OWNER_THREAD };

struct connection {
	int fd;
	uint32_t slot, generation;
	enum owner owner;
	enum phase phase;
	uint64_t deadline; /* milliseconds */
	bool edges;	   /* watched by edges: a head is incomplete */
	bool again;	   /* an edge came while a thread had it */
	uint32_t events;   /* of epoll, gathered since the last park */
	bool keep, ended;  /* what to do when all is sent */
	struct buf unsent;
	size_t sent;
	struct stream stream; /* what follows behind it */
	size_t drained;
};

struct connections {
	pthread_mutex_t lock;
	struct connection *at;
	uint32_t *free; /* a stack of slots */
	uint32_t room, used;
};

void connections_init(struct connections *table, uint32_t room);
void connections_free(struct connections *table);

/* All but the first two: the caller holds the lock. */
struct connection *connection_add(struct connections *table, int fd);		  /* NULL: full */
void connection_remove(struct connections *table, struct connection *connection); /* closes */
uint64_t connection_token(const struct connection *connection);
struct connection *connection_find(struct connections *table, uint64_t token); /* or NULL */
/* The idle one that has waited longest; NULL. */
struct connection *connection_longest_idle(struct connections *table);

#endif

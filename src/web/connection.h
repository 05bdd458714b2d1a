/*
 * connection - the table of open connections, shared by the threads of a loop.
 *
 * Nobody holds a lock to serve one. Each has one word that says who has it:
 *
 *	generation (32 bits) | SENDS | IDLE | HUNG_UP | AGAIN | HELD | OPEN
 *
 * A thread that gets an event of a connection takes it by setting HELD. If another has it
 * already, AGAIN is set instead, and that one, when it wants to put the connection back, sees
 * that it must look once more. What a connection has in it belongs to whoever holds it. The
 * token in an epoll event is slot and generation, so an event of a connection that was
 * closed in between finds nobody.
 *
 * The lock is for coming and going: the stack of free slots.
 */
#ifndef COMMUNIQUE_WEB_CONNECTION_H
#define COMMUNIQUE_WEB_CONNECTION_H

#include <pthread.h>
#include <stdatomic.h>

#include "stream.h"

enum phase { PHASE_IDLE, PHASE_HEAD, PHASE_SEND, PHASE_LINGER };

enum holding {
	CONNECTION_OPEN = 1,
	CONNECTION_HELD = 2,
	CONNECTION_AGAIN = 4,	/* something came while it was held */
	CONNECTION_HUNG_UP = 8, /* the other side sends no more */
	CONNECTION_IDLE = 16,	/* nothing is under way: it may be given up for another */
	CONNECTION_SENDS = 32	/* the other side takes its answer slowly */
};

struct connection {
	_Atomic uint64_t word;
	_Atomic uint64_t deadline; /* milliseconds; read also by who does not hold it */
	uint32_t slot;
	int fd;
	enum phase phase;
	bool keep, ended; /* what to do when all is sent */
	bool dry;	  /* all that had arrived was read */
	bool fresh;	  /* nothing was asked over it yet */
	bool wants_out;	  /* epoll tells when it can be written to, too */
	struct buf head;  /* the part of a head that has arrived, where it was read */
	struct buf unsent;
	size_t sent, counted; /* of its memory, in the table's `unsent` */
	struct stream stream; /* what follows behind it */
	size_t drained;
};

struct connections {
	pthread_mutex_t lock;
	struct connection *at;
	uint32_t *free; /* a stack of slots */
	uint32_t room, used;
	_Atomic size_t unsent; /* the memory of all answers that wait to be taken */
};

void connections_init(struct connections *table, uint32_t room);
void connections_free(struct connections *table); /* all threads have ended */

/* With the lock. */
struct connection *connection_add(struct connections *table, int fd); /* held; NULL: full */
void connection_remove(struct connections *table, struct connection *connection); /* closes */

uint64_t connection_token(const struct connection *connection);

/* The connection of an event, held; NULL: it is gone, or another thread has it and was told. */
struct connection *connection_take(struct connections *table, uint64_t token, bool hung_up);
/* Held, if it is open, nobody has it, and it has (or is) all of `flags`. */
bool connection_try(struct connection *connection, uint64_t flags);
/* Gives it back to the epoll set, as IDLE, SENDS or neither (0). False: something came meanwhile,
 * and it is held still. */
bool connection_put(struct connection *connection, uint64_t as);
/* What it has of an answer has grown, or gone. */
void connection_count_unsent(struct connections *table, struct connection *connection);
bool connection_hung_up(const struct connection *connection);

/* One is free, or could be given up. With the lock. */
bool connections_have_room(const struct connections *table);
/* Of those that are IDLE, or SENDS, the one that has waited longest, held; NULL. */
struct connection *connection_longest(struct connections *table, uint64_t as);

#endif

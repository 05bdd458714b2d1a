/*
 * attend - what a thread does with a connection that has an event, until it parks it again
 * or drops it. The inside of loop.h.
 */
#ifndef COMMUNIQUE_WEB_ATTEND_H
#define COMMUNIQUE_WEB_ATTEND_H

#include "connection.h"
#include "frame.h"
#include "loop.h"

/* Tokens that are no connection's: their slot is beyond any table. */
#define TOKEN_LISTENER 0xfffffff0u
#define TOKEN_SIGNAL 0xfffffff1u
#define TOKEN_TIMER 0xfffffff2u
#define TOKEN_DONE 0xfffffff3u

struct loop {
	struct loop_options options;
	struct connections table;
	int epoll, signals, timer, done;
	bool stopping, accepting;
	uint64_t next_tick;
	uint64_t last_call; /* after a stop: until then files are sent on */
};

struct worker {
	struct loop *loop;
	pthread_t thread;
	struct answer answer;
	struct frame frame;
	char window[GATE_WINDOW];
};

/* The connection of an event, for the calling thread alone; NULL: it is gone, or another
 * thread has it and was told. */
struct connection *connection_take(struct loop *loop, uint64_t token, uint32_t events);
void connection_attend(struct worker *worker, struct connection *connection);

/* The caller holds the table's lock. */
void connection_admit(struct loop *loop, int fd);
void connection_drop_locked(struct loop *loop, struct connection *connection);

/* During a stop, files are sent on until the last call only. */
void loop_limit_stream(const struct loop *loop, struct connection *connection);

void loop_watch(struct loop *loop, int operation, int fd, uint32_t events, uint64_t token);
void loop_rearm(struct loop *loop, int fd, uint64_t token);
/* With the lock: when the last connection went after a stop, all threads end. */
void loop_finish_when_empty(struct loop *loop);

#endif

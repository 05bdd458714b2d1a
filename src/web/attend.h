/*
 * attend - what a thread does with a connection that has an event, until it puts it back or
 * drops it. The inside of loop.h.
 */
#ifndef COMMUNIQUE_WEB_ATTEND_H
#define COMMUNIQUE_WEB_ATTEND_H

#include <sys/epoll.h>

#include "account.h"
#include "connection.h"
#include "frame.h"
#include "lane.h"
#include "loop.h"

/* Tokens that are no connection's: their slot is beyond any table. */
#define TOKEN_LISTENER 0xfffffff0u
#define TOKEN_SIGNAL 0xfffffff1u
#define TOKEN_TIMER 0xfffffff2u
#define TOKEN_DONE 0xfffffff3u

#define EVENTS_MAX 16

struct loop {
	struct loop_options options;
	struct connections table;
	int epoll, signals, timer, done;
	pthread_mutex_t chair; /* whose it is waits for events */
	struct lane lane;      /* of what is read by hand */
	_Atomic bool stopping;
	bool accepting; /* under the table's lock */
	uint64_t next_tick;
	_Atomic uint64_t last_call; /* after a stop: until then files are sent on */
};

struct worker {
	struct loop *loop;
	pthread_t thread;
	struct meter *meter;
	struct naming naming;
	bool leads;    /* has the chair */
	bool in_lane;  /* answers what takes long, and nothing else */
	bool put_off;  /* the request in hand is to go there */
	uint64_t came; /* nanoseconds, when the events did */
	uint64_t now;  /* the same in milliseconds */
	struct epoll_event events[EVENTS_MAX];
	int count, at; /* the events from `at` on are still to be looked at */
	struct answer answer;
	struct frame frame;
	struct gate gate;
	char window[GATE_WINDOW];
};

/* The caller is about to do what may take long: another thread waits for events from here on,
 * and those that came along with this one come anew, for that thread. */
void worker_step_aside(struct worker *worker);
void worker_leave_chair(struct worker *worker);
/* It is now. */
void worker_look_at_clock(struct worker *worker);

/* The caller holds the connection. */
void connection_attend(struct worker *worker, struct connection *connection);
/* The same for one that was put into the lane. */
void connection_attend_later(struct worker *worker, struct connection *connection);
/* The deadline of one that nothing has come for is over, or the loop stops. */
void connection_sweep(struct worker *worker, struct connection *connection);

/* With the table's lock. */
void connection_admit(struct loop *loop, int fd, uint64_t now);
void connection_drop_locked(struct loop *loop, struct connection *connection);

void loop_watch(struct loop *loop, int operation, int fd, uint32_t events, uint64_t token);
void loop_rearm(struct loop *loop, int fd, uint64_t token);
/* With the lock: when the last connection went after a stop, all threads end. */
void loop_finish_when_empty(struct loop *loop);

#endif

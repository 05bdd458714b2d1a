/*
 * worker - a loop and its threads, from the inside (loop.h).
 *
 * A thread waits in the chair (chair.h), takes a connection that has an event (connection.h), sees
 * to it (attend.h), sends the answer (sending.h) and puts it back (holding.h).
 */
#ifndef COMMUNIQUE_WEB_WORKER_H
#define COMMUNIQUE_WEB_WORKER_H

#include <sys/epoll.h>

#include "account.h"
#include "connection.h"
#include "frame.h"
#include "lane.h"
#include "loop.h"

#include <communique/clock.h>

/* Tokens that are no connection's: their slot is beyond any table. */
#define TOKEN_LISTENER 0xfffffff0u
#define TOKEN_SIGNAL 0xfffffff1u
#define TOKEN_TIMER 0xfffffff2u
#define TOKEN_DONE 0xfffffff3u

#define EVENTS_MAX 16

struct loop {
	struct loop_options options;
	struct connections table;
	int epoll;
	/* Where signals and the timer come: the same, or, where each thread may be held by a body
	 * for as long as that takes, another, for a thread that does nothing else. */
	int house;
	int signals, timer, done;
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

/* It is now. */
static inline void worker_look_at_clock(struct worker *worker)
{
	worker->came = clock_nanoseconds();
	worker->now = worker->came / 1000000;
}

#endif

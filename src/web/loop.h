/*
 * loop - a connection's whole life.
 *
 * One epoll set holds the listener and every connection, by edges. Of the threads, one a core,
 * one has the chair: it waits for events, takes several at once, and sees to them. When they
 * are many, or one of them takes long, it leaves the chair to the next thread first; otherwise
 * that one sleeps on, since waking it takes longer than answering with a ready page. Whoever
 * gets an event holds that connection (connection.h) until it puts it back:
 *
 *	IDLE	nothing has arrived			idle_ms
 *	HEAD	a part of a head has arrived		head_ms from its first byte
 *	(a thread) gate, handler, one writev
 *	SEND	the web server takes the rest slowly	write_ms between two pieces
 *	LINGER	answered before the body had come: our side is shut, what still comes is
 *		thrown away, up to DRAIN_MAX		linger_ms
 *
 * So a kept connection starves nobody, and a slow one costs a descriptor, not a thread. A
 * body that is a file goes out a piece at a time, each behind everybody else's turn, so that a
 * long download is no thread's business for long.
 *
 * What takes longer than any page waits in a lane (lane.h) for threads of its own.
 *
 * There are two ways to read a request. By hand, for the readers' side, whose requests have
 * no bodies that anybody wants: one recv() takes it, and a part of a head is kept with the
 * connection. By libfcgi, for the desk: the head is peeked at, and stays in the socket until
 * it is complete; the body is read by a thread, at a pace (exchange.h), and only after the
 * handler wants it. There each thread takes one event at a time, and one more keeps house:
 * however long bodies take, the clock and signals are heard.
 *
 * Of a ready page each request is thus one recv() and one sendmsg(), and its share of an
 * epoll_wait() and of a write() to the log.
 *
 * SIGUSR1 and SIGUSR2 make the log say more or less. SIGTERM, SIGINT and SIGHUP are blocked and
 * come through a descriptor. At the first the listener leaves the set, the read side of every kept
 * connection that waits is shut (the web server then asks over another), what had arrived, or
 * is about to over a new one, is answered, and loop_run() returns.
 */
#ifndef COMMUNIQUE_WEB_LOOP_H
#define COMMUNIQUE_WEB_LOOP_H

#include "answer.h"
#include "listener.h"
#include "meter.h"
#include "request.h"

#include <communique/supervisor.h>

/* Fills and finishes the answer. `bad` is NULL, or why the request could not be read. */
typedef void loop_handler(void *ctx, const struct request *request, const struct fault *bad,
			  struct answer *answer);

struct loop_options {
	const char *door; /* for the log */
	struct listener listener;
	unsigned threads, lane_threads; /* the latter for what takes long; 0: there is none */
	struct meters *meters;		/* one for each thread; NULL: nothing is counted */
	/* Told when all threads run, and that all goes on, as long as one of them takes the timer
	 * and each tick ends; or NULL. */
	struct supervisor *supervisor;
	bool by_hand; /* requests are read by us; their bodies are not wanted */
	unsigned connections_max;
	unsigned idle_ms, head_ms, body_ms, write_ms, linger_ms;
	loop_handler *handle;
	void (*tick)(void *ctx); /* may be NULL */
	unsigned tick_ms;
	void *ctx;
};

struct loop_options loop_defaults(void);
/* All of them, for so many meters. */
unsigned loop_thread_count(const struct loop_options *options);
/* Whether this process may open enough for a loop; BROKEN. */
bool loop_check_descriptors(struct fault *why);
bool loop_run(const struct loop_options *options, struct fault *why);

#endif

/*
 * loop - a connection's whole life.
 *
 * One epoll set holds the listener and every connection that waits; threads, one a core,
 * wait on it together. Whoever gets an event owns that connection (EPOLLONESHOT) until it
 * parks it again:
 *
 *	IDLE	nothing has arrived			idle_ms
 *	HEAD	a part of a head has arrived		head_ms from its first byte
 *	(a thread) gate, libfcgi, handler, one writev
 *	SEND	the web server takes the rest slowly	write_ms between two pieces
 *	LINGER	answered before the body had come: our side is shut, what still comes is
 *		thrown away, up to DRAIN_MAX		linger_ms
 *
 * So a kept connection starves nobody, and a slow one costs a descriptor, not a thread; but
 * for a body, which is read by a thread, at a pace (exchange.h), and only after the handler
 * wants it. A body that is a file goes out a piece at a time, each parked in SEND like what
 * the web server takes slowly, so that a long download is no thread's business for long.
 *
 * While a head is incomplete its bytes stay in the socket, for libfcgi, and a level-triggered
 * event would come back at once: such a connection is watched by edges.
 *
 * SIGTERM and SIGINT are blocked and come through a descriptor. At the first the listener
 * leaves the set, every waiting connection's read side is shut (the web server then asks
 * somebody else), what had arrived is answered, and loop_run() returns.
 */
#ifndef COMMUNIQUE_WEB_LOOP_H
#define COMMUNIQUE_WEB_LOOP_H

#include "answer.h"
#include "listener.h"
#include "request.h"

/* Fills and finishes the answer. `bad` is NULL, or why the request could not be read. */
typedef void loop_handler(void *ctx, const struct request *request, const struct fault *bad,
			  struct answer *answer);

struct loop_options {
	const char *door; /* for the log */
	struct listener listener;
	unsigned threads;
	unsigned connections_max;
	unsigned idle_ms, head_ms, body_ms, write_ms, linger_ms;
	loop_handler *handle;
	void (*tick)(void *ctx); /* may be NULL */
	unsigned tick_ms;
	void *ctx;
};

struct loop_options loop_defaults(void);
bool loop_run(const struct loop_options *options, struct fault *why);

#endif

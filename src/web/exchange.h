/*
 * exchange - one request on one connection, parsed by libfcgi.
 *
 * The only place that knows libfcgi. It is used for what it is good at: reading a request
 * whose head the gate found complete and sane, and its body as a stream. It neither accepts
 * (its listening socket is -1, so it does not take its shared lock either), nor writes (see
 * frame.h), nor owns signals: FCGX_Init() would take SIGTERM, SIGUSR1 and SIGPIPE and leave
 * a process that accepts and never answers.
 */
#ifndef COMMUNIQUE_WEB_EXCHANGE_H
#define COMMUNIQUE_WEB_EXCHANGE_H

#include <fcgiapp.h>

#include "request.h"

struct exchange {
	FCGX_Request fcgx;
	bool ended; /* the body was read to its end */
	uint64_t begun_at, received;
};

/* Once, before the first thread. */
bool exchange_prepare(struct fault *why);

/* Reads the head from `fd`, which blocks (SO_RCVTIMEO is the limit between two pieces). False
 * with BROKEN: libfcgi could not, and has closed fd; with another kind: the request is bad,
 * and can be answered. */
bool exchange_begin(struct exchange *exchange, int fd, struct request *request, struct fault *why);

/* Reads what is left of the body and throws it away: true when that was at most `most` bytes. */
bool exchange_drain(struct exchange *exchange, size_t most);
void exchange_end(struct exchange *exchange); /* leaves fd open */

#endif

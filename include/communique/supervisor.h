/*
 * supervisor - what the service manager that started us hears (sd_notify(3)).
 *
 * That we answer, that we end, and between these that we still go round: a process that hangs is
 * ended and started anew (systemd.service(5), WatchdogSec=). Started by hand nobody listens, and
 * nothing of this does anything.
 *
 * A message is one datagram to the socket that NOTIFY_SOCKET names. libsystemd makes a socket for
 * each, and after confine() (confine.h) nobody here may; so this keeps one.
 */
#ifndef COMMUNIQUE_SUPERVISOR_H
#define COMMUNIQUE_SUPERVISOR_H

#include <communique/fault.h>

struct supervisor {
	int fd;		/* -1: nobody listens */
	uint64_t every; /* milliseconds between two signs of life; 0: none is wanted */
	uint64_t next;
};

/* Before confine(). BROKEN when one is named and cannot be reached: it would wait in vain. */
bool supervisor_find(struct supervisor *out, struct fault *why);
void supervisor_leave(struct supervisor *supervisor);

/* "READY=1", "STOPPING=1". Lost when it does not listen: never waited for. */
void supervisor_tell(const struct supervisor *supervisor, const char *what);
/* A sign of life when one is due, at `now` of clock_milliseconds(). By one thread at a time. */
void supervisor_live(struct supervisor *supervisor, uint64_t now);

#endif

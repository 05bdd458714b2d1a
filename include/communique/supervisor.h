/*
 * supervisor - what the service manager that started us hears (sd_notify(3)).
 *
 * That we answer, that we end, and between these that we still go round: a process that hangs is
 * ended and started anew (systemd.service(5), WatchdogSec=). Started by hand nobody listens, and
 * nothing of this does anything.
 *
 * A message is one datagram to the socket that NOTIFY_SOCKET names. libsystemd makes a socket for
 * each, and after confine() (confine.h) nobody here may; so this keeps one, and writes to it.
 */
#ifndef COMMUNIQUE_SUPERVISOR_H
#define COMMUNIQUE_SUPERVISOR_H

#include <communique/fault.h>

struct supervisor {
	int fd;		/* -1: nobody listens */
	uint64_t every; /* milliseconds between two signs of life; 0: none is wanted */
	uint64_t next;
};

/* Whether LISTEN_PID or WATCHDOG_PID is this process: what stands beside them may be meant for
 * another, which then started us. */
bool supervisor_means_us(const char *variable);

/* Before confine(). One that is named and cannot be reached is said in the log, and gone
 * without. */
void supervisor_find(struct supervisor *out);
void supervisor_leave(struct supervisor *supervisor);

/* We answer: waits for a minute when there is no room for it, since nobody asks again. */
void supervisor_ready(const struct supervisor *supervisor);
void supervisor_stopping(const struct supervisor *supervisor);
/* A sign of life when one is due, at `now` of clock_milliseconds(). By one thread at a time. */
void supervisor_live(struct supervisor *supervisor, uint64_t now);

#endif

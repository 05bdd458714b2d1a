/*
 * confine - what a process gives up before it listens to strangers, whatever may run in it then.
 *
 * A hole in the public process must not become more than its pages. So before its first
 * request it can no longer start a program or another process, watch or signal one, make a
 * socket, map memory that runs, change a file or open one outside the store: seccomp(2) and
 * Landlock, for this process, for good, without a right of root's. What it has open stays open:
 * the store, the log, the socket it listens at.
 *
 * Of the socket to a service manager (supervisor.h) nothing is left but to write to it.
 *
 * The desk gives up the same, but for writing below the folders of its own; and where it is to
 * tell others of publications, it may make connections, and read what these take (the resolver's
 * files and libraries, certificates).
 *
 * tests/takeover tries each of these from inside.
 *
 * Needed before are: the time zone, the theme, the configuration, the socket.
 */
#ifndef COMMUNIQUE_CONFINE_H
#define COMMUNIQUE_CONFINE_H

#include <communique/fault.h>

struct confine_rights {
	bool connects; /* to elsewhere */
	int told;      /* a connected socket that is only written to (supervisor.h); -1: none */
	/* Folders, NULL behind the last. One to be read that is not there is passed over, where
	 * connecting is what it is for. NULL for writes: no file is changed. */
	const char *const *reads, *const *writes;
};

/* In a process that has no other thread yet that should be confined by Landlock. What the kernel
 * lacks is said in the log, and gone without. BROKEN: it has it, and refuses. */
bool confine(const struct confine_rights *rights, struct fault *why);

#endif

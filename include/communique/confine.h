/*
 * confine - what a process gives up before it listens to strangers, whatever may run in it then.
 *
 * A hole in the public process must not become more than its pages. So before its first
 * request it can no longer start a program, watch or signal another process, make a socket,
 * change a file or open one outside the store: seccomp(2) and Landlock, for this process, for
 * good, without a right of root's. What it has open stays open: the store, the log, the socket
 * it listens at.
 *
 * The desk writes, and tells others; it gives up what neither needs: starting programs, other
 * processes, the machine.
 *
 * Needed before are: the time zone, the theme, the configuration, the socket.
 */
#ifndef COMMUNIQUE_CONFINE_H
#define COMMUNIQUE_CONFINE_H

#include <communique/fault.h>

enum confinement {
	CONFINE_WRITER, /* files and sockets as before */
	CONFINE_READER	/* neither, but for files below `folder`, to read them */
};

/* In a process that has no other thread yet that should be confined by Landlock. What the kernel
 * lacks is said in the log, and gone without. BROKEN: it has it, and refuses. */
bool confine(enum confinement confinement, const char *folder, struct fault *why);

#endif

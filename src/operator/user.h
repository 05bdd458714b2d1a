/*
 * user - whom a service runs as.
 *
 * Neither needs a right of root's: systemd's units start them as users of their own, and
 * elsewhere --user does. The step is taken before anything is read, so that a service started
 * either way may do, and makes, the same.
 */
#ifndef COMMUNIQUE_OPERATOR_USER_H
#define COMMUNIQUE_OPERATOR_USER_H

#include <communique/command.h>

#define USER_OPTION                                                                                \
	{                                                                                          \
		"user", 0, "NAME",                                                                 \
			"started by root: become this user, with its groups (root: stay root)"     \
	}

/* As --user says. DENIED: root that is not told whom to become, or another user that is told to
 * become somebody else. */
bool user_settle(const struct call *call, struct fault *why);

/* Root becomes, for good, whoever owns the file or folder; of what is not there, nobody. */
bool user_become_owner(const char *path, struct fault *why);

#endif

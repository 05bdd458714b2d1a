/*
 * logstate - the file outside the store that says what was signed last (logbook.h).
 */
#ifndef COMMUNIQUE_NEWSROOM_LOGSTATE_H
#define COMMUNIQUE_NEWSROOM_LOGSTATE_H

#include <communique/merkle.h>

struct log_place {
	uint64_t size;
	struct hash root;
};

struct logstate {
	struct log_place at;
	bool has_next;
	struct log_place next;
	uint64_t before; /* the store's version before the transaction that makes `next` */
};

/* *there false: there is no such file. LOG_STOPPED when it is not what it should be. */
bool logstate_read(const char *path, struct str origin, struct logstate *out, bool *there,
		   struct fault *why);
/* Whether it could be written now, by the rights of files. LOG_STOPPED. */
bool logstate_may_write(const char *path, struct fault *why);
/* On disk when it returns true. */
bool logstate_write(const char *path, struct str origin, const struct logstate *state,
		    struct fault *why);

#endif

/*
 * account - what stays of a request when it is answered: its name, a line in the log, and its
 * place in the numbers.
 *
 * The name is the web server's, so that the two logs can be laid side by side; for who gives none
 * a thread draws one, and counts on from there.
 */
#ifndef COMMUNIQUE_WEB_ACCOUNT_H
#define COMMUNIQUE_WEB_ACCOUNT_H

#include "answer.h"
#include "request.h"

struct naming {
	uint64_t drawn, count;
	char name[33];
};

/* Whatever this thread says in the log from here on is about the request. */
void account_begin(struct naming *naming, struct request *request);
/* `desk`: at that door, whose requests the web server's log does not tell in full. */
void account_end(const struct request *request, const struct answer *answer, bool desk,
		 uint64_t nanoseconds);

#endif

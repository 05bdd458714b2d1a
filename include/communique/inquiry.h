/*
 * inquiry - the public door, asked from inside: no socket, no web server.
 *
 * Whoever copies the site asks address after address what a reader would be answered, and
 * gets the very bytes. All answers are of one moment and one transaction, so that they fit
 * together whatever is published in between. What is not public by then is not there.
 */
#ifndef COMMUNIQUE_INQUIRY_H
#define COMMUNIQUE_INQUIRY_H

#include <communique/server.h>

struct inquiry;

bool inquiry_open(struct inquiry **out, const struct server_options *options,
		  const struct site *site, struct store *store, int64_t now, struct fault *why);
void inquiry_close(struct inquiry **inquiry); /* NULL is fine */

/* The transaction all answers come from, for reading.h. */
struct store_txn *inquiry_txn(const struct inquiry *inquiry);

/* Texts live until the next question. */
struct reply {
	unsigned status;
	struct str type, location; /* STR_NONE: there is no such field */
	int64_t modified;	   /* Last-Modified; 0: not known */
	struct str body;
	int file; /* the body is this file, which the caller closes; -1: none */
	uint64_t file_len;
};

/* `target` is an address from its "/" on, as a browser sends it. */
void inquiry_ask(struct inquiry *inquiry, const char *target, struct reply *out);

#endif

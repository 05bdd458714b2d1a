/*
 * body - the body of a request whose head was read by hand, as a stream.
 *
 * Readers send none, but for a text to be compared, which the web server took whole before it
 * sent it on: so it comes at once, and a thread may wait for it, up to a deadline.
 *
 *	STDIN	record head | content | padding		as often as needed
 *	STDIN	record head, no content: the end
 */
#ifndef COMMUNIQUE_WEB_BODY_H
#define COMMUNIQUE_WEB_BODY_H

#include "request.h"

struct body {
	int fd;
	uint16_t id;	      /* of the request */
	struct str seen;      /* what was read of it with the head */
	size_t left, padding; /* of the record now */
	bool ended;
	uint64_t deadline; /* milliseconds */
};

/* A body_reader (request.h), whose ctx is a struct body. */
body_reader body_read;

#endif

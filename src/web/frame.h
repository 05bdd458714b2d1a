/*
 * frame - an answer as FastCGI records, ready for one writev.
 *
 *	STDOUT	record head | up to 65528 bytes of the answer		as often as needed
 *	…	the last one padded to a multiple of eight
 *	STDOUT	record head, no content: the end of the stream
 *	END_REQUEST
 *
 * Of an answer whose body is a file this is the head alone: the rest comes from stream.h.
 *
 * Nothing is copied: the vector points into the answer and at the frame's own record heads,
 * so both must live, unmoved, until it was sent.
 */
#ifndef COMMUNIQUE_WEB_FRAME_H
#define COMMUNIQUE_WEB_FRAME_H

#include <sys/uio.h>

#include "answer.h"
#include "gate.h"

#include <communique/limits.h>

#define FRAME_RECORD 65528 /* the largest multiple of eight in 16 bits */
#define FRAME_RECORDS_MAX ((PAGE_MAX + 16384) / FRAME_RECORD + 2)

struct frame {
	struct iovec parts[3 * FRAME_RECORDS_MAX];
	int count;
	size_t size; /* of all parts */
	unsigned char heads[FRAME_RECORDS_MAX][FCGI_RECORD_HEAD];
	unsigned char tail[8 + FCGI_RECORD_HEAD + FCGI_END_SIZE];
};

void frame_make(struct frame *frame, const struct answer *answer, uint16_t id);

/* What is left of it behind its first `sent` bytes. */
void frame_add_rest(const struct frame *frame, size_t sent, struct buf *out);

#endif

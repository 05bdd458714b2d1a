/*
 * stream - the rest of an answer whose body is a file.
 *
 * Each piece is one FastCGI record, read when the one before has left; behind the last come
 * the end of the stream and END_REQUEST. So a download takes one piece of memory, however
 * large its file and slow its reader.
 */
#ifndef COMMUNIQUE_WEB_STREAM_H
#define COMMUNIQUE_WEB_STREAM_H

#include "answer.h"

struct stream {
	int file; /* -1: there is nothing to send, or nothing any more */
	uint64_t at, left;
	uint16_t id; /* of the FastCGI request */
};

/* Takes the file of a finished answer. */
struct stream stream_begin(struct answer *answer, uint16_t id);
/* Adds the next record, and the end behind the last; then the file is closed. BROKEN: the
 * file is shorter than the answer's head said, or cannot be read. */
bool stream_piece(struct stream *stream, struct buf *out, struct fault *why);
void stream_end(struct stream *stream);

#endif

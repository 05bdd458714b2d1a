/*
 * gate - which bytes are a request.
 *
 * Whatever has arrived is looked at here first, and only a request head that is complete and
 * sane is handed on: at the desk to libfcgi, which believes the lengths it reads (a GET_VALUES
 * record that names one variable four times overruns a stack buffer, a length of 0x7ffffffe
 * ends the program, an ABORT or a second request on the connection spoils it) and so sees
 * the bytes only after they were peeked at; on the readers' side to gate_pair(), which gives
 * its names and values as they stand.
 *
 *
 *	BEGIN_REQUEST	responder, one request id, not 0
 *	PARAMS …	the same id; their pairs end where the content ends
 *	PARAMS empty
 *
 * all within REQUEST_HEAD_MAX. Behind it STDIN records of the same request may have
 * arrived, and nothing else. Management records: GET_VALUES between two requests is answered
 * here; any other is refused. ABORT_REQUEST, in front of an answer, gets END_REQUEST.
 *
 *	record	version 1 | type | id u16 | content length u16 | padding length | 0
 *		content | padding					FastCGI 1.0, section 3.3
 *	pair	length u8 or u32 with its top bit set, of the name and of the value;
 *		name | value						section 3.4
 *
 * gate_look() is a function of the bytes alone. With more of the same bytes GATE_WAIT may
 * become anything; a refusal stays one.
 */
#ifndef COMMUNIQUE_WEB_GATE_H
#define COMMUNIQUE_WEB_GATE_H

#include <communique/fault.h>
#include <communique/limits.h>

enum fcgi_type {
	FCGI_TYPE_BEGIN = 1,
	FCGI_TYPE_ABORT = 2,
	FCGI_TYPE_END = 3,
	FCGI_TYPE_PARAMS = 4,
	FCGI_TYPE_STDIN = 5,
	FCGI_TYPE_STDOUT = 6,
	FCGI_TYPE_GET_VALUES = 9,
	FCGI_TYPE_GET_VALUES_RESULT = 10
};

#define FCGI_RECORD_HEAD 8
#define FCGI_END_SIZE 16 /* an END_REQUEST record */

/* What is looked at: a head, and the end of an empty STDIN behind it with its padding. */
#define GATE_WINDOW (REQUEST_HEAD_MAX + 512)

enum gate_verdict {
	GATE_WAIT,    /* sane so far, not complete */
	GATE_READY,   /* a head: let libfcgi parse it */
	GATE_VALUES,  /* a GET_VALUES record: take `used` bytes, answer */
	GATE_ABORTED, /* the request was given up: take `used` bytes, END_REQUEST */
	GATE_STRAY,   /* an ABORT for what was answered before: take `used` bytes */
	GATE_REFUSE   /* close */
};

struct gate {
	struct str pairs; /* READY: in `seen`, or gathered when they came in several records */
	uint16_t id;
	bool keep;	    /* FCGI_KEEP_CONN */
	bool whole;	    /* READY: the end of STDIN is there too, nothing behind it */
	size_t head;	    /* READY: bytes of the head */
	size_t used;	    /* VALUES, ABORTED, STRAY */
	const char *reason; /* REFUSE: for the log */
	char gathered[REQUEST_HEAD_MAX];
};

enum gate_verdict gate_look(struct str seen, struct gate *out);

/* Takes the next of the pairs that the gate found sane; false behind the last. */
bool gate_pair(struct str *pairs, struct str *name, struct str *value);

/* The answer to the GET_VALUES record at the start of `seen`; the length of it. */
#define GATE_VALUES_MAX 96
size_t gate_values(struct str seen, unsigned connections, char out[GATE_VALUES_MAX]);

void fcgi_record_head(unsigned char out[FCGI_RECORD_HEAD], enum fcgi_type type, uint16_t id,
		      size_t length, size_t padding);
void fcgi_end_request(unsigned char out[FCGI_END_SIZE], uint16_t id);

#endif

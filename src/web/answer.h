/*
 * answer - the one writer of what leaves: status, fields, body, in this order.
 *
 *	answer_begin(answer, 200);
 *	answer_field(answer, "Content-Type", STR("text/plain; charset=utf-8"));
 *	buf_add(answer_body(answer), text);
 *	answer_finish(answer, true);
 *
 * A field after the body was begun is our own mistake (must). A value with a control
 * character in it, which would start another field, or a body beyond PAGE_MAX spoils the
 * answer, and a plain 500 leaves in its place. answer_begin() throws away what was made so
 * far, so an error page may replace a half-made one.
 *
 * A body may also be a part of an open file: the loop then reads and sends it piece by
 * piece, so that an answer of 500 MB takes no more memory than a page.
 *
 * And a whole answer may be one that was made before, and stands where others read it, too:
 * it is held until it was sent, or at the latest until the next one begins.
 *
 * What nobody has begun leaves as a plain 500, too, and never as what another was told.
 *
 * answer_finish() adds Content-Length and the security fields, which are the same on every
 * answer but a 304: nothing is loaded from elsewhere, nothing inline, no frame around us.
 */
#ifndef COMMUNIQUE_WEB_ANSWER_H
#define COMMUNIQUE_WEB_ANSWER_H

#include <communique/buf.h>

struct answer {
	enum { ANSWER_EMPTY, ANSWER_FIELDS, ANSWER_BODY, ANSWER_DONE } state;
	unsigned status;
	bool spoilt;
	struct buf head;
	struct buf body;
	const char *policy;   /* Content-Security-Policy; NULL: that of all pages */
	bool private_address; /* which must not leave by a Referer field */
	struct str lasting;   /* a body that outlives the answer, instead of `body` */
	struct str lasting_head;
	void (*let_go)(void *held); /* of the lasting ones, when they are not needed any more */
	void *held;
	int file; /* its body, when it is 0 or more */
	uint64_t file_at, file_len;
	bool body_leaves; /* false: HEAD, 304 */
};

void answer_init(struct answer *answer);
void answer_release(struct answer *answer);

void answer_begin(struct answer *answer, unsigned status);
void answer_field(struct answer *answer, const char *name, struct str value);
void answer_fieldf(struct answer *answer, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Whole lines, of an answer that was made before. */
void answer_same_fields(struct answer *answer, struct str fields);
/* The address itself is a secret: Referrer-Policy becomes no-referrer. */
void answer_hide_address(struct answer *answer);
/* Another Content-Security-Policy than that of all pages; it must live as long. */
void answer_policy(struct answer *answer, const char *policy);
struct buf *answer_body(struct answer *answer);
/* The body is these bytes, which are not copied: an asset compiled in. */
void answer_lasting(struct answer *answer, struct str bytes);
/* The whole answer, a finished 200: head and body of one that was made before. */
void answer_ready(struct answer *answer, struct str head, struct str body, bool body_leaves,
		  void (*let_go)(void *held), void *held);
void answer_let_go(struct answer *answer);
/* The body is `len` bytes of this file from `at` on. The answer closes it. */
void answer_file(struct answer *answer, int file, uint64_t at, uint64_t len);
void answer_finish(struct answer *answer, bool body_leaves);

/* Of a finished answer: what stands in the FastCGI stream. */
struct str answer_head(const struct answer *answer);
struct str answer_bytes(const struct answer *answer); /* of a file: none */
uint64_t answer_length(const struct answer *answer);  /* of all that leaves behind the head */
/* The file, which is the caller's from here on; -1: there is none to be sent. */
int answer_take_file(struct answer *answer);

#endif

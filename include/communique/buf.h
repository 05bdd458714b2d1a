/*
 * buf - text that grows, with a limit it was born with.
 *
 * A writer adds without looking and asks once at the end: the first addition
 * that does not fit marks the buffer full, and all later ones do nothing.
 *
 *	struct buf page;
 *	buf_init(&page, PAGE_MAX);
 *	buf_add(&page, STR("<h1>"));
 *	...
 *	if (!buf_check(&page, why))		TOO_LARGE
 *
 * The bytes belong to the buffer and move when it grows: a str made from it is
 * good until the next addition. Memory that the system refuses ends the program
 * (see must): every limit here is far below what a machine has.
 */
#ifndef COMMUNIQUE_BUF_H
#define COMMUNIQUE_BUF_H

#include <communique/fault.h>

struct buf {
	char *at;
	size_t len, cap, limit;
	bool full;
};

void buf_init(struct buf *buf, size_t limit);
void buf_release(struct buf *buf); /* frees; the buffer is as after init */
void buf_clear(struct buf *buf);   /* empties, keeps the memory */

void buf_add(struct buf *buf, struct str text);
void buf_add_char(struct buf *buf, char byte);
void buf_add_text(struct buf *buf, const char *text); /* NUL-terminated */
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_cut(struct buf *buf, size_t len); /* back to its first len bytes */

/* Room for n bytes at the end, or NULL when they do not fit; buf_grown() then
 * says how many were written there. For read(2) and friends. */
char *buf_room(struct buf *buf, size_t n);
void buf_grown(struct buf *buf, size_t n);

static inline struct str buf_str(const struct buf *buf)
{
	return (struct str){ buf->at ? buf->at : "", buf->len };
}
bool buf_check(const struct buf *buf, struct fault *why); /* TOO_LARGE when full */

#endif

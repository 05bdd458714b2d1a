/*
 * lines - reading a small signed text line by line, strictly.
 *
 * Every line ends with one LF, the last one too. A line is UTF-8 without control
 * characters (C0, DEL and C1, so no CR and no NUL); TAB is let through, because
 * minisign writes it into its trusted comments. Refusals carry the line's number
 * and the kind the reader was begun with; they never quote a line, which may be
 * a secret key.
 */
#ifndef COMMUNIQUE_LINES_H
#define COMMUNIQUE_LINES_H

#include <communique/fault.h>

struct lines {
	struct str rest;
	unsigned number; /* of the line that was read last */
	enum fault_kind kind;
};

struct lines lines_begin(struct str text, enum fault_kind kind);
bool lines_next(struct lines *lines, struct str *line, struct fault *why);
/* The same without looking for control characters: what follows must be base64 of
 * exactly `len` bytes, canonical. `what` names it in the refusal. */
bool lines_base64(struct lines *lines, void *out, size_t len, const char *what, struct fault *why);
bool lines_end(struct lines *lines, struct fault *why); /* nothing follows */

/* About the line that was read last. Always false. */
bool lines_fail(const struct lines *lines, struct fault *why, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* One line of text as above, without its LF. NULL, or what is wrong with it. */
const char *line_trouble(struct str line);

#endif

/*
 * lines - text taken line by line, with the line's number for those who complain.
 */
#ifndef RELEASE_LINES_H
#define RELEASE_LINES_H

#include <communique/str.h>

struct lines {
	struct str rest;
	unsigned number; /* of the first line of `rest`, from 1 */
};

/* The next line without its LF; not taken off. */
struct str line_peek(const struct lines *lines);
struct str line_take(struct lines *lines);

/* Nothing but what skip_indent() skips. */
bool line_is_blank(struct str line);

/* Without the spaces in front: also U+00A0 and U+3000, which boards indent with. */
struct str skip_indent(struct str line);

#endif

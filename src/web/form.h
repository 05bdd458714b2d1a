/*
 * form - what a reader's form sent: texts by their names.
 *
 * Of multipart/form-data (RFC 7578) and application/x-www-form-urlencoded. Only the value
 * of each part is looked at; its own type and encoding mean nothing here. Values point into the
 * body or the arena, and may be any bytes.
 */
#ifndef COMMUNIQUE_WEB_FORM_H
#define COMMUNIQUE_WEB_FORM_H

#include <communique/arena.h>

#define FORM_FIELDS_MAX 8

struct form {
	struct {
		struct str name, value;
	} at[FORM_FIELDS_MAX];
	size_t count;
};

/* INVALID; ENCODING_NOT_ACCEPTED: it is of another type. */
bool form_read(struct str type, struct str body, struct arena *arena, struct form *out,
	       struct fault *why);
struct str form_value(const struct form *form, const char *name); /* STR_NONE: not there */

#endif

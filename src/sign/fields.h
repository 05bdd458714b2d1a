/*
 * fields - structured fields (RFC 9651, which is RFC 8941 and dates), pulled from
 * borrowed bytes without allocating.
 *
 * A reader walks a dictionary once, forward, and remembers the first thing that
 * is wrong; from then on everything says "no more". So a consumer is a plain loop
 * and asks `broken` once, at the end:
 *
 *	struct fields fields = fields_begin(field);
 *	while (fields_member(&fields, &key)) {
 *		fields_value(&fields, &value);		FIELD_LIST opens an inner list:
 *		while (fields_item(&fields, &value))	its items, each with parameters;
 *			fields_skip_parameters(&fields);	")" ends it, and then
 *		while (fields_parameter(&fields, &key, &value))	the member's own
 *			...
 *	}
 *	if (fields.broken) ...
 *
 * Every value must be followed to the end of its parameters. Keys may stand twice:
 * what that means is for the consumer to say. Display strings are refused: no
 * field that is read here may hold one.
 *
 * `loose` tells whether anything since it was last cleared was written in another
 * way than a serialiser writes it (section 4.1): optional spaces in a list or
 * before a parameter, leading zeros, a "=?1". A signature covers the serialised
 * form, so who verifies wants to know. Spaces around commas do not count.
 */
#ifndef COMMUNIQUE_SIGN_FIELDS_H
#define COMMUNIQUE_SIGN_FIELDS_H

#include <communique/str.h>

enum field_kind {
	FIELD_LIST,
	FIELD_INTEGER,
	FIELD_DECIMAL,
	FIELD_STRING,
	FIELD_TOKEN,
	FIELD_BYTES,
	FIELD_BOOLEAN,
	FIELD_DATE,
};

struct field_value {
	enum field_kind kind;
	int64_t number; /* an integer, a date's seconds, a decimal's thousandths, 0 or 1 */
	/* A string without its quotes and with its escapes; a token; the base64
	 * between the colons, whose pad bits are still to be checked. */
	struct str text;
};

struct fields {
	struct str all, rest;
	const char *broken; /* what is wrong, a sentence without input in it */
	bool first, loose;
};

struct fields fields_begin(struct str field);
size_t fields_position(const struct fields *fields); /* the byte it is at, from 1 */

bool fields_member(struct fields *fields, struct str *key);
bool fields_value(struct fields *fields, struct field_value *value); /* of the member */
bool fields_item(struct fields *fields, struct field_value *value);  /* of an inner list */
bool fields_parameter(struct fields *fields, struct str *key, struct field_value *value);

void fields_skip_parameters(struct fields *fields);
void fields_skip_list(struct fields *fields); /* its items, not its parameters */

#endif

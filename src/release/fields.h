/*
 * fields - the header's fields, one table.
 */
#ifndef RELEASE_FIELDS_H
#define RELEASE_FIELDS_H

#include "parse.h"

enum field {
	SITE,
	RELEASE,
	LANGUAGE,
	REVISION,
	PREVIOUS,
	CHANGE,
	CHANGE_NOTE,
	DATE,
	PUBLISH_AT,
	KIND,
	TITLE,
	SUBTITLE,
	SUMMARY,
	REFERENCE,
	PLACE,
	DEPARTMENT,
	CONTACT,
	TOPICS,
	RIGHTS,
	ATTACHMENT,
	LEGACY,
	FIELD_COUNT
};

typedef bool field_setter(struct parse *parse, struct str value, struct fault *why);

/* A field without a setter is text, kept at `offset`: one, or several as struct texts. */
struct field_row {
	const char *name;
	bool required;
	unsigned most;	   /* how often it may stand */
	size_t limit;	   /* in code points */
	field_setter *set; /* refuses a bad value; the line is parse->line */
	size_t offset;
};

extern const struct field_row field_rows[FIELD_COUNT];

/* One text more of those that may stand `most` times. */
void field_add_text(struct parse *parse, struct texts *texts, size_t most, struct str value);

#endif

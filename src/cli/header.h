/*
 * header - a release file's header while it is put together from many places.
 *
 * `new` and `import` collect fields from options, from the configuration and from
 * what they were given to read. What was set first stays: options go first. The
 * lines come out in the order of communique-release(5), whatever the order in
 * which they were set. Whether it makes a good file is for release_parse() to say.
 */
#ifndef CLI_HEADER_H
#define CLI_HEADER_H

#include <communique/command.h>
#include <communique/release.h>

enum field {
	FIELD_SITE,
	FIELD_RELEASE,
	FIELD_LANGUAGE,
	FIELD_REVISION,
	FIELD_PREVIOUS,
	FIELD_CHANGE,
	FIELD_CHANGE_NOTE,
	FIELD_DATE,
	FIELD_PUBLISH_AT,
	FIELD_KIND,
	FIELD_TITLE,
	FIELD_SUBTITLE,
	FIELD_SUMMARY,
	FIELD_REFERENCE,
	FIELD_PLACE,
	FIELD_DEPARTMENT,
	FIELD_CONTACT,
	FIELD_TOPICS,
	FIELD_RIGHTS,
	FIELD_ATTACHMENT,
	FIELD_LEGACY,
	FIELD_COUNT
};

#define FIELD_VALUES_MAX 32

struct header {
	struct {
		struct str at[FIELD_VALUES_MAX];
		size_t count;
	} of[FIELD_COUNT];
};

/* USAGE: no such field, a value it cannot have, or one too many. An empty value is none. */
bool header_set(struct arena *arena, struct header *header, struct str name, struct str value,
		struct fault *why);
/* Only when the field has no value yet. */
void header_default(struct header *header, enum field field, struct str value);
struct str header_value(const struct header *header, enum field field); /* the first, or STR_NONE */

/* --set Field=value, the short forms (--date and so on), then site and language of the
 * configuration. */
bool header_from_call(const struct call *call, struct header *header, struct fault *why);

bool header_field_required(enum field field);
const char *header_field_name(enum field field);
bool header_value_fits(enum field field, struct str value); /* as far as one value tells */
const char *header_field_example(enum field field);

/* INVALID with the list of what is missing and how to say it. */
bool header_complete(struct arena *arena, const struct header *header, struct fault *why);
void header_write(const struct header *header, struct buf *out); /* with the empty line */

#endif

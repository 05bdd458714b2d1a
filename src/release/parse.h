/*
 * What the parts of the parser share. One struct parse lives as long as one call of
 * release_parse(); all that outlives it is the arena's.
 */
#ifndef RELEASE_PARSE_H
#define RELEASE_PARSE_H

#include <communique/release.h>

#include "lines.h"

struct parse {
	struct arena *arena;
	struct release *release;
	struct doubt *last_doubt;
	unsigned line; /* of the field or block at hand: what refuse() names */
};

#define refuse(parse, why, ...) fail_line(why, RELEASE_MALFORMED, (parse)->line, __VA_ARGS__)
#define doubt(parse, line, ...) doubt_add(parse, line, arena_printf((parse)->arena, __VA_ARGS__))
void doubt_add(struct parse *parse, unsigned line, struct str says);

/* Reads the header off `lines`, with the empty line behind it. */
bool header_parse(struct parse *parse, struct lines *lines, struct fault *why);

/* release->body to release->document. */
bool body_parse(struct parse *parse, struct fault *why);

/* An Attachment's value; a doubled name is for the caller to find. */
bool attachment_parse(struct parse *parse, struct str value, struct attachment *out,
		      struct fault *why);
bool attachment_name_valid(struct str name);

bool change_parse(struct str word, enum change *out);

#endif

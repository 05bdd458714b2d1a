/*
 * template - a Mustache template after compiling: a tree of parts.
 *
 * A section's parts hang below it. Literals point into the source; what a standalone
 * tag took with it is in no part.
 */
#ifndef COMMUNIQUE_RENDER_TEMPLATE_H
#define COMMUNIQUE_RENDER_TEMPLATE_H

#include "markup.h"
#include "mustache.h"

enum part_kind { PART_LITERAL, PART_VALUE, PART_RAW, PART_SECTION, PART_INVERTED, PART_PARTIAL };

struct part {
	enum part_kind kind;
	struct str text;   /* the literal, or the name */
	struct str indent; /* of a standalone partial */
	bool standalone;
	unsigned line;
	struct part *first, *next;
};

struct mustache {
	const char *file;
	struct part *first;
};

#endif

/*
 * edition - one release in one language, as commands name it: LANGUAGE/RELEASE.
 */
#ifndef CLI_EDITION_H
#define CLI_EDITION_H

#include <communique/arena.h>

struct edition {
	struct str language, slug;
};

bool edition_parse(const char *name, struct edition *out, struct fault *why); /* USAGE */
struct str edition_path(struct arena *arena, const struct edition *edition);  /* of its draft */
struct str edition_file_name(struct arena *arena, const struct edition *edition);

#endif

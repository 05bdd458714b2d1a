/* schema - the descriptions of the JSON twins; src/build/embed.c makes them of src/schema/. */
#ifndef COMMUNIQUE_RENDER_SCHEMA_H
#define COMMUNIQUE_RENDER_SCHEMA_H

#include <communique/page.h>

struct schema_file {
	const char *name;
	struct asset asset;
};

extern const size_t schema_file_count;
extern const struct schema_file schema_files[];

#endif

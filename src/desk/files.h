/* files - the page's files as they were compiled in; src/build/embed.c writes them. */
#ifndef COMMUNIQUE_DESK_FILES_H
#define COMMUNIQUE_DESK_FILES_H

#include <communique/page.h>

struct desk_file {
	const char *name;
	struct asset asset; /* its address carries a hash of its bytes */
};

extern const size_t desk_file_count;
extern const struct desk_file desk_files[];

/* NULL: there is none. */
const struct desk_file *desk_file_find(struct str name);

#endif

/* What each of the two services keeps of its rights when it begins to answer. */
#include <libgen.h>

#include "config.h"

static const char *folder_of(struct arena *arena, const char *path)
{
	return dirname(arena_cstr(arena, str_from(path)));
}

void config_confine_public(struct config *config)
{
	const char **reads = arena_array(config->arena, 2, sizeof *reads);

	reads[0] = config->store;
	reads[1] = NULL;
	config->public_side.rights = (struct confine_rights){ .reads = reads };
}

/* The next log key, the state file and what replaces it lie beside those of today. Of the machine
 * only what libcurl and the resolver read, and only where somebody is to be told. */
void config_confine_desk(struct config *config, bool connects)
{
	static const char *const machine[] = { "/etc", "/usr", "/run" };
	const char **reads = arena_array(config->arena, 5, sizeof *reads);
	const char **writes = arena_array(config->arena, 4, sizeof *writes);
	size_t count = 0;

	reads[count++] = folder_of(config->arena, config->log_key);
	for (size_t i = 0; connects && i < 3; i++)
		reads[count++] = machine[i];
	reads[count] = NULL;
	writes[0] = config->store;
	writes[1] = config->desk_side.spool;
	writes[2] = folder_of(config->arena, config->log_state);
	writes[3] = NULL;
	config->desk_side.rights =
		(struct confine_rights){ .connects = connects, .reads = reads, .writes = writes };
}

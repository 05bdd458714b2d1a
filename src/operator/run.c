#include <communique/file.h>
#include <communique/log.h>
#include <communique/mac.h>

#include "config.h"

bool command_serve(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !store_open(&store, config.store, STORE_READER, &config.store_options, why))
		return false;
	config_newsroom(&config, &newsroom);
	newsroom.store = store;
	ok = newsroom_check(&newsroom, why) &&
	     serve_run(&config.public_side, &config.site, store, why);
	store_close(&store);
	return ok;
}

static bool run_desk(const struct config *config, struct fault *why)
{
	struct newsroom newsroom;
	struct store *store = NULL;
	bool ok;

	if (!store_open(&store, config->store, STORE_WRITER, &config->store_options, why))
		return false;
	config_newsroom(config, &newsroom);
	newsroom.store = store;
	ok = newsroom_check(&newsroom, why) &&
	     desk_run(&config->desk_side, &config->site, &newsroom, why);
	store_close(&store);
	return ok;
}

bool command_desk(const struct call *call, struct fault *why)
{
	struct secret preview_key;
	struct config config;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !folder_make(config.desk_side.spool, 0700, why) ||
	    !mac_key_open(config.preview_key, &preview_key, why))
		return false;
	config.desk_side.preview_key = &preview_key;
	ok = run_desk(&config, why);
	secret_free(&preview_key);
	return ok;
}

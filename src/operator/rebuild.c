#include <communique/clock.h>
#include <communique/logbook.h>
#include <communique/rebuild.h>
#include <communique/terminal.h>

#include "config.h"

static void print_progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	terminal_progress("journal rows", done, total);
}

bool command_rebuild(const struct call *call, struct fault *why)
{
	struct rebuild_watch watch = { .progress = print_progress };
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !config_become_owner(&config, why) ||
	    !config_open_store(&config, STORE_WRITER, &store, why))
		return false;
	config_newsroom(&config, &newsroom);
	newsroom.store = store;
	config_open_logbook(&config, &newsroom);
	ok = newsroom_check(&newsroom, why) && logbook_recover(&newsroom, why) &&
	     newsroom_rebuild(&newsroom, clock_now(), &watch, why);
	logbook_close(&newsroom.logbook);
	store_close(&store);
	if (ok)
		printf("%llu revisions: their indexes and the search are made anew\n",
		       (unsigned long long)watch.revisions);
	return ok;
}

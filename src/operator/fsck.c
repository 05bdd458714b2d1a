#include <communique/clock.h>
#include <communique/fsck.h>
#include <communique/logbook.h>
#include <communique/terminal.h>

#include "config.h"

static void print_difference(void *ctx, struct str what)
{
	(void)ctx;
	terminal_print(stdout, what);
	putchar('\n');
}

static void print_progress(void *ctx, uint64_t done, uint64_t total)
{
	uint64_t *rows = ctx;

	*rows = total;
	terminal_progress("rows", done, total);
}

/* 1 is for a store that was read and differs. */
static bool could_not(struct fault *why)
{
	if (why->kind != USAGE)
		why->kind = BROKEN;
	return false;
}

bool command_fsck(const struct call *call, struct fault *why)
{
	struct fsck_watch watch = { .differs = print_difference, .progress = print_progress };
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	uint64_t differences = 0, rows = 0;
	bool ok;

	watch.ctx = &rows;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !store_open(&store, config.store, STORE_READER, &config.store_options, why))
		return could_not(why);
	config_newsroom(&config, &newsroom);
	newsroom.store = store;
	config_open_logbook(&config, &newsroom);
	ok = newsroom_fsck(&newsroom, clock_now(), &watch, &differences, why);
	logbook_close(&newsroom.logbook);
	store_close(&store);
	if (ok && differences)
		return fail(why, INVALID, "%llu %s", (unsigned long long)differences,
			    differences == 1 ? "difference" : "differences");
	if (!ok)
		return could_not(why);
	printf("%llu rows, all in agreement\n", (unsigned long long)rows);
	return true;
}

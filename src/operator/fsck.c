#include <signal.h>

#include <communique/clock.h>
#include <communique/file.h>
#include <communique/fsck.h>
#include <communique/logbook.h>
#include <communique/terminal.h>

#include "config.h"
#include "saved.h"

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

bool fsck_print(const struct newsroom *newsroom, uint64_t *rows, uint64_t *differences,
		struct fault *why)
{
	struct fsck_watch watch = { .differs = print_difference,
				    .progress = print_progress,
				    .ctx = rows };

	return newsroom_fsck(newsroom, clock_now(), &watch, differences, why);
}

/* 1 is for a store that was read and differs. */
static bool could_not(struct fault *why)
{
	if (why->kind != USAGE)
		why->kind = BROKEN;
	return false;
}

static bool report(uint64_t rows, uint64_t differences, struct fault *why)
{
	if (differences)
		return fail(why, INVALID, "%llu %s: see communiqued(8), DAMAGED STORE",
			    (unsigned long long)differences,
			    differences == 1 ? "difference" : "differences");
	printf("%llu rows, all in agreement\n", (unsigned long long)rows);
	return true;
}

/* --- a backup ------------------------------------------------------------------------ */

static void count_difference(void *ctx, struct str what)
{
	uint64_t *differences = ctx;

	(*differences)++;
	print_difference(NULL, what);
}

static bool check_saved(const struct call *call, const struct saved *saved, uint64_t *rows,
			uint64_t *differences, struct fault *why)
{
	struct path conf, store, files;
	struct newsroom newsroom;
	struct config config;
	uint64_t inside = 0;
	bool ok;

	if (!saved_check(saved, count_difference, differences, why))
		return false;
	if (!path_join(&conf, saved->folder, STR("communique.conf"), why) ||
	    !path_join(&store, saved->folder, STR("store"), why) ||
	    !path_join(&files, store.at, STR("files"), why) ||
	    !config_read(call->arena, conf.at, &config, why))
		return false;
	config_newsroom(&config, &newsroom);
	newsroom.files = files.at;
	if (!store_open(&newsroom.store, store.at, STORE_AT_REST, NULL, why))
		return false;
	ok = fsck_print(&newsroom, rows, &inside, why);
	store_close(&newsroom.store);
	*differences += inside;
	return ok;
}

static bool fsck_backup(const struct call *call, const char *folder, struct fault *why)
{
	uint64_t rows = 0, differences = 0;
	struct saved saved;
	bool ok = saved_open(&saved, call->arena, folder, why) &&
		  check_saved(call, &saved, &rows, &differences, why);

	saved_close(&saved);
	return ok ? report(rows, differences, why) : could_not(why);
}

/* --- the store ------------------------------------------------------------------------ */

static bool fsck_store(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	uint64_t differences = 0, rows = 0;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !config_open_store(&config, STORE_READER, &store, why))
		return could_not(why);
	config_newsroom(&config, &newsroom);
	newsroom.store = store;
	config_open_logbook(&config, &newsroom);
	ok = fsck_print(&newsroom, &rows, &differences, why);
	logbook_close(&newsroom.logbook);
	store_close(&store);
	return ok ? report(rows, differences, why) : could_not(why);
}

bool command_fsck(const struct call *call, struct fault *why)
{
	const char *backup = call_option(call, "backup");

	store_explain_damage(SIGSEGV);
	if (backup && call_option(call, "config"))
		return fail(why, USAGE, "--backup has a configuration of its own");
	return backup ? fsck_backup(call, backup, why) : fsck_store(call, why);
}

/*
 * monitor - follows a site's public log, and says when something in it is not right.
 *
 * For anybody: a newspaper, an archive, another ministry. Run from cron it says nothing
 * that is not new, and its exit status is 1 when it has an alarm. What it saw is remembered
 * in a file of the watcher's own, which is what makes a rewritten past visible.
 */
#include <libgen.h>
#include <time.h>

#include <communique/file.h>

#include "commands.h"
#include "dossier.h"
#include "watch.h"

#define EVERY_MAX (7 * 24 * 3600)
#define PATIENCE 15
#define PATIENCE_MAX 3600

/* $XDG_STATE_HOME/communique/<host>.monitor, or ~/.local/state/… */
static bool find_path(const struct call *call, const struct watch *watch, const char **out,
		      struct fault *why)
{
	const char *home = getenv("HOME"), *state = getenv("XDG_STATE_HOME");
	const char *folder;

	*out = call_option(call, "state");
	if (*out)
		return true;
	if (state && state[0] == '/')
		folder = state;
	else if (home && home[0])
		folder = arena_printf(call->arena, "%s/.local/state", home).at;
	else
		return fail(why, USAGE, "there is no home folder; say --state FILE");
	*out = arena_printf(call->arena, "%s/communique/%.*s.monitor", folder,
			    STR_ARG(watch->http.authority))
		       .at;
	return folder_make_all(dirname(arena_cstr(call->arena, str_from(*out))), 0755, why);
}

static bool read_options(const struct call *call, struct watch *watch, uint64_t *every,
			 struct fault *why)
{
	const char *anchor = call_option(call, "anchor"), *seconds = call_option(call, "every"),
		   *wait = call_option(call, "patience");
	uint64_t patience = PATIENCE;
	struct hash *hash = arena_new(call->arena, struct hash);

	*every = 0;
	if (anchor && !hash_parse(str_from(anchor), hash))
		return fail(why, USAGE, "--anchor wants the 64 hex digits of a SHA-256");
	watch->anchor = anchor ? hash : NULL;
	if (seconds && call_flag(call, "once"))
		return fail(why, USAGE, "either --once or --every SECONDS");
	if (seconds && (!str_to_u64(str_from(seconds), EVERY_MAX, every) || *every == 0))
		return fail(why, USAGE, "--every wants seconds, 1 to %d", EVERY_MAX);
	if (wait && !str_to_u64(str_from(wait), PATIENCE_MAX, &patience))
		return fail(why, USAGE, "--patience wants seconds, 0 to %d", PATIENCE_MAX);
	watch->patience = (unsigned)patience;
	return find_path(call, watch, &watch->path, why);
}

static bool one_round(struct watch *watch, struct str site, bool json, size_t *alarms,
		      struct fault *why)
{
	struct report report;
	bool ok;

	report_begin(&report, json);
	watch->report = &report;
	log_reader_init(&watch->log, &watch->http);
	memory_init(&watch->memory);
	ok = memory_load(&watch->memory, watch->path, site, why) && watch_round(watch, why);
	if (ok)
		report_print(&report, site, watch->memory.frontier.size,
			     watch->memory.log.ids.count);
	*alarms = report.alarms;
	log_reader_free(&watch->log);
	memory_free(&watch->memory);
	report_end(&report);
	return ok;
}

/* A round that could not be made is said, and made again. */
_Noreturn static void watch_for_ever(struct watch *watch, struct str site, bool json,
				     uint64_t every)
{
	for (;;) {
		struct fault why = { .kind = NO_FAULT };
		size_t alarms;

		if (!one_round(watch, site, json, &alarms, &why))
			fprintf(stderr, "communique: %s; trying again\n", why.says);
		nanosleep(&(struct timespec){ .tv_sec = (time_t)every }, NULL);
	}
}

static bool watch_site(const struct call *call, struct watch *watch, struct fault *why)
{
	bool json = call_flag(call, "json");
	struct str target, site;
	uint64_t every;
	size_t alarms = 0;

	if (!http_open(&watch->http, call->arena, str_from(call->arguments[0]), &target, why))
		return false;
	if (!str_equal(target, STR("/")))
		return fail(why, USAGE, "a site's address has no path: say %.*s://%.*s",
			    STR_ARG(watch->http.scheme), STR_ARG(watch->http.authority));
	site = arena_printf(call->arena, "%.*s://%.*s", STR_ARG(watch->http.scheme),
			    STR_ARG(watch->http.authority));
	if (!read_options(call, watch, &every, why))
		return false;
	if (every)
		watch_for_ever(watch, site, json, every);
	return one_round(watch, site, json, &alarms, why) &&
	       (alarms == 0 || fail(why, DENIED, "%zu alarm%s at %.*s", alarms,
				    alarms == 1 ? "" : "s", STR_ARG(site)));
}

bool run_monitor(const struct call *call, struct fault *why)
{
	struct watch watch = { .path = NULL };
	bool ok;

	buf_init(&watch.body, DOSSIER_MAX);
	set_init(&watch.ids);
	crawl_init(&watch.crawl);
	ok = sign_start(why) && watch_site(call, &watch, why);
	http_close(&watch.http);
	crawl_release(&watch.crawl);
	set_release(&watch.ids);
	buf_release(&watch.body);
	return ok;
}

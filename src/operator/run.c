#include <libgen.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/clock.h>
#include <communique/condition.h>
#include <communique/file.h>
#include <communique/log.h>
#include <communique/logbook.h>

#include "config.h"
#include "post.h"
#include "sender.h"
#include "user.h"

/* A socket that another process has is no answer to a question: the program could not. */
static bool could_not(bool ok, struct fault *why)
{
	if (!ok && (why->kind == NOT_FOUND || why->kind == CONFLICT))
		why->kind = BROKEN;
	return ok;
}

/* They change the level of the log; before the loop takes them (loop.h) they do nothing. */
static void ignore_level_signals(void)
{
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
}

static void warn(const char *event, const char *key, const char *value, const char *what)
{
	struct log_line line;

	log_begin(&line, LOG_WARNING, event);
	log_str(&line, key, str_from(value));
	log_str(&line, "do", str_from(what));
	log_end(&line);
}

bool command_serve(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	bool ok;

	ignore_level_signals();
	if (!user_settle(call, why) || !config_read(call->arena, config_path(call), &config, why) ||
	    !config_check_group(&config, why) || !config_read_theme(&config, why) ||
	    !config_open_store(&config, STORE_READER, &store, why))
		return false;
	config_newsroom(&config, &newsroom);
	config_confine_public(&config);
	newsroom.store = store;
	ok = config_check_site(&config, &newsroom, why) &&
	     could_not(serve_run(&config.public_side, &config.site, store, why), why);
	store_close(&store);
	return ok;
}

/* --- the desk ---------------------------------------------------------------------------- */

static bool start_sender(void *ctx, struct fault *why)
{
	return sender_start(ctx, why);
}

static bool run_with_sender(struct config *config, struct newsroom *newsroom, struct fault *why)
{
	struct sender_options options = { .newsroom = newsroom,
					  .site = &config->site,
					  .websub_hub = config->websub_hub,
					  .webhook_url = config->webhook_url,
					  .witnesses = config->witnesses,
					  .witness_count = config->witness_count };
	struct sender *sender = NULL;
	struct secret key = { NULL, 0 };
	bool ok;

	if (config->webhook_url && !config_open_webhook_key(config, &key, why))
		return false;
	options.webhook_key = &key;
	ok = sender_open(&options, &sender, why);
	config->desk_side.begin = start_sender;
	config->desk_side.begin_ctx = sender;
	config_confine_desk(config, sender != NULL);
	config->desk_side.tell = sender_tell;
	config->desk_side.tell_ctx = sender;
	ok = ok && could_not(desk_run(&config->desk_side, &config->site, newsroom, why), why);
	sender_close(&sender);
	secret_free(&key);
	return ok;
}

/* What the desk makes when it is not there: the folder of uploads, the key of preview links. */
static bool run_with_key(struct config *config, struct newsroom *newsroom, struct fault *why)
{
	struct secret preview_key;
	struct fault inside;
	bool ok;

	if (!folder_make(config->desk_side.spool, 0700, &inside))
		return settings_blame(config->settings, "spool", &inside, why);
	if (!config_open_preview_key(config, &preview_key, why))
		return false;
	config->desk_side.preview_key = &preview_key;
	ok = run_with_sender(config, newsroom, why);
	secret_free(&preview_key);
	return ok;
}

/* --- what does not stop the desk, and should be heard of before somebody publishes --- */

static void check_secret(const char *path)
{
	struct stat found;

	if (path && stat(path, &found) == 0 && (found.st_mode & 077))
		warn("secret-open-to-others", "path", path,
		     "chmod 600, and think of who may have read it");
}

/* The state file is replaced each time that the log is signed. */
static void check_folder(struct arena *arena, const char *path)
{
	const char *folder = dirname(arena_cstr(arena, str_from(path)));

	if (access(folder, W_OK) != 0)
		warn("log-state", "path", folder,
		     "let the desk's user write there: nothing can be published");
}

/* A log that is stopped stops publications, and nothing else. */
static bool recover_log(const struct newsroom *newsroom, struct fault *why)
{
	struct condition condition;
	struct fault inside;

	if (!logbook_recover(newsroom, &inside)) {
		if (inside.kind != LOG_STOPPED)
			return fail(why, inside.kind, "%s", inside.says);
		log_fault(LOG_ERROR, "log-stopped", &inside);
		return true;
	}
	if (!newsroom_condition(newsroom, clock_now(), &condition, why))
		return false;
	if (condition.log_stopped)
		log_fault(LOG_ERROR, "log-stopped", &condition.log_fault);
	return true;
}

static bool prepare(const struct config *config, struct newsroom *newsroom, struct fault *why)
{
	check_secret(config->log_key);
	check_secret(config->preview_key);
	check_secret(config->webhook_key);
	check_folder(config->arena, config->log_state);
	return config_check_site(config, newsroom, why) && recover_log(newsroom, why);
}

/* The store first: a folder that is no site's is left as it is. */
bool command_desk(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	bool ok;

	ignore_level_signals();
	if (!user_settle(call, why) || !config_read(call->arena, config_path(call), &config, why) ||
	    !config_check_group(&config, why) || !config_check_receivers(&config, why) ||
	    !config_read_theme(&config, why) ||
	    !config_open_store(&config, STORE_WRITER, &store, why))
		return false;
	config_newsroom(&config, &newsroom);
	newsroom.store = store;
	config_open_logbook(&config, &newsroom);
	ok = prepare(&config, &newsroom, why) && run_with_key(&config, &newsroom, why);
	logbook_close(&newsroom.logbook);
	store_close(&store);
	return ok;
}

/*
 * What `config --check` finds: all that a start would refuse or that would stop the log, without a
 * start, and without a change to anything.
 *
 * What can be found depends on who looks. Root may do all, so he looks as the owner of the store,
 * whose desk it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/clock.h>
#include <communique/condition.h>
#include <communique/file.h>
#include <communique/logbook.h>
#include <communique/secret.h>

#include "config.h"

/* Each of these says what it found to the settings, which gather it. */
static void say(const struct config *config, const char *setting, const struct fault *inside)
{
	must(settings_blame(config->settings, setting, inside, NULL));
}

/* --- places ------------------------------------------------------------------------------ */

static bool is_folder(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static const char *folder_of(const struct config *config, const char *path)
{
	return dirname(arena_cstr(config->arena, str_from(path)));
}

/* The folder may be written by another user than this one, or come with the service. */
static void check_socket(const struct config *config, const char *setting)
{
	const char *path = settings_path(config->settings, setting);
	struct fault inside;
	struct stat found;

	if (!path)
		return;
	if (!is_folder(folder_of(config, path)))
		fail(&inside, BROKEN, "there is no folder for the socket %s: make it", path);
	else if (lstat(path, &found) == 0 && !S_ISSOCK(found.st_mode))
		fail(&inside, BROKEN, "%s is there and no socket: name another, or remove it",
		     path);
	else
		return;
	say(config, setting, &inside);
}

/* Whether the desk could make its file or folder there. */
static void check_writable(const struct config *config, const char *setting, const char *folder)
{
	struct fault inside;

	if (access(folder, W_OK | X_OK) == 0)
		return;
	fail_errno(&inside, "the desk must be able to write to %s", folder);
	say(config, setting, &inside);
}

static void check_spool(const struct config *config)
{
	const char *spool = config->desk_side.spool;

	if (!spool)
		return;
	check_writable(config, "spool", path_is_there(spool) ? spool : folder_of(config, spool));
}

/* --- keys -------------------------------------------------------------------------------- */

static bool check_log_key(const struct config *config)
{
	struct fault inside;
	int fd = config->log_key ? open(config->log_key, O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		close(fd);
		return true;
	}
	if (!config->log_key)
		return false;
	file_cannot_open(config->log_key, &inside);
	say(config, "log-key", &inside);
	return false;
}

/* One that is not there the desk makes. */
static void check_preview_key(const struct config *config)
{
	const char *path = config->preview_key;
	struct secret key = { NULL, 0 };

	if (path && !path_is_there(path))
		check_writable(config, "preview-key", folder_of(config, path));
	else if (path && config_open_preview_key(config, &key, NULL))
		secret_free(&key);
}

static void check_webhook_key(const struct config *config)
{
	struct secret key = { NULL, 0 };

	if (config->webhook_key && config_open_webhook_key(config, &key, NULL))
		secret_free(&key);
}

/* --- the store ---------------------------------------------------------------------------- */

/* As the desk says it when it starts (run.c). */
static void check_log(const struct config *config, const struct newsroom *newsroom)
{
	struct condition condition;
	struct fault inside;

	if (!newsroom_condition(newsroom, clock_now(), &condition, &inside))
		say(config, "store", &inside);
	else if (condition.log_stopped)
		say(config, "log-state", &condition.log_fault);
}

static void check_store(const struct config *config, bool has_log_key)
{
	struct newsroom newsroom;
	struct fault inside;

	config_newsroom(config, &newsroom);
	if (!config_open_store(config, STORE_READER, &newsroom.store, NULL))
		return;
	config_open_logbook(config, &newsroom);
	if (!config_check_site(config, &newsroom, &inside))
		;
	else if (has_log_key)
		check_log(config, &newsroom);
	logbook_close(&newsroom.logbook);
	store_close(&newsroom.store);
}

/* --- all of it ----------------------------------------------------------------------------- */

static bool look(struct config *config, struct fault *why)
{
	bool has_log_key;

	if (!config_check_group(config, why) || !config_check_receivers(config, why) ||
	    (config->store && !config_become_owner(config, why)))
		return false;
	check_socket(config, "public-socket");
	check_socket(config, "desk-socket");
	check_spool(config);
	if (config->log_state)
		check_writable(config, "log-state", folder_of(config, config->log_state));
	has_log_key = check_log_key(config);
	check_preview_key(config);
	check_webhook_key(config);
	if (config->store && config->site.name.len)
		check_store(config, has_log_key);
	return config_read_theme(config, why);
}

bool config_check(const struct call *call, struct fault *why)
{
	struct config config;
	struct buf wrong;
	bool ok;

	buf_init(&wrong, CONFIG_MAX * 4);
	ok = config_gather(call->arena, config_path(call), &wrong, &config, why) &&
	     look(&config, why);
	fwrite(buf_str(&wrong).at, 1, wrong.len, stdout);
	if (ok && wrong.len > 0)
		ok = fail(why, INVALID, "%s cannot be used as it is", config_path(call));
	else if (ok)
		printf("%s: nothing is wrong\n", config_path(call));
	buf_release(&wrong);
	return ok;
}

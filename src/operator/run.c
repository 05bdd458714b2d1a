#include <communique/file.h>
#include <communique/log.h>
#include <communique/logbook.h>
#include <communique/mac.h>

#include "config.h"
#include "post.h"
#include "sender.h"

#define WEBHOOK_KEY_MIN 16

/* A socket that another process has is no answer to a question: the program could not. */
static bool could_not(bool ok, struct fault *why)
{
	if (!ok && (why->kind == NOT_FOUND || why->kind == CONFLICT))
		why->kind = BROKEN;
	return ok;
}

bool command_serve(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !config_read_theme(&config, why) ||
	    !config_open_store(&config, STORE_READER, &store, why))
		return false;
	config_newsroom(&config, &newsroom);
	config_confine_public(&config);
	newsroom.store = store;
	ok = newsroom_check(&newsroom, why) &&
	     could_not(serve_run(&config.public_side, &config.site, store, why), why);
	store_close(&store);
	return ok;
}

/* --- the desk ---------------------------------------------------------------------------- */

static bool check_receiver(const struct config *config, const char *setting, const char *url,
			   struct fault *why)
{
	if (!url || post_url_valid(url))
		return true;
	return settings_fail(config->settings, setting, why,
			     "%s is an https address, or http of this machine", setting);
}

static bool read_webhook_key(const struct config *config, struct secret *out, struct fault *why)
{
	*out = (struct secret){ NULL, 0 };
	if (!config->webhook_url)
		return true;
	if (!config->webhook_key)
		return settings_fail(config->settings, "webhook-url", why,
				     "webhook-url needs a webhook-key to sign with");
	if (!could_not(secret_read_file(out, config->webhook_key, KEY_FILE_MAX, why), why))
		return false;
	if (out->len >= WEBHOOK_KEY_MIN)
		return true;
	secret_free(out);
	return fail(why, INVALID, "%s has less than %d bytes", config->webhook_key,
		    WEBHOOK_KEY_MIN);
}

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
	struct secret key;
	bool ok;

	if (!check_receiver(config, "websub-hub", config->websub_hub, why) ||
	    !check_receiver(config, "webhook-url", config->webhook_url, why) ||
	    !read_webhook_key(config, &key, why))
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
	bool ok;

	if (!folder_make(config->desk_side.spool, 0700, why) ||
	    !mac_key_open(config->preview_key, &preview_key, why))
		return false;
	config->desk_side.preview_key = &preview_key;
	ok = run_with_sender(config, newsroom, why);
	secret_free(&preview_key);
	return ok;
}

/* A log that is stopped stops publications, and nothing else. */
static bool recover_log(const struct newsroom *newsroom, struct fault *why)
{
	struct fault inside;

	if (logbook_recover(newsroom, &inside))
		return true;
	if (inside.kind != LOG_STOPPED)
		return fail(why, inside.kind, "%s", inside.says);
	log_fault(LOG_ERROR, "log-stopped", &inside);
	return true;
}

/* The store first: a folder that is no site's is left as it is. */
bool command_desk(const struct call *call, struct fault *why)
{
	struct newsroom newsroom;
	struct config config;
	struct store *store = NULL;
	bool ok;

	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !config_read_theme(&config, why) ||
	    !config_open_store(&config, STORE_WRITER, &store, why))
		return false;
	config_newsroom(&config, &newsroom);
	newsroom.store = store;
	config_open_logbook(&config, &newsroom);
	ok = newsroom_check(&newsroom, why) && recover_log(&newsroom, why) &&
	     run_with_key(&config, &newsroom, why);
	logbook_close(&newsroom.logbook);
	store_close(&store);
	return ok;
}

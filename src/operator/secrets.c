/* The secrets that the desk reads when it starts. */
#include <communique/mac.h>

#include "config.h"

#define WEBHOOK_KEY_MIN 16

/* Of a file it is not an answer that there is none, or that it is too long: the program could not.
 */
static bool blame(const struct config *config, const char *setting, struct fault *inside,
		  struct fault *why)
{
	if (inside->kind == NOT_FOUND)
		inside->kind = BROKEN;
	return settings_blame(config->settings, setting, inside, why);
}

static bool check_length(const struct config *config, struct secret *key, struct fault *inside)
{
	if (key->len >= WEBHOOK_KEY_MIN)
		return true;
	secret_free(key);
	return fail(inside, INVALID, "%s has less than %d bytes", config->webhook_key,
		    WEBHOOK_KEY_MIN);
}

bool config_open_webhook_key(const struct config *config, struct secret *out, struct fault *why)
{
	struct fault inside;

	*out = (struct secret){ NULL, 0 };
	return (secret_read_file(out, config->webhook_key, KEY_FILE_MAX, &inside) &&
		check_length(config, out, &inside)) ||
	       blame(config, "webhook-key", &inside, why);
}

bool config_open_preview_key(const struct config *config, struct secret *out, struct fault *why)
{
	struct fault inside;

	*out = (struct secret){ NULL, 0 };
	return mac_key_open(config->preview_key, out, &inside) ||
	       blame(config, "preview-key", &inside, why);
}

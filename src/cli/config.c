#include <unistd.h>

#include <communique/limits.h>
#include <communique/terminal.h>

#include "commands.h"
#include "config.h"

static const struct setting table[] = {
	{ "server", SETTING_TEXT, NULL, "address of the site, such as https://press.example" },
	{ "site", SETTING_TEXT, NULL, "name that new release files are written for" },
	{ "key", SETTING_PATH, NULL, "secret key file that signs" },
	{ "language", SETTING_TEXT, NULL, "language of new release files, such as en" },
};

static const char *config_path(struct arena *arena)
{
	const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	/* The base directory specification: a relative path there is to be ignored. */
	if (folder && folder[0] == '/')
		return arena_printf(arena, "%s/communique/config", folder).at;
	if (home && home[0])
		return arena_printf(arena, "%s/.config/communique/config", home).at;
	return NULL;
}

bool config_read(struct arena *arena, struct config *out, struct fault *why)
{
	const char *named = getenv("COMMUNIQUE_CONFIG");
	const char *found;

	*out = (struct config){ .path = named && named[0] ? named : config_path(arena) };
	out->there = out->path && (out->path == named || access(out->path, F_OK) == 0);
	found = out->there ? out->path : NULL;
	return settings_read(arena, table, sizeof table / sizeof table[0], found, &out->settings,
			     why);
}

bool config_find(const struct call *call, const char *name, const char **out, struct fault *why)
{
	struct config config;

	*out = call_option(call, name);
	if (*out)
		return true;
	if (!config_read(call->arena, &config, why))
		return false;
	*out = strcmp(name, "key") == 0 ? settings_path(config.settings, name)
					: settings_cstr(config.settings, name);
	return true;
}

bool config_need(const struct call *call, const char *name, const char **out, struct fault *why)
{
	if (!config_find(call, name, out, why))
		return false;
	if (*out)
		return true;
	return fail(why, USAGE, "no %s is given: say --%s, or \"%s = …\" in the configuration",
		    name, name, name);
}

bool run_config(const struct call *call, struct fault *why)
{
	struct config config;
	struct buf text;

	if (!config_read(call->arena, &config, why))
		return false;
	buf_init(&text, CONFIG_MAX);
	settings_print(config.settings, &text);
	printf("# %s%s\n\n", config.path ? config.path : "no home folder, so no configuration file",
	       config.path && !config.there ? " (not there)" : "");
	terminal_print(stdout, buf_str(&text));
	buf_release(&text);
	return true;
}

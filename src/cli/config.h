/*
 * config - an editor's own defaults.
 *
 * The file is $XDG_CONFIG_HOME/communique/config, or ~/.config/communique/config,
 * or whatever COMMUNIQUE_CONFIG names. It may be absent, unless it was named. An
 * option of the same name goes before it.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <communique/command.h>
#include <communique/settings.h>

struct config {
	struct settings *settings;
	const char *path; /* where it is or would be; NULL: there is no home to look in */
	bool there;
};

bool config_read(struct arena *arena, struct config *out, struct fault *why);

/* The option --name, or else the setting of that name; NULL when neither is given.
 * Names: "server", "site", "key", "language". */
bool config_find(const struct call *call, const char *name, const char **out, struct fault *why);
/* The same, but USAGE, saying both ways to give it, when it is missing. */
bool config_need(const struct call *call, const char *name, const char **out, struct fault *why);

#endif

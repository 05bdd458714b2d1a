/*
 * config - communique.conf: one table of keys, read into what the servers need.
 */
#ifndef COMMUNIQUE_OPERATOR_CONFIG_H
#define COMMUNIQUE_OPERATOR_CONFIG_H

#include <communique/command.h>
#include <communique/server.h>
#include <communique/settings.h>

#include "witness.h"

/* Everything from the file; memory is the arena's. */
struct config {
	struct arena *arena;
	struct settings *settings;
	const char *path; /* of the file that was read */
	const char *store;
	const char *log_key, *log_state;
	const char *preview_key;
	struct witness witnesses[WITNESS_URLS_MAX]; /* of the log, by their addresses */
	size_t witness_count;
	const char *websub_hub, *webhook_url, *webhook_key; /* NULL: not set */
	struct store_options store_options;
	struct site site;
	struct server_options public_side, desk_side;
	uint64_t map_size;
};

bool config_read(struct arena *arena, const char *path, struct config *out, struct fault *why);
/* The same, to hear of all that is wrong at once, as settings_check() gathers it. */
bool config_gather(struct arena *arena, const char *path, struct buf *wrong, struct config *out,
		   struct fault *why);
/* `config --check`. */
bool config_check(const struct call *call, struct fault *why);
/* What only the two services need: the web server's group; who is told of publications. */
bool config_check_group(const struct config *config, struct fault *why);
bool config_check_receivers(const struct config *config, struct fault *why);
/* Reads the theme and the logo, for what makes pages. */
bool config_read_theme(struct config *config, struct fault *why);
/* Before the first write: root becomes, for good, whoever owns the configuration, or else the
 * store. What that user wrote says where files lie, and must not have root write where he may not.
 */
bool config_become_owner(const struct config *config, struct fault *why);
/* Opens config's store. BROKEN, not NOT_FOUND, when there is none: the program could not. */
bool config_open_store(const struct config *config, enum store_mode mode, struct store **out,
		       struct fault *why);
bool config_read_site(struct config *config, struct fault *why); /* a part of it */
/* Whether the setting is a path, and its default; NULL: none. */
bool config_is_path(struct str key, const char **fallback);
/* https://host, or http:// of this machine, nothing behind: editors' programs take no other. */
bool config_is_url(struct str url);
bool config_is_site(struct str site); /* a host name in lower case */
/* Whether the store is of this site; a fault names the setting. */
bool config_check_site(const struct config *config, struct newsroom *newsroom, struct fault *why);
/* The desk's secrets; a fault names the setting. That of previews is made when it is not there. */
bool config_open_webhook_key(const struct config *config, struct secret *out, struct fault *why);
bool config_open_preview_key(const struct config *config, struct secret *out, struct fault *why);
/* What the newsroom needs to know of the site. */
void config_newsroom(const struct config *config, struct newsroom *out);

/* What the services keep of their rights (confine.h); whether the desk tells anybody. */
void config_confine_public(struct config *config);
void config_confine_desk(struct config *config, bool connects);

/* For the desk and for what looks whether it could sign. */
void config_open_logbook(const struct config *config, struct newsroom *newsroom);

/* Holds a store against itself, and prints a line for each difference. */
bool fsck_print(const struct newsroom *newsroom, uint64_t *rows, uint64_t *differences,
		struct fault *why);

/* The commands of communiqued, for its table. */
bool command_init(const struct call *call, struct fault *why);
bool command_serve(const struct call *call, struct fault *why);
bool command_desk(const struct call *call, struct fault *why);
bool command_mail(const struct call *call, struct fault *why);
bool command_export(const struct call *call, struct fault *why);
bool command_fsck(const struct call *call, struct fault *why);
bool command_backup(const struct call *call, struct fault *why);
bool command_restore(const struct call *call, struct fault *why);
bool command_rebuild(const struct call *call, struct fault *why);
bool command_log_key(const struct call *call, struct fault *why);
bool command_log_checkpoint(const struct call *call, struct fault *why);
bool command_log_request(const struct call *call, struct fault *why);
bool command_log_resume(const struct call *call, struct fault *why);
bool command_log_add(const struct call *call, struct fault *why);
bool command_config(const struct call *call, struct fault *why);

#define CONFIG_OPTION                                                                              \
	{                                                                                          \
		"config", 'c', "FILE",                                                             \
			"the configuration (default /etc/communique/communique.conf)"              \
	}
const char *config_path(const struct call *call);

#endif

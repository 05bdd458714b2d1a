#include <errno.h>
#include <grp.h>
#include <sys/un.h>
#include <unistd.h>

#include <communique/log.h>
#include <communique/logbook.h>

#include "config.h"
#include "user.h"
#include "post.h"

static const struct setting table[] = {
	{ "site", SETTING_TEXT, NULL,
	  "The origin name that release files and key sets are signed for. Never changes." },
	{ "url", SETTING_TEXT, NULL,
	  "The public address, https://host without a slash at the end (http:// only of this "
	  "machine). Requests are checked against it." },
	{ "languages", SETTING_WORDS, "en",
	  "The languages of releases, as BCP 47 tags; the first is the default." },
	{ "name.", SETTING_TEXT, NULL, "The institution's name, by language." },
	{ "tagline.", SETTING_TEXT, NULL, "A line beneath the name, by language." },
	{ "chrome.", SETTING_TEXT, NULL,
	  "The language of menus and labels on pages whose text is in this language; by default "
	  "the same." },
	{ "masthead", SETTING_FLAG, "yes",
	  "Whether the line at the top of each page says whose official site this is." },
	{ "masthead.", SETTING_TEXT, NULL,
	  "That sentence, by language of the menus; %1 in it stands for the name. By default "
	  "\"This is "
	  "the official website of %1.\" in its language." },
	{ "theme", SETTING_PATH, NULL,
	  "A folder of templates, style sheets, pictures and fonts of the site's own; see "
	  "communique-theme(5). It is read when a service starts." },
	{ "logo", SETTING_PATH, NULL,
	  "An SVG or PNG file of at most 256K, shown at the top of each page in place of the "
	  "name." },
	{ "logo-with-name", SETTING_FLAG, "no", "Whether the name stands beside the logo, too." },
	{ "menu.", SETTING_TEXT, NULL,
	  "The main menu, by language: entries separated by \";\". Each is a word for a page that "
	  "every site has, or \"name | address\" with an https address or a path of this site, as "
	  "in: "
	  "home; releases; search; About us | https://ministry.example/about" },
	{ "footer.", SETTING_TEXT, NULL,
	  "What the footer says and links to, by language, such as the privacy policy and the "
	  "accessibility statement: \"name | address\", or a line of text; separated by \";\"." },
	{ "contact", SETTING_TEXT, NULL, "Where readers can write to, shown in the footer." },
	{ "contact.", SETTING_TEXT, NULL, "The same, by language." },
	{ "contact-security", SETTING_TEXT, NULL,
	  "Where a weakness can be told, for /.well-known/security.txt: an e-mail address, or an "
	  "https or mailto address. By default the contact, where that is an e-mail address." },
	{ "time-zone", SETTING_TEXT, "UTC",
	  "The zone of all times that readers see, by its name in the IANA database, such as "
	  "Asia/Seoul. A release's date is held against the day of its publication there." },
	{ "rights", SETTING_TEXT, "all-rights-reserved",
	  "For releases without a Rights field: KOGL-1 to KOGL-4, an SPDX id, or "
	  "all-rights-reserved." },
	{ "store", SETTING_PATH, "store", "The folder of the store." },
	{ "store-size", SETTING_SIZE, "1G",
	  "Address space reserved for the store; it grows by itself when it is full." },
	{ "spool", SETTING_PATH, "spool", "Where uploads are kept while they arrive." },
	{ "log-key", SETTING_PATH, "log.key",
	  "The secret key of the public log. The next one lies beside it, with .next behind the "
	  "name, before a key set names it." },
	{ "log-state", SETTING_PATH, "log.state",
	  "What the log was when its key signed last. It stands outside of the store, so that an "
	  "older store that is put in its place is noticed, and belongs to no backup." },
	{ "preview-key", SETTING_PATH, "preview.key",
	  "The secret key of preview links; made when it is not there. Whoever removes it ends all "
	  "links." },
	{ "witnesses", SETTING_WORDS, NULL,
	  "Addresses of witnesses of the public log, such as https://witness.example: each new "
	  "checkpoint is shown to them (C2SP tlog-witness). Their keys stand in the key set." },
	{ "websub-hub", SETTING_TEXT, NULL,
	  "The address of a WebSub hub that is told, at the lift, which feeds have changed; the "
	  "feeds name it." },
	{ "webhook-url", SETTING_TEXT, NULL,
	  "An address that gets each publication, at the lift, as a JSON object." },
	{ "webhook-key", SETTING_PATH, NULL,
	  "The file of the secret, at least 16 bytes, that webhooks are signed with: "
	  "X-Communique-Signature is the HMAC with SHA-256 of the body." },
	{ "public-socket", SETTING_PATH, "public.sock",
	  "The socket of the public process, unless it inherits one." },
	{ "desk-socket", SETTING_PATH, "desk.sock",
	  "The socket of the editors' process, unless it inherits one." },
	{ "socket-group", SETTING_TEXT, NULL,
	  "The web server's group: who may connect to the sockets (mode 0660)." },
	{ "threads", SETTING_NUMBER, "0",
	  "Worker threads of a process, at most 256; 0 is one a core." },
	{ "attachment-size", SETTING_SIZE, "512M", "The largest attachment." },
	{ "log-level", SETTING_TEXT, "info",
	  "error, warning, info or debug, which also has a line of each reader's request." },
};

enum { TABLE_ROWS = sizeof table / sizeof *table };

const char *config_path(const struct call *call)
{
	const char *path = call_option(call, "config");

	return path ? path : "/etc/communique/communique.conf";
}

bool config_is_path(struct str key, const char **fallback)
{
	for (size_t i = 0; i < TABLE_ROWS; i++) {
		*fallback = table[i].fallback;
		if (table[i].type == SETTING_PATH && str_equal(key, str_from(table[i].key)))
			return true;
	}
	return false;
}

static bool read_log_level(const struct config *config, struct fault *why)
{
	enum log_level level;

	if (!log_level_parse(settings_text(config->settings, "log-level"), &level))
		return settings_fail(config->settings, "log-level", why,
				     "log-level is error, warning, info or debug");
	log_set_level(level);
	return true;
}

/* An empty path would be the folder of the file. */
static bool check_paths(const struct config *config, struct fault *why)
{
	for (size_t i = 0; i < TABLE_ROWS; i++) {
		const char *key = table[i].key;

		if (table[i].type == SETTING_PATH && table[i].fallback &&
		    !settings_path(config->settings, key) &&
		    !settings_fail(config->settings, key, why,
				   "%s is empty: leave the line out for %s", key,
				   table[i].fallback))
			return false;
	}
	return true;
}

static bool check_least(const struct config *config, const char *key, uint64_t least,
			const char *text, struct fault *why)
{
	return settings_number(config->settings, key) >= least ||
	       settings_fail(config->settings, key, why, "%s is at least %s", key, text);
}

static bool check_threads(const struct config *config, struct fault *why)
{
	return settings_number(config->settings, "threads") <= THREADS_MAX ||
	       settings_fail(config->settings, "threads", why, "threads is at most %d",
			     THREADS_MAX);
}

/* The kernel's limit for the address of a socket. */
static bool check_socket(const struct config *config, const char *key, struct fault *why)
{
	const char *path = settings_path(config->settings, key);
	size_t most = sizeof((struct sockaddr_un){ 0 }.sun_path) - 1;

	if (!path || strlen(path) <= most)
		return true;
	return settings_fail(
		config->settings, key, why,
		"%s: with its folder it has %zu bytes, and a socket's path at most %zu", key,
		strlen(path), most);
}

static void read_servers(struct config *config)
{
	struct settings *settings = config->settings;

	config->store = settings_path(settings, "store");
	config->log_key = settings_path(settings, "log-key");
	config->log_state = settings_path(settings, "log-state");
	config->preview_key = settings_path(settings, "preview-key");
	config->websub_hub = settings_cstr(settings, "websub-hub");
	config->site.hub = settings_text(settings, "websub-hub");
	config->webhook_url = settings_cstr(settings, "webhook-url");
	config->webhook_key = settings_path(settings, "webhook-key");
	config->store_options.map_size = settings_number(settings, "store-size");
	config->public_side = (struct server_options){
		.socket = settings_path(settings, "public-socket"),
		.socket_group = settings_cstr(settings, "socket-group"),
		.threads = (unsigned)settings_number(settings, "threads"),
	};
	config->public_side.files = arena_printf(config->arena, "%s/files", config->store).at;
	config->desk_side = config->public_side;
	config->desk_side.socket = settings_path(settings, "desk-socket");
	config->desk_side.spool = settings_path(settings, "spool");
	config->desk_side.attachment_max = settings_number(settings, "attachment-size");
}

static bool read_witnesses(struct config *config, struct fault *why)
{
	struct settings *settings = config->settings;
	struct str urls[WITNESS_URLS_MAX];

	config->witness_count = settings_words(settings, "witnesses", urls, WITNESS_URLS_MAX);
	for (size_t i = 0; i < config->witness_count; i++) {
		const char *url = arena_cstr(config->arena, urls[i]);

		if (!post_url_valid(url) || str_ends(urls[i], STR("/")))
			return settings_fail(settings, "witnesses", why,
					     "witnesses: \"%s\" is no https address without a "
					     "slash at its end",
					     QUOTE(urls[i]));
		config->witnesses[i].url = url;
	}
	return true;
}

static bool read_all(struct config *config, struct fault *why)
{
	if (!config_read_site(config, why) || !read_log_level(config, why) ||
	    !check_paths(config, why) ||
	    !check_least(config, "attachment-size", 1 << 10, "1K", why) ||
	    !check_least(config, "store-size", 1 << 20, "1M", why) || !check_threads(config, why) ||
	    !check_socket(config, "public-socket", why) ||
	    !check_socket(config, "desk-socket", why) || !read_witnesses(config, why))
		return false;
	read_servers(config);
	return true;
}

bool config_read(struct arena *arena, const char *path, struct config *out, struct fault *why)
{
	*out = (struct config){ .arena = arena, .path = arena_cstr(arena, str_from(path)) };
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return fail(why, BROKEN,
			    "there is no configuration %s: name yours with -c, or make a site with "
			    "`communiqued init`",
			    path);
	return settings_read(arena, table, TABLE_ROWS, path, &out->settings, why) &&
	       read_all(out, why);
}

bool config_gather(struct arena *arena, const char *path, struct buf *wrong, struct config *out,
		   struct fault *why)
{
	*out = (struct config){ .arena = arena, .path = arena_cstr(arena, str_from(path)) };
	return settings_check(arena, table, TABLE_ROWS, path, wrong, &out->settings, why) &&
	       read_all(out, why);
}

bool config_check_group(const struct config *config, struct fault *why)
{
	const char *group = settings_cstr(config->settings, "socket-group");

	if (!group || getgrnam(group))
		return true;
	return settings_fail(config->settings, "socket-group", why,
			     "socket-group: there is no group %s on this machine",
			     QUOTE(str_from(group)));
}

static bool check_receiver(const struct config *config, const char *key, struct fault *why)
{
	const char *url = settings_cstr(config->settings, key);

	if (!url || post_url_valid(url))
		return true;
	return settings_fail(config->settings, key, why,
			     "%s is an https address, or http of this machine", key);
}

bool config_check_receivers(const struct config *config, struct fault *why)
{
	if (!check_receiver(config, "websub-hub", why) ||
	    !check_receiver(config, "webhook-url", why))
		return false;
	if (!settings_cstr(config->settings, "webhook-url") ||
	    settings_cstr(config->settings, "webhook-key"))
		return true;
	return settings_fail(config->settings, "webhook-url", why,
			     "webhook-url needs a webhook-key to sign with");
}

/* Whoever makes a new store where the disk is only not mounted has two. */
static void refuse_store(const struct config *config, const struct fault *inside, struct fault *why)
{
	struct fault missing = *inside;

	if (inside->kind == NOT_FOUND)
		fail(&missing, BROKEN,
		     "there is no store in %s: is its disk mounted? communiqued(8), RESTORING; "
		     "init only for a new site",
		     config->store);
	settings_blame(config->settings, "store", &missing, why);
}

bool config_become_owner(const struct config *config, struct fault *why)
{
	return user_become_owner(config->path, why) && user_become_owner(config->store, why);
}

bool config_open_store(const struct config *config, enum store_mode mode, struct store **out,
		       struct fault *why)
{
	struct fault inside;

	if (store_open(out, config->store, mode, &config->store_options, &inside))
		return true;
	refuse_store(config, &inside, why);
	return false;
}

bool config_check_site(const struct config *config, struct newsroom *newsroom, struct fault *why)
{
	struct fault inside;

	if (newsroom_check(newsroom, &inside))
		return true;
	if (inside.kind == CONFLICT)
		return settings_fail(config->settings, "site", why, "%s: %s", config->store,
				     inside.says);
	return settings_blame(config->settings, "store", &inside, why);
}

void config_newsroom(const struct config *config, struct newsroom *out)
{
	*out = (struct newsroom){ .site = config->site.name,
				  .language_count = config->site.language_count,
				  .outbox = config->websub_hub || config->webhook_url,
				  .files = config->desk_side.files,
				  .spool = config->desk_side.spool };
	memcpy(out->languages, config->site.languages, sizeof out->languages);
}

void config_open_logbook(const struct config *config, struct newsroom *newsroom)
{
	struct logbook_options options = { .site = config->site.name,
					   .key = config->log_key,
					   .state = config->log_state };

	logbook_open(&options, &newsroom->logbook);
}

/* The same table as the list of a manual page. */
static void print_manual(void)
{
	for (size_t i = 0; i < TABLE_ROWS; i++) {
		const char *family = str_ends(str_from(table[i].key), STR(".")) ? "LANGUAGE" : "";

		printf(".It Ic %s%s\n%s\n", table[i].key, family, table[i].help);
		if (table[i].fallback)
			printf("Default:\n.Li %s .\n", table[i].fallback);
	}
}

bool command_config(const struct call *call, struct fault *why)
{
	struct config config;
	struct buf out;

	if (call_flag(call, "manual")) {
		print_manual();
		return true;
	}
	if (call_flag(call, "check"))
		return config_check(call, why);
	if (!config_read(call->arena, config_path(call), &config, why) ||
	    !config_read_theme(&config, why))
		return false;
	buf_init(&out, CONFIG_MAX * 2);
	settings_print(config.settings, &out);
	fwrite(out.at, 1, out.len, stdout);
	buf_release(&out);
	return true;
}

#include <communique/log.h>

#include "config.h"

static const struct setting table[] = {
	{ "site", SETTING_TEXT, NULL,
	  "The origin name that release files and key sets are signed for. Never changes." },
	{ "url", SETTING_TEXT, NULL,
	  "The public address, https://host without a slash at the end. Requests are checked "
	  "against it." },
	{ "languages", SETTING_WORDS, "en",
	  "The languages of releases, as BCP 47 tags; the first is the default." },
	{ "name.", SETTING_TEXT, NULL, "The institution's name, by language." },
	{ "tagline.", SETTING_TEXT, NULL, "A line beneath the name, by language." },
	{ "chrome.", SETTING_TEXT, NULL,
	  "The language of menus and labels on pages whose text is in this language; by default "
	  "the same." },
	{ "contact", SETTING_TEXT, NULL, "Where readers can write to, shown in the footer." },
	{ "rights", SETTING_TEXT, "all-rights-reserved",
	  "For releases without a Rights field: KOGL-1 to KOGL-4, an SPDX id, or "
	  "all-rights-reserved." },
	{ "store", SETTING_PATH, "store", "The folder of the store." },
	{ "store-size", SETTING_SIZE, "1G",
	  "Address space reserved for the store; it grows by itself when it is full." },
	{ "spool", SETTING_PATH, "spool", "Where uploads are kept while they arrive." },
	{ "log-key", SETTING_PATH, "log.key", "The secret key of the public log." },
	{ "preview-key", SETTING_PATH, "preview.key",
	  "The secret key of preview links; made when it is not there. Whoever removes it ends all "
	  "links." },
	{ "websub-hub", SETTING_TEXT, NULL,
	  "The address of a WebSub hub that is told, at the lift, which feed has changed. The "
	  "feeds "
	  "themselves come with a later version." },
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
	{ "log-level", SETTING_TEXT, "info", "error, warning, info or debug." },
};

enum { TABLE_ROWS = sizeof table / sizeof *table, THREADS_MAX = 256 };

const char *config_path(const struct call *call)
{
	const char *path = call_option(call, "config");

	return path ? path : "/etc/communique/communique.conf";
}

bool config_is_url(struct str url)
{
	bool secure = str_starts(url, STR("https://"));
	struct str host = str_skip(url, secure ? 8 : 7);

	if (!secure && !str_starts(url, STR("http://")))
		return false;
	for (size_t i = 0; i < host.len; i++) {
		char c = host.at[i];

		if (!is_lower(c) && !is_digit(c) && c != '.' && c != '-' && c != ':' && c != '[' &&
		    c != ']')
			return false;
	}
	return host.len > 0;
}

/* The first of: what is set, the language itself, any language of the site, English. */
static const struct locale *chrome_of(const struct config *config, struct str language)
{
	const struct site *site = &config->site;
	const struct locale *locale = locale_find(language);

	for (size_t i = 0; !locale && i < site->language_count; i++)
		locale = locale_find(site->languages[i]);
	return locale ? locale : locale_find(STR("en"));
}

static bool read_language(struct config *config, size_t i, struct fault *why)
{
	const struct settings *settings = config->settings;
	struct site *site = &config->site;
	struct str language = site->languages[i];
	struct str name = settings_member(settings, "name.", language);
	struct str chrome = settings_member(settings, "chrome.", language);

	if (!language_valid(language))
		return settings_fail(settings, "languages", why,
				     "languages: \"%s\" is no language tag", QUOTE(language));
	for (size_t k = 0; k < i; k++) {
		if (str_equal(site->languages[k], language))
			return settings_fail(settings, "languages", why,
					     "languages: %s stands twice", QUOTE(language));
	}
	site->of[i].title = str_given(name) ? name : site->name;
	site->of[i].tagline = settings_member(settings, "tagline.", language);
	site->of[i].chrome = str_given(chrome) ? locale_find(chrome) : chrome_of(config, language);
	if (!site->of[i].chrome)
		return settings_fail(
			settings, arena_printf(config->arena, "chrome.%.*s", STR_ARG(language)).at,
			why, "chrome.%s: there are no messages in \"%s\"", QUOTE(language),
			QUOTE(chrome));
	return true;
}

/* A name in a language that the site has not would never be seen: a slip of the hand. */
static bool check_families(const struct config *config, struct fault *why)
{
	static const char *const families[] = { "name.", "tagline.", "chrome." };
	const struct site *site = &config->site;

	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		if (!settings_members_among(config->settings, families[i], site->languages,
					    site->language_count, why))
			return false;
	}
	return true;
}

static bool read_names(struct config *config, struct fault *why)
{
	struct settings *settings = config->settings;
	struct site *site = &config->site;

	site->name = settings_text(settings, "site");
	site->url = settings_text(settings, "url");
	if (site->name.len == 0)
		return settings_fail(settings, "site", why, "the setting site is missing");
	if (site->name.len > RELEASE_SITE_MAX)
		return settings_fail(settings, "site", why, "site has more than %d characters",
				     RELEASE_SITE_MAX);
	if (site->url.len == 0)
		return settings_fail(settings, "url", why, "the setting url is missing");
	if (!config_is_url(site->url))
		return settings_fail(settings, "url", why,
				     "url is an address such as https://press.example, not \"%s\"",
				     QUOTE(site->url));
	return true;
}

static bool read_site(struct config *config, struct fault *why)
{
	struct settings *settings = config->settings;
	struct site *site = &config->site;

	if (!read_names(config, why))
		return false;
	site->contact = settings_text(settings, "contact");
	site->rights = settings_text(settings, "rights");
	site->language_count =
		settings_words(settings, "languages", site->languages, SITE_LANGUAGES_MAX);
	if (site->language_count == 0)
		return settings_fail(settings, "languages", why, "languages names none");
	for (size_t i = 0; i < site->language_count; i++) {
		if (!read_language(config, i, why))
			return false;
	}
	return check_families(config, why);
}

static bool read_servers(struct config *config, struct fault *why)
{
	struct settings *settings = config->settings;
	uint64_t threads = settings_number(settings, "threads");
	enum log_level level;

	if (!log_level_parse(settings_text(settings, "log-level"), &level))
		return settings_fail(settings, "log-level", why,
				     "log-level is error, warning, info or debug");
	if (threads > THREADS_MAX)
		return settings_fail(settings, "threads", why, "threads is at most %d",
				     THREADS_MAX);
	log_set_level(level);
	config->store = settings_path(settings, "store");
	config->preview_key = settings_path(settings, "preview-key");
	config->websub_hub = settings_cstr(settings, "websub-hub");
	config->webhook_url = settings_cstr(settings, "webhook-url");
	config->webhook_key = settings_path(settings, "webhook-key");
	config->store_options.map_size = settings_number(settings, "store-size");
	config->public_side = (struct server_options){
		.socket = settings_path(settings, "public-socket"),
		.socket_group = settings_cstr(settings, "socket-group"),
		.threads = (unsigned)threads,
	};
	config->public_side.files = arena_printf(config->arena, "%s/files", config->store).at;
	config->desk_side = config->public_side;
	config->desk_side.socket = settings_path(settings, "desk-socket");
	config->desk_side.spool = settings_path(settings, "spool");
	config->desk_side.attachment_max = settings_number(settings, "attachment-size");
	return true;
}

bool config_read(struct arena *arena, const char *path, struct config *out, struct fault *why)
{
	*out = (struct config){ .arena = arena };
	return settings_read(arena, table, TABLE_ROWS, path, &out->settings, why) &&
	       read_site(out, why) && read_servers(out, why);
}

bool config_open_store(const struct config *config, enum store_mode mode, struct store **out,
		       struct fault *why)
{
	struct fault inside;

	if (store_open(out, config->store, mode, &config->store_options, &inside))
		return true;
	return fail(why, inside.kind == NOT_FOUND ? BROKEN : inside.kind, "%s", inside.says);
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
	const char *path = call_option(call, "config");
	struct config config;
	struct buf out;

	if (call_flag(call, "manual")) {
		print_manual();
		return true;
	}
	if (!config_read(call->arena, path ? path : config_path(call), &config, why))
		return false;
	buf_init(&out, CONFIG_MAX * 2);
	settings_print(config.settings, &out);
	fwrite(out.at, 1, out.len, stdout);
	buf_release(&out);
	return true;
}

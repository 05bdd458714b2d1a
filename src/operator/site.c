/* What readers see of the configuration: names, languages, menu, footer, zone. */
#include <communique/limits.h>

#include "config.h"
#include "post.h"

bool config_is_site(struct str site)
{
	struct str rest = site;

	for (size_t i = 0; i < site.len; i++) {
		if (!is_lower(site.at[i]) && !is_digit(site.at[i]) && site.at[i] != '.' &&
		    site.at[i] != '-')
			return false;
	}
	while (str_given(rest)) {
		struct str label = str_cut(&rest, '.');

		if (label.len == 0 || label.at[0] == '-' || label.at[label.len - 1] == '-')
			return false;
	}
	return site.len <= RELEASE_SITE_MAX;
}

bool config_is_url(struct str url)
{
	struct str host = str_skip(url, str_find(url, ':') + 3);
	char text[256];

	for (size_t i = 0; i < host.len; i++) {
		char c = host.at[i];

		if (!is_lower(c) && !is_digit(c) && c != '.' && c != '-' && c != ':' && c != '[' &&
		    c != ']')
			return false;
	}
	snprintf(text, sizeof text, "%.*s", STR_ARG(url));
	return url.len < sizeof text && post_url_valid(text);
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

/* menu.en, for the sentence of a fault. */
static const char *member_key(const struct config *config, const char *family, struct str language)
{
	return arena_printf(config->arena, "%s%.*s", family, STR_ARG(language)).at;
}

/* --- links ------------------------------------------------------------------------------ */

static bool is_href(struct str href)
{
	bool is_path = str_starts(href, STR("/")) && !str_starts(href, STR("//"));

	if (!is_path && !(str_starts(href, STR("https://")) && href.len > 8))
		return false;
	for (size_t i = 0; i < href.len; i++) {
		if (href.at[i] <= ' ' || href.at[i] > '~' || strchr("\"<>\\^`{|}", href.at[i]))
			return false;
	}
	return href.len <= SITE_LINK_MAX;
}

/* "name | address", or a name alone. */
static bool read_link(const struct config *config, const char *key, struct str text, bool is_menu,
		      struct site_link *out, struct fault *why)
{
	struct str rest = text;

	out->name = str_trim(str_cut(&rest, '|'));
	out->href = str_given(rest) ? str_trim(rest) : STR_NONE;
	if (out->name.len == 0 || out->name.len > SITE_LINK_NAME_MAX)
		return settings_fail(config->settings, key, why,
				     "%s: an entry has a name of 1 to %d bytes, unlike \"%s\"", key,
				     SITE_LINK_NAME_MAX, QUOTE(text));
	if (str_given(rest) && !is_href(out->href))
		return settings_fail(config->settings, key, why,
				     "%s: an address begins with https:// or with /, unlike \"%s\"",
				     key, QUOTE(out->href));
	if (str_given(rest) || !is_menu || menu_word_valid(out->name))
		return true;
	return settings_fail(config->settings, key, why,
			     "%s: \"%s\" is none of the pages there are, and has no address", key,
			     QUOTE(out->name));
}

static bool read_links(const struct config *config, const char *family, struct str language,
		       bool is_menu, struct site_links *out, struct fault *why)
{
	struct str rest = settings_member(config->settings, family, language);
	const char *key = member_key(config, family, language);
	struct site_link *links =
		arena_array(config->arena, SITE_LINKS_MAX, sizeof(struct site_link));

	*out = (struct site_links){ .at = links };
	while (str_given(rest)) {
		struct str text = str_trim(str_cut(&rest, ';'));

		if (text.len == 0)
			continue;
		if (out->count == SITE_LINKS_MAX)
			return settings_fail(config->settings, key, why,
					     "%s has more than %d entries", key, SITE_LINKS_MAX);
		if (!read_link(config, key, text, is_menu, &links[out->count++], why))
			return false;
	}
	return true;
}

/* --- languages ---------------------------------------------------------------------------- */

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
		return settings_fail(settings, member_key(config, "chrome.", language), why,
				     "chrome.%s: there are no messages in \"%s\"", QUOTE(language),
				     QUOTE(chrome));
	site->of[i].masthead = settings_member(settings, "masthead.", language);
	site->of[i].contact = settings_member(settings, "contact.", language);
	return read_links(config, "menu.", language, true, &site->of[i].menu, why) &&
	       read_links(config, "footer.", language, false, &site->of[i].footer, why);
}

/* A name in a language that the site has not would never be seen: a slip of the hand. */
static bool check_families(const struct config *config, struct fault *why)
{
	static const char *const families[] = { "name.",    "tagline.", "chrome.", "masthead.",
						"contact.", "menu.",	"footer." };
	const struct site *site = &config->site;

	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		if (!settings_members_among(config->settings, families[i], site->languages,
					    site->language_count, why))
			return false;
	}
	return true;
}

static bool read_name(struct config *config, struct fault *why)
{
	struct str name = settings_text(config->settings, "site");

	config->site.name = name;
	if (name.len == 0)
		return settings_fail(config->settings, "site", why, "the setting site is missing");
	if (name.len > RELEASE_SITE_MAX)
		return settings_fail(config->settings, "site", why,
				     "site has more than %d characters", RELEASE_SITE_MAX);
	return config_is_site(name) ||
	       settings_fail(config->settings, "site", why,
			     "site is a host name in lower case such as press.example, not \"%s\"",
			     QUOTE(name));
}

static bool read_url(struct config *config, struct fault *why)
{
	struct str url = settings_text(config->settings, "url");

	config->site.url = url;
	if (url.len == 0)
		return settings_fail(config->settings, "url", why, "the setting url is missing");
	return config_is_url(url) ||
	       settings_fail(config->settings, "url", why,
			     "url is an https address such as https://press.example, or http of "
			     "this machine, not \"%s\"",
			     QUOTE(url));
}

static bool read_rights(struct config *config, struct fault *why)
{
	config->site.rights = settings_text(config->settings, "rights");
	if (release_rights_valid(config->site.rights))
		return true;
	return settings_fail(config->settings, "rights", why,
			     "rights is KOGL-1 to KOGL-4, an SPDX identifier or "
			     "all-rights-reserved, not \"%s\"",
			     QUOTE(config->site.rights));
}

static bool read_zone(struct config *config, struct fault *why)
{
	struct str name = settings_text(config->settings, "time-zone");
	struct zone *zone = NULL;
	struct fault inside;

	if (!str_equal(name, STR("UTC")) && !zone_read(config->arena, name, &zone, &inside))
		return settings_fail(config->settings, "time-zone", why, "time-zone: %s",
				     inside.says);
	config->site.zone = zone;
	return true;
}

static bool is_mail(struct str text)
{
	size_t at = str_find(text, '@');

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f || text.at[i] == ':')
			return false;
	}
	return at > 0 && at + 1 < text.len;
}

static bool is_printable(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f)
			return false;
	}
	return true;
}

static bool read_security(struct config *config, struct fault *why)
{
	struct str text = settings_text(config->settings, "contact-security");
	bool is_address = str_starts(text, STR("https://")) || str_starts(text, STR("mailto:"));

	if (!text.len)
		text = is_mail(config->site.contact) ? config->site.contact : STR_NONE;
	else if (!is_mail(text) && !(is_address && is_printable(text)))
		return settings_fail(config->settings, "contact-security", why,
				     "contact-security is an e-mail address, or an https or mailto "
				     "address");
	config->site.security = text;
	return true;
}

bool config_read_site(struct config *config, struct fault *why)
{
	struct settings *settings = config->settings;
	struct site *site = &config->site;

	if (!read_name(config, why) || !read_url(config, why))
		return false;
	site->contact = settings_text(settings, "contact");
	site->logo_with_name = settings_flag(settings, "logo-with-name");
	site->without_masthead = !settings_flag(settings, "masthead");
	if (!read_security(config, why) || !read_rights(config, why) || !read_zone(config, why))
		return false;
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

/* The logo alone first, so that a fault is put down to the right one of the two. */
bool config_read_theme(struct config *config, struct fault *why)
{
	const char *folder = settings_path(config->settings, "theme");
	const char *logo = settings_path(config->settings, "logo");
	struct theme *theme;
	struct fault inside;

	if (!folder && !logo)
		return true;
	if (logo && !theme_read(config->arena, NULL, logo, &theme, &inside))
		return settings_blame(config->settings, "logo", &inside, why);
	if (!theme_read(config->arena, folder, logo, &theme, &inside))
		return settings_blame(config->settings, "theme", &inside, why);
	config->site.theme = theme;
	return true;
}

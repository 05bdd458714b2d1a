#include "route.h"

#include <communique/keyset.h>

#define EDITORS (ROLE_AUTHOR | ROLE_APPROVER)
#define RELEASE "/{language}/releases/{release}"
#define REVISION RELEASE "/r{number}"
#define PREVIEW "/preview/{language}/{release}/{expiry}-{label}/{mac}"
#define TOPIC "/{language}/topics/{topic}/"
#define ARCHIVE "/{language}/archive/{year}/"
#define BOARD_PARAMETERS "kind department topic from to page"
#define SEARCH_PARAMETERS "q kind department topic from to sort page"
#define SEARCH_FEED_PARAMETERS "q kind department topic from to page"
#define DRAFT "/admin/drafts/{language}/{release}"

/* clang-format off */
static const struct route routes[] = {
	{ METHOD_GET, "/", DOOR_PUBLIC, .handle = show_root },
	{ METHOD_GET, "/healthz", DOOR_PUBLIC | DOOR_DESK | DOOR_LOCAL, .handle = show_health,
	  .alone = true, .open = true },
	{ METHOD_GET, "/metrics", DOOR_LOCAL, .handle = show_metrics },
	{ METHOD_GET, "/robots.txt", DOOR_PUBLIC, .handle = show_robots, .keeps = true },
	{ METHOD_GET, "/sitemap.xml", DOOR_PUBLIC, .handle = show_sitemap, .keeps = true },
	{ METHOD_GET, "/sitemap-news.xml", DOOR_PUBLIC, .handle = show_sitemap_news },
	{ METHOD_GET, "/.well-known/security.txt", DOOR_PUBLIC, .handle = show_security },
	{ METHOD_GET, "/schema/{asset}", DOOR_PUBLIC, .handle = show_schema, .keeps = true },
	{ METHOD_GET, "/static/{asset}", DOOR_PUBLIC, .handle = show_asset, .keeps = true },
	{ METHOD_GET, "/files/{sha256}/{name}", DOOR_PUBLIC, .handle = show_file },
	{ METHOD_GET, "/keys/current", DOOR_PUBLIC, .handle = show_keys, .keeps = true },
	{ METHOD_GET, "/keys/{version}", DOOR_PUBLIC, .handle = show_keys, .keeps = true },
	{ METHOD_GET, "/keys/{version}.{keyid}.minisig", DOOR_PUBLIC,
	  .handle = show_keys_signature, .keeps = true },
	{ METHOD_GET, "/log/checkpoint", DOOR_PUBLIC, .handle = show_checkpoint, .keeps = true },
	{ METHOD_GET, "/log/tile/{tile}", DOOR_PUBLIC, .handle = show_tile, .keeps = true },
	{ METHOD_GET, "/{language}/", DOOR_PUBLIC, .handle = show_home, .keeps = true },
	{ METHOD_GET, "/{language}/verify", DOOR_PUBLIC, .handle = show_verify, .parameters = "sha256",
	  .dear = true },
	{ METHOD_GET, "/{language}/verify.json", DOOR_PUBLIC,
	  .handle = show_verify_json, .parameters = "sha256", .dear = true },
	{ METHOD_POST, "/{language}/verify", DOOR_PUBLIC,
	  .handle = verify_text, .body_max = VERIFY_BODY_MAX, .dear = true },
	{ METHOD_GET, "/{language}.json", DOOR_PUBLIC, .handle = show_home, .keeps = true },
	{ METHOD_GET, "/{language}/topics/", DOOR_PUBLIC, .handle = show_topics,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, "/{language}/topics.json", DOOR_PUBLIC, .handle = show_topics,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, TOPIC, DOOR_PUBLIC, .handle = show_topic, .parameters = "page",
	  .keeps = true },
	{ METHOD_GET, "/{language}/topics/{topic}.json", DOOR_PUBLIC, .handle = show_topic,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, "/{language}/archive/", DOOR_PUBLIC, .handle = show_archive,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, "/{language}/archive.json", DOOR_PUBLIC, .handle = show_archive,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, ARCHIVE, DOOR_PUBLIC, .handle = show_archive, .parameters = "page",
	  .keeps = true },
	{ METHOD_GET, ARCHIVE "{month}/", DOOR_PUBLIC, .handle = show_archive,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, "/{language}/archive/{year}.json", DOOR_PUBLIC, .handle = show_archive,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, ARCHIVE "{month}.json", DOOR_PUBLIC, .handle = show_archive,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, "/{language}/sitemap.xml", DOOR_PUBLIC, .handle = show_sitemap_pages,
	  .keeps = true },
	{ METHOD_GET, "/{language}/sitemap-{year}-{month}.xml", DOOR_PUBLIC,
	  .handle = show_sitemap_month, .keeps = true },
	{ METHOD_GET, "/{language}/sitemap-{year}-{month}-{number}.xml", DOOR_PUBLIC,
	  .handle = show_sitemap_month, .keeps = true },
	{ METHOD_GET, "/{language}/feed.atom", DOOR_PUBLIC, .handle = show_feed,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, "/{language}/feed.rss", DOOR_PUBLIC, .handle = show_feed,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, "/{language}/feed.json", DOOR_PUBLIC, .handle = show_feed,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, TOPIC "feed.atom", DOOR_PUBLIC, .handle = show_topic_feed,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, TOPIC "feed.rss", DOOR_PUBLIC, .handle = show_topic_feed,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, TOPIC "feed.json", DOOR_PUBLIC, .handle = show_topic_feed,
	  .parameters = "page", .keeps = true },
	{ METHOD_GET, "/{language}/search", DOOR_PUBLIC, .handle = show_search,
	  .parameters = SEARCH_PARAMETERS, .dear = true },
	{ METHOD_GET, "/{language}/search.json", DOOR_PUBLIC, .handle = show_search,
	  .parameters = SEARCH_PARAMETERS, .dear = true },
	{ METHOD_GET, "/{language}/search/feed.atom", DOOR_PUBLIC, .handle = show_search_feed,
	  .parameters = SEARCH_FEED_PARAMETERS, .dear = true },
	{ METHOD_GET, "/{language}/search/feed.rss", DOOR_PUBLIC, .handle = show_search_feed,
	  .parameters = SEARCH_FEED_PARAMETERS, .dear = true },
	{ METHOD_GET, "/{language}/search/feed.json", DOOR_PUBLIC, .handle = show_search_feed,
	  .parameters = SEARCH_FEED_PARAMETERS, .dear = true },
	{ METHOD_GET, "/{language}/releases/", DOOR_PUBLIC, .handle = show_board,
	  .parameters = BOARD_PARAMETERS, .keeps = true },
	{ METHOD_GET, "/{language}/releases.json", DOOR_PUBLIC, .handle = show_board,
	  .parameters = BOARD_PARAMETERS, .keeps = true },
	{ METHOD_GET, RELEASE, DOOR_PUBLIC, .handle = show_release, .keeps = true },
	{ METHOD_GET, RELEASE ".txt", DOOR_PUBLIC, .handle = show_text, .keeps = true },
	{ METHOD_GET, RELEASE ".txt.minisig", DOOR_PUBLIC,
	  .handle = show_first_signature, .keeps = true },
	{ METHOD_GET, RELEASE ".txt.{keyid}.minisig", DOOR_PUBLIC,
	  .handle = show_signature, .keeps = true },
	{ METHOD_GET, RELEASE ".json", DOOR_PUBLIC, .handle = show_json, .keeps = true },
	{ METHOD_GET, RELEASE ".proof", DOOR_PUBLIC, .handle = show_proof, .keeps = true },
	{ METHOD_GET, RELEASE ".tar", DOOR_PUBLIC, .handle = show_bundle, .keeps = true },
	{ METHOD_GET, REVISION, DOOR_PUBLIC, .handle = show_release, .keeps = true },
	{ METHOD_GET, REVISION ".txt", DOOR_PUBLIC, .handle = show_text, .keeps = true },
	{ METHOD_GET, REVISION ".txt.minisig", DOOR_PUBLIC,
	  .handle = show_first_signature, .keeps = true },
	{ METHOD_GET, REVISION ".txt.{keyid}.minisig", DOOR_PUBLIC,
	  .handle = show_signature, .keeps = true },
	{ METHOD_GET, REVISION ".json", DOOR_PUBLIC, .handle = show_json, .keeps = true },
	{ METHOD_GET, REVISION ".proof", DOOR_PUBLIC, .handle = show_proof, .keeps = true },
	{ METHOD_GET, REVISION ".tar", DOOR_PUBLIC, .handle = show_bundle, .keeps = true },
	{ METHOD_GET, RELEASE "/history", DOOR_PUBLIC, .handle = show_history, .keeps = true },
	{ METHOD_GET, RELEASE "/history.json", DOOR_PUBLIC, .handle = show_history, .keeps = true },
	{ METHOD_GET, RELEASE "/history/{number}..{other}.json", DOOR_PUBLIC,
	  .handle = show_difference, .keeps = true, .dear = true },
	{ METHOD_GET, RELEASE "/history/{number}..{other}", DOOR_PUBLIC,
	  .handle = show_difference, .keeps = true, .dear = true },

	{ METHOD_GET, "/admin/drafts", DOOR_DESK, .handle = list_drafts },
	{ METHOD_GET, DRAFT, DOOR_DESK, .handle = show_draft },
	{ METHOD_GET, DRAFT "/r{number}", DOOR_DESK, .handle = show_accepted },
	{ METHOD_PUT, DRAFT, DOOR_DESK, .handle = save_draft,
	  .roles = EDITORS, .body_max = RELEASE_FILE_MAX, .changes = true },
	{ METHOD_DELETE, DRAFT, DOOR_DESK, .handle = drop_draft, .roles = EDITORS, .changes = true },
	{ METHOD_PUT, DRAFT "/signatures/{keyid}", DOOR_DESK, .handle = sign_draft,
	  .roles = EDITORS, .body_max = SIGNATURE_FILE_MAX, .changes = true },
	{ METHOD_GET, DRAFT "/preview", DOOR_DESK, .handle = preview_draft },
	{ METHOD_GET, DRAFT "/preview/files/{sha256}", DOOR_DESK, .handle = preview_file },
	{ METHOD_GET, DRAFT "/previews", DOOR_DESK, .handle = list_previews },
	{ METHOD_POST, DRAFT "/previews", DOOR_DESK, .handle = give_preview, .roles = EDITORS,
	  .body_max = PREVIEW_WISH_MAX, .changes = true },
	{ METHOD_DELETE, DRAFT "/previews/{expiry}-{label}", DOOR_DESK, .handle = revoke_preview,
	  .roles = EDITORS, .changes = true },
	{ METHOD_GET, PREVIEW, DOOR_DESK, .handle = show_preview, .open = true },
	{ METHOD_GET, PREVIEW "/files/{sha256}/{name}", DOOR_DESK, .handle = show_preview_file,
	  .open = true },
	{ METHOD_PUT, "/admin/files/{sha256}", DOOR_DESK, .handle = save_file,
	  .roles = EDITORS, .body_max = SIZE_MAX, .streams = true, .changes = true },
	{ METHOD_PUT, DRAFT "/note", DOOR_DESK, .handle = note_draft, .roles = EDITORS,
	  .body_max = DRAFT_NOTE_BYTES, .changes = true },
	{ METHOD_POST, "/admin/preview", DOOR_DESK, .handle = look_at_text, .roles = EDITORS,
	  .body_max = RELEASE_FILE_MAX },
	{ METHOD_GET, "/desk/", DOOR_DESK, .handle = show_desk, .open = true },
	{ METHOD_GET, "/desk/site.json", DOOR_DESK, .handle = show_desk_site, .open = true },
	{ METHOD_GET, "/desk/{asset}", DOOR_DESK, .handle = show_desk_file, .open = true },
	{ METHOD_GET, "/admin/keys", DOOR_DESK, .handle = list_keysets },
	{ METHOD_PUT, "/admin/keys/{version}", DOOR_DESK, .handle = save_keyset,
	  .body_max = KEYSET_MAX, .changes = true },
	{ METHOD_PUT, "/admin/keys/{version}/signatures/{keyid}", DOOR_DESK, .handle = sign_keyset,
	  .body_max = SIGNATURE_FILE_MAX, .changes = true },
	{ METHOD_GET, "/admin/audit", DOOR_DESK, .handle = list_audit, .parameters = "after" },
	{ METHOD_GET, "/admin/outbox", DOOR_DESK, .handle = list_outbox, .parameters = "after" },
};
/* clang-format on */

#define ROUTES (sizeof(routes) / sizeof(routes[0]))

struct placeholder {
	struct str name;
	bool upper, lower, hex, digit, any;
	const char *marks;
	size_t offset; /* in struct match */
};

#define PLACE(name, member) { name, sizeof(name) - 1 }, .offset = offsetof(struct match, member)

static const struct placeholder placeholders[] = {
	{ PLACE("language", language), .upper = true, .lower = true, .digit = true, .marks = "-" },
	{ PLACE("release", release), .lower = true, .digit = true, .marks = "-" },
	{ PLACE("number", number), .digit = true, .marks = "" },
	{ PLACE("other", other), .digit = true, .marks = "" },
	{ PLACE("version", version), .digit = true, .marks = "" },
	{ PLACE("keyid", keyid), .hex = true, .digit = true, .marks = "" },
	{ PLACE("expiry", expiry), .digit = true, .marks = "" },
	{ PLACE("label", label), .lower = true, .digit = true, .marks = "-" },
	{ PLACE("mac", mac), .upper = true, .lower = true, .digit = true, .marks = "_-" },
	{ PLACE("sha256", sha256), .hex = true, .digit = true, .marks = "" },
	{ PLACE("name", name), .any = true, .marks = "" },
	{ PLACE("year", year), .digit = true, .marks = "" },
	{ PLACE("month", month), .digit = true, .marks = "" },
	{ PLACE("topic", topic), .any = true, .marks = "" },
	{ PLACE("tile", tile), .lower = true, .digit = true, .marks = "./" },
	{ PLACE("asset", asset), .upper = true, .lower = true, .digit = true, .marks = "._-" },
};

static const struct placeholder *placeholder_find(struct str name)
{
	for (size_t i = 0; i < sizeof(placeholders) / sizeof(placeholders[0]); i++)
		if (str_equal(placeholders[i].name, name))
			return &placeholders[i];
	return NULL;
}

static bool may_hold(const struct placeholder *place, char c)
{
	if (place->any)
		return c != '/';
	if (is_upper(c))
		return place->upper;
	if (is_lower(c))
		return place->lower || (place->hex && c <= 'f');
	if (is_digit(c))
		return place->digit;
	return c != '\0' && strchr(place->marks, c) != NULL;
}

static struct str run(const struct placeholder *place, struct str path)
{
	size_t len = 0;

	while (len < path.len && may_hold(place, path.at[len]))
		len++;
	return str_first(path, len);
}

static void keep(struct match *match, const struct placeholder *place, struct str value)
{
	*(struct str *)(void *)((char *)match + place->offset) = value;
}

/* A name takes what stands behind it in the pattern, too, so that is given back. */
static struct str without_end(struct str value, struct str end)
{
	end = str_first(end, str_find(end, '/'));
	return str_ends(value, end) ? str_first(value, value.len - end.len) : STR_NONE;
}

bool route_fits(const char *pattern, struct str path, struct match *match)
{
	struct str rest = str_from(pattern);

	*match = (struct match){ .language = STR_NONE };
	while (rest.len > 0) {
		struct str value = str_first(path, 1);

		if (*rest.at == '{') {
			struct str name = str_skip(rest, 1);
			const struct placeholder *place;

			rest = name;
			name = str_cut(&rest, '}');
			place = placeholder_find(name);
			must(place != NULL);
			value = run(place, path);
			if (place->any && rest.len > 0 && *rest.at != '/')
				value = without_end(value, rest);
			if (value.len == 0)
				return false;
			keep(match, place, value);
		} else {
			if (value.len == 0 || *value.at != *rest.at)
				return false;
			rest = str_skip(rest, 1);
		}
		path = str_skip(path, value.len);
	}
	return path.len == 0;
}

const struct route *route_find(enum door door, enum method method, struct str path,
			       struct match *match, bool *other_method)
{
	if (method == METHOD_HEAD)
		method = METHOD_GET;
	*other_method = false;
	for (size_t i = 0; i < ROUTES; i++) {
		if (!(routes[i].doors & door) || !route_fits(routes[i].pattern, path, match))
			continue;
		if (routes[i].method == method)
			return &routes[i];
		*other_method = true;
	}
	return NULL;
}

void route_allow(enum door door, struct str path, struct buf *out)
{
	static const char *const words[] = {
		[METHOD_GET] = "GET, HEAD",
		[METHOD_PUT] = "PUT",
		[METHOD_POST] = "POST",
		[METHOD_DELETE] = "DELETE",
	};
	struct match match;

	for (size_t i = 0; i < ROUTES; i++) {
		if (!(routes[i].doors & door) || !route_fits(routes[i].pattern, path, &match))
			continue;
		if (out->len > 0)
			buf_add(out, STR(", "));
		buf_add_text(out, words[routes[i].method]);
	}
}

struct str visit_parameter(const struct visit *visit, const char *name)
{
	return visit->parameters[query_place(visit->route->parameters, name)];
}

/* The first segment, when it is a language of the site in any case, as the site writes it. */
static struct str site_spelling(const struct site *site, struct str segment)
{
	for (size_t i = 0; i < site->language_count; i++)
		if (str_equal_nocase(site->languages[i], segment))
			return site->languages[i];
	return STR_NONE;
}

static void add_canonical(const struct site *site, struct str path, bool lower, struct buf *out)
{
	struct str rest = str_skip(path, 1);
	struct str segment = str_first(rest, str_find(rest, '/'));
	struct str language = site_spelling(site, segment);

	buf_add_char(out, '/');
	if (str_given(language)) {
		buf_add(out, language);
		rest = str_skip(rest, segment.len);
	}
	for (size_t i = 0; i < rest.len; i++)
		buf_add_char(out, lower ? to_lower(rest.at[i]) : rest.at[i]);
}

/* Something may stand there: a public address, in one of the site's languages. */
static bool is_address(const struct site *site, struct str path)
{
	struct match match;
	bool other;

	if (!route_find(DOOR_PUBLIC, METHOD_GET, path, &match, &other))
		return false;
	return !str_given(match.language) ||
	       str_equal(site_spelling(site, match.language), match.language);
}

static bool find_twin(const struct site *site, struct str path, bool lower, struct buf *out)
{
	buf_clear(out);
	add_canonical(site, path, lower, out);
	if (!str_equal(buf_str(out), path) && is_address(site, buf_str(out)))
		return true;
	while (out->len > 1 && out->at[out->len - 1] == '/')
		buf_cut(out, out->len - 1);
	if (out->len < path.len && is_address(site, buf_str(out)))
		return true;
	buf_add_char(out, '/');
	return !str_equal(buf_str(out), path) && is_address(site, buf_str(out));
}

/* The names of topics and files are as they are: what fits without changing their case counts. */
bool route_twin(const struct site *site, struct str path, struct buf *out)
{
	return path.len > 0 && path.at[0] == '/' &&
	       (find_twin(site, path, false, out) || find_twin(site, path, true, out));
}

/*
 * The editors' page, as the desk serves it, and what it asks for without a signature.
 *
 * A copy of the page that was saved to a file asks from another origin. It may: access is by
 * signature, never by cookies or by the address one comes from, so `*` gives nothing away.
 */
#include "desk.h"
#include "public.h"

#include <communique/desk_page.h>

#define DESK_POLICY                                                                                \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "    \
	"connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "              \
	"frame-ancestors 'none'"

void desk_share(struct visit *visit)
{
	answer_field(visit->answer, "Access-Control-Allow-Origin", STR("*"));
	answer_field(visit->answer, "Access-Control-Expose-Headers",
		     STR("Accept-Signature, Date, ETag, Retry-After, WWW-Authenticate"));
}

/* What a browser asks before a request from another origin (Fetch, "CORS-preflight"). */
void desk_preflight(struct visit *visit)
{
	answer_begin(visit->answer, 204);
	desk_share(visit);
	answer_field(visit->answer, "Access-Control-Allow-Methods", STR("GET, PUT, POST, DELETE"));
	answer_field(visit->answer, "Access-Control-Allow-Headers",
		     STR("Content-Digest, Content-Type, If-Match, Signature, Signature-Input"));
	answer_field(visit->answer, "Access-Control-Max-Age", STR("600"));
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
}

static void begin_page(struct visit *visit, struct str type)
{
	answer_begin(visit->answer, 200);
	answer_policy(visit->answer, DESK_POLICY);
	answer_field(visit->answer, "Content-Type", type);
	answer_field(visit->answer, "X-Robots-Tag", STR("noindex"));
}

bool show_desk(struct visit *visit, struct fault *why)
{
	struct buf page;
	bool ok;

	buf_init(&page, PAGE_MAX);
	ok = desk_page_document(visit->house->site->theme, &page, why);
	if (ok) {
		begin_page(visit, STR(HTML));
		answer_field(visit->answer, "Cache-Control", STR("no-cache"));
		buf_add(answer_body(visit->answer), buf_str(&page));
	}
	buf_release(&page);
	return ok;
}

bool show_desk_file(struct visit *visit, struct fault *why)
{
	struct desk_asset asset;
	struct str etag;

	if (!desk_page_find(visit->match.asset, &asset))
		return nothing_here(why);
	etag = arena_printf(&visit->arena, "\"%.*s\"", STR_ARG(asset.etag));
	if (not_modified(visit->request, etag, 0))
		answer_begin(visit->answer, 304);
	else
		begin_page(visit, asset.type);
	answer_field(visit->answer, "Cache-Control", STR("no-cache"));
	answer_field(visit->answer, "ETag", etag);
	if (visit->answer->status == 200)
		answer_lasting(visit->answer, asset.bytes);
	return true;
}

/* --- /desk/site.json ----------------------------------------------------------------------- */

static void add_languages(struct json *json, const struct site *site)
{
	json_key(json, "languages");
	json_array(json);
	for (size_t i = 0; i < site->language_count; i++)
		json_text(json, site->languages[i]);
	json_end(json);
}

static void add_by_language(struct visit *visit, struct json *json, const char *key, bool titles)
{
	const struct site *site = visit->house->site;

	json_key(json, key);
	json_object(json);
	for (size_t i = 0; i < site->language_count; i++)
		json_member_text(json, arena_cstr(&visit->arena, site->languages[i]),
				 titles ? site->of[i].title : language_name(site->languages[i]));
	json_end(json);
}

/* What the page has to know of the site: nothing of it is secret. */
bool show_desk_site(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	struct json json;

	(void)why;
	desk_begin(visit, 200, "application/json");
	json = desk_json(visit);
	json_member_text(&json, "site", site->name);
	json_member_text(&json, "url", site->url);
	add_languages(&json, site);
	add_by_language(visit, &json, "names", false);
	add_by_language(visit, &json, "title", true);
	json_member_text(&json, "zone", zone_name(site->zone));
	json_member_text(&json, "rights", site->rights);
	json_member_number(&json, "attachment_max", (int64_t)visit->house->attachment_max);
	json_member_text(&json, "board", STR("/{language}/releases.json"));
	desk_json_end(visit, &json);
	return true;
}

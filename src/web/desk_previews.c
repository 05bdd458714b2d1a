/* Preview links, as their givers handle them. */
#include "desk.h"

#include <communique/preview.h>

/* --- {"label":"…","days":3} ------------------------------------------------------------------ */

struct wish {
	struct str label;
	uint64_t days;
};

static struct str skip_spaces(struct str rest)
{
	size_t len = 0;

	while (len < rest.len && strchr(" \t\r\n", rest.at[len]) && rest.at[len] != '\0')
		len++;
	return str_skip(rest, len);
}

static bool take_mark(struct str *rest, char mark)
{
	*rest = skip_spaces(*rest);
	if (rest->len == 0 || rest->at[0] != mark)
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

/* A text without escapes: none of those that are wanted has a letter that needs one. */
static bool take_text(struct str *rest, struct str *out)
{
	if (!take_mark(rest, '"'))
		return false;
	*out = str_first(*rest, str_find(*rest, '"'));
	if (out->len == rest->len || str_find(*out, '\\') < out->len)
		return false;
	*rest = str_skip(*rest, out->len + 1);
	return true;
}

static bool take_number(struct str *rest, uint64_t *out)
{
	size_t len = 0;

	*rest = skip_spaces(*rest);
	while (len < rest->len && is_digit(rest->at[len]))
		len++;
	if (!str_to_u64(str_first(*rest, len), UINT32_MAX, out))
		return false;
	*rest = str_skip(*rest, len);
	return true;
}

static bool take_member(struct str *rest, struct wish *out)
{
	struct str name;

	if (!take_text(rest, &name) || !take_mark(rest, ':'))
		return false;
	if (str_equal(name, STR("label")) && !str_given(out->label))
		return take_text(rest, &out->label);
	if (str_equal(name, STR("days")) && out->days == 0)
		return take_number(rest, &out->days);
	return false;
}

/* One object with these two members, in either order, once each. */
static bool read_wish(struct str body, struct wish *out)
{
	*out = (struct wish){ .label = STR_NONE };
	if (!take_mark(&body, '{') || !take_member(&body, out))
		return false;
	while (take_mark(&body, ',')) {
		if (!take_member(&body, out))
			return false;
	}
	if (out->days == 0)
		out->days = 1;
	return take_mark(&body, '}') && skip_spaces(body).len == 0 && str_given(out->label);
}

/* --- the handlers
 * --------------------------------------------------------------------------------- */

static bool edition_of(const struct visit *visit, struct edition *out, struct fault *why)
{
	*out = (struct edition){ .language = visit->match.language, .slug = visit->match.release };
	if (!language_valid(out->language) || !slug_valid(out->slug))
		return fail(why, NOT_FOUND, "the address names no language and release");
	if (!visit->house->preview_key)
		return fail(why, BROKEN, "the desk has no key for preview links");
	return true;
}

static void preview_members(struct visit *visit, struct json *json, const struct preview *preview)
{
	struct str path = preview_path(preview, visit->house->preview_key, &visit->arena);

	json_member_text(json, "address",
			 arena_printf(&visit->arena, "%.*s%.*s", STR_ARG(visit->house->site->url),
				      STR_ARG(path)));
	json_member_text(json, "link",
			 arena_printf(&visit->arena, "%lld-%.*s", (long long)preview->expires,
				      STR_ARG(preview->label)));
	json_member_text(json, "label", preview->label);
	json_member_text(json, "sha256", str_from(HASH_TEXT(&preview->hash)));
	member_time(json, "expires", preview->expires);
	member_time(json, "given", preview->given_at);
	json_member_text(json, "holder", preview->holder);
}

bool give_preview(struct visit *visit, struct fault *why)
{
	struct preview preview = { .expires = 0 };
	struct json json;
	struct wish wish;

	if (!edition_of(visit, &preview.edition, why))
		return false;
	if (!read_wish(visit->body, &wish))
		return fail(why, INVALID, "the body must be like {\"label\":\"press\",\"days\":3}");
	preview.label = wish.label;
	if (!newsroom_give_preview(visit->house->newsroom, &visit->act, (unsigned)wish.days,
				   &preview, why))
		return false;
	desk_begin(visit, 201, "application/json");
	json = desk_json(visit);
	preview_members(visit, &json, &preview);
	desk_json_end(visit, &json);
	return true;
}

bool revoke_preview(struct visit *visit, struct fault *why)
{
	struct preview preview = { .label = visit->match.label };
	struct json json;
	uint64_t expires;

	if (!edition_of(visit, &preview.edition, why))
		return false;
	if (!str_to_u64(visit->match.expiry, INT64_MAX, &expires) ||
	    !preview_label_valid(preview.label))
		return fail(why, NOT_FOUND, "the address names no link: {expiry}-{label}");
	preview.expires = (int64_t)expires;
	if (!newsroom_revoke_preview(visit->house->newsroom, &visit->act, &preview, why))
		return false;
	desk_begin(visit, 200, "application/json");
	json = desk_json(visit);
	json_member_text(&json, "state", STR("revoked"));
	desk_json_end(visit, &json);
	return true;
}

static bool add_preview(void *ctx, const struct preview *preview, struct fault *why)
{
	struct listing *listing = ctx;

	(void)why;
	json_object(&listing->json);
	preview_members(listing->visit, &listing->json, preview);
	json_end(&listing->json);
	return true;
}

bool list_previews(struct visit *visit, struct fault *why)
{
	struct edition edition;
	struct listing listing;

	if (!edition_of(visit, &edition, why))
		return false;
	listing = desk_listing(visit, "previews");
	if (!newsroom_visit_previews(visit->house->newsroom, edition, visit->now, add_preview,
				     &listing, why))
		return false;
	json_end(&listing.json);
	desk_json_end(visit, &listing.json);
	return true;
}

/* Key sets, and who did what. */
#include "desk.h"

#define AUDIT_PAGE 200

static struct str keyset_state_word(const struct keyset_status *status)
{
	if (status->in_force)
		return STR("in-force");
	return status->superseded ? STR("superseded") : STR("waiting");
}

static void keyset_members(struct json *json, const struct keyset_status *status)
{
	json_member_number(json, "version", status->version);
	json_member_text(json, "sha256", str_from(HASH_TEXT(&status->hash)));
	json_member_text(json, "state", keyset_state_word(status));
	json_member_number(json, "have", (int64_t)status->have);
	json_member_number(json, "need", (int64_t)status->need);
	json_member_number(json, "have_now", (int64_t)status->have_now);
	json_member_number(json, "need_now", (int64_t)status->need_now);
	member_signers(json, status->signers, status->signer_count);
}

static bool version_of(const struct visit *visit, uint32_t *out, struct fault *why)
{
	uint64_t version;

	if (!str_to_u64(visit->match.version, UINT32_MAX, &version) || version == 0)
		return fail(why, NOT_FOUND, "the address names no version of the key set");
	*out = (uint32_t)version;
	return true;
}

static void send_keyset(struct visit *visit, unsigned code, const struct keyset_status *status)
{
	struct json json;

	desk_begin(visit, code, "application/json");
	desk_etag(visit, &status->hash);
	json = desk_json(visit);
	keyset_members(&json, status);
	desk_json_end(visit, &json);
}

bool save_keyset(struct visit *visit, struct fault *why)
{
	struct keyset_status status;
	uint32_t version = 0;
	bool created;

	if (!version_of(visit, &version, why) ||
	    !newsroom_save_keyset(visit->house->newsroom, &visit->act, version, visit->body,
				  &visit->arena, &status, &created, why))
		return false;
	send_keyset(visit, created ? 201 : 200, &status);
	return true;
}

bool sign_keyset(struct visit *visit, struct fault *why)
{
	struct keyset_status status;
	struct key_id id;
	uint32_t version = 0;

	if (!version_of(visit, &version, why))
		return false;
	if (!key_id_parse(visit->match.keyid, &id))
		return fail(why, NOT_FOUND, "the address names no key: 16 hex digits");
	if (!newsroom_sign_keyset(visit->house->newsroom, &visit->act, version, &id, visit->body,
				  &visit->arena, &status, why))
		return false;
	send_keyset(visit, 200, &status);
	return true;
}

static bool add_keyset(void *ctx, const struct keyset_status *status, struct str file,
		       struct fault *why)
{
	struct listing *listing = ctx;

	(void)why;
	json_object(&listing->json);
	keyset_members(&listing->json, status);
	json_member_text(&listing->json, "file", file);
	json_end(&listing->json);
	return true;
}

bool list_keysets(struct visit *visit, struct fault *why)
{
	struct listing listing = desk_listing(visit, "keys");

	if (!newsroom_visit_keysets(visit->house->newsroom, add_keyset, &listing, why))
		return false;
	json_end(&listing.json);
	desk_json_end(visit, &listing.json);
	return true;
}

/* --- audit -------------------------------------------------------------------------- */

static bool add_row(void *ctx, const struct audit_row *row, struct fault *why)
{
	struct listing *listing = ctx;
	struct json *json = &listing->json;

	(void)why;
	json_object(json);
	json_member_number(json, "number", (int64_t)row->number);
	member_time(json, "time", row->when);
	json_member_text(json, "keyid", str_from(KEY_ID_TEXT(&row->key_id)));
	json_member_text(json, "holder", row->holder);
	json_member_text(json, "method", row->method);
	json_member_text(json, "target", row->target);
	json_member_text(json, "outcome", row->outcome);
	json_member_text(json, "request", str_from(HASH_TEXT(&row->request)));
	json_end(json);
	listing->count++;
	listing->last = row->number;
	return true;
}

/* Oldest first, a page at a time; `next` is what `after` must be for the rest. */
bool list_audit(struct visit *visit, struct fault *why)
{
	struct listing listing;
	struct str given = visit_parameter(visit, "after");
	uint64_t after = 0;

	if (str_given(given) && !str_to_u64(given, INT64_MAX, &after))
		return fail(why, INVALID, "after= takes the number of a row");
	listing = desk_listing(visit, "rows");
	if (!newsroom_visit_audit(visit->house->newsroom, after, AUDIT_PAGE, add_row, &listing,
				  why))
		return false;
	json_end(&listing.json);
	if (listing.count == AUDIT_PAGE)
		json_member_number(&listing.json, "next", (int64_t)listing.last);
	desk_json_end(visit, &listing.json);
	return true;
}

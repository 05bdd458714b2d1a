/* Who was told of what. */
#include "desk.h"

#include <communique/outbox.h>

#define OUTBOX_PAGE 200

static void member_channels(struct json *json, unsigned taken)
{
	json_key(json, "taken");
	json_array(json);
	if (taken & (1u << CHANNEL_WEBSUB))
		json_text(json, STR("websub"));
	if (taken & (1u << CHANNEL_WEBHOOK))
		json_text(json, STR("webhook"));
	json_end(json);
}

static bool add_notice(void *ctx, const struct notice *notice, struct fault *why)
{
	struct listing *listing = ctx;
	struct json *json = &listing->json;

	(void)why;
	json_object(json);
	json_member_number(json, "number", (int64_t)notice->number);
	json_member_text(json, "state", str_from(notice_state_word(notice->state)));
	json_member_text(json, "language", notice->edition.language);
	json_member_text(json, "release", notice->edition.slug);
	json_member_number(json, "revision", notice->revision);
	json_member_text(json, "sha256", str_from(HASH_TEXT(&notice->hash)));
	member_time(json, "public_at", notice->public_at);
	json_member_number(json, "tries", notice->tries);
	member_channels(json, notice->taken);
	if (notice->state == NOTICE_WAITING)
		member_time(json, "next", notice->next_at);
	if (notice->problem.len)
		json_member_text(json, "problem", notice->problem);
	json_end(json);
	listing->count++;
	listing->last = notice->number;
	return true;
}

/* Oldest first, as the audit. */
bool list_outbox(struct visit *visit, struct fault *why)
{
	struct listing listing;
	struct str given = visit_parameter(visit, "after");
	uint64_t after = 0;

	if (str_given(given) && !str_to_u64(given, INT64_MAX, &after))
		return fail(why, INVALID, "after= takes the number of a notice");
	listing = desk_listing(visit, "notices");
	if (!newsroom_visit_outbox(visit->house->newsroom, after, OUTBOX_PAGE, add_notice, &listing,
				   why))
		return false;
	json_end(&listing.json);
	if (listing.count == OUTBOX_PAGE)
		json_member_number(&listing.json, "next", (int64_t)listing.last);
	desk_json_end(visit, &listing.json);
	return true;
}

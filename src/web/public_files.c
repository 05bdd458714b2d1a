/*
 * Attachments, as readers get them.
 *
 * An address holds the hash of its bytes and so can never mean others, but whether it may be
 * read changes: a lift brings it, a kill takes it away. So its lifetime is that of every page,
 * and not "immutable"; a cache that asks again gets a 304, which costs nothing.
 */
#include "public.h"

#include "attached.h"

#include <communique/reading.h>

const uint64_t *public_sizes(struct visit *visit, const struct release *release)
{
	uint64_t *sizes =
		arena_alloc(&visit->arena, (release->attachment_count + 1) * sizeof(*sizes));

	for (size_t i = 0; i < release->attachment_count; i++)
		if (!reading_attachment_size(visit->txn, &release->attachments[i].hash, &sizes[i]))
			return NULL;
	return sizes;
}

static bool find_attachment(struct visit *visit, struct attached *out, struct fault *why)
{
	struct attachment_use use;

	if (!attached_from_address(visit, out))
		return nothing_here(why);
	if (!reading_attachment(visit->txn, &out->hash, out->name, visit->now, &use))
		return store_check(visit->txn, why) && nothing_here(why);
	out->size = use.size;
	out->public_at = use.public_at;
	out->etag = arena_printf(&visit->arena, "\"%s\"", HASH_TEXT(&out->hash));
	return true;
}

static void begin(struct visit *visit, unsigned status)
{
	answer_begin(visit->answer, status);
	answer_field(visit->answer, "Access-Control-Allow-Origin", STR("*"));
	public_lifetime(visit, LIVE_ERROR);
}

bool show_file(struct visit *visit, struct fault *why)
{
	struct attached attached;

	if (!find_attachment(visit, &attached, why))
		return false;
	if (!not_modified(visit->request, attached.etag, attached.public_at))
		return attached_send(visit, &attached, begin, why);
	attached_head(visit, &attached, begin, 304);
	return true;
}

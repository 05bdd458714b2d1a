#include "watch_parts.h"

/* What cannot be read is no alarm; what is wrong is. */
bool watch_could_not(const struct fault *fault)
{
	return fault->kind == BROKEN || fault->kind == BUSY;
}

bool watch_get(struct watch *watch, struct str target, unsigned *status, struct fault *why)
{
	return http_get(&watch->http, &target, &watch->body, status, why) &&
	       (*status < 500 || fail(why, BUSY, "%s answers %u", QUOTE(target), *status));
}

struct str watch_address(struct watch *watch, struct str edition, const char *ending)
{
	struct str slug = edition, language = str_cut(&slug, '/');

	return arena_printf(&watch->report->arena, "/%.*s/releases/%.*s%s", STR_ARG(language),
			    STR_ARG(slug), ending);
}

/* How a leaf's release is spoken of: by its name, when that is known. */
struct str watch_name(struct watch *watch, const struct leaf *leaf)
{
	struct str edition = memory_edition(&watch->memory, leaf->id);

	if (leaf->kind == LEAF_KEYS)
		return arena_printf(&watch->report->arena, "key set %u", leaf->revision);
	if (str_given(edition))
		return arena_printf(&watch->report->arena, "%.*s, revision %u", STR_ARG(edition),
				    leaf->revision);
	return arena_printf(&watch->report->arena, "a release of unknown name, revision %u",
			    leaf->revision);
}

/* --- a round ---------------------------------------------------------------------- */

static bool read_lists(struct watch *watch, struct fault *why)
{
	if (!crawl_site(&watch->crawl, &watch->http, why))
		return false;
	for (size_t i = watch->ids.count; i < watch->crawl.releases.count; i++) {
		char id[LEAF_ID_LEN];
		struct str slug = watch->crawl.releases.texts[i], language = str_cut(&slug, '/');

		set_add(&watch->ids, leaf_id(id, language, slug), NULL);
	}
	for (size_t i = 0; i < watch->memory.log.ids.count; i++)
		watch_recall_name(watch, watch->memory.log.ids.texts[i]);
	return true;
}

/* Leaves without a name: the log holds no names, so only the site can tell. */
static void mention_nameless(struct watch *watch)
{
	size_t count = 0;

	for (size_t i = 0; i < watch->memory.log.ids.count; i++)
		count += !str_given(memory_edition_at(&watch->memory, i)) &&
			 !watch->memory.log.releases[i].killed;
	if (count)
		report_add(watch->report, REPORT_NOTE, "nameless",
			   "%zu release%s of the log %s in none of the site's lists, so nobody can "
			   "read %s",
			   count, count == 1 ? "" : "s", count == 1 ? "is" : "are",
			   count == 1 ? "it" : "them");
}

bool watch_round(struct watch *watch, struct fault *why)
{
	bool ok = true;

	watch->first = !str_given(watch->memory.checkpoint);
	if (!read_lists(watch, why) || !watch_recall_keysets(watch, &ok, why))
		return false;
	if (!ok)
		return true;
	if (!watch_follow_log(watch, &ok, why))
		return false;
	watch_check_anchor(watch);
	if (!watch_check_releases(watch, &ok, why))
		return false;
	if (!ok)
		return true;
	mention_nameless(watch);
	return memory_save(&watch->memory, watch->path, why);
}

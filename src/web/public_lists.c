/* The pages that lead to releases, and the small addresses around them. */
#include "public.h"

#include "choose.h"

#include <communique/reading.h>

/* --- small things ------------------------------------------------------------------- */

bool show_root(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	size_t n = choose_language(site, visit->request->accept_language);

	(void)why;
	answer_begin(visit->answer, 302);
	answer_field(visit->answer, "Location",
		     arena_printf(&visit->arena, "/%.*s/", STR_ARG(site->languages[n])));
	answer_field(visit->answer, "Vary", STR("Accept-Language"));
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	return true;
}

/* The name holds the content's hash: whoever has the name has the content. */
bool show_asset(struct visit *visit, struct fault *why)
{
	const struct asset *asset = asset_find(visit->house->site->theme, visit->request->path);

	if (!asset)
		return nothing_here(why);
	public_send(visit, arena_cstr(&visit->arena, asset->type), FOREVER, 0, asset->bytes);
	return true;
}

/* /keys/current and /keys/{version}. */
bool show_keys(struct visit *visit, struct fault *why)
{
	uint64_t wanted = 0;
	uint32_t version;
	struct str file;

	if (str_given(visit->match.version) &&
	    (!str_to_u64(visit->match.version, UINT32_MAX, &wanted) || wanted == 0))
		return nothing_here(why);
	if (!(wanted ? reading_keyset_version(visit->txn, (uint32_t)wanted, &file)
		     : reading_keyset(visit->txn, &version, &file)))
		return store_check(visit->txn, why) && nothing_here(why);
	public_send(visit, PLAIN, LIVE, 0, file);
	return true;
}

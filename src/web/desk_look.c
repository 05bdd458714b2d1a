/*
 * What the server makes of a text while it is being written: nothing is kept of it.
 *
 *	{ "accepted": true, "errors": [], "doubts": [ { "line": 14, "says": "…" } ],
 *	  "body_line": 12, "html": "the page that it will be",
 *	  "changes": [ { "change": "changed", "field": "Title", "segments": [
 *		{ "mark": "kept", "text": "…" } ] } ] }
 *
 * `changes` are from the revision that the text follows; they are absent in a first one.
 */
#include "desk.h"
#include "preview.h"

#include <communique/difference.h>
#include <communique/digest.h>

struct look {
	struct visit *visit;
	struct json json;
	struct release *release;
};

static void add_remark(struct json *json, unsigned line, struct str says)
{
	json_object(json);
	json_member_number(json, "line", line);
	json_member_text(json, "says", says);
	json_end(json);
}

static void add_remarks(struct look *look, const struct fault *error)
{
	json_key(&look->json, "errors");
	json_array(&look->json);
	if (error)
		add_remark(&look->json, error->line, str_from(error->says));
	json_end(&look->json);
	json_key(&look->json, "doubts");
	json_array(&look->json);
	for (const struct doubt *at = error ? NULL : look->release->doubts; at; at = at->next)
		add_remark(&look->json, at->line, at->says);
	json_end(&look->json);
}

/* --- what it changes ---------------------------------------------------------------------- */

static void add_block(struct json *json, const struct block_difference *block)
{
	static const char *const changes[] = { "kept", "changed", "removed", "added", "moved" };
	static const char *const marks[] = { "kept", "removed", "added" };

	json_object(json);
	json_member_text(json, "change", str_from(changes[block->change]));
	if (block->field)
		json_member_text(json, "field", str_from(block->field));
	json_key(json, "segments");
	json_array(json);
	for (const struct segment *at = block->segments; at; at = at->next) {
		json_object(json);
		json_member_text(json, "mark", str_from(marks[at->mark]));
		json_member_text(json, "text", at->text);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void add_blocks(struct json *json, const struct block_difference *first)
{
	for (const struct block_difference *at = first; at; at = at->next)
		if (at->change != BLOCK_KEPT)
			add_block(json, at);
}

static bool read_before(struct look *look, struct release **out, struct fault *why)
{
	struct visit *visit = look->visit;
	struct edition edition = { look->release->language, look->release->slug };
	struct fault inside = { .kind = NO_FAULT };
	struct hash hash;
	struct buf file;
	bool ok;

	*out = NULL;
	buf_init(&file, RELEASE_FILE_MAX);
	ok = newsroom_read_revision(visit->house->newsroom, edition, look->release->revision - 1,
				    &hash, &file, &inside);
	if (ok)
		ok = release_parse(&visit->arena, arena_copy(&visit->arena, buf_str(&file)), out,
				   &inside);
	buf_release(&file);
	return ok || inside.kind == NOT_FOUND || fail(why, BROKEN, "%s", inside.says);
}

static bool add_changes(struct look *look, struct fault *why)
{
	struct difference difference;
	struct release *before = NULL;

	if (look->release->revision == 1)
		return true;
	if (!read_before(look, &before, why))
		return false;
	if (!before)
		return true;
	release_difference(&look->visit->arena, before, look->release, &difference);
	json_key(&look->json, "changes");
	json_array(&look->json);
	add_blocks(&look->json, difference.fields);
	add_blocks(&look->json, difference.blocks);
	json_end(&look->json);
	return true;
}

/* --- the page ------------------------------------------------------------------------------- */

static bool add_page(struct look *look, struct fault *why)
{
	struct visit *visit = look->visit;
	const struct release *release = look->release;
	struct preview_file file = { .hash = hash_of(release->text), .file = release->text };
	struct files files = { .form = FILES_BY_HASH };
	struct buf page;
	bool ok;

	files.root = arena_printf(&visit->arena, "/admin/drafts/%.*s/%.*s/preview/files/",
				  STR_ARG(release->language), STR_ARG(release->slug));
	buf_init(&page, PAGE_MAX);
	ok = store_read_begin(visit->house->store, &visit->txn, why) &&
	     preview_page(visit, &file, release, &files, &page, why) && buf_check(&page, why);
	store_read_end(&visit->txn);
	if (ok)
		json_member_text(&look->json, "html", buf_str(&page));
	buf_release(&page);
	return ok;
}

/* What a draft would be refused for, as far as it can be told without its address. */
static bool check_text(struct look *look, struct fault *why)
{
	struct visit *visit = look->visit;
	const struct site *site = visit->house->site;

	if (!release_parse(&visit->arena, visit->body, &look->release, why))
		return false;
	if (!str_equal(look->release->site, site->name))
		return fail(why, SITE_MISMATCH, "Site must be %.*s", STR_ARG(site->name));
	visit->language = site_language(site, look->release->language);
	return visit->language < SITE_LANGUAGES_MAX ||
	       fail(why, RELEASE_MALFORMED, "%s is none of the site's languages",
		    QUOTE(look->release->language));
}

bool look_at_text(struct visit *visit, struct fault *why)
{
	struct look look = { .visit = visit };
	struct fault error = { .kind = NO_FAULT };
	bool accepted = check_text(&look, &error), ok = true;

	desk_begin(visit, 200, "application/json");
	look.json = desk_json(visit);
	json_member_flag(&look.json, "accepted", accepted);
	add_remarks(&look, accepted ? NULL : &error);
	if (accepted) {
		json_member_number(&look.json, "body_line", look.release->body_line);
		ok = add_changes(&look, why) && add_page(&look, why);
	}
	desk_json_end(visit, &look.json);
	return ok;
}

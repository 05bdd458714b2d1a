/* The JSON twins of a release's past. Their members are described in communique-json(5). */
#include <communique/difference.h>
#include <communique/history.h>

#include "twin.h"

static struct str revision_url(struct frame *frame, struct str slug, uint32_t number)
{
	return frame_url(frame, arena_printf(&frame->arena, "%.*s/r%lu",
					     STR_ARG(release_path(frame, frame->language, slug)),
					     (unsigned long)number));
}

/* --- all revisions ---------------------------------------------------------------------- */

static void add_signers(struct json *json, const struct history_entry *entry)
{
	json_key(json, "signers");
	json_array(json);
	for (size_t i = 0; i < entry->signer_count; i++) {
		json_object(json);
		json_member_text(json, "holder", entry->signers[i].holder);
		json_member_text(json, "keyId", entry->signers[i].key_id);
		twin_some(json, "publicKey", entry->signers[i].public_key);
		json_end(json);
	}
	json_end(json);
}

static void add_revision(struct json *json, struct frame *frame, struct str slug,
			 const struct history_entry *entry)
{
	json_object(json);
	json_member_number(json, "revision", entry->number);
	twin_change(json, entry->change);
	twin_some(json, "changeNote", entry->note);
	twin_moment(json, "publicAt", entry->public_at);
	json_member_flag(json, "removed", entry->gone);
	if (!entry->gone)
		json_member_text(json, "address", revision_url(frame, slug, entry->number));
	add_signers(json, entry);
	json_end(json);
}

bool json_history(const struct page *page, const struct history_view *history, struct buf *out,
		  struct fault *why)
{
	struct frame frame;
	struct json json = twin_begin(&frame, page, out);

	json_member_text(&json, "release", history->slug);
	json_member_text(&json, "title", history->title);
	json_key(&json, "revisions");
	json_array(&json);
	for (size_t i = 0; i < history->count; i++)
		add_revision(&json, &frame, history->slug, &history->entries[i]);
	json_end(&json);
	return twin_end(&json, &frame, why);
}

/* --- two of them ------------------------------------------------------------------------- */

static void add_side(struct json *json, struct frame *frame, const char *key,
		     const struct release *release, int64_t when)
{
	json_key(json, key);
	json_object(json);
	json_member_number(json, "revision", release->revision);
	twin_change(json, release->change);
	twin_some(json, "changeNote", release->change_note);
	twin_moment(json, "publicAt", when);
	json_member_text(json, "address", revision_url(frame, release->slug, release->revision));
	json_end(json);
}

static void add_segments(struct json *json, const struct segment *segment)
{
	static const char *const marks[] = { "kept", "removed", "added" };

	json_key(json, "segments");
	json_array(json);
	for (; segment; segment = segment->next) {
		json_object(json);
		json_member_text(json, marks[segment->mark], segment->text);
		json_end(json);
	}
	json_end(json);
}

static void add_blocks(struct json *json, const char *key, const struct block_difference *block)
{
	static const char *const changes[] = { "kept", "changed", "removed", "added" };

	json_key(json, key);
	json_array(json);
	for (; block; block = block->next) {
		json_object(json);
		json_member_text(json, "state", str_from(changes[block->change]));
		json_member_text(json, "field", str_from(block->field));
		if (block->markup)
			json_member_flag(json, "markup", true);
		add_segments(json, block->segments);
		json_end(json);
	}
	json_end(json);
}

bool json_difference(const struct page *page, const struct difference_view *view, struct buf *out,
		     struct fault *why)
{
	struct difference difference;
	struct frame frame;
	struct json json = twin_begin(&frame, page, out);

	release_difference(&frame.arena, view->before, view->after, &difference);
	json_member_text(&json, "release", view->after->slug);
	json_member_text(&json, "title", view->after->title);
	add_side(&json, &frame, "before", view->before, view->before_at);
	add_side(&json, &frame, "after", view->after, view->after_at);
	add_blocks(&json, "fields", difference.fields);
	add_blocks(&json, "blocks", difference.blocks);
	return twin_end(&json, &frame, why);
}

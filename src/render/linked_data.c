/* What a release is, for machines: a NewsArticle of schema.org as JSON-LD. */
#include <communique/json.h>

#include "article.h"

static void add_institution(struct json *json, struct frame *frame)
{
	json_key(json, "publisher");
	json_object(json);
	json_member_text(json, "@type", STR("GovernmentOrganization"));
	json_member_text(json, "name", frame_site_title(frame));
	json_member_text(json, "url", frame_url(frame, STR("/")));
	json_end(json);
}

static void add_moment(struct json *json, const char *key, int64_t time)
{
	char room[TIME_SIZE];

	json_member_text(json, key, time_format(room, time));
}

static void add_translations(struct json *json, struct frame *frame,
			     const struct release_view *view)
{
	if (view->language_count < 2)
		return;
	json_key(json, "workTranslation");
	json_array(json);
	for (size_t i = 0; i < view->language_count; i++) {
		struct str tag = view->languages[i];

		if (str_equal(tag, frame->language))
			continue;
		json_object(json);
		json_member_text(json, "@type", STR("NewsArticle"));
		json_member_text(json, "inLanguage", tag);
		json_member_text(json, "url",
				 frame_url(frame, release_path(frame, tag, view->release->slug)));
		json_end(json);
	}
	json_end(json);
}

static void add_media(struct json *json, struct frame *frame, const struct release *release)
{
	if (!release->attachment_count)
		return;
	json_key(json, "associatedMedia");
	json_array(json);
	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *from = &release->attachments[i];

		json_object(json);
		json_member_text(json, "@type", STR("MediaObject"));
		json_member_text(json, "name", from->title.len ? from->title : from->name);
		json_member_text(json, "contentUrl",
				 frame_url(frame, attachment_path(frame, &files_public, from)));
		json_member_text(json, "sha256", str_from(HASH_TEXT(&from->hash)));
		json_end(json);
	}
	json_end(json);
}

static void add_comment(struct json *json, struct str note, int64_t when)
{
	json_object(json);
	json_member_text(json, "@type", STR("CorrectionComment"));
	json_member_text(json, "text", note);
	add_moment(json, "datePublished", when);
	json_end(json);
}

/* Every correction there was: a later change does not undo what readers were told wrongly. */
static void add_corrections(struct json *json, const struct release_view *view)
{
	const struct release *release = view->release;

	if (!view->correction_count && release->change != CHANGE_CORRECTION)
		return;
	json_key(json, "correction");
	json_array(json);
	for (size_t i = 0; i < view->correction_count; i++)
		add_comment(json, view->corrections[i].note, view->corrections[i].when);
	if (!view->correction_count)
		add_comment(json, release->change_note, view->public_at);
	json_end(json);
}

static void add_names(struct json *json, struct frame *frame, const struct release *release)
{
	json_member_text(json, "headline", release->title);
	if (release->subtitles.count)
		json_member_text(json, "alternativeHeadline", release->subtitles.at[0]);
	json_member_text(json, "description", release_summary(&frame->arena, release));
	json_member_text(json, "inLanguage", release->language);
	json_member_text(json, "url", frame_url(frame, frame->page->path));
	json_member_text(json, "mainEntityOfPage", frame_url(frame, frame->page->path));
	json_member_text(json, "identifier",
			 release->reference.len ? release->reference : release->slug);
	json_member_number(json, "version", release->revision);
}

struct str linked_data(struct frame *frame, const struct release_view *view)
{
	const struct release *release = view->release;
	struct str rights = release->rights.len ? release->rights : frame->site->rights, kept;
	struct json json;
	struct buf out;

	buf_init(&out, PAGE_MAX);
	json = json_begin(&out);
	json_object(&json);
	json_member_text(&json, "@context", STR("https://schema.org"));
	json_member_text(&json, "@type", STR("NewsArticle"));
	add_names(&json, frame, release);
	add_moment(&json, "datePublished", view->first_public_at);
	add_moment(&json, "dateModified", view->modified_at ? view->modified_at : view->public_at);
	json_member_flag(&json, "isAccessibleForFree", true);
	if (rights.len)
		json_member_text(&json, "license", rights);
	add_institution(&json, frame);
	add_corrections(&json, view);
	add_translations(&json, frame, view);
	add_media(&json, frame, release);
	json_end(&json);
	kept = arena_copy(&frame->arena, buf_str(&out));
	buf_release(&out);
	return kept;
}

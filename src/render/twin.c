/* The pages' JSON twins. Their members are described in page.h. */
#include "twin.h"

void twin_date(struct json *json, const char *key, struct date date)
{
	char text[16];

	snprintf(text, sizeof(text), "%04u-%02u-%02u", (unsigned)date.year, (unsigned)date.month,
		 (unsigned)date.day);
	json_member_text(json, key, str_from(text));
}

void twin_moment(struct json *json, const char *key, int64_t time)
{
	char room[TIME_SIZE];

	json_member_text(json, key, time_format(room, time));
}

static void add_texts(struct json *json, const char *key, const struct texts *texts)
{
	json_key(json, key);
	json_array(json);
	for (size_t i = 0; i < texts->count; i++)
		json_text(json, texts->at[i]);
	json_end(json);
}

void twin_change(struct json *json, enum change change)
{
	if (change != CHANGE_FIRST)
		json_member_text(json, "change", change_word(change));
}

/* Only what there is: an empty text is left out like an absent one. */
void twin_some(struct json *json, const char *key, struct str text)
{
	if (text.len)
		json_member_text(json, key, text);
}

struct json twin_begin(struct frame *frame, const struct page *page, struct buf *out)
{
	struct json json = json_begin(out);

	frame_begin(frame, page);
	json_object(&json);
	json_member_text(&json, "site", page->site->name);
	json_member_text(&json, "language", frame->language);
	json_member_text(&json, "address", frame_url(frame, page->path));
	return json;
}

bool twin_end(struct json *json, struct frame *frame, struct fault *why)
{
	json_end(json);
	buf_add_char(json->out, '\n');
	arena_release(&frame->arena);
	return buf_check(json->out, why);
}

/* --- a release ------------------------------------------------------------------------------ */

static void add_header(struct json *json, const struct release *release)
{
	json_member_text(json, "release", release->slug);
	json_member_number(json, "revision", release->revision);
	if (release->has_previous)
		json_member_text(json, "previous", str_from(HASH_TEXT(&release->previous)));
	twin_change(json, release->change);
	twin_some(json, "changeNote", release->change_note);
	twin_date(json, "date", release->date);
	json_member_text(json, "kind", kind_word(release->kind));
	json_member_text(json, "title", release->title);
	add_texts(json, "subtitles", &release->subtitles);
	twin_some(json, "reference", release->reference);
	twin_some(json, "place", release->place);
	add_texts(json, "departments", &release->departments);
	add_texts(json, "contacts", &release->contacts);
	add_texts(json, "topics", &release->topics);
}

static void add_attachments(struct json *json, struct frame *frame, const struct release_view *view)
{
	const struct release *release = view->release;

	json_key(json, "attachments");
	json_array(json);
	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *from = &release->attachments[i];

		json_object(json);
		json_member_text(json, "name", from->name);
		twin_some(json, "title", from->title);
		twin_some(json, "language", from->language);
		if (view->sizes)
			json_member_number(json, "size", (int64_t)view->sizes[i]);
		json_member_text(json, "sha256", str_from(HASH_TEXT(&from->hash)));
		json_member_text(json, "address",
				 frame_url(frame, attachment_path(frame, &files_public, from)));
		json_end(json);
	}
	json_end(json);
}

static void add_text(struct json *json, const struct release *release)
{
	struct buf html;

	buf_init(&html, PAGE_MAX);
	body_html(release, &files_public, &html);
	json_member_text(json, "text", release->body);
	json_member_text(json, "html", buf_str(&html));
	buf_release(&html);
}

static void add_checks(struct json *json, struct frame *frame, const struct release_view *view)
{
	struct str file = frame_url(frame, article_path(frame, view));

	json_member_text(json, "sha256", str_from(HASH_TEXT(view->hash)));
	json_member_text(json, "file", arena_printf(&frame->arena, "%.*s.txt", STR_ARG(file)));
	json_member_text(json, "signature",
			 arena_printf(&frame->arena, "%.*s.txt.minisig", STR_ARG(file)));
	json_key(json, "signers");
	json_array(json);
	for (size_t i = 0; i < view->signer_count; i++) {
		json_object(json);
		json_member_text(json, "holder", view->signers[i].holder);
		json_member_text(json, "keyId", view->signers[i].key_id);
		if (view->signers[i].public_key.len)
			json_member_text(json, "publicKey", view->signers[i].public_key);
		json_member_text(json, "signature",
				 arena_printf(&frame->arena, "%.*s.txt.%.*s.minisig", STR_ARG(file),
					      STR_ARG(view->signers[i].key_id)));
		json_end(json);
	}
	json_end(json);
}

static void add_log(struct json *json, struct frame *frame, const struct release_view *view)
{
	struct str file = frame_url(frame, article_path(frame, view));

	if (view->disputed)
		json_member_flag(json, "disputed", true);
	if (!view->logged)
		return;
	json_key(json, "log");
	json_object(json);
	json_member_number(json, "index", (int64_t)view->log_index);
	json_member_text(json, "proof", arena_printf(&frame->arena, "%.*s.proof", STR_ARG(file)));
	json_member_text(json, "bundle", arena_printf(&frame->arena, "%.*s.tar", STR_ARG(file)));
	json_end(json);
}

static void add_languages(struct json *json, struct frame *frame, const struct release_view *view)
{
	json_key(json, "languages");
	json_object(json);
	for (size_t i = 0; i < view->language_count; i++) {
		struct str tag = view->languages[i];

		json_member_text(json, arena_cstr(&frame->arena, tag),
				 frame_url(frame, release_path(frame, tag, view->release->slug)));
	}
	json_end(json);
}

bool json_release(const struct page *page, const struct release_view *view, struct buf *out,
		  struct fault *why)
{
	const struct release *release = view->release;
	struct frame frame;
	struct json json = twin_begin(&frame, page, out);

	add_header(&json, release);
	json_member_text(&json, "summary", release_summary(&frame.arena, release));
	json_member_text(&json, "rights",
			 release->rights.len ? release->rights : page->site->rights);
	twin_moment(&json, "firstPublicAt", view->first_public_at);
	twin_moment(&json, "publicAt", view->public_at);
	twin_moment(&json, "modifiedAt", view->modified_at ? view->modified_at : view->public_at);
	json_member_flag(&json, "current", !view->old);
	add_languages(&json, &frame, view);
	add_attachments(&json, &frame, view);
	add_checks(&json, &frame, view);
	add_log(&json, &frame, view);
	add_text(&json, release);
	return twin_end(&json, &frame, why);
}

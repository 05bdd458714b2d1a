/* What is found of a text that a reader brings. */
#include <communique/verification.h>

#include "article.h"
#include "twin.h"

static const struct {
	const char *word, *class_name; /* of the messages; of the banner */
} results[] = {
	[VERIFIED_NOTHING] = { "", "" },
	[VERIFIED_EXACT] = { "exact", "good" },
	[VERIFIED_TEXT] = { "text", "good" },
	[VERIFIED_DIFFERENT] = { "different", "withdrawn" },
	[VERIFIED_WORDS] = { "words", "changed" },
	[VERIFIED_REMOVED] = { "removed", "withdrawn" },
	[VERIFIED_UNKNOWN] = { "unknown", "changed" },
};

static const char *result_word(const struct verification *found)
{
	if (found->result != VERIFIED_WORDS || !found->missing)
		return results[found->result].word;
	return found->added ? "other-words" : "part";
}

static struct str words(struct frame *frame, const struct verification *found, const char *which)
{
	uint32_t number = found->ours ? found->ours->revision : 0;
	char key[64];

	if (found->result == VERIFIED_DIFFERENT && found->claimed != number &&
	    strcmp(which, "text") == 0)
		which = "number";
	snprintf(key, sizeof key, "verify-%s-%s", result_word(found), which);
	return SAY(frame, key, frame_number(frame, number), frame_number(frame, found->claimed));
}

/* What has become of the release since. */
static void add_state(struct frame *frame, struct view *result, const struct verification *found)
{
	const struct release *ours = found->ours;

	if (!ours || (!found->withdrawn && found->newest == ours->revision))
		return;
	view_text(result, "state",
		  found->withdrawn ? locale_message(frame->chrome, "banner-withdrawal")
				   : SAY(frame, "banner-old", frame_number(frame, ours->revision)));
	view_text(result, "state_href", release_path(frame, ours->language, ours->slug));
	view_text(result, "state_link", locale_message(frame->chrome, "banner-old-link"));
}

static struct str revision_path(struct frame *frame, const struct release *ours)
{
	return arena_printf(&frame->arena, "%.*s/r%lu",
			    STR_ARG(release_path(frame, ours->language, ours->slug)),
			    (unsigned long)ours->revision);
}

static void add_signers(struct frame *frame, struct view *object, const struct verification *found)
{
	struct view *list = view_list(object, "signers");
	struct str path = revision_path(frame, found->ours);

	for (size_t i = 0; i < found->signer_count; i++) {
		struct view *signer = view_item(list);

		view_text(signer, "holder", found->signers[i].holder);
		view_text(signer, "key_id", found->signers[i].key_id);
		view_text(signer, "href",
			  arena_printf(&frame->arena, "%.*s.txt.%.*s.minisig", STR_ARG(path),
				       STR_ARG(found->signers[i].key_id)));
	}
}

static void add_found(struct frame *frame, const struct verification *found)
{
	const struct release *ours = found->ours;
	struct view *view, *side;
	char room[TIME_SIZE];

	if (!ours)
		return;
	view = view_object(frame->view, "found");
	view_text(view, "href", revision_path(frame, ours));
	view_text(view, "title", ours->title);
	view_html(view, "in", language_attributes(&frame->arena, ours->language));
	view_text(view, "number", frame_number(frame, ours->revision));
	view_text(view, "iso", arena_copy(&frame->arena, time_format(room, found->public_at)));
	view_text(view, "moment", frame_moment(frame, found->public_at));
	add_signers(frame, view, found);
	side = view_item(view_list(view, "sides"));
	view_text(side, "href", revision_path(frame, ours));
	view_text(side, "name", SAY(frame, "revision-line", frame_number(frame, ours->revision)));
}

/* Markup, an order of fields, a space: what the words do not show. */
static bool is_unseen(const struct frame *frame)
{
	struct view room;
	const struct view *fields = view_member(frame->view, STR("fields"), &room);
	const struct view *none = view_member(frame->view, STR("none"), &room);

	return !view_is_true(fields) && view_is_true(none);
}

static void add_differences(struct frame *frame, struct view *result,
			    const struct verification *found)
{
	if (found->theirs)
		view_difference(frame, found->ours, found->theirs);
	else if (found->words)
		view_words_difference(frame, found->words);
	if (found->theirs && is_unseen(frame))
		view_text(result, "unseen", locale_message(frame->chrome, "verify-unseen"));
}

static void add_result(struct frame *frame, const struct verification *found)
{
	struct view *result;

	if (found->result == VERIFIED_NOTHING)
		return;
	result = view_object(frame->view, "result");
	view_text(result, "class",
		  found->disputed ? STR("disputed") : str_from(results[found->result].class_name));
	view_flag(result, "disputed", found->disputed);
	view_text(result, "title", words(frame, found, "title"));
	view_text(result, "text", words(frame, found, "text"));
	add_state(frame, result, found);
	add_differences(frame, result, found);
	view_text(frame->view, "sha256", found->sha256);
	if (found->result != VERIFIED_DIFFERENT && found->result != VERIFIED_WORDS &&
	    found->result != VERIFIED_TEXT)
		frame_twin(frame, arena_printf(&frame->arena, "%.*s.json?sha256=%.*s",
					       STR_ARG(frame->page->path), STR_ARG(found->sha256)));
}

/* --- how to check it without this site ------------------------------------------------ */

static void add_file(struct view *files, struct str href, struct str name)
{
	struct view *file = view_item(files);

	view_flag(file, "next", files->first != file);
	view_text(file, "href", href);
	view_text(file, "name", name);
}

/* The file's name, as a browser saves it; an example where no revision was found. */
static struct str file_name(struct frame *frame, const struct verification *found)
{
	return arena_printf(&frame->arena, "r%lu.txt",
			    found->ours ? (unsigned long)found->ours->revision : 1ul);
}

/* For the key set's quorum all signatures are needed. */
static struct str communique_command(struct frame *frame, const struct verification *found,
				     struct view *files)
{
	struct str name = file_name(frame, found);
	struct buf command;
	struct str kept;

	buf_init(&command, 64 * 1024);
	buf_addf(&command, "communique verify %.*s", STR_ARG(name));
	for (size_t i = 0; i < found->signer_count; i++) {
		struct str file = arena_printf(&frame->arena, "%.*s.%.*s.minisig", STR_ARG(name),
					       STR_ARG(found->signers[i].key_id));
		struct str path = release_path(frame, found->ours->language, found->ours->slug);

		add_file(files,
			 arena_printf(&frame->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(file)),
			 file);
		buf_addf(&command, " %.*s", STR_ARG(file));
	}
	buf_add(&command, STR(" --keys current"));
	kept = arena_copy(&frame->arena, buf_str(&command));
	buf_release(&command);
	return kept;
}

static void add_steps(struct frame *frame, const struct verification *found)
{
	struct view *files = view_list(frame->view, "files");
	struct str name = file_name(frame, found), key = STR("KEY"), signature;
	bool has_key = found->signer_count && found->signers[0].public_key.len;

	if (has_key)
		key = found->signers[0].public_key;
	signature = found->signer_count
			    ? arena_printf(&frame->arena, "%.*s.%.*s.minisig", STR_ARG(name),
					   STR_ARG(found->signers[0].key_id))
			    : arena_printf(&frame->arena, "%.*s.minisig", STR_ARG(name));
	add_file(files,
		 found->ours ? arena_printf(&frame->arena, "%.*s.txt",
					    STR_ARG(revision_path(frame, found->ours)))
			     : STR_NONE,
		 name);
	view_text(frame->view, "communique", communique_command(frame, found, files));
	if (!found->signer_count)
		add_file(files, STR_NONE, signature);
	view_text(frame->view, "minisign",
		  arena_printf(&frame->arena, "minisign -VHm %.*s -x %.*s -P %.*s", STR_ARG(name),
			       STR_ARG(signature), STR_ARG(key)));
}

/* --- the page, and its twin --------------------------------------------------------------- */

bool page_verify(const struct page *page, const struct verification *found, struct buf *out,
		 struct fault *why)
{
	bool is_result = found->result != VERIFIED_NOTHING;
	struct frame frame;
	struct str title;

	frame_begin(&frame, page);
	title = locale_message(frame.chrome, "verify-title");
	frame_title(&frame,
		    is_result ? SAY(&frame, "title", words(&frame, found, "title"), title) : title,
		    locale_tag(frame.chrome));
	view_text(frame.view, "description", locale_message(frame.chrome, "verify-what"));
	view_flag(frame.view, "noindex", is_result);
	frame_canonical(&frame);
	if (!is_result)
		frame_open_graph(&frame, "website", title);
	frame_menu(&frame, MENU_VERIFY);
	frame_languages(&frame, page->site->languages, page->site->language_count, STR("verify"),
			!is_result);
	frame_crumb(&frame, STR_NONE, title, locale_tag(frame.chrome));
	view_number(frame.view, "max", VERIFY_BODY_MAX);
	add_result(&frame, found);
	add_found(&frame, found);
	add_steps(&frame, found);
	return frame_end(&frame, "verify", out, why);
}

static const char *twin_result(const struct verification *found)
{
	if (found->result == VERIFIED_REMOVED)
		return "removed";
	if (!found->ours)
		return "unknown";
	if (found->withdrawn)
		return "withdrawn";
	return found->newest == found->ours->revision ? "current" : "superseded";
}

bool json_verify(const struct page *page, const struct verification *found, struct buf *out,
		 struct fault *why)
{
	struct page shown = *page;
	struct frame frame;
	struct json json;
	const struct release *ours = found->ours;
	char room[TIME_SIZE], address[REQUEST_TARGET_MAX];

	snprintf(address, sizeof address, "%.*s?sha256=%.*s", STR_ARG(page->path),
		 STR_ARG(found->sha256));
	shown.path = str_from(address);
	json = twin_begin(&frame, &shown, out);
	json_member_text(&json, "sha256", found->sha256);
	json_member_text(&json, "result", str_from(twin_result(found)));
	if (ours) {
		json_member_text(&json, "release", ours->slug);
		json_member_text(&json, "releaseLanguage", ours->language);
		json_member_number(&json, "revision", ours->revision);
		json_member_number(&json, "newest", found->newest);
		json_member_text(&json, "title", ours->title);
		json_member_text(&json, "publicAt", time_format(room, found->public_at));
		json_member_text(
			&json, "file",
			frame_url(&frame, arena_printf(&frame.arena, "%.*s.txt",
						       STR_ARG(revision_path(&frame, ours)))));
		if (found->disputed)
			json_member_flag(&json, "disputed", true);
	}
	return twin_end(&json, &frame, why);
}

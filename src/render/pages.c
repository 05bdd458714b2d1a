/* The pages around the releases: home, errors. */
#include <communique/json.h>

#include "lists.h"

bool page_home(const struct page *page, const struct board_view *latest, struct buf *out,
	       struct fault *why)
{
	struct frame frame;

	frame_begin(&frame, page);
	frame_title(&frame, STR_NONE, frame.language);
	view_text(frame.view, "description", list_description(&frame, "home-description"));
	frame_canonical(&frame);
	frame_twin(&frame, twin_path(&frame, page->path));
	frame_open_graph(&frame, "website", frame_site_title(&frame));
	frame_menu(&frame, MENU_HOME);
	frame_languages(&frame, page->site->languages, page->site->language_count, STR(""), true);
	list_entries(&frame, latest, "h3");
	return frame_end(&frame, "home", out, why);
}

/* --- errors --------------------------------------------------------------------------------- */

static unsigned known_status(unsigned status)
{
	static const unsigned known[] = { 400, 404, 405, 410, 413, 414, 429, 500, 503 };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i] == status)
			return status;
	return status >= 500 ? 500 : 400;
}

static struct str error_words(struct frame *frame, unsigned status, const char *which)
{
	char key[32];

	snprintf(key, sizeof(key), "error-%u-%s", known_status(status), which);
	return locale_message(frame->chrome, key);
}

bool page_error(const struct page *page, unsigned status, struct buf *out, struct fault *why)
{
	struct frame frame;

	frame_begin(&frame, page);
	frame_title(&frame, error_words(&frame, status, "title"), locale_tag(frame.chrome));
	view_flag(frame.view, "noindex", true);
	frame_menu(&frame, MENU_NONE);
	frame_languages(&frame, NULL, 0, STR(""), false);
	view_number(frame.view, "status", status);
	view_text(frame.view, "error_title", error_words(&frame, status, "title"));
	view_text(frame.view, "error_text", error_words(&frame, status, "text"));
	return frame_end(&frame, "error", out, why);
}

bool json_error(const struct page *page, unsigned status, struct str note, int64_t when,
		struct buf *out, struct fault *why)
{
	struct json json = json_begin(out);
	struct frame frame;
	char room[TIME_SIZE];

	frame_begin(&frame, page);
	json_object(&json);
	json_member_number(&json, "status", status);
	json_member_text(&json, "title", error_words(&frame, status, "title"));
	json_member_text(&json, "detail",
			 str_given(note) ? note : error_words(&frame, status, "text"));
	if (str_given(note))
		json_member_text(&json, "goneSince", time_format(room, when));
	json_end(&json);
	buf_add_char(out, '\n');
	arena_release(&frame.arena);
	return buf_check(out, why);
}

/* A release's revisions; and what stands in place of a release that was removed. */
#include <communique/history.h>

#include "article.h"
#include "lists.h"

static struct str revision_path(struct frame *frame, struct str slug, uint32_t number)
{
	return arena_printf(&frame->arena, "%.*s/r%lu",
			    STR_ARG(release_path(frame, frame->language, slug)),
			    (unsigned long)number);
}

static void add_link(struct frame *frame, struct view *links, struct str slug, uint32_t from,
		     uint32_t to, struct str name)
{
	struct view *link = view_item(links);

	view_text(link, "href",
		  arena_printf(&frame->arena, "%.*s/%lu..%lu", STR_ARG(history_path(frame, slug)),
			       (unsigned long)from, (unsigned long)to));
	view_text(link, "name", name);
}

/* To the one before it and, where that is not the same, to the current one. */
static void add_links(struct frame *frame, struct view *item, const struct history_view *history,
		      size_t n)
{
	const struct history_entry *entry = &history->entries[n];
	bool has_before = n + 1 < history->count && !entry[1].gone;
	struct view *links = view_list(item, "links");

	view_flag(item, "links?", !entry->gone && (has_before || n > 0));
	if (entry->gone)
		return;
	if (has_before)
		add_link(frame, links, history->slug, entry[1].number, entry->number,
			 SAY(frame, "history-difference", frame_number(frame, entry[1].number)));
	if (n > 0)
		add_link(frame, links, history->slug, entry->number, history->entries[0].number,
			 locale_message(frame->chrome, "history-since"));
}

static void add_signers(struct view *item, const struct history_entry *entry)
{
	struct view *signers = view_list(item, "signers");

	for (size_t i = 0; i < entry->signer_count; i++) {
		struct view *signer = view_item(signers);

		view_flag(signer, "next", i > 0);
		view_text(signer, "holder", entry->signers[i].holder);
		view_text(signer, "key_id", entry->signers[i].key_id);
	}
}

static void add_moment(struct frame *frame, struct view *item, int64_t when)
{
	char room[TIME_SIZE];

	view_text(item, "iso", arena_copy(&frame->arena, time_format(room, when)));
	view_text(item, "moment", frame_moment(frame, when));
}

/* The first revision changes nothing: it is no news. */
static void add_change(struct frame *frame, struct view *item, enum change change)
{
	bool first = change == CHANGE_FIRST;

	view_text(item, "first", first ? locale_message(frame->chrome, "history-first") : STR(""));
	view_text(item, "change", first ? STR("") : change_name(frame->chrome, change));
}

static void add_revision(struct frame *frame, struct view *list, const struct history_view *history,
			 size_t n)
{
	const struct history_entry *entry = &history->entries[n];
	struct view *item = view_item(list);

	view_text(item, "id", arena_printf(&frame->arena, "r%lu", (unsigned long)entry->number));
	view_text(item, "href",
		  entry->gone ? STR("") : revision_path(frame, history->slug, entry->number));
	view_text(item, "name", SAY(frame, "revision-line", frame_number(frame, entry->number)));
	add_change(frame, item, entry->change);
	view_flag(item, "current", n == 0);
	view_text(item, "note", entry->note.len ? entry->note : STR(""));
	view_flag(item, "gone", entry->gone);
	add_moment(frame, item, entry->public_at);
	add_signers(item, entry);
	add_links(frame, item, history, n);
}

static void add_crumbs(struct frame *frame, struct str slug, struct str title)
{
	frame_crumb(frame, frame_path(frame, frame->language, "releases/"),
		    locale_message(frame->content, "board"), locale_tag(frame->content));
	frame_crumb(frame, release_path(frame, frame->language, slug), title, frame->language);
}

bool page_history(const struct page *page, const struct history_view *history, struct buf *out,
		  struct fault *why)
{
	struct frame frame;
	struct view *list;
	struct str title, rest;

	frame_begin(&frame, page);
	title = SAY(&frame, "history-of", history->title);
	rest = arena_printf(&frame.arena, "releases/%.*s/history", STR_ARG(history->slug));
	frame_title(&frame, title, locale_tag(frame.chrome));
	view_text(frame.view, "description", title);
	frame_canonical(&frame);
	frame_twin(&frame, twin_path(&frame, page->path));
	frame_open_graph(&frame, "website", title);
	frame_menu(&frame, MENU_BELOW_BOARD);
	frame_languages(&frame, history->languages, history->language_count, rest, true);
	add_crumbs(&frame, history->slug, history->title);
	frame_crumb(&frame, STR_NONE, locale_message(frame.chrome, "history"),
		    locale_tag(frame.chrome));
	view_text(frame.view, "release_title", history->title);
	view_text(frame.view, "release_href", release_path(&frame, frame.language, history->slug));
	list = view_list(frame.view, "revisions");
	for (size_t n = 0; n < history->count; n++)
		add_revision(&frame, list, history, n);
	return frame_end(&frame, "history", out, why);
}

/* --- two of them ----------------------------------------------------------------------------- */

static void add_side(struct frame *frame, struct view *sides, const struct release *release,
		     int64_t when)
{
	struct view *side = view_item(sides);

	view_text(side, "href", revision_path(frame, release->slug, release->revision));
	view_text(side, "name",
		  SAY(frame, "revision-line", frame_number(frame, release->revision)));
	add_change(frame, side, release->change);
	add_moment(frame, side, when);
}

static void add_difference_head(struct frame *frame, const struct difference_view *view)
{
	const struct release *after = view->after;
	struct str heading = SAY(frame, "difference", frame_number(frame, view->before->revision),
				 frame_number(frame, after->revision));
	struct str title = SAY(frame, "title", heading, after->title);
	struct view *sides = view_list(frame->view, "sides");

	frame_title(frame, title, frame->language);
	view_text(frame->view, "description", title);
	frame_open_graph(frame, "website", title);
	view_flag(frame->view, "noindex", true);
	frame_canonical(frame);
	frame_twin(frame, twin_path(frame, frame->page->path));
	frame_menu(frame, MENU_BELOW_BOARD);
	frame_languages(frame, view->languages, view->language_count,
			arena_printf(&frame->arena, "releases/%.*s", STR_ARG(after->slug)), false);
	add_crumbs(frame, after->slug, after->title);
	frame_crumb(frame, history_path(frame, after->slug),
		    locale_message(frame->chrome, "history"), locale_tag(frame->chrome));
	frame_crumb(frame, STR_NONE, heading, locale_tag(frame->chrome));
	view_text(frame->view, "heading", heading);
	view_text(frame->view, "release_title", after->title);
	view_text(frame->view, "release_href", release_path(frame, frame->language, after->slug));
	view_text(frame->view, "history_href", history_path(frame, after->slug));
	view_text(frame->view, "note", after->change_note.len ? after->change_note : STR(""));
	add_side(frame, sides, view->before, view->before_at);
	add_side(frame, sides, after, view->after_at);
}

bool page_difference(const struct page *page, const struct difference_view *view, struct buf *out,
		     struct fault *why)
{
	struct frame frame;

	frame_begin(&frame, page);
	add_difference_head(&frame, view);
	view_difference(&frame, view->before, view->after);
	return frame_end(&frame, "difference", out, why);
}

/* --- none of them ----------------------------------------------------------------------------- */

bool page_gone(const struct page *page, struct str note, int64_t when, struct buf *out,
	       struct fault *why)
{
	struct frame frame;

	frame_begin(&frame, page);
	frame_title(&frame, locale_message(frame.chrome, "error-410-title"),
		    locale_tag(frame.chrome));
	view_flag(frame.view, "noindex", true);
	frame_menu(&frame, MENU_NONE);
	frame_languages(&frame, NULL, 0, STR(""), false);
	view_number(frame.view, "status", 410);
	view_text(frame.view, "error_title", locale_message(frame.chrome, "error-410-title"));
	view_text(frame.view, "error_text", locale_message(frame.chrome, "error-410-text"));
	view_text(frame.view, "gone_on", SAY(&frame, "gone-on", frame_moment(&frame, when)));
	view_text(frame.view, "gone_why", note);
	return frame_end(&frame, "error", out, why);
}

/* The pages around the releases: home, board, search, errors. */
#include "frame.h"

/* Page numbers shown on either side of the current one. */
#define PAGES_AROUND 2

static void add_entry(struct frame *frame, struct view *entries, const struct list_entry *from)
{
	struct view *entry = view_item(entries);
	bool changed = from->change == CHANGE_CORRECTION || from->change == CHANGE_WITHDRAWAL;

	view_text(entry, "href", release_path(frame, frame->language, from->slug));
	view_text(entry, "title", from->title);
	view_text(entry, "summary", from->summary.len ? from->summary : STR(""));
	view_text(entry, "department", from->department.len ? from->department : STR(""));
	view_date(frame, entry, "date", from->date);
	view_text(entry, "kind", kind_name(frame->content, from->kind));
	view_text(entry, "change", changed ? change_name(frame->chrome, from->change) : STR(""));
}

static void add_entries(struct frame *frame, const struct board_view *board, const char *heading)
{
	struct view *entries = view_list(frame->view, "entries");

	view_flag(frame->view, "entries?", board->count > 0);
	view_text(frame->view, "heading", str_from(heading));
	for (size_t i = 0; i < board->count; i++)
		add_entry(frame, entries, &board->entries[i]);
}

static struct str describe(struct frame *frame, const char *key)
{
	struct buf text;
	struct str kept;

	buf_init(&text, 4096);
	locale_format(frame->content, key, (struct str[]){ frame_site_title(frame) }, 1, &text);
	kept = arena_copy(&frame->arena, buf_str(&text));
	buf_release(&text);
	return kept;
}

bool page_home(const struct page *page, const struct board_view *latest, struct buf *out,
	       struct fault *why)
{
	struct frame frame;

	frame_begin(&frame, page);
	frame_title(&frame, STR_NONE, frame.language);
	view_text(frame.view, "description", describe(&frame, "home-description"));
	frame_canonical(&frame);
	frame_open_graph(&frame, "website", frame_site_title(&frame));
	frame_menu(&frame, MENU_HOME);
	frame_languages(&frame, page->site->languages, page->site->language_count, STR(""), true);
	add_entries(&frame, latest, "h3");
	return frame_end(&frame, "home", out, why);
}

/* --- the board ------------------------------------------------------------------------- */

static struct str board_path(struct frame *frame, uint64_t number)
{
	if (number <= 1)
		return frame_path(frame, frame->language, "releases/");
	return arena_printf(&frame->arena, "/%.*s/releases/?page=%llu", STR_ARG(frame->language),
			    (unsigned long long)number);
}

static void add_number(struct frame *frame, struct view *numbers, uint64_t n, bool current)
{
	struct view *number = view_item(numbers);

	view_text(number, "href", board_path(frame, n));
	view_text(number, "number", frame_number(frame, n));
	view_text(number, "label", SAY(frame, "page-number", frame_number(frame, n)));
	view_flag(number, "current", current);
	view_flag(number, "gap", false);
}

/* 1 … 4 5 [6] 7 8 … 20: the ends, the neighbours, and a gap for the rest. */
static void add_numbers(struct frame *frame, struct view *paging, uint64_t now, uint64_t pages)
{
	struct view *numbers = view_list(paging, "numbers");
	uint64_t from = now > PAGES_AROUND + 1 ? now - PAGES_AROUND : 1;
	uint64_t to = now + PAGES_AROUND < pages ? now + PAGES_AROUND : pages;

	if (from > 1)
		add_number(frame, numbers, 1, false);
	if (from > 2)
		view_flag(view_item(numbers), "gap", true);
	for (uint64_t n = from; n <= to; n++)
		add_number(frame, numbers, n, n == now);
	if (to + 1 < pages)
		view_flag(view_item(numbers), "gap", true);
	if (to < pages)
		add_number(frame, numbers, pages, false);
}

static void add_paging(struct frame *frame, uint64_t now, uint64_t pages)
{
	struct view *paging;

	if (pages < 2 || now < 1 || now > pages)
		return;
	paging = view_object(frame->view, "paging");
	view_text(paging, "previous", now > 1 ? board_path(frame, now - 1) : STR(""));
	view_text(paging, "next", now < pages ? board_path(frame, now + 1) : STR(""));
	add_numbers(frame, paging, now, pages);
}

static struct str board_count(struct frame *frame, const struct board_view *board)
{
	struct str total = frame_number(frame, board->total);

	if (board->pages < 2)
		return SAY(frame, "release-count", total);
	return SAY(frame, "release-count-page", total, frame_number(frame, board->number),
		   frame_number(frame, board->pages));
}

bool page_board(const struct page *page, const struct board_view *board, struct buf *out,
		struct fault *why)
{
	struct frame frame;
	struct str title;

	frame_begin(&frame, page);
	title = locale_message(frame.content, "board");
	frame_title(&frame,
		    board->number < 2
			    ? title
			    : SAY(&frame, "board-page", title, frame_number(&frame, board->number)),
		    locale_tag(frame.content));
	view_text(frame.view, "description", describe(&frame, "board-description"));
	frame_canonical(&frame);
	frame_open_graph(&frame, "website", title);
	frame_menu(&frame, MENU_BOARD);
	/* The other languages have other numbers of pages: only the first ones correspond. */
	frame_languages(&frame, page->site->languages, page->site->language_count, STR("releases/"),
			board->number < 2);
	frame_crumb(&frame, STR_NONE, title, locale_tag(frame.content));
	view_text(frame.view, "count", board_count(&frame, board));
	add_entries(&frame, board, "h2");
	add_paging(&frame, board->number, board->pages);
	return frame_end(&frame, "board", out, why);
}

/* --- search and errors ------------------------------------------------------------------- */

bool page_search(const struct page *page, struct str query, struct buf *out, struct fault *why)
{
	struct frame frame;
	struct str title;

	frame_begin(&frame, page);
	title = locale_message(frame.chrome, "search-title");
	frame_title(&frame, title, locale_tag(frame.chrome));
	view_flag(frame.view, "noindex", true);
	frame_menu(&frame, MENU_SEARCH);
	frame_languages(&frame, page->site->languages, page->site->language_count, STR("search"),
			false);
	frame_crumb(&frame, STR_NONE, title, locale_tag(frame.chrome));
	view_text(frame.view, "query", query);
	view_text(frame.view, "asked", query.len ? SAY(&frame, "search-asked", query) : STR(""));
	return frame_end(&frame, "search", out, why);
}

static unsigned known_status(unsigned status)
{
	static const unsigned known[] = { 400, 404, 405, 410, 414, 429, 500, 503 };

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

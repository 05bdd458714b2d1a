#include "lists.h"
#include "prose.h"

/* Page numbers shown on either side of the current one. */
#define PAGES_AROUND 2

/* --- addresses -------------------------------------------------------------------------- */

static struct str kept(struct frame *frame, struct buf *path)
{
	struct str copy = arena_copy(&frame->arena, buf_str(path));

	buf_release(path);
	return copy;
}

struct str topic_path(struct frame *frame, struct str topic)
{
	struct buf path;

	buf_init(&path, 4096);
	buf_addf(&path, "/%.*s/topics/", STR_ARG(frame->language));
	url_add_segment(&path, topic);
	buf_add_char(&path, '/');
	return kept(frame, &path);
}

struct str filter_path(struct frame *frame, const char *parameter, struct str value)
{
	struct buf path;

	buf_init(&path, 4096);
	buf_addf(&path, "/%.*s/releases/?%s=", STR_ARG(frame->language), parameter);
	url_add_value(&path, value);
	return kept(frame, &path);
}

struct str archive_path(struct frame *frame, uint32_t number)
{
	if (number == 0)
		return frame_path(frame, frame->language, "archive/");
	if (number < 10000)
		return arena_printf(&frame->arena, "/%.*s/archive/%04u/", STR_ARG(frame->language),
				    number);
	return arena_printf(&frame->arena, "/%.*s/archive/%04u/%02u/", STR_ARG(frame->language),
			    number / 100, number % 100);
}

struct str twin_path(struct frame *frame, struct str path)
{
	struct str query = path, bare = str_cut(&query, '?');

	if (str_ends(bare, STR("/")))
		bare = str_first(bare, bare.len - 1);
	return arena_printf(&frame->arena, "%.*s.json%s%.*s", STR_ARG(bare),
			    str_given(query) ? "?" : "", STR_ARG(query));
}

struct str list_page_path(struct frame *frame, struct str first, uint64_t number)
{
	char mark = str_find(first, '?') < first.len ? '&' : '?';

	if (number <= 1)
		return first;
	return arena_printf(&frame->arena, "%.*s%cpage=%llu", STR_ARG(first), mark,
			    (unsigned long long)number);
}

/* --- words ---------------------------------------------------------------------------------- */

struct str list_description(struct frame *frame, const char *key)
{
	return SAY_IN(frame, frame->content, key, frame_site_title(frame));
}

struct str month_name(struct frame *frame, const struct locale *locale, uint32_t number)
{
	struct str year = arena_printf(&frame->arena, "%u", number < 10000 ? number : number / 100);
	char key[16];

	if (number < 10000)
		return SAY_IN(frame, locale, "year", year);
	snprintf(key, sizeof(key), "month-%u", number % 100);
	return SAY_IN(frame, locale, "year-month", year, locale_message(locale, key));
}

/* --- entries -------------------------------------------------------------------------------- */

void list_entry(struct frame *frame, struct view *entry, const struct list_entry *from)
{
	bool changed = from->change == CHANGE_CORRECTION || from->change == CHANGE_WITHDRAWAL;

	view_text(entry, "href", release_path(frame, frame->language, from->slug));
	view_text(entry, "title", from->title);
	view_prose(entry, "title_html", from->title);
	view_text(entry, "summary", from->summary.len ? from->summary : STR(""));
	view_prose(entry, "summary_html", from->summary);
	view_text(entry, "department", from->department.len ? from->department : STR(""));
	view_date(frame, entry, "date", from->date);
	view_text(entry, "kind", kind_name(frame->content, from->kind));
	view_flag(entry, "disputed", from->disputed);
	view_text(entry, "change", changed ? change_name(frame->chrome, from->change) : STR(""));
}

void list_entries(struct frame *frame, const struct board_view *board, const char *heading)
{
	struct view *entries = view_list(frame->view, "entries");

	view_flag(frame->view, "entries?", board->count > 0);
	view_text(frame->view, "heading", str_from(heading));
	for (size_t i = 0; i < board->count; i++)
		list_entry(frame, view_item(entries), &board->entries[i]);
}

/* When not all was looked through, the number is of what was found so far. */
void list_count(struct frame *frame, const struct board_view *board)
{
	struct str total = frame_number(frame, board->total), text;

	if (board->more)
		text = SAY(frame, "release-count-more", total, frame_date(frame, board->reached));
	else if (board->pages < 2)
		text = SAY(frame, "release-count", total);
	else
		text = SAY(frame, "release-count-page", total, frame_number(frame, board->number),
			   frame_number(frame, board->pages));
	view_text(frame->view, "count", text);
}

/* --- pages ------------------------------------------------------------------------------------ */

static void add_number(struct frame *frame, struct view *numbers, struct str first, uint64_t n,
		       bool current)
{
	struct view *number = view_item(numbers);

	view_text(number, "href", list_page_path(frame, first, n));
	view_text(number, "number", frame_number(frame, n));
	view_text(number, "label", SAY(frame, "page-number", frame_number(frame, n)));
	view_flag(number, "current", current);
	view_flag(number, "gap", false);
}

/* 1 … 4 5 [6] 7 8 … 20: the ends, the neighbours, and a gap for the rest. */
static void add_numbers(struct frame *frame, struct view *paging, struct str first, uint64_t now,
			uint64_t pages)
{
	struct view *numbers = view_list(paging, "numbers");
	uint64_t from = now > PAGES_AROUND + 1 ? now - PAGES_AROUND : 1;
	uint64_t to = now + PAGES_AROUND < pages ? now + PAGES_AROUND : pages;

	if (from > 1)
		add_number(frame, numbers, first, 1, false);
	if (from > 2)
		view_flag(view_item(numbers), "gap", true);
	for (uint64_t n = from; n <= to; n++)
		add_number(frame, numbers, first, n, n == now);
	if (to + 1 < pages)
		view_flag(view_item(numbers), "gap", true);
	if (to < pages)
		add_number(frame, numbers, first, pages, false);
}

void list_paging(struct frame *frame, struct str first, uint64_t now, uint64_t pages)
{
	struct view *paging;

	if (pages < 2 || now < 1 || now > pages)
		return;
	paging = view_object(frame->view, "paging");
	view_text(paging, "previous", now > 1 ? list_page_path(frame, first, now - 1) : STR(""));
	view_text(paging, "next", now < pages ? list_page_path(frame, first, now + 1) : STR(""));
	add_numbers(frame, paging, first, now, pages);
}

/* The search: its page and its JSON twin. */
#include "lists.h"
#include "prose.h"
#include "twin.h"

/* "/en/search?q=…" */
static struct str search_path(struct frame *frame, struct str language, struct str query)
{
	struct str path;
	struct buf made;

	buf_init(&made, 4096);
	buf_addf(&made, "/%.*s/search?q=", STR_ARG(language));
	url_add_value(&made, query);
	path = arena_copy(&frame->arena, buf_str(&made));
	buf_release(&made);
	return path;
}

static struct str at_least(struct frame *frame, uint64_t total, bool least)
{
	struct str number = frame_number(frame, total);

	return least ? SAY(frame, "search-least", number) : number;
}

/* --- results ---------------------------------------------------------------------------------- */

static void add_parts(struct view *result, const struct excerpt_view *excerpt)
{
	struct view *parts = view_list(result, "parts");

	view_flag(result, "before", excerpt->cut_before);
	view_flag(result, "behind", excerpt->cut_behind);
	for (size_t i = 0; i < excerpt->count; i++) {
		struct view *part = view_item(parts);

		view_text(part, "text", excerpt->parts[i].text);
		view_prose(part, "html", excerpt->parts[i].text);
		view_flag(part, "marked", excerpt->parts[i].marked);
	}
}

static void add_results(struct frame *frame, const struct search_view *search)
{
	struct view *results = view_list(frame->view, "results");

	view_flag(frame->view, "results?", search->board.count > 0);
	for (size_t i = 0; i < search->board.count; i++) {
		struct view *result = view_item(results);

		list_entry(frame, result, &search->board.entries[i]);
		add_parts(result, &search->excerpts[i]);
	}
}

static struct str count_text(struct frame *frame, const struct search_view *search)
{
	const struct board_view *board = &search->board;
	struct str total = at_least(frame, board->total, search->least);

	if (!search->has_words)
		return locale_message(frame->chrome, "search-no-words");
	if (board->total == 0)
		return SAY(frame, search->least ? "search-none-least" : "search-none",
			   search->query);
	if (board->pages < 2)
		return SAY(frame, "search-count", total, search->query);
	return SAY(frame, "search-count-page", total, search->query,
		   frame_number(frame, board->number), frame_number(frame, board->pages));
}

/* --- where to go from there ---------------------------------------------------------------------
 */

static void add_suggestions(struct frame *frame, const struct search_view *search)
{
	struct view *list = view_list(frame->view, "suggestions");
	bool narrowed = list_is_filtered(&search->board.filter);

	view_flag(frame->view, "nothing", search->query.len > 0 && search->board.total == 0);
	view_flag(frame->view, "narrowed", narrowed);
	view_text(frame->view, "widened", search_path(frame, frame->language, search->query));
	for (size_t i = 0; i < search->suggestion_count; i++) {
		const struct search_link *from = &search->suggestions[i];
		struct view *item = view_item(list);

		view_text(item, "href", search_path(frame, frame->language, from->query));
		view_text(item, "text",
			  SAY(frame, "search-without", from->without,
			      at_least(frame, from->total, from->least)));
	}
}

static void add_others(struct frame *frame, const struct search_view *search)
{
	struct view *list = view_list(frame->view, "others");

	view_flag(frame->view, "others?", search->other_count > 0);
	for (size_t i = 0; i < search->other_count; i++) {
		const struct search_link *from = &search->others[i];
		struct view *item = view_item(list);

		view_text(item, "href", search_path(frame, from->language, from->query));
		view_text(item, "tag", from->language);
		view_html(item, "in", language_attributes(&frame->arena, from->language));
		view_text(item, "name", language_name(from->language));
		view_text(item, "count", at_least(frame, from->total, from->least));
	}
}

static struct str shown_most(struct frame *frame, const struct search_view *search)
{
	if (search->board.total <= search->shown_most)
		return STR("");
	return SAY(frame, "search-shown-most", frame_number(frame, search->shown_most));
}

static void add_feeds(struct frame *frame, const struct search_view *search)
{
	struct str folder = frame_path(frame, frame->language, "search/");

	if (!search->has_words)
		return;
	frame_feeds(frame, SAY(frame, "search-of", search->query), folder, search->feed_query);
	view_text(frame->view, "feed",
		  arena_printf(&frame->arena, "%.*sfeed.atom%.*s", STR_ARG(folder),
			       STR_ARG(search->feed_query)));
}

bool page_search(const struct page *page, const struct search_view *search, struct buf *out,
		 struct fault *why)
{
	struct frame frame;
	struct str title, tag;

	frame_begin(&frame, page);
	tag = locale_tag(frame.chrome);
	title = locale_message(frame.chrome, "search-title");
	frame_title(&frame, search->query.len ? SAY(&frame, "search-of", search->query) : title,
		    tag);
	view_flag(frame.view, "noindex", true);
	view_text(frame.view, "description", list_description(&frame, "board-description"));
	frame_menu(&frame, MENU_SEARCH);
	frame_languages(&frame, page->site->languages, page->site->language_count, STR("search"),
			false);
	frame_crumb(&frame, STR_NONE, title, tag);
	view_text(frame.view, "query", search->query);
	view_flag(frame.view, "asked", search->query.len > 0);
	view_text(frame.view, "count", count_text(&frame, search));
	view_text(frame.view, "shown_most", shown_most(&frame, search));
	view_flag(frame.view, "shortened", search->shortened);
	view_flag(frame.view, "by_date", search->by_date);
	list_filter(&frame, &search->board, STR(""));
	add_results(&frame, search);
	list_paging(&frame, search->board.first, search->board.number, search->board.pages);
	add_suggestions(&frame, search);
	add_others(&frame, search);
	add_feeds(&frame, search);
	return frame_end(&frame, "search", out, why);
}

/* --- the twin
 * ------------------------------------------------------------------------------------- */

static void json_excerpt(struct json *json, const struct excerpt_view *excerpt)
{
	json_key(json, "excerpt");
	json_array(json);
	for (size_t i = 0; i < excerpt->count; i++) {
		json_object(json);
		json_member_text(json, "text", excerpt->parts[i].text);
		if (excerpt->parts[i].marked)
			json_member_flag(json, "marked", true);
		json_end(json);
	}
	json_end(json);
}

static void json_results(struct json *json, struct frame *frame, const struct search_view *search)
{
	json_key(json, "releases");
	json_array(json);
	for (size_t i = 0; i < search->board.count; i++) {
		json_object(json);
		twin_entry(json, frame, &search->board.entries[i]);
		json_excerpt(json, &search->excerpts[i]);
		json_end(json);
	}
	json_end(json);
}

static void json_links(struct json *json, struct frame *frame, const char *key,
		       const struct search_link *links, size_t count)
{
	json_key(json, key);
	json_array(json);
	for (size_t i = 0; i < count; i++) {
		const struct search_link *from = &links[i];
		struct str language = str_given(from->language) ? from->language : frame->language;
		struct str path = search_path(frame, language, from->query);

		json_object(json);
		if (str_given(from->language))
			json_member_text(json, "language", from->language);
		json_member_text(json, "query", from->query);
		json_member_number(json, "total", (int64_t)from->total);
		json_member_flag(json, "least", from->least);
		json_member_text(json, "address", frame_url(frame, twin_path(frame, path)));
		json_end(json);
	}
	json_end(json);
}

bool json_search(const struct page *page, const struct search_view *search, struct buf *out,
		 struct fault *why)
{
	struct frame frame;
	struct json json = twin_begin(&frame, page, out);

	json_member_text(&json, "query", search->query);
	json_member_text(&json, "sort", search->by_date ? STR("date") : STR("best"));
	twin_filter(&json, &search->board.filter);
	json_member_number(&json, "total", (int64_t)search->board.total);
	json_member_flag(&json, "least", search->least);
	json_member_flag(&json, "shortened", search->shortened);
	twin_paging(&json, &frame, search->board.first, search->board.number, search->board.pages);
	json_results(&json, &frame, search);
	json_links(&json, &frame, "otherLanguages", search->others, search->other_count);
	json_links(&json, &frame, "suggestions", search->suggestions, search->suggestion_count);
	return twin_end(&json, &frame, why);
}

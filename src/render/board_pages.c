/* The lists of releases: the board with its filters, a topic, all topics, the archive. */
#include "lists.h"

static struct str first_page(const struct page *page, const struct board_view *board)
{
	return str_given(board->first) ? board->first : page->path;
}

static struct str with_number(struct frame *frame, struct str title, uint64_t number)
{
	return number < 2 ? title
			  : SAY_IN(frame, frame->content, "board-page", title,
				   frame_number(frame, number));
}

static void begin_list(struct frame *frame, const struct page *page)
{
	frame_begin(frame, page);
	frame_canonical(frame);
	frame_twin(frame, twin_path(frame, page->path));
}

static void end_list(struct frame *frame, const struct page *page, const struct board_view *board,
		     struct str folder)
{
	view_text(frame->view, "feed",
		  arena_printf(&frame->arena, "%.*sfeed.atom", STR_ARG(folder)));
	list_count(frame, board);
	list_entries(frame, board, "h2");
	list_paging(frame, first_page(page, board), board->number, board->pages);
}

/* --- the board ------------------------------------------------------------------------------- */

static void add_option(struct view *options, struct str value, struct str name, bool chosen)
{
	struct view *option = view_item(options);

	view_text(option, "value", value);
	view_text(option, "name", name);
	view_flag(option, "chosen", chosen);
}

/* What is chosen stays among the choices, also when it is not one of the first. */
static void add_names(struct view *form, const char *key, const struct tallies *names,
		      struct str chosen)
{
	struct view *options = view_list(form, key);
	bool found = !str_given(chosen);

	for (size_t i = 0; i < names->count; i++) {
		bool is_it = str_given(chosen) && str_equal(names->at[i].name, chosen);

		add_option(options, names->at[i].name, names->at[i].name, is_it);
		found = found || is_it;
	}
	if (!found)
		add_option(options, chosen, chosen, true);
}

static void add_kinds(struct frame *frame, struct view *form, const struct tallies *kinds,
		      struct str chosen)
{
	struct view *options = view_list(form, "kinds");

	for (size_t i = 0; i < kinds->count; i++) {
		enum kind kind;

		if (kind_parse(kinds->at[i].name, &kind))
			add_option(options, kinds->at[i].name, kind_name(frame->content, kind),
				   str_given(chosen) && str_equal(kinds->at[i].name, chosen));
	}
}

bool list_is_filtered(const struct board_filter *filter)
{
	return str_given(filter->kind) || str_given(filter->department) ||
	       str_given(filter->topic) || str_given(filter->from) || str_given(filter->to);
}

static bool is_topic_alone(const struct board_filter *filter)
{
	return str_given(filter->topic) && !str_given(filter->kind) &&
	       !str_given(filter->department) && !str_given(filter->from) && !str_given(filter->to);
}

void list_filter(struct frame *frame, const struct board_view *board, struct str action)
{
	struct view *form = view_object(frame->view, "filter");
	const struct board_filter *filter = &board->filter;

	view_text(form, "action", action);
	view_flag(form, "open", list_is_filtered(filter));
	add_kinds(frame, form, &board->kinds, filter->kind);
	add_names(form, "departments", &board->departments, filter->department);
	add_names(form, "topics", &board->topics, filter->topic);
	view_flag(form, "departments?", board->departments.count > 0);
	view_flag(form, "topics?", board->topics.count > 0);
	view_text(form, "from", str_given(filter->from) ? filter->from : STR(""));
	view_text(form, "to", str_given(filter->to) ? filter->to : STR(""));
}

bool page_board(const struct page *page, const struct board_view *board, struct buf *out,
		struct fault *why)
{
	bool filtered = list_is_filtered(&board->filter);
	struct frame frame;
	struct str title;

	frame_begin(&frame, page);
	title = locale_message(frame.content, "board");
	frame_title(&frame, with_number(&frame, title, board->number), locale_tag(frame.content));
	view_text(frame.view, "description", list_description(&frame, "board-description"));
	/* Lists that a reader chose are many; the topic's own page is the one for everybody. */
	view_flag(frame.view, "noindex", filtered && !is_topic_alone(&board->filter));
	if (is_topic_alone(&board->filter) && board->number < 2)
		view_text(frame.view, "canonical",
			  frame_url(&frame, topic_path(&frame, board->filter.topic)));
	else
		frame_canonical(&frame);
	frame_twin(&frame, twin_path(&frame, page->path));
	if (!filtered)
		frame_open_graph(&frame, "website", title);
	frame_menu(&frame, MENU_BOARD);
	/* The other languages have other numbers of pages: only the first ones correspond. */
	frame_languages(&frame, page->site->languages, page->site->language_count, STR("releases/"),
			board->number < 2 && !filtered);
	frame_crumb(&frame, STR_NONE, title, locale_tag(frame.content));
	list_filter(&frame, board, frame_path(&frame, frame.language, "releases/"));
	end_list(&frame, page, board, frame_path(&frame, frame.language, ""));
	return frame_end(&frame, "board", out, why);
}

/* --- topics ----------------------------------------------------------------------------------- */

bool page_topic(const struct page *page, struct str topic, const struct board_view *board,
		struct buf *out, struct fault *why)
{
	struct frame frame;

	begin_list(&frame, page);
	frame_title(&frame, with_number(&frame, topic, board->number), frame.language);
	view_text(frame.view, "topic", topic);
	view_text(frame.view, "description",
		  SAY_IN(&frame, frame.content, "topic-description", topic,
			 frame_site_title(&frame)));
	frame_open_graph(&frame, "website", topic);
	frame_menu(&frame, MENU_TOPICS);
	/* What a topic is called elsewhere nobody says. */
	frame_languages(&frame, page->site->languages, page->site->language_count, STR("topics/"),
			false);
	frame_crumb(&frame, frame_path(&frame, frame.language, "topics/"),
		    locale_message(frame.chrome, "topics"), locale_tag(frame.chrome));
	frame_crumb(&frame, STR_NONE, topic, frame.language);
	frame_feeds(&frame, topic, topic_path(&frame, topic), STR(""));
	end_list(&frame, page, board, topic_path(&frame, topic));
	return frame_end(&frame, "topic", out, why);
}

bool page_topics(const struct page *page, const struct topics_view *topics, struct buf *out,
		 struct fault *why)
{
	struct frame frame;
	struct view *list;
	struct str title;

	begin_list(&frame, page);
	view_text(frame.view, "description", list_description(&frame, "topics-description"));
	title = locale_message(frame.chrome, "topics");
	frame_title(&frame, with_number(&frame, title, topics->number), locale_tag(frame.chrome));
	frame_open_graph(&frame, "website", title);
	frame_menu(&frame, MENU_TOPICS);
	frame_languages(&frame, page->site->languages, page->site->language_count, STR("topics/"),
			topics->number < 2);
	frame_crumb(&frame, STR_NONE, title, locale_tag(frame.chrome));
	list = view_list(frame.view, "topics");
	view_flag(frame.view, "topics?", topics->topics.count > 0);
	for (size_t i = 0; i < topics->topics.count; i++) {
		struct view *item = view_item(list);

		view_text(item, "href", topic_path(&frame, topics->topics.at[i].name));
		view_text(item, "name", topics->topics.at[i].name);
		view_text(item, "count", frame_number(&frame, topics->topics.at[i].count));
	}
	list_paging(&frame, frame_path(&frame, frame.language, "topics/"), topics->number,
		    topics->pages);
	return frame_end(&frame, "topics", out, why);
}

/* --- the archive --------------------------------------------------------------------------------
 */

static void add_times(struct frame *frame, const char *key, const char *flag,
		      const struct tallies *times, uint32_t chosen)
{
	struct view *list = view_list(frame->view, key);

	view_flag(frame->view, flag, times->count > 0);
	for (size_t i = 0; i < times->count; i++) {
		uint32_t number = times->at[i].number;
		struct view *item = view_item(list);

		view_text(item, "href", archive_path(frame, number));
		view_text(item, "name", month_name(frame, frame->chrome, number));
		view_text(item, "count", frame_number(frame, times->at[i].count));
		view_flag(item, "current", number == chosen);
	}
}

static void crumb_archive(struct frame *frame, const struct archive_view *archive)
{
	struct str tag = locale_tag(frame->chrome);
	uint32_t chosen = archive->month ? archive->month : archive->year;

	frame_crumb(frame, chosen ? archive_path(frame, 0) : STR_NONE,
		    locale_message(frame->chrome, "archive"), tag);
	if (archive->month)
		frame_crumb(frame, archive_path(frame, archive->year),
			    month_name(frame, frame->chrome, archive->year), tag);
	if (chosen)
		frame_crumb(frame, STR_NONE, month_name(frame, frame->chrome, chosen), tag);
}

bool page_archive(const struct page *page, const struct archive_view *archive, struct buf *out,
		  struct fault *why)
{
	uint32_t chosen = archive->month ? archive->month : archive->year;
	struct frame frame;
	struct str title;

	begin_list(&frame, page);
	view_text(frame.view, "description", list_description(&frame, "archive-description"));
	title = locale_message(frame.chrome, "archive");
	if (chosen)
		title = SAY(&frame, "archive-of", month_name(&frame, frame.chrome, chosen));
	view_text(frame.view, "list_title", title);
	frame_title(&frame, with_number(&frame, title, archive->board.number),
		    locale_tag(frame.chrome));
	frame_open_graph(&frame, "website", title);
	frame_menu(&frame, MENU_ARCHIVE);
	frame_languages(&frame, page->site->languages, page->site->language_count, STR("archive/"),
			chosen == 0);
	crumb_archive(&frame, archive);
	add_times(&frame, "years", "years?", &archive->years, archive->year);
	add_times(&frame, "months", "months?", &archive->months, archive->month);
	view_flag(frame.view, "chosen", chosen != 0);
	if (chosen)
		end_list(&frame, page, &archive->board, frame_path(&frame, frame.language, ""));
	return frame_end(&frame, "archive", out, why);
}

/* The JSON twins of lists. Their members are described in communique-json(5). */
#include "lists.h"
#include "twin.h"

void twin_entry(struct json *json, struct frame *frame, const struct list_entry *entry)
{
	struct str path = release_path(frame, frame->language, entry->slug);

	json_member_text(json, "release", entry->slug);
	json_member_text(json, "title", entry->title);
	twin_some(json, "summary", entry->summary);
	twin_date(json, "date", entry->date);
	json_member_text(json, "kind", kind_word(entry->kind));
	twin_some(json, "department", entry->department);
	twin_change(json, entry->change);
	if (entry->disputed)
		json_member_flag(json, "disputed", true);
	json_member_text(json, "address", frame_url(frame, path));
}

void twin_filter(struct json *json, const struct board_filter *filter)
{
	json_key(json, "filter");
	json_object(json);
	json_member_text(json, "kind", filter->kind);
	json_member_text(json, "department", filter->department);
	json_member_text(json, "topic", filter->topic);
	json_member_text(json, "from", filter->from);
	json_member_text(json, "to", filter->to);
	json_end(json);
}

static void add_page(struct json *json, struct frame *frame, const char *key, struct str first,
		     uint64_t number)
{
	json_member_text(json, key,
			 frame_url(frame, twin_path(frame, list_page_path(frame, first, number))));
}

void twin_paging(struct json *json, struct frame *frame, struct str first, uint64_t number,
		 uint64_t pages)
{
	json_member_number(json, "page", (int64_t)number);
	json_member_number(json, "pages", (int64_t)pages);
	if (number > 1)
		add_page(json, frame, "previous", first, number - 1);
	if (number < pages)
		add_page(json, frame, "next", first, number + 1);
}

static void add_board(struct json *json, struct frame *frame, const struct board_view *board)
{
	json_member_number(json, "total", (int64_t)board->total);
	if (board->more)
		twin_date(json, "lookedThroughTo", board->reached);
	twin_paging(json, frame, str_given(board->first) ? board->first : frame->page->path,
		    board->number, board->pages);
	json_key(json, "releases");
	json_array(json);
	for (size_t i = 0; i < board->count; i++) {
		json_object(json);
		twin_entry(json, frame, &board->entries[i]);
		json_end(json);
	}
	json_end(json);
}

bool json_board(const struct page *page, const struct board_view *board, struct buf *out,
		struct fault *why)
{
	struct frame frame;
	struct json json = twin_begin(&frame, page, out);

	twin_filter(&json, &board->filter);
	add_board(&json, &frame, board);
	return twin_end(&json, &frame, why);
}

bool json_topic(const struct page *page, struct str topic, const struct board_view *board,
		struct buf *out, struct fault *why)
{
	struct board_filter filter = { .topic = topic };
	struct frame frame;
	struct json json = twin_begin(&frame, page, out);

	twin_filter(&json, &filter);
	add_board(&json, &frame, board);
	return twin_end(&json, &frame, why);
}

bool json_topics(const struct page *page, const struct topics_view *topics, struct buf *out,
		 struct fault *why)
{
	struct frame frame;
	struct json json = twin_begin(&frame, page, out);

	twin_paging(&json, &frame, frame_path(&frame, frame.language, "topics/"), topics->number,
		    topics->pages);
	json_key(&json, "topics");
	json_array(&json);
	for (size_t i = 0; i < topics->topics.count; i++) {
		const struct tally *topic = &topics->topics.at[i];

		json_object(&json);
		json_member_text(&json, "name", topic->name);
		json_member_number(&json, "total", (int64_t)topic->count);
		json_member_text(&json, "address",
				 frame_url(&frame, topic_path(&frame, topic->name)));
		json_end(&json);
	}
	json_end(&json);
	return twin_end(&json, &frame, why);
}

static void add_times(struct json *json, struct frame *frame, const char *key,
		      const struct tallies *times)
{
	json_key(json, key);
	json_array(json);
	for (size_t i = 0; i < times->count; i++) {
		uint32_t number = times->at[i].number;

		json_object(json);
		json_member_number(json, "year", number < 10000 ? number : number / 100);
		if (number >= 10000)
			json_member_number(json, "month", number % 100);
		json_member_number(json, "total", (int64_t)times->at[i].count);
		json_member_text(json, "address", frame_url(frame, archive_path(frame, number)));
		json_end(json);
	}
	json_end(json);
}

bool json_archive(const struct page *page, const struct archive_view *archive, struct buf *out,
		  struct fault *why)
{
	struct frame frame;
	struct json json = twin_begin(&frame, page, out);

	if (archive->year)
		json_member_number(&json, "year", archive->year);
	if (archive->month)
		json_member_number(&json, "month", archive->month % 100);
	add_times(&json, &frame, "years", &archive->years);
	add_times(&json, &frame, "months", &archive->months);
	if (archive->year)
		add_board(&json, &frame, &archive->board);
	return twin_end(&json, &frame, why);
}

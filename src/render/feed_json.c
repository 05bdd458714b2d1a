/*
 * JSON Feed 1.1. What it has no word for stands in `_communique` of an item: `revision`, the
 * number last announced, `change` and `note` as in the file, `kind`.
 */
#include <communique/json.h>

#include "feed.h"

static void add_moment(struct json *json, const char *key, int64_t time)
{
	char room[TIME_SIZE];

	json_member_text(json, key, time_format(room, time));
}

static void add_authors(struct json *json, const struct texts *names)
{
	json_key(json, "authors");
	json_array(json);
	for (size_t i = 0; i < names->count; i++) {
		json_object(json);
		json_member_text(json, "name", names->at[i]);
		json_end(json);
	}
	json_end(json);
}

static void add_attachments(struct json *json, struct frame *frame, const struct feed_entry *entry)
{
	const struct release *release = entry->release;

	json_key(json, "attachments");
	json_array(json);
	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *from = &release->attachments[i];

		json_object(json);
		json_member_text(json, "url", feed_attachment_url(frame, from));
		json_member_text(json, "mime_type", entry->types[i]);
		json_member_text(json, "title", from->title.len ? from->title : from->name);
		if (entry->sizes)
			json_member_number(json, "size_in_bytes", (int64_t)entry->sizes[i]);
		json_end(json);
	}
	json_end(json);
}

static void add_tags(struct json *json, const struct feed_entry *entry)
{
	json_key(json, "tags");
	json_array(json);
	if (entry->change != CHANGE_FIRST)
		json_text(json, change_word(entry->change));
	for (size_t i = 0; entry->release && i < entry->release->topics.count; i++)
		json_text(json, entry->release->topics.at[i]);
	json_end(json);
}

static void add_own(struct json *json, const struct feed_entry *entry)
{
	json_key(json, "_communique");
	json_object(json);
	json_member_number(json, "revision", entry->number);
	json_member_text(json, "change", feed_entry_change(entry));
	if (entry->note.len)
		json_member_text(json, "note", entry->note);
	if (entry->release)
		json_member_text(json, "kind", kind_word(entry->release->kind));
	if (entry->disputed)
		json_member_flag(json, "disputed", true);
	json_end(json);
}

static void add_item(struct json *json, struct frame *frame, const struct feed_entry *entry)
{
	struct str url = feed_entry_url(frame, entry);

	json_object(json);
	json_member_text(json, "id", url);
	json_member_text(json, "url", url);
	json_member_text(json, "title", feed_entry_title(frame, entry));
	json_member_text(json, "summary", feed_entry_summary(frame, entry));
	json_member_text(json, "content_html", feed_entry_html(frame, entry));
	add_moment(json, "date_published", entry->published_at);
	add_moment(json, "date_modified", entry->updated_at);
	json_member_text(json, "language", frame->language);
	add_tags(json, entry);
	if (entry->release && entry->release->departments.count)
		add_authors(json, &entry->release->departments);
	if (!feed_is_gone(entry) && entry->release && entry->release->attachment_count)
		add_attachments(json, frame, entry);
	add_own(json, entry);
	json_end(json);
}

static void add_hub(struct json *json, struct str hub)
{
	if (!hub.len)
		return;
	json_key(json, "hubs");
	json_array(json);
	json_object(json);
	json_member_text(json, "type", STR("WebSub"));
	json_member_text(json, "url", hub);
	json_end(json);
	json_end(json);
}

void feed_write_json(struct frame *frame, const struct feed_view *feed, struct buf *out)
{
	struct str name = frame_site_title(frame);
	struct texts authors = { &name, 1 };
	struct json json = json_begin(out);

	json_object(&json);
	json_member_text(&json, "version", STR("https://jsonfeed.org/version/1.1"));
	json_member_text(&json, "title", feed_title(frame, feed));
	json_member_text(&json, "home_page_url", frame_url(frame, feed->page));
	json_member_text(&json, "feed_url", frame_url(frame, feed->self));
	if (str_given(feed->next))
		json_member_text(&json, "next_url", frame_url(frame, feed->next));
	json_member_text(&json, "language", frame->language);
	add_authors(&json, &authors);
	add_hub(&json, frame->site->hub);
	json_key(&json, "items");
	json_array(&json);
	for (size_t i = 0; i < feed->count; i++)
		add_item(&json, frame, &feed->entries[i]);
	json_end(&json);
	json_end(&json);
	buf_add_char(out, '\n');
}

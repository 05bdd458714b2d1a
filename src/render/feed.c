#include "feed.h"

#include "article.h"

const char *feed_type(enum feed_format format)
{
	switch (format) {
	case FEED_ATOM:
		return "application/atom+xml; charset=utf-8";
	case FEED_RSS:
		return "application/rss+xml; charset=utf-8";
	case FEED_JSON:
		return "application/feed+json; charset=utf-8";
	}
	return NULL;
}

bool feed_format_of(struct str path, enum feed_format *out)
{
	static const char *const ends[FEED_FORMATS] = { ".atom", ".rss", ".json" };

	for (int i = 0; i < FEED_FORMATS; i++) {
		if (str_ends(path, str_from(ends[i]))) {
			*out = (enum feed_format)i;
			return true;
		}
	}
	return false;
}

struct str feed_title(struct frame *frame, const struct feed_view *feed)
{
	struct str site = frame_site_title(frame);

	if (!str_given(feed->title))
		return SAY(frame, "title", locale_message(frame->content, "board"), site);
	return SAY(frame, "title", feed->title, site);
}

bool feed_is_gone(const struct feed_entry *entry)
{
	return entry->change == CHANGE_WITHDRAWAL || entry->change == CHANGE_KILL;
}

/* Of an empty feed: never yet. */
int64_t feed_updated(const struct feed_view *feed)
{
	int64_t updated = 0;

	for (size_t i = 0; i < feed->count; i++) {
		if (feed->entries[i].updated_at > updated)
			updated = feed->entries[i].updated_at;
	}
	return updated;
}

struct str feed_entry_url(struct frame *frame, const struct feed_entry *entry)
{
	return frame_url(frame, release_path(frame, frame->language, entry->slug));
}

struct str feed_entry_change(const struct feed_entry *entry)
{
	return entry->change == CHANGE_FIRST ? STR_NONE : change_word(entry->change);
}

static struct str change_message(struct frame *frame, const struct feed_entry *entry)
{
	char key[64];

	snprintf(key, sizeof(key), "banner-%.*s", STR_ARG(change_word(entry->change)));
	return locale_message(frame->content, key);
}

static struct str changed_title(struct frame *frame, const struct feed_entry *entry)
{
	char key[64];

	if (entry->change == CHANGE_FIRST)
		return entry->release->title;
	snprintf(key, sizeof(key), "feed-title-%.*s", STR_ARG(change_word(entry->change)));
	return SAY_IN(frame, frame->content, key, entry->release->title);
}

struct str feed_entry_title(struct frame *frame, const struct feed_entry *entry)
{
	struct str title;

	if (entry->change == CHANGE_KILL || !entry->release)
		return locale_message(frame->content, "banner-kill");
	title = changed_title(frame, entry);
	return entry->disputed ? SAY_IN(frame, frame->content, "feed-title-disputed", title)
			       : title;
}

struct str feed_entry_summary(struct frame *frame, const struct feed_entry *entry)
{
	if (feed_is_gone(entry) || !entry->release)
		return entry->note;
	return release_summary(&frame->arena, entry->release);
}

static void add_notice(struct buf *html, struct str what, struct str why)
{
	buf_add(html, STR("<p><strong>"));
	html_add_text(html, what);
	buf_add(html, STR("</strong> "));
	html_add_text(html, why);
	buf_add(html, STR("</p>\n"));
}

static void add_notices(struct frame *frame, const struct feed_entry *entry, struct buf *html)
{
	if (entry->disputed)
		add_notice(html, locale_message(frame->content, "banner-disputed"),
			   locale_message(frame->content, "banner-disputed-text"));
	if (entry->change != CHANGE_FIRST)
		add_notice(html, change_message(frame, entry), entry->note);
}

/* A feed reader has no page around the text: fragments and paths get what stands before them.
 * A quotation mark that is not escaped is an attribute's. */
static void add_absolute(struct frame *frame, struct str url, struct str html, struct buf *out)
{
	size_t from = 0;

	for (size_t i = 0; i + 1 < html.len; i++) {
		struct str before = str_first(html, i);
		bool in_page = html.at[i + 1] == '#';

		if (html.at[i] != '"' || (!in_page && html.at[i + 1] != '/') ||
		    !(str_ends(before, STR(" href=")) || str_ends(before, STR(" src="))))
			continue;
		buf_add(out, (struct str){ html.at + from, i + 1 - from });
		html_add_text(out, in_page ? url : frame->site->url);
		from = i + 1;
	}
	buf_add(out, str_skip(html, from));
}

static void add_text(struct frame *frame, const struct feed_entry *entry, struct buf *out)
{
	struct buf html;

	buf_init(&html, PAGE_MAX);
	body_html(entry->release, &files_public, &html);
	if (html.len <= FEED_TEXT_MAX) {
		add_absolute(frame, feed_entry_url(frame, entry), buf_str(&html), out);
	} else {
		buf_add(out, STR("<p>"));
		html_add_text(out, release_summary(&frame->arena, entry->release));
		buf_add(out, STR("</p>\n"));
	}
	buf_release(&html);
}

struct str feed_entry_html(struct frame *frame, const struct feed_entry *entry)
{
	struct buf html;
	struct str kept;

	buf_init(&html, PAGE_MAX);
	add_notices(frame, entry, &html);
	if (!feed_is_gone(entry) && entry->release)
		add_text(frame, entry, &html);
	kept = arena_copy(&frame->arena, buf_str(&html));
	buf_release(&html);
	return kept;
}

struct str feed_attachment_url(struct frame *frame, const struct attachment *attachment)
{
	return frame_url(frame, attachment_path(frame, &files_public, attachment));
}

bool feed_write(const struct page *page, const struct feed_view *feed, enum feed_format format,
		struct buf *out, struct fault *why)
{
	struct frame frame;

	frame_begin(&frame, page);
	switch (format) {
	case FEED_ATOM:
		feed_write_atom(&frame, feed, out);
		break;
	case FEED_RSS:
		feed_write_rss(&frame, feed, out);
		break;
	case FEED_JSON:
		feed_write_json(&frame, feed, out);
		break;
	}
	arena_release(&frame.arena);
	return buf_check(out, why);
}

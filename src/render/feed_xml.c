/* Atom and RSS. */
#include "feed.h"
#include "xml.h"

#define ATTRIBUTES(...) ((const struct xml_attribute[]){ __VA_ARGS__, { NULL, STR_NONE } })

/* "link" in Atom, "atom:link" in RSS. */
static void add_link(struct buf *out, const char *element, const char *rel, const char *type,
		     struct str href)
{
	if (href.len)
		xml_add_empty(out, element,
			      ATTRIBUTES({ "rel", str_from(rel) }, { "type", str_from(type) },
					 { "href", href }));
}

static void add_paging(struct frame *frame, struct buf *out, const char *element, const char *type,
		       const struct feed_view *feed)
{
	static const char *const rels[] = { "self", "first", "previous", "next" };
	const struct str paths[] = { feed->self, feed->first, feed->prev, feed->next };

	for (size_t i = 0; i < sizeof(rels) / sizeof(*rels); i++)
		add_link(out, element, rels[i], type,
			 str_given(paths[i]) ? frame_url(frame, paths[i]) : STR_NONE);
	add_link(out, element, "hub", NULL, frame->site->hub);
}

/* --- Atom ------------------------------------------------------------------------------ */

static void add_categories(struct frame *frame, struct buf *out, const struct feed_entry *entry)
{
	const struct release *release = entry->release;
	struct str change = feed_entry_change(entry);

	if (str_given(change))
		xml_add_empty(out, "category",
			      ATTRIBUTES({ "scheme", frame_url(frame, STR("/#change")) },
					 { "term", change },
					 { "label", change_name(frame->content, entry->change) }));
	xml_add_empty(out, "category",
		      ATTRIBUTES({ "scheme", frame_url(frame, STR("/#kind")) },
				 { "term", kind_word(release->kind) },
				 { "label", kind_name(frame->content, release->kind) }));
	for (size_t i = 0; i < release->topics.count; i++)
		xml_add_empty(out, "category", ATTRIBUTES({ "term", release->topics.at[i] }));
}

static void add_enclosures(struct frame *frame, struct buf *out, const struct feed_entry *entry)
{
	const struct release *release = entry->release;

	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *from = &release->attachments[i];
		char size[24];

		snprintf(size, sizeof(size), "%llu",
			 (unsigned long long)(entry->sizes ? entry->sizes[i] : 0));
		xml_add_empty(out, "link",
			      ATTRIBUTES({ "rel", STR("enclosure") }, { "type", entry->types[i] },
					 { "href", feed_attachment_url(frame, from) },
					 { "title", from->title.len ? from->title : from->name },
					 { "length", entry->sizes ? str_from(size) : STR_NONE }));
	}
}

static void add_atom_entry(struct frame *frame, struct buf *out, const struct feed_entry *entry)
{
	const struct release *release = entry->release;
	struct str url = feed_entry_url(frame, entry);

	buf_add(out, STR("<entry>\n"));
	xml_add_element(out, "id", url);
	xml_add_element(out, "title", feed_entry_title(frame, entry));
	add_link(out, "link", "alternate", "text/html", url);
	xml_add_moment(out, "published", entry->published_at);
	xml_add_moment(out, "updated", entry->updated_at);
	for (size_t i = 0; i < release->departments.count; i++) {
		buf_add(out, STR("<author>"));
		xml_add_element(out, "name", release->departments.at[i]);
		buf_add(out, STR("</author>\n"));
	}
	add_categories(frame, out, entry);
	add_enclosures(frame, out, entry);
	xml_add_element(out, "summary", feed_entry_summary(frame, entry));
	buf_add(out, STR("<content type=\"html\" xml:base=\""));
	xml_add_text(out, url);
	buf_add(out, STR("\">"));
	xml_add_text(out, feed_entry_html(frame, entry));
	buf_add(out, STR("</content>\n</entry>\n"));
}

static void add_tombstone(struct frame *frame, struct buf *out, const struct feed_entry *entry)
{
	struct str url = feed_entry_url(frame, entry);
	char when[TIME_SIZE];

	buf_add(out, STR("<at:deleted-entry ref=\""));
	xml_add_text(out, url);
	buf_add(out, STR("\" when=\""));
	buf_add(out, time_format(when, entry->updated_at));
	buf_add(out, STR("\">\n"));
	xml_add_element(out, "at:comment", entry->note);
	/* What was withdrawn can still be read, under its banner. */
	if (entry->change == CHANGE_WITHDRAWAL)
		add_link(out, "link", "alternate", "text/html", url);
	buf_add(out, STR("</at:deleted-entry>\n"));
}

void feed_write_atom(struct frame *frame, const struct feed_view *feed, struct buf *out)
{
	buf_add(out, STR(XML_BEGIN "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
				   "xmlns:at=\"http://purl.org/atompub/tombstones/1.0\" "
				   "xml:lang=\""));
	xml_add_text(out, frame->language);
	buf_add(out, STR("\">\n"));
	xml_add_element(out, "id",
			frame_url(frame, str_given(feed->first) ? feed->first : feed->self));
	xml_add_element(out, "title", feed_title(frame, feed));
	xml_add_moment(out, "updated", feed_updated(feed));
	buf_add(out, STR("<author>"));
	xml_add_element(out, "name", frame_site_title(frame));
	buf_add(out, STR("</author>\n"));
	add_link(out, "link", "alternate", "text/html", frame_url(frame, feed->page));
	add_paging(frame, out, "link", "application/atom+xml", feed);
	for (size_t i = 0; i < feed->count; i++) {
		if (feed_is_gone(&feed->entries[i]) || !feed->entries[i].release)
			add_tombstone(frame, out, &feed->entries[i]);
		else
			add_atom_entry(frame, out, &feed->entries[i]);
	}
	buf_add(out, STR("</feed>\n"));
}

/* --- RSS ----------------------------------------------------------------------------------- */

static void add_rss_categories(struct buf *out, const struct feed_entry *entry)
{
	const struct release *release = entry->release;

	xml_add_element(out, "category", feed_entry_change(entry));
	if (entry->change == CHANGE_KILL || !release)
		return;
	xml_add_element(out, "category", kind_word(release->kind));
	for (size_t i = 0; i < release->topics.count; i++)
		xml_add_element(out, "category", release->topics.at[i]);
}

/* The first: an item has room for one, and only with its size. */
static void add_enclosure(struct frame *frame, struct buf *out, const struct feed_entry *entry)
{
	char size[24];

	if (feed_is_gone(entry) || !entry->release || !entry->release->attachment_count ||
	    !entry->sizes)
		return;
	snprintf(size, sizeof(size), "%llu", (unsigned long long)entry->sizes[0]);
	xml_add_empty(out, "enclosure",
		      ATTRIBUTES({ "url", feed_attachment_url(frame, entry->release->attachments) },
				 { "length", str_from(size) }, { "type", entry->types[0] }));
}

static void add_item(struct frame *frame, struct buf *out, const struct feed_entry *entry)
{
	struct str url = feed_entry_url(frame, entry);
	char date[HTTP_TIME_SIZE];

	buf_add(out, STR("<item>\n"));
	xml_add_element(out, "title", feed_entry_title(frame, entry));
	xml_add_element(out, "link", url);
	xml_add_element(out, "guid isPermaLink=\"true\"", url);
	xml_add_element(out, "pubDate", http_time_format(date, entry->published_at));
	xml_add_moment(out, "atom:updated", entry->updated_at);
	add_rss_categories(out, entry);
	xml_add_element(out, "description", feed_entry_summary(frame, entry));
	xml_add_element(out, "content:encoded", feed_entry_html(frame, entry));
	add_enclosure(frame, out, entry);
	buf_add(out, STR("</item>\n"));
}

void feed_write_rss(struct frame *frame, const struct feed_view *feed, struct buf *out)
{
	char date[HTTP_TIME_SIZE];

	buf_add(out, STR(XML_BEGIN "<rss version=\"2.0\" "
				   "xmlns:atom=\"http://www.w3.org/2005/Atom\" "
				   "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n"
				   "<channel>\n"));
	xml_add_element(out, "title", feed_title(frame, feed));
	xml_add_element(out, "link", frame_url(frame, feed->page));
	xml_add_element(
		out, "description",
		SAY_IN(frame, frame->content, "board-description", frame_site_title(frame)));
	xml_add_element(out, "language", frame->language);
	xml_add_element(out, "lastBuildDate", http_time_format(date, feed_updated(feed)));
	add_paging(frame, out, "atom:link", "application/rss+xml", feed);
	for (size_t i = 0; i < feed->count; i++)
		add_item(frame, out, &feed->entries[i]);
	buf_add(out, STR("</channel>\n</rss>\n"));
}

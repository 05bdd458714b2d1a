/* Feeds: of all releases, of a topic. */
#include "feeds.h"
#include "lists.h"
#include "media.h"

struct feed_list feed_begin(struct visit *visit)
{
	return (struct feed_list){ .visit = visit,
				   .disputes = reading_disputes(visit->txn, &visit->arena) };
}

static const struct str *types_of(struct visit *visit, const struct release *release)
{
	struct str *types =
		arena_array(&visit->arena, release->attachment_count + 1, sizeof(*types));

	for (size_t i = 0; i < release->attachment_count; i++)
		types[i] = str_from(media_of(release->attachments[i].name)->type);
	return types;
}

bool feed_add(struct feed_list *list, const struct change_told *told, struct fault *why)
{
	struct feed_entry *entry = &list->entries[list->count];
	struct release *release = NULL;

	must(list->count < FEED_PAGE_SIZE);
	if (told->revision.change != CHANGE_KILL &&
	    !public_read_release(list->visit, &told->revision, &release, why))
		return false;
	*entry = (struct feed_entry){
		.slug = told->revision.slug,
		.release = release,
		.number = told->number,
		.change = told->change,
		.note = told->note,
		.published_at = told->published_at,
		.updated_at = told->updated_at,
		.disputed = disputes_has(&list->disputes, &told->revision),
	};
	if (release) {
		entry->sizes = public_sizes(list->visit, release);
		entry->types = types_of(list->visit, release);
	}
	list->count++;
	return true;
}

bool feed_send(struct feed_list *list, struct feed_view *view, struct fault *why)
{
	struct visit *visit = list->visit;
	struct page page = public_page(visit, view->page);
	enum feed_format format;
	struct buf made;

	if (!feed_format_of(visit->request->path, &format))
		return nothing_here(why);
	view->entries = list->entries;
	view->count = list->count;
	buf_init(&made, PAGE_MAX);
	if (feed_write(&page, view, format, &made, why))
		return public_send_page(visit, feed_type(format), &made, why);
	buf_release(&made);
	return false;
}

/* --- by the address --------------------------------------------------------------------- */

struct adding {
	struct feed_list *list;
	struct fault *why;
};

static bool add_change(void *ctx, const struct change_told *told)
{
	const struct adding *adding = ctx;

	return feed_add(adding->list, told, adding->why);
}

static struct str page_of(struct visit *visit, uint64_t number)
{
	struct str path = visit->request->path;

	if (number < 2)
		return path;
	return arena_printf(&visit->arena, "%.*s?page=%llu", STR_ARG(path),
			    (unsigned long long)number);
}

/* The page beside the feed: what stands before "feed." in its address. */
static struct str folder_of(struct visit *visit, struct str topic)
{
	struct str path = visit->request->path;
	struct str folder = path;

	while (folder.at[folder.len - 1] != '/')
		folder = str_first(folder, folder.len - 1);
	if (str_given(topic))
		return folder;
	return arena_printf(&visit->arena, "%.*sreleases/", STR_ARG(folder));
}

static bool send_changes(struct visit *visit, struct str topic, uint64_t number, struct fault *why)
{
	struct feed_list *list = arena_new(&visit->arena, struct feed_list);
	struct str language = visit->house->site->languages[visit->language];
	struct feed_view view = { .title = topic,
				  .page = folder_of(visit, topic),
				  .self = page_of(visit, number),
				  .first = page_of(visit, 1) };
	struct adding adding = { list, why };
	bool more;

	*list = feed_begin(visit);
	why->kind = NO_FAULT;
	if (!reading_changes(visit->txn, language, topic, visit->now, (number - 1) * FEED_PAGE_SIZE,
			     FEED_PAGE_SIZE, add_change, &adding, &more))
		return why->kind == NO_FAULT && store_check(visit->txn, why)
			       ? fail(why, BROKEN, "the feed could not be read")
			       : false;
	if (number > 1 && list->count == 0)
		return nothing_here(why);
	if (number > 1)
		view.prev = page_of(visit, number - 1);
	if (more && number < FEED_PAGES_MAX)
		view.next = page_of(visit, number + 1);
	return feed_send(list, &view, why);
}

bool show_feed(struct visit *visit, struct fault *why)
{
	uint64_t number;

	if (!page_number(visit, &number, why) || !number)
		return number == 0;
	return number <= FEED_PAGES_MAX ? send_changes(visit, STR_NONE, number, why)
					: nothing_here(why);
}

bool show_topic_feed(struct visit *visit, struct fault *why)
{
	uint64_t number;
	struct str topic;
	bool moved;

	if (!page_number(visit, &number, why) || !number)
		return number == 0;
	if (!find_topic(visit, &topic, &moved, why) || moved)
		return moved;
	return number <= FEED_PAGES_MAX ? send_changes(visit, topic, number, why)
					: nothing_here(why);
}

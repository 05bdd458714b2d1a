#include "article.h"
#include "lists.h"
#include "prose.h"

static void view_texts(struct view *object, const char *key, const char *flag,
		       const struct texts *texts)
{
	struct view *list = view_list(object, key);

	view_flag(object, flag, texts->count > 0);
	for (size_t i = 0; i < texts->count; i++)
		view_item_text(list, texts->at[i]);
}

static void view_topics(struct frame *frame, const struct texts *topics)
{
	struct view *list = view_list(frame->view, "topics");

	view_flag(frame->view, "topics?", topics->count > 0);
	for (size_t i = 0; i < topics->count; i++) {
		struct view *topic = view_item(list);

		view_text(topic, "name", topics->at[i]);
		view_text(topic, "href",
			  frame->linked ? topic_path(frame, topics->at[i]) : STR(""));
	}
}

static void view_body(struct frame *frame, const struct release *release, const struct files *files)
{
	struct buf html;

	buf_init(&html, PAGE_MAX);
	body_html(release, files, &html);
	view_html(frame->view, "body", arena_copy(&frame->arena, buf_str(&html)));
	buf_release(&html);
}

void view_article(struct frame *frame, const struct release *release, const struct files *files)
{
	struct view *view = frame->view;

	view_text(view, "kind", kind_name(frame->content, release->kind));
	view_text(view, "title", release->title);
	view_prose(view, "title_html", release->title);
	view_texts(view, "subtitles", "subtitles?", &release->subtitles);
	view_date(frame, view, "date", release->date);
	view_texts(view, "departments", "departments?", &release->departments);
	view_text(view, "place", release->place);
	view_text(view, "reference", release->reference);
	view_text(view, "revision", frame_number(frame, release->revision));
	view_text(view, "change", change_name(frame->chrome, release->change));
	view_topics(frame, &release->topics);
	view_body(frame, release, files);
}

struct str article_path(struct frame *frame, const struct release_view *view)
{
	struct str path = release_path(frame, frame->language, view->release->slug);

	if (!view->pinned)
		return path;
	return arena_printf(&frame->arena, "%.*s/r%lu", STR_ARG(path),
			    (unsigned long)view->release->revision);
}

struct str history_path(struct frame *frame, struct str slug)
{
	return arena_printf(&frame->arena, "%.*s/history",
			    STR_ARG(release_path(frame, frame->language, slug)));
}

struct str attachment_path(struct frame *frame, const struct files *files,
			   const struct attachment *attachment)
{
	struct buf path;
	struct str kept;

	buf_init(&path, 4096);
	files_add_address(&path, files, attachment);
	kept = arena_copy(&frame->arena, buf_str(&path));
	buf_release(&path);
	return kept;
}

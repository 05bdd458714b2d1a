#include "view.h"

struct view *view_new(struct arena *arena)
{
	struct view *view = arena_new(arena, struct view);

	view->kind = VIEW_OBJECT;
	view->arena = arena;
	return view;
}

static struct view *append(struct view *parent, struct str key, enum view_kind kind)
{
	struct view *view = view_new(parent->arena);

	view->kind = kind;
	view->key = key;
	if (parent->last)
		parent->last->next = view;
	else
		parent->first = view;
	parent->last = view;
	return view;
}

static struct view *member(struct view *object, const char *key, enum view_kind kind)
{
	must(object->kind == VIEW_OBJECT);
	return append(object, str_from(key), kind);
}

struct view *view_object(struct view *object, const char *key)
{
	return member(object, key, VIEW_OBJECT);
}

struct view *view_list(struct view *object, const char *key)
{
	return member(object, key, VIEW_LIST);
}

void view_text(struct view *object, const char *key, struct str text)
{
	if (str_given(text))
		member(object, key, VIEW_TEXT)->text = text;
}

void view_html(struct view *object, const char *key, struct str html)
{
	if (str_given(html))
		member(object, key, VIEW_HTML)->text = html;
}

void view_flag(struct view *object, const char *key, bool truth)
{
	member(object, key, VIEW_FLAG)->truth = truth;
}

void view_number(struct view *object, const char *key, uint64_t n)
{
	view_text(object, key, arena_printf(object->arena, "%llu", (unsigned long long)n));
}

void view_words(struct view *object, const char *key, const struct locale *locale)
{
	member(object, key, VIEW_WORDS)->locale = locale;
}

struct view *view_item(struct view *list)
{
	must(list->kind == VIEW_LIST);
	return append(list, STR_NONE, VIEW_OBJECT);
}

void view_item_text(struct view *list, struct str text)
{
	must(list->kind == VIEW_LIST);
	append(list, STR_NONE, VIEW_TEXT)->text = text;
}

static const struct view *word(const struct view *words, struct str key, struct view *room)
{
	char name[64];

	if (key.len >= sizeof(name) || !locale_has_message(key))
		return NULL;
	memcpy(name, key.at, key.len);
	name[key.len] = 0;
	*room = (struct view){ .kind = VIEW_TEXT, .text = locale_message(words->locale, name) };
	return room;
}

const struct view *view_member(const struct view *object, struct str key, struct view *room)
{
	if (object->kind == VIEW_WORDS)
		return word(object, key, room);
	if (object->kind != VIEW_OBJECT)
		return NULL;
	for (const struct view *at = object->first; at; at = at->next)
		if (str_equal(at->key, key))
			return at;
	return NULL;
}

bool view_is_true(const struct view *view)
{
	if (!view)
		return false;
	switch (view->kind) {
	case VIEW_OBJECT:
	case VIEW_WORDS:
		return true;
	case VIEW_LIST:
		return view->first != NULL;
	case VIEW_TEXT:
	case VIEW_HTML:
		return view->text.len > 0;
	case VIEW_FLAG:
		return view->truth;
	}
	return false;
}

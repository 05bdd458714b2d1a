/*
 * view - the values that a template is filled with, as a tree.
 *
 *	struct view *page = view_new(&arena);
 *	view_text(page, "title", title);
 *	view_html(page, "body", body);			already HTML: never escaped again
 *	struct view *entries = view_list(page, "entries");
 *	view_text(view_item(entries), "title", …);
 *
 * Text is escaped when it is shown, HTML is not; so only escaping code may make a
 * view_html. A member that is absent, an empty text, a false flag and an empty list are
 * all false to a section. Keys must live as long as the view (they are literals);
 * texts are borrowed; the nodes are the arena's.
 */
#ifndef COMMUNIQUE_RENDER_VIEW_H
#define COMMUNIQUE_RENDER_VIEW_H

#include <communique/arena.h>
#include <communique/locale.h>

enum view_kind { VIEW_OBJECT, VIEW_LIST, VIEW_TEXT, VIEW_HTML, VIEW_FLAG, VIEW_WORDS };

struct view {
	enum view_kind kind;
	struct arena *arena;
	struct str key;
	struct str text;	     /* TEXT, HTML */
	bool truth;		     /* FLAG */
	const struct locale *locale; /* WORDS */
	struct view *first, *last, *next;
};

struct view *view_new(struct arena *arena); /* an object without members */

struct view *view_object(struct view *object, const char *key);
struct view *view_list(struct view *object, const char *key);
void view_text(struct view *object, const char *key, struct str text); /* STR_NONE: no member */
void view_html(struct view *object, const char *key, struct str html);
void view_flag(struct view *object, const char *key, bool truth);
void view_number(struct view *object, const char *key, uint64_t n);
/* All messages of a locale, by their keys: {{t.search-open}}. */
void view_words(struct view *object, const char *key, const struct locale *locale);

struct view *view_item(struct view *list);		 /* a new object at its end */
void view_item_text(struct view *list, struct str text); /* a text at its end */

/* NULL when the object has none of this name. For WORDS the answer is made in *room. */
const struct view *view_member(const struct view *object, struct str key, struct view *room);
bool view_is_true(const struct view *view);

#endif

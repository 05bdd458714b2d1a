/*
 * frame - what all pages have in common: languages, menu, addresses, head, footer.
 *
 *	struct frame frame;
 *	frame_begin(&frame, page);
 *	frame_title(&frame, title, title_language);
 *	view_text(frame.view, …);
 *	return frame_end(&frame, "board", out, why);	frees all
 *
 * Two locales: `chrome` for menus and labels; `content` for words that belong to the
 * text (the board's name, the kind of a release): that of the text's language
 * when it has a message file. In the templates {{in}}, {{content_in}} and
 * {{site.in}} are the lang and dir attributes that go with them. The layout of <main>
 * follows the text's direction; {{chrome.in}} turns a sentence of the chrome in it round.
 */
#ifndef COMMUNIQUE_RENDER_FRAME_H
#define COMMUNIQUE_RENDER_FRAME_H

#include <communique/page.h>

#include "markup.h"
#include "theme.h"

enum menu {
	MENU_NONE,
	MENU_HOME,
	MENU_BOARD,
	MENU_BELOW_BOARD,
	MENU_TOPICS,
	MENU_ARCHIVE,
	MENU_SEARCH,
	MENU_VERIFY
};

struct frame {
	const struct page *page;
	const struct site *site;
	const struct locale *chrome, *content;
	struct str language; /* of the text */
	struct arena arena;
	struct view *view;
	struct view *crumbs, *feeds;
	bool linked; /* to lists: not the page of a draft, whose topics may have none yet */
};

void frame_begin(struct frame *frame, const struct page *page);
bool frame_end(struct frame *frame, const char *template, struct buf *out, struct fault *why);

/* <title> is "title – institution", or only the institution when title is STR_NONE. */
void frame_title(struct frame *frame, struct str title, struct str language);
void frame_canonical(struct frame *frame); /* not on error pages */
/* Links in the head: to the same page as data, to the feeds of what the page is about (all pages
 * have those of all releases). `folder` is what their addresses begin with, `query` what they
 * end with: "", "?q=…". */
void frame_twin(struct frame *frame, struct str path);
void frame_feeds(struct frame *frame, struct str title, struct str folder, struct str query);
void frame_menu(struct frame *frame, enum menu current);
void view_footer(struct frame *frame, struct view *site); /* its links and lines */
/* href STR_NONE: this page. */
void frame_crumb(struct frame *frame, struct str href, struct str name, struct str language);

/* One link a language in the header, and hreflang in the head. `languages` are those in
 * which this very page exists; the others lead home, and say so unless there is none at all. `path`
 * is what follows /{language}/. */
void frame_languages(struct frame *frame, const struct str *languages, size_t count,
		     struct str path, bool alternates);

/* A message with its blanks filled in, in the arena. */
struct str frame_say(struct frame *frame, const char *key, const struct str *values, size_t count);
struct str frame_say_in(struct frame *frame, const struct locale *locale, const char *key,
			const struct str *values, size_t count);
#define SAY_IN(frame, locale, key, ...)                                                            \
	frame_say_in((frame), (locale), (key), (struct str[]){ __VA_ARGS__ },                      \
		     sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str))
#define SAY(frame, key, ...)                                                                       \
	frame_say((frame), (key), (struct str[]){ __VA_ARGS__ },                                   \
		  sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str))
struct str frame_date(struct frame *frame, struct date date);
struct str frame_number(struct frame *frame, uint64_t n);
struct str frame_moment(struct frame *frame, int64_t time); /* in the site's zone, with its name */
void view_date(struct frame *frame, struct view *object, const char *key, struct date date);

/* ` lang="ar" dir="rtl"` */
struct str language_attributes(struct arena *arena, struct str language);
struct str frame_site_title(const struct frame *frame);

/* "/en/" and what follows; the whole address with the site's origin in front. */
struct str frame_path(struct frame *frame, struct str language, const char *rest);
struct str frame_url(struct frame *frame, struct str path);
struct str release_path(struct frame *frame, struct str language, struct str slug);

/* `type` is OpenGraph's: website, article. */
struct view *frame_open_graph(struct frame *frame, const char *type, struct str title);

struct str kind_name(const struct locale *locale, enum kind kind);
struct str change_name(const struct locale *locale, enum change change); /* STR_NONE: first */
void view_rights(struct frame *frame, struct view *object, struct str rights);

/* JSON-LD: NewsArticle (schema.org), as Google and others read it. */
struct str linked_data(struct frame *frame, const struct release_view *view);

#endif

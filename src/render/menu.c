/* The menu, and the links of the footer: the site's own ones among the pages there are. */
#include "frame.h"

/* The usual menu is all of them, in this order. */
static const struct entry {
	const char *word, *rest; /* in communique.conf; behind /{language}/ */
	const char *name;	 /* the message */
	bool is_text;		 /* in the text's language, not the chrome's */
	bool at_hand;		 /* above the menu, too: where there is no room, not in it */
	enum menu menu;
} entries[] = {
	{ "home", "", "home", false, true, MENU_HOME },
	{ "releases", "releases/", "board", true, false, MENU_BOARD },
	{ "topics", "topics/", "topics", false, false, MENU_TOPICS },
	{ "archive", "archive/", "archive", false, false, MENU_ARCHIVE },
	{ "search", "search", "search-title", false, true, MENU_SEARCH },
	{ "verify", "verify", "verify-title", false, false, MENU_VERIFY },
};
enum { ENTRIES = sizeof entries / sizeof *entries };

static const struct entry *entry_find(struct str word)
{
	for (size_t i = 0; i < ENTRIES; i++) {
		if (str_equal(str_from(entries[i].word), word))
			return &entries[i];
	}
	return NULL;
}

bool menu_word_valid(struct str word)
{
	return entry_find(word) != NULL;
}

static void add_entry(struct frame *frame, struct view *menu, const struct entry *entry,
		      enum menu current)
{
	const struct locale *locale = entry->is_text ? frame->content : frame->chrome;
	bool is_below = current == MENU_BELOW_BOARD && entry->menu == MENU_BOARD;
	struct view *item = view_item(menu);

	view_text(item, "href", frame_path(frame, frame->language, entry->rest));
	view_text(item, "name", locale_message(locale, entry->name));
	view_html(item, "in", language_attributes(&frame->arena, locale_tag(locale)));
	view_flag(item, "at_hand", entry->at_hand);
	view_text(item, "current",
		  is_below		   ? STR("true")
		  : entry->menu == current ? STR("page")
					   : STR(""));
}

static void add_link(struct frame *frame, struct view *list, const struct site_link *link)
{
	struct view *item = view_item(list);

	view_text(item, "href", link->href);
	view_text(item, "name", link->name);
	view_html(item, "in", language_attributes(&frame->arena, frame->language));
	view_text(item, "current",
		  str_equal(link->href, frame->page->path) ? STR("page") : STR(""));
}

void frame_menu(struct frame *frame, enum menu current)
{
	const struct site_links *own = &frame->site->of[frame->page->language].menu;
	struct view *menu = view_list(frame->view, "menu");

	for (size_t i = 0; i < own->count; i++) {
		if (str_given(own->at[i].href))
			add_link(frame, menu, &own->at[i]);
		else
			add_entry(frame, menu, entry_find(own->at[i].name), current);
	}
	for (size_t i = 0; own->count == 0 && i < ENTRIES; i++)
		add_entry(frame, menu, &entries[i], current);
}

void view_footer(struct frame *frame, struct view *site)
{
	const struct site_links *own = &frame->site->of[frame->page->language].footer;
	struct view *links = view_list(site, "links"), *lines = view_list(site, "lines");

	for (size_t i = 0; i < own->count; i++) {
		if (str_given(own->at[i].href))
			add_link(frame, links, &own->at[i]);
		else
			view_item_text(lines, own->at[i].name);
	}
	view_flag(site, "links?", links->first != NULL);
}

#include "frame.h"

#define SENTENCE_MAX 8192

/* In bytes, which come near to width: 160 Latin letters, 53 Hangul. */
#define LONG_TITLE 160

size_t site_language(const struct site *site, struct str tag)
{
	for (size_t i = 0; i < site->language_count; i++)
		if (str_equal(site->languages[i], tag))
			return i;
	return SITE_LANGUAGES_MAX;
}

/* --- words ------------------------------------------------------------------------ */

static struct str keep(struct frame *frame, struct buf *buf)
{
	struct str text = arena_copy(&frame->arena, buf_str(buf));

	buf_release(buf);
	return text;
}

struct str frame_say_in(struct frame *frame, const struct locale *locale, const char *key,
			const struct str *values, size_t count)
{
	struct buf text;

	buf_init(&text, SENTENCE_MAX);
	locale_format(locale, key, values, count, &text);
	return keep(frame, &text);
}

struct str frame_say(struct frame *frame, const char *key, const struct str *values, size_t count)
{
	return frame_say_in(frame, frame->chrome, key, values, count);
}

struct str frame_date(struct frame *frame, struct date date)
{
	struct buf text;

	buf_init(&text, SENTENCE_MAX);
	locale_add_date(frame->chrome, date, &text);
	return keep(frame, &text);
}

struct str frame_number(struct frame *frame, uint64_t n)
{
	struct buf text;

	buf_init(&text, SENTENCE_MAX);
	locale_add_number(frame->chrome, n, &text);
	return keep(frame, &text);
}

/* "KST (UTC+9)". Three letters alone mean other things in other places. */
static struct str zone_words(struct frame *frame, int64_t time)
{
	struct zone_time there = zone_at(frame->site->zone, time);
	char room[ZONE_OFFSET_SIZE];
	struct str offset = arena_copy(&frame->arena, zone_offset(room, there.offset));

	if (str_equal(there.name, STR("UTC")))
		return locale_message(frame->chrome, "zone-utc");
	if (!is_alpha(there.name.at[0]))
		return offset;
	return arena_printf(&frame->arena, "%.*s (%.*s)", STR_ARG(there.name), STR_ARG(offset));
}

struct str frame_moment(struct frame *frame, int64_t time)
{
	const struct zone *zone = frame->site->zone;
	char clock[ZONE_CLOCK_SIZE];

	return SAY(frame, "date-time", frame_date(frame, zone_date(zone, time)),
		   zone_clock(clock, zone, time), zone_words(frame, time));
}

void view_date(struct frame *frame, struct view *object, const char *key, struct date date)
{
	struct view *view = view_object(object, key);

	view_text(view, "iso",
		  arena_printf(&frame->arena, "%04u-%02u-%02u", (unsigned)date.year,
			       (unsigned)date.month, (unsigned)date.day));
	view_text(view, "text", frame_date(frame, date));
}

struct str language_attributes(struct arena *arena, struct str language)
{
	struct buf text;
	struct str kept;

	buf_init(&text, SENTENCE_MAX);
	html_add_attribute(&text, "lang", language);
	html_add_attribute(&text, "dir", language_is_rtl(language) ? STR("rtl") : STR("ltr"));
	kept = arena_copy(arena, buf_str(&text));
	buf_release(&text);
	return kept;
}

static struct str word_of(const struct locale *locale, const char *family, struct str word)
{
	char key[64];

	snprintf(key, sizeof(key), "%s-%.*s", family, STR_ARG(word));
	return locale_message(locale, key);
}

struct str kind_name(const struct locale *locale, enum kind kind)
{
	return word_of(locale, "kind", kind_word(kind));
}

struct str change_name(const struct locale *locale, enum change change)
{
	return change == CHANGE_FIRST ? STR_NONE : word_of(locale, "change", change_word(change));
}

struct str frame_site_title(const struct frame *frame)
{
	return frame->site->of[frame->page->language].title;
}

/* --- addresses -------------------------------------------------------------------- */

struct str frame_path(struct frame *frame, struct str language, const char *rest)
{
	return arena_printf(&frame->arena, "/%.*s/%s", STR_ARG(language), rest);
}

struct str frame_url(struct frame *frame, struct str path)
{
	return arena_printf(&frame->arena, "%.*s%.*s", STR_ARG(frame->site->url), STR_ARG(path));
}

struct str release_path(struct frame *frame, struct str language, struct str slug)
{
	return arena_printf(&frame->arena, "/%.*s/releases/%.*s", STR_ARG(language), STR_ARG(slug));
}

/* --- rights ------------------------------------------------------------------------- */

void view_rights(struct frame *frame, struct view *object, struct str rights)
{
	struct view *view;

	if (!rights.len)
		return;
	view = view_object(object, "rights");
	if (str_starts(rights, STR("KOGL-"))) {
		struct str type = str_skip(rights, 5);

		view_text(view, "name", SAY(frame, "rights-kogl", type));
		view_text(view, "href",
			  arena_printf(&frame->arena,
				       "https://www.kogl.or.kr/info/licenseType%.*s.do",
				       STR_ARG(type)));
	} else if (str_equal(rights, STR("all-rights-reserved"))) {
		view_text(view, "name", locale_message(frame->chrome, "rights-reserved"));
	} else {
		view_text(view, "name", rights);
		view_text(view, "href",
			  arena_printf(&frame->arena, "https://spdx.org/licenses/%.*s.html",
				       STR_ARG(rights)));
	}
}

/* --- the frame ------------------------------------------------------------------------ */

static void view_chrome(struct frame *frame)
{
	struct view *chrome = view_object(frame->view, "chrome");
	struct str tag = locale_tag(frame->chrome);

	struct str dir = language_is_rtl(tag) ? STR("rtl") : STR("ltr");
	struct str text_dir = language_is_rtl(frame->language) ? STR("rtl") : STR("ltr");

	view_text(chrome, "lang", tag);
	view_text(chrome, "dir", dir);
	view_text(frame->view, "dir", text_dir);
	/* A sentence of the chrome inside a text that runs the other way. */
	view_html(chrome, "in",
		  str_equal(dir, text_dir)
			  ? STR("")
			  : arena_printf(&frame->arena, " dir=\"%.*s\"", STR_ARG(dir)));
}

/* The sentence is the chrome's; so is the name in it where the site has one in that
 * language, otherwise the name is marked as being in the text's. */
static void view_masthead(struct frame *frame)
{
	size_t chrome = site_language(frame->site, locale_tag(frame->chrome));
	bool has_name = chrome < SITE_LANGUAGES_MAX && frame->site->of[chrome].title.len;
	bool has_sentence = chrome < SITE_LANGUAGES_MAX && frame->site->of[chrome].masthead.len;
	struct str sentence = has_sentence ? frame->site->of[chrome].masthead
					   : locale_message(frame->chrome, "masthead");
	size_t at = str_find_str(sentence, STR("%1"));
	struct buf html;

	if (frame->site->without_masthead)
		return;
	buf_init(&html, SENTENCE_MAX);
	html_add_text(&html, str_first(sentence, at));
	if (at < sentence.len) {
		buf_add(&html, STR("<strong"));
		if (!has_name)
			buf_add(&html, language_attributes(&frame->arena, frame->language));
		buf_add(&html, STR(">"));
		html_add_text(&html,
			      has_name ? frame->site->of[chrome].title : frame_site_title(frame));
		buf_add(&html, STR("</strong>"));
		html_add_text(&html, str_skip(sentence, at + 2));
	}
	view_html(frame->view, "masthead", keep(frame, &html));
}

static void view_site(struct frame *frame)
{
	struct view *site = view_object(frame->view, "site");
	struct str own_contact = frame->site->of[frame->page->language].contact;

	view_text(site, "title", frame_site_title(frame));
	view_text(site, "tagline", frame->site->of[frame->page->language].tagline);
	view_text(site, "contact", own_contact.len ? own_contact : frame->site->contact);
	view_flag(site, "named", frame->site->logo_with_name);
	view_footer(frame, site);
	view_html(site, "in", language_attributes(&frame->arena, frame->language));
	view_rights(frame, site, frame->site->rights);
}

void frame_begin(struct frame *frame, const struct page *page)
{
	const struct site *site = page->site;
	const struct locale *own;

	must(page->language < site->language_count);
	*frame = (struct frame){ .page = page, .site = site };
	frame->language = site->languages[page->language];
	frame->chrome = site->of[page->language].chrome;
	own = locale_find(frame->language);
	frame->content = own ? own : frame->chrome;
	arena_init(&frame->arena);
	frame->view = view_new(&frame->arena);

	view_chrome(frame);
	view_words(frame->view, "t", frame->chrome);
	view_html(frame->view, "in", language_attributes(&frame->arena, frame->language));
	view_html(frame->view, "content_in",
		  language_attributes(&frame->arena, locale_tag(frame->content)));
	theme_view(site->theme, frame->view);
	view_masthead(frame);
	view_site(frame);
	view_text(frame->view, "home", frame_path(frame, frame->language, ""));
	view_text(frame->view, "board", frame_path(frame, frame->language, "releases/"));
	view_text(frame->view, "board_title", locale_message(frame->content, "board"));
	view_text(frame->view, "search", frame_path(frame, frame->language, "search"));
	view_text(frame->view, "verify", frame_path(frame, frame->language, "verify"));
	frame_feeds(frame, locale_message(frame->content, "board"),
		    frame_path(frame, frame->language, ""), STR(""));
}

bool frame_end(struct frame *frame, const char *template, struct buf *out, struct fault *why)
{
	bool ok = theme_render(frame->site->theme, template, frame->view, out, why);

	arena_release(&frame->arena);
	return ok;
}

void frame_title(struct frame *frame, struct str title, struct str language)
{
	struct str site = frame_site_title(frame);

	view_html(frame->view, "title_in", language_attributes(&frame->arena, language));
	view_flag(frame->view, "long_title", title.len > LONG_TITLE);
	view_text(frame->view, "head_title",
		  str_given(title) ? SAY(frame, "title", title, site) : site);
}

void frame_canonical(struct frame *frame)
{
	view_text(frame->view, "canonical", frame_url(frame, frame->page->path));
}

void frame_twin(struct frame *frame, struct str path)
{
	view_text(frame->view, "twin", path);
}

void frame_feeds(struct frame *frame, struct str title, struct str folder, struct str query)
{
	static const struct {
		const char *end, *type;
	} formats[] = { { "atom", "application/atom+xml" },
			{ "rss", "application/rss+xml" },
			{ "json", "application/feed+json" } };

	if (!frame->feeds)
		frame->feeds = view_list(frame->view, "feeds");
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct view *feed = view_item(frame->feeds);

		view_text(feed, "type", str_from(formats[i].type));
		view_text(feed, "title", title);
		view_text(feed, "href",
			  arena_printf(&frame->arena, "%.*sfeed.%s%.*s", STR_ARG(folder),
				       formats[i].end, STR_ARG(query)));
	}
}

struct view *frame_open_graph(struct frame *frame, const char *type, struct str title)
{
	struct view *og = view_object(frame->view, "og");

	view_text(og, "type", str_from(type));
	view_text(og, "title", title);
	return og;
}

void frame_crumb(struct frame *frame, struct str href, struct str name, struct str language)
{
	struct view *crumb;

	if (!frame->crumbs) {
		view_flag(frame->view, "crumbs?", true);
		frame->crumbs = view_list(frame->view, "crumbs");
		frame_crumb(frame, frame_path(frame, frame->language, ""),
			    locale_message(frame->chrome, "home"), locale_tag(frame->chrome));
	}
	crumb = view_item(frame->crumbs);
	view_text(crumb, "href", str_given(href) ? href : STR(""));
	view_text(crumb, "name", name);
	view_html(crumb, "in", language_attributes(&frame->arena, language));
}

/* --- languages ---------------------------------------------------------------------------- */

static bool is_among(struct str language, const struct str *languages, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(language, languages[i]))
			return true;
	return false;
}

static void add_alternate(struct frame *frame, struct view *alternates, struct str tag,
			  struct str path)
{
	struct view *alternate = view_item(alternates);

	view_text(alternate, "tag", tag);
	view_text(alternate, "href", frame_url(frame, path));
}

/* In that language, as the link itself is, where it has a message file. */
static struct str not_available(struct frame *frame, struct str tag)
{
	const struct locale *locale = locale_find(tag);
	struct str name = language_name(tag);
	struct buf text;

	buf_init(&text, SENTENCE_MAX);
	locale_format(locale ? locale : frame->chrome, "language-missing", &name, 1, &text);
	return keep(frame, &text);
}

void frame_languages(struct frame *frame, const struct str *languages, size_t count,
		     struct str path, bool alternates)
{
	const struct site *site = frame->site;
	struct view *links = view_list(frame->view, "languages");
	struct view *heads = view_list(frame->view, "alternates");
	const char *rest = arena_cstr(&frame->arena, path);
	struct str fallback = STR_NONE;

	view_flag(frame->view, "many_languages", site->language_count > 1);
	for (size_t i = 0; i < site->language_count; i++) {
		struct str tag = site->languages[i];
		bool here = is_among(tag, languages, count);
		struct str to = frame_path(frame, tag, here ? rest : "");
		struct view *link = view_item(links);

		view_text(link, "tag", tag);
		view_text(link, "href", to);
		view_text(link, "name", language_name(tag));
		view_html(link, "in", language_attributes(&frame->arena, tag));
		view_flag(link, "current", i == frame->page->language);
		view_text(link, "missing", count && !here ? not_available(frame, tag) : STR(""));
		if (here && alternates)
			add_alternate(frame, heads, tag, to);
		if (here && !str_given(fallback))
			fallback = to;
	}
	/* The home page's default is the address that asks the browser. */
	if (alternates && str_given(fallback))
		add_alternate(frame, heads, STR("x-default"), path.len ? fallback : STR("/"));
}

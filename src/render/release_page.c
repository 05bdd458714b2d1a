/* The page of one release. */
#include "article.h"
#include "lists.h"

#define DAY 86400

/* --- banners -------------------------------------------------------------------------- */

struct banner {
	const char *class_name;
	struct str title, text, href, link, note;
};

static void add_banner(struct view *banners, const struct banner *from)
{
	struct view *banner = view_item(banners);

	view_text(banner, "class", str_from(from->class_name));
	view_text(banner, "title", from->title);
	view_text(banner, "text", from->text.len ? from->text : STR(""));
	view_text(banner, "href", from->href.len ? from->href : STR(""));
	view_text(banner, "link", from->link);
	view_text(banner, "note", from->note.len ? from->note : STR(""));
}

/* A minor change does not take away what was said of the one before it. */
static void add_change_banner(struct frame *frame, struct view *banners,
			      const struct release_view *view)
{
	const struct release *release = view->release;
	enum change change = view->notice ? view->notice : release->change;
	struct banner banner = { .class_name = "changed" };
	char key[64];

	if (change == CHANGE_FIRST || change == CHANGE_MINOR)
		return;
	snprintf(key, sizeof(key), "banner-%.*s", STR_ARG(change_word(change)));
	banner.title = locale_message(frame->chrome, key);
	banner.note = view->notice ? view->notice_note : release->change_note;
	if (change == CHANGE_WITHDRAWAL || change == CHANGE_KILL)
		banner.class_name = "withdrawn";
	if (change == CHANGE_WITHDRAWAL)
		banner.text = locale_message(frame->chrome, "banner-withdrawal-text");
	if (!view->preview) {
		banner.href = history_path(frame, release->slug);
		banner.link = locale_message(frame->chrome, "banner-history-link");
	}
	add_banner(banners, &banner);
}

/* A moment as the calendar of the site has it. */
static int64_t local(const struct frame *frame, int64_t when)
{
	return when + zone_at(frame->site->zone, when).offset;
}

/* The date on a release is what its author wrote. When that is more than a day before
 * anyone could read it here, the reader is told: by a banner, or, where it could not have been
 * read here because there was no site on that day, by the other date beside it. */
static void add_lateness(struct frame *frame, struct view *banners, const struct release_view *view)
{
	const struct zone *zone = frame->site->zone;
	int64_t dated = date_start(view->release->date);
	struct banner banner = { .class_name = "late" };

	if (local(frame, view->first_public_at) <= dated + 2 * DAY)
		return;
	if (view->site_began_at && dated + DAY <= local(frame, view->site_began_at)) {
		view_date(frame, frame->view, "published_here",
			  zone_date(zone, view->first_public_at));
		return;
	}
	banner.title = locale_message(frame->chrome, "banner-late");
	banner.text = SAY(frame, "banner-late-text", frame_date(frame, view->release->date),
			  frame_date(frame, zone_date(zone, view->first_public_at)));
	add_banner(banners, &banner);
}

/* For whoever was given a link, the moment is what matters most. */
static void add_preview_banner(struct frame *frame, struct view *banners,
			       const struct release_view *view)
{
	struct banner banner = { .class_name = "preview",
				 .title = locale_message(frame->chrome, "banner-preview") };

	if (view->embargo > 0)
		banner.text =
			SAY(frame, "banner-preview-until", frame_moment(frame, view->embargo));
	else
		banner.text = locale_message(frame->chrome, "banner-preview-text");
	add_banner(banners, &banner);
}

static void add_dispute_banner(struct frame *frame, struct view *banners)
{
	struct banner banner = { .class_name = "disputed",
				 .title = locale_message(frame->chrome, "banner-disputed"),
				 .text = locale_message(frame->chrome, "banner-disputed-text") };

	add_banner(banners, &banner);
}

static void add_banners(struct frame *frame, const struct release_view *view)
{
	struct view *banners = view_list(frame->view, "banners");
	const struct release *release = view->release;

	if (view->preview)
		add_preview_banner(frame, banners, view);
	view_flag(frame->view, "disputed", view->disputed);
	if (view->disputed)
		add_dispute_banner(frame, banners);
	if (view->old) {
		struct banner banner = {
			.class_name = "old",
			.title = SAY(frame, "banner-old", frame_number(frame, release->revision)),
			.href = release_path(frame, frame->language, release->slug),
			.link = locale_message(frame->chrome, "banner-old-link"),
		};

		add_banner(banners, &banner);
	}
	add_change_banner(frame, banners, view);
	add_lateness(frame, banners, view);
}

/* --- beside the text ---------------------------------------------------------------------- */

/* "PDF" */
static struct str ending_of(struct frame *frame, struct str name)
{
	struct str ending = name;
	char capitals[8];
	size_t dot;

	while ((dot = str_find(ending, '.')) < ending.len)
		ending = str_skip(ending, dot + 1);
	if (ending.len == name.len || ending.len > sizeof(capitals))
		return STR("");
	for (size_t i = 0; i < ending.len; i++)
		capitals[i] =
			is_lower(ending.at[i]) ? (char)(ending.at[i] - 'a' + 'A') : ending.at[i];
	return arena_copy(&frame->arena, (struct str){ capitals, ending.len });
}

/* "820 bytes", "64 KB", "1.5 MB": by thousands, as these units are meant. */
static struct str size_words(struct frame *frame, uint64_t size)
{
	uint64_t tenths = (size + 50000) / 100000;
	struct str number;

	if (size < 1000)
		return SAY(frame, "size-bytes", frame_number(frame, size));
	if (size < 999500)
		return SAY(frame, "size-kb", frame_number(frame, (size + 500) / 1000));
	number = frame_number(frame, tenths / 10);
	if (tenths < 1000 && tenths % 10 > 0)
		number = SAY(frame, "decimal", number, frame_number(frame, tenths % 10));
	return SAY(frame, "size-mb", number);
}

static const struct files *files_of(const struct release_view *view)
{
	return view->files ? view->files : &files_public;
}

static void add_attachments(struct frame *frame, const struct release_view *view)
{
	const struct release *release = view->release;
	struct view *list = view_list(frame->view, "attachments");

	view_flag(frame->view, "attachments?", release->attachment_count > 0);
	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *from = &release->attachments[i];
		struct view *item = view_item(list);
		bool titled = from->title.len > 0;

		view_text(item, "href", attachment_path(frame, files_of(view), from));
		view_text(item, "title", titled ? from->title : from->name);
		view_text(item, "name", titled ? from->name : STR(""));
		view_text(item, "type", ending_of(frame, from->name));
		view_text(item, "size", view->sizes ? size_words(frame, view->sizes[i]) : STR(""));
		view_text(item, "hash",
			  arena_copy(&frame->arena, str_from(HASH_TEXT(&from->hash))));
		view_html(item, "in",
			  language_attributes(&frame->arena, from->language.len ? from->language
										: frame->language));
	}
}

static bool looks_like_mail(struct str word)
{
	size_t at = str_find(word, '@');

	return at > 0 && at + 1 < word.len && str_find(word, ' ') == word.len;
}

static bool looks_like_phone(struct str word)
{
	size_t digits = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (is_digit(word.at[i]))
			digits++;
		else if (!strchr("+-() .", word.at[i]))
			return false;
	}
	return digits >= 5;
}

static void add_phone_link(struct buf *html, struct str word)
{
	buf_add(html, STR("<a dir=\"ltr\" href=\"tel:"));
	for (size_t i = 0; i < word.len; i++)
		if (is_digit(word.at[i]) || (i == 0 && word.at[i] == '+'))
			buf_add_char(html, word.at[i]);
	buf_add(html, STR("\">"));
	html_add_text(html, word);
	buf_add(html, STR("</a>"));
}

static void add_mail_link(struct buf *html, struct str word)
{
	size_t at = str_find(word, '@');

	buf_add(html, STR("<a dir=\"ltr\" href=\"mailto:"));
	url_add_segment(html, str_first(word, at));
	buf_add_char(html, '@');
	url_add_segment(html, str_skip(word, at + 1));
	buf_add(html, STR("\">"));
	html_add_text(html, word);
	buf_add(html, STR("</a>"));
}

/* The part before the first comma, Latin or Arabic; both leave *rest. */
static struct str cut_part(struct str *rest, struct str *comma)
{
	static const struct str arabic = { "،", sizeof("،") - 1 };
	size_t end = str_find(*rest, ','), other = str_find_str(*rest, arabic);
	struct str part = str_first(*rest, end < other ? end : other);

	*comma = end < other ? STR(",") : arabic;
	*rest = part.len < rest->len ? str_skip(*rest, part.len + comma->len) : STR_NONE;
	return str_trim(part);
}

/* "Unit, telephone, e-mail": parts between commas that can be reached become links. */
static struct str contact_html(struct frame *frame, struct str contact)
{
	struct str rest = contact, comma = STR_NONE, kept;
	struct buf html;

	buf_init(&html, PAGE_MAX);
	while (str_given(rest)) {
		struct str before = comma, word = cut_part(&rest, &comma);

		buf_add(&html, before);
		if (before.len)
			buf_add_char(&html, ' ');
		if (looks_like_mail(word))
			add_mail_link(&html, word);
		else if (looks_like_phone(word))
			add_phone_link(&html, word);
		else
			html_add_text(&html, word);
	}
	kept = arena_copy(&frame->arena, buf_str(&html));
	buf_release(&html);
	return kept;
}

static void add_contacts(struct frame *frame, const struct texts *contacts)
{
	struct view *list = view_list(frame->view, "contacts");

	view_flag(frame->view, "contacts?", contacts->count > 0);
	for (size_t i = 0; i < contacts->count; i++)
		view_html(view_item(list), "html", contact_html(frame, contacts->at[i]));
}

static void add_other_languages(struct frame *frame, const struct release_view *view)
{
	struct view *list = view_list(frame->view, "others");
	size_t count = 0;

	for (size_t i = 0; i < view->language_count; i++) {
		struct str tag = view->languages[i];
		struct view *item;

		if (str_equal(tag, frame->language))
			continue;
		item = view_item(list);
		view_text(item, "tag", tag);
		view_text(item, "href", release_path(frame, tag, view->release->slug));
		view_text(item, "name", language_name(tag));
		view_html(item, "in", language_attributes(&frame->arena, tag));
		count++;
	}
	view_flag(frame->view, "others?", count > 0);
}

static struct str mailto(struct frame *frame, struct str title)
{
	struct buf address;
	struct str kept;

	buf_init(&address, PAGE_MAX);
	buf_add(&address, STR("mailto:?subject="));
	url_add_segment(&address, title);
	buf_add(&address, STR("&body="));
	url_add_segment(&address, frame_url(frame, frame->page->path));
	kept = arena_copy(&frame->arena, buf_str(&address));
	buf_release(&address);
	return kept;
}

/* --- checking ------------------------------------------------------------------------------ */

/* The name under which a browser saves the text: what the command must be given. */
static struct str file_name(struct frame *frame, const struct release_view *view)
{
	const struct release *release = view->release;

	if (view->pinned)
		return arena_printf(&frame->arena, "r%lu.txt", (unsigned long)release->revision);
	return arena_printf(&frame->arena, "%.*s.txt", STR_ARG(release->slug));
}

/* The signature at .minisig is the first signer's. */
static struct str command(struct frame *frame, const struct release_view *view)
{
	struct str file = file_name(frame, view);
	const struct signer_view *signer = view->signers;

	if (view->signer_count && signer->public_key.len)
		return arena_printf(&frame->arena, "minisign -VHm %.*s -P %.*s", STR_ARG(file),
				    STR_ARG(signer->public_key));
	if (view->signer_count && signer->holder.len)
		return arena_printf(&frame->arena, "minisign -VHm %.*s -p %.*s.pub", STR_ARG(file),
				    STR_ARG(signer->holder));
	return arena_printf(&frame->arena, "minisign -VHm %.*s -p key.pub", STR_ARG(file));
}

/* Where in the public log it is, and what proves that. */
static void add_log(struct frame *frame, const struct release_view *view, struct str path)
{
	struct view *log = view_item(view_list(frame->view, "log"));

	view_text(log, "line", SAY(frame, "checked-log", frame_number(frame, view->log_index)));
	view_text(log, "proof_href", arena_printf(&frame->arena, "%.*s.proof", STR_ARG(path)));
	view_text(log, "bundle_href", arena_printf(&frame->arena, "%.*s.tar", STR_ARG(path)));
}

static void add_checked(struct frame *frame, const struct release_view *view)
{
	struct view *page = frame->view, *signers = view_list(page, "signers");
	struct str path = article_path(frame, view);

	for (size_t i = 0; i < view->signer_count; i++) {
		struct view *signer = view_item(signers);

		view_text(signer, "holder", view->signers[i].holder);
		view_text(signer, "key_id", view->signers[i].key_id);
		view_text(signer, "href",
			  arena_printf(&frame->arena, "%.*s.txt.%.*s.minisig", STR_ARG(path),
				       STR_ARG(view->signers[i].key_id)));
	}
	if (view->logged)
		add_log(frame, view, path);
	view_text(page, "published_line",
		  SAY(frame, "checked-published", frame_moment(frame, view->public_at)));
	view_text(page, "text_href", arena_printf(&frame->arena, "%.*s.txt", STR_ARG(path)));
	view_text(page, "signature_href",
		  arena_printf(&frame->arena, "%.*s.txt.minisig", STR_ARG(path)));
	view_text(page, "text_name", file_name(frame, view));
	view_text(page, "command", command(frame, view));
	view_text(page, "hash", arena_copy(&frame->arena, str_from(HASH_TEXT(view->hash))));
}

/* --- the page --------------------------------------------------------------------------------- */

static void add_head(struct frame *frame, const struct release_view *view)
{
	const struct release *release = view->release;
	struct view *og;
	char published[TIME_SIZE], modified[TIME_SIZE];

	frame_title(frame, release->title, frame->language);
	view_text(frame->view, "description", release_summary(&frame->arena, release));
	frame_canonical(frame);
	if (!view->preview)
		frame_twin(frame, twin_path(frame, frame->page->path));
	view_flag(frame->view, "noindex", view->old || view->preview);
	og = frame_open_graph(frame, "article", release->title);
	view_text(og, "published",
		  arena_copy(&frame->arena, time_format(published, view->first_public_at)));
	view_text(og, "modified",
		  arena_copy(&frame->arena,
			     time_format(modified,
					 view->modified_at ? view->modified_at : view->public_at)));
	view_html(frame->view, "linked_data", linked_data(frame, view));
}

static void add_frame(struct frame *frame, const struct release_view *view)
{
	struct str rest =
		arena_printf(&frame->arena, "releases/%.*s", STR_ARG(view->release->slug));

	frame_menu(frame, MENU_BELOW_BOARD);
	frame_languages(frame, view->languages, view->language_count, rest, !view->pinned);
	frame_crumb(frame, frame_path(frame, frame->language, "releases/"),
		    locale_message(frame->content, "board"), locale_tag(frame->content));
	frame_crumb(frame, STR_NONE, view->release->title, frame->language);
}

static void add_neighbour(struct frame *frame, const char *key, const struct list_entry *from)
{
	struct view *neighbour;

	if (!from)
		return;
	neighbour = view_object(frame->view, key);
	view_text(neighbour, "href", release_path(frame, frame->language, from->slug));
	view_text(neighbour, "title", from->title);
	view_date(frame, neighbour, "date", from->date);
}

static void add_neighbours(struct frame *frame, const struct release_view *view)
{
	view_flag(frame->view, "neighbours", view->newer || view->older);
	add_neighbour(frame, "newer", view->newer);
	add_neighbour(frame, "older", view->older);
}

static void add_share(struct frame *frame, const struct release *release)
{
	view_text(frame->view, "mailto", mailto(frame, release->title));
	view_text(frame->view, "citation",
		  SAY(frame, "citation", release->title, frame_site_title(frame),
		      frame_date(frame, release->date), frame_number(frame, release->revision)));
	view_text(frame->view, "revision_line",
		  SAY(frame, "revision-line", frame_number(frame, release->revision)));
}

bool page_release(const struct page *page, const struct release_view *view, struct buf *out,
		  struct fault *why)
{
	const struct release *release = view->release;
	struct frame frame;

	frame_begin(&frame, page);
	add_head(&frame, view);
	add_frame(&frame, view);
	frame.linked = !view->preview;
	add_banners(&frame, view);
	view_article(&frame, release, files_of(view));
	view_text(frame.view, "history_href", history_path(&frame, release->slug));
	add_attachments(&frame, view);
	add_contacts(&frame, &release->contacts);
	add_other_languages(&frame, view);
	add_neighbours(&frame, view);
	add_share(&frame, release);
	add_checked(&frame, view);
	view_rights(&frame, frame.view, release->rights.len ? release->rights : page->site->rights);
	return frame_end(&frame, "release", out, why);
}

/* Chrome in the release's own language where there is one. */
static const struct locale *locale_for(struct str language)
{
	const struct locale *locale = locale_find(language);

	if (!locale)
		locale = locale_find(STR("en"));
	return locale ? locale : locale_at(0);
}

bool page_preview(const struct release *release, struct buf *out, struct fault *why)
{
	/* The page lies in the folder of the release file and what it attaches. */
	static const struct files beside = { { "", 0 }, FILES_BY_NAME, NULL };
	struct site site = { .name = release->site,
			     .url = STR(""),
			     .languages = { release->language },
			     .language_count = 1,
			     .contact = STR_NONE,
			     .rights = STR_NONE };
	struct page page = { .site = &site, .language = 0, .path = STR("") };
	struct frame frame;

	site.of[0].title = release->site;
	site.of[0].tagline = STR_NONE;
	site.of[0].chrome = locale_for(release->language);
	frame_begin(&frame, &page);
	frame_title(&frame, release->title, release->language);
	view_html(frame.view, "css", asset_named(NULL, "site.css")->bytes);
	view_article(&frame, release, &beside);
	return frame_end(&frame, "preview", out, why);
}

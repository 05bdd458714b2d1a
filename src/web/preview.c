/*
 * preview - a draft as the page it will be: for its editors, and by a link for one reader.
 *
 * Whatever a link should not show is answered by the same lines as an address that never
 * was: anything below /preview/ that is not a page has the one 404.
 */
#include "preview.h"

#include "attached.h"
#include "public.h"

#include <communique/keyset.h>
#include <communique/preview.h>
#include <communique/reading.h>

/* --- the page ------------------------------------------------------------------------- */

/* From the first revision's moment on; for that one itself, from its own. */
static int64_t first_public(struct visit *visit, const struct release *release, int64_t public_at)
{
	int64_t first;

	if (reading_first_public(visit->txn, release->language, release->slug, INT64_MAX, &first))
		return first;
	return public_at;
}

/* Its own language is among them, as it will be. */
static size_t find_languages(struct visit *visit, const struct release *release, struct str *out)
{
	size_t count = reading_languages(visit->txn, release->slug, visit->now, out,
					 SITE_LANGUAGES_MAX - 1);

	for (size_t i = 0; i < count; i++) {
		if (str_equal(out[i], release->language))
			return count;
	}
	out[count] = release->language;
	return count + 1;
}

/* Its own change is the first of those that are told. */
static void find_future(struct visit *visit, const struct release *release,
			struct release_view *view, struct past *past)
{
	struct revision own = { .language = release->language,
				.slug = release->slug,
				.number = release->revision,
				.change = release->change,
				.change_note = release->change_note,
				.public_at = view->public_at };

	*past = (struct past){ .view = view, .number = own.number };
	if (add_past(past, &own)) {
		own.number--;
		find_past(visit, &own, view, past);
	}
}

bool preview_page(struct visit *visit, const struct preview_file *file,
		  const struct release *release, const struct files *files, struct buf *out,
		  struct fault *why)
{
	struct str path = arena_printf(&visit->arena, "/%.*s/releases/%.*s",
				       STR_ARG(release->language), STR_ARG(release->slug));
	struct page page = public_page(visit, path);
	struct str languages[SITE_LANGUAGES_MAX];
	struct signers signers;
	struct past past;
	struct release_view view = {
		.release = release, .hash = &file->hash, .preview = true, .files = files
	};

	if (release->change == CHANGE_KILL)
		return page_error(&page, 410, out, why);
	view.embargo = file->public_at ? file->public_at : release->publish_at;
	view.public_at = view.embargo > visit->now ? view.embargo : visit->now;
	view.first_public_at = first_public(visit, release, view.public_at);
	reading_beginning(visit->txn, &view.site_began_at);
	view.accepted_at = file->accepted_at ? file->accepted_at : visit->now;
	view.sizes = public_sizes(visit, release);
	find_future(visit, release, &view, &past);
	view.languages = languages;
	view.language_count = find_languages(visit, release, languages);
	find_signers(visit, &file->hash, &signers);
	view.signers = signers.at;
	view.signer_count = signers.count;
	return page_release(&page, &view, out, why);
}

static void begin(struct visit *visit, unsigned status)
{
	char date[HTTP_TIME_SIZE];

	answer_begin(visit->answer, status);
	answer_hide_address(visit->answer);
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	answer_field(visit->answer, "X-Robots-Tag", STR("noindex"));
	answer_field(visit->answer, "Date", http_time_format(date, visit->now));
}

static bool read_release(struct visit *visit, const struct preview_file *file, struct release **out,
			 struct fault *why)
{
	return release_parse(&visit->arena, file->file, out, NULL) ||
	       fail(why, BROKEN, "a draft that was accepted cannot be read");
}

/* What it attaches lies below the very address that showed the page. */
static bool send_page(struct visit *visit, const struct preview_file *file, enum files_form form,
		      struct fault *why)
{
	struct files files = { .form = form };
	struct release *release;
	struct buf made;
	bool ok;

	files.root = arena_printf(&visit->arena, "%.*s/files/", STR_ARG(visit->request->path));
	if (!read_release(visit, file, &release, why))
		return false;
	files.pictures = attached_pictures(visit, release);
	buf_init(&made, PAGE_MAX);
	ok = preview_page(visit, file, release, &files, &made, why) && buf_check(&made, why);
	if (ok) {
		begin(visit, 200);
		answer_field(visit->answer, "Content-Type", STR(HTML));
		buf_add(answer_body(visit->answer), buf_str(&made));
	}
	buf_release(&made);
	return ok;
}

/* --- what it attaches ------------------------------------------------------------------ */

static const struct attachment *find_named(const struct release *release,
					   const struct attached *asked)
{
	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *at = &release->attachments[i];

		if (hash_equal(&at->hash, &asked->hash) &&
		    (!str_given(asked->name) || str_equal(at->name, asked->name)))
			return at;
	}
	return NULL;
}

/* Of the file that is shown, and no other: what another draft attaches is not there. False
 * without a fault: nothing. */
static bool find_attached(struct visit *visit, const struct preview_file *file,
			  struct attached *asked, struct fault *why)
{
	const struct attachment *attachment;
	struct release *release;

	why->kind = NO_FAULT;
	if (!read_release(visit, file, &release, why))
		return false;
	attachment = find_named(release, asked);
	if (!attachment)
		return false;
	asked->name = attachment->name;
	return reading_attachment_size(visit->txn, &asked->hash, &asked->size);
}

/* --- for editors ------------------------------------------------------------------------- */

static bool edition_of(struct visit *visit, struct edition *out, struct fault *why)
{
	*out = (struct edition){ .language = visit->match.language, .slug = visit->match.release };
	visit->language = site_language(visit->house->site, out->language);
	if (visit->language == SITE_LANGUAGES_MAX || !slug_valid(out->slug))
		return fail(why, NOT_FOUND, "the address names no language and release");
	return true;
}

static bool nothing_to_preview(struct visit *visit, struct edition edition, struct fault *why)
{
	return store_check(visit->txn, why) && fail(why, NOT_FOUND, "there is no draft of %s in %s",
						    QUOTE(edition.slug), QUOTE(edition.language));
}

static bool send_file(struct visit *visit, const struct preview_file *file, struct fault *why)
{
	struct attached asked = { .name = STR_NONE };

	if (hash_parse(visit->match.sha256, &asked.hash) && find_attached(visit, file, &asked, why))
		return attached_send(visit, &asked, begin, why);
	return why->kind == NO_FAULT && store_check(visit->txn, why) &&
	       fail(why, NOT_FOUND, "the draft attaches no file of this hash, or it was not sent");
}

typedef bool preview_sender(struct visit *visit, const struct preview_file *file,
			    struct fault *why);

static bool send_draft(struct visit *visit, preview_sender *send, struct fault *why)
{
	struct edition edition;
	struct preview_file file;
	bool ok;

	if (!edition_of(visit, &edition, why) ||
	    !store_read_begin(visit->house->store, &visit->txn, why))
		return false;
	if (reading_preview(visit->txn, edition, &file))
		ok = send(visit, &file, why);
	else
		ok = nothing_to_preview(visit, edition, why);
	store_read_end(&visit->txn);
	return ok;
}

static bool send_draft_page(struct visit *visit, const struct preview_file *file, struct fault *why)
{
	/* An admin address takes no %: its files go by their hash alone. */
	return send_page(visit, file, FILES_BY_HASH, why);
}

bool preview_draft(struct visit *visit, struct fault *why)
{
	return send_draft(visit, send_draft_page, why);
}

bool preview_file(struct visit *visit, struct fault *why)
{
	return send_draft(visit, send_file, why);
}

/* --- by a link ------------------------------------------------------------------------------ */

static bool link_of(struct visit *visit, struct preview *out)
{
	struct fault why;
	uint64_t expires;

	*out = (struct preview){ .label = visit->match.label };
	if (!edition_of(visit, &out->edition, &why) || !preview_label_valid(out->label) ||
	    !str_to_u64(visit->match.expiry, INT64_MAX, &expires))
		return false;
	out->expires = (int64_t)expires;
	return visit->house->preview_key != NULL;
}

static bool send_nothing(struct visit *visit, struct fault *why)
{
	struct str language = visit->house->site->languages[0];
	struct page page;
	struct buf made;
	bool ok;

	visit->language = 0;
	page = public_page(visit, arena_printf(&visit->arena, "/%.*s/", STR_ARG(language)));
	buf_init(&made, PAGE_MAX);
	ok = page_error(&page, 404, &made, why) && buf_check(&made, why);
	if (ok) {
		begin(visit, 404);
		answer_field(visit->answer, "Content-Type", STR(HTML));
		buf_add(answer_body(visit->answer), buf_str(&made));
	}
	buf_release(&made);
	return ok;
}

/* From the lift on a link leads to what is public. */
static void send_away(struct visit *visit)
{
	const struct match *match = &visit->match;

	begin(visit, 302);
	if (str_given(match->sha256))
		answer_fieldf(visit->answer, "Location", "/files/%.*s/%.*s", STR_ARG(match->sha256),
			      STR_ARG(match->name));
	else
		answer_fieldf(visit->answer, "Location", "/%.*s/releases/%.*s",
			      STR_ARG(match->language), STR_ARG(match->release));
}

static bool send_link(struct visit *visit, const struct preview_file *file, struct fault *why)
{
	return send_page(visit, file, FILES_BY_HASH_AND_NAME, why);
}

static bool send_link_file(struct visit *visit, const struct preview_file *file, struct fault *why)
{
	struct attached asked;

	why->kind = NO_FAULT;
	if (attached_from_address(visit, &asked) && find_attached(visit, file, &asked, why))
		return attached_send(visit, &asked, begin, why);
	return why->kind == NO_FAULT && store_check(visit->txn, why) && send_nothing(visit, why);
}
static bool follow_link(struct visit *visit, preview_sender *send, struct fault *why)
{
	struct preview link;
	struct preview_file file;
	bool ok = true;

	if (!link_of(visit, &link))
		return send_nothing(visit, why);
	if (!store_read_begin(visit->house->store, &visit->txn, why))
		return false;
	switch (reading_preview_link(visit->txn, &link, visit->match.mac, visit->house->preview_key,
				     visit->now, &file)) {
	case PREVIEW_SHOWN:
		ok = send(visit, &file, why);
		break;
	case PREVIEW_LIFTED:
		send_away(visit);
		break;
	case PREVIEW_NOTHING:
		ok = store_check(visit->txn, why) && send_nothing(visit, why);
		break;
	}
	store_read_end(&visit->txn);
	return ok;
}

bool show_preview(struct visit *visit, struct fault *why)
{
	return follow_link(visit, send_link, why);
}

bool show_preview_file(struct visit *visit, struct fault *why)
{
	return follow_link(visit, send_link_file, why);
}

/* Everything there is below /preview/ is got by a bare address. */
bool preview_answer(struct visit *visit, struct fault *why)
{
	const struct request *request = visit->request;
	struct fault bad;
	bool other;

	visit->route = NULL;
	if (!str_given(request->query) && request_check_public(request, &bad))
		visit->route = route_find(DOOR_DESK, request->method, request->path, &visit->match,
					  &other);
	return visit->route ? visit->route->handle(visit, why) : send_nothing(visit, why);
}

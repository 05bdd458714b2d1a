/*
 * public - what readers may ask for.
 *
 * Every visit has one moment and at most one read transaction. What is not public by then is
 * answered by the same lines as what never was: same bytes, same fields, same lifetime. For
 * that reason a redirect to the right spelling of an address is decided before the store is
 * asked, and an error page never says which address it stands for.
 */
#include "public.h"

#include "choose.h"

#include <communique/digest.h>
#include <communique/log.h>
#include <communique/reading.h>

#define LIVE_SECONDS 1	  /* a page may change at any moment: the web server asks once a second */
#define STALE_SECONDS 300 /* how long an old page may stand in while we cannot be reached */

/* --- leaving ------------------------------------------------------------------------ */

/* Ends before the next lift. Seconds are counted down by caches that round for themselves, so
 * the second in which a lift may fall is left out: there the answer is not kept at all. */
static int64_t live_seconds(const struct visit *visit)
{
	int64_t left = visit->next_lift - visit->now - 1;

	return left < 0 ? 0 : left < LIVE_SECONDS ? left : LIVE_SECONDS;
}

static void add_lifetime(struct visit *visit, enum lifetime lifetime)
{
	struct answer *answer = visit->answer;

	switch (lifetime) {
	case LIVE:
		answer_fieldf(answer, "Cache-Control", "public, max-age=%lld, stale-if-error=%d",
			      (long long)live_seconds(visit), STALE_SECONDS);
		break;
	case LIVE_ERROR:
		answer_fieldf(answer, "Cache-Control", "public, max-age=%lld",
			      (long long)live_seconds(visit));
		break;
	case FOREVER:
		answer_field(answer, "Cache-Control", STR(IMMUTABLE));
		break;
	}
}

void public_lifetime(struct visit *visit, enum lifetime lifetime)
{
	add_lifetime(visit, lifetime);
}

bool not_modified(const struct request *request, struct str etag, int64_t modified)
{
	int64_t since;

	if (str_given(request->if_none_match))
		return etag_matches(request->if_none_match, etag);
	return modified > 0 && str_given(request->if_modified_since) &&
	       http_time_parse(request->if_modified_since, &since) && since >= modified;
}

/* A 200 or its 304. */
static void send_page(struct visit *visit, const struct ready_page *page)
{
	bool same = not_modified(visit->request, page->etag, page->modified);
	char date[HTTP_TIME_SIZE];

	answer_begin(visit->answer, same ? 304 : 200);
	if (!same)
		answer_field(visit->answer, "Content-Type", str_from(page->type));
	add_lifetime(visit, (enum lifetime)page->lifetime);
	answer_field(visit->answer, "ETag", page->etag);
	if (page->modified > 0)
		answer_field(visit->answer, "Last-Modified",
			     http_time_format(date, page->modified));
	if (!same)
		buf_add(answer_body(visit->answer), page->content);
}

/* The tag is made of the bytes, so it is strong and the same in every process. */
static struct ready_page page_from(struct visit *visit, const char *type, enum lifetime lifetime,
				   int64_t modified, struct str content)
{
	struct hash hash = hash_of(content);

	return (struct ready_page){
		.target = visit->request->target,
		.version = visit->version,
		.made = visit->now,
		.until = visit->next_lift,
		.type = type,
		.lifetime = (int)lifetime,
		.modified = modified,
		.etag = arena_printf(&visit->arena, "\"%.32s\"", HASH_TEXT(&hash)),
		.content = content,
	};
}

void public_send(struct visit *visit, const char *type, enum lifetime lifetime, int64_t modified,
		 struct str content)
{
	struct ready_page page = page_from(visit, type, lifetime, modified, content);

	send_page(visit, &page);
}

bool public_send_made(struct visit *visit, const char *type, enum lifetime lifetime,
		      int64_t modified, struct buf *made, struct fault *why)
{
	struct ready_page page;
	bool ok = buf_check(made, why);

	if (ok) {
		page = page_from(visit, type, lifetime, modified, buf_str(made));
		send_page(visit, &page);
		if (visit->house->ready && visit->route->keeps)
			ready_keep(visit->house->ready, &page);
	}
	buf_release(made);
	return ok;
}

static bool send_ready(struct visit *visit)
{
	struct ready *ready = visit->house->ready;
	const struct ready_page *page;

	if (!ready || !visit->route->keeps)
		return false;
	page = ready_find(ready, visit->request->target, visit->version, visit->now);
	if (!page)
		return false;
	visit->next_lift = page->until;
	send_page(visit, page);
	ready_release(ready, page);
	return true;
}

void public_redirect(struct visit *visit, unsigned status, struct str address)
{
	answer_begin(visit->answer, status);
	answer_field(visit->answer, "Location", address);
	add_lifetime(visit, LIVE_ERROR);
}

bool nothing_here(struct fault *why)
{
	return fail(why, NOT_FOUND, "there is nothing at this address");
}

struct page public_page(const struct visit *visit, struct str path)
{
	return (struct page){ .site = visit->house->site,
			      .language = visit->language,
			      .path = path };
}

/* --- errors ------------------------------------------------------------------------- */

void public_error(struct visit *visit, unsigned status)
{
	struct str language = visit->house->site->languages[visit->language];
	struct page page =
		public_page(visit, arena_printf(&visit->arena, "/%.*s/", STR_ARG(language)));
	struct fault why;
	struct buf made;

	buf_init(&made, PAGE_MAX);
	if (!page_error(&page, status, &made, &why)) {
		log_fault(LOG_ERROR, "error-page", &why);
		buf_clear(&made);
		buf_addf(&made, "<!doctype html><title>%u</title><h1>%u</h1>\n", status, status);
	}
	answer_begin(visit->answer, status);
	answer_field(visit->answer, "Content-Type", str_from(HTML));
	if (visit->txn && (status == 404 || status == 410))
		add_lifetime(visit, LIVE_ERROR);
	else
		answer_field(visit->answer, "Cache-Control", STR("no-store"));
	if (status == 405)
		answer_field(visit->answer, "Allow", STR("GET, HEAD"));
	if (status == 503)
		answer_field(visit->answer, "Retry-After", STR("5"));
	buf_add(answer_body(visit->answer), buf_str(&made));
	buf_release(&made);
}

/* What readers hear of a fault: its sentence goes to the log only. */
static unsigned status_for_readers(const struct fault *why)
{
	switch (fault_status(why->kind)) {
	case 400:
	case 404:
	case 405:
	case 414:
	case 503:
		return fault_status(why->kind);
	default:
		return 500;
	}
}

static void answer_fault(struct visit *visit, const struct fault *why)
{
	unsigned status = status_for_readers(why);

	if (status >= 500)
		log_fault(LOG_ERROR, "public", why);
	public_error(visit, status);
}

/* --- the way in --------------------------------------------------------------------- */

static void find_language(struct visit *visit)
{
	const struct site *site = visit->house->site;
	struct str rest = str_skip(visit->request->path, 1);
	size_t n = site_language(site, str_first(rest, str_find(rest, '/')));

	visit->language = n == SITE_LANGUAGES_MAX ? 0 : n;
}

/* Takes the route's parameters out of the query; *right: the address in its one spelling. */
static bool take_parameters(struct visit *visit, struct str *right, struct fault *why)
{
	const char *names = visit->route->parameters;
	struct buf address;

	if (!query_read(visit->request->query, names, &visit->arena, visit->parameters, why))
		return false;
	buf_init(&address, 4 * REQUEST_TARGET_MAX);
	buf_add(&address, visit->request->path);
	query_write(names, visit->parameters, &address);
	*right = arena_copy(&visit->arena, buf_str(&address));
	buf_release(&address);
	return true;
}

/* An address in another spelling, or with parameters that nobody knows, has one right form. */
static bool redirect_twin(struct visit *visit)
{
	struct buf right;
	bool found;

	buf_init(&right, REQUEST_TARGET_MAX + 2);
	found = route_twin(visit->house->site, visit->request->path, &right);
	if (found && str_given(visit->request->query)) {
		buf_add_char(&right, '?');
		buf_add(&right, visit->request->query);
	}
	found = found && !right.full;
	if (found)
		public_redirect(visit, 301, buf_str(&right));
	buf_release(&right);
	return found;
}

/* Whatever is answered from here on, a redirect too, has a lifetime that ends at the next
 * lift. */
static bool open_store(struct visit *visit, struct fault *why)
{
	if (visit->house->moment)
		visit->txn = visit->house->moment;
	else if (!store_read_begin(visit->house->store, &visit->txn, why))
		return false;
	visit->next_lift = reading_next_lift(visit->txn, visit->now);
	return true;
}

static bool serve_route(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	struct str right;
	bool other, is_right;

	visit->route =
		route_find(DOOR_PUBLIC, METHOD_GET, visit->request->path, &visit->match, &other);
	if (!visit->route || (str_given(visit->match.language) &&
			      !str_equal(visit->match.language, site->languages[visit->language])))
		return open_store(visit, why) && (redirect_twin(visit) || nothing_here(why));
	if (!take_parameters(visit, &right, why))
		return false;
	is_right = str_equal(right, visit->request->target);
	if (is_right && send_ready(visit))
		return true;
	if (!open_store(visit, why))
		return false;
	if (is_right)
		return visit->route->handle(visit, why);
	public_redirect(visit, 301, right);
	return true;
}

static bool serve_request(struct visit *visit, const struct fault *bad, struct fault *why)
{
	if (bad) {
		*why = *bad;
		return false;
	}
	if (visit->request->method != METHOD_GET && visit->request->method != METHOD_HEAD)
		return fail(why, METHOD_NOT_ALLOWED, "readers may GET and HEAD");
	if (!request_check_public(visit->request, why))
		return false;
	find_language(visit);
	visit->version = store_version(visit->house->store);
	return serve_route(visit, why);
}

void public_answer(const struct house *house, const struct request *request,
		   const struct fault *bad, struct answer *answer)
{
	struct visit visit = { .house = house,
			       .request = request,
			       .answer = answer,
			       .now = house->moment ? house->now : clock_now() };
	struct fault why = { .kind = NO_FAULT };

	arena_init(&visit.arena);
	if (!serve_request(&visit, bad, &why))
		answer_fault(&visit, &why);
	if (!house->moment)
		store_read_end(&visit.txn);
	arena_release(&visit.arena);
	answer_finish(answer, request->method != METHOD_HEAD);
}

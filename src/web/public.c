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
#include "metrics.h"

#include <communique/log.h>
#include <communique/reading.h>

void public_redirect(struct visit *visit, unsigned status, struct str address)
{
	answer_begin(visit->answer, status);
	answer_field(visit->answer, "Location", address);
	public_lifetime(visit, LIVE_ERROR);
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

void public_error_type(struct visit *visit, bool as_data)
{
	answer_field(visit->answer, "Content-Type",
		     as_data ? STR("application/problem+json; charset=utf-8") : STR(HTML));
	if (as_data)
		answer_field(visit->answer, "Access-Control-Allow-Origin", STR("*"));
}

/* By the table alone: what stands at an address has no part in it. */
static struct str allowed(struct visit *visit)
{
	struct match match;
	bool other;

	if (route_find(DOOR_PUBLIC, METHOD_POST, visit->request->path, &match, &other))
		return STR("GET, HEAD, POST");
	return STR("GET, HEAD");
}

void public_error(struct visit *visit, unsigned status)
{
	bool as_data = str_ends(visit->request->path, STR(".json"));
	struct str language = visit->house->site->languages[visit->language];
	struct page page =
		public_page(visit, arena_printf(&visit->arena, "/%.*s/", STR_ARG(language)));
	struct fault why;
	struct buf made;

	buf_init(&made, PAGE_MAX);
	if (!(as_data ? json_error(&page, status, STR_NONE, 0, &made, &why)
		      : page_error(&page, status, &made, &why))) {
		log_fault(LOG_ERROR, "error-page", &why);
		buf_clear(&made);
		buf_addf(&made, "<!doctype html><title>%u</title><h1>%u</h1>\n", status, status);
	}
	answer_begin(visit->answer, status);
	public_error_type(visit, as_data);
	if (visit->txn && (status == 404 || status == 410))
		public_lifetime(visit, LIVE_ERROR);
	else
		answer_field(visit->answer, "Cache-Control", STR("no-store"));
	if (status == 405)
		answer_field(visit->answer, "Allow", allowed(visit));
	if (status >= 500 && str_given(visit->request->id)) /* kept in no cache, to be another's */
		answer_field(visit->answer, "X-Request-Id", visit->request->id);
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
	case 413:
	case 414:
	case 503:
		return fault_status(why->kind);
	case 411:
	case 415:
		return 400;
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
	struct str segment = str_first(rest, str_find(rest, '/'));
	size_t n = site_language(site, str_first(segment, str_find(segment, '.')));

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
	else
		visit->version = store_txn_version(visit->txn);
	visit->next_lift = reading_next_lift(visit->txn, visit->now);
	return true;
}

/* An address of before, as the web server passes it on: also one that is none of ours in form,
 * such as a query in another encoding. */
static bool redirect_legacy(struct visit *visit)
{
	const struct site *site = visit->house->site;
	struct revision revision;

	if (!visit->txn && !open_store(visit, NULL))
		return false;
	if (!reading_legacy(visit->txn, visit->request->target, site->languages,
			    site->language_count, visit->now, &revision))
		return false;
	public_redirect(visit, 301,
			arena_printf(&visit->arena, "/%.*s/releases/%.*s",
				     STR_ARG(revision.language), STR_ARG(revision.slug)));
	return true;
}

/* What takes long has its own threads, and waits for them. */
static bool has_turn(struct visit *visit, struct fault *why)
{
	const struct request *request = visit->request;

	if (!visit->route->dear || !request->turn)
		return true;
	switch (request->turn(request->ctx)) {
	case TURN_NOW:
		return true;
	case TURN_LATER:
		visit->put_off = true;
		return false;
	case TURN_NEVER:
		break;
	}
	return fail(why, BUSY, "too many wait for what takes long");
}

static bool serve_route(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	bool other, is_right;
	uint64_t looked;
	struct str right;

	visit->route =
		route_find(DOOR_PUBLIC, METHOD_GET, visit->request->path, &visit->match, &other);
	if (!visit->route || (str_given(visit->match.language) &&
			      !str_equal(visit->match.language, site->languages[visit->language])))
		return open_store(visit, why) && (redirect_twin(visit) || nothing_here(why));
	if (!has_turn(visit, why))
		return visit->put_off;
	if (!take_parameters(visit, &right, why))
		return false;
	is_right = str_equal(right, visit->request->target);
	if (is_right && public_send_ready(visit))
		return true;
	if (is_right && visit->route->alone)
		return visit->route->handle(visit, why);
	looked = visit->version;
	if (!open_store(visit, why))
		return false;
	/* While a commit is on its way to the disk, what it was before is still right. */
	if (is_right && visit->version != looked && public_send_kept(visit))
		return true;
	if (is_right)
		return visit->route->handle(visit, why);
	if (!redirect_legacy(visit))
		public_redirect(visit, 301, right);
	return true;
}

/* The body is read before a transaction begins, which must not wait for anyone. */
static bool serve_posted(struct visit *visit, struct fault *why)
{
	const struct site *site = visit->house->site;
	struct buf body;
	bool other, ok;

	visit->route =
		route_find(DOOR_PUBLIC, METHOD_POST, visit->request->path, &visit->match, &other);
	if (!visit->route)
		return fail(why, METHOD_NOT_ALLOWED, "readers may GET and HEAD");
	if (!request_check_public(visit->request, why))
		return false;
	find_language(visit);
	if (!str_equal(visit->match.language, site->languages[visit->language]))
		return open_store(visit, why) && nothing_here(why);
	if (!visit->request->length_given)
		return fail(why, LENGTH_REQUIRED, "a body has a Content-Length");
	if (visit->request->content_length > visit->route->body_max)
		return fail(why, TOO_LARGE, "a body of at most %zu bytes is taken here",
			    visit->route->body_max);
	if (!has_turn(visit, why))
		return visit->put_off;
	buf_init(&body, visit->route->body_max);
	ok = request_read_body(visit->request, &body, why);
	visit->body = buf_str(&body);
	ok = ok && open_store(visit, why) && visit->route->handle(visit, why);
	buf_release(&body);
	return ok;
}

/* A page that is not ready: whoever wants one that is does not wait behind it. */
static void step_aside(const struct request *request)
{
	if (request->step_aside)
		request->step_aside(request->ctx);
}

static bool serve_request(struct visit *visit, const struct fault *bad, struct fault *why)
{
	if (bad) {
		*why = *bad;
		return false;
	}
	if (visit->request->is_local || visit->request->method == METHOD_POST) {
		step_aside(visit->request);
		return visit->request->is_local ? local_serve(visit, why)
						: serve_posted(visit, why);
	}
	if (visit->request->method != METHOD_GET && visit->request->method != METHOD_HEAD)
		return fail(why, METHOD_NOT_ALLOWED, "readers may GET and HEAD");
	visit->version = store_version(visit->house->store);
	if (public_send_kept(visit))
		return true;
	step_aside(visit->request);
	if (!request_check_public(visit->request, why))
		return false;
	find_language(visit);
	return serve_route(visit, why);
}

/* A handler that is content and has said nothing is our mistake. */
static bool answered(struct visit *visit, const struct fault *bad, struct fault *why)
{
	if (!serve_request(visit, bad, why))
		return false;
	return visit->put_off || visit->answer->state != ANSWER_EMPTY ||
	       fail(why, BROKEN, "nothing was answered");
}

void public_answer(const struct house *house, const struct request *request,
		   const struct fault *bad, struct answer *answer)
{
	struct visit visit = { .house = house,
			       .request = request,
			       .answer = answer,
			       .now = house->moment ? house->now : clock_now() };
	struct fault why = { .kind = NO_FAULT };

	visit.encoding = choose_encoding(request->accept_encoding);
	arena_init(&visit.arena);
	if (!answered(&visit, bad, &why) &&
	    !((why.kind == NOT_FOUND || (why.kind == INVALID && !bad)) && redirect_legacy(&visit)))
		answer_fault(&visit, &why);
	if (!house->moment)
		store_read_end(&visit.txn);
	if (house->ready)
		ready_turn_end(house->ready, &visit.turn);
	arena_release(&visit.arena);
	if (!visit.put_off && answer->state != ANSWER_DONE)
		answer_finish(answer, request->method != METHOD_HEAD);
}

/*
 * How a page leaves: with its lifetime, its tag, in the encoding that the client likes best,
 * or as a 304; and how it is kept ready for the next who asks.
 *
 * A page is made once as it is, and encoded when somebody first wants that. When the store
 * has changed it is made anew, but what comes out the same is not encoded again.
 */
#include "public.h"

#include "choose.h"
#include "meter.h"

#include <communique/digest.h>
#include <communique/log.h>

#define LIVE_SECONDS 1	  /* a page may change at any moment: the web server asks once a second */
#define STALE_SECONDS 300 /* how long an old page may stand in while we cannot be reached */

/* --- lifetimes ------------------------------------------------------------------------- */

/* Ends before the next lift. Caches count whole seconds, from when they received an answer,
 * which may be the next second already, and to the end of the last one. So of the time left
 * two seconds are not theirs: in these the answer is not kept at all. */
static int64_t live_seconds(const struct visit *visit)
{
	int64_t left = visit->next_lift - visit->now - 2;

	return left < 0 ? 0 : left < LIVE_SECONDS ? left : LIVE_SECONDS;
}

/* How long the field stays as it is now. */
static int64_t live_until(const struct visit *visit)
{
	int64_t whole = visit->next_lift - 1 - LIVE_SECONDS;

	return visit->now < whole ? whole : visit->next_lift;
}

static void add_lifetime(struct answer *answer, enum lifetime lifetime, int64_t seconds)
{
	switch (lifetime) {
	case LIVE:
		answer_fieldf(answer, "Cache-Control", "public, max-age=%lld, stale-if-error=%d",
			      (long long)seconds, STALE_SECONDS);
		break;
	case LIVE_ERROR:
		answer_fieldf(answer, "Cache-Control", "public, max-age=%lld", (long long)seconds);
		break;
	case FOREVER:
		answer_field(answer, "Cache-Control", STR(IMMUTABLE));
		break;
	}
}

void public_lifetime(struct visit *visit, enum lifetime lifetime)
{
	add_lifetime(visit->answer, lifetime, live_seconds(visit));
}

bool not_modified(const struct request *request, struct str etag, int64_t modified)
{
	int64_t since;

	if (str_given(request->if_none_match))
		return etag_matches(request->if_none_match, etag);
	return modified > 0 && str_given(request->if_modified_since) &&
	       http_time_parse(request->if_modified_since, &since) && since >= modified;
}

/* nginx renews the copy that it has by a 304, and does so, when that says max-age=0, for as
 * long as the copy said when it was made: across the lift. So before a lift there is none. */
static bool client_has(const struct visit *visit, const struct ready_page *page)
{
	return (page->lifetime == FOREVER || page->age > 0) &&
	       not_modified(visit->request, page->etag, page->modified);
}

/* --- a page just made -------------------------------------------------------------------- */

static bool body_leaves(const struct visit *visit)
{
	return visit->request->method != METHOD_HEAD;
}

/* The whole answer as a 200; the page's head is in the answer. */
static void write_page(struct answer *answer, struct ready_page *page)
{
	char date[HTTP_TIME_SIZE];

	answer_begin(answer, 200);
	page->same_from = answer->head.len;
	add_lifetime(answer, (enum lifetime)page->lifetime, page->age);
	answer_field(answer, "ETag", page->etag);
	if (page->modified > 0)
		answer_field(answer, "Last-Modified", http_time_format(date, page->modified));
	answer_field(answer, "Vary", STR("Accept-Encoding"));
	/* Data and texts are for other sites' scripts, too; a page is for its readers. */
	if (!str_equal(page->type, STR(HTML)))
		answer_field(answer, "Access-Control-Allow-Origin", STR("*"));
	page->same_end = answer->head.len;
	answer_field(answer, "Content-Type", page->type);
	if (page->encoding != ENCODING_NONE)
		answer_field(answer, "Content-Encoding", str_from(encoding_word(page->encoding)));
	buf_add(answer_body(answer), page->body);
}

/* In place of the 200 that was written. */
static void write_304(struct visit *visit, struct str same)
{
	struct buf fields;

	buf_init(&fields, REQUEST_HEAD_MAX);
	buf_add(&fields, same);
	answer_begin(visit->answer, 304);
	answer_same_fields(visit->answer, buf_str(&fields));
	buf_release(&fields);
}

static struct str same_part(const struct ready_page *page, struct str head)
{
	return str_skip(str_first(head, page->same_end), page->same_from);
}

static bool is_kept(const struct visit *visit)
{
	return visit->house->ready && visit->route && visit->route->keeps;
}

static void keep(struct visit *visit, struct ready_page *page)
{
	page->head = answer_head(visit->answer);
	/* Without a version it would last: the store has none that could be read. */
	if (is_kept(visit) && visit->answer->status == 200 &&
	    (page->version != READY_LASTS || page->lifetime == FOREVER))
		ready_keep(visit->house->ready, page);
}

/* Writes and keeps; the client may have it already. */
static void send_page(struct visit *visit, struct ready_page *page)
{
	write_page(visit->answer, page);
	answer_finish(visit->answer, body_leaves(visit));
	keep(visit, page);
	if (visit->answer->status == 200 && client_has(visit, page))
		write_304(visit, same_part(page, page->head));
}

/* The tag is made of the bytes, so it is strong and the same in every process. */
static struct ready_page page_from(struct visit *visit, const char *type, enum lifetime lifetime,
				   int64_t modified, struct str content)
{
	struct hash hash = hash_of(content);

	return (struct ready_page){
		.target = visit->request->target,
		.alone = !encoding_pays(str_from(type), content.len),
		.version = lifetime == FOREVER ? READY_LASTS : visit->version,
		.made = visit->now,
		.until = live_until(visit),
		.type = str_from(type),
		.lifetime = (int)lifetime,
		.age = (int)live_seconds(visit),
		.modified = modified,
		.etag = arena_printf(&visit->arena, "\"%.32s\"", HASH_TEXT(&hash)),
		.body = content,
	};
}

/* The body that was kept of an older version of the store, when it is still the same. */
static bool body_again(struct visit *visit, const struct ready_page *page, struct buf *out)
{
	struct ready_hold old;
	bool same;

	if (!ready_find_old(visit->house->ready, page->target, page->encoding, &old))
		return false;
	same = str_equal(old.page->etag, page->etag);
	if (same)
		buf_add(out, old.page->body);
	ready_release(&old);
	return same && !out->full;
}

/* `plain` in the encoding that is wanted. */
static void send_encoded(struct visit *visit, const struct ready_page *plain)
{
	enum effort effort = plain->lifetime == FOREVER ? EFFORT_BEST : EFFORT_ONCE;
	struct ready_page page = *plain;
	struct str tag = str_first(plain->etag, plain->etag.len - 1);
	struct buf made;

	page.encoding = visit->encoding;
	page.etag = arena_printf(&visit->arena, "%.*s-%s\"", STR_ARG(tag),
				 encoding_word(page.encoding));
	buf_init(&made, PAGE_MAX);
	if (body_again(visit, &page, &made) || encode(page.encoding, effort, plain->body, &made)) {
		page.body = buf_str(&made);
	} else {
		page = *plain;
		page.alone = true;
	}
	send_page(visit, &page);
	buf_release(&made);
}

static void send_new(struct visit *visit, struct ready_page *page)
{
	meter_add(METER_MADE, 1);
	log_note(LOG_DEBUG, "made", "page", visit->request->path);
	send_page(visit, page);
	if (is_kept(visit) && !page->alone && visit->encoding != ENCODING_NONE)
		send_encoded(visit, page);
}

void public_send(struct visit *visit, const char *type, enum lifetime lifetime, int64_t modified,
		 struct str content)
{
	struct ready_page page = page_from(visit, type, lifetime, modified, content);

	send_new(visit, &page);
}

bool public_send_made(struct visit *visit, const char *type, enum lifetime lifetime,
		      struct buf *made, struct fault *why)
{
	bool ok = buf_check(made, why);

	if (ok)
		public_send(visit, type, lifetime, 0, buf_str(made));
	buf_release(made);
	return ok;
}

/* Not in the second of the change nor in the next: there may be another one in it (RFC 9110,
 * section 8.8.2.2). Then the page is made once more. A copy in files has moments of its own. */
static void tell_change(const struct visit *visit, struct ready_page *page)
{
	int64_t changed = reading_last_change(visit->txn, visit->now);

	if (visit->house->moment || changed == 0)
		return;
	if (changed < visit->house->began)
		changed = visit->house->began;
	if (changed + 2 <= visit->now)
		page->modified = changed;
	else if (changed + 2 < page->until)
		page->until = changed + 2;
}

bool public_send_page(struct visit *visit, const char *type, struct buf *made, struct fault *why)
{
	bool ok = buf_check(made, why);

	if (ok) {
		struct ready_page page = page_from(visit, type, LIVE, 0, buf_str(made));

		tell_change(visit, &page);
		send_new(visit, &page);
	}
	buf_release(made);
	return ok;
}

/* --- a page made before ------------------------------------------------------------------- */

static void let_go(void *held)
{
	struct ready_hold hold = { .seat = held };

	ready_release(&hold);
}

static void send_hold(struct visit *visit, struct ready_hold *hold)
{
	const struct ready_page *page = hold->page;

	meter_add(METER_READY, 1);
	if (client_has(visit, page)) {
		answer_begin(visit->answer, 304);
		answer_same_fields(visit->answer, same_part(page, page->head));
		ready_release(hold);
	} else {
		answer_ready(visit->answer, page->head, page->body, body_leaves(visit), let_go,
			     hold->seat);
	}
}

bool public_send_kept(struct visit *visit)
{
	struct ready_hold hold;

	if (!visit->house->ready || !ready_find(visit->house->ready, visit->request->target,
						visit->encoding, visit->version, visit->now, &hold))
		return false;
	send_hold(visit, &hold);
	return true;
}

/* Made for somebody who wanted another encoding. */
static bool send_plain_encoded(struct visit *visit)
{
	struct ready_hold hold;
	struct ready_page page;
	struct buf body;

	if (visit->encoding == ENCODING_NONE ||
	    !ready_find(visit->house->ready, visit->request->target, ENCODING_NONE, visit->version,
			visit->now, &hold))
		return false;
	/* Encoding takes longer than a page may be held. */
	buf_init(&body, PAGE_MAX);
	buf_add(&body, hold.page->body);
	page = *hold.page;
	page.target = visit->request->target;
	page.type = arena_copy(&visit->arena, hold.page->type);
	page.etag = arena_copy(&visit->arena, hold.page->etag);
	page.body = buf_str(&body);
	ready_release(&hold);
	send_encoded(visit, &page);
	buf_release(&body);
	return true;
}

bool public_send_ready(struct visit *visit)
{
	if (!is_kept(visit))
		return false;
	/* Whoever was making it, now or just before us, has kept it. */
	ready_turn_begin(visit->house->ready, visit->request->target, &visit->turn);
	return public_send_kept(visit) || send_plain_encoded(visit);
}

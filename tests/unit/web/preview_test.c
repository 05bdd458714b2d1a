/* Drafts as pages: for editors, and by links for one reader. */
#include "doors.h"

#include <communique/digest.h>
#include <communique/preview.h>

#define DRAFT "/admin/drafts/en/2026-a"
#define WISH "{\"label\":\"agency\",\"days\":3}"

struct sent {
	struct request request;
	struct buf input, signature, digest;
	struct str rest;
};

static bool read_rest(void *ctx, char *at, size_t room, size_t *got, struct fault *why)
{
	struct sent *sent = ctx;
	struct str piece = str_first(sent->rest, room);

	(void)why;
	if (piece.len > 0)
		memcpy(at, piece.at, piece.len);
	sent->rest = str_skip(sent->rest, piece.len);
	*got = piece.len;
	return true;
}

/* A signed request, as an editor's program sends it. */
static unsigned ask(struct place *place, enum who who, const char *method, const char *target,
		    struct str body)
{
	struct sent sent = { .request = request_for(method, str_from(target)), .rest = body };
	struct http_message message = { .method = str_from(method),
					.scheme = STR("https"),
					.authority = STR("press.example"),
					.target = str_from(target),
					.has_body = method[0] == 'P' };

	buf_init(&sent.input, 4096);
	buf_init(&sent.signature, 4096);
	buf_init(&sent.digest, 4096);
	if (message.has_body) {
		content_digest_format(body, &sent.digest);
		message.content_type = STR("application/json");
		message.content_digest = buf_str(&sent.digest);
		sent.request.length_given = true;
		sent.request.content_length = body.len;
	}
	done(httpsig_sign(&message, &place->office->keys[who], place->office->now, &sent.input,
			  &sent.signature, why));
	sent.request.content_type = message.content_type;
	sent.request.content_digest = message.content_digest;
	sent.request.signature_input = buf_str(&sent.input);
	sent.request.signature = buf_str(&sent.signature);
	sent.request.read = read_rest;
	sent.request.read_ctx = &sent;
	desk_answer(&place->house, &sent.request, NULL, &place->answer);
	buf_release(&sent.input);
	buf_release(&sent.signature);
	buf_release(&sent.digest);
	return place->answer.status;
}

/* A reader's, who has only an address. */
static unsigned get(struct place *place, struct str path)
{
	struct request request = request_for("GET", path);

	desk_answer(&place->house, &request, NULL, &place->answer);
	return place->answer.status;
}

static struct place *place_with_draft(struct str *file, const char *more)
{
	static struct secret key;
	struct place *place = place_open(2);
	struct draft draft;

	secret_free(&key);
	assert_true(secret_new(&key, MAC_KEY_SIZE, NULL));
	memset(key.at, 7, key.len);
	place->house.preview_key = &key;
	*file = release_text(place->office, "2026-a", "2026-11-23", more);
	done(save(place->office, ALICE, "2026-a", *file, NULL, &draft, why));
	return place;
}

static struct str member(struct place *place, const char *name)
{
	struct str body = answer_bytes(&place->answer);
	struct str key = arena_printf(&place->office->arena, "\"%s\":\"", name);

	body = str_skip(body, str_find_str(body, key) + key.len);
	return arena_copy(&place->office->arena, str_first(body, str_find(body, '"')));
}

static struct str give(struct place *place, const char *wish)
{
	struct str address;

	assert_int_equal(ask(place, ALICE, "POST", DRAFT "/previews", str_from(wish)), 201);
	address = member(place, "address");
	assert_true(str_starts(address, STR("https://press.example/preview/en/2026-a/")));
	return str_skip(address, sizeof("https://press.example") - 1);
}

/* The one answer to whatever should not be seen. */
static void assert_nothing(struct place *place, struct str path)
{
	struct arena *arena = &place->office->arena;
	struct str head, body;

	assert_int_equal(get(place, STR("/preview/there/is/nothing")), 404);
	head = arena_copy(arena, answer_head(&place->answer));
	body = arena_copy(arena, answer_bytes(&place->answer));
	assert_int_equal(get(place, path), 404);
	assert_true(str_equal(head, answer_head(&place->answer)));
	assert_true(str_equal(body, answer_bytes(&place->answer)));
}

static void publish(struct place *place, struct str file)
{
	struct draft draft;

	done(sign(place->office, ALICE, "2026-a", file, &draft, why));
	done(sign(place->office, BOB, "2026-a", file, &draft, why));
}

/* --- for editors --------------------------------------------------------------------- */

static void an_editor_sees_the_page_as_it_will_be(void **state)
{
	struct str file;
	struct place *place = place_with_draft(&file, "");

	(void)state;
	assert_int_equal(ask(place, BOB, "GET", DRAFT "/preview", STR("")), 200);
	assert_true(head_has(place, "Content-Type: text/html; charset=utf-8\r\n"));
	assert_true(head_has(place, "Cache-Control: no-store\r\n"));
	assert_true(head_has(place, "X-Robots-Tag: noindex\r\n"));
	assert_true(head_has(place, "Referrer-Policy: no-referrer\r\n"));
	assert_true(body_has(place, "About 2026-a"));
	assert_true(body_has(place, "Something was said."));
	assert_true(body_has(place, "This is a preview."));
	assert_true(body_has(place, "<meta name=\"robots\" content=\"noindex\">"));
	assert_int_equal(ask(place, BOB, "GET", "/admin/drafts/ko/2026-a/preview", STR("")), 404);
	assert_int_equal(ask(place, BOB, "GET", "/admin/drafts/fr/2026-a/preview", STR("")), 404);
	assert_int_equal(get(place, STR(DRAFT "/preview")), 401);
	place_close(place);
}

/* But for the banner and what only search engines read, it is the public page. */
static void it_is_the_page_of_after_the_lift(void **state)
{
	struct str file, before;
	struct place *place = place_with_draft(&file, "Publish-At: 2026-11-23T10:00:00Z\n");
	struct request request = request_for("GET", STR("/en/releases/2026-a"));
	size_t banner, end;

	(void)state;
	publish(place, file);
	assert_int_equal(ask(place, BOB, "GET", DRAFT "/preview", STR("")), 200);
	assert_true(body_has(place, "under embargo until"));
	before = arena_copy(&place->office->arena, answer_bytes(&place->answer));
	place_wait(place, 3600);
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 200);
	banner = str_find_str(before, STR("<div class=\"banner preview\""));
	assert_true(banner < before.len);
	end = banner + str_find_str(str_skip(before, banner), STR("</div>\n")) + 7;
	/* From <body> to the banner, and behind it. */
	assert_true(body_has(place, arena_cstr(&place->office->arena, str_skip(before, end))));
	place_close(place);
}

/* --- by a link ------------------------------------------------------------------------- */

static void a_link_shows_the_page_to_whoever_has_it(void **state)
{
	struct str file;
	struct place *place = place_with_draft(&file, "");
	struct str link = give(place, WISH);

	(void)state;
	assert_int_equal(get(place, link), 200);
	assert_true(body_has(place, "Something was said."));
	assert_true(head_has(place, "Cache-Control: no-store\r\n"));
	assert_true(head_has(place, "Referrer-Policy: no-referrer\r\n"));
	assert_true(head_has(place, "X-Robots-Tag: noindex\r\n"));
	assert_int_equal(ask(place, BOB, "GET", DRAFT "/previews", STR("")), 200);
	assert_true(body_has(place, "\"label\":\"agency\""));
	assert_true(str_equal(str_skip(member(place, "address"), 21), link));
	place_wait(place, 3 * 86400 - 1);
	assert_int_equal(get(place, link), 200);
	place_wait(place, 1);
	assert_nothing(place, link);
	place_close(place);
}

static void what_should_not_be_seen_never_was(void **state)
{
	struct str file, link, other;
	struct place *place = place_with_draft(&file, "");
	struct arena *arena = &place->office->arena;
	char *spoilt;

	(void)state;
	link = give(place, WISH);
	for (size_t i = sizeof("/preview/") - 1; i < link.len; i++) {
		spoilt = arena_cstr(arena, link);
		spoilt[i] = spoilt[i] == '1' ? '2' : '1';
		assert_nothing(place, str_from(spoilt));
	}
	assert_nothing(place, str_first(link, link.len - 1));
	assert_nothing(place, arena_printf(arena, "%.*s1", STR_ARG(link)));
	assert_nothing(place, arena_printf(arena, "%.*s?x=1", STR_ARG(link)));
	assert_nothing(place, arena_printf(arena, "%.*s/", STR_ARG(link)));
	assert_nothing(place, arena_printf(arena, "%.*s/files/", STR_ARG(link)));
	assert_nothing(place, arena_printf(arena, "%.*s/files/%064d/a.pdf", STR_ARG(link), 0));
	assert_nothing(place, arena_printf(arena, "%.*s/files/%064d/%%00", STR_ARG(link), 0));
	assert_nothing(place, STR("/preview/"));
	assert_nothing(place, STR("/preview/en/2026-a"));
	assert_nothing(place, STR("/preview/en/2026-a/99999999999999999999-agency/x"));
	/* The mac of one label does not fit another's row. */
	other = give(place, "{ \"days\": 3, \"label\": \"second\" }");
	assert_int_equal(get(place, other), 200);
	spoilt = arena_cstr(arena, other);
	memcpy(spoilt + other.len - MAC_TEXT_LEN, link.at + link.len - MAC_TEXT_LEN, MAC_TEXT_LEN);
	assert_nothing(place, str_from(spoilt));
	place_close(place);
}

static void a_link_holds_for_one_file(void **state)
{
	struct str file, link, changed;
	struct place *place = place_with_draft(&file, "");
	struct hash hash = hash_of(file);
	struct draft draft;

	(void)state;
	link = give(place, WISH);
	changed = release_text(place->office, "2026-a", "2026-11-24", "");
	done(save(place->office, ALICE, "2026-a", changed, &hash, &draft, why));
	assert_nothing(place, link);
	link = give(place, WISH);
	assert_int_equal(get(place, link), 200);
	assert_int_equal(ask(place, ALICE, "DELETE", DRAFT, STR("")), 200);
	assert_nothing(place, link);
	place_close(place);
}

static void a_link_is_revoked(void **state)
{
	struct str file, link;
	struct place *place = place_with_draft(&file, "");
	struct arena *arena = &place->office->arena;
	const char *address;

	(void)state;
	link = give(place, WISH);
	address = arena_printf(arena, DRAFT "/previews/%.*s", STR_ARG(member(place, "link"))).at;
	assert_int_equal(ask(place, ROOT, "DELETE", address, STR("")), 403);
	assert_int_equal(get(place, link), 200);
	assert_int_equal(ask(place, BOB, "DELETE", address, STR("")), 200);
	assert_nothing(place, link);
	place_wait(place, 1);
	assert_int_equal(ask(place, BOB, "DELETE", address, STR("")), 404);
	assert_int_equal(rows(place->office, TABLE_PREVIEWS), 0);
	place_close(place);
}

static void a_link_ends_at_the_lift(void **state)
{
	struct str file, link;
	struct place *place = place_with_draft(&file, "Publish-At: 2026-11-23T10:00:00Z\n");

	(void)state;
	link = give(place, "{\"label\":\"x\",\"days\":14}");
	publish(place, file);
	assert_int_equal(get(place, link), 200);
	assert_true(body_has(place, "under embargo until"));
	place_wait(place, 3599);
	assert_int_equal(get(place, link), 200);
	place_wait(place, 1);
	assert_int_equal(get(place, link), 302);
	assert_true(head_has(place, "Location: /en/releases/2026-a\r\n"));
	assert_true(head_has(place, "Cache-Control: no-store\r\n"));
	assert_int_equal(ask(place, ALICE, "POST", DRAFT "/previews", STR(WISH)), 404);
	place_close(place);
}

static void a_wish_is_read_strictly(void **state)
{
	static const char *const bad[] = {
		"",
		"{}",
		"{\"days\":3}",
		"{\"label\":\"x\",\"days\":3",
		"{\"label\":\"x\",\"label\":\"y\"}",
		"{\"label\":\"x\"} x",
		"{\"label\":\"x\",\"more\":1}",
		"{\"label\":\"\\u0061\"}",
		"{\"label\":\"X\"}",
		"{\"label\":\"\"}",
		"{\"label\":\"a/b\"}",
		"{\"label\":\"x\",\"days\":15}",
		"{\"label\":\"x\",\"days\":-1}",
		"{\"label\":\"x\",\"days\":1.5}",
		"{\"label\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
		"[\"label\"]",
	};
	struct str file;
	struct place *place = place_with_draft(&file, "");

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (ask(place, ALICE, "POST", DRAFT "/previews", str_from(bad[i])) != 400)
			fail_msg("%s: %u", bad[i], place->answer.status);
		place_wait(place, 1);
	}
	assert_int_equal(rows(place->office, TABLE_PREVIEWS), 0);
	give(place, " {\n\"label\" : \"x\" }\n");
	assert_int_equal(ask(place, ALICE, "POST", "/admin/drafts/en/none/previews", STR(WISH)),
			 404);
	place_close(place);
}

static void links_have_a_limit_and_old_ones_go(void **state)
{
	struct str file;
	struct place *place = place_with_draft(&file, "");
	char wish[64];

	(void)state;
	for (int i = 0; i < PREVIEWS_PER_EDITION_MAX; i++) {
		snprintf(wish, sizeof wish, "{\"label\":\"l%d\",\"days\":1}", i);
		give(place, wish);
	}
	assert_int_equal(ask(place, ALICE, "POST", DRAFT "/previews", STR(WISH)), 429);
	assert_int_equal(rows(place->office, TABLE_PREVIEWS), PREVIEWS_PER_EDITION_MAX);
	place_wait(place, 86400);
	give(place, WISH);
	assert_int_equal(rows(place->office, TABLE_PREVIEWS), 1);
	place_close(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_editor_sees_the_page_as_it_will_be),
		cmocka_unit_test(it_is_the_page_of_after_the_lift),
		cmocka_unit_test(a_link_shows_the_page_to_whoever_has_it),
		cmocka_unit_test(what_should_not_be_seen_never_was),
		cmocka_unit_test(a_link_holds_for_one_file),
		cmocka_unit_test(a_link_is_revoked),
		cmocka_unit_test(a_link_ends_at_the_lift),
		cmocka_unit_test(a_wish_is_read_strictly),
		cmocka_unit_test(links_have_a_limit_and_old_ones_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

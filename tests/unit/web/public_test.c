#include "doors.h"

static unsigned get(struct place *place, const char *target)
{
	struct request request = request_for("GET", str_from(target));

	public_answer(&place->house, &request, NULL, &place->answer);
	return place->answer.status;
}

static void a_release_is_there_in_all_its_forms(void **state)
{
	struct place *place = place_open(2);
	struct str file, etag;
	struct signature signature;
	char address[128];

	(void)state;
	assert_int_equal(get(place, "/en/releases/2026-a"), 404);
	file = place_publish(place, "2026-a", "");
	assert_int_equal(get(place, "/en/releases/2026-a"), 200);
	assert_true(head_has(place, "Content-Type: text/html; charset=utf-8\r\n"));
	assert_true(body_has(place, "About 2026-a"));
	assert_false(head_has(place, "Last-Modified")); /* in its second it may change again */
	etag = field(place, "ETag");
	assert_int_equal(etag.len, 34);
	assert_int_equal(get(place, "/en/releases/2026-a"), 200);
	assert_true(str_equal(field(place, "ETag"), etag));

	assert_int_equal(get(place, "/en/releases/2026-a.txt"), 200);
	assert_true(str_equal(answer_bytes(&place->answer), file));
	assert_true(head_has(place, "\r\nLast-Modified: Mon, 23 Nov 2026 09:00:00 GMT\r\n"));
	assert_int_equal(get(place, "/en/releases/2026-a.txt.minisig"), 200);
	done(signature_parse(answer_bytes(&place->answer), &signature, why));
	done(signature_verify(&signature, &place->office->keys[ALICE].public, file, why));
	snprintf(address, sizeof(address), "/en/releases/2026-a/r1.txt.%s.minisig",
		 KEY_ID_TEXT(&place->office->keys[BOB].public.id));
	assert_int_equal(get(place, address), 200);
	done(signature_parse(answer_bytes(&place->answer), &signature, why));
	done(signature_verify(&signature, &place->office->keys[BOB].public, file, why));
	snprintf(address, sizeof(address), "/en/releases/2026-a.txt.%s.minisig",
		 KEY_ID_TEXT(&place->office->keys[CAROL].public.id));
	assert_int_equal(get(place, address), 404);
	assert_int_equal(get(place, "/en/releases/2026-a.json"), 200);
	assert_true(head_has(place, "Content-Type: application/json; charset=utf-8\r\n"));
	assert_true(body_has(place, "About 2026-a"));

	assert_int_equal(get(place, "/en/releases/2026-a/r1"), 200);
	assert_false(head_has(place, "immutable")); /* a kill would take it away */
	assert_int_equal(get(place, "/en/releases/2026-a/r2"), 404);
	assert_int_equal(get(place, "/en/releases/2026-a/r0"), 404);
	assert_int_equal(get(place, "/en/releases/2026-a/r01"), 404);
	assert_int_equal(get(place, "/ko/releases/2026-a"), 404);
	place_close(place);
}

static void what_has_not_changed_is_not_sent(void **state)
{
	struct place *place = place_open(2);
	struct request request = request_for("GET", STR("/en/releases/2026-a.txt"));

	(void)state;
	place_publish(place, "2026-a", "");
	get(place, "/en/releases/2026-a.txt");
	request.if_none_match = field(place, "ETag");
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 304);
	assert_true(str_equal(field(place, "ETag"), request.if_none_match));
	assert_true(head_has(place, "\r\nCache-Control: public, max-age="));
	assert_int_equal(answer_bytes(&place->answer).len, 0);

	request.if_none_match = STR("\"another\"");
	request.if_modified_since = STR("Mon, 23 Nov 2026 10:00:00 GMT");
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 200); /* If-None-Match has the word */
	request.if_none_match = STR_NONE;
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 304);
	request.if_modified_since = STR("Mon, 23 Nov 2026 08:59:59 GMT");
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 200);
	request.if_modified_since = STR("yesterday");
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 200);
	place_close(place);
}

static unsigned get_encoded(struct place *place, const char *target, const char *accept)
{
	struct request request = request_for("GET", str_from(target));

	request.accept_encoding = str_from(accept);
	public_answer(&place->house, &request, NULL, &place->answer);
	return place->answer.status;
}

static void a_page_leaves_in_the_encoding_that_was_asked_for(void **state)
{
	static const char *const targets[] = { "/en/", "/en/releases/", "/en/releases/2026-a",
					       "/en/releases/2026-a.json", "/robots.txt" };
	struct place *place = place_open(2);

	(void)state;
	place_publish(place, "2026-a", "");
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
			struct str tag, plain;
			bool encodes = i < 4;

			assert_int_equal(get_encoded(place, targets[i], "br"), 200);
			assert_true(str_equal(field(place, "Content-Encoding"),
					      encodes ? STR("br") : STR("")));
			assert_true(str_equal(field(place, "Vary"), STR("Accept-Encoding")));
			tag = field(place, "ETag");
			assert_true(str_ends(tag, STR("-br\"")) == encodes);
			assert_int_equal(get_encoded(place, targets[i], "gzip;q=0.4"), 200);
			assert_true(str_equal(field(place, "Content-Encoding"),
					      encodes ? STR("gzip") : STR("")));
			assert_int_equal(get_encoded(place, targets[i], "br;q=0"), 200);
			assert_int_equal(field(place, "Content-Encoding").len, 0);
			plain = field(place, "ETag");
			assert_true(str_equal(tag, plain) == !encodes);
		}
	place_close(place);
}

static void a_304_is_for_the_encoding_that_the_client_has(void **state)
{
	struct place *place = place_open(2);
	struct request request = request_for("GET", STR("/en/"));

	(void)state;
	for (int kept = 0; kept < 2; kept++) {
		get_encoded(place, "/en/", "br");
		request.if_none_match = field(place, "ETag");
		if (!kept)
			place_publish(place, "2026-a", ""); /* made anew: another tag */
		request.accept_encoding = STR("br");
		public_answer(&place->house, &request, NULL, &place->answer);
		assert_int_equal(place->answer.status, kept ? 304 : 200);
		assert_true(str_equal(field(place, "Vary"), STR("Accept-Encoding")));
		request.accept_encoding = STR("gzip");
		public_answer(&place->house, &request, NULL, &place->answer);
		assert_int_equal(place->answer.status, 200);
	}
	place_close(place);
}

static void head_is_get_without_its_body(void **state)
{
	struct place *place = place_open(2);
	struct request request = request_for("HEAD", STR("/en/"));
	struct str length;

	(void)state;
	get(place, "/en/");
	length = field(place, "Content-Length");
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 200);
	assert_true(str_equal(field(place, "Content-Length"), length));
	assert_int_equal(answer_bytes(&place->answer).len, 0);
	place_close(place);
}

/* The whole of an answer, to compare it with that of another address. */
static struct str whole(struct place *place, const char *target)
{
	get(place, target);
	return arena_printf(&place->office->arena, "%.*s%.*s", STR_ARG(answer_head(&place->answer)),
			    STR_ARG(answer_bytes(&place->answer)));
}

static void an_embargoed_release_is_like_none(void **state)
{
	static const char *const forms[] = {
		"",	".txt",	    ".json", ".txt.minisig", "/r1",	 "/r1.txt",	 "/",
		"?x=1", "/r1.json", ".txt/", "/r2",	     "/history", "/history/1..2"
	};
	struct place *place = place_open(2);
	char secret[64], nothing[64];

	(void)state;
	place_publish(place, "2026-s", "Publish-At: 2026-11-23T10:00:00Z\n");
	for (int late = 0; late < 2; late++) {
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
			struct str a, b;

			snprintf(secret, sizeof(secret), "/en/releases/2026-s%s", forms[i]);
			snprintf(nothing, sizeof(nothing), "/en/releases/2026-n%s", forms[i]);
			a = whole(place, secret);
			b = whole(place, nothing);
			if (place->answer.status != 301)
				assert_true(str_equal(a, b));
			assert_int_equal(a.len, b.len);
		}
		get(place, "/en/");
		assert_false(body_has(place, "2026-s"));
		get(place, "/en/releases/");
		assert_false(body_has(place, "2026-s"));
		place_wait(place, late ? 1 : 3599); /* one second before, then the moment */
	}
	assert_int_equal(get(place, "/en/releases/2026-s"), 200);
	get(place, "/en/");
	assert_true(body_has(place, "2026-s"));
	place_close(place);
}

static void lifetimes_end_before_a_lift(void **state)
{
	struct place *place = place_open(2);
	struct request request = request_for("GET", STR("/en/"));

	(void)state;
	place_publish(place, "2026-s", "Publish-At: 2026-11-23T09:00:03Z\n");
	for (int left = 3; left > 0; left--) {
		get(place, "/en/");
		assert_true(head_has(place, left > 2 ? "public, max-age=1, stale-if-error="
						     : "public, max-age=0, stale-if-error="));
		request.if_none_match = field(place, "ETag");
		public_answer(&place->house, &request, NULL, &place->answer);
		assert_int_equal(place->answer.status, left > 2 ? 304 : 200);
		get(place, "/en/nothing");
		assert_true(head_has(place,
				     left > 2 ? "public, max-age=1\r\n" : "public, max-age=0\r\n"));
		place_wait(place, 1);
	}
	get(place, "/en/");
	assert_true(head_has(place, "public, max-age=1, "));
	place_close(place);
}

static void goes_to(struct place *place, const char *from, const char *to)
{
	assert_int_equal(get(place, from), 301);
	if (!str_equal(field(place, "Location"), str_from(to)))
		fail_msg("%s goes to %.*s", from, STR_ARG(field(place, "Location")));
}

static void every_page_has_one_address(void **state)
{
	struct place *place = place_open(2);

	(void)state;
	goes_to(place, "/en", "/en/");
	goes_to(place, "//", "/");
	goes_to(place, "/EN/", "/en/");
	goes_to(place, "/en/releases", "/en/releases/");
	goes_to(place, "/en/releases?page=2", "/en/releases/?page=2");
	goes_to(place, "/en/releases/?page=1", "/en/releases/");
	goes_to(place, "/en/releases/?utm_source=x", "/en/releases/");
	goes_to(place, "/en/releases/?utm=x&page=3&y", "/en/releases/?page=3");
	goes_to(place, "/en/releases/?page=3&page=4", "/en/releases/?page=3");
	goes_to(place, "/en/releases/?page=", "/en/releases/");
	goes_to(place, "/en/releases/?page=%33", "/en/releases/?page=3");
	goes_to(place, "/en/search?q=a%20b", "/en/search?q=a+b");
	goes_to(place, "/en/search?q=%ed%95%9c", "/en/search?q=%ED%95%9C");
	goes_to(place, "/en/?", "/en/");
	goes_to(place, "/en/releases/A/", "/en/releases/a");
	goes_to(place, "/en/search/?q=%ED%95%9C", "/en/search?q=%ED%95%9C");
	place_close(place);
}

static void the_board_has_pages(void **state)
{
	struct place *place = place_open(2);
	char slug[32];

	(void)state;
	assert_int_equal(get(place, "/en/releases/"), 200);
	assert_int_equal(get(place, "/en/releases/?page=2"), 404);
	for (int i = 0; i < 21; i++) {
		snprintf(slug, sizeof(slug), "2026-nr-%02d", i);
		place_publish(place, slug, "");
	}
	assert_int_equal(get(place, "/en/releases/?page=2"), 200);
	assert_true(body_has(place, "2026-nr-00"));
	assert_false(body_has(place, "2026-nr-01"));
	assert_int_equal(get(place, "/en/releases/"), 200);
	assert_true(body_has(place, "2026-nr-20"));
	assert_false(body_has(place, "About 2026-nr-00"));
	assert_int_equal(get(place, "/en/releases/?page=3"), 404);
	assert_int_equal(get(place, "/en/releases/"), 200);
	assert_int_equal(get(place, "/en/releases/?page=0"), 404);
	assert_int_equal(get(place, "/en/releases/"), 200);
	assert_int_equal(get(place, "/en/feed.atom?page=0"), 404);
	assert_int_equal(get(place, "/en/releases/?page=02"), 404);
	assert_int_equal(get(place, "/en/releases/?page=-1"), 404);
	assert_int_equal(get(place, "/en/releases/?page=x"), 404);
	assert_int_equal(get(place, "/en/releases/?page=99999999999999999999"), 404);
	assert_int_equal(get(place, "/en/releases/?page=4294967295"), 404);
	assert_int_equal(get(place, "/ko/releases/"), 200);
	assert_false(body_has(place, "2026-nr-"));
	place_close(place);
}

static void bad_requests_get_a_plain_page(void **state)
{
	static const struct {
		const char *target;
		unsigned status;
	} bad[] = {
		{ "/en/../etc/passwd", 400 },
		{ "/%2e%2e/x", 400 },
		{ "/en/%00", 400 },
		{ "/en/search?q=%c0%af", 400 },
		{ "/en/search?q=%0d%0aSet-Cookie:x", 400 },
		{ "/en/%zz", 400 },
		{ "/nowhere/", 404 },
		{ "/admin/drafts", 404 },
		{ "/en/releases/a/b/c", 404 },
		{ "/static/nothing.css", 404 },
		{ "/keys/7", 404 },
		{ "/keys/99999999999", 404 },
	};
	struct place *place = place_open(2);
	struct request request = request_for("POST", STR("/en/"));
	struct fault fault = { .kind = DUPLICATE_FIELD, .says = "secret sentence" };
	char long_query[400] = "/en/search?q=";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (get(place, bad[i].target) != bad[i].status)
			fail_msg("%s: %u", bad[i].target, place->answer.status);
		assert_true(head_has(place, "Content-Type: text/html"));
		assert_true(head_has(place, "Content-Security-Policy: "));
	}
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 405);
	assert_true(head_has(place, "\r\nAllow: GET, HEAD\r\n"));
	public_answer(&place->house, &request, &fault, &place->answer);
	assert_int_equal(place->answer.status, 400);
	assert_false(body_has(place, "secret sentence"));
	memset(long_query + 13, 'a', 300);
	assert_int_equal(get(place, long_query), 400);
	place_close(place);
}

static void the_small_addresses_answer(void **state)
{
	struct place *place = place_open(2);
	struct request request = request_for("GET", STR("/"));
	const struct asset *css = asset_named(NULL, "site.css");

	(void)state;
	request.accept_language = STR("ko,en;q=0.5");
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 302);
	assert_true(str_equal(field(place, "Location"), STR("/ko/")));
	assert_true(str_equal(field(place, "Cache-Control"), STR("no-store")));
	assert_int_equal(get(place, "/healthz"), 200);
	assert_int_equal(get(place, "/robots.txt"), 200);
	assert_int_equal(get(place, "/keys/current"), 200);
	assert_true(str_starts(answer_bytes(&place->answer), STR("communique keys v1\n")));
	assert_int_equal(get(place, "/keys/1"), 200);
	assert_int_equal(get(place, "/en/search?q=%3Cscript%3E"), 200);
	assert_false(body_has(place, "<script>alert"));
	assert_false(body_has(place, "\"<script>\""));
	assert_int_equal(get(place, "/en/search"), 200);
	assert_non_null(css);
	request = request_for("GET", css->address);
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 200);
	assert_true(str_equal(answer_bytes(&place->answer), css->bytes));
	assert_true(head_has(place, "immutable"));
	request.if_none_match = field(place, "ETag");
	public_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 304);
	place_close(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_release_is_there_in_all_its_forms),
		cmocka_unit_test(what_has_not_changed_is_not_sent),
		cmocka_unit_test(a_page_leaves_in_the_encoding_that_was_asked_for),
		cmocka_unit_test(a_304_is_for_the_encoding_that_the_client_has),
		cmocka_unit_test(head_is_get_without_its_body),
		cmocka_unit_test(an_embargoed_release_is_like_none),
		cmocka_unit_test(lifetimes_end_before_a_lift),
		cmocka_unit_test(every_page_has_one_address),
		cmocka_unit_test(the_board_has_pages),
		cmocka_unit_test(bad_requests_get_a_plain_page),
		cmocka_unit_test(the_small_addresses_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

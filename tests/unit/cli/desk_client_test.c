#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#undef fail /* cmocka's macro; here it is fault.h's function */

#include <communique/clock.h>
#include <communique/digest.h>
#include <communique/httpsig.h>
#include <signal.h>

#include "../../../src/cli/desk_client.h"
#include "scripted_server.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: \"e\"\r\n\r\n{}"
#define LOST ""
#define PROBLEM(status, fields, json)                                                              \
	"HTTP/1.1 " status " X\r\nContent-Type: application/problem+json\r\n" fields               \
	"Connection: close\r\n\r\n" json

static struct arena arena;
static struct secret_key key;
static struct scripted_server server;

static struct desk begin(void)
{
	struct desk desk;
	struct fault why = { .kind = NO_FAULT };

	server_start(&server);
	if (!desk_open(&arena, arena_printf(&arena, "http://127.0.0.1:%u", server.port).at, &key,
		       &desk, &why))
		print_error("%s\n", why.says);
	assert_int_equal(why.kind, NO_FAULT);
	return desk;
}

/* One request against a script of up to three replies. */
static bool ask(const struct desk_request *request, struct desk_answer *answer, struct fault *why)
{
	struct desk desk = begin();
	bool ok = desk_ask(&desk, request, answer, why);

	server_stop(&server);
	return ok;
}

static void script(const char *first, const char *second, const char *third)
{
	server = (struct scripted_server){ .replies = { first, second, third } };
}

static const struct desk_request get = { .method = "GET", .target = { "/admin/drafts", 13 } };
static const struct desk_request put = { .method = "PUT",
					 .target = { "/admin/drafts/en/x", 18 },
					 .has_body = true,
					 .body = { "text\n", 5 },
					 .type = DESK_TEXT };

static struct str field_of(size_t n, const char *name)
{
	struct str rest = server.requests[n];
	size_t at = str_find_str(rest, str_from(name));

	rest = str_skip(rest, at + strlen(name));
	return str_first(rest, str_find(rest, '\r'));
}

static bool request_verifies(size_t n, struct http_message message)
{
	struct httpsig sig;
	struct fault why = { .kind = NO_FAULT };
	bool ok;

	message.scheme = STR("http");
	message.authority = arena_printf(&arena, "127.0.0.1:%u", server.port);
	ok = httpsig_parse(&arena, field_of(n, "\r\nSignature-Input: "),
			   field_of(n, "\r\nSignature: "), &sig, &why) &&
	     httpsig_covers(&sig, &message, &why) &&
	     httpsig_verify(&sig, &message, &key.public, &why);
	if (!ok)
		print_error("%s\n", why.says);
	return ok;
}

static void signs_its_requests(void **state)
{
	struct desk_request request = put;
	struct hash hash = hash_of(STR("x"));
	struct desk_answer answer;
	struct http_message message = { .method = STR("PUT"),
					.target = put.target,
					.content_type = STR(DESK_TEXT),
					.has_body = true };

	(void)state;
	script(OK, NULL, NULL);
	request.if_match = &hash;
	assert_true(ask(&request, &answer, NULL));
	assert_int_equal(answer.status, 200);
	assert_true(str_equal(answer.etag, STR("\"e\"")));
	assert_true(str_starts(server.requests[0], STR("PUT /admin/drafts/en/x HTTP/1.1\r\n")));
	assert_true(str_ends(server.requests[0], STR("\r\n\r\ntext\n")));
	assert_false(request_has(&server, 0, "\r\nExpect:"));
	message.content_digest = field_of(0, "\r\nContent-Digest: ");
	message.if_match = field_of(0, "\r\nIf-Match: ");
	assert_int_equal(message.if_match.len, 66);
	assert_true(request_verifies(0, message));
	server_free(&server);
}

static void signs_anew_when_an_answer_was_lost(void **state)
{
	struct desk_answer answer;

	(void)state;
	script(LOST, OK, NULL);
	assert_true(ask(&put, &answer, NULL));
	assert_true(answer.repeated);
	assert_int_equal(server.count, 2);
	assert_false(str_equal(field_of(0, "\r\nSignature: "), field_of(1, "\r\nSignature: ")));
	server_free(&server);
}

static void gives_up_after_the_second_try(void **state)
{
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	script(LOST, LOST, OK);
	assert_false(ask(&put, &answer, &why));
	assert_int_equal(server.count, 2);
	assert_int_equal(fault_exit(why.kind), 3);
	server_free(&server);
}

static void never_repeats_a_post(void **state)
{
	struct desk_request post = put;
	struct desk_answer answer;

	(void)state;
	post.method = "POST";
	script(LOST, OK, NULL);
	assert_false(ask(&post, &answer, NULL));
	assert_int_equal(server.count, 1);
	server_free(&server);
}

static void takes_a_proxys_502_for_a_lost_answer(void **state)
{
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	script("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n<html>", OK, NULL);
	assert_true(ask(&put, &answer, NULL));
	assert_true(answer.repeated);
	server_free(&server);
	script("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n<html>",
	       "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n<html>", NULL);
	assert_false(ask(&put, &answer, &why));
	assert_int_equal(fault_exit(why.kind), 3);
	assert_non_null(strstr(why.says, "502"));
	server_free(&server);
}

/* The second answer to one signature says nothing about the first. */
static void a_replayed_error_is_no_success(void **state)
{
	static const char replayed[] =
		PROBLEM("401", "", "{\"code\":\"signature-replayed\",\"title\":\"Replayed\"}");
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	script(replayed, OK, NULL);
	assert_true(ask(&put, &answer, NULL));
	assert_true(answer.repeated);
	server_free(&server);
	script(replayed, replayed, NULL);
	assert_false(ask(&put, &answer, &why));
	assert_int_equal(why.kind, SIGNATURE_REPLAYED);
	server_free(&server);
}

static const char early[] =
	PROBLEM("401", "Date: Mon, 23 Nov 2026 09:00:00 GMT\r\n",
		"{\"code\":\"signature-not-yet-valid\",\"title\":\"From the future\"}");

static int64_t servers_clock(void)
{
	int64_t there;

	assert_true(time_parse(STR("2026-11-23T09:00:00Z"), &there));
	return there;
}

static void corrects_the_clock_once(void **state)
{
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };
	int64_t there = servers_clock();

	(void)state;
	clock_fix(there + 5000);
	script(early, OK, NULL);
	assert_true(ask(&get, &answer, NULL));
	assert_true(str_find_str(field_of(1, "\r\nSignature-Input: "),
				 arena_printf(&arena, "created=%lld", (long long)there)) <
		    field_of(1, "\r\nSignature-Input: ").len);
	server_free(&server);
	script(early, early, OK);
	assert_false(ask(&get, &answer, &why));
	assert_int_equal(why.kind, SIGNATURE_NOT_YET_VALID);
	assert_int_equal(server.count, 2);
	server_free(&server);
	clock_fix(-1);
}

static void a_clock_of_another_day_is_not_followed(void **state)
{
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };
	int64_t there = servers_clock();

	(void)state;
	clock_fix(there + 86400);
	script(early, OK, NULL);
	assert_true(ask(&get, &answer, NULL));
	server_free(&server);
	clock_fix(there + 86401 + 2 * 86400);
	script(early, OK, NULL);
	assert_false(ask(&get, &answer, &why));
	assert_int_equal(why.kind, BROKEN);
	assert_string_equal(why.says, "this computer's clock is 72 hours ahead of the server's; "
				      "one of them is wrong");
	assert_int_equal(server.count, 1);
	server_free(&server);
	clock_fix(there - 86401);
	script(early, OK, NULL);
	assert_false(ask(&get, &answer, &why));
	assert_non_null(strstr(why.says, "24 hours behind the server's"));
	server_free(&server);
	clock_fix(-1);
}

static void says_what_the_desk_said(void **state)
{
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	script(PROBLEM("422", "",
		       "{\"code\":\"release-malformed\",\"title\":\"Refused\",\"detail\":\"no "
		       "Date\",\"line\":5}"),
	       NULL, NULL);
	assert_false(ask(&put, &answer, &why));
	assert_int_equal(why.kind, RELEASE_MALFORMED);
	assert_string_equal(why.says, "Refused: line 5: no Date");
	server_free(&server);
	script(PROBLEM("409", "",
		       "{\"code\":\"withdrawn\",\"title\":\"The release is withdrawn\","
		       "\"detail\":\"the release is withdrawn already\"}"),
	       NULL, NULL);
	assert_false(ask(&put, &answer, &why));
	assert_string_equal(why.says, "the release is withdrawn already");
	server_free(&server);
	script(PROBLEM("503", "", "{\"code\":\"log-stopped\",\"title\":\"Stopped\"}"), NULL, NULL);
	assert_false(ask(&get, &answer, &why));
	assert_string_equal(why.says, "Stopped");
	assert_int_equal(fault_exit(why.kind), 3);
	server_free(&server);
	script(PROBLEM("418", "", "{\"code\":\"from-tomorrow\",\"title\":\"New\"}"), NULL, NULL);
	assert_false(ask(&get, &answer, &why));
	assert_int_equal(fault_exit(why.kind), 1);
	server_free(&server);
}

static void follows_no_redirect(void **state)
{
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };

	(void)state;
	script("HTTP/1.1 302 Found\r\nLocation: /x\r\nConnection: close\r\n\r\n", OK, NULL);
	assert_false(ask(&get, &answer, &why));
	assert_int_equal(server.count, 1);
	assert_non_null(strstr(why.says, "redirect"));
	server_free(&server);
}

static void takes_no_endless_answer(void **state)
{
	enum { SIZE = PAGE_MAX + 4096 };
	char *reply = malloc(SIZE);
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };
	static const char head[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	memset(reply, 'x', SIZE);
	memcpy(reply, head, sizeof head - 1);
	reply[SIZE - 1] = '\0';
	script(reply, OK, NULL);
	assert_false(ask(&get, &answer, &why));
	assert_int_equal(why.kind, TOO_LARGE);
	assert_int_equal(server.count, 1);
	server_free(&server);
	free(reply);
}

static void says_when_nobody_is_there(void **state)
{
	struct desk_answer answer;
	struct fault why = { .kind = NO_FAULT };
	struct desk desk;

	(void)state;
	script(NULL, NULL, NULL);
	desk = begin();
	server_stop(&server);
	assert_false(desk_ask(&desk, &get, &answer, &why));
	assert_int_equal(fault_exit(why.kind), 3);
	assert_non_null(strstr(why.says, "cannot reach http://127.0.0.1:"));
	server_free(&server);
}

static int start(void **state)
{
	(void)state;
	return sign_start(NULL) && secret_key_new(&key, NULL) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	secret_key_free(&key);
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_its_requests),
		cmocka_unit_test(signs_anew_when_an_answer_was_lost),
		cmocka_unit_test(gives_up_after_the_second_try),
		cmocka_unit_test(never_repeats_a_post),
		cmocka_unit_test(takes_a_proxys_502_for_a_lost_answer),
		cmocka_unit_test(a_replayed_error_is_no_success),
		cmocka_unit_test(corrects_the_clock_once),
		cmocka_unit_test(a_clock_of_another_day_is_not_followed),
		cmocka_unit_test(says_what_the_desk_said),
		cmocka_unit_test(follows_no_redirect),
		cmocka_unit_test(takes_no_endless_answer),
		cmocka_unit_test(says_when_nobody_is_there),
	};

	return cmocka_run_group_tests(tests, start, end);
}

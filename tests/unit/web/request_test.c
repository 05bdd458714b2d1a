#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include "../../../src/web/request.h"

static struct request request;
static struct fault why;

static bool read_from(const char *const *variables)
{
	return request_read_environment(&request, (char *const *)(uintptr_t)variables, &why);
}

#define READ(...) read_from((const char *const[]){ __VA_ARGS__, NULL })

static void variables_become_a_request(void **state)
{
	(void)state;
	assert_true(READ("FCGI_ROLE=RESPONDER", "REQUEST_METHOD=PUT",
			 "REQUEST_URI=/admin/drafts/en/a?x=1?y=2", "CONTENT_LENGTH=12",
			 "CONTENT_TYPE=text/plain", "HTTP_SIGNATURE=sig=:AA==:",
			 "HTTP_HOST=evil.example", "HTTP_IF_MATCH=", "SCRIPT_NAME=/other"));
	assert_int_equal(request.method, METHOD_PUT);
	assert_true(str_equal(request.path, STR("/admin/drafts/en/a")));
	assert_true(str_equal(request.query, STR("x=1?y=2")));
	assert_true(str_equal(request.signature, STR("sig=:AA==:")));
	assert_true(request.length_given);
	assert_int_equal(request.content_length, 12);
	assert_true(str_given(request.if_match));
	assert_false(str_given(request.date));
}

static void no_length_is_said_in_many_ways(void **state)
{
	(void)state;
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", "CONTENT_LENGTH="));
	assert_false(request.length_given);
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/"));
	assert_false(request.length_given);
	assert_false(str_given(request.query));
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", "CONTENT_LENGTH=-1"));
	assert_false(request.length_given);
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", "CONTENT_LENGTH=0"));
	assert_true(request.length_given);
	assert_false(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", "CONTENT_LENGTH=1e3"));
	assert_int_equal(why.kind, INVALID);
	assert_false(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", "CONTENT_LENGTH=+5"));
	assert_false(
		READ("REQUEST_METHOD=GET", "REQUEST_URI=/", "CONTENT_LENGTH=99999999999999999999"));
}

static void used_variables_stand_once(void **state)
{
	static const char *const names[] = {
		"REQUEST_METHOD",      "REQUEST_URI",		"CONTENT_LENGTH",
		"CONTENT_TYPE",	       "HTTP_SIGNATURE",	"HTTP_SIGNATURE_INPUT",
		"HTTP_CONTENT_DIGEST", "HTTP_IF_MATCH",		"HTTP_DATE",
		"HTTP_ACCEPT",	       "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING",
		"HTTP_CONTENT_TYPE",   "HTTP_CONTENT_LENGTH",	"HTTP_IF_NONE_MATCH",
		"HTTP_ACCEPT_LANGUAGE"
	};
	char one[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(one, sizeof(one), "%s=1", names[i]);
		assert_false(READ(one, one));
		assert_int_equal(why.kind, DUPLICATE_FIELD);
	}
	/* Nobody looks at these. */
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_COOKIE=a", "HTTP_COOKIE=b"));
}

static void incomplete_requests_are_refused(void **state)
{
	static char target[REQUEST_TARGET_MAX + 32] = "REQUEST_URI=/";

	(void)state;
	assert_false(READ("REQUEST_METHOD=GET"));
	assert_int_equal(why.kind, INVALID);
	assert_false(READ("REQUEST_URI=/"));
	assert_false(READ("REQUEST_METHOD=", "REQUEST_URI="));
	memset(target + 13, 'a', REQUEST_TARGET_MAX);
	assert_false(READ("REQUEST_METHOD=GET", target));
	assert_int_equal(why.kind, TARGET_TOO_LONG);
	target[12 + REQUEST_TARGET_MAX] = '\0';
	assert_true(READ("REQUEST_METHOD=GET", target));
	assert_true(READ("REQUEST_METHOD=get", "REQUEST_URI=/"));
	assert_int_equal(request.method, METHOD_OTHER);
}

static void admin_targets_have_one_form(void **state)
{
	static const char *const good[] = { "/",
					    "/admin/drafts",
					    "/admin/drafts/en/a-b_c.d~e",
					    "/admin/audit?after=12",
					    "/admin/audit?a=b&c=d",
					    "/admin/a..b",
					    "/admin/.../x",
					    "/a?" };
	static const char *const bad[] = { "",
					   "admin",
					   "http://x/admin/",
					   "/admin//drafts",
					   "//",
					   "/admin/./drafts",
					   "/admin/../drafts",
					   "/admin/..",
					   "/..",
					   "/.",
					   "/admin/%64rafts",
					   "/admin/drafts?a=%20",
					   "/admin/drafts?a=b?c",
					   "/admin/drafts?a/b",
					   "/admin/dra fts",
					   "/admin/drafts;x",
					   "/admin/drafts#x",
					   "/admin/\xc3\xa9",
					   "/admin\\drafts",
					   "/admin/drafts\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(request_check_admin(str_from(good[i]), &why));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(request_check_admin(str_from(bad[i]), &why));
		assert_int_equal(why.kind, BAD_TARGET);
	}
}

static bool public_target(const char *target)
{
	request = (struct request){ .target = str_from(target), .query = str_from(target) };
	request.path = str_cut(&request.query, '?');
	return request_check_public(&request, &why);
}

static void public_targets_are_sane(void **state)
{
	static const char *const good[] = { "/", "/en/search?q=%ED%95%9C%EA%B5%AD+100%25",
					    "/en/%7Eodd", "/a?b?c", "/..." };
	static const char *const bad[] = {
		"x",	    "/a b",	 "/%",	      "/%4",	 "/%zz",	   "/%00",
		"/a?q=%00", "/a?q=%0a",	 "/%c3",      "/%c0%af", "/a?q=%ed%a0%80", "/../x",
		"/a/..",    "/%2e%2e/x", "/a/%2E./x", "/./",	 "/\xed\x95"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(public_target(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(public_target(bad[i]));
		assert_int_equal(why.kind, INVALID);
	}
}

static void queries_are_taken_apart(void **state)
{
	struct str rest = STR("page=2&q=a=b&flag&"), name, value;
	struct buf plain;

	(void)state;
	assert_true(query_next(&rest, &name, &value));
	assert_true(str_equal(name, STR("page")) && str_equal(value, STR("2")));
	assert_true(query_next(&rest, &name, &value));
	assert_true(str_equal(name, STR("q")) && str_equal(value, STR("a=b")));
	assert_true(query_next(&rest, &name, &value));
	assert_true(str_equal(name, STR("flag")) && !str_given(value));
	assert_true(query_next(&rest, &name, &value));
	assert_false(query_next(&rest, &name, &value));
	buf_init(&plain, 100);
	assert_true(query_decode(STR("%ED%95%9C+a%2Bb"), &plain, &why));
	assert_true(str_equal(buf_str(&plain), STR("한 a+b")));
	buf_release(&plain);
}

struct source {
	struct str rest;
	size_t piece;
};

static bool read_source(void *ctx, char *at, size_t room, size_t *got, struct fault *fault)
{
	struct source *source = ctx;
	struct str piece = str_first(source->rest, room < source->piece ? room : source->piece);

	(void)fault;
	if (piece.len > 0)
		memcpy(at, piece.at, piece.len);
	source->rest = str_skip(source->rest, piece.len);
	*got = piece.len;
	return true;
}

static bool read_body(struct str sent, uint64_t announced, size_t limit, struct buf *out)
{
	struct source source = { sent, 3 };
	struct request with_body = { .content_length = announced,
				     .read = read_source,
				     .read_ctx = &source };

	buf_release(out);
	buf_init(out, limit);
	return request_read_body(&with_body, out, &why);
}

static void bodies_are_as_long_as_announced(void **state)
{
	struct buf body;

	(void)state;
	buf_init(&body, 0);
	assert_true(read_body(STR("ten bytes."), 10, 10, &body));
	assert_true(str_equal(buf_str(&body), STR("ten bytes.")));
	assert_true(read_body(STR(""), 0, 10, &body));
	assert_false(read_body(STR("ten bytes."), 11, 20, &body));
	assert_int_equal(why.kind, INVALID);
	assert_false(read_body(STR("ten bytes."), 9, 20, &body));
	assert_int_equal(why.kind, INVALID);
	assert_false(read_body(STR("ten bytes."), 10, 8, &body));
	assert_int_equal(why.kind, TOO_LARGE);
	buf_release(&body);
}

static void a_name_for_the_log_is_plain_and_short_or_none(void **state)
{
	static const char *const none[] = { "",	   "a b",  "a=b", "a\nb", "a\"b", "\xec\x99\xb8",
					    "a/b", "../x", "a;b", "<b>" };
	char longest[REQUEST_ID_MAX + 32] = "REQUEST_ID=", text[64];
	size_t begin = strlen(longest);

	(void)state;
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", "REQUEST_ID=0aZ-_.9"));
	assert_true(str_equal(request.id, STR("0aZ-_.9")));
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/"));
	assert_false(str_given(request.id));
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		snprintf(text, sizeof text, "REQUEST_ID=%s", none[i]);
		assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", text));
		assert_false(str_given(request.id));
	}
	memset(longest + begin, 'a', REQUEST_ID_MAX);
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", longest));
	assert_int_equal(request.id.len, REQUEST_ID_MAX);
	longest[begin + REQUEST_ID_MAX] = 'a';
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/", longest));
	assert_false(str_given(request.id));
}

/* It is the web server's configuration that says so, never a client. */
static void only_the_web_server_vouches_for_who_asks(void **state)
{
	(void)state;
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/metrics", "COMMUNIQUE_DOOR=local"));
	assert_true(request.is_local);
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/metrics", "COMMUNIQUE_DOOR=Local"));
	assert_false(request.is_local);
	assert_true(READ("REQUEST_METHOD=GET", "REQUEST_URI=/metrics", "HTTP_COMMUNIQUE_DOOR=local",
			 "COMMUNIQUE_DOOR="));
	assert_false(request.is_local);
	assert_false(READ("REQUEST_METHOD=GET", "REQUEST_URI=/metrics",
			  "COMMUNIQUE_DOOR=", "COMMUNIQUE_DOOR=local"));
	assert_int_equal(why.kind, DUPLICATE_FIELD);
	assert_false(request.is_local);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_for_the_log_is_plain_and_short_or_none),
		cmocka_unit_test(only_the_web_server_vouches_for_who_asks),
		cmocka_unit_test(variables_become_a_request),
		cmocka_unit_test(no_length_is_said_in_many_ways),
		cmocka_unit_test(used_variables_stand_once),
		cmocka_unit_test(incomplete_requests_are_refused),
		cmocka_unit_test(admin_targets_have_one_form),
		cmocka_unit_test(public_targets_are_sane),
		cmocka_unit_test(queries_are_taken_apart),
		cmocka_unit_test(bodies_are_as_long_as_announced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include "../../../src/web/frame.h"

#include <communique/bytes.h>

static struct answer answer;

static int begin(void **state)
{
	(void)state;
	answer_init(&answer);
	return 0;
}

static int end(void **state)
{
	(void)state;
	answer_release(&answer);
	return 0;
}

static bool head_has(const char *text)
{
	struct str head = answer_head(&answer);

	return str_find_str(head, str_from(text)) < head.len;
}

static void a_head_has_all_it_must(void **state)
{
	(void)state;
	answer_begin(&answer, 200);
	answer_field(&answer, "Content-Type", STR("text/plain; charset=utf-8"));
	buf_add(answer_body(&answer), STR("hello\n"));
	answer_finish(&answer, true);
	assert_true(
		str_starts(answer_head(&answer), STR("Status: 200 OK\r\nContent-Type: text/p")));
	assert_true(str_ends(answer_head(&answer), STR("\r\nContent-Length: 6\r\n\r\n")));
	assert_true(head_has("\r\nX-Content-Type-Options: nosniff\r\n"));
	assert_true(head_has("frame-ancestors 'none'"));
	assert_false(head_has("unsafe"));
	assert_true(head_has("\r\nReferrer-Policy: "));
	assert_true(head_has("\r\nPermissions-Policy: "));
	assert_true(head_has("\r\nCross-Origin-Opener-Policy: same-origin\r\n"));
	assert_true(str_equal(answer_bytes(&answer), STR("hello\n")));
}

static void a_value_cannot_start_a_field(void **state)
{
	static const struct str evil[] = { { "a\r\nSet-Cookie: x", 16 },
					   { "a\nb", 3 },
					   { "a\0b", 3 },
					   { "\x1b[31m", 5 },
					   { "\x7f", 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		answer_begin(&answer, 200);
		answer_field(&answer, "Location", evil[i]);
		buf_add(answer_body(&answer), STR("secret"));
		answer_finish(&answer, true);
		assert_int_equal(answer.status, 500);
		assert_true(str_starts(answer_head(&answer),
				       STR("Status: 500 Internal Server Error\r\n")));
		assert_false(head_has("Set-Cookie"));
		assert_true(str_find_str(answer_bytes(&answer), STR("secret")) ==
			    answer_bytes(&answer).len);
		assert_true(head_has("\r\nX-Content-Type-Options: nosniff\r\n"));
	}
}

static void a_body_beyond_the_limit_is_an_error(void **state)
{
	static char much[65536];

	(void)state;
	answer_begin(&answer, 200);
	for (size_t i = 0; i <= PAGE_MAX / sizeof(much); i++)
		buf_add(answer_body(&answer), (struct str){ much, sizeof(much) });
	answer_finish(&answer, true);
	assert_int_equal(answer.status, 500);
}

static void an_error_replaces_what_was_made(void **state)
{
	(void)state;
	answer_begin(&answer, 200);
	answer_field(&answer, "X-First", STR("1"));
	buf_add(answer_body(&answer), STR("half"));
	answer_begin(&answer, 404);
	buf_add(answer_body(&answer), STR("not here"));
	answer_finish(&answer, true);
	assert_false(head_has("X-First"));
	assert_true(str_equal(answer_bytes(&answer), STR("not here")));
}

static void its_own_policy_ends_with_an_answer(void **state)
{
	(void)state;
	answer_begin(&answer, 200);
	answer_policy(&answer, "default-src 'none'; img-src blob:");
	answer_finish(&answer, true);
	assert_true(head_has("img-src blob:"));
	answer_begin(&answer, 404);
	answer_finish(&answer, true);
	assert_false(head_has("img-src blob:"));
	assert_true(head_has("\r\nContent-Security-Policy: default-src 'none'; style-src 'self'"));
}

static void what_nobody_answers_is_an_error_and_no_earlier_answer(void **state)
{
	(void)state;
	answer_begin(&answer, 200);
	buf_add(answer_body(&answer), STR("for another"));
	answer_finish(&answer, true);
	answer_let_go(&answer); /* it was sent */
	answer_finish(&answer, true);
	assert_int_equal(answer.status, 500);
	assert_true(head_has("Status: 500 "));
	assert_false(str_starts(answer_bytes(&answer), STR("for another")));
}

static void head_and_304_have_no_body(void **state)
{
	(void)state;
	answer_begin(&answer, 200);
	buf_add(answer_body(&answer), STR("12345"));
	answer_finish(&answer, false);
	assert_true(head_has("\r\nContent-Length: 5\r\n"));
	assert_int_equal(answer_bytes(&answer).len, 0);
	answer_begin(&answer, 304);
	answer_finish(&answer, true);
	assert_false(head_has("Content-Length"));
	assert_false(head_has("Content-Security-Policy")); /* that of what is kept holds on */
	assert_int_equal(answer_bytes(&answer).len, 0);
}

/* What a web server makes of the records: the stream, and whether it ends as it must. */
static bool unframe(struct str bytes, uint16_t id, struct buf *out)
{
	bool stream_ended = false;

	while (bytes.len >= 8) {
		size_t len = get_be16(bytes.at + 4), padding = (unsigned char)bytes.at[6];
		struct str content = str_first(str_skip(bytes, 8), len);

		assert_int_equal(bytes.at[0], 1);
		assert_int_equal(get_be16(bytes.at + 2), id);
		assert_true(bytes.len >= 8 + len + padding);
		assert_int_equal((len + padding) % 8, 0);
		if (bytes.at[1] == 3)
			return stream_ended && len == 8 && bytes.len == 16;
		assert_int_equal(bytes.at[1], 6);
		assert_false(stream_ended);
		stream_ended = len == 0;
		buf_add(out, content);
		bytes = str_skip(bytes, 8 + len + padding);
	}
	return false;
}

static void check_framed(size_t body_len)
{
	static struct frame frame;
	struct buf all, stream, rest;

	answer_begin(&answer, 200);
	for (size_t i = 0; i < body_len; i++)
		buf_add_char(answer_body(&answer), (char)('a' + i % 26));
	answer_finish(&answer, true);
	frame_make(&frame, &answer, 513);
	buf_init(&all, 2 * PAGE_MAX);
	buf_init(&stream, 2 * PAGE_MAX);
	frame_add_rest(&frame, 0, &all);
	assert_int_equal(all.len, frame.size);
	assert_true(unframe(buf_str(&all), 513, &stream));
	assert_int_equal(stream.len, answer_head(&answer).len + body_len);
	assert_true(str_starts(buf_str(&stream), answer_head(&answer)));
	assert_true(str_ends(buf_str(&stream), answer_bytes(&answer)));
	for (size_t sent = 0; sent <= frame.size; sent += 1 + frame.size / 7) {
		buf_init(&rest, 2 * PAGE_MAX);
		frame_add_rest(&frame, sent, &rest);
		assert_true(str_equal(buf_str(&rest), str_skip(buf_str(&all), sent)));
		buf_release(&rest);
	}
	buf_release(&all);
	buf_release(&stream);
}

static void answers_of_any_length_are_framed(void **state)
{
	size_t head;

	(void)state;
	answer_begin(&answer, 200);
	answer_finish(&answer, true);
	head = answer_head(&answer).len + 5; /* five digits of length instead of one */
	for (size_t len = 0; len < 20; len++)
		check_framed(len);
	for (size_t len = FRAME_RECORD - head - 12; len < FRAME_RECORD - head + 12; len++)
		check_framed(len);
	check_framed(3 * FRAME_RECORD);
	check_framed(PAGE_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_head_has_all_it_must),
		TEST(a_value_cannot_start_a_field),
		TEST(a_body_beyond_the_limit_is_an_error),
		TEST(an_error_replaces_what_was_made),
		TEST(its_own_policy_ends_with_an_answer),
		TEST(what_nobody_answers_is_an_error_and_no_earlier_answer),
		TEST(head_and_304_have_no_body),
		TEST(answers_of_any_length_are_framed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

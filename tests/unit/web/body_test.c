/* A body in records, in pieces of every size, whole, broken off, and slow. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <sys/socket.h>
#include <unistd.h>

#include "../../../src/web/body.h"
#include "../../../src/web/gate.h"

#include <communique/clock.h>

#define ID 7

static int ends[2];
static struct buf sent, found;
static struct fault why;

static int before(void **state)
{
	(void)state;
	buf_init(&sent, 1 << 20);
	buf_init(&found, 1 << 20);
	why = (struct fault){ .kind = NO_FAULT };
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int after(void **state)
{
	(void)state;
	buf_release(&sent);
	buf_release(&found);
	close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	return 0;
}

static void add_record(enum fcgi_type type, uint16_t id, struct str content, size_t padding)
{
	unsigned char head[FCGI_RECORD_HEAD];

	fcgi_record_head(head, type, id, content.len, padding);
	buf_add(&sent, (struct str){ (const char *)head, sizeof head });
	buf_add(&sent, content);
	for (size_t i = 0; i < padding; i++)
		buf_add_char(&sent, '\0');
}

/* The first `seen` bytes came with the head, the others come through the socket. */
static struct body begin(size_t seen)
{
	struct str rest = str_skip(buf_str(&sent), seen);

	assert_int_equal(write(ends[1], rest.at, rest.len), (ssize_t)rest.len);
	return (struct body){ .fd = ends[0],
			      .id = ID,
			      .seen = str_first(buf_str(&sent), seen),
			      .deadline = clock_milliseconds() + 200 };
}

static bool read_whole(struct body *body, size_t piece)
{
	char room[4096];
	size_t got;

	buf_clear(&found);
	do {
		if (!body_read(body, room, piece, &got, &why))
			return false;
		buf_add(&found, (struct str){ room, got });
	} while (got > 0);
	return true;
}

static void a_body_is_the_content_of_its_records(void **state)
{
	(void)state;
	add_record(FCGI_TYPE_STDIN, ID, STR("Hello, "), 1);
	add_record(FCGI_TYPE_STDIN, ID, STR("reader"), 255);
	add_record(FCGI_TYPE_STDIN, ID, STR(""), 8);
	for (size_t seen = 0; seen <= sent.len; seen++) {
		for (size_t piece = 1; piece < 20; piece += 6) {
			struct body body = begin(seen);
			char more;

			assert_true(read_whole(&body, piece));
			assert_true(str_equal(buf_str(&found), STR("Hello, reader")));
			assert_true(body.ended);
			assert_int_equal(recv(ends[0], &more, 1, MSG_DONTWAIT), -1);
		}
	}
}

static void an_empty_body_ends_at_once(void **state)
{
	struct body body;

	(void)state;
	add_record(FCGI_TYPE_STDIN, ID, STR(""), 0);
	body = begin(sent.len);
	assert_true(read_whole(&body, 10));
	assert_int_equal(found.len, 0);
}

static void expect_broken(void)
{
	struct body body = begin(0);

	assert_false(read_whole(&body, 100));
	assert_int_equal(why.kind, INVALID);
}

static void other_records_break_it_off(void **state)
{
	(void)state;
	add_record(FCGI_TYPE_STDIN, ID, STR("Hello"), 0);
	add_record(FCGI_TYPE_ABORT, ID, STR(""), 0);
	expect_broken();
}

static void another_request_breaks_it_off(void **state)
{
	(void)state;
	add_record(FCGI_TYPE_STDIN, ID + 1, STR("Hello"), 0);
	expect_broken();
}

static void a_web_server_that_goes_away_breaks_it_off(void **state)
{
	struct body body;

	(void)state;
	add_record(FCGI_TYPE_STDIN, ID, STR("Hello"), 0);
	body = begin(0);
	close(ends[1]);
	ends[1] = -1;
	assert_false(read_whole(&body, 100));
	assert_true(str_equal(buf_str(&found), STR("Hello")));
	assert_non_null(strstr(why.says, "broke off"));
}

static void nobody_waits_beyond_the_deadline(void **state)
{
	struct body body;

	(void)state;
	add_record(FCGI_TYPE_STDIN, ID, STR("Hello"), 0);
	body = begin(0);
	assert_false(read_whole(&body, 100));
	assert_true(clock_milliseconds() >= body.deadline);
	assert_int_equal(why.kind, INVALID);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, before, after)
	const struct CMUnitTest tests[] = {
		CASE(a_body_is_the_content_of_its_records),
		CASE(an_empty_body_ends_at_once),
		CASE(other_records_break_it_off),
		CASE(another_request_breaks_it_off),
		CASE(a_web_server_that_goes_away_breaks_it_off),
		CASE(nobody_waits_beyond_the_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a browser is told of an attachment, parts of it, and how its bytes leave. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include <fcntl.h>
#include <unistd.h>

#include "../../../src/web/frame.h"
#include "../../../src/web/media.h"
#include "../../../src/web/range.h"
#include "../../../src/web/stream.h"

#include <communique/bytes.h>

static void ranges_that_are_a_part(void **state)
{
	static const struct {
		const char *field;
		uint64_t size, at, len;
	} good[] = {
		{ "bytes=0-0", 10, 0, 1 },
		{ "bytes=0-9", 10, 0, 10 },
		{ "bytes=3-", 10, 3, 7 },
		{ "bytes=9-", 10, 9, 1 },
		{ "bytes=-1", 10, 9, 1 },
		{ "bytes=-99", 10, 0, 10 },
		{ "bytes=5-99", 10, 5, 5 },
		{ "Bytes=1-2", 10, 1, 2 },
		{ "bytes= 1-2 ", 10, 1, 2 },
		{ "bytes=0-18446744073709551615", 10, 0, 10 },
		{ "bytes=5-99999999999999999999999", 10, 5, 5 },
	};
	struct part part;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(range_parse(str_from(good[i].field), good[i].size, &part),
				 RANGE_PART);
		assert_int_equal(part.at, good[i].at);
		assert_int_equal(part.len, good[i].len);
	}
}

static void ranges_that_are_ignored(void **state)
{
	static const char *const ignored[] = {
		"",	     "bytes",	   "bytes=",	  "bytes=-",	 "bytes=a-b",
		"bytes=1",   "bytes=5-4",  "bytes=--1",	  "bytes=1-2-3", "bytes=0-1,5-6",
		"pages=1-2", "bytes=+1-2", "bytes=0x1-2", "bytes=1 -2",
	};
	struct part part;

	(void)state;
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
		assert_int_equal(range_parse(str_from(ignored[i]), 10, &part), RANGE_WHOLE);
		assert_true(part.at == 0 && part.len == 10);
	}
	assert_int_equal(range_parse(STR_NONE, 10, &part), RANGE_WHOLE);
}

static void ranges_outside(void **state)
{
	struct part part;

	(void)state;
	assert_int_equal(range_parse(STR("bytes=10-"), 10, &part), RANGE_OUTSIDE);
	assert_int_equal(range_parse(STR("bytes=10-20"), 10, &part), RANGE_OUTSIDE);
	assert_int_equal(range_parse(STR("bytes=-0"), 10, &part), RANGE_OUTSIDE);
	assert_int_equal(range_parse(STR("bytes=0-"), 0, &part), RANGE_OUTSIDE);
	assert_int_equal(range_parse(STR("bytes=-5"), 0, &part), RANGE_OUTSIDE);
	assert_int_equal(range_parse(STR("bytes=99999999999999999999-"), 10, &part), RANGE_OUTSIDE);
}

static void if_range_is_strong(void **state)
{
	struct str etag = STR("\"abc\"");
	int64_t when = 1795424400;

	(void)state;
	assert_true(range_still_holds(STR_NONE, etag, when));
	assert_true(range_still_holds(etag, etag, when));
	assert_false(range_still_holds(STR("W/\"abc\""), etag, when));
	assert_false(range_still_holds(STR("\"abd\""), etag, when));
	assert_true(range_still_holds(STR("Mon, 23 Nov 2026 09:00:00 GMT"), etag, when));
	assert_false(range_still_holds(STR("Mon, 23 Nov 2026 09:00:01 GMT"), etag, when));
	assert_false(range_still_holds(STR("Mon, 23 Nov 2026 08:59:59 GMT"), etag, when));
	assert_false(range_still_holds(STR("yesterday"), etag, when));
	assert_false(range_still_holds(STR(""), etag, when));
}

static void only_what_is_harmless_is_shown(void **state)
{
	static const char *const active[] = { "a.svg",	"a.SVG", "a.html", "a.htm", "a.xhtml",
					      "a.xml",	"a.js",	 "a.mjs",  "a.css", "a.swf",
					      "a.svgz", "a.mht", "a",	   "a.",    ".pdf.html" };

	(void)state;
	for (size_t i = 0; i < sizeof active / sizeof active[0]; i++) {
		const struct media *media = media_of(str_from(active[i]));

		assert_false(media->shown);
		assert_string_equal(media->type, "application/octet-stream");
	}
	assert_true(media_of(STR("b.PDF"))->shown);
	assert_string_equal(media_of(STR("b.tar.PnG"))->type, "image/png");
	assert_string_equal(media_of(STR("b.hwpx"))->type, "application/hwp+zip");
	assert_false(media_of(STR("b.docx"))->shown);
}

static void check_disposition(const char *name, const char *expected)
{
	struct str text = str_from(name);
	struct buf out;

	buf_init(&out, 4096);
	disposition_add(&out, media_of(text), text);
	assert_int_equal(out.len, strlen(expected));
	assert_memory_equal(out.at, expected, out.len);
	buf_release(&out);
}

static void names_in_every_script(void **state)
{
	(void)state;
	check_disposition("plain name.pdf", "inline; filename=\"plain name.pdf\"");
	check_disposition("보도.hwp", "attachment; filename=\"__.hwp\"; "
				      "filename*=UTF-8''%EB%B3%B4%EB%8F%84.hwp");
	check_disposition("50%.zip", "attachment; filename=\"50_.zip\"; "
				     "filename*=UTF-8''50%25.zip");
	check_disposition("a'b (1)é.zip", "attachment; filename=\"a'b (1)_.zip\"; "
					  "filename*=UTF-8''a%27b%20%281%29%C3%A9.zip");
	check_disposition("😀.png", "inline; filename=\"_.png\"; filename*=UTF-8''%F0%9F%98%80.png");
}

/* --- bytes ---------------------------------------------------------------------------------- */

#define SIZE (3 * 65528 + 77)

static int made_file(void)
{
	char path[] = "/tmp/files-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	for (int i = 0; i < SIZE; i++) {
		unsigned char byte = (unsigned char)(i * 7 + i / 256);

		assert_int_equal(write(fd, &byte, 1), 1);
	}
	return fd;
}

/* Reads records up to END_REQUEST; their contents are checked against the file. */
static void check_pieces(uint64_t at, uint64_t len)
{
	struct answer answer;
	struct stream stream;
	struct buf piece;
	struct fault why;
	uint64_t seen = 0;
	bool ended = false;

	answer_init(&answer);
	answer_begin(&answer, 200);
	answer_file(&answer, made_file(), at, len);
	answer_finish(&answer, true);
	assert_int_equal(answer_length(&answer), len);
	assert_int_equal(answer_bytes(&answer).len, 0);
	stream = stream_begin(&answer, 1);
	buf_init(&piece, 2 * 65536);
	while (stream.file >= 0) {
		assert_false(ended);
		buf_clear(&piece);
		assert_true(stream_piece(&stream, &piece, &why));
		assert_int_equal(piece.len % 8, 0);
		for (size_t i = 0; i < piece.len;) {
			unsigned char *head = (unsigned char *)piece.at + i;
			size_t size = get_be16((char *)head + 4);

			ended = ended || (head[1] == FCGI_TYPE_STDOUT && size == 0);
			for (size_t k = 0; head[1] == FCGI_TYPE_STDOUT && k < size; k++) {
				uint64_t n = at + seen++;

				assert_int_equal(head[8 + k], (unsigned char)(n * 7 + n / 256));
			}
			i += 8 + size + head[6];
		}
	}
	assert_true(ended);
	assert_int_equal(seen, len);
	buf_release(&piece);
	answer_release(&answer);
}

static void a_file_leaves_in_pieces(void **state)
{
	(void)state;
	check_pieces(0, SIZE);
	check_pieces(0, 1);
	check_pieces(5, 65528);
	check_pieces(65527, 65529);
	check_pieces(SIZE - 1, 1);
}

static void a_file_that_is_too_short_is_noticed(void **state)
{
	struct stream stream = { .file = made_file(), .at = SIZE - 10, .left = 11, .id = 1 };
	struct buf piece;
	struct fault why;

	(void)state;
	buf_init(&piece, 2 * 65536);
	assert_false(stream_piece(&stream, &piece, &why));
	assert_int_equal(why.kind, BROKEN);
	stream_end(&stream);
	buf_release(&piece);
}

static void an_answer_closes_its_file(void **state)
{
	struct answer answer;
	int file = made_file();

	(void)state;
	answer_init(&answer);
	answer_begin(&answer, 200);
	answer_file(&answer, file, 0, SIZE);
	answer_finish(&answer, false); /* HEAD */
	assert_int_equal(answer_take_file(&answer), -1);
	assert_int_equal(fcntl(file, F_GETFD), -1);
	assert_true(str_find_str(answer_head(&answer), STR("Content-Length: 196661\r\n")) <
		    answer_head(&answer).len);
	file = made_file();
	answer_begin(&answer, 200);
	answer_file(&answer, file, 0, SIZE);
	answer_begin(&answer, 500);
	assert_int_equal(fcntl(file, F_GETFD), -1);
	answer_release(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_that_are_a_part),
		cmocka_unit_test(ranges_that_are_ignored),
		cmocka_unit_test(ranges_outside),
		cmocka_unit_test(if_range_is_strong),
		cmocka_unit_test(only_what_is_harmless_is_shown),
		cmocka_unit_test(names_in_every_script),
		cmocka_unit_test(a_file_leaves_in_pieces),
		cmocka_unit_test(a_file_that_is_too_short_is_noticed),
		cmocka_unit_test(an_answer_closes_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

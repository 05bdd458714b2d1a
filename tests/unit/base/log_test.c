#include "unit.h"

#include <communique/clock.h>
#include <communique/log.h>
#include <communique/utf8.h>

#define NOW "time=2026-11-23T09:00:00Z "

static int set_up(void **state)
{
	(void)state;
	clock_fix(1795424400);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	clock_fix(-1);
	return 0;
}

static void assert_logs(void (*work)(void *ctx), void *ctx, const char *expected)
{
	struct buf said;

	buf_init(&said, 1 << 20);
	assert_int_equal(capture(STDERR_FILENO, work, ctx, &said), 0);
	assert_str(buf_str(&said), str_from(expected));
	buf_release(&said);
}

static void one_value(void *value)
{
	log_note(LOG_INFO, "test", "key", *(struct str *)value);
}

static void values_are_escaped(void **state)
{
	static const struct {
		struct str value;
		const char *line;
	} cases[] = {
		{ { "plain/path?x-1", 14 }, "key=plain/path?x-1\n" },
		{ { "", 0 }, "key=\"\"\n" },
		{ { "two words", 9 }, "key=\"two words\"\n" },
		{ { "a=b", 3 }, "key=\"a=b\"\n" },
		{ { "a\nlevel=error", 13 }, "key=\"a\\x0alevel=error\"\n" },
		{ { "\"\\", 2 }, "key=\"\\x22\\x5c\"\n" },
		{ { "\x1b[2J", 4 }, "key=\"\\x1b[2J\"\n" },
		{ { "\0\x7f", 2 }, "key=\"\\x00\\x7f\"\n" },
		{ { "\xed\x95\x9c", 3 }, "key=\"\xed\x95\x9c\"\n" },
		{ { "\xff\xc3", 2 }, "key=\"\\xff\\xc3\"\n" },
		{ { "\xc2\x9b", 2 }, "key=\"\\xc2\\x9b\"\n" },		/* CSI in one */
		{ { "\xe2\x80\xae", 3 }, "key=\"\\xe2\\x80\\xae\"\n" }, /* RLO */
		{ { "\xe2\x81\xa9", 3 }, "key=\"\\xe2\\x81\\xa9\"\n" }, /* PDI */
		{ { "\xe2\x80\x8f", 3 }, "key=\"\\xe2\\x80\\x8f\"\n" }, /* RLM */
		{ { "\xd8\x9c", 2 }, "key=\"\\xd8\\x9c\"\n" },		/* ALM */
		{ { "\xe2\x80\xa8", 3 }, "key=\"\\xe2\\x80\\xa8\"\n" }, /* line separator */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str value = cases[i].value;
		char line[128];

		snprintf(line, sizeof line, NOW "level=info event=test %s", cases[i].line);
		assert_logs(one_value, &value, line);
	}
}

static void many_values(void *ctx)
{
	struct fault why;
	struct log_line line;

	(void)ctx;
	log_begin(&line, LOG_WARNING, "request");
	log_str(&line, "path", STR("/en/"));
	log_str(&line, "absent", STR_NONE);
	log_number(&line, "status", 200);
	log_number(&line, "least", INT64_MIN);
	log_end(&line);
	fail(&why, BUSY, "the disk is full");
	log_fault(LOG_ERROR, "failed", &why);
	log_note(LOG_INFO, "started", NULL, STR_NONE);
	log_note(LOG_DEBUG, "not wanted", NULL, STR_NONE);
}

static void a_line_has_many_values(void **state)
{
	(void)state;
	assert_logs(many_values, NULL,
		    NOW "level=warning event=request path=/en/ status=200 "
			"least=-9223372036854775808\n" NOW
			"level=error event=failed code=busy why=\"the disk is full\"\n" NOW
			"level=info event=started\n");
}

static void gather_some(void *ctx)
{
	(void)ctx;
	log_gather();
	log_note(LOG_INFO, "one", NULL, STR_NONE);
	must(write(STDERR_FILENO, "|", 1) == 1);
	log_flush();
	log_note(LOG_INFO, "two", NULL, STR_NONE);
	must(write(STDERR_FILENO, "|", 1) == 1);
	log_note(LOG_ERROR, "three", NULL, STR_NONE);
	must(write(STDERR_FILENO, "|", 1) == 1);
	for (int i = 0; i < 200; i++)
		log_note(LOG_INFO, "many", NULL, STR_NONE);
	must(write(STDERR_FILENO, "|", 1) == 1);
}

static void gathered_lines_wait_for_a_flush_a_fault_or_their_like(void **state)
{
	struct buf said;
	struct str rest;

	(void)state;
	buf_init(&said, 1 << 20);
	assert_int_equal(capture(STDERR_FILENO, gather_some, NULL, &said), 0);
	rest = buf_str(&said);
	assert_str(str_cut(&rest, '|'), STR(""));
	assert_str(str_cut(&rest, '|'), STR(NOW "level=info event=one\n"));
	assert_str(str_cut(&rest, '|'),
		   STR(NOW "level=info event=two\n" NOW "level=error event=three\n"));
	/* Only whole lines, and what does not fit any more is still waiting. */
	assert_true(rest.len > LOG_LINE_MAX && rest.len < 200 * 48);
	assert_true(str_ends(rest, STR("event=many\n|")));
	buf_release(&said);
}

static void levels(void *ctx)
{
	(void)ctx;
	log_set_level(LOG_WARNING);
	log_note(LOG_INFO, "no", NULL, STR_NONE);
	log_note(LOG_WARNING, "yes", NULL, STR_NONE);
	log_set_level(LOG_DEBUG);
	log_note(LOG_DEBUG, "yes", NULL, STR_NONE);
}

static void the_level_decides(void **state)
{
	enum log_level level = LOG_INFO;

	(void)state;
	assert_logs(levels, NULL, NOW "level=warning event=yes\n" NOW "level=debug event=yes\n");
	assert_true(log_level_parse(STR("error"), &level) && level == LOG_ERROR);
	assert_true(log_level_parse(STR("debug"), &level) && level == LOG_DEBUG);
	assert_false(log_level_parse(STR("Error"), &level));
	assert_false(log_level_parse(STR_NONE, &level));
	assert_int_equal(level, LOG_DEBUG);
}

static void long_line(void *ctx)
{
	static char text[20000];
	struct log_line line;

	memset(text, *(char *)ctx, sizeof text);
	log_begin(&line, LOG_INFO, "long");
	for (int i = 0; i < 20; i++)
		log_str(&line, "key", (struct str){ text, sizeof text });
	log_number(&line, "last", 1);
	log_end(&line);
}

/* However much is put into it: one line, that ends, and whole letters. */
static void a_line_has_a_limit(void **state)
{
	char fills[] = { 'x', '\n', '\xff' };

	(void)state;
	for (size_t i = 0; i < sizeof fills; i++) {
		struct buf said;

		buf_init(&said, 1 << 20);
		assert_int_equal(capture(STDERR_FILENO, long_line, &fills[i], &said), 0);
		assert_in_range(said.len, 1000, LOG_LINE_MAX);
		assert_int_equal(str_find(buf_str(&said), '\n'), said.len - 1);
		assert_int_equal(utf8_valid_length(buf_str(&said)), said.len);
		buf_release(&said);
	}
}

static void about_a_request(void *ctx)
{
	struct log_line line;

	(void)ctx;
	log_about(STR("4711.a-b_c"));
	log_note(LOG_INFO, "one", NULL, STR_NONE);
	log_begin(&line, LOG_WARNING, "two");
	log_number(&line, "n", 1);
	log_end(&line);
	log_about(STR_NONE);
	log_note(LOG_INFO, "three", NULL, STR_NONE);
}

static void lines_about_a_request_carry_its_name(void **state)
{
	(void)state;
	assert_logs(about_a_request, NULL,
		    NOW "level=info event=one id=4711.a-b_c\n" NOW
			"level=warning event=two n=1 id=4711.a-b_c\n" NOW
			"level=info event=three\n");
}

static void step_through_levels(void *ctx)
{
	(void)ctx;
	log_change_level(true);
	log_change_level(true);
	for (int i = 0; i < 5; i++) {
		log_change_level(false);
		log_note(LOG_WARNING, "warning", NULL, STR_NONE);
	}
	must(log_level() == LOG_ERROR);
	log_change_level(true);
}

/* Also the change that makes it silent is said. */
static void the_level_goes_up_and_down_by_steps(void **state)
{
	(void)state;
	assert_logs(step_through_levels, NULL,
		    NOW "level=warning event=log-level level=debug\n" NOW
			"level=warning event=log-level level=debug\n" NOW
			"level=warning event=log-level level=info\n" NOW
			"level=warning event=warning\n" NOW
			"level=warning event=log-level level=warning\n" NOW
			"level=warning event=warning\n" NOW
			"level=warning event=log-level level=error\n" NOW
			"level=warning event=log-level level=warning\n");
}

static void into_the_journal(void *ctx)
{
	struct fault why;
	struct stat info;
	char stream[64];

	must(fstat(STDERR_FILENO, &info) == 0);
	snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)info.st_dev,
		 (unsigned long long)info.st_ino + (ctx ? 1 : 0));
	setenv("JOURNAL_STREAM", stream, 1);
	log_start();
	fail(&why, BUSY, "why");
	log_fault(LOG_ERROR, "one", &why);
	log_note(LOG_INFO, "two", NULL, STR_NONE);
	dprintf(STDERR_FILENO, "%sthree\n", log_priority(LOG_WARNING));
}

static void the_journal_gets_priorities_and_nobody_else(void **state)
{
	(void)state;
	assert_logs(into_the_journal, NULL,
		    "<3>" NOW "level=error event=one code=busy why=why\n"
		    "<6>" NOW "level=info event=two\n<4>three\n");
	/* The variable speaks of another file: standard error was turned elsewhere. */
	assert_logs(into_the_journal, "elsewhere",
		    NOW "level=error event=one code=busy why=why\n" NOW
			"level=info event=two\nthree\n");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(values_are_escaped),
		test(a_line_has_many_values),
		test(gathered_lines_wait_for_a_flush_a_fault_or_their_like),
		test(the_level_decides),
		test(a_line_has_a_limit),
		test(lines_about_a_request_carry_its_name),
		test(the_level_goes_up_and_down_by_steps),
		test(the_journal_gets_priorities_and_nobody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

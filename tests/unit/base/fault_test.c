#include "unit.h"

#include <errno.h>

#include <communique/fault.h>
#include <communique/utf8.h>

static void a_fault_has_a_kind_and_a_sentence(void **state)
{
	struct fault why = { .kind = BUSY, .line = 9, .says = "before" };

	(void)state;
	assert_false(fail(&why, INVALID, "%d things", 3));
	assert_int_equal(why.kind, INVALID);
	assert_int_equal(why.line, 0);
	assert_string_equal(why.says, "3 things");
	assert_false(fail_line(&why, TOO_LARGE, 12, "long"));
	assert_int_equal(why.line, 12);
	assert_string_equal(why.says, "line 12: long");
	errno = ENOENT;
	assert_false(fail_errno(&why, "cannot read %s", "the key"));
	assert_int_equal(why.kind, BROKEN);
	assert_string_equal(why.says, "cannot read the key: No such file or directory");
	assert_false(fail(NULL, INVALID, "nobody asks"));
	assert_false(fail_line(NULL, INVALID, 1, "nobody asks"));
	assert_false(fail_errno(NULL, "nobody asks"));
}

/* A sentence is put in front of one that is there: `why` is argument and target. */
static void a_sentence_may_quote_itself(void **state)
{
	struct fault why;

	(void)state;
	fail(&why, INVALID, "no hash");
	fail(&why, DENIED, "signature 2: %s", why.says);
	assert_string_equal(why.says, "signature 2: no hash");
	fail_line(&why, DENIED, 7, "%s", why.says);
	assert_string_equal(why.says, "line 7: signature 2: no hash");
	errno = EIO;
	fail_errno(&why, "%s", why.says);
	assert_true(strncmp(why.says, "line 7: signature 2: no hash: ", 30) == 0);
}

static void a_long_sentence_is_cut_between_letters(void **state)
{
	struct fault why;
	char text[600];

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof text; i += 3) {
			memcpy(text + i, "\xed\x95\x9c", 3);
			text[i + 3] = '\0';
		}
		fail(&why, INVALID, "%s", text);
		assert_true(strlen(why.says) < sizeof why.says);
		assert_int_equal(utf8_valid_length(str_from(why.says)), strlen(why.says));
		fail_line(&why, INVALID, 5, "%s", text);
		assert_int_equal(utf8_valid_length(str_from(why.says)), strlen(why.says));
		errno = ENOENT;
		fail_errno(&why, "%s", text);
		assert_int_equal(utf8_valid_length(str_from(why.says)), strlen(why.says));
	}
}

static void the_table_is_whole(void **state)
{
	enum { LAST = LOG_STOPPED };

	(void)state;
	for (int kind = NO_FAULT; kind <= LAST; kind++) {
		const char *code = fault_code((enum fault_kind)kind);

		assert_true(strlen(code) > 0 && strlen(fault_title((enum fault_kind)kind)) > 0);
		assert_in_range(fault_status((enum fault_kind)kind), 200, 599);
		assert_in_range(fault_exit((enum fault_kind)kind), kind == NO_FAULT ? 0 : 1, 3);
		for (int other = NO_FAULT; other < kind; other++)
			assert_string_not_equal(code, fault_code((enum fault_kind)other));
	}
	assert_int_equal(fault_status(TOO_LARGE), 413);
	assert_int_equal(fault_exit(USAGE), 2);
	assert_string_equal(fault_code(SIGNATURE_REPLAYED), "signature-replayed");
}

static void quoting_is_safe_anywhere(void **state)
{
	(void)state;
	assert_string_equal(QUOTE(STR("plain text")), "plain text");
	assert_string_equal(QUOTE(STR_NONE), "");
	assert_string_equal(QUOTE(STR("a\0\n\x1b[0m\x7f")), "a\\x00\\x0a\\x1b[0m\\x7f");
	assert_string_equal(QUOTE(STR("\"\\")), "\\x22\\x5c");
	assert_string_equal(QUOTE(STR("한글 ä")), "한글 ä");
	assert_string_equal(QUOTE(STR("\xff\xc3")), "\\xff\\xc3");
	assert_string_equal(QUOTE(STR("\xc2\x85")), "\\xc2\\x85");	    /* NEL */
	assert_string_equal(QUOTE(STR("\xe2\x80\xae")), "\\xe2\\x80\\xae"); /* RLO */
	assert_string_equal(QUOTE(STR("\xe2\x81\xa6")), "\\xe2\\x81\\xa6"); /* LRI */
	assert_string_equal(QUOTE(STR("\xd8\x9c")), "\\xd8\\x9c");	    /* ALM */
}

static void quoting_shows_forty_bytes(void **state)
{
	char text[64], out[QUOTE_SIZE];

	(void)state;
	memset(text, 'x', sizeof text);
	quote(out, (struct str){ text, 40 });
	assert_int_equal(strlen(out), 40);
	quote(out, (struct str){ text, 41 });
	assert_int_equal(strlen(out), 40 + strlen("…"));
	assert_string_equal(out + 40, "…");
	memset(text, 0xff, sizeof text); /* the longest: every byte as four */
	quote(out, (struct str){ text, sizeof text });
	assert_int_equal(strlen(out), 160 + strlen("…"));
	memset(text, 'x', 39);
	memcpy(text + 39, "\xed\x95\x9c", 3); /* a letter is shown whole or not at all */
	quote(out, (struct str){ text, 42 });
	assert_int_equal(strlen(out), 39 + strlen("…"));
}

static void fail_must(void *ctx)
{
	must(ctx != NULL);
}

static void must_tells_what(void **state)
{
	struct buf said;
	int status;

	(void)state;
	buf_init(&said, 4096);
	status = capture(STDERR_FILENO, fail_must, NULL, &said);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_true(str_find_str(buf_str(&said), STR("ctx != NULL")) < said.len);
	assert_true(str_find_str(buf_str(&said), STR("fault_test.c")) < said.len);
	buf_release(&said);
	must(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_has_a_kind_and_a_sentence),
		cmocka_unit_test(a_sentence_may_quote_itself),
		cmocka_unit_test(a_long_sentence_is_cut_between_letters),
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(quoting_is_safe_anywhere),
		cmocka_unit_test(quoting_shows_forty_bytes),
		cmocka_unit_test(must_tells_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

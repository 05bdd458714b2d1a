#include "unit.h"

#include <communique/utf8.h>

static bool is_valid(struct str s)
{
	return utf8_valid_length(s) == s.len;
}

static void every_code_point_goes_both_ways(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 16);
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		struct str rest;

		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		buf_clear(&buf);
		buf_add_utf8(&buf, code);
		rest = buf_str(&buf);
		if (utf8_next(&rest) != code || rest.len != 0)
			assert_int_equal(code, UTF8_INVALID);
	}
	buf_release(&buf);
}

static void only_rfc_3629_is_valid(void **state)
{
	static const struct {
		const char *bytes;
		size_t valid;
	} bad[] = {
		{ "a\x80", 1 },
		{ "\xc0\x80", 0 },
		{ "\xc1\xbf", 0 },
		{ "\xc2", 0 },
		{ "\xc2\x41", 0 },
		{ "\xe0\x80\x80", 0 },
		{ "\xe0\x9f\xbf", 0 },
		{ "\xed\xa0\x80", 0 },
		{ "\xed\xbf\xbf", 0 },
		{ "\xe1\x80", 0 },
		{ "\xe1\x80\xc0", 0 },
		{ "\xf0\x80\x80\x80", 0 },
		{ "\xf0\x8f\xbf\xbf", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xff", 0 },
		{ "ok\xfe", 2 },
		{ "\xf1\x80\x80", 0 },
		{ "\xc3\xa4\xbf", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(utf8_valid_length(str_from(bad[i].bytes)), bad[i].valid);
	assert_true(is_valid(STR("")) && is_valid(STR_NONE));
	assert_true(is_valid(STR("a\0\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
				 "\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")));
}

/* A byte that is wrong costs one step, and what follows is found again. */
static void decoding_goes_on_behind_a_wrong_byte(void **state)
{
	struct str rest = STR("\xe1\x80x");

	(void)state;
	assert_int_equal(utf8_next(&rest), UTF8_INVALID);
	assert_int_equal(utf8_next(&rest), UTF8_INVALID);
	assert_int_equal(utf8_next(&rest), 'x');
	assert_int_equal(rest.len, 0);
	assert_int_equal(utf8_count(STR("\xe1\x80x한")), 4);
	assert_int_equal(utf8_count(STR_NONE), 0);
}

static void surrogate(void *ctx)
{
	buf_add_utf8(ctx, 0xd800);
}

static void beyond(void *ctx)
{
	buf_add_utf8(ctx, 0x110000);
}

static void past_the_end(void *ctx)
{
	utf8_next(ctx);
}

static void mistakes_stop(void **state)
{
	struct str end = STR_NONE;
	struct buf buf;

	(void)state;
	buf_init(&buf, 16);
	assert_true(stops(surrogate, &buf));
	assert_true(stops(beyond, &buf));
	assert_true(stops(past_the_end, &end));
	buf_release(&buf);
}

static void normal_form_c(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_true(utf8_is_nfc(STR("plain")));
	assert_true(utf8_is_nfc(STR_NONE));
	assert_true(utf8_is_nfc(STR("\xc3\xa4 한글 \xf0\x9f\x98\x80")));
	assert_false(utf8_is_nfc(STR("a\xcc\x88")));				/* a + diaeresis */
	assert_false(utf8_is_nfc(STR("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"))); /* jamo */
	assert_false(utf8_is_nfc(STR("\xe2\x84\xab")));				/* Angstrom sign */
	assert_str(utf8_to_nfc(&arena, STR("a\xcc\x88x")), STR("\xc3\xa4x"));
	assert_str(utf8_to_nfc(&arena, STR("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab")),
		   STR("\xed\x95\x9c"));
	assert_str(utf8_to_nfc(&arena, STR("plain")), STR("plain"));
	assert_str(utf8_to_nfc(&arena, STR("\xc3\xa4\0b")), STR("\xc3\xa4\0b"));
	arena_release(&arena);
}

static void columns_of_a_terminal(void **state)
{
	(void)state;
	assert_int_equal(utf8_columns(STR("abc")), 3);
	assert_int_equal(utf8_columns(STR("한글")), 4);
	assert_int_equal(utf8_columns(STR("a\xcc\x88")), 1);
	assert_int_equal(utf8_columns(STR("\xff")), 1);
	assert_int_equal(utf8_columns(STR_NONE), 0);
}

static void summaries_end_with_a_word(void **state)
{
	bool cut;

	(void)state;
	assert_str(utf8_cut_at_word(STR("one two"), 7, &cut), STR("one two"));
	assert_false(cut);
	assert_str(utf8_cut_at_word(STR("one two"), 100, &cut), STR("one two"));
	assert_false(cut);
	assert_str(utf8_cut_at_word(STR("one two three"), 10, &cut), STR("one two"));
	assert_true(cut);
	assert_str(utf8_cut_at_word(STR("one two three"), 7, &cut), STR("one two"));
	assert_true(cut);
	/* No space in sight: cut where it is, between letters. */
	assert_str(utf8_cut_at_word(STR("한국어글자"), 3, &cut), STR("한국어"));
	assert_true(cut);
	assert_str(utf8_cut_at_word(STR("a bcdefghijklmnop"), 12, &cut), STR("a bcdefghijk"));
	assert_true(cut);
	assert_int_equal(utf8_cut_at_word(STR("abc"), 0, &cut).len, 0);
	assert_true(cut);
	assert_int_equal(utf8_cut_at_word(STR_NONE, 5, &cut).len, 0);
	assert_false(cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_goes_both_ways),
		cmocka_unit_test(only_rfc_3629_is_valid),
		cmocka_unit_test(decoding_goes_on_behind_a_wrong_byte),
		cmocka_unit_test(mistakes_stop),
		cmocka_unit_test(normal_form_c),
		cmocka_unit_test(columns_of_a_terminal),
		cmocka_unit_test(summaries_end_with_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

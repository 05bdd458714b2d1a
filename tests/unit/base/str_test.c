#include "unit.h"

static void none_and_empty_are_two_things(void **state)
{
	(void)state;
	assert_false(str_given(STR_NONE));
	assert_true(str_given(STR("")));
	assert_false(str_given(str_from(NULL)));
	assert_true(str_given(str_from("")));
	assert_true(str_equal(STR_NONE, STR("")));
	assert_int_equal(str_from("four").len, 4);
}

static void texts_compare_by_bytes(void **state)
{
	(void)state;
	assert_true(str_equal(STR("a\0b"), STR("a\0b")));
	assert_false(str_equal(STR("a\0b"), STR("a\0c")));
	assert_false(str_equal(STR("a"), STR("ab")));
	assert_true(str_compare(STR("a"), STR("b")) < 0);
	assert_true(str_compare(STR("b"), STR("a")) > 0);
	assert_true(str_compare(STR("a"), STR("aa")) < 0);
	assert_true(str_compare(STR("aa"), STR("a")) > 0);
	assert_true(str_compare(STR("\x7f"), STR("\x80")) < 0); /* bytes have no sign */
	assert_int_equal(str_compare(STR("a"), STR("a")), 0);
	assert_int_equal(str_compare(STR_NONE, STR("")), 0);
	assert_true(str_compare(STR_NONE, STR("a")) < 0);
}

static void case_is_ascii_only(void **state)
{
	(void)state;
	assert_true(str_equal_nocase(STR("Content-Type"), STR("cONTENT-tYPE")));
	assert_false(str_equal_nocase(STR("a"), STR("ab")));
	assert_false(str_equal_nocase(STR("["), STR("{")));
	assert_false(str_equal_nocase(STR("@"), STR("`")));
	assert_false(str_equal_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
	assert_true(str_equal_nocase(STR_NONE, STR("")));
}

static void beginnings_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_true(str_starts(STR("abc"), STR("")));
	assert_true(str_starts(STR_NONE, STR_NONE));
	assert_false(str_starts(STR("ab"), STR("abc")));
	assert_false(str_starts(STR("abc"), STR("b")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_true(str_ends(STR("abc"), STR("")));
	assert_false(str_ends(STR("bc"), STR("abc")));
	assert_false(str_ends(STR("abc"), STR("ab")));
}

static void pieces_stay_inside(void **state)
{
	(void)state;
	assert_str(str_skip(STR("abc"), 1), STR("bc"));
	assert_str(str_skip(STR("abc"), 3), STR(""));
	assert_str(str_skip(STR("abc"), SIZE_MAX), STR(""));
	assert_int_equal(str_skip(STR_NONE, 5).len, 0);
	assert_str(str_first(STR("abc"), 2), STR("ab"));
	assert_str(str_first(STR("abc"), 9), STR("abc"));
	assert_str(str_first(STR("abc"), 0), STR(""));
	assert_str(str_trim(STR(" \t a b\t ")), STR("a b"));
	assert_str(str_trim(STR("a")), STR("a"));
	assert_str(str_trim(STR(" \t ")), STR(""));
	assert_str(str_trim(STR("\n")), STR("\n"));
	assert_int_equal(str_trim(STR_NONE).len, 0);
}

static void finding(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("abca"), 'a'), 0);
	assert_int_equal(str_find(STR("abca"), 'c'), 2);
	assert_int_equal(str_find(STR("abca"), 'x'), 4);
	assert_int_equal(str_find(STR("a\0b"), '\0'), 1);
	assert_int_equal(str_find(STR_NONE, 'x'), 0);
	assert_int_equal(str_find_str(STR("abcabd"), STR("abd")), 3);
	assert_int_equal(str_find_str(STR("abc"), STR("abcd")), 3);
	assert_int_equal(str_find_str(STR("abc"), STR("")), 0);
	assert_int_equal(str_find_str(STR_NONE, STR("a")), 0);
	assert_int_equal(str_find_str(STR_NONE, STR_NONE), 0);
}

static void cutting_gives_every_piece_once(void **state)
{
	struct str rest = STR("a,,b,");

	(void)state;
	assert_str(str_cut(&rest, ','), STR("a"));
	assert_str(str_cut(&rest, ','), STR(""));
	assert_str(str_cut(&rest, ','), STR("b"));
	assert_true(str_given(rest)); /* the empty piece behind the last comma */
	assert_str(str_cut(&rest, ','), STR(""));
	assert_false(str_given(rest));

	rest = STR("whole");
	assert_str(str_cut(&rest, ','), STR("whole"));
	assert_false(str_given(rest));
	rest = STR("");
	assert_true(str_given(str_cut(&rest, ',')));
	assert_false(str_given(rest));
}

static bool number(const char *text, uint64_t max, uint64_t *out)
{
	return str_to_u64(str_from(text), max, out);
}

static void numbers_have_one_spelling(void **state)
{
	static const char *const bad[] = { "",
					   "-1",
					   "+1",
					   " 1",
					   "1 ",
					   "01",
					   "00",
					   "0x1",
					   "1.0",
					   "1e3",
					   "a",
					   "/",
					   ":",
					   "18446744073709551616",
					   "99999999999999999999",
					   "184467440737095516150",
					   "\xd9\xa1" };
	uint64_t n = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(number(bad[i], UINT64_MAX, &n));
		assert_int_equal(n, 7);
	}
	assert_true(number("0", UINT64_MAX, &n) && n == 0);
	assert_true(number("10", 10, &n) && n == 10);
	assert_false(number("11", 10, &n));
	assert_true(number("18446744073709551615", UINT64_MAX, &n) && n == UINT64_MAX);
	assert_false(str_to_u64(STR("1\0"), 9, &n));
}

static void letters_are_ascii_letters(void **state)
{
	unsigned upper = 0, lower = 0, digit = 0;

	(void)state;
	for (int c = -128; c < 128; c++) {
		upper += is_upper((char)c);
		lower += is_lower((char)c);
		digit += is_digit((char)c);
		assert_int_equal(is_alpha((char)c), is_upper((char)c) || is_lower((char)c));
		if (!is_upper((char)c))
			assert_int_equal(to_lower((char)c), (char)c);
	}
	assert_int_equal(upper, 26);
	assert_int_equal(lower, 26);
	assert_int_equal(digit, 10);
	assert_int_equal(to_lower('Z'), 'z');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_and_empty_are_two_things),
		cmocka_unit_test(texts_compare_by_bytes),
		cmocka_unit_test(case_is_ascii_only),
		cmocka_unit_test(beginnings_and_ends),
		cmocka_unit_test(pieces_stay_inside),
		cmocka_unit_test(finding),
		cmocka_unit_test(cutting_gives_every_piece_once),
		cmocka_unit_test(numbers_have_one_spelling),
		cmocka_unit_test(letters_are_ascii_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <communique/locale.h>

static struct buf out;

static void expect(const char *text)
{
	buf_add_char(&out, 0);
	assert_string_equal(out.at, text);
	buf_clear(&out);
}

static const struct locale *in(const char *tag)
{
	const struct locale *locale = locale_find(str_from(tag));

	assert_non_null(locale);
	return locale;
}

static void locales_are_found_by_tag(void **state)
{
	(void)state;
	assert_true(locale_count() >= 2);
	assert_true(str_equal(locale_tag(in("en")), STR("en")));
	assert_true(str_equal(locale_tag(in("KO")), STR("ko")));
	assert_null(locale_find(STR("xx")));
	assert_null(locale_find(STR("")));
	for (size_t i = 0; i < locale_count(); i++)
		assert_ptr_equal(locale_find(locale_tag(locale_at(i))), locale_at(i));
}

/* The four lines above every page of the captured board. */
static void skip_links_have_the_words_of_the_board(void **state)
{
	(void)state;
	assert_true(str_equal(locale_message(in("ko"), "skip-menu"), STR("바로가기 메뉴")));
	assert_true(str_equal(locale_message(in("ko"), "skip-content"), STR("본문 바로가기")));
	assert_true(str_equal(locale_message(in("ko"), "skip-main-menu"), STR("주메뉴 바로가기")));
	assert_true(str_equal(locale_message(in("ko"), "search-open"), STR("검색창 열기")));
	assert_true(str_equal(locale_message(in("ko"), "search-close"), STR("검색창 닫기")));
}

static void messages_are_known_by_key(void **state)
{
	(void)state;
	assert_true(locale_has_message(STR("skip-menu")));
	assert_true(locale_has_message(STR("all-releases")));
	assert_false(locale_has_message(STR("skip-men")));
	assert_false(locale_has_message(STR("skip-menus")));
	assert_false(locale_has_message(STR("")));
}

static void blanks_are_filled_in(void **state)
{
	struct str values[] = { STR("A%2"), STR("B") };

	(void)state;
	locale_format(in("en"), "title", values, 2, &out);
	expect("A%2 – B");
	locale_format(in("en"), "title", values, 1, &out);
	expect("A%2 – ");
}

static void dates_are_written_as_the_language_does(void **state)
{
	struct date date = { 2020, 10, 8 };

	(void)state;
	locale_add_date(in("en"), date, &out);
	expect("October 8, 2020");
	locale_add_date(in("ko"), date, &out);
	expect("2020년 10월 8일");
	locale_add_date(in("ar"), date, &out);
	expect("8 أكتوبر 2020");
}

static void numbers_are_grouped(void **state)
{
	static const struct {
		uint64_t n;
		const char *text;
	} cases[] = { { 0, "0" },
		      { 999, "999" },
		      { 1000, "1,000" },
		      { 123456, "123,456" },
		      { 1234567, "1,234,567" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		locale_add_number(in("en"), cases[i].n, &out);
		expect(cases[i].text);
	}
}

static void directions_are_known(void **state)
{
	static const char *const rtl[] = { "ar", "AR", "ar-EG", "he", "fa", "ur-PK", "az-Arab" };
	static const char *const ltr[] = {
		"en", "ko", "xx", "", "ar-Latn", "zh-Hant", "en-x-arab"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rtl) / sizeof(*rtl); i++)
		assert_true(language_is_rtl(str_from(rtl[i])));
	for (size_t i = 0; i < sizeof(ltr) / sizeof(*ltr); i++)
		assert_false(language_is_rtl(str_from(ltr[i])));
}

static void languages_are_called_as_they_call_themselves(void **state)
{
	(void)state;
	assert_true(str_equal(language_name(STR("ko")), STR("한국어")));
	assert_true(str_equal(language_name(STR("ar-EG")), STR("العربية")));
	assert_true(str_equal(language_name(STR("zh-Hant-HK")), STR("繁體中文")));
	assert_true(str_equal(language_name(STR("tlh")), STR("tlh")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locales_are_found_by_tag),
		cmocka_unit_test(skip_links_have_the_words_of_the_board),
		cmocka_unit_test(messages_are_known_by_key),
		cmocka_unit_test(blanks_are_filled_in),
		cmocka_unit_test(dates_are_written_as_the_language_does),
		cmocka_unit_test(numbers_are_grouped),
		cmocka_unit_test(directions_are_known),
		cmocka_unit_test(languages_are_called_as_they_call_themselves),
	};
	int failed;

	buf_init(&out, 4096);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&out);
	return failed;
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include "../../../src/web/choose.h"

static const struct site site = {
	.languages = { { "en", 2 }, { "ko", 2 }, { "zh-hant", 7 } },
	.language_count = 3,
};

static size_t chosen(const char *field)
{
	return choose_language(&site, str_from(field));
}

static void the_best_language_is_chosen(void **state)
{
	(void)state;
	assert_int_equal(chosen("ko"), 1);
	assert_int_equal(chosen("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7"), 1);
	assert_int_equal(chosen("en;q=0.3, KO;q=0.4"), 1);
	assert_int_equal(chosen("fr, de;q=0.9, ko;q=0.001"), 1);
	assert_int_equal(chosen("zh-TW"), 2);
	assert_int_equal(chosen("zh-hant, ko"), 2);
	assert_int_equal(chosen("en, ko"), 0); /* the first of equals */
	assert_int_equal(chosen("ko, en"), 1);
}

static void what_cannot_be_read_wants_nothing(void **state)
{
	static const char *const fields[] = { "",	    "*",	   "fr",	 "ko;q=0",
					      "ko;q=0.000", "ko;q=1.5",	   "ko;q=2",	 "ko;q=",
					      "ko;q=.5",    "ko;q=0.1234", "ko;level=1", ",,,;;;",
					      "ko;q=1.001", "q=1",	   "korean" };

	(void)state;
	assert_int_equal(chosen(NULL), 0);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		assert_int_equal(chosen(fields[i]), 0);
}

static void the_best_encoding_is_chosen(void **state)
{
	static const struct {
		const char *field;
		enum encoding wanted;
	} cases[] = {
		{ NULL, ENCODING_NONE },
		{ "", ENCODING_NONE },
		{ "br", ENCODING_BROTLI },
		{ "gzip", ENCODING_GZIP },
		{ "gzip, deflate, br", ENCODING_BROTLI },
		{ "gzip, deflate, br, zstd", ENCODING_BROTLI },
		{ "GZIP", ENCODING_GZIP },
		{ "x-gzip", ENCODING_GZIP },
		{ " gzip ; q=1.000 ", ENCODING_GZIP },
		{ "gzip;q=1.0, br;q=0.9", ENCODING_GZIP },
		{ "br;q=0.5,gzip;q=0.5", ENCODING_BROTLI },
		{ "br;q=0", ENCODING_NONE },
		{ "br;q=0, gzip", ENCODING_GZIP },
		{ "br;q=0.000, *", ENCODING_GZIP },
		{ "*", ENCODING_BROTLI },
		{ "*;q=0", ENCODING_NONE },
		{ "*;q=0, gzip;q=0.001", ENCODING_GZIP },
		{ "gzip, *;q=0", ENCODING_GZIP },
		{ "identity", ENCODING_NONE },
		{ "identity;q=1, gzip;q=0.5", ENCODING_NONE },
		{ "identity;q=0.5, gzip;q=0.5", ENCODING_GZIP },
		{ "identity;q=0", ENCODING_NONE }, /* nothing else is known: better than nothing */
		{ "deflate, zstd, compress", ENCODING_NONE },
		{ "gzip;q=2", ENCODING_NONE },
		{ "gzip;q=", ENCODING_NONE },
		{ "gzip;q=0.1234", ENCODING_NONE },
		{ "gzip;level=9", ENCODING_NONE },
		{ "gzipped, brotli, bro", ENCODING_NONE },
		{ ",,;,=;q=1,;;", ENCODING_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(choose_encoding(str_from(cases[i].field)), cases[i].wanted);
}

static bool same(const char *field)
{
	return etag_matches(str_from(field), STR("\"abc\""));
}

static void if_none_match_is_weak(void **state)
{
	(void)state;
	assert_true(same("\"abc\""));
	assert_true(same("W/\"abc\""));
	assert_true(same("\"x\", \"abc\""));
	assert_true(same(" * "));
	assert_false(same("abc"));
	assert_false(same("\"ab\""));
	assert_false(same(""));
	assert_false(same("\"abc"));
}

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void if_match_is_strict(void **state)
{
	static const char *const wrong[] = { "",
					     "*",
					     HEX,
					     "\"" HEX,
					     "W/\"" HEX "\"",
					     "\"" HEX "\", \"" HEX "\"",
					     "\"" HEX "0\"",
					     "'" HEX "'",
					     "\"00112233445566778899AABBCCDDEEFF0011223344556677"
					     "8899aabbccddeeff\"" };
	struct fault why;
	struct hash hash;

	(void)state;
	assert_true(if_match_parse(STR("\"" HEX "\""), &hash, &why));
	assert_string_equal(HASH_TEXT(&hash), HEX);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(if_match_parse(str_from(wrong[i]), &hash, &why));
		assert_int_equal(why.kind, INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_language_is_chosen),
		cmocka_unit_test(what_cannot_be_read_wants_nothing),
		cmocka_unit_test(the_best_encoding_is_chosen),
		cmocka_unit_test(if_none_match_is_weak),
		cmocka_unit_test(if_match_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "../base/unit.h"

#include <communique/token.h>
#include <communique/utf8.h>

/* The tokens of a text with a bar between; joined ones in brackets, pairs and letters as they are.
 */
static const char *tokens_of(const char *language, struct str text)
{
	static char out[4096];
	struct stems stems;
	struct tokens tokens;
	struct token token;
	size_t len = 0;

	stems_open(&stems, str_from(language));
	tokens = tokens_begin(&stems, text);
	out[0] = 0;
	while (tokens_next(&tokens, &token)) {
		bool joined = token.kind == TOKEN_JOINED;

		assert_true(token.text.len > 0 && token.text.len <= TOKEN_MAX);
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%s%.*s%s", len ? "|" : "",
					joined ? "[" : "", STR_ARG(token.text), joined ? "]" : "");
	}
	stems_close(&stems);
	return out;
}

#define TOKENS(language, text) tokens_of(language, str_from(text))

/* The stem of a single word. */
static void assert_same(const char *language, const char *one, const char *other)
{
	char first[256];

	snprintf(first, sizeof first, "%s", TOKENS(language, one));
	assert_true(first[0] != 0);
	assert_string_equal(first, TOKENS(language, other));
}

static void words_of_one_stem_are_one_in_english(void **state)
{
	(void)state;
	assert_same("en", "cooperate", "cooperation");
	assert_same("en", "cooperate", "Cooperating");
	assert_same("en-GB", "harbours", "HARBOUR");
	assert_same("en", "ministry's", "ministry");
	assert_same("en", "ministry\xe2\x80\x99s", "ministries");
	assert_string_equal(TOKENS("en", "The fees were waived."), "the|fee|were|waiv");
}

static void latin_words_in_other_texts_are_english(void **state)
{
	(void)state;
	assert_same("ko", "cooperation", "cooperate");
	assert_same("ar", "cooperation", "cooperate");
	assert_same("zh", "cooperation", "cooperate");
}

static void letters_lose_what_is_on_them_where_that_is_latin(void **state)
{
	(void)state;
	assert_same("en", "café", "CAFE");
	assert_same("en", "Åland Øresund Łódź straße æther", "aland oresund lodz strasse aether");
	assert_same("de", "Häfen", "hafen");
	assert_same("fr", "coopération", "coopérations");
	assert_same("en", "ＡＢＣ１２３", "abc123");
	/* й is a letter of its own, not и with something on it. */
	assert_string_equal(TOKENS("ko", "Йод"), "йод");
}

static void hangul_is_found_inside_compounds_by_pairs(void **state)
{
	(void)state;
	assert_string_equal(TOKENS("ko", "외교부는 발표"), "외|외교|교|교부|부|부는|는|발|발표|표");
	assert_string_equal(TOKENS("ko", "제20-752호"), "제|[20-752]|20|752|호");
	assert_string_equal(TOKENS("en", "핵"), "핵");
}

static void han_and_kana_and_thai_are_found_by_pairs(void **state)
{
	(void)state;
	assert_string_equal(TOKENS("zh", "外交部。发言"), "外|外交|交|交部|部|发|发言|言");
	assert_string_equal(TOKENS("ja", "カニ"), "カ|カニ|ニ");
	assert_string_equal(TOKENS("th", "ไทย"), "ไ|ไท|ท|ทย|ย");
}

static void an_arabic_word_has_one_stem_with_its_article_and_its_vowel_signs(void **state)
{
	(void)state;
	assert_same("ar", "سفينة", "السفينة");
	assert_same("ar", "سفينة", "والسفينة");
	assert_same("ar", "سفينة", "للسفينة");
	assert_same("ar", "اتفاق", "الاتفاق");
	assert_same("ar", "وزارة", "الوزارة");
	assert_same("ar", "وزارة", "وِزَارَةُ");
	assert_same("ar", "اتفاقية", "الإتِّفاقيّة");
	assert_same("ar", "التعاون", "تـعـاون");
	assert_string_equal(TOKENS("ar", "٢٠-٧٥٢"), "[20-752]|20|752");
}

static void references_and_numbers_are_told_as_they_are_written(void **state)
{
	(void)state;
	assert_string_equal(TOKENS("en", "No. 20-752, of"), "no|[20-752]|20|752|of");
	assert_string_equal(TOKENS("en", "1,000.5"), "[1,000.5]|1|000|5");
	assert_string_equal(TOKENS("en", "20\xe2\x80\x93"
					 "752"),
			    "[20-752]|20|752");
	assert_string_equal(TOKENS("en", "COVID-19"), "[covid-19]|covid|19");
	assert_string_equal(TOKENS("en", "A/RES/78/1"), "[a/res/78/1]|a|res|78|1");
	/* Without a digit they are words. */
	assert_string_equal(TOKENS("en", "so-called U.S."), "so|call|u|s");
	assert_string_equal(TOKENS("en", "20--752"), "20|752");
}

static void a_token_says_where_it_stands(void **state)
{
	struct str text = STR("The Harbours, 항만청");
	struct tokens tokens;
	struct token token;
	struct stems stems;

	(void)state;
	stems_open(&stems, STR("en"));
	tokens = tokens_begin(&stems, text);
	assert_true(tokens_next(&tokens, &token) && tokens_next(&tokens, &token));
	assert_true(str_equal(token.text, STR("harbour")));
	assert_true(str_equal(token.source, STR("Harbours")));
	assert_ptr_equal(token.source.at, text.at + 4);
	assert_true(tokens_next(&tokens, &token) && tokens_next(&tokens, &token));
	assert_true(str_equal(token.source, STR("항만")));
	stems_close(&stems);
}

static void what_is_too_long_is_known_by_its_beginning(void **state)
{
	char word[TOKEN_MAX + 21];

	(void)state;
	memset(word, 'x', sizeof word - 1);
	word[sizeof word - 1] = 0;
	assert_int_equal(strlen(TOKENS("en", word)), TOKEN_MAX);
	word[TOKEN_MAX + 5] = 0;
	assert_int_equal(strlen(TOKENS("en", word)), TOKEN_MAX);
}

static void there_are_no_tokens_in_what_is_no_word(void **state)
{
	(void)state;
	assert_string_equal(TOKENS("en", ""), "");
	assert_string_equal(TOKENS("en", " ,. – \"'!\n"), "");
	assert_string_equal(TOKENS("en", "\xff\xfe\x80"), "");
	assert_string_equal(TOKENS("en", "\xd9\x8b\xd9\x80"), "");
}

/* Whatever the bytes: tokens stand in order inside the text, are short and are UTF-8. */
static void any_bytes_can_be_taken_apart(void **state)
{
	static const char *const bits[] = { "a",
					    "Z",
					    "9",
					    "-",
					    ".",
					    "'",
					    "s ",
					    "\xe2\x80\x99",
					    "가",
					    "漢",
					    "é",
					    "ا",
					    "ل",
					    "\xd9\x8b",
					    "\xcc\x81",
					    "\xff",
					    "\xe2",
					    "\xc2\xad",
					    "ﷺ",
					    "ﬁ",
					    "①",
					    "İ",
					    "ß",
					    "ญ",
					    "\xf0\xa0\x80\x80",
					    "\xef\xb8\x8f",
					    " ",
					    "1,",
					    "\n" };
	static const char *const languages[] = { "en", "ko", "ar", "de", "ru", "tr", "hu", "xx" };
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 4000; round++) {
		char text[400];
		size_t len = 0;
		struct stems stems;
		struct tokens tokens;
		struct token token;
		const char *last = text;

		stems_open(&stems, str_from(languages[round % 8]));
		while (len + 8 < sizeof text && (seed >> 33) % 97) {
			const char *bit;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			bit = bits[(seed >> 40) % (sizeof bits / sizeof *bits)];
			memcpy(text + len, bit, strlen(bit));
			len += strlen(bit);
		}
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		tokens = tokens_begin(&stems, (struct str){ text, len });
		while (tokens_next(&tokens, &token)) {
			assert_true(token.text.len > 0 && token.text.len <= TOKEN_MAX);
			assert_int_equal(utf8_valid_length(token.text), token.text.len);
			assert_true(token.source.at >= last || token.kind == TOKEN_PAIR ||
				    token.kind == TOKEN_LETTER);
			assert_true(token.source.at + token.source.len <= text + len);
			last = token.source.at;
		}
		stems_close(&stems);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_one_stem_are_one_in_english),
		cmocka_unit_test(latin_words_in_other_texts_are_english),
		cmocka_unit_test(letters_lose_what_is_on_them_where_that_is_latin),
		cmocka_unit_test(hangul_is_found_inside_compounds_by_pairs),
		cmocka_unit_test(han_and_kana_and_thai_are_found_by_pairs),
		cmocka_unit_test(an_arabic_word_has_one_stem_with_its_article_and_its_vowel_signs),
		cmocka_unit_test(references_and_numbers_are_told_as_they_are_written),
		cmocka_unit_test(a_token_says_where_it_stands),
		cmocka_unit_test(what_is_too_long_is_known_by_its_beginning),
		cmocka_unit_test(there_are_no_tokens_in_what_is_no_word),
		cmocka_unit_test(any_bytes_can_be_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "../base/unit.h"

#include <communique/query.h>
#include <communique/utf8.h>

/* Required terms with a bar between, exclusions with -n: in front, quotations in quotes. */
static const char *parsed(const char *language, struct str text)
{
	static char out[4096];
	struct arena arena;
	struct stems stems;
	struct query query;
	size_t len = 0;

	arena_init(&arena);
	stems_open(&stems, str_from(language));
	assert_true(query_parse(&arena, &stems, text, &query, NULL));
	out[0] = 0;
	for (size_t i = 0; i < query.count; i++) {
		const struct query_term *term = &query.terms[i];
		char group[16] = "";

		assert_true((term->group == 0) == (i < query.required));
		if (term->group)
			snprintf(group, sizeof group, "-%u:", term->group);
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%s%.*s", len ? "|" : "",
					group, STR_ARG(term->text));
	}
	for (size_t i = 0; i < query.phrase_count; i++)
		len += (size_t)snprintf(out + len, sizeof out - len, " \"%.*s\"",
					STR_ARG(query.phrases[i]));
	if (query.shortened)
		snprintf(out + len, sizeof out - len, " …");
	stems_close(&stems);
	arena_release(&arena);
	return out;
}

#define PARSED(language, text) parsed(language, str_from(text))

static void words_are_terms_once_each(void **state)
{
	(void)state;
	assert_string_equal(PARSED("en", "harbour fees"), "harbour|fee");
	assert_string_equal(PARSED("en", "  Fee, fees; FEE! "), "fee");
	assert_string_equal(PARSED("en", ""), "");
	assert_string_equal(PARSED("en", "?! -"), "");
}

static void a_run_of_letters_is_its_pairs_and_a_lone_letter_itself(void **state)
{
	(void)state;
	assert_string_equal(PARSED("ko", "기후변화"), "기후|후변|변화");
	assert_string_equal(PARSED("ko", "외교"), "외교");
	assert_string_equal(PARSED("ko", "핵 실험"), "핵|실험");
	assert_string_equal(PARSED("zh", "法"), "法");
	/* Decomposed, as some systems type it. */
	assert_string_equal(PARSED("ko", "\xe1\x84\x92\xe1\x85\xa2\xe1\x86\xa8"), "핵");
}

static void a_reference_is_one_term(void **state)
{
	(void)state;
	assert_string_equal(PARSED("en", "20-752"), "20-752");
	assert_string_equal(PARSED("ko", "제20-752호"), "제|20-752|호");
	assert_string_equal(PARSED("en", "COVID-19 so-called"), "covid-19|so|call");
}

static void quotations_are_terms_and_phrases(void **state)
{
	(void)state;
	assert_string_equal(PARSED("en", "\"harbour fees\" waived"),
			    "harbour|fee|waiv \"harbour fees\"");
	assert_string_equal(PARSED("en", "“harbour fees”"), "harbour|fee \"harbour fees\"");
	assert_string_equal(PARSED("ko", "「기후 변화」"), "기후|변화 \"기후 변화\"");
	assert_string_equal(PARSED("en", "\"open to the end"),
			    "open|to|the|end \"open to the end\"");
	/* Of one word there is nothing to check. */
	assert_string_equal(PARSED("en", "\"fees\""), "fee");
	assert_string_equal(PARSED("en", "a\"b c\"d"), "a|b|c|d \"b c\"");
}

static void a_minus_before_a_word_excludes_it(void **state)
{
	(void)state;
	assert_string_equal(PARSED("en", "harbour -fees"), "harbour|-1:fee");
	assert_string_equal(PARSED("en", "-fees harbour -port"), "harbour|-1:fee|-2:port");
	assert_string_equal(PARSED("ko", "항만 -기후변화"), "항만|-1:기후|-1:후변|-1:변화");
	assert_string_equal(PARSED("en", "harbour -\"port fees\""), "harbour|-1:port|-1:fee");
	assert_string_equal(PARSED("en", "fee-free"), "fee|free");
	assert_string_equal(PARSED("en", "harbour - fees"), "harbour|fee");
}

static void a_query_has_an_end(void **state)
{
	char text[QUERY_MAX + 2];
	struct arena arena;
	struct query query;
	struct fault why;

	(void)state;
	arena_init(&arena);
	memset(text, 'x', sizeof text);
	assert_true(query_parse(&arena, NULL, (struct str){ text, QUERY_MAX }, &query, &why));
	assert_false(query_parse(&arena, NULL, (struct str){ text, QUERY_MAX + 1 }, &query, &why));
	assert_int_equal(why.kind, INVALID);
	assert_false(query_parse(&arena, NULL, STR("a\xff"), &query, &why));
	assert_int_equal(why.kind, INVALID);
	for (size_t i = 0; i < QUERY_MAX; i++)
		text[i] = i % 2 ? ' ' : (char)('a' + i / 2 % 26);
	for (size_t i = 52; i < 104; i += 2)
		text[i] = (char)('0' + i / 2 % 10);
	assert_true(query_parse(&arena, NULL, (struct str){ text, 64 }, &query, &why));
	assert_false(query.shortened);
	assert_int_equal(query.count, QUERY_TERMS_MAX);
	assert_true(query_parse(&arena, NULL, (struct str){ text, 66 }, &query, &why));
	assert_true(query.shortened);
	assert_int_equal(query.count, QUERY_TERMS_MAX);
	arena_release(&arena);
}

/* Any bytes: refused, or as many terms as there is room for, each of a token's length. */
static void any_query_can_be_read(void **state)
{
	static const char *const bits[] = {
		"a",	"b1", "-",  "\"",  "“",	   "」",	   " ",	   "  ",
		"가나", "漢", "é",  "ا",   "\xff", "\xc2",	   "20-7", ".",
		"'s",	"\t", "\n", "-\"", "-가",  "\xe2\x80\x8b", "﷽",	   "\xcc\x81"
	};
	uint64_t seed = 11;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[256];
		size_t len = 0;
		struct arena arena;
		struct stems stems;
		struct query query;
		struct fault why;

		arena_init(&arena);
		stems_open(&stems, round % 3 ? STR("en") : STR("ar"));
		do {
			const char *bit;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			bit = bits[(seed >> 40) % (sizeof bits / sizeof *bits)];
			memcpy(text + len, bit, strlen(bit));
			len += strlen(bit);
		} while (len < 220 && (seed >> 20) % 23);
		if (query_parse(&arena, &stems, (struct str){ text, len }, &query, &why)) {
			assert_true(len <= QUERY_MAX);
			assert_true(query.count <= QUERY_TERMS_MAX);
			assert_true(query.phrase_count <= QUERY_PHRASES_MAX);
			assert_true(query.required <= query.count);
			for (size_t i = 0; i < query.count; i++) {
				assert_true(query.terms[i].text.len > 0);
				assert_true(query.terms[i].text.len <= TOKEN_MAX);
				assert_true(query.terms[i].group <= query.groups);
			}
		} else {
			assert_true(len > QUERY_MAX ||
				    utf8_valid_length((struct str){ text, len }) != len);
		}
		stems_close(&stems);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_terms_once_each),
		cmocka_unit_test(a_run_of_letters_is_its_pairs_and_a_lone_letter_itself),
		cmocka_unit_test(a_reference_is_one_term),
		cmocka_unit_test(quotations_are_terms_and_phrases),
		cmocka_unit_test(a_minus_before_a_word_excludes_it),
		cmocka_unit_test(a_query_has_an_end),
		cmocka_unit_test(any_query_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

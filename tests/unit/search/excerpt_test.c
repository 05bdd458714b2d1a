#include "../base/unit.h"

#include <communique/excerpt.h>

/* The excerpt with its marks in brackets, … where the text goes on. */
static const char *excerpt_of(const char *language, const char *asked, struct str text)
{
	static char out[2048];
	struct arena arena;
	struct stems stems;
	struct query query;
	struct excerpt excerpt;
	size_t len;

	arena_init(&arena);
	stems_open(&stems, str_from(language));
	assert_true(query_parse(&arena, &stems, str_from(asked), &query, NULL));
	excerpt_make(&stems, &query, text, &excerpt);
	len = (size_t)snprintf(out, sizeof out, "%s", excerpt.cut_before ? "…" : "");
	for (size_t i = 0; i < excerpt.count; i++)
		len += (size_t)snprintf(out + len, sizeof out - len,
					excerpt.pieces[i].marked ? "[%.*s]" : "%.*s",
					STR_ARG(excerpt.pieces[i].text));
	snprintf(out + len, sizeof out - len, "%s", excerpt.cut_behind ? "…" : "");
	stems_close(&stems);
	arena_release(&arena);
	return out;
}

#define EXCERPT(language, asked, text) excerpt_of(language, asked, str_from(text))

static void words_are_marked_as_they_stand_in_the_text(void **state)
{
	(void)state;
	assert_string_equal(EXCERPT("en", "cooperate", "Their Cooperation, and co."),
			    "Their [Cooperation], and co.");
	assert_string_equal(EXCERPT("ko", "기후변화", "정부는 기후변화에 대응한다"),
			    "정부는 [기후변화]에 대응한다");
	assert_string_equal(EXCERPT("ar", "سفينة", "وصلت السفينة أمس"), "وصلت [السفينة] أمس");
	assert_string_equal(EXCERPT("en", "20-752", "No. 20-752."), "No. [20-752].");
	assert_string_equal(EXCERPT("en", "-fees", "No fees."), "No fees.");
	assert_string_equal(EXCERPT("en", "absent", "No fees."), "No fees.");
	assert_string_equal(EXCERPT("en", "absent", ""), "");
}

static void append(char *text, const char *more)
{
	size_t len = strlen(text);

	snprintf(text + len, 4000 - len, "%s", more);
}

static void a_long_text_is_cut_around_its_marks_at_words(void **state)
{
	char text[4000] = "";
	const char *made;

	(void)state;
	for (int i = 0; i < 100; i++)
		append(text, "filling words here ");
	append(text, "the harbour was named, ");
	for (int i = 0; i < 40; i++)
		append(text, "other words there ");
	append(text, "the harbour fees were waived ");
	for (int i = 0; i < 20; i++)
		append(text, "and so on ");
	made = EXCERPT("en", "harbour fees", text);
	assert_non_null(strstr(made, "the [harbour] [fees] were"));
	assert_true(strncmp(made, "…", 3) == 0);
	assert_string_equal(made + strlen(made) - 3, "…");
	assert_true(strlen(made) < 260);
	assert_null(strstr(made, "…ther"));
}

static void letters_are_not_cut_in_two(void **state)
{
	char text[4000] = "";
	const char *made;

	(void)state;
	for (int i = 0; i < 200; i++)
		append(text, "가나다");
	append(text, "항만");
	for (int i = 0; i < 200; i++)
		append(text, "라마바");
	made = EXCERPT("ko", "항만", text);
	assert_non_null(strstr(made, "[항만]"));
	assert_true(strlen(made) < 400);
}

static bool stands(const char *phrase, const char *text)
{
	int64_t work = 1 << 20;
	struct arena arena;
	struct phrase units;
	bool found;

	arena_init(&arena);
	units = phrase_of(&arena, str_from(phrase));
	found = phrase_stands_in(&units, str_from(text), &work);
	arena_release(&arena);
	return found;
}

static void a_quotation_is_found_word_for_word(void **state)
{
	(void)state;
	assert_true(stands("harbour fees", "All Harbour\nfees, waived."));
	assert_true(stands("harbour fees", "**Harbour** fees"));
	assert_false(stands("harbour fees", "harbour and fees"));
	assert_false(stands("harbour fee", "harbour fees"));
	assert_false(stands("harbour fees", "Inharbour fees"));
	assert_false(stands("fees harbour", "harbour fees"));
	assert_true(stands("cafe étage", "au CAFÉ, etage 2"));
	assert_true(stands("기후 변화", "신기후변화에"));
	assert_false(stands("기후 변화", "기후의 변화"));
	assert_true(stands("20-752", "제20-752호"));
	assert_true(stands("وزارة الخارجية", "وِزَارَة الخارجية"));
	assert_true(stands("外交 部", "在外交部"));
	assert_true(stands("ＡＢ cd", "ab CD"));
}

static void looking_for_a_quotation_has_an_end(void **state)
{
	size_t len = 1 << 20;
	char *text = malloc(len);
	char phrase[QUERY_MAX];
	int64_t work = 200000;
	struct arena arena;
	struct phrase units;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = i % 2 ? ' ' : 'a';
	for (size_t i = 0; i < sizeof phrase; i++)
		phrase[i] = i % 2 ? ' ' : 'a';
	phrase[sizeof phrase - 2] = 'b';
	arena_init(&arena);
	units = phrase_of(&arena, (struct str){ phrase, sizeof phrase });
	assert_false(phrase_stands_in(&units, (struct str){ text, 65536 }, &work));
	arena_release(&arena);
	assert_true(work < 0 && work > -10000);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_marked_as_they_stand_in_the_text),
		cmocka_unit_test(a_long_text_is_cut_around_its_marks_at_words),
		cmocka_unit_test(letters_are_not_cut_in_two),
		cmocka_unit_test(a_quotation_is_found_word_for_word),
		cmocka_unit_test(looking_for_a_quotation_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

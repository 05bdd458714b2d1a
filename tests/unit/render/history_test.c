/* The pages of a release's past: the list of revisions, a difference (against a golden
 * file), and the page that stands in place of what was removed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <communique/file.h>
#include <communique/history.h>

#define GOLDEN "tests/golden/difference.ko.html"
#define NOON 1795521600 /* 2026-11-24T12:00:00Z */

static struct arena arena;
static struct buf out;
static struct site site;

static int before_each(void **state)
{
	(void)state;
	arena_init(&arena);
	buf_init(&out, PAGE_MAX);
	site = (struct site){ .name = STR("press.example"),
			      .url = STR("https://press.example"),
			      .languages = { STR("en"), STR("ko"), STR("ar") },
			      .language_count = 3 };
	for (size_t i = 0; i < 3; i++) {
		site.of[i].title = STR("Ministry");
		site.of[i].chrome = locale_find(site.languages[i]);
	}
	return 0;
}

static int after_each(void **state)
{
	(void)state;
	buf_release(&out);
	arena_release(&arena);
	return 0;
}

static bool has(const char *what)
{
	return str_find_str(buf_str(&out), str_from(what)) < out.len;
}

static void expect(const char *what)
{
	if (!has(what))
		print_error("not in the page: %s\n%.*s\n", what, (int)out.len, out.at);
	assert_true(has(what));
}

static struct page page_at(size_t language, const char *path)
{
	return (struct page){ .site = &site, .language = language, .path = str_from(path) };
}

static struct release *parse(const char *language, const char *fields, struct str body)
{
	struct release *release = NULL;
	struct fault why = { .kind = NO_FAULT };
	struct str file = arena_printf(&arena,
				       "Site: press.example\nRelease: 2026-11-23-a\nLanguage: %s\n"
				       "Date: 2026-11-23\n%s\n%.*s",
				       language, fields, STR_ARG(body));

	if (!release_parse(&arena, file, &release, &why))
		print_error("%s\n", why.says);
	assert_non_null(release);
	return release;
}

#define NEXT                                                                                       \
	"Revision: 2\nChange: correction\nChange-Note: <Why> & \"how\"\n"                          \
	"Previous: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"

static void make_difference(size_t language, const struct release *before,
			    const struct release *after)
{
	struct page page = page_at(language, "/en/releases/2026-11-23-a/history/1..2");
	struct difference_view view = { .before = before,
					.after = after,
					.before_at = NOON,
					.after_at = NOON + 3600,
					.languages = site.languages,
					.language_count = 1 };

	buf_clear(&out);
	assert_true(page_difference(&page, &view, &out, NULL));
}

/* What stands between the header and the footer. */
static struct str article(void)
{
	struct str rest = buf_str(&out);

	rest = str_skip(rest, str_find_str(rest, STR("<article")));
	return str_first(rest, str_find_str(rest, STR("</article>")));
}

static void a_difference_is_as_it_was_agreed(void **state)
{
	struct buf golden;

	(void)state;
	make_difference(
		1,
		parse("ko", "Kind: statement\nRevision: 1\nTitle: 항구 <개항>\nPlace: 부산\n",
		      STR("## 개요\n\n1. 외교부장관은 5월에 항구를 열었다.\n\n"
			  "   ° 배가 5척 있었다.\n\n2. 아무도 오지 않았다.\n\n3. "
			  "[계획](https://a.example/)을 보라.\n\n4. 옮겨질 문단이 여기에 "
			  "있었다.\n")),
		parse("ko",
		      "Kind: press-release\n" NEXT "Title: 새 항구 <개항>\nDepartment: 항만과\n",
		      STR("## 개요\n\n1. 옮겨질 문단이 여기에 있었다.\n\n2. 외교부장관이 6월에 "
			  "항구를 열었다.\n\n"
			  "   ° 배가 5척 있었다.\n\n   ° 모두 <새> 배였다.\n\n"
			  "3. [계획](https://b.example/)을 보라.\n")));
	buf_init(&golden, PAGE_MAX);
	if (getenv("GOLDEN_WRITE"))
		assert_true(file_write(GOLDEN, article(), 0644, NULL));
	assert_true(file_read(GOLDEN, &golden, NULL));
	if (!str_equal(article(), buf_str(&golden)))
		print_error("%.*s\n", STR_ARG(article()));
	assert_true(str_equal(article(), buf_str(&golden)));
	buf_release(&golden);
}

static void nothing_in_a_text_becomes_markup(void **state)
{
	(void)state;
	make_difference(
		0,
		parse("en", "Kind: statement\nRevision: 1\nTitle: <b>&\n",
		      STR("<i>old</i> & so.\n")),
		parse("en", "Kind: statement\n" NEXT "Title: <u>&\n", STR("<i>new</i> & so.\n")));
	assert_false(has("<i>") || has("<b>") || has("<u>"));
	expect("&lt;Why&gt; &amp; &quot;how&quot;");
}

static void a_text_from_right_to_left_stays_so(void **state)
{
	(void)state;
	make_difference(
		2,
		parse("ar", "Kind: statement\nRevision: 1\nTitle: ميناء\n", STR("افتتح الوزير.\n")),
		parse("ar", "Kind: statement\n" NEXT "Title: ميناء\n", STR("افتتح الرئيس.\n")));
	expect("<div class=\"blocks\" lang=\"ar\" dir=\"rtl\">");
	expect("<span class=\"unseen\" lang=\"ar\" dir=\"rtl\">[محذوف: </span>الوزير");
}

static void what_is_too_much_for_a_page_is_not_cut_off(void **state)
{
	struct buf one, other;

	(void)state;
	buf_init(&one, RELEASE_FILE_MAX);
	buf_init(&other, RELEASE_FILE_MAX);
	while (one.len < RELEASE_FILE_MAX / 2) {
		buf_addf(&one, "word%zu same%zu ", one.len, one.len);
		buf_addf(&other, "other%zu same%zu ", other.len, one.len);
	}
	buf_add_char(&one, '\n');
	buf_add_char(&other, '\n');
	make_difference(0, parse("en", "Kind: statement\nRevision: 1\nTitle: A\n", buf_str(&one)),
			parse("en", "Kind: statement\n" NEXT "Title: A\n", buf_str(&other)));
	/* Either is fine; half a difference is not. */
	assert_true(has("class=\"blocks\"") != has("There are too many changes"));
	if (!has("class=\"blocks\""))
		expect("href=\"/en/releases/2026-11-23-a/r1.txt\"");
	buf_release(&one);
	buf_release(&other);
}

static void the_history_lists_every_revision(void **state)
{
	struct signer_view signers[] = { { STR("0123456789abcdef"), STR("author"), STR_NONE } };
	struct history_entry entries[] = {
		{ 4, CHANGE_REINSTATEMENT, STR("Back."), NOON + 9, false, signers, 1 },
		{ 3, CHANGE_KILL, STR("Gone."), NOON + 6, true, signers, 1 },
		{ 2, CHANGE_CORRECTION, STR("<Wrong>"), NOON + 3, true, signers, 1 },
		{ 1, CHANGE_FIRST, STR_NONE, NOON, true, NULL, 0 },
	};
	struct history_view view = { .slug = STR("2026-11-23-a"),
				     .title = STR("A & B"),
				     .entries = entries,
				     .count = 4,
				     .languages = site.languages,
				     .language_count = 1 };
	struct page page = page_at(0, "/en/releases/2026-11-23-a/history");

	(void)state;
	assert_true(page_history(&page, &view, &out, NULL));
	expect("<a href=\"/en/releases/2026-11-23-a/r4\">Revision 4</a>");
	expect("<span class=\"change\">· correction</span>");
	expect("&lt;Wrong&gt;");
	expect("<time datetime=\"2026-11-24T12:00:03Z\">");
	assert_false(has("/r3\"") || has("/r2\"") || has("/history/"));
	expect("title=\"한국어(으)로는 제공되지 않습니다\"");

	for (size_t i = 0; i < 4; i++)
		entries[i].gone = false;
	buf_clear(&out);
	assert_true(page_history(&page, &view, &out, NULL));
	expect("href=\"/en/releases/2026-11-23-a/history/2..3\">Changes from revision 2</a>");
	expect("href=\"/en/releases/2026-11-23-a/history/2..4\">Changes since then</a>");
}

static void the_page_of_what_is_gone_says_why_and_when(void **state)
{
	struct page page = page_at(1, "/ko/");

	(void)state;
	assert_true(page_gone(&page, STR("<개인> 정보"), NOON, &out, NULL));
	expect("<p class=\"status\">410</p>");
	expect("&lt;개인&gt; 정보");
	expect("2026");
	assert_false(has("canonical"));
	expect("noindex");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, before_each, after_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_difference_is_as_it_was_agreed),
		TEST(nothing_in_a_text_becomes_markup),
		TEST(a_text_from_right_to_left_stays_so),
		TEST(what_is_too_much_for_a_page_is_not_cut_off),
		TEST(the_history_lists_every_revision),
		TEST(the_page_of_what_is_gone_says_why_and_when),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

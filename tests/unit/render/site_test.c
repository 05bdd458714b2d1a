/* What the settings of a site change on its pages: masthead, menu, footer, the zone of
 * times. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <communique/limits.h>
#include <communique/page.h>

#define MIDNIGHT 1795532400 /* 2026-11-24T15:00:00Z: in Seoul it is the 25th */

static struct arena arena;
static struct buf out;
static struct site site;

static int before(void **state)
{
	(void)state;
	arena_init(&arena);
	buf_init(&out, PAGE_MAX);
	site = (struct site){ .name = STR("press.example"),
			      .url = STR("https://press.example"),
			      .languages = { STR("en"), STR("ko") },
			      .language_count = 2,
			      .contact = STR("Press Office") };
	for (size_t i = 0; i < 2; i++) {
		site.of[i].title = STR("Ministry & Co");
		site.of[i].chrome = locale_find(site.languages[i]);
	}
	return 0;
}

static int after(void **state)
{
	(void)state;
	buf_release(&out);
	arena_release(&arena);
	return 0;
}

static size_t find(const char *what)
{
	return str_find_str(buf_str(&out), str_from(what));
}

static void expect(const char *what)
{
	if (find(what) == out.len)
		print_error("not in the page: %s\n%.*s\n", what, (int)out.len, out.at);
	assert_true(find(what) < out.len);
}

static void expect_not(const char *what)
{
	if (find(what) < out.len)
		print_error("in the page: %s\n", what);
	assert_true(find(what) == out.len);
}

static void make_home(size_t language)
{
	struct page page = { .site = &site, .language = language, .path = STR("/en/") };
	struct board_view latest = { .number = 1, .pages = 1 };

	buf_clear(&out);
	assert_true(page_home(&page, &latest, &out, NULL));
}

static void make_release(struct str date, int64_t public_at)
{
	struct page page = { .site = &site, .path = STR("/en/releases/2026-11-23-a") };
	struct release *release;
	struct hash hash = { { 0 } };
	struct release_view view = { .hash = &hash,
				     .first_public_at = public_at,
				     .public_at = public_at,
				     .accepted_at = public_at };
	struct str text =
		arena_printf(&arena,
			     "Site: press.example\nRelease: 2026-11-23-a\nLanguage: en\n"
			     "Revision: 1\nDate: %.*s\nKind: press-release\nTitle: A\n\nB\n",
			     STR_ARG(date));

	assert_true(release_parse(&arena, text, &release, NULL));
	view.release = release;
	buf_clear(&out);
	assert_true(page_release(&page, &view, &out, NULL));
}

static void the_masthead_is_the_sites_own(void **state)
{
	(void)state;
	make_home(0);
	expect("This is the official website of <strong>Ministry &amp; Co</strong>.");
	site.of[0].masthead = STR("<%1> speaks.");
	make_home(0);
	expect("&lt;<strong>Ministry &amp; Co</strong>&gt; speaks.");
	site.of[0].masthead = STR("An official website.");
	make_home(0);
	expect("<span class=\"wide\">An official website.</span>");
	make_home(1);
	expect("누리집은");
	site.without_masthead = true;
	make_home(0);
	expect_not("masthead");
}

static void the_menu_is_in_the_order_of_the_settings(void **state)
{
	const struct site_link menu[] = {
		{ STR("releases"), STR_NONE },
		{ STR("About <us>"), STR("https://ministry.example/?a&b") },
		{ STR("home"), STR_NONE },
	};

	(void)state;
	site.of[0].menu = (struct site_links){ menu, 3 };
	make_home(0);
	expect("href=\"https://ministry.example/?a&amp;b\" lang=\"en\" dir=\"ltr\">About "
	       "&lt;us&gt;");
	expect("<li class=\"at-hand\"><a href=\"/en/\" lang=\"en\" dir=\"ltr\" "
	       "aria-current=\"page\">Home</a></li>");
	assert_true(find(">Press Releases</a></li>") < find("About &lt;us&gt;"));
	assert_true(find("About &lt;us&gt;") < find(">Home</a></li>"));
	make_home(1);
	expect_not("About &lt;us&gt;");
	expect("<li class=\"at-hand\"><a href=\"/ko/\"");
}

static void a_link_to_this_page_is_current(void **state)
{
	const struct site_link menu[] = { { STR("Start"), STR("/en/") } };

	(void)state;
	site.of[0].menu = (struct site_links){ menu, 1 };
	make_home(0);
	expect("<a href=\"/en/\" lang=\"en\" dir=\"ltr\" aria-current=\"page\">Start</a>");
}

static void every_word_of_a_menu_has_a_page(void **state)
{
	(void)state;
	assert_true(menu_word_valid(STR("home")));
	assert_true(menu_word_valid(STR("releases")));
	assert_true(menu_word_valid(STR("search")));
	assert_false(menu_word_valid(STR("Home")));
	assert_false(menu_word_valid(STR("")));
}

static void the_footer_has_lines_and_links(void **state)
{
	const struct site_link footer[] = {
		{ STR("Privacy"), STR("/en/privacy") },
		{ STR("1 <Main> Street"), STR_NONE },
	};

	(void)state;
	site.of[0].footer = (struct site_links){ footer, 2 };
	site.of[0].contact = STR("The Spokesperson");
	make_home(0);
	expect("<li><a href=\"/en/privacy\" lang=\"en\" dir=\"ltr\">Privacy</a></li>");
	expect(">1 &lt;Main&gt; Street</p>");
	expect(">The Spokesperson</p>");
	expect_not("Press Office");
	make_home(1);
	expect(">Press Office</p>");
	expect_not("Privacy");
}

static void times_are_in_the_zone_of_the_site(void **state)
{
	struct zone *seoul, *kathmandu;

	(void)state;
	assert_true(zone_read(&arena, STR("Asia/Seoul"), &seoul, NULL));
	assert_true(zone_read(&arena, STR("Asia/Kathmandu"), &kathmandu, NULL));
	make_release(STR("2026-11-24"), MIDNIGHT);
	expect("November 24, 2026, 15:00 UTC.");
	site.zone = seoul;
	make_release(STR("2026-11-24"), MIDNIGHT);
	expect("November 25, 2026, 00:00 KST (UTC+9).");
	expect("\"datePublished\":\"2026-11-24T15:00:00Z\"");
	site.zone = kathmandu;
	make_release(STR("2026-11-24"), MIDNIGHT);
	expect("November 24, 2026, 20:45 UTC+5:45.");
}

/* 2026-11-24T15:00:00Z is more than a day after the 23rd in Seoul, and not in London. */
static void lateness_is_by_the_calendar_of_the_site(void **state)
{
	struct zone *seoul;

	(void)state;
	assert_true(zone_read(&arena, STR("Asia/Seoul"), &seoul, NULL));
	make_release(STR("2026-11-23"), MIDNIGHT + 1);
	expect_not("class=\"banner late\"");
	site.zone = seoul;
	make_release(STR("2026-11-23"), MIDNIGHT + 1);
	expect("class=\"banner late\"");
	expect("dated November 23, 2026 and was published here on November 25, 2026");
	make_release(STR("2026-11-23"), MIDNIGHT);
	expect_not("class=\"banner late\"");
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, before, after)
	const struct CMUnitTest tests[] = {
		CASE(the_masthead_is_the_sites_own),
		CASE(the_menu_is_in_the_order_of_the_settings),
		CASE(a_link_to_this_page_is_current),
		CASE(every_word_of_a_menu_has_a_page),
		CASE(the_footer_has_lines_and_links),
		CASE(times_are_in_the_zone_of_the_site),
		CASE(lateness_is_by_the_calendar_of_the_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A site's folder over the theme compiled in: what stands in place of what, and every way
 * in which it is refused before the first page. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/file.h>
#include <communique/limits.h>
#include <communique/page.h>

#define PNG "\x89PNG\r\n\x1a\n"

static struct arena arena;
static struct theme *theme;
static struct fault why;
static struct buf out;
static char folder[64];

static int before(void **state)
{
	(void)state;
	arena_init(&arena);
	buf_init(&out, PAGE_MAX);
	theme = NULL;
	why = (struct fault){ .kind = NO_FAULT };
	snprintf(folder, sizeof folder, "/var/tmp/communique-theme.XXXXXX");
	assert_non_null(mkdtemp(folder));
	return 0;
}

static const char *in(const char *name)
{
	return arena_printf(&arena, "%s/%s", folder, name).at;
}

static int after(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *found;

	(void)state;
	assert_non_null(dir);
	while ((found = readdir(dir))) {
		if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
			assert_int_equal(remove(in(found->d_name)), 0);
	}
	closedir(dir);
	assert_int_equal(rmdir(folder), 0);
	buf_release(&out);
	arena_release(&arena);
	return 0;
}

static void put(const char *name, const char *text)
{
	assert_true(file_write(in(name), str_from(text), 0600, NULL));
}

static void accept(void)
{
	why = (struct fault){ .kind = NO_FAULT };
	if (!theme_read(&arena, folder, NULL, &theme, &why))
		print_error("%s\n", why.says);
	assert_int_equal(why.kind, NO_FAULT);
}

static void refuse(const char *says)
{
	assert_false(theme_read(&arena, folder, NULL, &theme, &why));
	if (!strstr(why.says, says))
		print_error("\"%s\" is not in: %s\n", says, why.says);
	assert_non_null(strstr(why.says, says));
}

static void make_page(void)
{
	struct site site = { .name = STR("press.example"),
			     .url = STR("https://press.example"),
			     .languages = { STR("en") },
			     .language_count = 1,
			     .theme = theme };
	struct page page = { .site = &site, .path = STR("/en/") };
	struct board_view latest = { .number = 1, .pages = 1 };

	site.of[0].title = STR("Ministry <of> Tests");
	site.of[0].chrome = locale_find(STR("en"));
	buf_clear(&out);
	assert_true(page_home(&page, &latest, &out, NULL));
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

/* --- what it does --------------------------------------------------------------------- */

static void an_empty_folder_changes_nothing(void **state)
{
	struct str own;

	(void)state;
	make_page();
	own = arena_copy(&arena, buf_str(&out));
	accept();
	make_page();
	assert_true(str_equal(buf_str(&out), own));
}

static void a_template_stands_in_place_of_ours(void **state)
{
	(void)state;
	put("home.mustache", "{{> top}}\n<h1>{{site.title}}!</h1>\n{{> bottom}}\n");
	accept();
	make_page();
	expect("<h1>Ministry &lt;of&gt; Tests!</h1>");
	expect("<footer");
}

static void a_template_of_its_own_may_be_included(void **state)
{
	(void)state;
	put("home.mustache", "{{> top}}\n{{> greeting}}\n{{> bottom}}\n");
	put("greeting.mustache", "<p>Hello, {{site.title}}</p>\n");
	accept();
	make_page();
	expect("<p>Hello, Ministry &lt;of&gt; Tests</p>");
}

static void house_css_comes_after_ours(void **state)
{
	const struct asset *own = asset_named(NULL, "site.css"), *house;

	(void)state;
	put("house.css", ":root { --accent: #036; }\n");
	accept();
	house = asset_named(theme, "house.css");
	assert_non_null(house);
	make_page();
	expect(arena_printf(&arena,
			    "<link rel=\"stylesheet\" href=\"%.*s\">\n"
			    "<link rel=\"stylesheet\" href=\"%.*s\">",
			    STR_ARG(own->address), STR_ARG(house->address))
		       .at);
	assert_ptr_equal(asset_find(theme, house->address), house);
	assert_true(str_starts(house->address, STR("/static/house.")));
	assert_null(asset_find(NULL, house->address));
}

static void other_bytes_have_another_address(void **state)
{
	struct str first;

	(void)state;
	put("site.css", "a { }\n");
	accept();
	first = asset_named(theme, "site.css")->address;
	assert_false(str_equal(first, asset_named(NULL, "site.css")->address));
	put("site.css", "b { }\n");
	accept();
	assert_false(str_equal(first, asset_named(theme, "site.css")->address));
}

static void style_sheets_find_the_files_beside_them(void **state)
{
	struct str css, picture, font;

	(void)state;
	put("emblem.png", PNG "1");
	put("gothic.woff2", "wOF2");
	put("house.css", "/* url(absent.png) */ @font-face { src: url(\"gothic.woff2\"); }\n"
			 "b { background: url( ./emblem.png ); mask: url(#m); }\n"
			 "i { background: url(/files/a.png) }\n");
	accept();
	css = asset_named(theme, "house.css")->bytes;
	picture = asset_named(theme, "emblem.png")->address;
	font = asset_named(theme, "gothic.woff2")->address;
	assert_true(
		str_equal(css, arena_printf(&arena,
					    "/* url(absent.png) */ @font-face { src: url(%.*s); }\n"
					    "b { background: url(%.*s); mask: url(#m); }\n"
					    "i { background: url(/files/a.png) }\n",
					    STR_ARG(font), STR_ARG(picture))));
}

static void templates_name_their_pictures(void **state)
{
	(void)state;
	put("emblem.png", PNG "1");
	put("home.mustache", "{{> top}}<img src=\"{{assets.emblem-png}}\" alt=\"\">{{> bottom}}");
	accept();
	make_page();
	expect(arena_printf(&arena, "<img src=\"%.*s\" alt=\"\">",
			    STR_ARG(asset_named(theme, "emblem.png")->address))
		       .at);
}

static void a_logo_stands_in_place_of_the_name(void **state)
{
	const char *picture = in("wappen.svg");

	(void)state;
	put("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
	accept();
	make_page();
	expect("<a href=\"/en/\" lang=\"en\" dir=\"ltr\"><img src=\"/static/logo.");
	expect(".svg\" alt=\"Ministry &lt;of&gt; Tests\"");
	put("wappen.svg", "<svg><!-- another --></svg>");
	assert_true(theme_read(&arena, NULL, picture, &theme, NULL));
	assert_true(str_equal(asset_named(theme, "logo.svg")->bytes,
			      STR("<svg><!-- another --></svg>")));
}

static void the_logo_of_the_settings_wins(void **state)
{
	const char *picture =
		arena_printf(&arena, "/var/tmp/communique-%ld.png", (long)getpid()).at;
	bool ok;

	(void)state;
	put("logo.svg", "<svg/>");
	assert_true(file_write(picture, STR(PNG "2"), 0600, NULL));
	ok = theme_read(&arena, folder, picture, &theme, &why);
	unlink(picture);
	assert_true(ok);
	make_page();
	expect(arena_printf(&arena, "<img src=\"%.*s\"",
			    STR_ARG(asset_named(theme, "logo.png")->address))
		       .at);
}

static void files_of_editors_are_passed_over(void **state)
{
	(void)state;
	put(".home.mustache.swp", "\xff");
	accept();
}

/* --- what it refuses -------------------------------------------------------------------- */

static void a_broken_template_is_told_with_its_line(void **state)
{
	(void)state;
	put("home.mustache", "{{> top}}\n\n{{#entries}}\n");
	refuse("home.mustache:3: this section is never closed: entries");
	assert_int_equal(why.line, 3);
	put("home.mustache", "\n{{/entries}}\n");
	refuse("home.mustache:2: no section is open");
	put("home.mustache", "a\nb {{title\n");
	refuse("home.mustache:2: this tag is never closed");
	put("home.mustache", "\n\n{{> tpo}}\n");
	refuse("home.mustache:3: there is no partial tpo");
	put("home.mustache", "\n{{t.all-relaeses}}\n");
	refuse("home.mustache:2: there is no message for t.all-relaeses");
	put("home.mustache", "{{assets.emblem-png}}\n");
	refuse("home.mustache:1: there is no file for assets.emblem-png");
	put("home.mustache", "a\n\xff\n");
	refuse("home.mustache:2: this is not UTF-8 text");
}

static void text_is_never_let_in_as_markup(void **state)
{
	(void)state;
	put("home.mustache", "\n{{{site.title}}}\n");
	refuse("home.mustache:2: this would put text into the page as markup: site.title");
	put("home.mustache", "\n\n{{&title}}\n");
	refuse("home.mustache:3: this would put text into the page as markup: title");
	put("home.mustache", "{{&body}}\n");
	accept();
}

static void templates_cannot_include_themselves(void **state)
{
	(void)state;
	put("home.mustache", "{{> one}}\n");
	put("one.mustache", "{{> two}}\n");
	put("two.mustache", "\n{{#entries}}{{> one}}{{/entries}}\n");
	refuse("two.mustache:2: the partial includes itself: one");
}

static void templates_do_not_nest_without_end(void **state)
{
	char name[32];
	char text[64];

	(void)state;
	put("home.mustache", "{{> p1}}\n");
	for (int i = 1; i <= 16; i++) {
		snprintf(name, sizeof name, "p%d.mustache", i);
		snprintf(text, sizeof text, i < 16 ? "{{> p%d}}\n" : "end\n", i + 1);
		put(name, text);
	}
	accept();
	put("p16.mustache", "{{> p17}}\n");
	put("p17.mustache", "end\n");
	refuse("too much is inside each other at");
}

/* 26 sections in each of five templates are more than the 128 contexts there may be. */
static void sections_are_counted_through_partials(void **state)
{
	static const char *const names[] = { "home", "n1", "n2", "n3", "n4", NULL };
	struct buf text;

	(void)state;
	buf_init(&text, 4096);
	for (int n = 0; names[n]; n++) {
		buf_clear(&text);
		for (int i = 0; i < 26; i++)
			buf_add(&text, STR("{{#a}}"));
		if (names[n + 1])
			buf_addf(&text, "{{> %s}}", names[n + 1]);
		for (int i = 0; i < 26; i++)
			buf_add(&text, STR("{{/a}}"));
		buf_add_char(&text, '\0');
		put(arena_printf(&arena, "%s.mustache", names[n]).at, text.at);
	}
	buf_release(&text);
	refuse("too much is inside each other at");
}

static void what_nothing_uses_is_named(void **state)
{
	(void)state;
	put("houes.css", "");
	refuse("houes.css: nothing uses a file of this name");
	assert_int_equal(unlink(in("houes.css")), 0);
	put("hoem.mustache", "");
	refuse("hoem.mustache: nothing uses a file of this name");
}

static void other_names_are_refused(void **state)
{
	static const char *const names[] = { "README.md",   "home.mustache~", "Home.mustache",
					     "site.v2.css", "a b.css",	      "noending" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		put(names[i], "");
		refuse(arena_printf(&arena, "%s: a theme has no files of such a name", names[i])
			       .at);
		assert_int_equal(unlink(in(names[i])), 0);
	}
}

static void links_folders_and_pipes_are_refused(void **state)
{
	(void)state;
	assert_int_equal(symlink("/etc/passwd", in("home.mustache")), 0);
	refuse("home.mustache is a link, not a file");
	assert_int_equal(unlink(in("home.mustache")), 0);
	assert_int_equal(mkdir(in("site.css"), 0700), 0);
	refuse("site.css is not a file");
	assert_int_equal(rmdir(in("site.css")), 0);
	assert_int_equal(mkfifo(in("site.css"), 0600), 0);
	refuse("site.css is not a file");
}

static void sizes_are_limited(void **state)
{
	char *large = calloc(1, THEME_TEMPLATE_MAX + 2);

	(void)state;
	assert_non_null(large);
	memset(large, 'a', THEME_TEMPLATE_MAX);
	put("home.mustache", large);
	accept();
	large[THEME_TEMPLATE_MAX] = 'a';
	put("home.mustache", large);
	refuse("home.mustache has more than 262144 bytes");
	assert_int_equal(why.kind, TOO_LARGE);
	free(large);
}

static void style_sheets_name_what_is_there(void **state)
{
	(void)state;
	put("house.css", "\nb { background: url(emblme.png) }\n");
	refuse("house.css:2: there is no file \"emblme.png\" beside it");
	put("house.css", "@import url(site.css);\n");
	refuse("house.css:1: there is no file \"site.css\"");
}

static void pictures_are_what_they_are_called(void **state)
{
	(void)state;
	put("logo.png", "GIF89a");
	refuse("logo.png is no PNG file");
	assert_int_equal(unlink(in("logo.png")), 0);
	put("logo.svg", "<html>");
	refuse("logo.svg is no SVG file");
	assert_false(theme_read(&arena, NULL, "/var/tmp/logo.gif", &theme, &why));
	assert_non_null(strstr(why.says, "an .svg or a .png file"));
}

static void a_folder_that_is_not_there_is_told(void **state)
{
	(void)state;
	assert_false(theme_read(&arena, in("absent"), NULL, &theme, &why));
	assert_non_null(strstr(why.says, "absent"));
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, before, after)
	const struct CMUnitTest tests[] = {
		CASE(an_empty_folder_changes_nothing),
		CASE(a_template_stands_in_place_of_ours),
		CASE(a_template_of_its_own_may_be_included),
		CASE(house_css_comes_after_ours),
		CASE(other_bytes_have_another_address),
		CASE(style_sheets_find_the_files_beside_them),
		CASE(templates_name_their_pictures),
		CASE(a_logo_stands_in_place_of_the_name),
		CASE(the_logo_of_the_settings_wins),
		CASE(files_of_editors_are_passed_over),
		CASE(a_broken_template_is_told_with_its_line),
		CASE(text_is_never_let_in_as_markup),
		CASE(templates_cannot_include_themselves),
		CASE(templates_do_not_nest_without_end),
		CASE(sections_are_counted_through_partials),
		CASE(what_nothing_uses_is_named),
		CASE(other_names_are_refused),
		CASE(links_folders_and_pipes_are_refused),
		CASE(sizes_are_limited),
		CASE(style_sheets_name_what_is_there),
		CASE(pictures_are_what_they_are_called),
		CASE(a_folder_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

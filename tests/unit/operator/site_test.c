/* What readers see of communique.conf: read, checked, and refused with its line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */

#include <unistd.h>

#include "../../../src/operator/config.h"

#include <communique/file.h>
#include <communique/limits.h>

#define HEAD "site = press.example\nurl = https://press.example\nlanguages = en ko\n"

static struct arena arena;
static struct config config;
static struct fault why;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static bool read_conf(const char *text)
{
	char path[] = "/var/tmp/communique-conf.XXXXXX";
	struct buf file;
	int fd = mkstemp(path);
	bool ok;

	assert_true(fd >= 0);
	close(fd);
	buf_init(&file, CONFIG_MAX * 2);
	buf_add_text(&file, HEAD);
	buf_add_text(&file, text);
	assert_true(file_write(path, buf_str(&file), 0600, NULL));
	buf_release(&file);
	ok = config_read(&arena, path, &config, &why);
	unlink(path);
	return ok;
}

static void accept(const char *text)
{
	if (!read_conf(text))
		print_error("%s\n", why.says);
	assert_true(str_given(config.site.name) && why.kind == NO_FAULT);
}

/* The fault names the line, and says what is in `word`. */
static void refuse(const char *text, const char *word)
{
	assert_false(read_conf(text));
	assert_int_equal(why.kind, INVALID);
	if (!strstr(why.says, word) || !strstr(why.says, "line 4"))
		print_error("%s: %s\n", word, why.says);
	assert_non_null(strstr(why.says, word));
	assert_non_null(strstr(why.says, "line 4"));
	why = (struct fault){ .kind = NO_FAULT };
}

static bool is(struct str found, const char *expected)
{
	return str_equal(found, str_from(expected));
}

static void without_settings_the_site_has_the_usual_frame(void **state)
{
	(void)state;
	accept("");
	assert_false(config.site.without_masthead);
	assert_null(config.site.zone);
	assert_int_equal(config.site.of[0].menu.count, 0);
	assert_int_equal(config.site.of[0].footer.count, 0);
	assert_true(is(config.site.rights, "all-rights-reserved"));
	assert_true(is(config.site.of[1].title, "press.example"));
}

static void a_menu_has_pages_of_the_site_and_own_links(void **state)
{
	const struct site_links *menu = &config.site.of[0].menu;

	(void)state;
	accept("menu.en = releases; About us | https://ministry.example/about?a=1#b ;"
	       " Contact|/en/releases/contact;\n");
	assert_int_equal(menu->count, 3);
	assert_true(is(menu->at[0].name, "releases"));
	assert_false(str_given(menu->at[0].href));
	assert_true(is(menu->at[1].name, "About us"));
	assert_true(is(menu->at[1].href, "https://ministry.example/about?a=1#b"));
	assert_true(is(menu->at[2].href, "/en/releases/contact"));
	assert_int_equal(config.site.of[1].menu.count, 0);
}

static void a_footer_has_links_and_lines(void **state)
{
	const struct site_links *footer = &config.site.of[1].footer;

	(void)state;
	accept("footer.ko = 개인정보처리방침 | https://ministry.example/privacy; 서울 종로구 1\n"
	       "contact.ko = 대변인실\n");
	assert_int_equal(footer->count, 2);
	assert_true(is(footer->at[0].name, "개인정보처리방침"));
	assert_true(is(footer->at[1].name, "서울 종로구 1"));
	assert_false(str_given(footer->at[1].href));
	assert_true(is(config.site.of[1].contact, "대변인실"));
}

static void addresses_are_https_or_of_the_site(void **state)
{
	static const char *const bad[] = {
		"http://ministry.example/",
		"javascript:alert(1)",
		"//ministry.example/",
		"about",
		"https://",
		"/a b",
		"/a\"b",
		"/<b>",
		"/\xc3\xa9",
		"data:text/html,a",
		"\\\\host",
		"",
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(text, sizeof text, "menu.en = About | %s\n", bad[i]);
		refuse(text, "menu.en: an address begins with");
		snprintf(text, sizeof text, "footer.ko = About | %s\n", bad[i]);
		refuse(text, "footer.ko: an address begins with");
	}
}

static void add_entries(struct buf *out, size_t count)
{
	buf_clear(out);
	buf_add_text(out, "footer.en = ");
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "line %zu;", i);
	buf_add_char(out, '\0');
}

static void menus_have_limits(void **state)
{
	struct buf text;
	char name[SITE_LINK_NAME_MAX + 32];

	(void)state;
	buf_init(&text, 4096);
	add_entries(&text, SITE_LINKS_MAX);
	accept(text.at);
	add_entries(&text, SITE_LINKS_MAX + 1);
	refuse(text.at, "more than 16 entries");
	buf_release(&text);
	snprintf(name, sizeof name, "footer.en = %0*d\n", SITE_LINK_NAME_MAX, 1);
	accept(name);
	snprintf(name, sizeof name, "footer.en = %0*d\n", SITE_LINK_NAME_MAX + 1, 1);
	refuse(name, "1 to 120 bytes");
	refuse("menu.en = | /en/\n", "1 to 120 bytes");
	refuse("menu.en = relaeses\n", "\"relaeses\" is none of the pages");
	refuse("menu.fr = releases\n", "fr is none of the languages");
	refuse("footer.fr = A line\n", "fr is none of the languages");
}

static void the_zone_is_read_once_at_the_start(void **state)
{
	(void)state;
	accept("time-zone = Asia/Seoul\n");
	assert_non_null(config.site.zone);
	assert_int_equal(zone_at(config.site.zone, 1795521600).offset, 9 * 3600);
	refuse("time-zone = Asia/Seul\n", "no time zone Asia/Seul");
	refuse("time-zone = ../../etc/passwd\n", "a time zone has a name like");
}

static void the_masthead_can_be_changed_and_switched_off(void **state)
{
	(void)state;
	accept("masthead = no\nmasthead.ko = %1의 누리집입니다.\n");
	assert_true(config.site.without_masthead);
	assert_true(is(config.site.of[1].masthead, "%1의 누리집입니다."));
	refuse("masthead = perhaps\n", "masthead is yes or no");
}

static void default_rights_are_of_a_known_form(void **state)
{
	(void)state;
	accept("rights = KOGL-1\n");
	accept("rights = CC-BY-4.0\n");
	refuse("rights = KOGL-5\n", "KOGL-1 to KOGL-4");
	refuse("rights = © the ministry\n", "KOGL-1 to KOGL-4");
}

/* An editor's program signs no request for another. */
static void an_address_is_of_https_or_of_this_machine(void **state)
{
	static const char *const good[] = { "https://press.example", "https://press.example:8443",
					    "http://localhost", "http://127.0.0.1:8080",
					    "http://[::1]:8080" };
	static const char *const bad[] = { "http://press.example",    "http://localhost.example",
					   "https://press.example/",  "https://Press.example",
					   "https://a@press.example", "https://",
					   "press.example",	      "" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(config_is_url(str_from(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(config_is_url(str_from(bad[i])));
}

static void a_site_is_a_host_name(void **state)
{
	(void)state;
	assert_true(config_is_site(STR("press.example")) && config_is_site(STR("localhost")));
	assert_false(config_is_site(STR("Press Example")));
	assert_false(config_is_site(STR("https://press.example")));
	assert_false(config_is_site(STR("press..example")) || config_is_site(STR("")));
}

static void sizes_are_large_enough_for_something(void **state)
{
	(void)state;
	accept("attachment-size = 1K\nstore-size = 1M\n");
	refuse("attachment-size = 1023\n", "attachment-size is at least 1K");
	refuse("store-size = 1048575\n", "store-size is at least 1M");
	refuse("log-key =\n", "log-key is empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_settings_the_site_has_the_usual_frame),
		cmocka_unit_test(a_menu_has_pages_of_the_site_and_own_links),
		cmocka_unit_test(a_footer_has_links_and_lines),
		cmocka_unit_test(addresses_are_https_or_of_the_site),
		cmocka_unit_test(menus_have_limits),
		cmocka_unit_test(the_zone_is_read_once_at_the_start),
		cmocka_unit_test(the_masthead_can_be_changed_and_switched_off),
		cmocka_unit_test(default_rights_are_of_a_known_form),
		cmocka_unit_test(an_address_is_of_https_or_of_this_machine),
		cmocka_unit_test(a_site_is_a_host_name),
		cmocka_unit_test(sizes_are_large_enough_for_something),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

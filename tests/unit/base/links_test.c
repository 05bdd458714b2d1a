#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#undef fail

#include <communique/links.h>

static void note(void *ctx, struct str target)
{
	buf_add(ctx, target);
	buf_add_char(ctx, '\n');
}

static void assert_links(const char *text, const char *expected)
{
	struct buf found;

	buf_init(&found, 4096);
	links_visit(str_from(text), STR("https://press.example"), note, &found);
	buf_add_char(&found, '\0');
	assert_string_equal(found.at, expected);
	buf_release(&found);
}

static void finds_what_our_templates_write(void **state)
{
	(void)state;
	assert_links("<a href=\"/en/\">x</a> <img src=\"/files/ab/c.png\">",
		     "/en/\n/files/ab/c.png\n");
	assert_links("<a href='/ko/'>x</a>", "/ko/\n");
	assert_links("<url><loc>https://press.example/en/a</loc></url>", "/en/a\n");
	assert_links("a { background: url(/static/a.png) } b { src: url(\"/static/b.woff\") }",
		     "/static/a.png\n/static/b.woff\n");
	assert_links("<a href=\"/en/?page=2&amp;x=y#top\">", "/en/?page=2&x=y\n");
}

static void leaves_out_what_is_elsewhere(void **state)
{
	(void)state;
	assert_links("<a href=\"https://other.example/en/\">", "");
	assert_links("<a href=\"//other.example/en/\">", "");
	assert_links("<a href=\"https://press.example.other.example/\">", "");
	assert_links("<a href=\"mailto:a@press.example\"> <a href=\"#content\"> <a href=\"\">", "");
	assert_links("text that says /en/ and href=/en/", "");
}

static void ends_with_the_text(void **state)
{
	(void)state;
	assert_links("<a href=\"/en/", "");
	assert_links("<loc>", "");
	assert_links("url(", "");
	assert_links("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_our_templates_write),
		cmocka_unit_test(leaves_out_what_is_elsewhere),
		cmocka_unit_test(ends_with_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* One case a line for what the specification asks; the official cases run elsewhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */
#define complain(...) (print_error(__VA_ARGS__), assert_true(false))

#include "../../../src/render/mustache.h"

static struct arena arena;
static struct buf out;
static struct view *view;

static struct {
	const char *name, *source;
} partials[8];

static const struct mustache *compile(const char *source)
{
	struct mustache *template = NULL;
	struct fault why = { 0 };

	if (!mustache_compile(&arena, "test.mustache", str_from(source), &template, &why))
		complain("%s", why.says);
	return template;
}

static const struct mustache *find_partial(void *ctx, struct str name)
{
	(void)ctx;
	for (size_t i = 0; i < 8 && partials[i].name; i++)
		if (str_equal(str_from(partials[i].name), name))
			return compile(partials[i].source);
	return NULL;
}

static void check(const char *source, const char *expected)
{
	struct fault why = { 0 };

	buf_clear(&out);
	if (!mustache_render(compile(source), view, find_partial, NULL, &out, &why))
		complain("%s", why.says);
	buf_add_char(&out, 0);
	if (strcmp(out.at, expected))
		complain("%s\n gave     \"%s\"\n expected \"%s\"", source, out.at, expected);
}

static int before(void **state)
{
	struct view *object, *list;

	(void)state;
	arena_init(&arena);
	memset(partials, 0, sizeof(partials));
	view = view_new(&arena);
	view_text(view, "text", STR("<b> & \"q\" 'a'"));
	view_html(view, "html", STR("<i>&amp;</i>"));
	view_text(view, "name", STR("outer"));
	view_text(view, "empty", STR(""));
	view_text(view, "none", STR_NONE);
	view_text(view, "lines", STR("<\n->"));
	view_flag(view, "yes", true);
	view_flag(view, "no", false);
	object = view_object(view, "object");
	view_text(object, "name", STR("inner"));
	view_object(object, "deep");
	list = view_list(view, "list");
	view_text(view_item(list), "n", STR("1"));
	view_text(view_item(list), "n", STR("2"));
	list = view_list(view, "words");
	view_item_text(list, STR("a"));
	view_item_text(list, STR("<"));
	view_list(view, "nothing");
	view_words(view, "t", locale_find(STR("en")));
	return 0;
}

static int after(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static void values(void **state)
{
	(void)state;
	check("", "");
	check("no tags, } and { alone", "no tags, } and { alone");
	check("{{text}}", "&lt;b&gt; &amp; &quot;q&quot; &#39;a&#39;");
	check("{{{text}}}|{{&text}}|{{& text }}",
	      "<b> & \"q\" 'a'|<b> & \"q\" 'a'|<b> & \"q\" 'a'");
	check("{{html}}", "<i>&amp;</i>");
	check("[{{absent}}{{none}}{{object}}{{list}}{{yes}}]", "[]");
	check("| {{ name }} |", "| outer |");
	check("  {{name}}\n", "  outer\n");
	check("{{t.search-open}}{{t.absent}}", "Open search");
}

static void dotted_names(void **state)
{
	(void)state;
	check("{{object.name}}", "inner");
	check("[{{object.absent}}{{absent.name}}{{object.deep.name}}]", "[]");
	check("{{#object}}{{name}}{{/object}}", "inner");
	check("{{#object}}{{object.name}}{{/object}}", "inner");
	check("{{#object.deep}}{{name}}{{/object.deep}}", "outer");
}

static void sections(void **state)
{
	(void)state;
	check("{{#yes}}a{{/yes}}{{#no}}b{{/no}}{{#absent}}c{{/absent}}{{#empty}}d{{/empty}}", "a");
	check("{{#list}}{{n}},{{/list}}", "1,2,");
	check("{{#words}}{{.}}{{/words}}", "a&lt;");
	check("{{#words}}{{{.}}}{{/words}}", "a<");
	check("{{#nothing}}x{{/nothing}}", "");
	check("{{#name}}[{{name}}{{.}}]{{/name}}", "[outerouter]");
	check("{{#list}}{{name}}{{/list}}", "outerouter");
	check("{{#yes}}{{#list}}{{#yes}}{{n}}{{/yes}}{{/list}}{{/yes}}", "12");
	check("{{#yes}}1{{#no}}2{{/no}}3{{/yes}}", "13");
	check("{{# yes }}a{{/ yes }}", "a");
}

static void inverted_sections(void **state)
{
	(void)state;
	check("{{^yes}}a{{/yes}}{{^no}}b{{/no}}{{^absent}}c{{/absent}}{{^nothing}}d{{/nothing}}",
	      "bcd");
	check("{{^list}}a{{/list}}{{^empty}}b{{/empty}}{{^object.absent}}c{{/object.absent}}",
	      "bc");
}

static void comments(void **state)
{
	(void)state;
	check("1{{! no }}2{{!\nmany\nlines {{ \n}}3", "123");
	check("a\n  {{! alone }}\nb", "a\nb");
	check("a\r\n{{! alone }}\r\nb", "a\r\nb");
	check("{{! first }}\nb", "b");
	check("a\n  {{! last }}", "a\n");
	check("a {{! not alone }}\n", "a \n");
}

static void standalone_lines(void **state)
{
	(void)state;
	check("a\n{{#yes}}\nb\n{{/yes}}\nc\n", "a\nb\nc\n");
	check("a\n  {{#yes}}  \n  b\n\t{{/yes}}\nc", "a\n  b\nc");
	check("{{^no}}\r\nb\r\n{{/no}}\r\n", "b\r\n");
	check("  {{#yes}}\nb{{/yes}}\nc", "b\nc");
	check("{{#yes}}{{/yes}}\n", "\n");
	check(" {{#yes}} x {{/yes}} \n", "  x  \n");
	check("a\n{{#no}}\nb\n{{/no}}", "a\n");
	check("  {{name}}\n{{name}}  \n", "  outer\nouter  \n");
	check("{{#list}}\n- {{n}}\n{{/list}}\n", "- 1\n- 2\n");
}

static void delimiters(void **state)
{
	(void)state;
	check("{{=<% %>=}}<%name%> {{name}}", "outer {{name}}");
	check("{{=| |=}}|name|{{name}}|={{ }}=|{{name}}", "outer{{name}}outer");
	check("a\n{{= | | =}}\nb|name|", "a\nbouter");
	check("{{= [ ] =}}[#list][n],[/list][! c ][&html]", "1,2,<i>&amp;</i>");
	partials[0].name = "p";
	partials[0].source = "{{name}}|name|";
	check("{{= | | =}}|>p|", "outer|name|");
	partials[0].source = "{{= | | =}}|name|";
	check("{{>p}}{{name}}", "outerouter");
}

static void partials_are_included(void **state)
{
	(void)state;
	partials[0].name = "line";
	partials[0].source = "<{{name}}>\n";
	partials[1].name = "two";
	partials[1].source = "1\n\n{{{lines}}}\n2";
	partials[2].name = "outer";
	partials[2].source = "(\n  {{>two}}\n)\n";
	partials[3].name = "tree";
	partials[3].source = "{{n}}{{#list}}{{n}}{{/list}}";
	check("a {{>line}} b", "a <outer>\n b");
	check("[{{>absent}}]", "[]");
	check("{{>tree}}", "12");
	check("  {{>line}}\nb", "  <outer>\nb");
	check("a\n  {{>two}}\nb\n", "a\n  1\n\n  <\n->\n  2b\n");
	check(" {{>outer}}\nx", " (\n   1\n\n   <\n->\n   2 )\nx");
	check("\t{{>line}}\t\r\nb", "\t<outer>\nb");
	check("  {{name}} {{>line}}", "  outer <outer>\n");
	check("{{#object}}{{>line}}{{/object}}", "<inner>\n");
}

static void endless_recursion_is_refused(void **state)
{
	struct fault why = { 0 };

	(void)state;
	partials[0].name = "p";
	partials[0].source = "x{{>p}}";
	buf_clear(&out);
	assert_false(mustache_render(compile("{{>p}}"), view, find_partial, NULL, &out, &why));
	assert_non_null(strstr(why.says, "includes itself too deeply"));
}

static void broken_templates_name_file_and_line(void **state)
{
	static const struct {
		const char *source;
		unsigned line;
		const char *says;
	} cases[] = {
		{ "a\n{{name", 2, "never closed" },
		{ "{{#a}}\n", 1, "never closed: a" },
		{ "\n\n{{/a}}", 3, "no section is open" },
		{ "{{#a}}\n{{#b}}\n{{/a}}\n{{/b}}", 3, "not a" },
		{ "{{}}", 1, "without a name" },
		{ "x\n{{#  }}", 2, "without a name" },
		{ "{{a b}}", 1, "no spaces" },
		{ "{{{a}}", 1, "needs a }" },
		{ "{{=<%=}}", 1, "two delimiters" },
		{ "{{=<% %>}}", 1, "end in =" },
		{ "{{== ==}}", 1, "two delimiters" },
		{ "{{! open\n\n", 1, "never closed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mustache *template;
		struct fault why = { 0 };
		char place[40];

		snprintf(place, sizeof(place), "test.mustache:%u: ", cases[i].line);
		assert_false(mustache_compile(&arena, "test.mustache", str_from(cases[i].source),
					      &template, &why));
		if (why.line != cases[i].line || strncmp(why.says, place, strlen(place)) ||
		    !strstr(why.says, cases[i].says))
			complain("%s: line %u, %s", cases[i].source, why.line, why.says);
	}
}

static void sections_nest_only_so_deep(void **state)
{
	struct buf source;
	struct mustache *template;
	struct fault why = { 0 };

	(void)state;
	buf_init(&source, 4096);
	for (int i = 0; i <= MUSTACHE_SECTIONS_MAX; i++)
		buf_add(&source, STR("{{#a}}"));
	assert_false(mustache_compile(&arena, "t", buf_str(&source), &template, &why));
	assert_non_null(strstr(why.says, "too many sections"));
	buf_release(&source);
}

/* Each of two items once for each of two items, and so on: 2^30 times nothing, or a letter. */
static const struct mustache *multiplied(const char *what)
{
	const struct mustache *template;
	struct buf source;

	buf_init(&source, 1024);
	for (int i = 0; i < 30; i++)
		buf_add(&source, STR("{{#list}}"));
	buf_add(&source, str_from(what));
	for (int i = 0; i < 30; i++)
		buf_add(&source, STR("{{/list}}"));
	buf_add_char(&source, '\0');
	template = compile(arena_cstr(&arena, str_from(source.at)));
	buf_release(&source);
	return template;
}

static void lists_in_lists_have_an_end(void **state)
{
	struct fault why = { 0 };

	(void)state;
	buf_clear(&out);
	assert_false(
		mustache_render(multiplied("{{empty}}"), view, find_partial, NULL, &out, &why));
	assert_int_equal(why.kind, INVALID);
	assert_non_null(strstr(why.says, "take more than 4000000 steps"));
}

static void what_no_longer_fits_is_not_rendered(void **state)
{
	struct fault why = { 0 };
	struct buf small;

	(void)state;
	buf_init(&small, 1000);
	assert_true(mustache_render(multiplied("x"), view, find_partial, NULL, &small, &why));
	assert_true(small.full);
	buf_release(&small);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, before, after)
	const struct CMUnitTest tests[] = {
		CASE(values),
		CASE(dotted_names),
		CASE(sections),
		CASE(inverted_sections),
		CASE(comments),
		CASE(standalone_lines),
		CASE(delimiters),
		CASE(partials_are_included),
		CASE(endless_recursion_is_refused),
		CASE(lists_in_lists_have_an_end),
		CASE(what_no_longer_fits_is_not_rendered),
		CASE(broken_templates_name_file_and_line),
		CASE(sections_nest_only_so_deep),
	};
	int failed;

	buf_init(&out, 1 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&out);
	return failed;
}

/* The build's own tool: what it refuses, with file and line, and what it makes. It stands
 * beside the tests: $(BUILD)/tools/embed for $(BUILD)/tests/unit/locale/embed_test. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */
#define complain(...) (print_error(__VA_ARGS__), assert_true(false))

#include <sys/stat.h>
#include <unistd.h>

#include <communique/arena.h>
#include <communique/file.h>

static struct arena arena;
static const char *tool, *folder;
static char template[] = "/tmp/embed-test-XXXXXX";

static const char *path(const char *name)
{
	return arena_cstr(&arena, arena_printf(&arena, "%s/%s", folder, name));
}

static void put(const char *name, const char *text)
{
	assert_true(file_write(path(name), str_from(text), 0600, NULL));
}

static struct str get(const char *name)
{
	struct buf bytes;
	struct str text;

	buf_init(&bytes, 1 << 20);
	assert_true(file_read(path(name), &bytes, NULL));
	text = arena_copy(&arena, buf_str(&bytes));
	buf_release(&bytes);
	return text;
}

/* Runs the tool over files in the folder; its complaints go to the file `said`. */
static int run(const char *kind, const char *files)
{
	int status =
		system(arena_cstr(&arena, arena_printf(&arena, "cd %s && %s %s out.c %s 2>said",
						       folder, tool, kind, files)));

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool said(const char *what)
{
	struct str text = get("said");

	return str_find_str(text, str_from(what)) < text.len;
}

static bool made(const char *what)
{
	struct str text = get("out.c");

	return str_find_str(text, str_from(what)) < text.len;
}

static void refuses(const char *en, const char *ko, const char *complaint)
{
	put("en.messages", en);
	put("ko.messages", ko);
	assert_int_equal(run("messages", "en.messages ko.messages"), 1);
	if (!said(complaint))
		complain("expected \"%s\", not:\n%s", complaint, arena_cstr(&arena, get("said")));
	/* make must not find a half-made file. */
	assert_int_not_equal(access(path("out.c"), F_OK), 0);
}

static void good_messages_are_embedded(void **state)
{
	(void)state;
	put("en.messages", "# a comment\n\nb = two \"quoted\" words\n  a   =  one = 1  \n");
	put("ko.messages", "a = 하나\nb = 둘");
	assert_int_equal(run("messages", "en.messages ko.messages"), 0);
	assert_true(made("messages_key_count = 2;"));
	assert_true(made("\"a\",\n\t\"b\","));
	assert_true(made("{ \"one = 1\", 7 }"));
	assert_true(made("two \\042quoted\\042 words"));
	assert_true(made("{ \"\\355\\225\\230\\353\\202\\230\", 6 }"));
	assert_true(made("{ { \"ko\", 2 }, texts_1 }"));
}

static void a_missing_key_stops_the_build(void **state)
{
	(void)state;
	refuses("a = 1\nb = 2\n", "a = 1\n",
		"ko.messages:1: error: \"b\" is missing (it stands in en.messages:2)");
}

static void an_unknown_key_stops_the_build(void **state)
{
	(void)state;
	refuses("a = 1\n", "a = 1\n\nc = 3\n", "ko.messages:3: error: \"c\" is unknown");
}

static void other_blanks_stop_the_build(void **state)
{
	(void)state;
	refuses("a = %1 of %2\n", "\na = %1\n",
		"ko.messages:2: error: \"a\" has other blanks than in en.messages:1: %1 of %2");
	refuses("a = 100 %\n", "a = %3\n", "ko.messages:1: error: \"a\" has other blanks");
	refuses("date = %4 %3, %1\n", "date = %1. %2.\n", "\"date\" has other blanks");
	put("en.messages", "a = %1 of %2 %\ndate = %4 %3, %1\n");
	put("ko.messages", "a = %2%% %1%1\ndate = %1년 %2월 %3일\n");
	assert_int_equal(run("messages", "en.messages ko.messages"), 0);
}

static void a_key_twice_stops_the_build(void **state)
{
	(void)state;
	refuses("a = 1\nb = 2\na = 3\n", "a = 1\nb = 2\n",
		"en.messages:3: error: \"a\" stands in line 1 already");
}

static void malformed_lines_stop_the_build(void **state)
{
	(void)state;
	refuses("a = 1\nnonsense\n", "a = 1\n", "en.messages:2: error: expected `key = text`");
	refuses("a = 1\nA b = 2\n", "a = 1\n", "en.messages:2: error: a key is made of");
	refuses("a = 1\n", "a =\n", "ko.messages:1: error: \"a\" has no text");
	refuses("a = 1\n", "a = 1\t2\n", "ko.messages:1: error: \"a\" has a control character");
	refuses("a = 1\r\n", "a = 1\n", "en.messages:1: error: \"a\" has a control character");
	refuses("a = 1\n", "= 1\n", "ko.messages:1: error: a key is made of");
}

static void theme_addresses_follow_the_bytes(void **state)
{
	struct str before, after;

	(void)state;
	put("site.css", "a{}");
	assert_int_equal(run("theme", "site.css"), 0);
	assert_true(made("\"/static/site."));
	assert_true(made("text/css; charset=utf-8"));
	assert_true(made("97,123,125,"));
	before = get("out.c");
	assert_int_equal(run("theme", "site.css"), 0);
	assert_true(str_equal(get("out.c"), before));
	put("site.css", "b{}");
	assert_int_equal(run("theme", "site.css"), 0);
	after = get("out.c");
	before = str_skip(before, str_find_str(before, STR("/static/site.")));
	after = str_skip(after, str_find_str(after, STR("/static/site.")));
	assert_false(str_equal(str_first(before, 23), str_first(after, 23)));
}

static void unknown_types_and_files_are_refused(void **state)
{
	(void)state;
	put("site.exe", "x");
	assert_int_equal(run("theme", "site.exe"), 1);
	assert_true(said("site.exe:1: error: no type is known"));
	assert_int_equal(run("theme", "absent.css"), 1);
	assert_true(said("cannot open absent.css"));
	assert_int_equal(run("nonsense", "site.css"), 2);
}

static const char *tool_beside(const char *program)
{
	char *full = realpath(program, NULL);
	size_t at = str_find_str(str_from(full), STR("/tests/unit/"));
	struct str beside = arena_printf(&arena, "%.*s/tools/embed", (int)at, full);

	free(full);
	return arena_cstr(&arena, beside);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_messages_are_embedded),
		cmocka_unit_test(a_missing_key_stops_the_build),
		cmocka_unit_test(an_unknown_key_stops_the_build),
		cmocka_unit_test(other_blanks_stop_the_build),
		cmocka_unit_test(a_key_twice_stops_the_build),
		cmocka_unit_test(malformed_lines_stop_the_build),
		cmocka_unit_test(theme_addresses_follow_the_bytes),
		cmocka_unit_test(unknown_types_and_files_are_refused),
	};
	static const char *const leftovers[] = { "en.messages", "ko.messages", "site.css",
						 "site.exe",	"out.c",       "said" };
	int failed;

	(void)argc;
	arena_init(&arena);
	tool = tool_beside(argv[0]);
	folder = mkdtemp(template);
	must(folder != NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (size_t i = 0; i < sizeof(leftovers) / sizeof(*leftovers); i++)
		unlink(path(leftovers[i]));
	rmdir(folder);
	arena_release(&arena);
	return failed;
}

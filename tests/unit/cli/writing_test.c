#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include "office.h"

#define CAPTURE                                                                                    \
	"바로가기 메뉴\n본문 바로가기\n주메뉴 바로가기\n검색창 열기\n\n"   \
	"Press Releases\n\n%s\n\n\n1. The first.\n\n\n° A point.\n\n2. The second.\n"
#define SEED "../shared/seeds/000_8bcc1ea43f24387a.txt"

/* --- new -------------------------------------------------------------------------------- */

static void writes_a_file_from_plain_text(void **state)
{
	struct folder *folder = *state;
	struct result result;

	folder_write(folder, "text", "\n\nA Harbour Opens\n\n1. It opens.\n\n2. Come.\n\n\n");
	result = RUN(folder, "new", "--from", "text", "--date", "2026-11-23", "--set",
		     "Kind=remarks", "--language", "en", "--set", "Department=Ports", "-o",
		     "release.txt");
	assert_status(result, 0);
	assert_says(result.out, "release.txt");
	assert_says(result.err, "2026-11-23-a-harbour-opens");
	assert_true(str_equal(folder_read(folder, "release.txt"),
			      STR("Site: press.example\nRelease: 2026-11-23-a-harbour-opens\n"
				  "Language: en\nRevision: 1\nDate: 2026-11-23\nKind: remarks\n"
				  "Title: A Harbour Opens\nDepartment: Ports\n\n"
				  "1. It opens.\n\n2. Come.\n")));
	assert_status(RUN(folder, "check", "release.txt"), 0);
	/* Never over a file that is there. */
	assert_status(RUN(folder, "new", "--from", "text", "--date", "2026-11-23", "--kind",
			  "remarks", "--language", "en", "-o", "release.txt"),
		      1);
}

static void reads_standard_input_and_writes_standard_output(void **state)
{
	struct folder *folder = *state;
	struct result result;

	folder_write(folder, "text",
		     "\xef\xbb\xbf"
		     "1. One.\r\n\r\n2. Cafe\xcc\x81.\r\n");
	result = RUN_WITH(folder, "text", "new", "--title", "A title", "--date", "2026-11-23",
			  "--kind", "statement", "--language", "en", "--release", "x");
	assert_status(result, 0);
	assert_true(str_ends(result.out, STR("\n\n1. One.\n\n2. Caf\xc3\xa9.\n")));
	assert_says(result.err, "line ends were changed");
	assert_says(result.err, "normal form C");
}

static void lists_what_it_cannot_know(void **state)
{
	struct folder *folder = *state;
	struct result result;

	folder_write(folder, "text", "1. A paragraph is no title.\n\n2. Another.\n");
	result = RUN(folder, "new", "--from", "text", "-o", "release.txt");
	assert_status(result, 1);
	assert_says(result.err, "--set Title=");
	assert_says(result.err, "--set Date=YYYY-MM-DD");
	assert_says(result.err, "--set Language=");
	assert_false(folder_has(folder, "release.txt"));
	assert_status(RUN(folder, "new", "--from", "text", "--set", "Colour=red"), 2);
	assert_status(RUN(folder, "new", "--from", "text", "--set", "Title"), 2);
	assert_status(RUN(folder, "new", "--from", "text", "--date", "yesterday"), 2);
}

static void refuses_text_that_is_none(void **state)
{
	struct folder *folder = *state;

	folder_write(folder, "text", "Title\n\nfine\nbroken \xff here\n");
	assert_says(RUN(folder, "new", "--from", "text").err, "line 4");
	folder_write(folder, "text", "\n\n \n");
	assert_says(RUN(folder, "new", "--from", "text").err, "there is no text");
	assert_status(RUN(folder, "new", "--from", "none"), 3);
}

/* --- import ------------------------------------------------------------------------------- */

static void capture_write(struct folder *folder, const char *name, const char *title)
{
	folder_write(folder, name, arena_printf(&folder->arena, CAPTURE, title).at);
}

static void imports_a_capture(void **state)
{
	struct folder *folder = *state;
	struct result result;

	capture_write(folder, "page.txt", "A Harbour Opens");
	result = RUN(folder, "import", "page.txt", "-o", "out", "--date", "2020-10-28",
		     "--language", "en", "--department", "Ports");
	assert_status(result, 0);
	assert_true(str_equal(result.out, STR("out/2020-10-28-a-harbour-opens.en.txt\n")));
	assert_true(str_equal(folder_read(folder, "out/2020-10-28-a-harbour-opens.en.txt"),
			      STR("Site: press.example\nRelease: 2020-10-28-a-harbour-opens\n"
				  "Language: en\nRevision: 1\nDate: 2020-10-28\n"
				  "Kind: press-release\nTitle: A Harbour Opens\n"
				  "Department: Ports\n\n1. The first.\n\n° A point.\n\n"
				  "2. The second.\n")));
	/* Imported twice it would be overwritten, perhaps after somebody edited it. */
	assert_status(RUN(folder, "import", "page.txt", "-o", "out", "--date", "2020-10-28",
			  "--language", "en"),
		      1);
}

static void invents_nothing(void **state)
{
	struct folder *folder = *state;
	struct result result;

	capture_write(folder, "page.txt", "A Harbour Opens");
	result = RUN(folder, "import", "page.txt", "-o", "out", "--language", "en");
	assert_status(result, 1);
	assert_says(result.err, "page.txt: refused: ");
	assert_says(result.err, "--set Date=YYYY-MM-DD");
	result = RUN(folder, "import", "page.txt", "-o", "out", "--date", "2020-10-28");
	assert_status(result, 1);
	assert_says(result.err, "--set Language=en");
	assert_int_equal(result.out.len, 0);
}

static void goes_on_after_a_refusal(void **state)
{
	struct folder *folder = *state;
	struct result result;

	capture_write(folder, "one.txt", "One");
	folder_write(folder, "two.txt", "no capture\n");
	capture_write(folder, "three.txt", "Three");
	result = RUN(folder, "import", "one.txt", "two.txt", "three.txt", "-o", "out", "--set",
		     "Date=2020-10-28", "--set", "Language=en");
	assert_status(result, 1);
	assert_says(result.out, "out/2020-10-28-one.en.txt\n");
	assert_says(result.out, "out/2020-10-28-three.en.txt\n");
	assert_says(result.err, "two.txt: refused: ");
	assert_says(result.err, "1 of 3 captures were refused");
	assert_status(RUN(folder, "import", "one.txt", "three.txt", "-o", "out", "--release", "x"),
		      2);
	assert_status(RUN(folder, "import", "one.txt"), 2);
}

static void imports_the_seed(void **state)
{
	struct folder *folder = *state;
	struct arena *arena = &folder->arena;
	char *path = realpath(SEED, NULL);
	const char *seed;
	struct result result;
	struct str file;

	if (!path)
		print_error("the captured page is missing: %s\n", SEED);
	assert_non_null(path);
	seed = arena_cstr(arena, str_from(path));
	free(path);
	result = RUN(folder, "import", seed, "-o", "out", "--date", "2020-10-28", "--language",
		     "en", "--release", "2020-10-28-central-asian-ambassadors");
	assert_status(result, 0);
	file = folder_read(folder, "out/2020-10-28-central-asian-ambassadors.en.txt");
	assert_says(file, "\nKind: press-release\n");
	assert_says(file, "\n\n1. On the afternoon");
	result = RUN(folder, "check", "out/2020-10-28-central-asian-ambassadors.en.txt");
	assert_status(result, 0);
	for (int i = 1; i <= 6; i++)
		assert_says(result.out, arena_printf(arena, "p%d", i).at);
}

/* --- check and preview --------------------------------------------------------------------- */

static void tells_errors_by_line(void **state)
{
	struct folder *folder = *state;
	struct result result;

	folder_write(folder, "good.txt", RELEASE_TEXT);
	folder_write(folder, "bad.txt", "Site: press.example\nColour: red\n\nText\n");
	result = RUN(folder, "check", "good.txt", "bad.txt");
	assert_status(result, 1);
	assert_says(result.out, "good.txt: accepted: en/2026-11-23-harbour, revision 1");
	assert_says(result.out, "bad.txt:2: error: ");
	assert_false(says(result.out, "error: line 2"));
	assert_says(result.err, "1 of 2 files");
	assert_status(RUN(folder, "check", "good.txt", "none.txt"), 3);
	assert_status(RUN(folder, "check", "."), 3);
	assert_status(RUN(folder, "check"), 2);
}

static void tells_doubts_by_line(void **state)
{
	struct folder *folder = *state;
	struct result result;

	folder_write(folder, "gap.txt", RELEASE_TEXT "\n5. A gap.\n");
	folder_write(folder, "config", "site = other.example\n");
	result = RUN(folder, "check", "gap.txt");
	assert_status(result, 0);
	assert_says(result.out, "gap.txt: doubt: it is for the site press.example");
	assert_says(result.out, "gap.txt:13: doubt: ");
	result = RUN(folder, "check", "gap.txt", "--json");
	assert_status(result, 0);
	assert_says(result.out, "\"accepted\":true");
	assert_says(result.out, "\"line\":13");
}

static void checks_in_json(void **state)
{
	struct folder *folder = *state;
	struct result result;

	folder_write(folder, "bad.txt", "Site: press.example\nColour: red\n\nText\n");
	folder_write(folder, "good.txt", RELEASE_TEXT);
	result = RUN(folder, "check", "--json", "bad.txt", "good.txt");
	assert_status(result, 1);
	assert_says(result.out,
		    "[{\"file\":\"bad.txt\",\"accepted\":false,\"errors\":[{\"line\":2,");
	assert_says(result.out, "\"release\":\"2026-11-23-harbour\"");
}

static void shows_a_page(void **state)
{
	struct folder *folder = *state;
	struct result result;

	folder_write(folder, "release.txt", RELEASE_TEXT);
	result = RUN(folder, "preview", "release.txt");
	assert_status(result, 0);
	assert_says(result.out, "A Harbour");
	assert_says(result.out, "id=\"p1\"");
	assert_status(RUN(folder, "preview", "release.txt", "-o", "page.html"), 0);
	assert_true(str_equal(result.out, folder_read(folder, "page.html")));
	folder_write(folder, "bad.txt", "x\n");
	assert_says(RUN(folder, "preview", "bad.txt").err, "bad.txt, line 1");
}

static void helps_with_every_command(void **state)
{
	static const char *const commands[] = { "keygen",   "new",     "import",    "check",
						"preview",  "sign",    "publish",   "drafts",
						"show",	    "drop",    "approve",   "revise",
						"withdraw", "kill",    "reinstate", "request",
						"verify",   "monitor", "config" };
	struct folder *folder = *state;
	struct result result = RUN(folder, "--help");

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		assert_says(result.out, commands[i]);
		assert_status(RUN(folder, commands[i], "--help"), 0);
	}
	assert_says(RUN(folder, "keys", "new", "--help").out, "--editor");
	assert_says(RUN(folder, "completion", "bash").out, "approve");
	assert_status(RUN(folder, "publicise"), 2);
	assert_says(RUN(folder, "--version").out, "communique ");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_begin, folder_end)

/* Each writes more than stdio's buffer takes. */
static void a_full_disk_is_told(void **state)
{
	static const char *const commands[] = { "preview release.txt", "desk", "completion bash" };
	struct folder *folder = *state;

	folder_write(folder, "release.txt", RELEASE_TEXT);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		int status = system(arena_printf(&folder->arena, "cd %s && %s %s >/dev/full 2>said",
						 folder->path, folder->program, commands[i])
					    .at);

		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
		assert_says(folder_read(folder, "said"), "communique: cannot write ");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(writes_a_file_from_plain_text),
		IN_FOLDER(reads_standard_input_and_writes_standard_output),
		IN_FOLDER(lists_what_it_cannot_know),
		IN_FOLDER(refuses_text_that_is_none),
		IN_FOLDER(imports_a_capture),
		IN_FOLDER(invents_nothing),
		IN_FOLDER(goes_on_after_a_refusal),
		IN_FOLDER(imports_the_seed),
		IN_FOLDER(tells_errors_by_line),
		IN_FOLDER(a_full_disk_is_told),
		IN_FOLDER(tells_doubts_by_line),
		IN_FOLDER(checks_in_json),
		IN_FOLDER(shows_a_page),
		IN_FOLDER(helps_with_every_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

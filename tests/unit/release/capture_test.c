#include <communique/capture.h>

#include "releases.h"

#define SEED "../shared/seeds/000_8bcc1ea43f24387a.txt"
#define CHROME "바로가기 메뉴\n본문 바로가기\n주메뉴 바로가기\n검색창 열기\n"
#define PAGE CHROME "\nPress Releases\n\nA title\n\n"

static struct capture *capture_of(struct arena *arena, struct str page)
{
	struct capture *capture = NULL;
	struct fault why = { .kind = NO_FAULT };

	if (!capture_parse(arena, page, &capture, &why))
		print_error("%s\n", why.says);
	assert_int_equal(why.kind, NO_FAULT);
	return capture;
}

static struct release *release_of(struct arena *arena, const struct capture *capture)
{
	return parse_file(arena, arena_printf(arena, HEADER "\n%.*s", STR_ARG(capture->body)));
}

/* What the capture's rule says of a body, said once more in the plainest way. */
static struct str folded(struct arena *arena, struct str text)
{
	struct buf out;
	struct str made;

	buf_init(&out, text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		if (!(text.at[i] == '\n' && str_ends(buf_str(&out), STR("\n\n"))))
			buf_add_char(&out, text.at[i]);
	}
	if (!str_ends(buf_str(&out), STR("\n")))
		buf_add_char(&out, '\n');
	made = arena_copy(arena, buf_str(&out));
	buf_release(&out);
	return made;
}

static const struct node *item(const struct node *list, unsigned place)
{
	const struct node *at = list->first;

	assert_int_equal(list->kind, NODE_LIST);
	while (at && place-- > 1)
		at = at->next;
	assert_non_null(at);
	return at;
}

/* The captured page that the project began with. */
static struct str line_of(struct str page, unsigned number)
{
	struct str line = STR_NONE;

	while (number--)
		line = str_cut(&page, '\n');
	return line;
}

static void the_seed(void **state)
{
	struct str page = read_whole(*state, SEED);
	struct capture *capture = capture_of(*state, page);
	struct release *release = release_of(*state, capture);
	const struct node *list = release->document->first;
	size_t start = str_find_str(page, STR("\n1. ")) + 1;

	assert_str(capture->chrome_language, STR("ko"));
	assert_str(capture->board, STR("Press Releases"));
	assert_true(capture->has_kind);
	assert_int_equal(capture->kind, KIND_PRESS_RELEASE);
	assert_false(capture->has_date);
	assert_int_equal(capture->images.count, 0);
	assert_str(capture->title, line_of(page, 8));
	assert_str(capture->body, folded(*state, str_skip(page, start)));
	assert_null(release->doubts);
	assert_null(list->next);
	assert_true(list->ordered);
	for (unsigned n = 1; n <= 6; n++) {
		const struct node *paragraph = item(list, n);
		const struct node *below = paragraph->last;

		assert_str(paragraph->mark, arena_printf(*state, "%u.", n));
		assert_str(paragraph->anchor, arena_printf(*state, "p%u", n));
		assert_int_equal(below->kind, n == 2 || n == 3 ? NODE_LIST : NODE_TEXT);
		if (below->kind != NODE_LIST)
			continue;
		assert_str(item(below, 1)->mark, STR("°"));
		assert_str(item(below, 1)->anchor, arena_printf(*state, "p%u.1", n));
		assert_null(item(below, 1)->next);
	}
	assert_null(item(list, 6)->next);
}

static void another_board_page(void **state)
{
	struct capture *capture = capture_of(
		*state,
		read_whole(*state, "seeds/captures/2026-03-24-vice-minister-ports-dialogue.txt"));
	struct release *release = release_of(*state, capture);

	assert_str(capture->title, STR("Vice Minister Seo Opens Second Ports Dialogue with Rimal"));
	assert_true(capture->has_date);
	assert_int_equal(date_number(capture->date), 20260324);
	assert_int_equal(capture->images.count, 2);
	assert_str(capture->images.at[1], STR("ports_dialogue_02.jpg"));
	assert_str(
		outline_of(*state, release),
		STR("heading 2: Opening\n"
		    "unordered list, 2 items\n"
		    "  ◦   #p1      Vice Minister of External Affairs Seo Min-jae opened the…\n"
		    "  o   #p2      The two sides agreed on a common form for the papers that a…\n"
		    "    unordered list, 2 items\n"
		    "      -   #p2.1    The form has one page instead of the eleven in use today.\n"
		    "      -   #p2.2    It can be sent from the vessel, from June on.\n"
		    "        ordered list, 2 items\n"
		    "          ①   #p2.2.1  Crew lists are no longer asked for twice.\n"
		    "          ②   #p2.2.2  Waste declarations are accepted in either language.\n"
		    "heading 2: Next steps\n"
		    "unordered list, 1 item\n"
		    "  ◦   #p3      A working group will meet in Ain in September.\n"
		    "paragraph: △ ports, ▲ customs and ▶ quarantine offices will be…\n"));
	assert_str(capture_of(*state, read_whole(*state, "seeds/captures/2026-05-29-minister-"
							 "receives-credentials.txt"))
			   ->title,
		   STR("Minister Han Receives Copies of Credentials of New Ambassadors"));
}

static void english_chrome(void **state)
{
	struct capture *capture = capture_of(
		*state, STR("Shortcut menu\nSkip to content\nSkip to main menu\nOpen search\n"
			    "[KOR]\n\nPress Briefings\n\nA title\n\n"
			    "Date\n\n2026-03-02\n\nHit\n\n12\n\nphoto 1\nA title\n\nText  \n"));

	assert_str(capture->chrome_language, STR("en"));
	assert_int_equal(capture->kind, KIND_BRIEFING);
	assert_int_equal(date_number(capture->date), 20260302);
	assert_int_equal(capture->images.count, 2);
	assert_str(capture->body, STR("Text  \n"));
}

static void unknown_boards_have_no_kind(void **state)
{
	struct capture *capture = capture_of(*state, STR(CHROME "\nNotices\n\nA title\n\nText"));

	assert_str(capture->board, STR("Notices"));
	assert_false(capture->has_kind);
	assert_str(capture->body, STR("Text\n"));
}

static void bodies_keep_their_bytes(void **state)
{
	assert_str(capture_of(*state, STR(PAGE "  1. a\t \n\n\n\n \n\n\n° b\nc\n\n\n"))->body,
		   STR("  1. a\t \n\n \n\n° b\nc\n\n"));
}

static void bad_pages(void **state)
{
	static const struct {
		const char *page;
		unsigned line;
		const char *reason;
	} cases[] = {
		{ "", 1, "바로가기 메뉴" },
		{ "A page\n", 1, "바로가기 메뉴" },
		{ "바로가기 메뉴\n본문 바로가기\nPress\n", 3, "주메뉴 바로가기" },
		{ "Shortcut menu\nSkip to content\n", 3, "Skip to main menu" },
		{ CHROME, 5, "the board's name" },
		{ CHROME "[KOR]\n\n", 7, "the board's name" },
		{ CHROME "\nPress Releases\n", 7, "the title" },
		{ PAGE, 10, "the text" },
		{ PAGE "Date\n2026-03-02\nhit\n12\nimage.png\n\n", 16, "the text" },
		{ PAGE "Date\nyesterday\n\nText\n", 11, "YYYY-MM-DD below Date" },
		{ PAGE "hit\nmany\n\nText\n", 11, "a number below hit" },
		{ PAGE "Text\r\n", 10, "not CR" },
		{ PAGE "Text \xff\n", 10, "UTF-8" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct capture *capture = NULL;
		struct fault why = { .kind = NO_FAULT };

		assert_false(capture_parse(*state, str_from(cases[i].page), &capture, &why));
		if (why.line != cases[i].line || !strstr(why.says, cases[i].reason))
			print_error("case %zu: %s\n", i, why.says);
		assert_int_equal(why.kind, INVALID);
		assert_int_equal(why.line, cases[i].line);
		assert_non_null(strstr(why.says, cases[i].reason));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_seed),
		TEST(another_board_page),
		TEST(english_chrome),
		TEST(unknown_boards_have_no_kind),
		TEST(bodies_keep_their_bytes),
		TEST(bad_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "releases.h"

/* The header of WITH() has seven lines, so a body begins in line 9. */

static void numbers_with_points_beneath(void **state)
{
	assert_outline(*state, "1. One.\n\n° A.\n\n° B.\n\n2. Two.\n\n- C.\n· D.\n",
		       "ordered list, 2 items\n"
		       "  1.  #p1      One.\n"
		       "    unordered list, 2 items\n"
		       "      °   #p1.1    A.\n"
		       "      °   #p1.2    B.\n"
		       "  2.  #p2      Two.\n"
		       "    unordered list, 1 item\n"
		       "      -   #p2.1    C.\n"
		       "        unordered list, 1 item\n"
		       "          ·   #p2.1.1  D.\n");
}

static void every_sign_of_a_level_is_one_list(void **state)
{
	assert_outline(*state,
		       "° a\n○ b\nㅇ c\n◦ d\n∘ e\no f\n- g\n– h\n― i\n· j\nㆍ k\n• l\n▪ m\n",
		       "unordered list, 6 items\n"
		       "  °   #p1      a\n"
		       "  ○   #p2      b\n"
		       "  ㅇ  #p3      c\n"
		       "  ◦   #p4      d\n"
		       "  ∘   #p5      e\n"
		       "  o   #p6      f\n"
		       "    unordered list, 3 items\n"
		       "      -   #p6.1    g\n"
		       "      –   #p6.2    h\n"
		       "      ―   #p6.3    i\n"
		       "        unordered list, 4 items\n"
		       "          ·   #p6.3.1  j\n"
		       "          ㆍ  #p6.3.2  k\n"
		       "          •   #p6.3.3  l\n"
		       "          ▪   #p6.3.4  m\n");
}

static void dates_and_years_are_no_marks(void **state)
{
	struct release *release = parse_body(
		*state, "2020. 10. 28. was a day.\n\n1.5 is a number.\n\n2026. A year.\n\n"
			"1. One\n2026. still one\n1.5 still one\n3. still one\n");

	assert_str(outline_of(*state, release),
		   STR("paragraph: 2020. 10. 28. was a day.\n"
		       "paragraph: 1.5 is a number.\n"
		       "paragraph: 2026. A year.\n"
		       "ordered list, 1 item\n"
		       "  1.  #p1      One 2026. still one 1.5 still one 3. still one\n"));
	assert_null(release->doubts);
}

static void gaps_repeats_and_restarts_stay(void **state)
{
	struct release *release = parse_body(
		*state, "1. a\n\n2. b\n\n4. d\n\n4. e\n\n30. f\n\n5. g\n\n1. h\n\n2. i\n");

	assert_str(outline_of(*state, release), STR("ordered list, 5 items\n"
						    "  1.  #p1      a\n"
						    "  2.  #p2      b\n"
						    "  4.  #p4      d\n"
						    "  4.  #p4-2    e\n"
						    "    paragraph: 30. f\n"
						    "  5.  #p5      g\n"
						    "ordered list, 2 items\n"
						    "  1.  #p1-2    h\n"
						    "  2.  #p2-2    i\n"));
	assert_str(doubts_of(*state, release),
		   STR("13: 4. leaves out 1 before it\n15: 4. stands twice\n"
		       "17: 30. is read as text, as 5. was expected\n"
		       "21: the numbers begin anew with 1.\n"));
}

static void a_day_behind_a_list_is_no_gap(void **state)
{
	assert_outline(*state, "1. a\n\n2. b\n\n10. 28. was the day\n",
		       "ordered list, 2 items\n"
		       "  1.  #p1      a\n"
		       "  2.  #p2      b\n"
		       "paragraph: 10. 28. was the day\n");
}

static void plain_paragraphs_do_not_end_the_numbers(void **state)
{
	assert_outline(*state,
		       "1. a\n\n° b\n\nPlain.\n\n> Said.\n\n2. c\n\nMore.\n\n° d\n\nThe end.\n",
		       "ordered list, 2 items\n"
		       "  1.  #p1      a\n"
		       "    unordered list, 1 item\n"
		       "      °   #p1.1    b\n"
		       "    paragraph: Plain.\n"
		       "    quotation\n"
		       "      paragraph: Said.\n"
		       "  2.  #p2      c\n"
		       "    paragraph: More.\n"
		       "    unordered list, 1 item\n"
		       "      °   #p2.1    d\n"
		       "paragraph: The end.\n");
	assert_outline(*state, "- a\n\nPlain.\n\n- b\n",
		       "unordered list, 1 item\n"
		       "  -   #p1      a\n"
		       "paragraph: Plain.\n"
		       "unordered list, 1 item\n"
		       "  -   #p2      b\n");
}

static void numbers_go_on_below_a_heading(void **state)
{
	assert_outline(*state, "1. a\n\n[Next]\n\n2. b\n\n## Then\n3. c\n",
		       "ordered list, 1 item\n"
		       "  1.  #p1      a\n"
		       "heading 2: Next\n"
		       "ordered list, 1 item\n"
		       "  2.  #p2      b\n"
		       "heading 2: Then\n"
		       "ordered list, 1 item\n"
		       "  3.  #p3      c\n");
}

static void formal_order(void **state)
{
	assert_outline(*state,
		       "1. a\n가. b\n1) c\n가) d\n(1) e\n(가) f\n① g\n㉮ h\n㉯ i\n나. j\n2. k\n",
		       "ordered list, 2 items\n"
		       "  1.  #p1      a\n"
		       "    ordered list, 2 items\n"
		       "      가. #p1.1    b\n"
		       "        ordered list, 1 item\n"
		       "          1)  #p1.1.1  c\n"
		       "            ordered list, 1 item\n"
		       "              가) #p1.1.1.1 d\n"
		       "                ordered list, 1 item\n"
		       "                  (1) #p1.1.1.1.1 e\n"
		       "                    ordered list, 1 item\n"
		       "                      (가) #p1.1.1.1.1.1 f\n"
		       "                        ordered list, 1 item\n"
		       "                          ①   #p1.1.1.1.1.1.1 g\n"
		       "                            ordered list, 2 items\n"
		       "                              ㉮  #p1.1.1.1.1.1.1.1 h\n"
		       "                              ㉯  #p1.1.1.1.1.1.1.2 i\n"
		       "      나. #p1.2    j\n"
		       "  2.  #p2      k\n");
}

static void after_ha_comes_geo(void **state)
{
	struct release *release = parse_body(
		*state, "가. a\n나. b\n다. c\n라. d\n마. e\n바. f\n사. g\n아. h\n자. i\n차. j\n"
			"카. k\n타. l\n파. m\n하. n\n거. o\n너. p\n");

	assert_int_equal(release->document->first->kind, NODE_LIST);
	assert_null(release->document->first->next);
	assert_str(release->document->last->last->mark, STR("너."));
	assert_str(release->document->last->last->anchor, STR("p16"));
	assert_null(release->doubts);
}

static void formal_marks_count_only_in_turn(void **state)
{
	/* A Korean sentence broken inside a word, and a year in brackets. */
	assert_outline(*state, "회의를 개최하였\n다. 이번 회의는\n(2026) 처음이다.\n",
		       "paragraph: 회의를 개최하였 다. 이번 회의는 (2026) 처음이다.\n");
}

static void formal_and_bullets_stand_below_each_other(void **state)
{
	assert_outline(*state, "◦ a\n① b\n② c\n- d\n◦ e\n① f\n",
		       "unordered list, 2 items\n"
		       "  ◦   #p1      a\n"
		       "    ordered list, 2 items\n"
		       "      ①   #p1.1    b\n"
		       "      ②   #p1.2    c\n"
		       "        unordered list, 1 item\n"
		       "          -   #p1.2.1  d\n"
		       "  ◦   #p2      e\n"
		       "    ordered list, 1 item\n"
		       "      ①   #p2.1    f\n");
}

static void signs_inside_a_sentence_stay(void **state)
{
	assert_outline(*state, "Of these ① one △ two ▲ three ▶ four.\n\n△ No mark.\n\n° Point\n",
		       "paragraph: Of these ① one △ two ▲ three ▶ four.\n"
		       "paragraph: △ No mark.\n"
		       "unordered list, 1 item\n"
		       "  °   #p1      Point\n");
}

static void a_mark_needs_a_space(void **state)
{
	assert_outline(*state, "1.One\n\n-two\n\n°three\n\n*four\n\n##five\n\nout of\n\n-\n",
		       "paragraph: 1.One\n"
		       "paragraph: -two\n"
		       "paragraph: °three\n"
		       "paragraph: *four\n"
		       "paragraph: ##five\n"
		       "paragraph: out of\n"
		       "paragraph: -\n");
}

static void squares(void **state)
{
	assert_outline(*state,
		       "□ Background\n\n○ a\n\n□ This one is a sentence.\n○ b\n\n■ c\nㅁ d\n",
		       "heading 2: Background\n"
		       "unordered list, 1 item\n"
		       "  ○   #p1      a\n"
		       "unordered list, 3 items\n"
		       "  □   #p2      This one is a sentence.\n"
		       "    unordered list, 1 item\n"
		       "      ○   #p2.1    b\n"
		       "  ■   #p3      c\n"
		       "  ㅁ  #p4      d\n");
	/* Short ones one below the other are a list, and the last heads nothing. */
	assert_outline(*state, "□ Apples\n\n□ Pears\n\n□ Plums\n",
		       "unordered list, 3 items\n"
		       "  □   #p1      Apples\n"
		       "  □   #p2      Pears\n"
		       "  □   #p3      Plums\n");
}

static void a_square_heading_keeps_its_mark(void **state)
{
	struct release *release = parse_body(*state, "□ Why\n\nText.\n");

	assert_str(release->document->first->mark, STR("□"));
	assert_int_equal(release->document->first->level, 2);
}

static void headings(void **state)
{
	assert_outline(*state,
		       "[One]\n〈 Two 〉\n【 Three 】\n## Four\n### Five\nText\n[not] a "
		       "heading\n#### no\n",
		       "heading 2: One\n"
		       "heading 2: Two\n"
		       "heading 2: Three\n"
		       "heading 2: Four\n"
		       "heading 3: Five\n"
		       "paragraph: Text [not] a heading #### no\n");
}

static void remarks_and_footnotes_belong_to_what_stands_above(void **state)
{
	assert_outline(
		*state,
		"1. a*\n\n° b\n\n※ Remark.\ngoes on\n\n* First\n** Second\n*** Third\n\n2. c\n",
		"ordered list, 2 items\n"
		"  1.  #p1      a*\n"
		"    unordered list, 1 item\n"
		"      °   #p1.1    b\n"
		"        remark: Remark. goes on\n"
		"        footnote *: First\n"
		"        footnote **: Second\n"
		"        footnote ***: Third\n"
		"  2.  #p2      c\n");
}

static void quotations(void **state)
{
	assert_outline(*state, "> One\n> still one\nand lazy\n>\n> Two\n\n> Another\n- item\n",
		       "quotation\n"
		       "  paragraph: One still one and lazy\n"
		       "  paragraph: Two\n"
		       "quotation\n"
		       "  paragraph: Another\n"
		       "unordered list, 1 item\n"
		       "  -   #p1      item\n");
}

static void tables(void **state)
{
	struct release *release =
		parse_body(*state, "Text\n| A | B |\n|---|:-:|\n| 1 \\| 2 | **3** |\n"
				   "| 4 |\nText\n\n| no table |\n");

	assert_str(outline_of(*state, release), STR("paragraph: Text\n"
						    "table, 3 rows\n"
						    "  head | A | B\n"
						    "  row | 1 | 2 | 3\n"
						    "  row | 4\n"
						    "paragraph: Text\n"
						    "paragraph: | no table |\n"));
	assert_str(doubts_of(*state, release), STR("13: the row has 1 cells, the head 2\n"));
	assert_true(release->document->first->next->first->head);
	assert_str(release->document->first->next->first->source, STR("| A | B |\n|---|:-:|\n"));
}

static void end_marks(void **state)
{
	static const char *const marks[] = { "끝.", "/끝/", "###", "-30-", "/END/" };

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct str file = arena_printf(*state, WITH("1. a\n%s\n\n"), marks[i]);
		struct release *release = parse_file(*state, file);

		assert_int_equal(release->document->last->kind, NODE_END_MARK);
		assert_str(release->document->last->mark, str_from(marks[i]));
	}
	assert_outline(
		*state, "a\n\n###\n\nb\n\n끝.\n\nc\n",
		"paragraph: a\nparagraph: ###\nparagraph: b\nparagraph: 끝.\nparagraph: c\n");
}

static void indents_are_no_text(void **state)
{
	assert_outline(*state, "\n \n  1. a\n\t b\n\n \u3000○ c\n\n\u00a0- d  \n",
		       "ordered list, 1 item\n"
		       "  1.  #p1      a b\n"
		       "    unordered list, 1 item\n"
		       "      ○   #p1.1    c\n"
		       "        unordered list, 1 item\n"
		       "          -   #p1.1.1  d\n");
}

static void lines_of_wide_spaces_are_empty(void **state)
{
	assert_outline(*state, "\u00a0\na\n \u00a0 \nb\n\u3000\n끝.\n\u00a0\n",
		       "paragraph: a\nparagraph: b\nend mark 끝.\n");
}

static void remarks_follow_the_paragraph_above_them(void **state)
{
	assert_outline(*state, "1. a\n\nPlain*.\n\n* b\n\n2. c\n\nLast.\n\n※ d\n",
		       "ordered list, 2 items\n"
		       "  1.  #p1      a\n"
		       "    paragraph: Plain*.\n"
		       "    footnote *: b\n"
		       "  2.  #p2      c\n"
		       "paragraph: Last.\n"
		       "remark: d\n");
}

static void numbers_have_the_better_anchor(void **state)
{
	assert_outline(*state, "- a\n\n1. b\n\n□ c\n",
		       "unordered list, 1 item\n"
		       "  -   #p1-2    a\n"
		       "ordered list, 1 item\n"
		       "  1.  #p1      b\n"
		       "unordered list, 1 item\n"
		       "  □   #p2      c\n");
}

static void levels_are_depths(void **state)
{
	struct release *release = parse_body(*state, "1. a\n- b\n");
	struct node *list = release->document->first;

	assert_int_equal(list->level, 1);
	assert_true(list->ordered);
	assert_int_equal(list->first->level, 1);
	assert_int_equal(list->line, 9);
	list = list->first->last;
	assert_int_equal(list->kind, NODE_LIST);
	assert_int_equal(list->level, 2);
	assert_false(list->ordered);
	assert_int_equal(list->first->line, 10);
	assert_str(list->first->source, STR("- b\n"));
}

static void sources_hold_the_empty_lines(void **state)
{
	struct release *release = parse_body(*state, "\n\n1. a\nb\n\n\n- c\n \n");
	struct node *list = release->document->first;

	assert_str(release->document->source, STR("\n\n"));
	assert_int_equal(list->source.len, 0);
	assert_str(list->first->source, STR("1. a\nb\n\n\n"));
	assert_str(list->first->last->first->source, STR("- c\n \n"));
}

static void plain_text(void **state)
{
	struct release *release = parse_body(
		*state, "1. **One** [two](/x)\n![three](c.png)\n\n- four\n\n| a | b |\n|-|-|\n");
	struct buf text;

	buf_init(&text, 1000);
	node_plain_text(release->document, &text);
	assert_str(buf_str(&text), STR("One two three\nfour\na\nb"));
	buf_clear(&text);
	node_own_text(release->document->first->first, &text);
	assert_str(buf_str(&text), STR("One two three"));
	buf_release(&text);
}

static void summaries(void **state)
{
	struct str word = STR("harbour ");
	struct buf file;
	struct str summary;

	assert_str(release_summary(*state, parse_body(*state, "[Top]\n\n1. **One**\ntwo\n\n- x\n")),
		   STR("One two"));
	assert_str(release_summary(*state,
				   parse_file(*state, STR(HEADER "Summary: Short.\n\nText\n"))),
		   STR("Short."));
	buf_init(&file, RELEASE_FILE_MAX);
	buf_add(&file, STR(HEADER "\n"));
	for (unsigned i = 0; i < 60; i++)
		buf_add(&file, word);
	buf_add_char(&file, '\n');
	summary = release_summary(*state, parse_file(*state, buf_str(&file)));
	assert_true(str_ends(summary, STR("harbour…")));
	assert_int_equal(summary.len, 39 * 8 + 7 - 8 + 8 + strlen("…"));
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_with_points_beneath),
		TEST(every_sign_of_a_level_is_one_list),
		TEST(dates_and_years_are_no_marks),
		TEST(gaps_repeats_and_restarts_stay),
		TEST(a_day_behind_a_list_is_no_gap),
		TEST(plain_paragraphs_do_not_end_the_numbers),
		TEST(numbers_go_on_below_a_heading),
		TEST(formal_order),
		TEST(after_ha_comes_geo),
		TEST(formal_marks_count_only_in_turn),
		TEST(formal_and_bullets_stand_below_each_other),
		TEST(signs_inside_a_sentence_stay),
		TEST(a_mark_needs_a_space),
		TEST(squares),
		TEST(a_square_heading_keeps_its_mark),
		TEST(headings),
		TEST(remarks_and_footnotes_belong_to_what_stands_above),
		TEST(quotations),
		TEST(tables),
		TEST(end_marks),
		TEST(indents_are_no_text),
		TEST(lines_of_wide_spaces_are_empty),
		TEST(remarks_follow_the_paragraph_above_them),
		TEST(numbers_have_the_better_anchor),
		TEST(levels_are_depths),
		TEST(sources_hold_the_empty_lines),
		TEST(plain_text),
		TEST(summaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What changed between two revisions, for people to read. */
#include "releases.h"

#include <communique/difference.h>

#define NEXT(fields, body)                                                                         \
	"Site: press.example\nRelease: 2026-03-02-harbour\nLanguage: en\nRevision: 2\n"            \
	"Previous: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"             \
	"Change: correction\nChange-Note: A number was wrong.\n"                                   \
	"Date: 2026-03-02\nKind: press-release\n" fields "\n" body
#define TITLE "Title: A harbour\n"
#define KILL                                                                                       \
	"Site: press.example\nRelease: 2026-03-02-harbour\nLanguage: en\nRevision: 2\n"            \
	"Previous: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"             \
	"Change: kill\nChange-Note: It was never approved.\n"                                      \
	"Date: 2026-03-02\nKind: press-release\n" TITLE "\n"

/* --- in a form that a test can compare --------------------------------------------------- */

static struct str marked(struct arena *arena, const struct segment *at)
{
	static const char *const open[] = { "", "[-", "{+" }, *const close[] = { "", "-]", "+}" };
	struct str all = STR("");

	for (; at; at = at->next)
		all = arena_printf(arena, "%.*s%s%.*s%s", STR_ARG(all), open[at->mark],
				   STR_ARG(at->text), close[at->mark]);
	return all;
}

static struct str listed(struct arena *arena, const struct block_difference *at)
{
	struct str all = STR("");

	for (; at; at = at->next)
		all = arena_printf(arena, "%.*s%c%s%s%s%.*s\n", STR_ARG(all), " ~-+><"[at->change],
				   at -> field ? at -> field : "", at->field ? ": " : "",
				   at->markup ? "# " : "", STR_ARG(marked(arena, at->segments)));
	return all;
}

/* One side of a difference: all segments but those that are only on the other. */
static struct str side(struct arena *arena, const struct segment *at, enum mark_of_change without)
{
	struct buf text;
	struct str kept;

	buf_init(&text, 8 * RELEASE_FILE_MAX);
	for (; at; at = at->next) {
		assert_true(at->text.len > 0);
		if (at->mark != without)
			buf_add(&text, at->text);
	}
	kept = arena_copy(arena, buf_str(&text));
	buf_release(&text);
	return kept.at ? kept : STR("");
}

static void assert_both_sides(struct arena *arena, struct str before, struct str after)
{
	struct segment *segments = text_difference(arena, before, after);

	assert_str(side(arena, segments, TEXT_ADDED), before);
	assert_str(side(arena, segments, TEXT_REMOVED), after);
}

#define assert_marked(arena, before, after, expected)                                              \
	do {                                                                                       \
		assert_both_sides((arena), STR(before), STR(after));                               \
		assert_str(marked((arena), text_difference((arena), STR(before), STR(after))),     \
			   STR(expected));                                                         \
	} while (0)

static struct difference differ(struct arena *arena, struct str before, struct str after)
{
	struct difference difference;

	release_difference(arena, parse_file(arena, before), parse_file(arena, after), &difference);
	return difference;
}

/* --- words ---------------------------------------------------------------------------------- */

static void words_that_differ_are_marked(void **state)
{
	assert_marked(*state, "The port opened in May.", "The port opened in June.",
		      "The port opened in [-May-]{+June+}.");
	assert_marked(*state, "five ships", "five new ships", "five {+new +}ships");
	assert_marked(*state, "Old ships sail", "ships sail", "[-Old -]ships sail");
	assert_marked(*state, "ships sail", "ships sail on", "ships sail{+ on+}");
	assert_marked(*state, "", "new", "{+new+}");
	assert_marked(*state, "old", "", "[-old-]");
	assert_null(text_difference(*state, STR(""), STR_NONE));
}

static void texts_that_are_the_same_are_one_kept_segment(void **state)
{
	assert_marked(*state, "The same  text. ", "The same  text. ", "The same  text. ");
}

static void numbers_and_names_stay_whole(void **state)
{
	assert_marked(*state, "about 10,500 tonnes", "about 10,600 tonnes",
		      "about [-10,500-]{+10,600+} tonnes");
	assert_marked(*state, "on 2026-03-02.", "on 2026-03-03.",
		      "on [-2026-03-02-]{+2026-03-03+}.");
	assert_marked(*state, "the office's word", "the offices' word",
		      "the [-office's-]{+offices'+} word");
}

static void in_korean_the_particle_is_marked_and_not_the_word(void **state)
{
	assert_marked(*state, "외교부장관은 5월에 항구를", "외교부장관이 6월에 항구를",
		      "외교부장관[-은 5-]{+이 6+}월에 항구를");
	assert_marked(*state, "항구를 열었다", "항구를 닫았다", "항구를 [-열었다-]{+닫았다+}");
}

static void in_chinese_characters_are_marked(void **state)
{
	assert_marked(*state, "港口將於五月啟用,歡迎各界參加。", "港口將於六月啟用,歡迎各界參加。",
		      "港口將於[-五-]{+六+}月啟用,歡迎各界參加。");
	assert_marked(*state, "港口啟用。各界參加。", "港口啟用。貴賓致詞。各界參加。",
		      "港口啟用。{+貴賓致詞。+}各界參加。");
}

static void in_arabic_words_are_marked(void **state)
{
	assert_marked(*state, "افتتح الوزير الميناء", "افتتح الرئيس الميناء",
		      "افتتح [-الوزير-]{+الرئيس+} الميناء");
}

static void a_mark_is_never_torn_from_its_letter(void **state)
{
	/* Thai vowels above and below the line. */
	assert_marked(*state, "ที่นี่ดี", "ที่นี้ดี", "ที่[-นี่-]{+นี้+}ดี");
}

static void other_words_are_not_pieced_together(void **state)
{
	assert_marked(*state, "가나다라마바사", "아자차카타파하라",
		      "[-가나다라마바사-]{+아자차카타파하라+}");
	assert_marked(*state, "one a two", "three a four", "[-one a two-]{+three a four+}");
}

/* --- blocks
 * --------------------------------------------------------------------------------------- */

static void blocks_are_kept_changed_removed_and_added(void **state)
{
	struct difference difference =
		differ(*state,
		       STR(WITH("1. The harbour opened in May.\n\n2. Nobody came to see it.\n\n"
				"3. Ships of ten countries were there.\n")),
		       STR(NEXT(TITLE, "1. The harbour opened in June.\n\n2. Ships of ten "
				       "countries were there.\n   ° Three of them stayed.\n")));

	assert_str(listed(*state, difference.blocks),
		   STR("~1. The harbour opened in [-May-]{+June+}.\n"
		       "-[-2. Nobody came to see it.-]\n"
		       "~[-3-]{+2+}. Ships of ten countries were there.\n"
		       "+{+° Three of them stayed.+}\n"));
	assert_int_equal(difference.counts[BLOCK_CHANGED], 2);
	assert_int_equal(difference.counts[BLOCK_REMOVED], 1);
	assert_int_equal(difference.counts[BLOCK_ADDED], 1);
	assert_false(difference_is_none(&difference));
	assert_non_null(difference.blocks->before);
	assert_non_null(difference.blocks->after);
	assert_null(difference.blocks->next->after);
}

static void fields_are_compared_by_their_names(void **state)
{
	struct difference difference =
		differ(*state, STR(HEADER "Department: Ports\nContact: Desk, 1\n\nText.\n"),
		       STR(NEXT("Title: A new harbour\nDepartment: Ports\nDepartment: Roads\n"
				"Reference: 26-1\n",
				"Text.\n")));

	assert_str(listed(*state, difference.fields),
		   STR(" Date: 2026-03-02\n Kind: press-release\n"
		       "~Title: A {+new +}harbour\n"
		       "+Reference: {+26-1+}\n Department: Ports\n"
		       "-Contact: [-Desk, 1-]\n+Department: {+Roads+}\n"));
	assert_int_equal(difference.counts[BLOCK_CHANGED], 1);
}

static void lines_joined_otherwise_are_no_difference(void **state)
{
	struct difference difference =
		differ(*state, STR(WITH("1. The harbour\n   opened in May.\n\n\n2. So it is.\n")),
		       STR(NEXT(TITLE, "1. The harbour opened\nin May.\n\n2. So it is.\n")));

	assert_true(difference_is_none(&difference));
	assert_int_equal(difference.counts[BLOCK_KEPT], 3 + 2);
}

static void a_link_that_leads_elsewhere_is_shown_as_written(void **state)
{
	struct difference difference =
		differ(*state, STR(WITH("See [the plan](https://a.example/) here.\n")),
		       STR(NEXT(TITLE, "See [the plan](https://b.example/) here.\n")));

	assert_true(difference.blocks->markup);
	assert_str(listed(*state, difference.blocks),
		   STR("~# See [the plan](https://[-a.example-]{+b.example+}/) here.\n"));
}

static void emphasis_alone_is_shown_as_written(void **state)
{
	struct difference difference = differ(*state, STR(WITH("It is very large.\n")),
					      STR(NEXT(TITLE, "It is **very** large.\n")));

	assert_str(listed(*state, difference.blocks), STR("~# It is {+**+}very{+**+} large.\n"));
}

static void rows_of_tables_are_blocks(void **state)
{
	struct difference difference = differ(
		*state, STR(WITH("| Port | Ships |\n|---|---|\n| East | 5 |\n| West | 7 |\n")),
		STR(NEXT(TITLE, "| Port | Ships |\n|---|---|\n| East | 6 |\n| West | 7 |\n")));

	assert_str(listed(*state, difference.blocks),
		   STR(" Port | Ships\n~East | [-5-]{+6+}\n West | 7\n"));
}

#define ROWS(first) "| Port | Fee |\n|---|---|\n" first "| Busan | None |\n"

static void a_link_in_a_row_that_leads_elsewhere_is_shown_as_written(void **state)
{
	struct difference difference = differ(
		*state, STR(WITH(ROWS("| Seoul | [Pay here now](https://a.example/) |\n"))),
		STR(NEXT(TITLE, ROWS("| Seoul city | [Pay here now](https://b.example/) |\n"))));

	assert_str(listed(*state, difference.blocks),
		   STR(" Port | Fee\n~# | Seoul {+city +}| [Pay here now](https://"
		       "[-a.example-]{+b.example+}/) |\n Busan | None\n"));
}

static void links_of_other_rows_do_not_count(void **state)
{
	struct difference difference =
		differ(*state,
		       STR(WITH("| Port | Ships |\n|---|---|\n| East | 5 |\n| "
				"[West](https://a.example/) | 7 "
				"|\n")),
		       STR(NEXT(TITLE, "| Port | Ships |\n|---|---|\n| East | 6 |\n"
				       "| [West](https://b.example/) | 7 |\n")));

	assert_str(listed(*state, difference.blocks),
		   STR(" Port | Ships\n~East | [-5-]{+6+}\n"
		       "~# | [West](https://[-a.example-]{+b.example+}/) | 7 |\n"));
}

#define LONG(n) n " ships of ten countries came to the harbour.\n\n"

static void paragraphs_that_moved_are_told_from_new_ones(void **state)
{
	struct difference difference = differ(
		*state,
		STR(WITH("1. " LONG("Twelve") "2. Nobody stayed there over night.\n\n"
					      "3. The minister spoke to the crews.\n\n"
					      "4. He did not speak for long at all.\n")),
		STR(NEXT(TITLE, "1. Nobody stayed there over night.\n\n"
				"2. The minister spoke to the crews.\n\n"
				"3. He did not speak for long at all.\n\n4. " LONG("Twelve"))));
	struct block_difference *away = difference.blocks, *here = away;

	assert_str(listed(*state, difference.blocks),
		   STR("<[-1. Twelve ships of ten countries came to the harbour.-]\n"
		       "~[-2-]{+1+}. Nobody stayed there over night.\n"
		       "~[-3-]{+2+}. The minister spoke to the crews.\n"
		       "~[-4-]{+3+}. He did not speak for long at all.\n"
		       ">[-1-]{+4+}. Twelve ships of ten countries came to the harbour.\n"));
	while (here->next)
		here = here->next;
	assert_ptr_equal(away->moved, here);
	assert_ptr_equal(here->moved, away);
	assert_true(away->down && here->down);
	assert_int_equal(difference.counts[BLOCK_MOVED], 1);
	assert_int_equal(difference.counts[BLOCK_REMOVED], 0);
	assert_int_equal(difference.counts[BLOCK_ADDED], 0);
	assert_int_equal(difference.counts[BLOCK_MOVED_AWAY], 0);
}

static void a_paragraph_may_move_and_change(void **state)
{
	struct difference difference =
		differ(*state,
		       STR(WITH("The port was quiet.\n\nHigh water was at noon.\n\nThe night was "
				"short.\n\n" LONG("Twelve"))),
		       STR(NEXT(TITLE, LONG("Thirteen") "The port was quiet.\n\nHigh water was at "
							"noon.\n\nThe night was short.\n")));

	assert_str(listed(*state, difference.blocks),
		   STR(">[-Twelve-]{+Thirteen+} ships of ten countries came to the harbour.\n"
		       " The port was quiet.\n High water was at noon.\n The night was short.\n"
		       "<[-Twelve ships of ten countries came to the harbour.-]\n"));
	assert_int_equal(difference.counts[BLOCK_MOVED], 1);
	assert_false(difference.blocks->down);
}

static void what_leads_elsewhere_now_was_not_only_moved(void **state)
{
	struct difference difference = differ(
		*state,
		STR(WITH("See [the plan of the harbour](https://a.example/).\n\n" LONG("Ten"))),
		STR(NEXT(TITLE,
			 LONG("Ten") "See [the plan of the harbour](https://b.example/).\n")));

	assert_int_equal(difference.counts[BLOCK_MOVED], 0);
	assert_int_equal(difference.counts[BLOCK_ADDED], 1);
}

static void short_words_are_alike_by_chance(void **state)
{
	struct difference difference = differ(*state, STR(WITH("Notes.\n\n" LONG("Ten"))),
					      STR(NEXT(TITLE, LONG("Ten") "Notes.\n")));

	assert_int_equal(difference.counts[BLOCK_MOVED], 0);
}

static void a_kill_removes_all_that_was_there(void **state)
{
	struct difference difference = differ(*state, STR(WITH("1. One.\n\n2. Two.\n")), STR(KILL));

	assert_str(listed(*state, difference.blocks), STR("-[-1. One.-]\n-[-2. Two.-]\n"));
}

/* --- whatever the input -------------------------------------------------------------------------
 */

static uint32_t random_number(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static struct str random_text(struct arena *arena, uint32_t *seed)
{
	static const char *const pieces[] = { "a",  "the",  " ",     " ",  " ",
					      "  ", "port", "ports", ".",  ",",
					      "-",  "부산", "항",    "은", "에서",
					      "港", "口",   "。",    "، ", "ميناء",
					      "1",  "23",   "ที่",     "\t", "e\xcc\x81" };
	struct str text = STR("");

	for (uint32_t n = random_number(seed, 40); n > 0; n--)
		text = arena_printf(arena, "%.*s%s", STR_ARG(text),
				    pieces[random_number(seed, sizeof pieces / sizeof pieces[0])]);
	return text;
}

static void both_sides_come_out_whole(void **state)
{
	uint32_t seed = 20261123;

	for (int i = 0; i < 3000; i++) {
		struct str before = random_text(*state, &seed);
		struct str after = random_text(*state, &seed);

		assert_both_sides(*state, before, after);
	}
}

/* Of two whole releases: each block's sides are that block's texts, in order. */
static struct str random_release(struct arena *arena, uint32_t *seed, bool next)
{
	static const char *const blocks[] = {
		"1. The first of them.\n",
		"2. Another one here.\n",
		"° A point beneath it.\n",
		"Plain words of the text.\n",
		"※ A remark.\n",
		"## A heading\n",
		"> Somebody said so.\n",
		"1. The first of these.\n",
		"° A point beneath that.\n",
	};
	struct str text = next ? STR(NEXT(TITLE, "")) : STR(WITH(""));

	for (uint32_t n = 1 + random_number(seed, 12); n > 0; n--)
		text = arena_printf(arena, "%.*s%s\n", STR_ARG(text),
				    blocks[random_number(seed, sizeof blocks / sizeof blocks[0])]);
	return text;
}

static size_t count_blocks(const struct release *release)
{
	size_t count = 0;

	for (const struct node *node = release->document; node; node = node_after(node))
		count += node_is_block(node) && node->source.len && node->kind != NODE_DOCUMENT;
	return count;
}

static void each_block_of_both_stands_once_and_in_order(void **state)
{
	uint32_t seed = 7;

	for (int i = 0; i < 1000; i++) {
		struct release *a = parse_file(*state, random_release(*state, &seed, false));
		struct release *b = parse_file(*state, random_release(*state, &seed, true));
		struct difference difference;
		unsigned line_a = 0, line_b = 0;
		size_t in_a = 0, in_b = 0;

		release_difference(*state, a, b, &difference);
		for (struct block_difference *at = difference.blocks; at; at = at->next) {
			assert_int_equal(at->before != NULL,
					 at->change != BLOCK_ADDED && at->change != BLOCK_MOVED);
			assert_int_equal(at->after != NULL, at->change != BLOCK_REMOVED &&
								    at->change != BLOCK_MOVED_AWAY);
			assert_true(!at->moved || at->moved->moved == at);
			if (at->before)
				assert_true(at->before->line > line_a);
			if (at->after)
				assert_true(at->after->line > line_b);
			line_a = at->before ? at->before->line : line_a;
			line_b = at->after ? at->after->line : line_b;
			in_a += at->before != NULL;
			in_b += at->after != NULL;
		}
		assert_int_equal(in_a, count_blocks(a));
		assert_int_equal(in_b, count_blocks(b));
	}
}

/* --- how long it takes
 * ------------------------------------------------------------------------------ */

/* Files of nearly the greatest size: `piece` again and again, every n-th time `other`. */
static struct str large(struct arena *arena, const char *head, const char *piece, const char *other,
			unsigned every, size_t size)
{
	struct str copy;
	struct buf text;

	buf_init(&text, 2 * RELEASE_FILE_MAX);
	buf_add_text(&text, head);
	for (unsigned n = 1; text.len + 100 < size; n++)
		buf_add_text(&text, n % every ? piece : other);
	buf_add_char(&text, '\n');
	copy = arena_copy(arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static void measure(const char *name, const char *piece, const char *other, const char *third)
{
	static const size_t sizes[] = { RELEASE_FILE_MAX / 8, RELEASE_FILE_MAX };
	uint64_t took[2];

	for (size_t i = 0; i < 2; i++) {
		struct release *before, *after;
		struct difference difference;
		struct arena arena, own;

		arena_init(&arena);
		arena_init(&own);
		before = parse_file(&arena, large(&arena, WITH(""), piece, other, 7, sizes[i]));
		after = parse_file(&arena,
				   large(&arena, NEXT(TITLE, ""), piece, third, 5, sizes[i]));
		took[i] = processor_milliseconds();
		release_difference(&own, before, after, &difference);
		took[i] = processor_milliseconds() - took[i];
		assert_false(difference_is_none(&difference));
		print_message("%s: %zu KiB in %llu ms, %zu KiB of memory\n", name, sizes[i] / 1024,
			      (unsigned long long)took[i], own.total / 1024);
		assert_true(own.total < 160 * sizes[i] + (size_t)8 * 1024 * 1024);
		arena_release(&arena);
		arena_release(&own);
	}
	/* Eight times the size; quadratic work would take sixty-four times as long. */
	assert_true(took[1] < 24 * took[0] + 500);
}

static void the_largest_files_take_nearly_linear_time(void **state)
{
	(void)state;
	measure("one paragraph of one word", "a ", "b ", "c ");
	measure("one paragraph of long words", "abcdefghijklmnop ", "qrstuvwxyz ", "zyxwvu ");
	measure("one paragraph without a space", "항", "구", "부");
	measure("one word of letters", "aaaaaaaa", "b", "c");
#define ALIKE "the same words in each and every one of the paragraphs "
#define KOREAN "모든 문단에 같은 낱말이 있고 끝만 다르다 "
	measure("many paragraphs, all alike", ALIKE "b\n\n", ALIKE "c\n\n", ALIKE "d\n\n");
	measure("many paragraphs of Korean", KOREAN "열었다\n\n", KOREAN "닫았다\n\n",
		KOREAN "지었다\n\n");
	measure("many items", "- " ALIKE "port.\n", "- " ALIKE "ship.\n", "- " ALIKE "boat.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_that_differ_are_marked),
		TEST(texts_that_are_the_same_are_one_kept_segment),
		TEST(numbers_and_names_stay_whole),
		TEST(in_korean_the_particle_is_marked_and_not_the_word),
		TEST(in_chinese_characters_are_marked),
		TEST(in_arabic_words_are_marked),
		TEST(a_mark_is_never_torn_from_its_letter),
		TEST(other_words_are_not_pieced_together),
		TEST(blocks_are_kept_changed_removed_and_added),
		TEST(fields_are_compared_by_their_names),
		TEST(lines_joined_otherwise_are_no_difference),
		TEST(a_link_that_leads_elsewhere_is_shown_as_written),
		TEST(emphasis_alone_is_shown_as_written),
		TEST(rows_of_tables_are_blocks),
		TEST(a_link_in_a_row_that_leads_elsewhere_is_shown_as_written),
		TEST(links_of_other_rows_do_not_count),
		TEST(paragraphs_that_moved_are_told_from_new_ones),
		TEST(a_paragraph_may_move_and_change),
		TEST(what_leads_elsewhere_now_was_not_only_moved),
		TEST(short_words_are_alike_by_chance),
		TEST(a_kill_removes_all_that_was_there),
		TEST(both_sides_come_out_whole),
		TEST(each_block_of_both_stands_once_and_in_order),
		TEST(the_largest_files_take_nearly_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

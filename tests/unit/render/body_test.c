/* The body as HTML, from trees built by hand: one golden line for each kind of node, and
 * what must not get through. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */
#define complain(...) (print_error(__VA_ARGS__), assert_true(false))

#include <communique/page.h>

static struct arena arena;
static struct buf out;
static struct release release;
static struct node document;

static int before(void **state)
{
	(void)state;
	arena_init(&arena);
	document = (struct node){ .kind = NODE_DOCUMENT };
	release = (struct release){ .language = STR("en"), .document = &document };
	return 0;
}

static int after(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct node *add(struct node *parent, enum node_kind kind)
{
	struct node *node = arena_new(&arena, struct node);

	node->kind = kind;
	node->parent = parent;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	return node;
}

static struct node *add_text(struct node *parent, const char *text)
{
	struct node *node = add(parent, NODE_TEXT);

	node->text = str_from(text);
	return node;
}

static struct node *add_item(struct node *list, const char *mark, const char *anchor,
			     const char *text)
{
	struct node *item = add(list, NODE_ITEM);

	item->mark = str_from(mark);
	item->anchor = str_from(anchor);
	add_text(item, text);
	return item;
}

static struct node *add_list(struct node *parent, bool ordered, unsigned level)
{
	struct node *list = add(parent, NODE_LIST);

	list->ordered = ordered;
	list->level = level;
	return list;
}

static void expect_with(const struct files *files, const char *html)
{
	buf_clear(&out);
	body_html(&release, files, &out);
	buf_add_char(&out, 0);
	if (strcmp(out.at, html))
		complain("gave     %s\nexpected %s\n", out.at, html);
}

static void expect(const char *html)
{
	expect_with(&files_public, html);
}

static void paragraphs(void **state)
{
	struct node *paragraph = add(&document, NODE_PARAGRAPH);

	(void)state;
	add_text(paragraph, "a");
	add(paragraph, NODE_BREAK);
	add_text(paragraph, "b");
	expect("<p>a b</p>\n");
}

static void numbered_paragraphs_keep_their_numbers(void **state)
{
	struct node *list = add_list(&document, true, 1);
	struct node *item = add_item(list, "1.", "p1", "One.");

	(void)state;
	add_item(add_list(item, false, 2), "°", "p1.1", "Point.");
	add_item(list, "3.", "p3", "Three.");
	expect("<ol class=\"level-1\">\n"
	       "<li id=\"p1\"><p><span class=\"num\">1.</span> One."
	       " <a class=\"pilcrow\" href=\"#p1\" aria-label=\"¶ 1\"></a></p>\n"
	       "<ul class=\"level-2\">\n"
	       "<li id=\"p1.1\"><p><span class=\"mark\">°</span> Point."
	       " <a class=\"pilcrow\" href=\"#p1.1\" aria-label=\"¶ 1.1\"></a></p>\n</li>\n"
	       "</ul>\n</li>\n"
	       "<li id=\"p3\"><p><span class=\"num\">3.</span> Three."
	       " <a class=\"pilcrow\" href=\"#p3\" aria-label=\"¶ 3\"></a></p>\n</li>\n"
	       "</ol>\n");
}

static void an_item_without_an_anchor_has_no_link(void **state)
{
	(void)state;
	add_item(add_list(&document, false, 3), "-", NULL, "x");
	expect("<ul class=\"level-3\">\n<li><p><span class=\"mark\">-</span> "
	       "x</p>\n</li>\n</ul>\n");
}

static void remarks_stand_inside_their_item(void **state)
{
	struct node *item = add_item(add_list(&document, true, 1), "1.", NULL, "x");
	struct node *remark = add(item, NODE_REMARK);
	struct node *note = add(&document, NODE_FOOTNOTE);

	(void)state;
	remark->mark = STR("※");
	add_text(remark, "r");
	note->mark = STR("**");
	add_text(note, "n");
	expect("<ol class=\"level-1\">\n<li><p><span class=\"num\">1.</span> x</p>\n"
	       "<p class=\"remark\"><span class=\"mark\">※</span> r</p>\n</li>\n</ol>\n"
	       "<p class=\"footnote\"><span class=\"mark\">**</span> n</p>\n");
}

static void headings_have_their_level(void **state)
{
	struct node *second = add(&document, NODE_HEADING), *third = add(&document, NODE_HEADING);

	(void)state;
	second->level = 2;
	second->mark = STR("□");
	second->anchor = STR("p1");
	add_text(second, "A");
	third->level = 3;
	third->mark = STR("###");
	add_text(third, "B");
	expect("<h2 id=\"p1\"><span class=\"mark\">□</span> A</h2>\n<h3>B</h3>\n");
}

static void quotations_hold_paragraphs(void **state)
{
	struct node *quote = add(&document, NODE_QUOTE);

	(void)state;
	add_text(add(quote, NODE_PARAGRAPH), "q");
	expect("<blockquote>\n<p>q</p>\n</blockquote>\n");
}

static void tables_have_heads(void **state)
{
	struct node *table = add(&document, NODE_TABLE);
	struct node *head = add(table, NODE_ROW), *row = add(table, NODE_ROW);

	(void)state;
	head->head = true;
	add_text(add(head, NODE_CELL), "H");
	add_text(add(head, NODE_CELL), "I");
	add_text(add(row, NODE_CELL), "1");
	add_text(add(row, NODE_CELL), "<2>");
	expect("<div class=\"scroll\" role=\"group\" tabindex=\"0\"><table>\n"
	       "<thead>\n<tr><th scope=\"col\">H</th><th scope=\"col\">I</th></tr>\n</thead>\n"
	       "<tbody>\n<tr><td>1</td><td>&lt;2&gt;</td></tr>\n</tbody>\n</table></div>\n");
}

static void end_marks_are_not_shown(void **state)
{
	(void)state;
	add(&document, NODE_END_MARK)->mark = STR("끝.");
	expect("");
}

static struct node *inline_node(enum node_kind kind)
{
	return add(add(&document, NODE_PARAGRAPH), kind);
}

static void inline_markup(void **state)
{
	(void)state;
	add_text(inline_node(NODE_STRONG), "s");
	add_text(inline_node(NODE_EMPHASIS), "e");
	expect("<p><strong>s</strong></p>\n<p><em>e</em></p>\n");
}

static void languages_are_marked(void **state)
{
	struct node *korean = inline_node(NODE_LANGUAGE), *arabic = inline_node(NODE_LANGUAGE);

	(void)state;
	korean->language = STR("ko");
	add_text(korean, "외교부");
	arabic->language = STR("ar");
	add_text(arabic, "سلام");
	expect("<p><span lang=\"ko\">외교부</span></p>\n"
	       "<p><span lang=\"ar\" dir=\"rtl\">سلام</span></p>\n");
	release.language = STR("ar");
	expect("<p><span lang=\"ko\" dir=\"ltr\">외교부</span></p>\n"
	       "<p><span lang=\"ar\">سلام</span></p>\n");
}

static void links(void **state)
{
	static const struct {
		const char *address, *html;
	} cases[] = {
		{ "https://example.org/?a=1&b=\"2\"",
		  "<a href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\" "
		  "rel=\"external\">x</a>" },
		{ "mailto:a@example.org", "<a href=\"mailto:a@example.org\">x</a>" },
		{ "/en/releases/", "<a href=\"/en/releases/\">x</a>" },
		{ "#p2", "<a href=\"#p2\">x</a>" },
		{ "javascript:alert(1)", "x" },
		{ "JaVaScRiPt:alert(1)", "x" },
		{ "java\nscript:alert(1)", "x" },
		{ "data:text/html,<script>", "x" },
		{ "vbscript:x", "x" },
		{ "//evil.example/", "x" },
		{ "/\\evil.example/", "x" },
		{ "/\t/evil.example/", "x" },
		{ " https://example.org", "x" },
		{ "relative", "x" },
		{ "", "x" },
	};
	struct node *link = inline_node(NODE_LINK);

	(void)state;
	add_text(link, "x");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char html[256];

		link->address = str_from(cases[i].address);
		snprintf(html, sizeof(html), "<p>%s</p>\n", cases[i].html);
		expect(html);
	}
}

static void in_arabic_an_address_reads_from_left_to_right(void **state)
{
	struct node *address = inline_node(NODE_LINK), *mail = inline_node(NODE_LINK);
	struct node *words = inline_node(NODE_LINK);

	(void)state;
	release.language = STR("ar");
	address->address = words->address = STR("/en/");
	mail->address = STR("mailto:a@b.example");
	add_text(address, "/en/");
	add_text(mail, "a@b.example");
	add_text(words, "سلام");
	expect("<p><a href=\"/en/\" dir=\"ltr\">/en/</a></p>\n"
	       "<p><a href=\"mailto:a@b.example\" dir=\"ltr\">a@b.example</a></p>\n"
	       "<p><a href=\"/en/\">سلام</a></p>\n");
}

static void a_particle_stays_behind_what_it_belongs_to(void **state)
{
	static const struct {
		const char *text, *html;
	} cases[] = {
		{ "「협정」에 서명", "「협정<span class=\"tied\">」에</span> 서명" },
		{ "“셋”(3)은 30%를", "“셋”(3<span class=\"tied\">)은</span> 30<span "
				     "class=\"tied\">%를</span>" },
		{ "(<AMP>)*를", "(&lt;AMP&gt;<span class=\"tied\">)*를</span>" },
		{ "12㎞를", "12<span class=\"tied\">㎞를</span>" },
		{ "「협정」 에", "「협정」 에" },
		{ "(a)b 가나", "(a)b 가나" },
		{ "가)", "가)" },
	};
	struct node *text = add_text(add(&document, NODE_PARAGRAPH), "");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char html[256];

		text->text = str_from(cases[i].text);
		snprintf(html, sizeof(html), "<p>%s</p>\n", cases[i].html);
		expect(html);
	}
}

static void images(void **state)
{
	struct attachment attachment = { .name = STR("사진 1\".png") };
	struct files beside = { STR("x/"), FILES_BY_NAME, NULL };
	struct files by_hash = { STR("/there/"), FILES_BY_HASH, NULL };
	struct picture picture = { 640, 320 };
	struct node *image = inline_node(NODE_IMAGE);

	(void)state;
	image->address = attachment.name;
	image->text = STR("A \"map\" <1>");
	expect("<p><span class=\"no-image\">A &quot;map&quot; &lt;1&gt;</span></p>\n");
	expect_with(&beside, "<p><img src=\"x/%EC%82%AC%EC%A7%84%201%22.png\""
			     " alt=\"A &quot;map&quot; &lt;1&gt;\"></p>\n");
	release.attachments = &attachment;
	release.attachment_count = 1;
	image->text = STR_NONE;
	expect("<p><img "
	       "src=\"/files/0000000000000000000000000000000000000000000000000000000000000000"
	       "/%EC%82%AC%EC%A7%84%201%22.png\" alt=\"\"></p>\n");
	expect_with(
		&by_hash,
		"<p><img "
		"src=\"/there/0000000000000000000000000000000000000000000000000000000000000000\""
		" alt=\"\"></p>\n");
	by_hash.pictures = &picture;
	by_hash.root = STR("/");
	expect_with(&by_hash,
		    "<p><img "
		    "src=\"/0000000000000000000000000000000000000000000000000000000000000000\""
		    " alt=\"\" width=\"640\" height=\"320\"></p>\n");
	picture = (struct picture){ 0, 0 };
	expect_with(&by_hash,
		    "<p><img "
		    "src=\"/0000000000000000000000000000000000000000000000000000000000000000\""
		    " alt=\"\"></p>\n");
}

static void markup_in_text_is_only_text(void **state)
{
	struct node *item = add_item(add_list(&document, true, 1), "<b>", "\"><script>",
				     "<script>alert('1')</script>&amp;");

	(void)state;
	add(item, NODE_LANGUAGE)->language = STR("\"onclick=\"");
	expect("<ol class=\"level-1\">\n<li id=\"&quot;&gt;&lt;script&gt;\"><p>"
	       "<span class=\"num\">&lt;b&gt;</span> "
	       "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;"
	       "<span lang=\"&quot;onclick=&quot;\"></span>"
	       " <a class=\"pilcrow\" href=\"#&quot;&gt;&lt;script&gt;\""
	       " aria-label=\"¶ &quot;&gt;&lt;script&gt;\"></a></p>\n</li>\n</ol>\n");
}

static void depth_costs_markup_but_no_words(void **state)
{
	struct node *node = add(&document, NODE_PARAGRAPH);

	(void)state;
	for (int i = 0; i < 10000; i++)
		node = add(node, NODE_STRONG);
	buf_clear(&out);
	add_text(node, "deep");
	body_html(&release, &files_public, &out);
	assert_true(str_find_str(buf_str(&out), STR("deep")) < out.len);
	assert_true(out.len < 4096);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, before, after)
	const struct CMUnitTest tests[] = {
		CASE(paragraphs),
		CASE(numbered_paragraphs_keep_their_numbers),
		CASE(an_item_without_an_anchor_has_no_link),
		CASE(remarks_stand_inside_their_item),
		CASE(headings_have_their_level),
		CASE(quotations_hold_paragraphs),
		CASE(tables_have_heads),
		CASE(end_marks_are_not_shown),
		CASE(inline_markup),
		CASE(languages_are_marked),
		CASE(links),
		CASE(in_arabic_an_address_reads_from_left_to_right),
		CASE(a_particle_stays_behind_what_it_belongs_to),
		CASE(images),
		CASE(markup_in_text_is_only_text),
		CASE(depth_costs_markup_but_no_words),
	};
	int failed;

	buf_init(&out, 1 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&out);
	return failed;
}

#include "releases.h"

static void add_node(struct buf *out, const struct node *node);

static void add_children(struct buf *out, const struct node *node)
{
	for (const struct node *child = node->first; child; child = child->next)
		add_node(out, child);
}

/* S(strong) E(emphasis) L<address>(…) I<name>(alternative) G<language>(…), ↵ for a break;
 * one text node ends where the next begins, so texts are parted by a middle dot. */
static void add_node(struct buf *out, const struct node *node)
{
	static const char letters[] = { [NODE_STRONG] = 'S',
					[NODE_EMPHASIS] = 'E',
					[NODE_LINK] = 'L',
					[NODE_IMAGE] = 'I',
					[NODE_LANGUAGE] = 'G' };

	if (node->kind == NODE_BREAK || node->kind == NODE_TEXT) {
		buf_add(out, node->kind == NODE_BREAK ? STR("↵") : node->text);
		return;
	}
	buf_add_char(out, letters[node->kind]);
	if (node->address.len || node->language.len)
		buf_addf(out, "<%.*s%.*s>", STR_ARG(node->address), STR_ARG(node->language));
	buf_add_char(out, '(');
	buf_add(out, node->text);
	add_children(out, node);
	buf_add_char(out, ')');
}

static void check(struct arena *arena, struct str words, struct str expected)
{
	struct release *release =
		parse_file(arena, arena_printf(arena, WITH("Text: %.*s\n"), STR_ARG(words)));
	struct buf out;

	buf_init(&out, RELEASE_FILE_MAX);
	add_children(&out, release->document->first);
	assert_str(str_skip(buf_str(&out), 6), expected);
	buf_release(&out);
}

struct pair {
	const char *words, *expected;
};

static void check_all(struct arena *arena, const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(arena, str_from(pairs[i].words), str_from(pairs[i].expected));
}

#define CHECK(...)                                                                                 \
	do {                                                                                       \
		const struct pair pairs_[] = { __VA_ARGS__ };                                      \
		check_all(*state, pairs_, sizeof pairs_ / sizeof pairs_[0]);                       \
	} while (0)

static void stars(void **state)
{
	CHECK({ "**a** b", "S(a) b" }, { "*a* b", "E(a) b" }, { "***a*** b", "S(E(a)) b" },
	      { "**a *b* c**", "S(a E(b) c)" }, { "*a **b** c*", "E(a S(b) c)" },
	      { "***a* b**", "S(E(a) b)" }, { "***a** b*", "S(*a) b*" },
	      { "**강조**는", "S(강조)는" }, { "a\\*b\\* **\\***", "a*b* S(*)" },
	      { "**a\n b**", "S(a↵b)" }, { "(*a*)", "(E(a))" });
}

static void stars_that_stay(void **state)
{
	CHECK({ "a * b * c", "a * b * c" }, { "5*3*2", "5*3*2" }, { "* a *", "* a *" },
	      { "MOU* and CPTPP** signed", "MOU* and CPTPP** signed" },
	      { "FTA**(a) and CPTPP**", "FTA**(a) and CPTPP**" }, { "**a", "**a" },
	      { "a**", "a**" }, { "****a****", "****a****" }, { "****", "****" }, { "*a", "*a" },
	      { "**a*", "**a*" }, { "*a *b*", "*a E(b)" });
}

static void links(void **state)
{
	CHECK({ "[a](https://x.example/y)", "L<https://x.example/y>(a)" },
	      { "[a **b**](/c?d=e#f)", "L</c?d=e#f>(a S(b))" },
	      { "[a](mailto:a@b.example)", "L<mailto:a@b.example>(a)" },
	      { "[a](#p2)", "L<#p2>(a)" }, { "[a](HTTP://x.example)", "L<HTTP://x.example>(a)" },
	      { "[a](/x_(y))", "L</x_(y)>(a)" }, { "[a](/x\\)y)", "L</x)y>(a)" },
	      { "[see [1]](/x)", "L</x>(see [1])" }, { "[a [b](/c) d](/e)", "[a L</c>(b) d](/e)" },
	      { "*[a*](/b)", "*L</b>(a*)" }, { "[a\nb](/c)", "L</c>(a↵b)" });
}

static void unsafe_addresses_stay_text(void **state)
{
	static const char *const addresses[] = { "javascript:alert(1)",
						 "JaVaScRiPt:alert(1)",
						 "//elsewhere.example",
						 "/\\elsewhere",
						 "data:text/html,x",
						 "vbscript:x",
						 "ftp://x.example",
						 "https://",
						 "https:///x",
						 "https://a@elsewhere.example/",
						 "/a b",
						 "",
						 "file",
						 "https:x",
						 "/\"onclick=x",
						 "\tjavascript:x",
						 "mailto:",
						 "#",
						 "http://:80" };

	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		struct str text = arena_printf(*state, WITH("Text [a](%s)\n"), addresses[i]);
		struct release *release = parse_file(*state, text);

		for (struct node *at = release->document; at; at = node_after(at)) {
			if (at->kind == NODE_LINK)
				print_error("%s became a link\n", addresses[i]);
			assert_int_not_equal(at->kind, NODE_LINK);
		}
		assert_non_null(release->doubts);
	}
}

static void images(void **state)
{
	struct release *release = parse_body(*state, "Text ![a **b\nc](d.png) ![](e.png)\n");
	struct node *image = release->document->first->first->next;

	assert_int_equal(image->kind, NODE_IMAGE);
	assert_str(image->text, STR("a **b c"));
	assert_str(image->address, STR("d.png"));
	assert_str(doubts_of(*state, release), STR("9: there is no attachment \"d.png\"\n"
						   "9: there is no attachment \"e.png\"\n"));
	release = parse_file(*state, STR(HEADER "Attachment: d.png; sha256="
						"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca4"
						"95991b7852b855\n\n![a](d.png)\n"));
	assert_null(release->doubts);
	CHECK({ "![a](../x)", "![a](../x)" },
	      { "![a](https://x.example/y.png)",
		"![a](L<https://x.example/y.png>(https://x.example/y.png))" },
	      { "[![a](b.png)](/c)", "L</c>(I<b.png>(a))" });
}

static void other_languages(void **state)
{
	CHECK({ "[말]{lang=ko} b", "G<ko>(말) b" }, { "[a [b](/c)]{lang=en}", "G<en>(a L</c>(b))" },
	      { "[[a]{lang=ar}](/c)", "L</c>(G<ar>(a))" }, { "[a]{lang=!}", "[a]{lang=!}" },
	      { "[a]{lang=}", "[a]{lang=}" }, { "[a]{lang=ko", "[a]{lang=ko" },
	      { "[]{lang=ko}", "[]{lang=ko}" });
}

static void bare_addresses(void **state)
{
	CHECK({ "see https://x.example/a.", "see L<https://x.example/a>(https://x.example/a)." },
	      { "(https://x.example/a_(b))",
		"(L<https://x.example/a_(b)>(https://x.example/a_(b)))" },
	      { "https://x.example에서", "L<https://x.example>(https://x.example)에서" },
	      { "to a.b@c.example, d", "to L<mailto:a.b@c.example>(a.b@c.example), d" },
	      { "**https://x.example**", "S(L<https://x.example>(https://x.example))" },
	      { "[https://x.example](/y)", "L</y>(https://x.example)" }, { "https://", "https://" },
	      { "https\\://x.example", "https://x.example" }, { "a@b", "a@b" },
	      { "https://a@b.example", "https://a@b.example" },
	      { "xhttps://y.example", "xhttps://y.example" }, { "@a.example", "@a.example" });
}

static void escapes(void **state)
{
	CHECK({ "\\[a\\](/b)", "[a](/b)" }, { "\\\\", "\\" }, { "\\a", "\\a" }, { "a\\", "a\\" },
	      { "<b>&amp;", "<b>&amp;" }, { "ROK’s", "ROK’s" }, { "a  \n  b", "a↵b" });
}

static void unescaped_marks_of_a_line(void **state)
{
	assert_outline(*state, "\\- no item\n\n\\1. 1\n",
		       "paragraph: - no item\nparagraph: \\1. 1\n");
}

static unsigned depth_of(const struct node *node)
{
	unsigned depth = 0;

	for (; node->parent && !node_is_block(node); node = node->parent)
		depth++;
	return depth;
}

/* What waits longest is given up, what is near still works, nothing goes deeper. */
static void nesting_is_bounded(void **state)
{
	struct buf file;
	struct release *release;
	unsigned deepest = 0;

	buf_init(&file, RELEASE_FILE_MAX);
	buf_add(&file, STR(WITH("Text ")));
	for (unsigned i = 0; i < 100; i++)
		buf_add(&file, STR("[a "));
	for (unsigned i = 0; i < 100; i++)
		buf_add(&file, STR(" b]{lang=ko}"));
	buf_add_char(&file, '\n');
	release = parse_file(*state, buf_str(&file));
	for (struct node *at = release->document; at; at = node_after(at))
		deepest = depth_of(at) > deepest ? depth_of(at) : deepest;
	assert_int_equal(deepest, RELEASE_DEPTH_MAX + 1); /* and a text in the innermost */
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stars),
		TEST(stars_that_stay),
		TEST(links),
		TEST(unsafe_addresses_stay_text),
		TEST(images),
		TEST(other_languages),
		TEST(bare_addresses),
		TEST(escapes),
		TEST(unescaped_marks_of_a_line),
		TEST(nesting_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Whole pages: every kind in Korean and English chrome and with Arabic text; that the
 * markup is well formed, languages and directions are marked, the skip links come
 * first, and nothing a release or a query says becomes markup. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours: fault.h */
#define complain(...) (print_error(__VA_ARGS__), assert_true(false))

#include <communique/page.h>

#include "../../../src/render/theme.h"

#define HASH_OF_AA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NOON 1795521600 /* 2026-11-24T12:00:00Z */

static struct arena arena;
static struct buf out;
static struct site site;
static struct page page;
static struct list_entry entries[BOARD_PAGE_SIZE];

static struct hash hash;
static struct signer_view signers[2];

/* --- looking at a page -------------------------------------------------------------- */

static bool has(const char *what)
{
	return str_find_str(buf_str(&out), str_from(what)) < out.len;
}

static void expect(const char *what)
{
	if (!has(what))
		complain("not in the page: %s\n%.*s\n", what, (int)out.len, out.at);
}

static void expect_not(const char *what)
{
	if (has(what))
		complain("in the page: %s\n%.*s\n", what, (int)out.len, out.at);
}

static size_t position(const char *what)
{
	expect(what);
	return str_find_str(buf_str(&out), str_from(what));
}

static bool is_void(struct str name)
{
	static const char *const names[] = {
		"meta", "link", "img", "input", "br", "hr", "!DOCTYPE"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_equal(name, str_from(names[i])))
			return true;
	return false;
}

struct checker {
	struct str stack[64];
	size_t depth;
	struct str ids[128];
	size_t id_count;
};

/* name="value" each, values in double quotes, none twice; ids are kept. */
static void check_attributes(struct checker *checker, struct str rest)
{
	struct str seen[32];
	size_t count = 0;

	while ((rest = str_trim(rest)).len) {
		size_t end = 0;
		struct str name;

		while (end < rest.len && rest.at[end] != '=' && rest.at[end] != ' ')
			end++;
		name = str_first(rest, end);
		assert_true(name.len > 0 && name.at[0] != '"');
		for (size_t i = 0; i < count; i++)
			if (str_equal(seen[i], name))
				complain("attribute twice: %.*s\n", STR_ARG(name));
		seen[count++] = name;
		rest = str_skip(rest, end);
		if (!rest.len || rest.at[0] != '=')
			continue;
		rest = str_skip(rest, 1);
		assert_true(rest.len && rest.at[0] == '"');
		rest = str_skip(rest, 1);
		end = str_find(rest, '"');
		assert_true(end < rest.len);
		if (str_equal(name, STR("id")))
			checker->ids[checker->id_count++] = str_first(rest, end);
		rest = str_skip(rest, end + 1);
	}
}

static void check_tag(struct checker *checker, struct str tag)
{
	struct str rest = tag, name = str_cut(&rest, ' ');

	if (name.at[0] == '/') {
		name = str_skip(name, 1);
		if (!checker->depth || !str_equal(checker->stack[checker->depth - 1], name))
			complain("</%.*s> closes nothing\n", STR_ARG(name));
		checker->depth--;
		return;
	}
	if (!is_void(name)) {
		assert_true(checker->depth < 64);
		checker->stack[checker->depth++] = name;
	}
	if (!str_equal(name, STR("!DOCTYPE")))
		check_attributes(checker, rest);
}

static void check_ids(const struct checker *checker)
{
	for (size_t i = 0; i < checker->id_count; i++)
		for (size_t j = 0; j < i; j++)
			if (str_equal(checker->ids[i], checker->ids[j]))
				complain("id twice: %.*s\n", STR_ARG(checker->ids[i]));
}

/* Each href="#x" has its id="x". */
static void check_fragments(const struct checker *checker)
{
	struct str rest = buf_str(&out), sign = STR("href=\"#");

	for (;;) {
		struct str name;
		bool found = false;

		rest = str_skip(rest, str_find_str(rest, sign));
		if (!rest.len)
			return;
		rest = str_skip(rest, sign.len);
		name = str_first(rest, str_find(rest, '"'));
		for (size_t i = 0; i < checker->id_count; i++)
			found = found || str_equal(checker->ids[i], name);
		if (!found)
			complain("nothing has the id %.*s\n", STR_ARG(name));
	}
}

static void check_markup(void)
{
	struct checker checker = { 0 };
	struct str rest = buf_str(&out);

	for (;;) {
		struct str tag;

		rest = str_skip(rest, str_find(rest, '<'));
		if (!rest.len)
			break;
		rest = str_skip(rest, 1);
		tag = str_first(rest, str_find(rest, '>'));
		check_tag(&checker, tag);
		rest = str_skip(rest, tag.len);
		/* What is inside these is no markup. */
		if (str_starts(tag, STR("script")) || str_equal(tag, STR("style")))
			rest = str_skip(rest, str_find_str(rest, STR("</")));
	}
	assert_int_equal(checker.depth, 0);
	check_ids(&checker);
	check_fragments(&checker);
}

/* What every page of the site has. */
static void check_frame(const char *chrome)
{
	size_t first_link;

	check_markup();
	expect(arena_cstr(&arena, arena_printf(&arena, "<html lang=\"%s\" dir=\"%s\">", chrome,
					       language_is_rtl(str_from(chrome)) ? "rtl" : "ltr")));
	first_link = str_find_str(str_skip(buf_str(&out), position("<body>")), STR("<a ")) +
		     position("<body>");
	assert_int_equal(first_link, position("<a href=\"#content\">"));
	assert_true(position("<a href=\"#menu\">") > first_link);
	assert_true(position("<nav class=\"skip\"") < position("<header"));
	expect("<main class=\"wide\" id=\"content\" tabindex=\"-1\"");
	expect("<nav class=\"menu\" id=\"menu\"");
	expect("class=\"masthead\"");
	expect("class=\"search-open\" href=\"/");
	expect("<footer");
	expect_not(" style=");
	expect_not("onclick");
	expect_not("{{");
}

/* --- what pages are made from ------------------------------------------------------------ */

static const struct locale *in(const char *tag)
{
	return locale_find(str_from(tag));
}

static int before(void **state)
{
	(void)state;
	arena_init(&arena);
	buf_clear(&out);
	signers[0] = (struct signer_view){ STR("0123456789ABCDEF"), STR("author"), STR("RWabc") };
	signers[1] = (struct signer_view){ STR("FEDCBA9876543210"), STR("approver"), STR_NONE };
	site = (struct site){ .name = STR("press.example"),
			      .url = STR("https://press.example"),
			      .languages = { STR("en"), STR("ko"), STR("ar") },
			      .language_count = 3,
			      .contact = STR("Press Office <press@example.org>"),
			      .rights = STR("KOGL-1") };
	site.of[0].title = STR("Ministry of \"Tests\"");
	site.of[0].tagline = STR("Tests & trials");
	site.of[0].chrome = in("ko");
	site.of[1].title = STR("시험부");
	site.of[1].chrome = in("ko");
	site.of[2].title = STR("وزارة");
	site.of[2].chrome = in("en");
	page = (struct page){ .site = &site, .language = 0, .path = STR("/en/releases/") };
	for (size_t i = 0; i < BOARD_PAGE_SIZE; i++)
		entries[i] = (struct list_entry){ .slug = STR("2026-11-23-a"),
						  .title = STR("<Title> & more"),
						  .summary = STR("Sum \"mary\""),
						  .department = STR("Dept"),
						  .date = { 2026, 11, 23 } };
	return 0;
}

static int after(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct board_view board(size_t count, uint64_t number, uint64_t pages)
{
	return (struct board_view){ .entries = entries,
				    .count = count,
				    .total = pages * BOARD_PAGE_SIZE,
				    .number = number,
				    .pages = pages };
}

static struct release *parse(const char *language, const char *fields, const char *body)
{
	struct str file = arena_printf(&arena,
				       "Site: press.example\n"
				       "Release: 2026-11-23-a\n"
				       "Language: %s\n"
				       "Date: 2026-11-23\n"
				       "Kind: statement\n"
				       "%s\n%s",
				       language, fields, body);
	struct release *release = NULL;
	struct fault why = { 0 };

	if (!release_parse(&arena, file, &release, &why))
		complain("%s\n%.*s\n", why.says, STR_ARG(file));
	return release;
}

static struct release *simple(const char *language)
{
	return parse(language, "Revision: 1\nTitle: A title\n", "1. One.\n\n° Point.\n\n2. Two.\n");
}

static struct release_view view_of(const struct release *release)
{
	return (struct release_view){ .release = release,
				      .hash = &hash,
				      .first_public_at = NOON,
				      .public_at = NOON,
				      .accepted_at = NOON,
				      .languages = site.languages,
				      .language_count = 3,
				      .signers = signers,
				      .signer_count = 2 };
}

static void make_release(const struct release_view *view)
{
	struct fault why = { 0 };

	buf_clear(&out);
	page.path = arena_printf(&arena, "/%.*s/releases/2026-11-23-a",
				 STR_ARG(site.languages[page.language]));
	if (!page_release(&page, view, &out, &why))
		complain("%s\n", why.says);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void every_page_has_the_frame(void **state)
{
	static const char *const chromes[] = { "ko", "ko", "en", "en", "ar" };
	static const size_t texts[] = { 0, 1, 2, 0, 2 };
	static const unsigned statuses[] = { 400, 404, 405, 410, 414, 429, 500, 503, 418, 507 };
	struct board_view full = board(20, 2, 9), empty = board(0, 1, 1);
	struct search_view unasked = { .query = STR(""), .board = empty };
	struct search_view nothing_found = { .query = STR("x"), .has_words = true, .board = empty };

	(void)state;
	unasked.board.total = nothing_found.board.total = 0;
	for (size_t n = 0; n < 5; n++) {
		struct release_view view =
			view_of(simple(arena_cstr(&arena, site.languages[texts[n]])));

		page.language = texts[n];
		site.of[page.language].chrome = in(chromes[n]);
#define MAKE(call)                                                                                 \
	do {                                                                                       \
		buf_clear(&out);                                                                   \
		assert_true(call);                                                                 \
		check_frame(chromes[n]);                                                           \
	} while (0)
		MAKE(page_home(&page, &full, &out, NULL));
		MAKE(page_home(&page, &empty, &out, NULL));
		MAKE(page_board(&page, &full, &out, NULL));
		MAKE(page_board(&page, &empty, &out, NULL));
		MAKE(page_search(&page, &unasked, &out, NULL));
		MAKE(page_search(&page, &nothing_found, &out, NULL));
		MAKE(page_release(&page, &view, &out, NULL));
		for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
			MAKE(page_error(&page, statuses[i], &out, NULL));
	}
}

static void chrome_and_text_have_their_own_languages(void **state)
{
	struct release_view view = view_of(simple("en"));

	(void)state;
	make_release(&view);
	expect("<html lang=\"ko\" dir=\"ltr\">");
	expect("<p>바로가기 메뉴</p>");
	expect("<a href=\"#content\">본문 바로가기</a>");
	expect("<a href=\"#menu\">주메뉴 바로가기</a>");
	expect("data-open=\"검색창 열기\" data-close=\"검색창 닫기\">검색창 열기</a>");
	expect("<h1 lang=\"en\" dir=\"ltr\">A title</h1>");
	expect("<div class=\"body\" lang=\"en\" dir=\"ltr\">");
	expect(" lang=\"en\" dir=\"ltr\">Press Releases</a>");
	expect("2026년 11월 23일");
	/* The site's Korean name, as the sentence around it is Korean. */
	expect("이 누리집은 <strong>시험부</strong> 공식 누리집입니다.");
}

static void right_to_left_text_turns_the_layout(void **state)
{
	struct release_view view = view_of(simple("ar"));

	(void)state;
	page.language = 2;
	make_release(&view);
	expect("<html lang=\"en\" dir=\"ltr\">");
	expect("id=\"content\" tabindex=\"-1\" dir=\"rtl\">");
	expect("<h1 lang=\"ar\" dir=\"rtl\">A title</h1>");
	expect("<div class=\"body\" lang=\"ar\" dir=\"rtl\">");
	expect("<p dir=\"ltr\">The text of this page was signed");
	/* The kind belongs to the text, so it is in the text's language. */
	expect("<p class=\"kind\" lang=\"ar\" dir=\"rtl\">بيان</p>");
	site.of[2].chrome = in("ar");
	make_release(&view);
	expect("<html lang=\"ar\" dir=\"rtl\">");
	expect("<p>وُقّع نص");
}

static void a_name_in_another_language_is_marked(void **state)
{
	(void)state;
	site.language_count = 1;
	assert_true(page_error(&page, 404, &out, NULL));
	expect("<strong lang=\"en\" dir=\"ltr\">Ministry of &quot;Tests&quot;</strong>");
	expect_not("class=\"languages\"");
}

static void languages_lead_to_the_same_release(void **state)
{
	struct release_view view = view_of(simple("en"));

	(void)state;
	view.language_count = 2;
	make_release(&view);
	expect("<a href=\"/en/releases/2026-11-23-a\" hreflang=\"en\" lang=\"en\" dir=\"ltr\" "
	       "aria-current=\"true\">English</a>");
	expect("<a href=\"/ko/releases/2026-11-23-a\" hreflang=\"ko\" lang=\"ko\" "
	       "dir=\"ltr\">한국어</a>");
	expect("<a href=\"/ar/\" hreflang=\"ar\" lang=\"ar\" dir=\"rtl\" class=\"missing\" "
	       "title=\"غير متاح باللغة: العربية\">العربية</a>");
	expect("hreflang=\"ko\" href=\"https://press.example/ko/releases/2026-11-23-a\"");
	expect("hreflang=\"x-default\" href=\"https://press.example/en/releases/2026-11-23-a\"");
	expect_not("hreflang=\"ar\" href=\"https://press.example/ar/releases");
}

static void a_release_page_says_all(void **state)
{
	struct release *release =
		parse("en",
		      "Revision: 1\nTitle: A title\nSubtitle: Sub one\nSubtitle: Sub two\n"
		      "Department: Unit A\nDepartment: Unit B\nReference: 26-1\nPlace: Seoul\n"
		      "Topics: One; Two\nRights: CC-BY-4.0\n"
		      "Contact: Unit A, +82-2-123-4567, a@example.org\n"
		      "Attachment: map.pdf; sha256=" HASH_OF_AA "; title=\"The map\"\n",
		      "1. One.\n\n° Point.\n\n2. Two.\n");
	struct release_view view = view_of(release);

	(void)state;
	site.of[0].chrome = in("en");
	make_release(&view);
	check_frame("en");
	expect("Statement</p>");
	expect("Sub one</p>");
	expect("Sub two</p>");
	expect("<time datetime=\"2026-11-23\">November 23, 2026</time>");
	expect(">Unit A</dd>");
	expect(">Unit B</dd>");
	expect(">26-1</dd>");
	expect(">Seoul</dd>");
	expect("<a href=\"/en/topics/Two/\">Two</a></dd>");
	expect("<dd><a href=\"/en/releases/2026-11-23-a/history\">1</a></dd>");
	expect("id=\"p1\"");
	expect("id=\"p1.1\"");
	expect("id=\"p2\"");
	expect("href=\"tel:+8221234567\">+82-2-123-4567</a>");
	expect("href=\"mailto:a@example.org\">a@example.org</a>");
	expect("href=\"/files/" HASH_OF_AA "/map.pdf\"");
	expect("<code>" HASH_OF_AA "</code>");
	expect("href=\"https://spdx.org/licenses/CC-BY-4.0.html\"");
	expect("minisign -VHm 2026-11-23-a.txt -P RWabc</code>");
	expect("<code>FEDCBA9876543210</code>");
	expect("href=\"/en/releases/2026-11-23-a.txt\"");
	expect("href=\"/en/releases/2026-11-23-a.txt.minisig\"");
	expect("Published here November 24, 2026, 12:00 UTC.");
	expect("href=\"mailto:?subject=A%20title&amp;body=https%3A%2F%2Fpress.example%2Fen");
	expect("<link rel=\"canonical\" href=\"https://press.example/en/releases/2026-11-23-a\">");
	expect("\"@type\":\"NewsArticle\"");
	expect("\"datePublished\":\"2026-11-24T12:00:00Z\"");
	expect("article:published_time\" content=\"2026-11-24T12:00:00Z\"");
	expect_not("class=\"banner");
	expect_not("name=\"robots\"");
}

static struct release *changed(const char *change)
{
	const char *fields = arena_cstr(
		&arena, arena_printf(&arena,
				     "Revision: 2\nPrevious: " HASH_OF_AA "\nChange: %s\n"
				     "Change-Note: The <number> was wrong.\nTitle: A title\n",
				     change));

	return parse("en", fields, "1. One.\n");
}

static void changes_are_said_in_their_word(void **state)
{
	struct release_view view = view_of(changed("correction"));

	(void)state;
	site.of[0].chrome = in("en");
	make_release(&view);
	expect("<div class=\"banner changed\" role=\"note\">\n<p><strong>Correction.</strong>");
	expect("The &lt;number&gt; was wrong.");
	expect("history\">2</a><span class=\"change\"> · correction</span></dd>");
	expect("\"correction\":[{\"@type\":\"CorrectionComment\"");
	view = view_of(changed("withdrawal"));
	make_release(&view);
	expect("<div class=\"banner withdrawn\" role=\"note\">");
	expect("This release has been withdrawn.");
	expect("One.");
}

static void old_revisions_lead_to_the_new_one(void **state)
{
	struct release_view view = view_of(simple("en"));

	(void)state;
	view.old = view.pinned = true;
	site.of[0].chrome = in("en");
	make_release(&view);
	expect("This is revision 1, which has been superseded.");
	expect("<a href=\"/en/releases/2026-11-23-a\">Read the current revision</a>");
	expect("href=\"/en/releases/2026-11-23-a/r1.txt.minisig\"");
	expect("minisign -VHm r1.txt ");
	expect("<meta name=\"robots\" content=\"noindex\">");
}

static void late_publication_is_said(void **state)
{
	struct release_view view = view_of(simple("en"));

	(void)state;
	site.of[0].chrome = in("en");
	view.first_public_at = NOON + 86400 / 2; /* the second day has just ended */
	make_release(&view);
	expect_not("class=\"banner late\"");
	view.first_public_at++;
	make_release(&view);
	expect("class=\"banner late\"");
	expect("dated November 23, 2026 and was published here on November 25, 2026");
	view.site_began_at = date_start((struct date){ 2026, 11, 24 }) - 1; /* still the 23rd */
	make_release(&view);
	expect("class=\"banner late\"");
	expect_not(">Published here<");
}

static void what_is_older_than_the_site_says_when_it_came_here(void **state)
{
	struct release_view view = view_of(simple("en"));

	(void)state;
	site.of[0].chrome = in("en");
	view.first_public_at = NOON + 86400 / 2 + 1;
	view.site_began_at = date_start((struct date){ 2026, 11, 24 });
	make_release(&view);
	expect_not("class=\"banner late\"");
	expect("<dt>Published here</dt><dd><time datetime=\"2026-11-25\">November 25, 2026</time>");
	view.first_public_at--;
	make_release(&view);
	expect_not(">Published here<");
}

static void nothing_said_becomes_markup(void **state)
{
	struct release *release =
		parse("en",
		      "Revision: 1\nTitle: </title><script>alert(1)</script>\" onclick=\"x\n"
		      "Department: <script>d</script>\nReference: \"><script>\n"
		      "Topics: <script>t</script>\nSummary: </script><script>s\n"
		      "Contact: <script>, <\"@x.org, \"1234567\n",
		      "1. <script>b</script> & \"q\"\n");
	struct release_view view = view_of(release);
	struct search_view hostile = { .query = STR("\"><script>alert(1)</script>"),
				       .has_words = true,
				       .board = { .number = 1, .pages = 1 } };

	(void)state;
	make_release(&view);
	expect_not("<script>");
	expect_not(" onclick=\"");
	expect_not("</script><");
	check_markup();
	expect("\\u003c/script\\u003e\\u003cscript\\u003es");
	buf_clear(&out);
	assert_true(page_search(&page, &hostile, &out, NULL));
	expect_not("<script>");
	expect("value=\"&quot;&gt;&lt;script&gt;");
	check_markup();
	buf_clear(&out);
	assert_true(page_preview(release, &out, NULL));
	expect_not("<script");
	check_markup();
}

static void the_board_lists_and_pages(void **state)
{
	struct board_view view = board(20, 6, 62);

	(void)state;
	assert_true(page_board(&page, &view, &out, NULL));
	expect("<h1 lang=\"en\" dir=\"ltr\">Press Releases</h1>");
	expect("전체 1,240건, 62쪽 중 6쪽");
	expect("<a href=\"/en/releases/2026-11-23-a\">&lt;Title&gt; &amp; more</a>");
	expect("<nav class=\"paging\" aria-label=\"쪽 이동\">");
	expect("<a href=\"/en/releases/?page=6\" aria-label=\"6쪽\" aria-current=\"page\">6</a>");
	expect("<a rel=\"prev\" href=\"/en/releases/?page=5\">이전</a>");
	expect("<a rel=\"next\" href=\"/en/releases/?page=7\">다음</a>");
	expect("<a href=\"/en/releases/\" aria-label=\"1쪽\">1</a>");
	expect("<a href=\"/en/releases/?page=62\" aria-label=\"62쪽\">62</a>");
	expect("<span class=\"gap\">");
	expect_not("?page=3\"");
	view = board(3, 1, 1);
	buf_clear(&out);
	assert_true(page_board(&page, &view, &out, NULL));
	expect_not("class=\"paging\"");
	view = board(20, 1, 2);
	buf_clear(&out);
	assert_true(page_board(&page, &view, &out, NULL));
	expect_not("rel=\"prev\"");
	expect_not("class=\"gap\"");
	expect("<a rel=\"next\" href=\"/en/releases/?page=2\">");
}

static void an_empty_site_says_so(void **state)
{
	struct board_view view = board(0, 1, 1);

	(void)state;
	assert_true(page_home(&page, &view, &out, NULL));
	expect("아직 게시된 자료가 없습니다.");
	expect_not("<ol class=\"entries\"");
	expect("Tests &amp; trials");
	expect("hreflang=\"x-default\" href=\"https://press.example/\"");
}

#define STR_OF(literal)                                                                            \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

static struct search_view results_of(struct board_view *found)
{
	static const struct excerpt_part parts[] = {
		{ STR_OF("All "), false },
		{ STR_OF("harbour <fees>"), true },
		{ STR_OF(" & more"), false },
	};
	static struct excerpt_view excerpts[BOARD_PAGE_SIZE];

	for (size_t i = 0; i < BOARD_PAGE_SIZE; i++)
		excerpts[i] = (struct excerpt_view){ parts, 3, i > 0, true };
	found->first = STR("/en/search?q=harbour+fees");
	return (struct search_view){ .query = STR("harbour fees"),
				     .has_words = true,
				     .board = *found,
				     .excerpts = excerpts,
				     .shown_most = 1000,
				     .feed_query = STR("?q=harbour+fees") };
}

static void results_have_marked_excerpts_pages_and_feeds(void **state)
{
	struct board_view found = board(20, 2, 62);
	struct search_view view = results_of(&found);

	(void)state;
	site.of[0].chrome = in("en");
	assert_true(page_search(&page, &view, &out, NULL));
	expect("Releases found for “harbour fees”: 1,240, page 2 of 62");
	expect("Only the first 1,000 are shown.");
	expect(">All <mark>harbour &lt;fees&gt;</mark> &amp; more…</p>");
	expect(">…All <mark>");
	expect("href=\"/en/search?q=harbour+fees&amp;page=3\"");
	expect("<a href=\"/en/search/feed.atom?q=harbour+fees\"");
	expect("type=\"application/feed+json\"");
	expect("noindex");
	check_markup();
	view.least = true;
	buf_clear(&out);
	assert_true(page_search(&page, &view, &out, NULL));
	expect("Releases found for “harbour fees”: at least 1,240");
}

static void a_search_without_results_leads_on(void **state)
{
	static const struct search_link others[] = {
		{ .query = STR_OF("harbour fees"), .language = STR_OF("ko"), .total = 3 },
	};
	static const struct search_link suggestions[] = {
		{ .query = STR_OF("harbour"),
		  .without = STR_OF("fees"),
		  .total = 7,
		  .least = true },
	};
	struct board_view found = board(0, 1, 1);
	struct search_view view;

	(void)state;
	site.of[0].chrome = in("en");
	found.total = 0;
	found.filter.kind = STR("remarks");
	view = results_of(&found);
	view.others = others;
	view.other_count = 1;
	view.suggestions = suggestions;
	view.suggestion_count = 1;
	assert_true(page_search(&page, &view, &out, NULL));
	expect("No release was found for “harbour fees”.");
	expect("<a href=\"/en/search?q=harbour\">Search without fees (at least 7)</a>");
	expect("<a href=\"/ko/search?q=harbour+fees\" hreflang=\"ko\">");
	expect("<a href=\"/en/search?q=harbour+fees\">Search in all releases");
	expect_not("<ol class=\"entries\"");
	check_markup();
}

static void a_preview_stands_alone(void **state)
{
	(void)state;
	assert_true(page_preview(simple("ar"), &out, NULL));
	check_markup();
	expect("<style>");
	expect(":root {");
	expect("dir=\"rtl\">A title</h1>");
	expect("هكذا ستظهر النشرة.");
	expect_not("/static/");
	expect_not("<script");
}

static void too_large_pages_are_refused(void **state)
{
	struct release_view view = view_of(simple("en"));
	struct buf small;
	struct fault why = { 0 };

	(void)state;
	buf_init(&small, 1000);
	assert_false(page_release(&page, &view, &small, &why));
	assert_int_equal(why.kind, TOO_LARGE);
	buf_release(&small);
}

static void assets_have_lasting_addresses(void **state)
{
	const struct asset *css = asset_named(NULL, "site.css");

	(void)state;
	assert_non_null(css);
	assert_true(str_starts(css->address, STR("/static/site.")));
	assert_true(str_ends(css->address, STR(".css")));
	assert_true(str_equal(css->type, STR("text/css; charset=utf-8")));
	assert_ptr_equal(asset_find(NULL, css->address), css);
	assert_true(css->bytes.len > 0 && css->bytes.len <= 20 * 1024);
	assert_null(asset_find(NULL, STR("/static/site.css")));
	assert_null(asset_find(NULL, STR("/static/home.mustache")));
	assert_null(asset_named(NULL, "home.mustache"));
	assert_null(asset_named(NULL, "absent.css"));
}

/* A label that a template asks for and no message file has would silently be empty. */
static void templates_ask_only_for_messages_there_are(void **state)
{
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < theme_file_count; i++) {
		struct str rest = theme_files[i].asset.bytes, sign = STR("{{t.");

		while ((rest = str_skip(rest, str_find_str(rest, sign))).len) {
			struct str key;

			rest = str_skip(rest, sign.len);
			key = str_first(rest, str_find(rest, '}'));
			if (!locale_has_message(key))
				complain("%s: no message %.*s\n", theme_files[i].name,
					 STR_ARG(key));
			found++;
		}
	}
	assert_true(found > 20);
}

static void json_tells_what_the_page_tells(void **state)
{
	struct release_view view = view_of(changed("correction"));
	struct board_view list = board(1, 1, 1);

	(void)state;
	page.path = STR("/en/releases/2026-11-23-a");
	assert_true(json_release(&page, &view, &out, NULL));
	expect("{\"site\":\"press.example\",\"language\":\"en\","
	       "\"address\":\"https://press.example/en/releases/2026-11-23-a\","
	       "\"release\":\"2026-11-23-a\",\"revision\":2,\"previous\":\"" HASH_OF_AA
	       "\",\"change\":\"correction\",");
	expect("\"changeNote\":\"The \\u003cnumber\\u003e was wrong.\"");
	expect("\"kind\":\"statement\"");
	expect("\"subtitles\":[]");
	expect("\"rights\":\"KOGL-1\"");
	expect("\"firstPublicAt\":\"2026-11-24T12:00:00Z\"");
	expect("\"current\":true");
	expect("\"ko\":\"https://press.example/ko/releases/2026-11-23-a\"");
	expect("\"file\":\"https://press.example/en/releases/2026-11-23-a.txt\"");
	expect("{\"holder\":\"author\",\"keyId\":\"0123456789ABCDEF\",\"publicKey\":\"RWabc\","
	       "\"signature\":\"https://press.example/en/releases/2026-11-23-a.txt."
	       "0123456789ABCDEF.minisig\"}");
	expect("\"text\":\"1. One.\\n\"");
	expect("\"html\":\"\\u003col class=");
	buf_clear(&out);
	page.path = STR("/en/releases/");
	assert_true(json_board(&page, &list, &out, NULL));
	buf_add_char(&out, 0);
	assert_string_equal(out.at,
			    "{\"site\":\"press.example\",\"language\":\"en\","
			    "\"address\":\"https://press.example/en/releases/"
			    "\",\"filter\":{},\"total\":20,\"page\":1,\"pages\":1,"
			    "\"releases\":[{\"release\":\"2026-11-23-a\",\"title\":"
			    "\"\\u003cTitle\\u003e \\u0026 more\","
			    "\"summary\":\"Sum "
			    "\\\"mary\\\"\",\"date\":\"2026-11-23\",\"kind\":\"press-release\","
			    "\"department\":\"Dept\",\"address\":\"https://press.example/en/"
			    "releases/2026-11-23-a\"}]}\n");
}

static void the_site_knows_its_languages(void **state)
{
	(void)state;
	assert_int_equal(site_language(&site, STR("ko")), 1);
	assert_int_equal(site_language(&site, STR("fr")), SITE_LANGUAGES_MAX);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, before, after)
	const struct CMUnitTest tests[] = {
		CASE(every_page_has_the_frame),
		CASE(chrome_and_text_have_their_own_languages),
		CASE(right_to_left_text_turns_the_layout),
		CASE(a_name_in_another_language_is_marked),
		CASE(languages_lead_to_the_same_release),
		CASE(a_release_page_says_all),
		CASE(changes_are_said_in_their_word),
		CASE(old_revisions_lead_to_the_new_one),
		CASE(late_publication_is_said),
		CASE(what_is_older_than_the_site_says_when_it_came_here),
		CASE(nothing_said_becomes_markup),
		CASE(the_board_lists_and_pages),
		CASE(an_empty_site_says_so),
		CASE(results_have_marked_excerpts_pages_and_feeds),
		CASE(a_search_without_results_leads_on),
		CASE(a_preview_stands_alone),
		CASE(too_large_pages_are_refused),
		CASE(assets_have_lasting_addresses),
		CASE(templates_ask_only_for_messages_there_are),
		CASE(json_tells_what_the_page_tells),
		CASE(the_site_knows_its_languages),
	};
	int failed;

	buf_init(&out, PAGE_MAX);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&out);
	return failed;
}

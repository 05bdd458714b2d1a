#include <communique/capture.h>
#include <communique/utf8.h>

#include "lines.h"
#include "text.h"

enum { CHROME_LINES = 4 };

static const struct {
	const char *language;
	const char *lines[CHROME_LINES];
} chromes[] = {
	{ "ko", { "바로가기 메뉴", "본문 바로가기", "주메뉴 바로가기", "검색창 열기" } },
	{ "en", { "Shortcut menu", "Skip to content", "Skip to main menu", "Open search" } },
};

static const struct {
	const char *name;
	enum kind kind;
} boards[] = {
	{ "Press Releases", KIND_PRESS_RELEASE },
	{ "Press Briefings", KIND_BRIEFING },
	{ "Statements", KIND_STATEMENT },
	{ "Joint Statements", KIND_JOINT_STATEMENT },
	{ "Remarks", KIND_REMARKS },
	{ "Speeches", KIND_REMARKS },
	{ "Media Advisories", KIND_MEDIA_ADVISORY },
	{ "보도자료", KIND_PRESS_RELEASE },
	{ "브리핑", KIND_BRIEFING },
	{ "성명", KIND_STATEMENT },
	{ "연설문", KIND_REMARKS },
	{ "설명자료", KIND_EXPLANATORY },
};

struct page {
	struct lines lines;
	struct capture *capture;
	struct arena *arena;
};

static bool missing(const struct page *page, struct fault *why, const char *what)
{
	return fail_line(why, INVALID, page->lines.number, "expected %s", what);
}

/* The next line that is not empty, still to be taken. */
static bool peek_words(struct page *page, struct str *words)
{
	while (page->lines.rest.len && line_is_blank(line_peek(&page->lines)))
		line_take(&page->lines);
	*words = str_trim(skip_indent(line_peek(&page->lines)));
	return page->lines.rest.len > 0;
}

static bool take_words(struct page *page, struct str *words)
{
	bool found = peek_words(page, words);

	if (found)
		line_take(&page->lines);
	return found;
}

/* --- chrome -------------------------------------------------------------------------------- */

static bool find_chrome(struct str words, size_t *out)
{
	for (size_t i = 0; i < sizeof chromes / sizeof chromes[0]; i++) {
		*out = i;
		if (str_equal_nocase(words, str_from(chromes[i].lines[0])))
			return true;
	}
	return false;
}

static bool take_chrome(struct page *page, struct fault *why)
{
	struct str words;
	size_t which;

	if (!peek_words(page, &words) || !find_chrome(words, &which))
		return missing(page, why, "the line \"바로가기 메뉴\" or \"Shortcut menu\"");
	for (size_t i = 0; i < CHROME_LINES; i++) {
		const char *line = chromes[which].lines[i];

		if (!peek_words(page, &words) || !str_equal_nocase(words, str_from(line)))
			return fail_line(why, INVALID, page->lines.number,
					 "expected the line \"%s\"", line);
		line_take(&page->lines);
	}
	page->capture->chrome_language = str_from(chromes[which].language);
	return true;
}

/* [KOR] */
static void skip_language_switch(struct page *page)
{
	struct str words;
	size_t letters = 0;

	if (!peek_words(page, &words) || !str_starts(words, STR("[")))
		return;
	while (letters + 1 < words.len && is_upper(words.at[letters + 1]))
		letters++;
	if (letters >= 2 && letters <= 3 && letters + 2 == words.len &&
	    words.at[letters + 1] == ']')
		line_take(&page->lines);
}

static bool take_board(struct page *page, struct fault *why)
{
	struct capture *capture = page->capture;

	if (!take_words(page, &capture->board))
		return missing(page, why, "the board's name");
	for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
		if (!str_equal_nocase(capture->board, str_from(boards[i].name)))
			continue;
		capture->has_kind = true;
		capture->kind = boards[i].kind;
	}
	return true;
}

/* --- what stands between the title and the text ---------------------------------------- */

static bool is_count(struct str words)
{
	for (size_t i = 0; i < words.len; i++) {
		if (!is_digit(words.at[i]) && words.at[i] != ',')
			return false;
	}
	return words.len > 0;
}

static bool take_date(struct page *page, struct fault *why)
{
	struct str words;

	line_take(&page->lines);
	if (!peek_words(page, &words) || !date_parse(words, &page->capture->date))
		return missing(page, why, "a day written YYYY-MM-DD below Date");
	page->capture->has_date = true;
	line_take(&page->lines);
	return true;
}

static bool take_hits(struct page *page, struct fault *why)
{
	struct str words;

	line_take(&page->lines);
	if (!peek_words(page, &words) || !is_count(words))
		return missing(page, why, "a number below hit");
	line_take(&page->lines);
	return true;
}

static bool is_label(struct str words, const char *english, const char *korean)
{
	return str_equal_nocase(words, str_from(english)) || str_equal(words, str_from(korean));
}

static bool take_labels(struct page *page, struct fault *why)
{
	struct str words;

	while (peek_words(page, &words)) {
		if (is_label(words, "Date", "작성일")) {
			if (!take_date(page, why))
				return false;
		} else if (is_label(words, "Hit", "조회수")) {
			if (!take_hits(page, why))
				return false;
		} else {
			return true;
		}
	}
	return true;
}

static bool ends_nocase(struct str words, struct str ending)
{
	return words.len > ending.len &&
	       str_equal_nocase(str_skip(words, words.len - ending.len), ending);
}

/* "image 2", "사진": what stands in for a picture without a name. */
static bool is_placeholder(struct str words)
{
	static const char *const names[] = { "image", "photo", "picture", "사진", "이미지" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct str name = str_from(names[i]), rest = str_skip(words, name.len);

		if (str_equal_nocase(str_first(words, name.len), name) &&
		    (rest.len == 0 || is_count(str_trim(rest))))
			return true;
	}
	return false;
}

/* A picture's file name, or the alternative text that boards fill in by themselves: a
 * placeholder, or the title again. */
static bool names_image(struct str words, struct str title)
{
	static const char *const endings[] = { ".jpg",	".jpeg", ".png", ".gif",
					       ".webp", ".bmp",	 ".svg", ".tif" };

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		if (ends_nocase(words, str_from(endings[i])))
			return true;
	}
	return is_placeholder(words) || str_equal(words, title);
}

static size_t count_images(struct page page)
{
	struct str words;
	size_t count = 0;

	while (peek_words(&page, &words) && names_image(words, page.capture->title)) {
		line_take(&page.lines);
		count++;
	}
	return count;
}

static void take_images(struct page *page)
{
	struct texts *images = &page->capture->images;
	size_t count = count_images(*page);

	if (count)
		images->at = arena_array(page->arena, count, sizeof *images->at);
	while (images->count < count)
		take_words(page, &images->at[images->count++]);
}

/* --- the text ------------------------------------------------------------------------------- */

/* Runs of empty lines become one; all other bytes stay, a final LF is added. */
static struct str fold_body(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\n' && len >= 2 && copy[len - 1] == '\n' &&
		    copy[len - 2] == '\n')
			continue;
		copy[len++] = text.at[i];
	}
	if (copy[len - 1] != '\n')
		copy[len++] = '\n';
	return (struct str){ copy, len };
}

bool capture_parse(struct arena *arena, struct str text, struct capture **out, struct fault *why)
{
	struct page page = { { text, 1 }, arena_new(arena, struct capture), arena };
	struct str words;

	if (text.len > CAPTURE_MAX)
		return fail(why, INVALID, "expected at most %d bytes, not %zu", CAPTURE_MAX,
			    text.len);
	if (!text_check(text, INVALID, why) || !take_chrome(&page, why))
		return false;
	skip_language_switch(&page);
	if (!take_board(&page, why))
		return false;
	if (!take_words(&page, &page.capture->title))
		return missing(&page, why, "the title");
	if (!take_labels(&page, why))
		return false;
	take_images(&page);
	if (!peek_words(&page, &words))
		return missing(&page, why, "the text");
	page.capture->body = fold_body(arena, page.lines.rest);
	*out = page.capture;
	return true;
}

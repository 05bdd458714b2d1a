#include <communique/capture.h>
#include <communique/utf8.h>

#include "parts.h"

/* The four chrome lines in the languages they have been seen in, and the language switch. */
static const struct {
	const char *line, *language;
} chrome[] = {
	{ "바로가기 메뉴", "ko" },
	{ "본문 바로가기", "ko" },
	{ "주메뉴 바로가기", "ko" },
	{ "검색창 열기", "ko" },
	{ "Shortcut menu", "en" },
	{ "Skip to content", "en" },
	{ "Skip to main menu", "en" },
	{ "Open search", "en" },
	{ "[KOR]", NULL },
	{ "[ENG]", NULL },
};

/* What a board's name tells of the kind of its releases. */
static const struct {
	const char *board;
	enum kind kind;
} boards[] = {
	{ "Press Releases", KIND_PRESS_RELEASE },
	{ "보도자료", KIND_PRESS_RELEASE },
	{ "Press Briefings", KIND_BRIEFING },
	{ "정례브리핑", KIND_BRIEFING },
	{ "브리핑", KIND_BRIEFING },
	{ "Statements", KIND_STATEMENT },
	{ "Speeches", KIND_REMARKS },
	{ "Media Advisories", KIND_MEDIA_ADVISORY },
	{ "보도설명", KIND_EXPLANATORY },
	{ "설명자료", KIND_EXPLANATORY },
};

struct reading {
	struct arena *arena;
	struct capture *capture;
	struct str rest;
	unsigned line;
};

static struct str take_line(struct reading *reading)
{
	reading->line++;
	return str_cut(&reading->rest, '\n');
}

/* The next line that is not empty, or "" at the end. */
static struct str take_words(struct reading *reading)
{
	while (str_given(reading->rest)) {
		struct str line = str_trim(take_line(reading));

		if (line.len)
			return line;
	}
	return STR("");
}

static struct str peek_words(struct reading *reading)
{
	struct reading ahead = *reading;

	return take_words(&ahead);
}

static bool is_chrome(struct capture *capture, struct str line)
{
	for (size_t i = 0; i < sizeof chrome / sizeof *chrome; i++) {
		if (!str_equal(line, str_from(chrome[i].line)))
			continue;
		if (chrome[i].language)
			capture->chrome_language = str_from(chrome[i].language);
		return true;
	}
	return false;
}

static bool read_chrome(struct reading *reading, struct fault *why)
{
	struct capture *capture = reading->capture;

	while (is_chrome(capture, peek_words(reading)))
		take_words(reading);
	if (str_given(capture->chrome_language))
		return true;
	return fail_line(
		why, INVALID, 1,
		"this is no captured board page: it does not begin with the shortcut menu");
}

static void read_kind(struct capture *capture)
{
	for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
		if (str_equal_nocase(capture->board, str_from(boards[i].board))) {
			capture->has_kind = true;
			capture->kind = boards[i].kind;
		}
	}
}

static bool read_head(struct reading *reading, struct fault *why)
{
	struct capture *capture = reading->capture;

	capture->board = take_words(reading);
	if (capture->board.len == 0)
		return fail_line(why, INVALID, reading->line, "the board's name is missing");
	read_kind(capture);
	capture->title = take_words(reading);
	if (capture->title.len == 0)
		return fail_line(why, INVALID, reading->line, "the title is missing");
	return true;
}

static bool is_count(struct str line)
{
	uint64_t count;

	return str_to_u64(line, UINT64_MAX, &count);
}

/* Date / YYYY-MM-DD / hit / 1234, each on its own line, all or any of them. */
static bool read_board_lines(struct reading *reading, struct fault *why)
{
	struct capture *capture = reading->capture;

	if (str_equal_nocase(peek_words(reading), STR("Date"))) {
		struct str date;

		take_words(reading);
		date = take_words(reading);
		if (!date_parse(date, &capture->date))
			return fail_line(why, INVALID, reading->line,
					 "expected a date as YYYY-MM-DD, not \"%s\"", QUOTE(date));
		capture->has_date = true;
	}
	if (str_equal_nocase(peek_words(reading), STR("hit"))) {
		struct str count;

		take_words(reading);
		count = take_words(reading);
		if (!is_count(count))
			return fail_line(why, INVALID, reading->line,
					 "expected the count of hits, not \"%s\"", QUOTE(count));
	}
	return true;
}

static bool is_image_name(struct str line)
{
	static const char *const ends[] = { ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t len = strlen(ends[i]);

		if (line.len > len &&
		    str_equal_nocase(str_skip(line, line.len - len), str_from(ends[i])))
			return true;
	}
	return false;
}

static void read_images(struct reading *reading)
{
	enum { MOST = 64 };
	struct texts *images = &reading->capture->images;

	images->at = arena_array(reading->arena, MOST, sizeof *images->at);
	while (images->count < MOST && is_image_name(peek_words(reading)))
		images->at[images->count++] = take_words(reading);
}

/* Byte for byte, but for runs of empty lines, folded to one, and a final LF. */
static bool read_body(struct reading *reading, struct fault *why)
{
	struct buf body;
	bool empty = false;

	buf_init(&body, CAPTURE_MAX + 1);
	while (str_given(reading->rest)) {
		struct str line = take_line(reading);

		if (str_trim(line).len == 0) {
			empty = true;
			continue;
		}
		if (empty && body.len)
			buf_add_char(&body, '\n');
		empty = false;
		buf_add(&body, line);
		buf_add_char(&body, '\n');
	}
	reading->capture->body = arena_copy(reading->arena, buf_str(&body));
	buf_release(&body);
	if (reading->capture->body.len)
		return true;
	return fail_line(why, INVALID, reading->line, "there is no text below the title");
}

static bool check_page(struct str page, struct fault *why)
{
	struct str rest = page;

	if (page.len > CAPTURE_MAX)
		return fail(why, TOO_LARGE, "a captured page has at most %d bytes", CAPTURE_MAX);
	for (unsigned line = 1; str_given(rest); line++) {
		struct str text = str_cut(&rest, '\n');

		if (utf8_valid_length(text) < text.len)
			return fail_line(why, INVALID, line, "this is not UTF-8");
		if (str_find(text, '\r') < text.len || str_find(text, '\0') < text.len)
			return fail_line(why, INVALID, line,
					 "a carriage return or NUL; lines end with LF alone");
		if (!utf8_is_nfc(text))
			return fail_line(why, INVALID, line,
					 "letters that are not composed (Unicode form C)");
	}
	return true;
}

bool capture_parse(struct arena *arena, struct str page, struct capture **out, struct fault *why)
{
	struct reading reading = {
		.arena = arena,
		.capture = arena_new(arena, struct capture),
		.rest = page,
	};

	if (!check_page(page, why) || !read_chrome(&reading, why) || !read_head(&reading, why) ||
	    !read_board_lines(&reading, why))
		return false;
	read_images(&reading);
	if (!read_body(&reading, why))
		return false;
	*out = reading.capture;
	return true;
}

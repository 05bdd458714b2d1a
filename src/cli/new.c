/*
 * new - a release file from plain text.
 *
 * A first line that stands alone, with an empty line behind it, and that is no
 * marked paragraph is taken as the title. What is still missing is asked on a
 * terminal, and listed when there is none.
 */
#include <time.h>
#include <unistd.h>

#include <communique/clock.h>
#include <communique/file.h>
#include <communique/limits.h>
#include <communique/terminal.h>
#include <communique/utf8.h>

#include "attach.h"
#include "commands.h"
#include "header.h"

static void note(const char *what)
{
	fprintf(stderr, "note: %s\n", what);
}

/* CR LF and a lone CR become LF; the byte order mark goes. */
static struct str unify_lines(struct arena *arena, struct str text)
{
	struct buf out;
	struct str made;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_skip(text, 3);
	if (str_find(text, '\r') == text.len)
		return text;
	note("line ends were changed to LF");
	buf_init(&out, text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '\r')
			buf_add_char(&out, text.at[i]);
		else if (i + 1 == text.len || text.at[i + 1] != '\n')
			buf_add_char(&out, '\n');
	}
	made = arena_copy(arena, buf_str(&out));
	buf_release(&out);
	return made;
}

static bool prepare(struct arena *arena, const char *from, struct str *text, struct fault *why)
{
	size_t valid = utf8_valid_length(*text);

	if (valid < text->len) {
		unsigned line = 1;

		for (size_t i = 0; i < valid; i++)
			line += text->at[i] == '\n';
		return fail_line(why, INVALID, line, "the text is not UTF-8 from here on");
	}
	*text = unify_lines(arena, *text);
	if (!utf8_is_nfc(*text)) {
		note("letters were composed (Unicode normal form C)");
		*text = utf8_to_nfc(arena, *text);
	}
	while (str_starts(*text, STR("\n")))
		*text = str_skip(*text, 1);
	while (str_ends(*text, STR("\n")))
		text->len--;
	if (str_trim(*text).len == 0)
		return fail(why, INVALID, "there is no text in %s",
			    strcmp(from, "-") == 0 ? "standard input; --from FILE reads a file"
						   : from);
	return true;
}

static bool looks_like_title(struct str line)
{
	static const char *const marks[] = { "□", "ㅁ", "■", "°", "○", "ㅇ", "◦", "- ",
					     "※", "*",	"[", "#", ">", "|",  "(" };
	size_t digits = 0;

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (str_starts(line, str_from(marks[i])))
			return false;
	}
	while (digits < line.len && is_digit(line.at[digits]))
		digits++;
	if (digits && (str_starts(str_skip(line, digits), STR(". ")) ||
		       str_starts(str_skip(line, digits), STR(")"))))
		return false;
	return line.len > 0 && utf8_count(line) <= RELEASE_TITLE_MAX;
}

static void take_title(struct header *header, struct str *text)
{
	struct str rest = *text, line = str_trim(str_cut(&rest, '\n'));

	if (header->of[FIELD_TITLE].count || !str_starts(rest, STR("\n")) ||
	    !looks_like_title(line))
		return;
	header_default(header, FIELD_TITLE, line);
	while (str_starts(rest, STR("\n")))
		rest = str_skip(rest, 1);
	*text = rest;
}

/* The day on the wall calendar: an office in Seoul has its morning in UTC's yesterday. */
static struct str today(struct arena *arena)
{
	time_t now = (time_t)clock_now();
	struct tm tm;

	if (!localtime_r(&now, &tm))
		return STR_NONE;
	return arena_printf(arena, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static struct str suggestion(struct arena *arena, const struct header *header, enum field field)
{
	if (field == FIELD_RELEASE)
		return slug_suggest(arena, header_value(header, FIELD_DATE),
				    header_value(header, FIELD_TITLE));
	if (field == FIELD_DATE)
		return today(arena);
	if (field == FIELD_KIND)
		return STR("press-release");
	return STR_NONE;
}

static bool ask(struct arena *arena, struct header *header, enum field field, struct fault *why)
{
	struct str offer = suggestion(arena, header, field);
	struct str question = offer.len
				      ? arena_printf(arena, "%s [%.*s]: ", header_field_name(field),
						     STR_ARG(offer))
				      : arena_printf(arena, "%s (%s): ", header_field_name(field),
						     header_field_example(field));
	struct buf answer;
	bool ok = false;

	buf_init(&answer, 4096);
	while (!ok) {
		struct fault wrong;

		buf_clear(&answer);
		if (!terminal_ask(question.at, &answer, why))
			break;
		if (str_trim(buf_str(&answer)).len == 0)
			buf_add(&answer, offer);
		ok = header_set(arena, header, str_from(header_field_name(field)),
				arena_copy(arena, str_trim(buf_str(&answer))), &wrong);
		if (!ok)
			fprintf(stderr, "%s\n", wrong.says);
		ok = ok && header->of[field].count;
	}
	buf_release(&answer);
	return ok;
}

/* The slug is made of the date and the title, so it is asked last. */
static bool ask_for_the_rest(struct arena *arena, struct header *header, struct fault *why)
{
	static const enum field order[] = { FIELD_TITLE, FIELD_DATE,	 FIELD_KIND,
					    FIELD_SITE,	 FIELD_LANGUAGE, FIELD_RELEASE };

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		if (!header->of[order[i]].count && !ask(arena, header, order[i], why))
			return false;
	}
	return true;
}

static void offer_release(struct arena *arena, struct header *header)
{
	struct str slug;

	if (header->of[FIELD_RELEASE].count || !header->of[FIELD_DATE].count ||
	    !header->of[FIELD_TITLE].count)
		return;
	slug = suggestion(arena, header, FIELD_RELEASE);
	if (slug.len == 0)
		return;
	header_default(header, FIELD_RELEASE, slug);
	fprintf(stderr, "note: Release is %.*s (--set Release=… for another)\n", STR_ARG(slug));
}

static bool deliver(const struct call *call, struct str file, struct fault *why)
{
	const char *path = call_option(call, "output");
	struct release *release;
	size_t doubts = 0;

	if (!release_parse(call->arena, file, &release, why))
		return false;
	if (!path) {
		fwrite(file.at, 1, file.len, stdout);
		return true;
	}
	if (!file_create(path, file, 0644, why))
		return false;
	for (const struct doubt *at = release->doubts; at; at = at->next)
		doubts++;
	printf("%s\n", path);
	if (doubts)
		fprintf(stderr, "note: %zu doubt%s; see communique check %s\n", doubts,
			doubts == 1 ? "" : "s", path);
	return true;
}

static bool compose(const struct call *call, const char *from, struct str text, struct fault *why)
{
	bool at_terminal = terminal_is(STDERR_FILENO) && !call_flag(call, "no-questions");
	struct header header;
	struct buf file;
	bool ok;

	if (!header_from_call(call, &header, why) || !attach_to_header(call, &header, why) ||
	    !prepare(call->arena, from, &text, why))
		return false;
	take_title(&header, &text);
	if (at_terminal && !ask_for_the_rest(call->arena, &header, why))
		return false;
	offer_release(call->arena, &header);
	if (!header_complete(call->arena, &header, why))
		return false;
	buf_init(&file, RELEASE_FILE_MAX);
	header_write(&header, &file);
	buf_add(&file, text);
	buf_add_char(&file, '\n');
	ok = buf_check(&file, why) && deliver(call, buf_str(&file), why);
	buf_release(&file);
	return ok;
}

bool run_new(const struct call *call, struct fault *why)
{
	const char *from = call_option(call, "from") ? call_option(call, "from") : "-";
	struct buf text;
	bool ok;

	if (strcmp(from, "-") == 0 && terminal_is(STDIN_FILENO))
		fprintf(stderr, "Type or paste the text; Ctrl-D on a line of its own ends it.\n");
	buf_init(&text, RELEASE_FILE_MAX);
	ok = file_read(from, &text, why) && compose(call, from, buf_str(&text), why);
	buf_release(&text);
	return ok;
}

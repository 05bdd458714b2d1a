#include <stdarg.h>

#include <communique/json.h>
#include <communique/limits.h>
#include <communique/terminal.h>

#include "verdict.h"

static struct str print_to_arena(struct arena *arena, const char *format, va_list values)
{
	char text[1024];
	int len = vsnprintf(text, sizeof text, format, values);

	must(len >= 0);
	return arena_copy(arena, (struct str){ text, strlen(text) });
}

void verdict_add(struct verdict *verdict, enum mark mark, const char *what, const char *format, ...)
{
	va_list values;

	must(verdict->count < VERDICT_LINES_MAX);
	va_start(values, format);
	verdict->lines[verdict->count].says = print_to_arena(verdict->arena, format, values);
	va_end(values);
	verdict->lines[verdict->count].mark = mark;
	verdict->lines[verdict->count++].what = what;
}

void verdict_fail(struct verdict *verdict, const char *format, ...)
{
	va_list values;

	if (str_given(verdict->reason))
		return;
	va_start(values, format);
	verdict->reason = print_to_arena(verdict->arena, format, values);
	va_end(values);
}

void verdict_provide(struct verdict *verdict, const char *format, ...)
{
	struct str before = verdict->provided, added;
	va_list values;

	va_start(values, format);
	added = print_to_arena(verdict->arena, format, values);
	va_end(values);
	verdict->provided = str_given(before) ? arena_printf(verdict->arena, "%.*s; and that %.*s",
							     STR_ARG(before), STR_ARG(added))
					      : added;
}

static void print_line(enum tone tone, const char *what, const char *first, struct str says)
{
	printf("%-10s %s%s%s", what, terminal_tone(stdout, tone), first,
	       terminal_tone(stdout, TONE_PLAIN));
	terminal_print(stdout, says);
	putchar('\n');
}

void verdict_print(const struct verdict *verdict)
{
	static const struct {
		enum tone tone;
		const char *first;
	} marks[] = {
		[MARK_GOOD] = { TONE_GOOD, "good: " },
		[MARK_BAD] = { TONE_BAD, "bad: " },
		[MARK_FACT] = { TONE_PLAIN, "" },
	};

	for (size_t i = 0; i < verdict->count; i++)
		print_line(marks[verdict->lines[i].mark].tone, verdict->lines[i].what,
			   marks[verdict->lines[i].mark].first, verdict->lines[i].says);
	if (str_given(verdict->reason))
		print_line(TONE_BAD, "verdict", "NOT VERIFIED: ", verdict->reason);
	else
		print_line(TONE_GOOD, "verdict",
			   str_given(verdict->provided) ? "verified, provided that " : "verified",
			   verdict->provided);
}

void verdict_print_json(const struct verdict *verdict)
{
	static const char *const words[] = {
		[MARK_GOOD] = "good", [MARK_BAD] = "bad", [MARK_FACT] = "fact"
	};
	struct buf out;
	struct json json;

	buf_init(&out, PAGE_MAX);
	json = json_begin(&out);
	json_object(&json);
	json_member_flag(&json, "verified", !str_given(verdict->reason));
	json_member_text(&json, "reason", verdict->reason);
	json_member_text(&json, "provided", verdict->provided);
	json_key(&json, "lines");
	json_array(&json);
	for (size_t i = 0; i < verdict->count; i++) {
		json_object(&json);
		json_member_text(&json, "what", str_from(verdict->lines[i].what));
		json_member_text(&json, "is", str_from(words[verdict->lines[i].mark]));
		json_member_text(&json, "says", verdict->lines[i].says);
		json_end(&json);
	}
	json_end(&json);
	json_end(&json);
	printf("%.*s\n", STR_ARG(buf_str(&out)));
	buf_release(&out);
}

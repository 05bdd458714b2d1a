#include <stdarg.h>

#include <communique/clock.h>
#include <communique/json.h>
#include <communique/limits.h>
#include <communique/terminal.h>

#include "report.h"

static const struct {
	const char *word, *list;
	enum tone tone;
} kinds[] = {
	[REPORT_NEWS] = { "new: ", "news", TONE_GOOD },
	[REPORT_NOTE] = { "note: ", "notes", TONE_DOUBT },
	[REPORT_ALARM] = { "ALARM: ", "alarms", TONE_BAD },
};

void report_begin(struct report *report, bool json)
{
	*report = (struct report){ .json = json };
	report->last = &report->first;
	arena_init(&report->arena);
}

void report_end(struct report *report)
{
	arena_release(&report->arena);
}

static void print_line(const struct report_line *line)
{
	printf("%s%s%s", terminal_tone(stdout, kinds[line->kind].tone), kinds[line->kind].word,
	       terminal_tone(stdout, TONE_PLAIN));
	terminal_print(stdout, line->says);
	putchar('\n');
	fflush(stdout);
}

void report_add(struct report *report, enum report_kind kind, const char *code, const char *format,
		...)
{
	struct report_line *line = arena_new(&report->arena, struct report_line);
	char says[1024];
	va_list values;

	va_start(values, format);
	must(vsnprintf(says, sizeof says, format, values) >= 0);
	va_end(values);
	*line = (struct report_line){ .kind = kind, .code = code };
	line->says = arena_copy(&report->arena, str_from(says));
	*report->last = line;
	report->last = &line->next;
	report->alarms += kind == REPORT_ALARM;
	if (!report->json)
		print_line(line);
}

static void add_list(struct json *json, const struct report *report, enum report_kind kind)
{
	json_key(json, kinds[kind].list);
	json_array(json);
	for (const struct report_line *line = report->first; line; line = line->next) {
		if (line->kind != kind)
			continue;
		json_object(json);
		json_member_text(json, "code", str_from(line->code));
		json_member_text(json, "says", line->says);
		json_end(json);
	}
	json_end(json);
}

static void print_json(const struct report *report, struct str url, uint64_t leaves,
		       uint64_t releases)
{
	char time[TIME_SIZE];
	struct json json;
	struct buf out;

	buf_init(&out, (size_t)1 << 30);
	json = json_begin(&out);
	json_object(&json);
	json_member_text(&json, "site", url);
	json_member_text(&json, "time", time_format(time, clock_now()));
	json_member_number(&json, "leaves", (int64_t)leaves);
	json_member_number(&json, "releases", (int64_t)releases);
	add_list(&json, report, REPORT_ALARM);
	add_list(&json, report, REPORT_NOTE);
	add_list(&json, report, REPORT_NEWS);
	json_end(&json);
	printf("%.*s\n", STR_ARG(buf_str(&out)));
	fflush(stdout);
	buf_release(&out);
}

void report_print(const struct report *report, struct str url, uint64_t leaves, uint64_t releases)
{
	if (report->json) {
		print_json(report, url, leaves, releases);
		return;
	}
	printf("%llu %s, %llu release%s%s\n", (unsigned long long)leaves,
	       leaves == 1 ? "leaf" : "leaves", (unsigned long long)releases,
	       releases == 1 ? "" : "s", report->alarms ? "" : ", all in agreement");
	fflush(stdout);
}

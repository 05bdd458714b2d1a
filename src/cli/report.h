/*
 * report - what a monitor saw in one round: alarms, notes, news.
 *
 * An alarm is something that an honest office does not do, or that whoever watches must
 * hear of (new keys); it makes the exit status 1. Each says what is wrong, what it means
 * and what to do. Lines are printed when they come, as a round may be long; with --json
 * one object a round, at its end.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <communique/arena.h>

enum report_kind { REPORT_NEWS, REPORT_NOTE, REPORT_ALARM };

struct report_line {
	enum report_kind kind;
	const char *code; /* for scripts: "rolled-back" */
	struct str says;
	struct report_line *next;
};

struct report {
	struct arena arena;
	bool json;
	struct report_line *first, **last;
	size_t alarms;
};

void report_begin(struct report *report, bool json);
void report_end(struct report *report);

void report_add(struct report *report, enum report_kind kind, const char *code, const char *format,
		...) __attribute__((format(printf, 4, 5)));

/* The last line, or the object. */
void report_print(const struct report *report, struct str url, uint64_t leaves, uint64_t releases);

#endif

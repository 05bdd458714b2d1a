/*
 * log - diagnostics: one line an event, `key=value`, to standard error.
 *
 *	time=2026-11-23T09:00:00Z level=info event=request path=/en/ status=200
 *
 * This is the only way anything reaches the log, and the one place where
 * untrusted text is escaped: a value that is not plain is put in quotes, with
 * every control character, quote, backslash and invalid byte as \xNN. A line is
 * written with one write(2), at most LOG_LINE_MAX bytes.
 *
 * Into the journal each line goes with its priority in front, as in <3> (sd-daemon(3)).
 *
 * What a thread says about a request carries the request's name, `id=…`, the same as in the web
 * server's log and in the answer to an error.
 *
 * A thread that has much to say may gather its lines: they then wait, as many as fit into
 * LOG_LINE_MAX bytes, until it says log_flush() or has a warning to write; several leave
 * with one write(2).
 *
 * Not to be mixed up with the public log of releases, which is the `ledger`.
 */
#ifndef COMMUNIQUE_LOG_H
#define COMMUNIQUE_LOG_H

#include <communique/fault.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

#define LOG_LINE_MAX 4096

void log_start(void); /* looks whether standard error is the journal */
/* "<3>" and so on where it is, else "": for what is written to standard error otherwise. */
const char *log_priority(enum log_level level);

void log_set_level(enum log_level level); /* LOG_INFO at the start */
enum log_level log_level(void);
void log_change_level(bool more); /* to the next one, where there is one; and says so */
bool log_level_parse(struct str name, enum log_level *out);

struct log_line {
	bool wanted, urgent;
	size_t len;
	char text[LOG_LINE_MAX];
};

void log_begin(struct log_line *line, enum log_level level, const char *event);
void log_str(struct log_line *line, const char *key, struct str value);
void log_number(struct log_line *line, const char *key, int64_t value);
void log_end(struct log_line *line); /* writes, or gathers */

/* What this thread says from here on is about this request; STR_NONE: about none. Borrowed. */
void log_about(struct str id);

void log_gather(void); /* from here on, in this thread */
void log_flush(void);

/* A whole line: an event, a fault, and one more value or NULL, NULL. */
void log_fault(enum log_level level, const char *event, const struct fault *fault);
void log_note(enum log_level level, const char *event, const char *key, struct str value);

#endif

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <communique/clock.h>
#include <communique/log.h>
#include <communique/utf8.h>

static _Atomic int wanted = LOG_INFO;
static const char *const names[] = { "error", "warning", "info", "debug" };

void log_set_level(enum log_level level)
{
	atomic_store(&wanted, (int)level);
}

bool log_level_parse(struct str name, enum log_level *out)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_equal(name, str_from(names[i]))) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* --- what a thread gathers ------------------------------------------------------------ */

static _Thread_local struct {
	bool gathers;
	size_t len;
	char at[LOG_LINE_MAX];
} own;

void log_gather(void)
{
	own.gathers = true;
}

void log_flush(void)
{
	if (own.len > 0 && write(STDERR_FILENO, own.at, own.len) < 0)
		own.len = 0; /* nowhere left to complain */
	own.len = 0;
}

static void gather(const char *line, size_t len)
{
	if (own.len + len > sizeof own.at)
		log_flush();
	memcpy(own.at + own.len, line, len);
	own.len += len;
}

/* --- a line --------------------------------------------------------------------------- */

/* What does not fit is cut off; the last byte is the line feed's. */
static void add(struct log_line *line, struct str text)
{
	size_t room = sizeof line->text - 1 - line->len;
	size_t len = text.len < room ? text.len : room;

	memcpy(line->text + line->len, text.at, len);
	line->len += len;
}

static void add_time(struct log_line *line)
{
	static _Thread_local int64_t second = -1;
	static _Thread_local char text[TIME_SIZE];
	int64_t now = clock_now();

	if (now != second)
		time_format(text, now);
	second = now;
	add(line, STR("time="));
	add(line, str_from(text));
}

void log_begin(struct log_line *line, enum log_level level, const char *event)
{
	line->len = 0;
	line->wanted = (int)level <= atomic_load_explicit(&wanted, memory_order_relaxed);
	line->urgent = level < LOG_INFO;
	if (!line->wanted)
		return;
	add_time(line);
	add(line, STR(" level="));
	add(line, str_from(names[level]));
	add(line, STR(" event="));
	add(line, str_from(event));
}

static bool is_plain(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i];

		if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=')
			return false;
	}
	return value.len > 0;
}

static void add_escaped(struct log_line *line, struct str value)
{
	char escape[8];

	while (value.len) {
		struct str before = value;
		uint32_t code = utf8_next(&value);
		struct str bytes = str_first(before, before.len - value.len);
		bool shown = utf8_is_visible(code) && code != '"' && code != '\\';

		if (shown) {
			add(line, bytes);
			continue;
		}
		for (size_t i = 0; i < bytes.len; i++) {
			snprintf(escape, sizeof escape, "\\x%02x", (unsigned char)bytes.at[i]);
			add(line, str_from(escape));
		}
	}
}

static void add_key(struct log_line *line, const char *key)
{
	add(line, STR(" "));
	add(line, str_from(key));
	add(line, STR("="));
}

void log_str(struct log_line *line, const char *key, struct str value)
{
	if (!line->wanted || !str_given(value))
		return;
	/* A long value is cut so that the rest of the line still has room. */
	value = str_first(value, LOG_LINE_MAX / 8);
	add_key(line, key);
	if (is_plain(value)) {
		add(line, value);
		return;
	}
	add(line, STR("\""));
	add_escaped(line, value);
	add(line, STR("\""));
}

void log_number(struct log_line *line, const char *key, int64_t value)
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[24];
	size_t at = sizeof digits;

	if (!line->wanted)
		return;
	do
		digits[--at] = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (value < 0)
		digits[--at] = '-';
	add_key(line, key);
	add(line, (struct str){ digits + at, sizeof digits - at });
}

void log_end(struct log_line *line)
{
	if (!line->wanted)
		return;
	line->text[line->len++] = '\n';
	gather(line->text, line->len);
	if (!own.gathers || line->urgent)
		log_flush();
}

void log_fault(enum log_level level, const char *event, const struct fault *fault)
{
	struct log_line line;

	log_begin(&line, level, event);
	log_str(&line, "code", str_from(fault_code(fault->kind)));
	log_str(&line, "why", str_from(fault->says));
	log_end(&line);
}

void log_note(enum log_level level, const char *event, const char *key, struct str value)
{
	struct log_line line;

	log_begin(&line, level, event);
	if (key)
		log_str(&line, key, value);
	log_end(&line);
}

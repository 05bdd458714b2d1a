#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/clock.h>
#include <communique/log.h>
#include <communique/utf8.h>

static _Atomic int wanted = LOG_INFO;
static const char *const names[] = { "error", "warning", "info", "debug" };
static const char *const priorities[] = { "<3>", "<4>", "<6>", "<7>" };
static bool to_journal;

/* systemd says which stream is the journal's: a descriptor may have been turned elsewhere since. */
void log_start(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat info;
	char ours[64];

	if (!stream || fstat(STDERR_FILENO, &info) != 0)
		return;
	snprintf(ours, sizeof ours, "%llu:%llu", (unsigned long long)info.st_dev,
		 (unsigned long long)info.st_ino);
	to_journal = strcmp(stream, ours) == 0;
}

const char *log_priority(enum log_level level)
{
	return to_journal ? priorities[level] : "";
}

void log_set_level(enum log_level level)
{
	atomic_store(&wanted, (int)level);
}

enum log_level log_level(void)
{
	return (enum log_level)atomic_load(&wanted);
}

/* It is said at a level at which it can be read. */
void log_change_level(bool more)
{
	enum log_level before = log_level();
	enum log_level after = more ? before + (before < LOG_DEBUG) : before - (before > LOG_ERROR);

	if (after > before)
		log_set_level(after);
	log_note(LOG_WARNING, "log-level", "level", str_from(names[after]));
	log_set_level(after);
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
	struct str about;
	size_t len;
	char at[LOG_LINE_MAX];
} own;

void log_about(struct str id)
{
	own.about = id;
}

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
	add(line, str_from(log_priority(level)));
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
	log_str(line, "id", own.about);
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

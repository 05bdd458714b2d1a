#include <stdatomic.h>
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

void log_begin(struct log_line *line, enum log_level level, const char *event)
{
	char now[TIME_SIZE];

	line->wanted = (int)level <= atomic_load_explicit(&wanted, memory_order_relaxed);
	buf_init(&line->text, LOG_LINE_MAX - 1);
	if (!line->wanted)
		return;
	time_format(now, clock_now());
	buf_addf(&line->text, "time=%s level=%s event=%s", now, names[level], event);
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

static void add_escaped(struct buf *to, struct str value)
{
	while (value.len) {
		struct str before = value;
		uint32_t code = utf8_next(&value);
		struct str bytes = str_first(before, before.len - value.len);
		bool shown = utf8_is_visible(code) && code != '"' && code != '\\';

		if (shown) {
			buf_add(to, bytes);
			continue;
		}
		for (size_t i = 0; i < bytes.len; i++)
			buf_addf(to, "\\x%02x", (unsigned char)bytes.at[i]);
	}
}

void log_str(struct log_line *line, const char *key, struct str value)
{
	if (!line->wanted || !str_given(value))
		return;
	/* A long value is cut so that the rest of the line still has room. */
	value = str_first(value, LOG_LINE_MAX / 8);
	buf_addf(&line->text, " %s=", key);
	if (is_plain(value)) {
		buf_add(&line->text, value);
		return;
	}
	buf_add_char(&line->text, '"');
	add_escaped(&line->text, value);
	buf_add_char(&line->text, '"');
}

void log_number(struct log_line *line, const char *key, int64_t value)
{
	if (line->wanted)
		buf_addf(&line->text, " %s=%lld", key, (long long)value);
}

void log_end(struct log_line *line)
{
	if (line->wanted) {
		/* The limit leaves this one byte: a full line still ends. */
		line->text.limit = LOG_LINE_MAX;
		line->text.full = false;
		buf_add_char(&line->text, '\n');
		if (write(STDERR_FILENO, line->text.at, line->text.len) < 0)
			line->wanted = false; /* nowhere left to complain */
	}
	buf_release(&line->text);
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

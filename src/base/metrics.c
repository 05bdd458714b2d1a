#include <communique/metrics.h>
#include <communique/utf8.h>

static const char *const types[] = { "counter", "gauge", "histogram" };

struct metric metric_begin(struct buf *out, const char *name, enum metric_type type,
			   const char *help)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
	return (struct metric){ .out = out, .name = name };
}

void metric_line(struct metric *metric, const char *suffix)
{
	buf_add_text(metric->out, metric->name);
	buf_add_text(metric->out, suffix);
	metric->labelled = false;
}

/* What the format escapes; it is UTF-8 throughout, so what is not becomes U+FFFD. */
static void add_value(struct buf *out, struct str value)
{
	while (value.len > 0) {
		struct str before = value;
		uint32_t code = utf8_next(&value);

		if (code == '\n')
			buf_add(out, STR("\\n"));
		else if (code == '"' || code == '\\')
			buf_addf(out, "\\%c", (char)code);
		else if (code == UTF8_INVALID)
			buf_add(out, STR("\xef\xbf\xbd"));
		else
			buf_add(out, str_first(before, before.len - value.len));
	}
}

void metric_label(struct metric *metric, const char *name, struct str value)
{
	buf_addf(metric->out, "%c%s=\"", metric->labelled ? ',' : '{', name);
	add_value(metric->out, value);
	buf_add_char(metric->out, '"');
	metric->labelled = true;
}

void metric_number(struct metric *metric, int64_t value)
{
	buf_addf(metric->out, "%s %lld\n", metric->labelled ? "}" : "", (long long)value);
}

void metric_seconds(struct metric *metric, uint64_t nanoseconds)
{
	buf_addf(metric->out, "%s %llu.%09llu\n", metric->labelled ? "}" : "",
		 (unsigned long long)(nanoseconds / 1000000000),
		 (unsigned long long)(nanoseconds % 1000000000));
}

void metric_only(struct buf *out, const char *name, enum metric_type type, const char *help,
		 int64_t value)
{
	struct metric metric = metric_begin(out, name, type, help);

	metric_line(&metric, "");
	metric_number(&metric, value);
}

#include <stdarg.h>

#include <communique/bytes.h>
#include <communique/lines.h>
#include <communique/utf8.h>

struct lines lines_begin(struct str text, enum fault_kind kind)
{
	return (struct lines){ .rest = text, .kind = kind };
}

bool lines_fail(const struct lines *lines, struct fault *why, const char *format, ...)
{
	char says[160];
	va_list values;

	va_start(values, format);
	vsnprintf(says, sizeof says, format, values);
	va_end(values);
	return fail_line(why, lines->kind, lines->number, "%s", says);
}

const char *line_trouble(struct str line)
{
	while (line.len) {
		uint32_t code = utf8_next(&line);

		if (code == UTF8_INVALID)
			return "this is not UTF-8";
		if (code == '\r')
			return "a carriage return; lines end with a line feed alone";
		if ((code < 0x20 && code != '\t') || (code >= 0x7f && code <= 0x9f))
			return "a control character";
	}
	return NULL;
}

static bool take_line(struct lines *lines, struct str *line, struct fault *why)
{
	size_t end = str_find(lines->rest, '\n');

	lines->number++;
	if (lines->rest.len == 0)
		return lines_fail(lines, why, "the file ends before this line");
	if (end == lines->rest.len)
		return lines_fail(lines, why, "no line feed at its end");
	*line = str_first(lines->rest, end);
	lines->rest = str_skip(lines->rest, end + 1);
	return true;
}

bool lines_next(struct lines *lines, struct str *line, struct fault *why)
{
	const char *trouble;

	if (!take_line(lines, line, why))
		return false;
	trouble = line_trouble(*line);
	return trouble ? lines_fail(lines, why, "%s", trouble) : true;
}

bool lines_base64(struct lines *lines, void *out, size_t len, const char *what, struct fault *why)
{
	size_t have = 0, want = (len + 2) / 3 * 4;
	struct str line;

	if (!take_line(lines, &line, why))
		return false;
	if (line.len != want)
		return lines_fail(lines, why, "%s has %zu characters of base64, this has %zu", what,
				  want, line.len);
	if (!base64_decode(out, len, &have, line) || have != len)
		return lines_fail(lines, why, "%s is not canonical base64", what);
	return true;
}

bool lines_end(struct lines *lines, struct fault *why)
{
	lines->number++;
	if (lines->rest.len)
		return lines_fail(lines, why, "nothing may follow here");
	return true;
}

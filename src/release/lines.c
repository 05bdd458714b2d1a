#include "lines.h"

struct str line_peek(const struct lines *lines)
{
	return str_first(lines->rest, str_find(lines->rest, '\n'));
}

struct str line_take(struct lines *lines)
{
	struct str line = line_peek(lines);

	lines->rest = str_skip(lines->rest, line.len + 1);
	lines->number++;
	return line;
}

bool line_is_blank(struct str line)
{
	return str_trim(skip_indent(line)).len == 0;
}

struct str skip_indent(struct str line)
{
	for (;;) {
		if (line.len && (line.at[0] == ' ' || line.at[0] == '\t'))
			line = str_skip(line, 1);
		else if (str_starts(line, STR("\u00a0")))
			line = str_skip(line, 2);
		else if (str_starts(line, STR("\u3000")))
			line = str_skip(line, 3);
		else
			return line;
	}
}

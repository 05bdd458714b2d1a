#include <utf8proc.h>

#include <communique/utf8.h>

#include "lines.h"
#include "text.h"

/* UAX #15, section 13 (Stream-Safe Text): no writing system stacks more. A longer run
 * would also make normalisation, which sorts each run, take more than linear time. */
enum { MARKS_ON_A_LETTER_MAX = 30 };

static bool is_override(uint32_t code)
{
	return code >= 0x202a && code <= 0x202e;
}

static bool is_control(uint32_t code)
{
	return (code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0);
}

/* What is wrong with it, NULL when nothing is. */
static const char *objection(uint32_t code)
{
	if (code == UTF8_INVALID)
		return "expected UTF-8";
	if (code == '\r')
		return "expected LF alone at the end of a line, not CR";
	if (is_control(code))
		return "expected no control character but LF and TAB";
	if (is_override(code))
		return "expected no bidirectional override (U+202A to U+202E)";
	if (code == 0xfeff)
		return "expected no byte order mark (U+FEFF)";
	return NULL;
}

static bool is_combining(uint32_t code)
{
	return code >= 0x300 && utf8proc_get_property((utf8proc_int32_t)code)->combining_class != 0;
}

static const char *line_objection(struct str line)
{
	struct str rest = line;
	unsigned marks = 0;

	while (rest.len) {
		uint32_t code = utf8_next(&rest);
		const char *wrong = objection(code);

		if (wrong)
			return wrong;
		marks = is_combining(code) ? marks + 1 : 0;
		if (marks > MARKS_ON_A_LETTER_MAX)
			return "expected at most 30 combining marks on a letter";
	}
	/* LF combines with nothing, so lines can be asked one by one. */
	return utf8_is_nfc(line) ? NULL : "expected Unicode normal form C";
}

bool text_check(struct str text, enum fault_kind kind, struct fault *why)
{
	struct lines lines = { text, 1 };

	while (lines.rest.len) {
		unsigned number = lines.number;
		const char *wrong = line_objection(line_take(&lines));

		if (wrong)
			return fail_line(why, kind, number, "%s", wrong);
	}
	return true;
}

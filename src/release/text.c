#include <communique/utf8.h>

#include "parts.h"

static unsigned line_of(struct str file, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at; i++)
		line += file.at[i] == '\n';
	return line;
}

static bool is_control(uint32_t code)
{
	return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0);
}

/* Overrides and embeddings make a text read otherwise than it is stored. */
static bool is_bidi_override(uint32_t code)
{
	return code >= 0x202a && code <= 0x202e;
}

static bool check_code(struct str file, size_t at, uint32_t code, struct fault *why)
{
	unsigned line;

	if (code != UTF8_INVALID && !is_control(code) && !is_bidi_override(code) && code != 0xfeff)
		return true;
	line = line_of(file, at);
	if (code == UTF8_INVALID)
		return fail_line(why, RELEASE_MALFORMED, line, "this is not UTF-8");
	if (code == '\r')
		return fail_line(why, RELEASE_MALFORMED, line,
				 "a carriage return; lines end with LF alone");
	if (code == 0xfeff)
		return fail_line(why, RELEASE_MALFORMED, line, "a byte order mark");
	if (is_bidi_override(code))
		return fail_line(why, RELEASE_MALFORMED, line, "a bidirectional override (U+%04X)",
				 code);
	return fail_line(why, RELEASE_MALFORMED, line, "a control character (U+%04X)", code);
}

/* The whole text is not in form C: which line is to blame? */
static bool blame_line(struct str file, struct fault *why)
{
	struct str rest = file;

	for (unsigned line = 1; str_given(rest); line++) {
		if (!utf8_is_nfc(str_cut(&rest, '\n')))
			return fail_line(why, RELEASE_MALFORMED, line,
					 "letters that are not composed (Unicode form C)");
	}
	return fail(why, RELEASE_MALFORMED, "letters that are not composed (Unicode form C)");
}

bool text_check(struct str file, struct fault *why)
{
	struct str rest = file;

	if (file.len == 0)
		return fail_line(why, RELEASE_MALFORMED, 1, "the file is empty");
	if (file.len > RELEASE_FILE_MAX)
		return fail(why, TOO_LARGE, "a release file has at most %d bytes, not %zu",
			    RELEASE_FILE_MAX, file.len);
	while (rest.len) {
		size_t at = (size_t)(rest.at - file.at);

		if (!check_code(file, at, utf8_next(&rest), why))
			return false;
	}
	if (file.at[file.len - 1] != '\n')
		return fail_line(why, RELEASE_MALFORMED, line_of(file, file.len),
				 "the last line does not end with LF");
	return utf8_is_nfc(file) || blame_line(file, why);
}

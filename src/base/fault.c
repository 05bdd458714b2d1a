#include <errno.h>
#include <stdarg.h>

#include <communique/fault.h>
#include <communique/utf8.h>

/* The columns of FAULT_KINDS, by kind. */
static const struct {
	const char *code, *title;
	unsigned status;
	int exit;
} kinds[] = {
#define X(kind, code, status, exit, title) [kind] = { code, title, status, exit },
	FAULT_KINDS(X)
#undef X
};

static void say(struct fault *why, const char *format, va_list values)
{
	size_t used = strlen(why->says);

	vsnprintf(why->says + used, sizeof why->says - used, format, values);
}

bool fail(struct fault *why, enum fault_kind kind, const char *format, ...)
{
	va_list values;

	if (!why)
		return false;
	*why = (struct fault){ .kind = kind };
	va_start(values, format);
	say(why, format, values);
	va_end(values);
	return false;
}

bool fail_line(struct fault *why, enum fault_kind kind, unsigned line, const char *format, ...)
{
	va_list values;

	if (!why)
		return false;
	*why = (struct fault){ .kind = kind, .line = line };
	snprintf(why->says, sizeof why->says, "line %u: ", line);
	va_start(values, format);
	say(why, format, values);
	va_end(values);
	return false;
}

bool fail_errno(struct fault *why, const char *format, ...)
{
	int error = errno;
	char text[128];
	va_list values;
	size_t used;

	if (!why)
		return false;
	*why = (struct fault){ .kind = BROKEN };
	va_start(values, format);
	say(why, format, values);
	va_end(values);
	used = strlen(why->says);
	snprintf(why->says + used, sizeof why->says - used, ": %s",
		 strerror_r(error, text, sizeof text));
	return false;
}

const char *fault_code(enum fault_kind kind)
{
	return kinds[kind].code;
}

const char *fault_title(enum fault_kind kind)
{
	return kinds[kind].title;
}

unsigned fault_status(enum fault_kind kind)
{
	return kinds[kind].status;
}

int fault_exit(enum fault_kind kind)
{
	return kinds[kind].exit;
}

/* Letters that change what stands around them are shown as bytes: C1 controls,
 * line and paragraph separators, and all bidirectional controls. */
static bool is_shown(uint32_t code)
{
	if (code < 0xa0 || code == UTF8_INVALID)
		return code >= 0x20 && code < 0x7f && code != '"' && code != '\\';
	return !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff;
}

const char *quote(char out[QUOTE_SIZE], struct str s)
{
	enum { BYTES_SHOWN = 40 };
	static const char hex[] = "0123456789abcdef";
	struct str rest = s;
	size_t n = 0;

	while (rest.len) {
		struct str before = rest;
		uint32_t code = utf8_next(&rest);
		size_t width = before.len - rest.len;

		if ((size_t)(before.at - s.at) + width > BYTES_SHOWN) {
			memcpy(out + n, "…", strlen("…"));
			n += strlen("…");
			break;
		}
		for (size_t i = 0; i < width; i++) {
			if (is_shown(code)) {
				out[n++] = before.at[i];
				continue;
			}
			out[n++] = '\\';
			out[n++] = 'x';
			out[n++] = hex[(unsigned char)before.at[i] >> 4];
			out[n++] = hex[(unsigned char)before.at[i] & 15];
		}
	}
	out[n] = '\0';
	return out;
}

_Noreturn void must_failed(const char *truth, const char *file, int line)
{
	fprintf(stderr, "communique: %s:%d: this must be true, and is not: %s\n", file, line,
		truth);
	abort();
}

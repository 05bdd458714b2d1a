#include <errno.h>
#include <stdarg.h>

#include <communique/fault.h>
#include <communique/log.h>
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

/* A sentence that does not fit ends with a whole letter. */
static void cut_half_letter(struct fault *why)
{
	size_t len = strlen(why->says);
	size_t least = len > 3 ? len - 3 : 0;

	if (len + 1 < sizeof why->says)
		return;
	for (size_t at = len; at-- > least;) {
		struct str tail = { why->says + at, len - at };

		if (((unsigned char)why->says[at] & 0xc0) == 0x80)
			continue;
		if (utf8_valid_length(tail) < tail.len)
			why->says[at] = '\0';
		return;
	}
}

/* The sentence may be made from the one that stands in `why`: it is written elsewhere first. */
static void say(struct fault *why, struct fault new, const char *format, va_list values)
{
	size_t used = strlen(new.says);

	vsnprintf(new.says + used, sizeof new.says - used, format, values);
	cut_half_letter(&new);
	*why = new;
}

bool fail(struct fault *why, enum fault_kind kind, const char *format, ...)
{
	va_list values;

	if (!why)
		return false;
	va_start(values, format);
	say(why, (struct fault){ .kind = kind }, format, values);
	va_end(values);
	return false;
}

bool fail_line(struct fault *why, enum fault_kind kind, unsigned line, const char *format, ...)
{
	struct fault new = { .kind = kind, .line = line };
	va_list values;

	if (!why)
		return false;
	snprintf(new.says, sizeof new.says, "line %u: ", line);
	va_start(values, format);
	say(why, new, format, values);
	va_end(values);
	return false;
}

/* What the machine lacks for a while is told from what is wrong with the program. */
static enum fault_kind kind_of_errno(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return DISK_FULL;
	case EIO:
	case EROFS:
		return DISK_FAILED;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return BUSY;
	default:
		return BROKEN;
	}
}

bool fail_errno(struct fault *why, const char *format, ...)
{
	int error = errno;
	char text[128];
	va_list values;
	size_t used;

	if (!why)
		return false;
	va_start(values, format);
	say(why, (struct fault){ .kind = kind_of_errno(error) }, format, values);
	va_end(values);
	used = strlen(why->says);
	snprintf(why->says + used, sizeof why->says - used, ": %s",
		 strerror_r(error, text, sizeof text));
	cut_half_letter(why);
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
			if (utf8_is_visible(code) && code != '"' && code != '\\') {
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
	log_flush(); /* what led to it */
	fprintf(stderr, "%scommunique: %s:%d: this must be true, and is not: %s\n",
		log_priority(LOG_ERROR), file, line, truth);
	abort();
}

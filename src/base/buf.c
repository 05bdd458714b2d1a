#include <stdarg.h>

#include <communique/buf.h>

void buf_init(struct buf *buf, size_t limit)
{
	*buf = (struct buf){ .limit = limit };
}

void buf_release(struct buf *buf)
{
	free(buf->at);
	buf_init(buf, buf->limit);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->full = false;
}

/* Room for n bytes within the limit, and `spare` more that will not count. */
static char *reserve(struct buf *buf, size_t n, size_t spare)
{
	enum { LEAST = 256 };
	size_t cap = buf->cap ? buf->cap : LEAST;

	if (buf->full || n > buf->limit - buf->len) {
		buf->full = true;
		return NULL;
	}
	if (buf->at && n + spare <= buf->cap - buf->len)
		return buf->at + buf->len;
	while (cap - buf->len < n + spare)
		cap *= 2;
	buf->at = realloc(buf->at, cap);
	must(buf->at != NULL);
	buf->cap = cap;
	return buf->at + buf->len;
}

char *buf_room(struct buf *buf, size_t n)
{
	return reserve(buf, n, 0);
}

void buf_grown(struct buf *buf, size_t n)
{
	must(n <= buf->cap - buf->len);
	buf->len += n;
}

void buf_add(struct buf *buf, struct str text)
{
	char *room;

	if (text.len == 0)
		return;
	room = buf_room(buf, text.len);
	if (!room)
		return;
	memcpy(room, text.at, text.len);
	buf->len += text.len;
}

void buf_add_char(struct buf *buf, char byte)
{
	buf_add(buf, (struct str){ &byte, 1 });
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, str_from(text));
}

void buf_addf(struct buf *buf, const char *format, ...)
{
	va_list values, again;
	char *room;
	int len;

	va_start(values, format);
	va_copy(again, values);
	len = vsnprintf(NULL, 0, format, values);
	must(len >= 0);
	room = reserve(buf, (size_t)len, 1); /* vsnprintf wants to write its NUL */
	if (room) {
		vsnprintf(room, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	va_end(values);
}

void buf_cut(struct buf *buf, size_t len)
{
	must(len <= buf->len);
	buf->len = len;
}

bool buf_check(const struct buf *buf, struct fault *why)
{
	if (buf->full)
		return fail(why, TOO_LARGE, "more than %zu bytes", buf->limit);
	return true;
}

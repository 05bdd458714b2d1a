#include <communique/pack.h>

void pack_str(struct buf *buf, struct str text)
{
	must(text.len <= UINT32_MAX);
	buf_add_be32(buf, (uint32_t)text.len);
	buf_add(buf, text);
}

struct unpack unpack_begin(struct str record)
{
	return (struct unpack){ .rest = record };
}

/* The next len bytes, or NULL from the first time that there are too few. */
static const char *take(struct unpack *from, size_t len)
{
	const char *at = from->rest.at;

	if (from->broken || len > from->rest.len) {
		from->broken = true;
		return NULL;
	}
	from->rest = str_skip(from->rest, len);
	return at;
}

uint8_t unpack_u8(struct unpack *from)
{
	const char *at = take(from, 1);

	return at ? (uint8_t)*at : 0;
}

uint16_t unpack_u16(struct unpack *from)
{
	const char *at = take(from, 2);

	return at ? get_be16(at) : 0;
}

uint32_t unpack_u32(struct unpack *from)
{
	const char *at = take(from, 4);

	return at ? get_be32(at) : 0;
}

uint64_t unpack_u64(struct unpack *from)
{
	const char *at = take(from, 8);

	return at ? get_be64(at) : 0;
}

struct str unpack_str(struct unpack *from)
{
	size_t len = unpack_u32(from);
	const char *at = take(from, len);

	return at ? (struct str){ at, len } : STR("");
}

void unpack_bytes(struct unpack *from, void *out, size_t len)
{
	const char *at = take(from, len);

	if (at)
		memcpy(out, at, len);
	else
		memset(out, 0, len);
}

bool unpack_end(const struct unpack *from, const char *what, struct fault *why)
{
	if (from->broken || from->rest.len)
		return fail(why, BROKEN, "a damaged %s record", what);
	return true;
}

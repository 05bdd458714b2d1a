#include "encoding.h"

#include <brotli/encode.h>
#include <libdeflate.h>

#define LENGTH_MIN 256 /* below, a head is longer than what there is to save */

static const struct {
	int gzip, brotli;
} levels[] = {
	[EFFORT_ONCE] = { 6, 5 },
	[EFFORT_BEST] = { 12, 11 },
};

const char *encoding_word(enum encoding encoding)
{
	switch (encoding) {
	case ENCODING_NONE:
		return NULL;
	case ENCODING_GZIP:
		return "gzip";
	case ENCODING_BROTLI:
		return "br";
	}
	return NULL;
}

/* Everything of ours that is a text says its charset, or is one of these. */
bool encoding_pays(struct str type, size_t len)
{
	static const char *const texts[] = { "text/", "image/svg+xml", "application/json",
					     "application/xml", "application/javascript" };

	if (len < LENGTH_MIN)
		return false;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (str_starts(type, str_from(texts[i])))
			return true;
	return str_find_str(type, STR("charset=utf-8")) < type.len ||
	       str_find_str(type, STR("+xml")) < type.len ||
	       str_find_str(type, STR("+json")) < type.len;
}

static size_t gzip(int level, struct str text, char *out, size_t room)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
	size_t len;

	must(compressor != NULL);
	len = libdeflate_gzip_compress(compressor, text.at, text.len, out, room);
	libdeflate_free_compressor(compressor);
	return len;
}

static size_t brotli(int quality, struct str text, char *out, size_t room)
{
	size_t len = room;

	if (!BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.len,
				   (const uint8_t *)text.at, &len, (uint8_t *)out))
		return 0;
	return len;
}

/* Both say 0 when the room, which is less than the text has, is not enough. */
bool encode(enum encoding encoding, enum effort effort, struct str text, struct buf *out)
{
	size_t room = text.len > 0 ? text.len - 1 : 0, len = 0;
	char *at = room > 0 ? buf_room(out, room) : NULL;

	if (!at)
		return false;
	if (encoding == ENCODING_GZIP)
		len = gzip(levels[effort].gzip, text, at, room);
	else if (encoding == ENCODING_BROTLI)
		len = brotli(levels[effort].brotli, text, at, room);
	buf_grown(out, len);
	return len > 0;
}

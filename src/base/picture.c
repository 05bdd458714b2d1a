#include <communique/picture.h>

#include <communique/bytes.h>

/* No page is made better by what a file says beyond this. */
#define SIDE_MAX 65535

static const unsigned char *bytes_at(struct str head, size_t at)
{
	return (const unsigned char *)head.at + at;
}

static bool has(struct str head, size_t at, struct str word)
{
	return head.len >= at + word.len && memcmp(head.at + at, word.at, word.len) == 0;
}

static bool take(struct picture *out, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX)
		return false;
	*out = (struct picture){ width, height };
	return true;
}

static uint32_t le16(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t le24(const unsigned char *at)
{
	return le16(at) | (uint32_t)at[2] << 16;
}

/* Signature, then the chunk IHDR, which begins with the size. */
static bool read_png(struct str head, struct picture *out)
{
	if (head.len < 24 || !has(head, 12, STR("IHDR")))
		return false;
	return take(out, get_be32(head.at + 16), get_be32(head.at + 20));
}

static bool read_gif(struct str head, struct picture *out)
{
	if (head.len < 10)
		return false;
	return take(out, le16(bytes_at(head, 6)), le16(bytes_at(head, 8)));
}

/* SOF0 … SOF15, without DHT, JPG and DAC, whose numbers lie between theirs. */
static bool is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
	       marker != 0xcc;
}

/* Segments: ff, a marker, the length of the rest; one of them begins the frame. */
static bool read_jpeg(struct str head, struct picture *out)
{
	size_t at = 2;

	while (at + 9 <= head.len) {
		unsigned marker = bytes_at(head, at)[1];

		if (bytes_at(head, at)[0] != 0xff)
			return false;
		if (marker == 0xff) { /* padding */
			at++;
			continue;
		}
		if (is_frame(marker))
			return take(out, get_be16(head.at + at + 7), get_be16(head.at + at + 5));
		if (marker == 0xd9 || marker == 0xda) /* the end; the pixels */
			return false;
		at += 2 + (size_t)get_be16(head.at + at + 2);
	}
	return false;
}

/* Three kinds of first chunk: lossy, lossless, extended. */
static bool read_webp(struct str head, struct picture *out)
{
	const unsigned char *at = bytes_at(head, 20);

	if (head.len < 30)
		return false;
	if (has(head, 12, STR("VP8 ")))
		return has(head, 23, STR("\x9d\x01\x2a")) &&
		       take(out, le16(at + 6) & 0x3fff, le16(at + 8) & 0x3fff);
	if (has(head, 12, STR("VP8L")))
		return at[0] == 0x2f &&
		       take(out, (le16(at + 1) & 0x3fff) + 1, ((le24(at + 2) >> 6) & 0x3fff) + 1);
	if (has(head, 12, STR("VP8X")))
		return take(out, le24(at + 4) + 1, le24(at + 7) + 1);
	return false;
}

bool picture_read(struct str head, struct picture *out)
{
	*out = (struct picture){ 0, 0 };
	if (has(head, 0, STR("\x89PNG\r\n\x1a\n")))
		return read_png(head, out);
	if (has(head, 0, STR("GIF87a")) || has(head, 0, STR("GIF89a")))
		return read_gif(head, out);
	if (has(head, 0, STR("\xff\xd8\xff")))
		return read_jpeg(head, out);
	if (has(head, 0, STR("RIFF")) && has(head, 8, STR("WEBP")))
		return read_webp(head, out);
	return false;
}

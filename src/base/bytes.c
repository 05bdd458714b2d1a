#include <communique/bytes.h>

void put_be16(void *at, uint16_t n)
{
	unsigned char *to = at;

	to[0] = (unsigned char)(n >> 8);
	to[1] = (unsigned char)n;
}

void put_be32(void *at, uint32_t n)
{
	put_be16(at, (uint16_t)(n >> 16));
	put_be16((char *)at + 2, (uint16_t)n);
}

void put_be64(void *at, uint64_t n)
{
	put_be32(at, (uint32_t)(n >> 32));
	put_be32((char *)at + 4, (uint32_t)n);
}

uint16_t get_be16(const void *at)
{
	const unsigned char *from = at;

	return (uint16_t)(from[0] << 8 | from[1]);
}

uint32_t get_be32(const void *at)
{
	return (uint32_t)get_be16(at) << 16 | get_be16((const char *)at + 2);
}

uint64_t get_be64(const void *at)
{
	return (uint64_t)get_be32(at) << 32 | get_be32((const char *)at + 4);
}

void buf_add_be16(struct buf *buf, uint16_t n)
{
	char bytes[2];

	put_be16(bytes, n);
	buf_add(buf, (struct str){ bytes, sizeof bytes });
}

void buf_add_be32(struct buf *buf, uint32_t n)
{
	char bytes[4];

	put_be32(bytes, n);
	buf_add(buf, (struct str){ bytes, sizeof bytes });
}

void buf_add_be64(struct buf *buf, uint64_t n)
{
	char bytes[8];

	put_be64(bytes, n);
	buf_add(buf, (struct str){ bytes, sizeof bytes });
}

struct str hex_encode(char *out, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[from[i] >> 4];
		out[2 * i + 1] = digits[from[i] & 15];
	}
	return (struct str){ out, 2 * len };
}

void buf_add_hex(struct buf *buf, const void *bytes, size_t len)
{
	char *room = buf_room(buf, 2 * len);

	if (!room)
		return;
	hex_encode(room, bytes, len);
	buf_grown(buf, 2 * len);
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(void *out, size_t len, struct str hex)
{
	unsigned char *to = out;

	if (hex.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(hex.at[2 * i]), low = hex_value(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode64(struct buf *buf, const unsigned char *from, size_t len, const char *letters,
		     bool pad)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		unsigned group = (unsigned)from[i] << 16;

		if (have > 1)
			group |= (unsigned)from[i + 1] << 8;
		if (have > 2)
			group |= from[i + 2];
		for (size_t k = 0; k <= have; k++)
			buf_add_char(buf, letters[group >> (18 - 6 * k) & 63]);
		for (size_t k = have; pad && k < 3; k++)
			buf_add_char(buf, '=');
	}
}

void buf_add_base64(struct buf *buf, const void *bytes, size_t len)
{
	encode64(buf, bytes, len, alphabet, true);
}

void buf_add_base64url(struct buf *buf, const void *bytes, size_t len)
{
	encode64(buf, bytes, len, url_alphabet, false);
}

static int letter_value(char c, char c62, char c63)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == c62 ? 62 : c == c63 ? 63 : -1;
}

/* `text` without padding. Bits that no byte takes up must be zero. */
static bool decode64(unsigned char *out, size_t room, size_t *len, struct str text, char c62,
		     char c63)
{
	uint32_t bits = 0;
	unsigned count = 0;
	size_t n = 0;

	if (text.len % 4 == 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int value = letter_value(text.at[i], c62, c63);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		if (n == room)
			return false;
		out[n++] = (unsigned char)(bits >> count);
		bits &= (1u << count) - 1;
	}
	*len = n;
	return bits == 0;
}

bool base64_decode(void *out, size_t room, size_t *len, struct str text)
{
	size_t pads = 0;

	if (text.len % 4 != 0)
		return false;
	while (pads < 2 && text.len && text.at[text.len - 1] == '=') {
		text.len--;
		pads++;
	}
	if ((text.len + pads) % 4 != 0)
		return false;
	return decode64(out, room, len, text, '+', '/');
}

bool base64url_decode(void *out, size_t room, size_t *len, struct str text)
{
	return decode64(out, room, len, text, '-', '_');
}

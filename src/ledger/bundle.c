#include <communique/bundle.h>

/* The header of a file, POSIX.1-1988 ustar: octal digits with a NUL behind. */
enum {
	BLOCK = 512,
	NAME = 0,
	NAME_SIZE = 100,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	SIZE_DIGITS = 11,
	TIME = 136,
	SUM = 148,
	SUM_DIGITS = 6,
	TYPE = 156,
	MAGIC = 257,
	DEVICE_MAJOR = 329,
	DEVICE_MINOR = 337,
	ID_DIGITS = 7,
};

static void put_octal(char *at, size_t digits, uint64_t number)
{
	for (size_t i = digits; i-- > 0; number >>= 3)
		at[i] = (char)('0' + (number & 7));
	must(number == 0);
}

/* Over the header with spaces where the sum stands. */
static unsigned sum_of(const char header[BLOCK])
{
	unsigned sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= SUM && i < SUM + 8 ? ' ' : (unsigned char)header[i];
	return sum;
}

static void make_header(char header[BLOCK], struct str name, int64_t time, size_t size)
{
	memset(header, 0, BLOCK);
	memcpy(header + NAME, name.at, name.len);
	put_octal(header + MODE, ID_DIGITS, 0644);
	put_octal(header + UID, ID_DIGITS, 0);
	put_octal(header + GID, ID_DIGITS, 0);
	put_octal(header + SIZE, SIZE_DIGITS, size);
	put_octal(header + TIME, SIZE_DIGITS, (uint64_t)time);
	header[TYPE] = '0';
	memcpy(header + MAGIC,
	       "ustar\0"
	       "00",
	       8);
	put_octal(header + DEVICE_MAJOR, ID_DIGITS, 0);
	put_octal(header + DEVICE_MINOR, ID_DIGITS, 0);
	put_octal(header + SUM, SUM_DIGITS, sum_of(header));
	header[SUM + SUM_DIGITS + 1] = ' ';
}

static void pad(struct buf *bundle, size_t len)
{
	static const char zeroes[2 * BLOCK];

	buf_add(bundle, (struct str){ zeroes, len });
}

static bool is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!is_lower(c) && !is_digit(c) && c != '.' && c != '-' && c != '/')
			return false;
	}
	return name.len > 0 && name.len < NAME_SIZE && name.at[0] != '/' &&
	       str_find_str(name, STR("..")) == name.len;
}

static size_t padding(size_t size)
{
	return (BLOCK - size % BLOCK) % BLOCK;
}

void bundle_add(struct buf *bundle, const char *name, int64_t time, struct str bytes)
{
	char header[BLOCK];

	must(is_name(str_from(name)) && time >= 0);
	make_header(header, str_from(name), time, bytes.len);
	buf_add(bundle, (struct str){ header, sizeof header });
	buf_add(bundle, bytes);
	pad(bundle, padding(bytes.len));
}

void bundle_end(struct buf *bundle)
{
	pad(bundle, 2 * BLOCK);
}

/* --- reading ---------------------------------------------------------------------- */

static bool take_octal(const char *at, size_t digits, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		if (at[i] < '0' || at[i] > '7')
			return false;
		*out = *out << 3 | (uint64_t)(at[i] - '0');
	}
	return true;
}

static bool is_zero(struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.at[i])
			return false;
	}
	return true;
}

/* A header is what the writer would have written for the name, time and size it holds. */
static bool take_header(struct str block, struct str *name, uint64_t *size)
{
	char header[BLOCK];
	uint64_t time;

	*name = str_first(block, NAME_SIZE);
	*name = str_first(*name, str_find(*name, '\0'));
	if (!is_name(*name) || !take_octal(block.at + SIZE, SIZE_DIGITS, size) ||
	    !take_octal(block.at + TIME, SIZE_DIGITS, &time))
		return false;
	make_header(header, *name, (int64_t)time, *size);
	return memcmp(header, block.at, BLOCK) == 0;
}

bool bundle_next(struct str *rest, bool *found, struct str *name, struct str *bytes,
		 struct fault *why)
{
	uint64_t size;

	*found = false;
	if (rest->len == 2 * BLOCK && is_zero(*rest))
		return true;
	if (rest->len < BLOCK || !take_header(str_first(*rest, BLOCK), name, &size))
		return fail(why, INVALID, "this is not a bundle, or it is damaged");
	*rest = str_skip(*rest, BLOCK);
	if (rest->len < size || rest->len - size < padding(size))
		return fail(why, INVALID, "the bundle ends in the middle of %s", QUOTE(*name));
	*bytes = str_first(*rest, size);
	*rest = str_skip(*rest, size);
	if (!is_zero(str_first(*rest, padding(size))))
		return fail(why, INVALID, "the bundle is damaged behind %s", QUOTE(*name));
	*rest = str_skip(*rest, padding(size));
	*found = true;
	return true;
}

bool bundle_find(struct str bundle, const char *name, struct str *bytes, struct fault *why)
{
	struct str there;
	bool found;

	for (;;) {
		if (!bundle_next(&bundle, &found, &there, bytes, why))
			return false;
		if (!found)
			return fail(why, NOT_FOUND, "the bundle has no %s", name);
		if (str_equal(there, str_from(name)))
			return true;
	}
}

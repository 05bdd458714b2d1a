#include <communique/bytes.h>
#include <communique/tar.h>

#define BLOCK 512
#define END (2 * BLOCK)
#define SIZE_MOST 077777777777u /* eleven octal digits */

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100],
		magic[6], version[2], owner[32], group[32], major[8], minor[8], prefix[155],
		pad[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

/* The sum of all bytes, those of the sum itself taken as spaces. */
static unsigned header_sum(const struct header *header)
{
	const unsigned char *at = (const unsigned char *)header;
	unsigned sum = sizeof header->sum * ' ';

	for (size_t i = 0; i < BLOCK; i++) {
		if (i < offsetof(struct header, sum) || i >= offsetof(struct header, type))
			sum += at[i];
	}
	return sum;
}

static bool name_is_plain(struct str name)
{
	struct str rest = name;

	if (name.len == 0 || name.len > TAR_NAME_MAX)
		return false;
	while (str_given(rest)) {
		struct str segment = str_cut(&rest, '/');

		if (segment.len == 0 || segment.at[0] == '.')
			return false;
		for (size_t i = 0; i < segment.len; i++) {
			char c = segment.at[i];

			if (!is_alpha(c) && !is_digit(c) && (c == '\0' || !strchr("._-", c)))
				return false;
		}
	}
	return true;
}

/* All but the sum; what is not set is zero. */
static void header_fill(struct header *header, struct str name, uint64_t size, uint64_t modified)
{
	*header = (struct header){ .type = '0' };
	memcpy(header->name, name.at, name.len);
	snprintf(header->mode, sizeof header->mode, "%07o", 0644u);
	snprintf(header->uid, sizeof header->uid, "%07o", 0u);
	snprintf(header->gid, sizeof header->gid, "%07o", 0u);
	snprintf(header->size, sizeof header->size, "%011llo", (unsigned long long)size);
	snprintf(header->mtime, sizeof header->mtime, "%011llo", (unsigned long long)modified);
	memcpy(header->magic, "ustar", sizeof header->magic);
	memcpy(header->version, "00", sizeof header->version);
	snprintf(header->major, sizeof header->major, "%07o", 0u);
	snprintf(header->minor, sizeof header->minor, "%07o", 0u);
	/* Six digits, a NUL and a space: so it was in 1979. */
	snprintf(header->sum, sizeof header->sum, "%06o", header_sum(header));
	header->sum[7] = ' ';
}

static void add_zeroes(struct buf *out, size_t count)
{
	static const char zeroes[END];

	buf_add(out, (struct str){ zeroes, count });
}

void tar_add(struct buf *out, struct str name, struct str bytes, int64_t modified)
{
	struct header header;

	must(name_is_plain(name) && bytes.len <= SIZE_MOST && modified >= 0 &&
	     modified <= (int64_t)SIZE_MOST);
	header_fill(&header, name, bytes.len, (uint64_t)modified);
	buf_add(out, (struct str){ (const char *)&header, sizeof header });
	buf_add(out, bytes);
	add_zeroes(out, (BLOCK - bytes.len % BLOCK) % BLOCK);
}

void tar_end(struct buf *out)
{
	add_zeroes(out, END);
}

static bool octal(const char *digits, size_t count, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (digits[i] < '0' || digits[i] > '7')
			return false;
		*out = *out * 8 + (uint64_t)(digits[i] - '0');
	}
	return digits[count] == '\0';
}

static bool all_zero(struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.at[i])
			return false;
	}
	return true;
}

/* The header is exactly the one that would be written for what it says. */
static bool header_read(struct str block, struct str *name, uint64_t *size)
{
	const struct header *header = (const void *)block.at;
	struct header again;
	uint64_t modified;

	*name = (struct str){ header->name, strnlen(header->name, sizeof header->name) };
	if (!name_is_plain(*name) || !octal(header->size, 11, size) ||
	    !octal(header->mtime, 11, &modified))
		return false;
	header_fill(&again, *name, *size, modified);
	return memcmp(&again, header, sizeof again) == 0;
}

bool tar_next(struct str *rest, struct tar_file *out, bool *more, struct fault *why)
{
	struct str block = str_first(*rest, BLOCK), body = str_skip(*rest, BLOCK);
	uint64_t size;
	size_t padded;

	*more = block.len == BLOCK && !all_zero(block);
	if (!*more)
		return (rest->len == END && all_zero(*rest)) ||
		       fail(why, INVALID,
			    "the bundle has no proper end: it was cut off, or something "
			    "stands behind it");
	if (!header_read(block, &out->name, &size))
		return fail(why, INVALID, "the bundle has a header of another form than its own");
	padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
	if (body.len < padded || !all_zero(str_skip(str_first(body, padded), (size_t)size)))
		return fail(why, INVALID, "the bundle is cut off within %s", QUOTE(out->name));
	out->bytes = str_first(body, (size_t)size);
	*rest = str_skip(body, padded);
	return true;
}

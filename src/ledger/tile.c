#include <communique/bytes.h>
#include <communique/limits.h>
#include <communique/tile.h>

enum { LEVEL_MAX = 63, GROUPS_MAX = 6 };

static bool take_group(struct str group, uint64_t *index)
{
	if (group.len != 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (!is_digit(group.at[i]))
			return false;
		*index = *index * 10 + (uint64_t)(group.at[i] - '0');
	}
	return true;
}

/* x001/x234/067: groups with an x, and one without. No group of zeroes in front. */
static bool take_index(struct str *rest, bool partial, uint64_t *index)
{
	*index = 0;
	for (size_t groups = 0; groups < GROUPS_MAX; groups++) {
		struct str group = str_cut(rest, '/');
		bool more = group.len && group.at[0] == 'x';

		/* The last group of a partial tile carries ".p", its width follows. */
		if (!more && partial && str_ends(group, STR(".p")))
			group.len -= 2;
		if (!more)
			return take_group(group, index);
		if (!take_group(str_skip(group, 1), index) || *index == 0)
			return false;
	}
	return false;
}

static bool take_width(struct str rest, bool partial, unsigned *width)
{
	uint64_t number = TILE_WIDTH;

	if (partial && (!str_to_u64(rest, TILE_WIDTH - 1, &number) || number == 0))
		return false;
	*width = (unsigned)number;
	return partial == str_given(rest);
}

bool tile_parse(struct str path, struct tile *out)
{
	struct str rest = path, level = str_cut(&rest, '/');
	bool partial = str_find_str(path, STR(".p/")) < path.len;
	uint64_t number = 0;

	*out = (struct tile){ .entries = str_equal(level, STR("entries")) };
	if (!out->entries && !str_to_u64(level, LEVEL_MAX, &number))
		return false;
	out->level = (unsigned)number;
	return str_given(rest) && take_index(&rest, partial, &out->index) &&
	       take_width(rest, partial, &out->width);
}

static void add_index(uint64_t index, bool last, struct buf *out)
{
	if (index >= 1000)
		add_index(index / 1000, false, out);
	buf_addf(out, last ? "%03u" : "x%03u/", (unsigned)(index % 1000));
}

void tile_format(const struct tile *tile, struct buf *out)
{
	if (tile->entries)
		buf_add(out, STR("entries/"));
	else
		buf_addf(out, "%u/", tile->level);
	add_index(tile->index, true, out);
	if (tile->width < TILE_WIDTH)
		buf_addf(out, ".p/%u", tile->width);
}

unsigned tile_width(unsigned level, uint64_t index, uint64_t size)
{
	uint64_t hashes = level * TILE_HEIGHT < 64 ? size >> (level * TILE_HEIGHT) : 0;

	if (index > hashes / TILE_WIDTH)
		return 0;
	hashes -= index * TILE_WIDTH;
	return hashes < TILE_WIDTH ? (unsigned)hashes : TILE_WIDTH;
}

bool tile_is_within(const struct tile *tile, uint64_t size)
{
	return tile->width <= tile_width(tile->level, tile->index, size);
}

/* The node is the root of 1 << (level % 8) hashes of one tile. */
static bool root_within(struct str bytes, uint64_t first, size_t count, struct hash *out,
			struct fault *why)
{
	struct hash hashes[TILE_WIDTH];

	if ((first + count) * HASH_SIZE > bytes.len)
		return fail(why, INVALID, "the log does not have the node that is asked for");
	memcpy(hashes, bytes.at + first * HASH_SIZE, count * HASH_SIZE);
	*out = merkle_root_of(hashes, count);
	return true;
}

bool tile_read(void *ctx, unsigned level, uint64_t index, struct hash *out, struct fault *why)
{
	const struct tiles *tiles = ctx;
	unsigned within = level % TILE_HEIGHT;
	uint64_t first = index << within;
	struct tile tile = { .level = level / TILE_HEIGHT, .index = first / TILE_WIDTH };
	struct buf bytes;
	bool ok;

	tile.width = tile_width(tile.level, tile.index, tiles->size);
	if (tile.width == 0)
		return fail(why, INVALID, "the log does not have the node that is asked for");
	buf_init(&bytes, TILE_SIZE);
	ok = tiles->fetch(tiles->ctx, &tile, &bytes, why) && buf_check(&bytes, why);
	if (ok && bytes.len != tile.width * HASH_SIZE)
		ok = fail(why, INVALID, "a tile of %u hashes has %zu bytes", tile.width, bytes.len);
	ok = ok && root_within(buf_str(&bytes), first % TILE_WIDTH, (size_t)1 << within, out, why);
	buf_release(&bytes);
	return ok;
}

void entries_add(struct buf *bundle, struct str entry)
{
	must(entry.len <= UINT16_MAX);
	buf_add_be16(bundle, (uint16_t)entry.len);
	buf_add(bundle, entry);
}

bool entries_next(struct str *rest, struct str *entry)
{
	size_t len;

	if (rest->len < 2)
		return false;
	len = get_be16(rest->at);
	if (rest->len - 2 < len)
		return false;
	*entry = str_first(str_skip(*rest, 2), len);
	*rest = str_skip(*rest, 2 + len);
	return true;
}

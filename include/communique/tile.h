/*
 * tile - the log as files, C2SP tlog-tiles.
 *
 *	tile/<L>/<N>[.p/<W>]		hashes at level 8 * L of the tree, 256 a tile
 *	tile/entries/<N>[.p/<W>]	the leaves of tile 0/<N>: u16 length | leaf, again and again
 *
 * N is written in groups of three digits, all but the last with an x in front: 1234067 is
 * x001/x234/067. The last tile of a level may be partial, W hashes wide (1 to 255); a full one
 * has no suffix. A tile never changes, so it may be kept for ever; which tiles there are follows
 * from the size in the checkpoint.
 */
#ifndef COMMUNIQUE_TILE_H
#define COMMUNIQUE_TILE_H

#include <communique/merkle.h>

#define TILE_HEIGHT 8
#define TILE_WIDTH (1u << TILE_HEIGHT)
#define TILE_SIZE (TILE_WIDTH * HASH_SIZE)

struct tile {
	bool entries;	/* the leaves themselves; level is 0 */
	unsigned level; /* 0 to 63 */
	uint64_t index;
	unsigned width; /* 1 to 256 */
};

/* What stands behind "tile/". One spelling for each tile; false for all else. */
bool tile_parse(struct str path, struct tile *out);
void tile_format(const struct tile *tile, struct buf *out);
/* Whether a log of this size has it, whole. */
bool tile_is_within(const struct tile *tile, uint64_t size);
/* How wide the tile at this place is in a log of this size; 0: there is none. */
unsigned tile_width(unsigned level, uint64_t index, uint64_t size);

/* A log's nodes, read through its tiles: give {tile_read, &tiles} as a merkle_source. fetch()
 * adds the tile's bytes to `out`; it is asked for the widest tile that a log of `size` has
 * there, and may keep what it got: the same is asked for again and again. */
struct tiles {
	bool (*fetch)(void *ctx, const struct tile *tile, struct buf *out, struct fault *why);
	void *ctx;
	uint64_t size;
};
bool tile_read(void *tiles, unsigned level, uint64_t index, struct hash *out, struct fault *why);

/* Entry bundles. entries_next() is false at the end and when the rest is damaged: *rest is then
 * empty or not. */
void entries_add(struct buf *bundle, struct str entry);
bool entries_next(struct str *rest, struct str *entry);

#endif

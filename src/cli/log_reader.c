#include <communique/leaf.h>

#include "log_reader.h"

#define ENTRIES_MAX (TILE_WIDTH * (2 + LEAF_MAX))

void log_reader_init(struct log_reader *reader, struct http *http)
{
	*reader = (struct log_reader){ .http = http };
	set_init(&reader->names);
	buf_init(&reader->body, ENTRIES_MAX);
}

void log_reader_free(struct log_reader *reader)
{
	set_release(&reader->names);
	free(reader->tiles);
	buf_release(&reader->body);
}

/* All that is not 200 is a fault: a log has what its checkpoint says. */
static bool get(struct log_reader *reader, struct str target, struct fault *why)
{
	unsigned status;

	if (!http_get(reader->http, &target, &reader->body, &status, why))
		return false;
	return status == 200 ||
	       fail(why, status >= 500 ? BUSY : INVALID, "%s answers %u", QUOTE(target), status);
}

bool log_reader_checkpoint(struct log_reader *reader, struct checkpoint *out, struct fault *why)
{
	struct str text;

	if (!get(reader, STR("/log/checkpoint"), why))
		return false;
	text = arena_copy(reader->http->arena, buf_str(&reader->body));
	return checkpoint_parse(text, out, why);
}

static struct str tile_address(const struct tile *tile, struct buf *out)
{
	buf_add(out, STR("/log/tile/"));
	tile_format(tile, out);
	return buf_str(out);
}

static bool get_tile(struct log_reader *reader, const struct tile *tile, struct fault *why)
{
	struct buf address;
	bool ok;

	buf_init(&address, REQUEST_TARGET_MAX);
	ok = get(reader, tile_address(tile, &address), why);
	buf_release(&address);
	return ok;
}

static bool keep_tile(struct log_reader *reader, const struct tile *tile, size_t n,
		      struct fault *why)
{
	if (!get_tile(reader, tile, why))
		return false;
	if (reader->body.len != (size_t)tile->width * HASH_SIZE)
		return fail(why, INVALID, "a tile of the log has %zu bytes, not %zu",
			    reader->body.len, (size_t)tile->width * HASH_SIZE);
	reader->tiles[n] = arena_copy(&reader->names.arena, buf_str(&reader->body));
	return true;
}

static void make_room(struct log_reader *reader)
{
	if (reader->names.count < reader->room)
		return;
	reader->room = reader->room ? 2 * reader->room : 32;
	reader->tiles = realloc(reader->tiles, reader->room * sizeof *reader->tiles);
	must(reader->tiles != NULL);
}

bool log_reader_tile(struct log_reader *reader, const struct tile *tile, struct str *out,
		     struct fault *why)
{
	struct buf name;
	bool fresh;
	size_t n;

	make_room(reader);
	buf_init(&name, REQUEST_TARGET_MAX);
	n = set_add(&reader->names, tile_address(tile, &name), &fresh);
	buf_release(&name);
	if (fresh)
		reader->tiles[n] = STR_NONE;
	if (!str_given(reader->tiles[n]) && !keep_tile(reader, tile, n, why))
		return false;
	*out = reader->tiles[n];
	return true;
}

static bool fetch(void *ctx, const struct tile *tile, struct buf *out, struct fault *why)
{
	struct str bytes;

	if (!log_reader_tile(ctx, tile, &bytes, why))
		return false;
	buf_add(out, bytes);
	return true;
}

/* Out of nothing any log can grow; then it is the tiles themselves that are looked at. */
static bool leads_to_root(const struct merkle_source *source, const struct checkpoint *to,
			  struct fault *why)
{
	struct hash root;

	return merkle_root(source, to->size, &root, why) &&
	       (hash_equal(&root, &to->root) ||
		fail(why, INVALID, "the tiles do not lead to the root"));
}

bool log_reader_grew(struct log_reader *reader, uint64_t from, const struct hash *from_root,
		     const struct checkpoint *to, struct fault *why)
{
	struct tiles tiles = { .fetch = fetch, .ctx = reader, .size = to->size };
	struct merkle_source source = { .read = tile_read, .ctx = &tiles };
	struct merkle_proof proof;

	if (from == 0)
		return leads_to_root(&source, to, why);
	if (to->size < from)
		return fail(why, INVALID, "the log had %llu leaves and now has %llu",
			    (unsigned long long)from, (unsigned long long)to->size);
	return merkle_prove_consistency(&source, from, to->size, &proof, why) &&
	       merkle_check_consistency(&proof, from, from_root, to->size, &to->root, why);
}

bool log_reader_includes(struct log_reader *reader, struct str leaf, uint64_t index,
			 const struct checkpoint *in, struct fault *why)
{
	struct tiles tiles = { .fetch = fetch, .ctx = reader, .size = in->size };
	struct merkle_source source = { .read = tile_read, .ctx = &tiles };
	struct hash hash = merkle_leaf(leaf);
	struct merkle_proof proof;

	return merkle_prove_inclusion(&source, index, in->size, &proof, why) &&
	       merkle_check_inclusion(&proof, &hash, index, in->size, &in->root, why);
}

bool log_reader_entries(struct log_reader *reader, uint64_t number, uint64_t size, struct buf *out,
			struct fault *why)
{
	struct tile tile = { .entries = true,
			     .index = number,
			     .width = tile_width(0, number, size) };

	if (tile.width == 0)
		return fail(why, INVALID, "the log has no entry bundle %llu",
			    (unsigned long long)number);
	if (!get_tile(reader, &tile, why))
		return false;
	buf_add(out, buf_str(&reader->body));
	return buf_check(out, why);
}

/*
 * The public log, as C2SP tlog-tiles has it, and the key sets' signatures.
 *
 * Tiles never change, so they are kept for ever; one that the published checkpoint does not
 * reach is not there, whether its leaves are or not.
 */
#include "public.h"

#include <communique/logbook.h>

/* 256 leaves with their lengths. */
#define ENTRIES_MAX (TILE_WIDTH * (LEAF_MAX + 2))

bool show_checkpoint(struct visit *visit, struct fault *why)
{
	struct log_head head;

	if (!reading_log(visit->txn, &head))
		return store_check(visit->txn, why) && nothing_here(why);
	public_send(visit, PLAIN, LIVE, 0, head.checkpoint);
	return true;
}

bool show_tile(struct visit *visit, struct fault *why)
{
	struct fault inside;
	struct tile tile;
	struct buf made;

	if (!tile_parse(visit->match.tile, &tile))
		return nothing_here(why);
	buf_init(&made, ENTRIES_MAX);
	if (reading_tile(visit->txn, &tile, &made, &inside))
		return public_send_made(visit, "application/octet-stream", FOREVER, &made, why);
	buf_release(&made);
	if (inside.kind == NOT_FOUND)
		return nothing_here(why);
	*why = inside;
	return false;
}

struct wanted {
	struct key_id key_id;
	struct str file;
};

static bool pick(void *ctx, const struct signature_row *row)
{
	struct wanted *wanted = ctx;

	if (!key_id_equal(&row->key_id, &wanted->key_id))
		return true;
	wanted->file = row->file;
	return false;
}

/* /keys/{version}.{keyid}.minisig */
bool show_keys_signature(struct visit *visit, struct fault *why)
{
	struct wanted wanted = { .file = STR_NONE };
	struct hash hash;
	uint64_t version;
	struct str file;

	if (!str_to_u64(visit->match.version, UINT32_MAX, &version) ||
	    visit->match.keyid.len != KEY_ID_TEXT_SIZE - 1 ||
	    !key_id_parse(visit->match.keyid, &wanted.key_id))
		return nothing_here(why);
	if (!reading_keyset_version(visit->txn, (uint32_t)version, &file))
		return store_check(visit->txn, why) && nothing_here(why);
	hash = hash_of(file);
	reading_visit_signatures(visit->txn, &hash, pick, &wanted);
	if (!str_given(wanted.file))
		return store_check(visit->txn, why) && nothing_here(why);
	public_send(visit, PLAIN, LIVE, 0, wanted.file);
	return true;
}

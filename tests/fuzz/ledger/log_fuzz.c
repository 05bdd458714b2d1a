/* What the public log's readers take from strangers: a checkpoint, a proof, a leaf, a tile's
 * address, a bundle of them. */
#include "fuzz/fuzz.h"

#include <communique/bundle.h>
#include <communique/leaf.h>
#include <communique/proof.h>
#include <communique/tile.h>

static void check_checkpoint(struct str file)
{
	struct fault why = { .kind = NO_FAULT };
	struct checkpoint checkpoint;
	struct note note;
	uint64_t grown;

	if (!checkpoint_parse(file, &checkpoint, &why))
		fuzz_refused(&why);
	why.kind = NO_FAULT;
	if (!note_parse_signatures(file, &note, &why))
		fuzz_refused(&why);
	witness_size(file, &grown, NULL);
}

static void check_proof(struct str file)
{
	struct fault why = { .kind = NO_FAULT };
	struct vkey nobody = { .name = STR("press.example/log") };
	struct checkpoint checkpoint;
	struct log_proof proof;

	if (log_proof_parse(file, &proof, &why))
		must(!log_proof_check(&proof, STR("leaf"), &nobody, &checkpoint, &why));
	fuzz_refused(&why);
}

/* One that is accepted is written the same again. */
static void check_leaf(struct str text)
{
	struct fault why = { .kind = NO_FAULT };
	static struct leaf leaf;
	struct buf again;

	buf_init(&again, LEAF_MAX);
	if (leaf_parse(text, &leaf, &why)) {
		leaf_format(&leaf, &again);
		must(str_equal(buf_str(&again), text));
	} else {
		fuzz_refused(&why);
	}
	buf_release(&again);
}

static void check_tile(struct str path)
{
	struct tile tile;
	struct buf again;

	buf_init(&again, 256);
	if (tile_parse(path, &tile)) {
		tile_format(&tile, &again);
		must(str_equal(buf_str(&again), path));
	}
	buf_release(&again);
}

static void check_bundle(struct str bundle)
{
	struct fault why = { .kind = NO_FAULT };
	struct str rest = bundle, name, bytes;
	bool found, ok;

	while ((ok = bundle_next(&rest, &found, &name, &bytes, &why)) && found)
		must(name.len > 0 && name.len < 100 && bytes.len <= bundle.len);
	if (!ok)
		fuzz_refused(&why);
	rest = bundle;
	while (entries_next(&rest, &bytes))
		must(bytes.len < bundle.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str file = fuzz_input(bytes, size);

	check_checkpoint(file);
	check_proof(file);
	check_leaf(file);
	check_tile(file);
	check_bundle(file);
	return 0;
}

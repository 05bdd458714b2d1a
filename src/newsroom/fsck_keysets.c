#include "fsck.h"

static void read_keyset(struct fsck *fsck, uint32_t version, const struct keyset_row *row)
{
	struct keyset **out = &fsck->keysets[version - 1];
	struct fault why;
	char name[32];
	struct str file;

	snprintf(name, sizeof name, "key set %u", version);
	if (!fsck_file(fsck, &row->hash, name, &file))
		return;
	if (!keyset_parse(&fsck->arena, file, out, &why)) {
		fsck_says(fsck, "%s: it cannot be read: %s", name, why.says);
		*out = NULL;
	} else if ((*out)->version != version) {
		fsck_says(fsck, "%s: its file is version %u", name, (*out)->version);
		*out = NULL;
	} else if (!str_equal((*out)->site, fsck->newsroom->site)) {
		fsck_says(fsck, "%s: it is of the site %s", name, QUOTE((*out)->site));
	}
}

/* Both root quorums: its own and that of the set before. */
static void check_signed(struct fsck *fsck, const struct keyset *keyset,
			 const struct keyset *before, bool in_force)
{
	struct quorum own, old;
	struct signer signers[SIGNATURES_PER_FILE_MAX];
	struct fault why;
	char name[32];
	size_t count;

	snprintf(name, sizeof name, "key set %u", keyset->version);
	quorum_begin(&own, keyset, QUORUM_ROOT);
	fsck_signatures(fsck, &keyset->hash, keyset->text, keyset, before, &own, name);
	if (!in_force)
		return;
	if (!quorum_reached(&own))
		fsck_says(fsck, "%s: it is in force without enough of its roots", name);
	if (!before)
		return;
	quorum_begin(&old, before, QUORUM_ROOT);
	if (!signers_of(fsck->txn, &keyset->hash, before, &fsck->arena, signers, &count, &old,
			&why) ||
	    !quorum_reached(&old))
		fsck_says(fsck, "%s: it is in force without enough roots of the one before", name);
}

static void check_keyset(struct fsck *fsck, struct str key, struct str value)
{
	uint32_t version = ++fsck->keyset_count;
	struct keyset *keyset, *before;
	struct keyset_row row;
	struct fault why;

	if (key.len != 4 || get_be32(key.at) != version) {
		fsck_says(fsck, "KEYSETS: version %u is missing", version);
		return;
	}
	if (!unpack_keyset(value, &row, &why)) {
		fsck_says(fsck, "KEYSETS: the row of version %u cannot be read", version);
		return;
	}
	read_keyset(fsck, version, &row);
	keyset = fsck->keysets[version - 1];
	before = version > 1 ? fsck->keysets[version - 2] : NULL;
	if (!keyset)
		return;
	if ((version == 1 || before) && !keyset_follows(keyset, before, &why))
		fsck_says(fsck, "key set %u does not follow the one before: %s", version, why.says);
	if (row.in_force && fsck->in_force + 1 != version)
		fsck_says(fsck, "key set %u is in force, the one before is not", version);
	if (row.in_force)
		fsck->in_force = version;
	check_signed(fsck, keyset, before, row.in_force);
}

void fsck_keysets(struct fsck *fsck)
{
	struct store_key key = key_meta("keyset");
	uint32_t version = 0;
	struct str value;

	fsck->keysets = arena_array(&fsck->arena, store_count(fsck->txn, TABLE_KEYSETS) + 1,
				    sizeof *fsck->keysets);
	fsck_walk(fsck, TABLE_KEYSETS, check_keyset);
	if (store_get(fsck->txn, TABLE_META, &key, &value))
		version = value.len == 4 ? get_be32(value.at) : UINT32_MAX;
	if (version != fsck->in_force)
		fsck_says(fsck, "META: key set %u is said to be in force, it is %u", version,
			  fsck->in_force);
}

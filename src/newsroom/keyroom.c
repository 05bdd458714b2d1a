#include "desk.h"

/* META "keyset": the version in force, u32. Absent: none is yet. */
static bool version_in_force(struct store_txn *txn, uint32_t *version)
{
	struct store_key key = key_meta("keyset");
	struct str value;

	if (!store_get(txn, TABLE_META, &key, &value) || value.len != 4)
		return false;
	*version = get_be32(value.at);
	return true;
}

static bool row_in_force(struct store_txn *txn, uint32_t version, struct keyset_row *row)
{
	struct store_key key = key_version(version);
	struct str value;

	return store_get(txn, TABLE_KEYSETS, &key, &value) && unpack_keyset(value, row, NULL) &&
	       row->in_force;
}

bool reading_keyset_version(struct store_txn *txn, uint32_t version, struct str *file)
{
	struct keyset_row row;

	return row_in_force(txn, version, &row) && reading_file(txn, &row.hash, file);
}

bool reading_beginning(struct store_txn *txn, int64_t *out)
{
	struct keyset_row row;

	if (!row_in_force(txn, 1, &row))
		return false;
	*out = row.saved_at;
	return true;
}

bool reading_keyset(struct store_txn *txn, uint32_t *version, struct str *file)
{
	return version_in_force(txn, version) && reading_keyset_version(txn, *version, file);
}

bool keyset_of_version(struct store_txn *txn, uint32_t version, struct arena *arena,
		       struct keyset **out, struct keyset_row *row, struct fault *why)
{
	struct store_key key = key_version(version);
	struct str value, file;

	*out = NULL;
	if (!store_get(txn, TABLE_KEYSETS, &key, &value))
		return store_check(txn, why);
	if (!unpack_keyset(value, row, why))
		return false;
	if (!reading_file(txn, &row->hash, &file))
		return fail(why, BROKEN, "the bytes of key set %u are missing", version);
	return keyset_parse(arena, arena_copy(arena, file), out, why);
}

bool keyset_in_force(struct store_txn *txn, struct arena *arena, struct keyset **out,
		     struct fault *why)
{
	struct keyset_row row;
	uint32_t version;

	*out = NULL;
	if (!version_in_force(txn, &version))
		return store_check(txn, why);
	return keyset_of_version(txn, version, arena, out, &row, why);
}

bool key_find(struct store_txn *txn, struct arena *arena, const struct key_id *id,
	      struct keyset_key *out, struct fault *why)
{
	const struct keyset_key *key = NULL;
	struct keyset *keyset = NULL;
	struct keyset_row row;

	if (!keyset_in_force(txn, arena, &keyset, why))
		return false;
	/* Before the first set is in force, those it names may ask for its signing. */
	if (!keyset && !keyset_of_version(txn, 1, arena, &keyset, &row, why))
		return false;
	key = keyset ? keyset_find(keyset, id) : NULL;
	if (!key)
		return fail(why, KEY_UNKNOWN, "the key %s is not in the key set", KEY_ID_TEXT(id));
	if (key->state != KEY_GOOD)
		return fail(why, KEY_UNKNOWN, "the key %s is revoked", KEY_ID_TEXT(id));
	*out = *key;
	return true;
}

bool newsroom_find_key(struct newsroom *newsroom, struct arena *arena, const struct key_id *id,
		       struct keyset_key *out, struct fault *why)
{
	struct store_txn *txn = NULL;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = key_find(txn, arena, id, out, why);
	store_read_end(&txn);
	return ok;
}

/* --- a new set -------------------------------------------------------------------------- */

static void put_keyset(struct store_txn *txn, const struct keyset *keyset, bool in_force,
		       int64_t now)
{
	struct store_key key = key_version(keyset->version), file = key_hash(&keyset->hash);
	struct keyset_row row = { keyset->hash, in_force, now };
	struct buf packed;

	buf_init(&packed, RECORD_MAX);
	pack_keyset(&packed, &row);
	store_put(txn, TABLE_KEYSETS, &key, buf_str(&packed));
	store_put(txn, TABLE_FILES, &file, keyset->text);
	buf_release(&packed);
}

/* Counts one of the two root quorums that a set needs. */
static bool count_roots(struct store_txn *txn, const struct keyset *signed_by,
			const struct hash *hash, struct arena *arena, struct keyset_status *status,
			size_t *have, size_t *need, struct fault *why)
{
	struct quorum quorum;

	quorum_begin(&quorum, signed_by, QUORUM_ROOT);
	if (!signers_of(txn, hash, signed_by, arena, status->signers, &status->signer_count,
			&quorum, why))
		return false;
	*have = quorum.have;
	*need = quorum.need;
	return true;
}

/* `accepted`: its roots have signed; a row says so for ever, also when the next set came. */
static bool tell_keyset(struct store_txn *txn, const struct keyset *keyset, bool accepted,
			struct arena *arena, struct keyset_status *out, struct fault *why)
{
	struct keyset *before = NULL;
	struct keyset_row row;
	uint32_t now = 0;
	bool is_now = version_in_force(txn, &now) && now == keyset->version;

	*out = (struct keyset_status){ .version = keyset->version,
				       .hash = keyset->hash,
				       .in_force = accepted && is_now,
				       .superseded = accepted && !is_now };
	if (keyset->version > 1 &&
	    !keyset_of_version(txn, keyset->version - 1, arena, &before, &row, why))
		return false;
	if (before && !count_roots(txn, before, &keyset->hash, arena, out, &out->have_now,
				   &out->need_now, why))
		return false;
	return count_roots(txn, keyset, &keyset->hash, arena, out, &out->have, &out->need, why);
}

struct keeping {
	const struct newsroom *newsroom;
	struct act act; /* its moment is the one inside the transaction */
	const struct keyset *keyset;
	uint32_t version;
	const struct key_id *key_id;
	struct str signature_file;
	struct signature signature;
	struct arena *arena;
	struct keyset_status *out;
	bool created;
};

static bool check_site(const struct newsroom *newsroom, const struct keyset *keyset,
		       struct fault *why)
{
	if (str_equal(keyset->site, newsroom->site))
		return true;
	return fail(why, SITE_MISMATCH, "the key set is for %s, this is %s", QUOTE(keyset->site),
		    QUOTE(newsroom->site));
}

/* What waits for the roots' signatures is theirs to change; and the first set is the one that
 * init made, whose hash is on paper. */
static bool may_propose(const struct act *act, const struct keyset *now, struct fault *why)
{
	if (!now)
		return fail(why, KEYS_CHANGED, "key set 1 is the one that init has made");
	return (act->roles & ROLE_ROOT) ||
	       fail(why, ROLE_MISSING, "a key set is handed in by a root");
}

static bool save_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct keeping *keeping = ctx;
	struct keyset *now, *there;
	struct keyset_row row;

	if (!act_begin(txn, &keeping->act, why) ||
	    !keyset_in_force(txn, keeping->arena, &now, why) ||
	    !keyset_of_version(txn, keeping->version, keeping->arena, &there, &row, why))
		return false;
	if (there && row.in_force && !hash_equal(&there->hash, &keeping->keyset->hash))
		return fail(why, KEYS_CHANGED, "version %u is in force and cannot change",
			    keeping->version);
	if (!(there && row.in_force) && !keyset_follows(keeping->keyset, now, why))
		return false;
	if (!(there && hash_equal(&there->hash, &keeping->keyset->hash)) &&
	    !may_propose(&keeping->act, now, why))
		return false;
	keeping->created = !there;
	if (!there || !hash_equal(&there->hash, &keeping->keyset->hash)) {
		if (there) {
			struct store_key file = key_hash(&there->hash);

			signatures_drop(txn, &there->hash);
			store_delete(txn, TABLE_FILES, &file);
		}
		put_keyset(txn, keeping->keyset, false, keeping->act.now);
	}
	act_done(txn, &keeping->act);
	return tell_keyset(txn, keeping->keyset, there && row.in_force, keeping->arena,
			   keeping->out, why);
}

bool newsroom_save_keyset(struct newsroom *newsroom, const struct act *act, uint32_t version,
			  struct str file, struct arena *arena, struct keyset_status *out,
			  bool *created, struct fault *why)
{
	struct keeping keeping = { .act = *act, .version = version, .arena = arena, .out = out };
	struct keyset *keyset;

	if (!keyset_parse(arena, file, &keyset, why) || !check_site(newsroom, keyset, why))
		return false;
	if (keyset->version != version)
		return fail(why, KEYS_MALFORMED, "the file is version %u, the address says %u",
			    keyset->version, version);
	keeping.keyset = keyset;
	if (!store_write(newsroom->store, save_work, &keeping, why))
		return false;
	*created = keeping.created;
	return true;
}

/* --- its signatures ------------------------------------------------------------------------- */

/* A root of this set or of the one before it; both count, each for its own quorum. */
static const struct keyset_key *find_root(const struct keyset *keyset, const struct keyset *before,
					  const struct key_id *id)
{
	const struct keyset_key *key = keyset_find(keyset, id);

	if (key && key->state == KEY_GOOD && (key->roles & ROLE_ROOT))
		return key;
	key = before ? keyset_find(before, id) : NULL;
	return key && key->state == KEY_GOOD && (key->roles & ROLE_ROOT) ? key : NULL;
}

/* The checkpoint by the new key comes with the leaf of the set that names it, and the leaf not
 * before the log's clock. */
static bool check_clock(struct store_txn *txn, const struct keyset *keyset,
			const struct keyset *now, int64_t when, struct fault *why)
{
	int64_t wait = now && !str_equal(now->log, keyset->log) ? due_moment(txn, when) - when : 0;

	return wait == 0 || fail(why, BUSY,
				 "the server's clock is %lld seconds behind its log, and the log "
				 "gets another key: sign it again then, or have the clock set",
				 (long long)wait);
}

static void put_in_force(struct store_txn *txn, const struct keyset *keyset, int64_t now)
{
	struct store_key key = key_meta("keyset");
	int64_t moment = due_moment(txn, now);
	char version[4];

	put_be32(version, keyset->version);
	put_keyset(txn, keyset, true, moment);
	store_put(txn, TABLE_META, &key, (struct str){ version, sizeof version });
	due_add_keyset(txn, keyset->version, moment);
}

static bool sign_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct keeping *keeping = ctx;
	struct keyset *keyset, *now;
	struct keyset_row row;
	const struct keyset_key *root;
	struct keyset_status *out = keeping->out;

	if (!act_begin(txn, &keeping->act, why) ||
	    !keyset_of_version(txn, keeping->version, keeping->arena, &keyset, &row, why) ||
	    !keyset_in_force(txn, keeping->arena, &now, why))
		return false;
	if (!keyset)
		return fail(why, NOT_FOUND, "there is no key set %u", keeping->version);
	root = find_root(keyset, row.in_force ? NULL : now, keeping->key_id);
	if (!root)
		return fail(why, ROLE_MISSING, "the key %s is not a root's",
			    KEY_ID_TEXT(keeping->key_id));
	if (!signature_verify(&keeping->signature, &root->key, keyset->text, why) ||
	    !signature_keep(txn, &keyset->hash, keeping->key_id, keeping->signature_file,
			    keeping->act.now, why) ||
	    !leaf_fits_keyset(txn, keyset, keeping->act.now, why) ||
	    !tell_keyset(txn, keyset, row.in_force, keeping->arena, out, why))
		return false;
	if (!row.in_force && out->have >= out->need && out->have_now >= out->need_now) {
		/* Another version may have come into force since this one was saved. */
		if (!keyset_follows(keyset, now, why) ||
		    !check_clock(txn, keyset, now, keeping->act.now, why))
			return false;
		put_in_force(txn, keyset, keeping->act.now);
		if (!logbook_extend(txn, keeping->newsroom, keeping->act.now, why))
			return false;
		out->in_force = true;
	}
	act_done(txn, &keeping->act);
	return true;
}

bool newsroom_sign_keyset(struct newsroom *newsroom, const struct act *act, uint32_t version,
			  const struct key_id *key_id, struct str signature, struct arena *arena,
			  struct keyset_status *out, struct fault *why)
{
	struct keeping keeping = { .newsroom = newsroom,
				   .act = *act,
				   .version = version,
				   .key_id = key_id,
				   .signature_file = signature,
				   .arena = arena,
				   .out = out };

	if (!signature_parse(signature, &keeping.signature, why)) {
		if (why)
			why->kind = SIGNATURE_WRONG;
		return false;
	}
	if (!key_id_equal(&keeping.signature.id, key_id))
		return fail(why, SIGNATURE_WRONG, "the signature is by %s, the address says %s",
			    KEY_ID_TEXT(&keeping.signature.id), KEY_ID_TEXT(key_id));
	return logbook_write(newsroom, sign_work, &keeping, why);
}

/* --- lists --------------------------------------------------------------------------------------
 */

bool newsroom_visit_keysets(struct newsroom *newsroom, keyset_visitor *visit, void *ctx,
			    struct fault *why)
{
	struct store_txn *txn = NULL;
	struct arena arena;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	arena_init(&arena);
	ok = true;
	for (uint32_t version = 1; ok; version++) {
		struct keyset_status status;
		struct keyset_row row;
		struct keyset *keyset;

		ok = keyset_of_version(txn, version, &arena, &keyset, &row, why);
		if (!ok || !keyset)
			break;
		ok = tell_keyset(txn, keyset, row.in_force, &arena, &status, why) &&
		     visit(ctx, &status, keyset->text, why);
	}
	arena_release(&arena);
	store_read_end(&txn);
	return ok;
}

/* --- the empty store ----------------------------------------------------------------------------
 */

struct creating {
	const struct newsroom *newsroom;
	const struct keyset *keyset;
	int64_t now;
};

static bool create_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	const struct creating *creating = ctx;
	struct store_key key = key_meta("site");

	(void)why;
	store_insert(txn, TABLE_META, &key, creating->newsroom->site);
	put_keyset(txn, creating->keyset, false, creating->now);
	return true;
}

bool newsroom_create(struct newsroom *newsroom, struct str file, int64_t now, struct fault *why)
{
	struct creating creating = { .newsroom = newsroom, .now = now };
	struct keyset *keyset;
	struct arena arena;
	bool ok;

	arena_init(&arena);
	ok = keyset_parse(&arena, file, &keyset, why) && check_site(newsroom, keyset, why) &&
	     keyset_follows(keyset, NULL, why);
	if (ok) {
		creating.keyset = keyset;
		ok = store_write(newsroom->store, create_work, &creating, why);
	}
	arena_release(&arena);
	return ok;
}

static bool check_site_of_store(struct store_txn *txn, struct str site, struct fault *why)
{
	struct store_key key = key_meta("site");
	struct str value;

	if (!store_get(txn, TABLE_META, &key, &value))
		return store_check(txn, why) &&
		       fail(why, BROKEN, "the store has no site: was it made by communiqued init?");
	if (!str_equal(value, site))
		return fail(why, CONFLICT,
			    "the store is of the site \"%s\", and the configuration of \"%s\"",
			    QUOTE(value), QUOTE(site));
	return true;
}

bool newsroom_check(struct newsroom *newsroom, struct fault *why)
{
	struct store_txn *txn = NULL;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = check_site_of_store(txn, newsroom->site, why);
	store_read_end(&txn);
	return ok;
}

#include "desk.h"
#include "index.h"

struct signing {
	const struct newsroom *newsroom;
	struct act act; /* its moment is the one inside the transaction */
	const struct draft_sign *sign;
	struct signature signature;
	struct arena *arena;
	struct draft *out;
};

/* The key may sign files: it is known, good, and of an editor. */
static bool find_signer(const struct keyset *keyset, const struct key_id *id,
			const struct keyset_key **out, struct fault *why)
{
	const struct keyset_key *key = keyset ? keyset_find(keyset, id) : NULL;

	if (!keyset)
		return fail(why, DENIED,
			    "no key set is in force yet; its roots have to sign one first "
			    "(communique keys sign, communique keys publish)");
	if (!key)
		return fail(why, SIGNATURE_WRONG, "the key %s is not in the key set in force",
			    KEY_ID_TEXT(id));
	if (key->state != KEY_GOOD)
		return fail(why, SIGNATURE_WRONG, "the key %s is revoked", KEY_ID_TEXT(id));
	if (!(key->roles & (ROLE_AUTHOR | ROLE_APPROVER)))
		return fail(why, ROLE_MISSING,
			    "the key %s is neither an author's nor an approver's", KEY_ID_TEXT(id));
	*out = key;
	return true;
}

static bool check_match(const struct draft_sign *sign, const struct hash *there, struct fault *why)
{
	if (!sign->if_match_given)
		return fail(why, PRECONDITION_REQUIRED,
			    "say with If-Match which bytes were signed: \"%s\"", HASH_TEXT(there));
	if (!hash_equal(&sign->if_match, there))
		return fail(why, PRECONDITION_FAILED,
			    "the draft has changed; it has the hash %s now", HASH_TEXT(there));
	return true;
}

/* Over the bytes held, not over any that were sent. */
static bool verify(struct store_txn *txn, const struct signing *signing,
		   const struct keyset *keyset, const struct hash *hash, struct str *file,
		   struct fault *why)
{
	const struct keyset_key *key = NULL;

	if (!reading_file(txn, hash, file))
		return fail(why, BROKEN, "the bytes of a draft are missing");
	return find_signer(keyset, &signing->signature.id, &key, why) &&
	       signature_verify(&signing->signature, &key->key, *file, why);
}

static bool publish_if_complete(struct store_txn *txn, struct signing *signing,
				const struct keyset *keyset, const struct hash *hash,
				struct str file, struct fault *why)
{
	struct quorum quorum;
	struct signer signers[SIGNATURES_PER_FILE_MAX];
	struct revision revision;
	struct release *release;
	size_t count;

	if (!release_parse(signing->arena, file, &release, why) ||
	    !leaf_fits_release(txn, release, hash, why))
		return false;
	quorum_begin(&quorum, keyset, quorum_of(release->change));
	if (!signers_of(txn, hash, keyset, signing->arena, signers, &count, &quorum, why))
		return false;
	if (!quorum_reached(&quorum))
		return true;
	if (keyset->expires <= signing->act.now)
		return fail(why, DENIED,
			    "the key set has expired: its roots must sign a new version first");
	if (!publish_accept(txn, release, hash, keyset, signing->act.now, signing->arena, &revision,
			    why))
		return false;
	if (signing->newsroom->outbox)
		outbox_add(txn, &revision);
	return logbook_extend(txn, signing->newsroom, signing->act.now, why);
}

/* There is no draft any more. For the very bytes that became a revision the answer is how
 * that stands: to the signature that published, sent again, and to one that came a moment too
 * late to be needed. The late one is checked and not kept: what was published is closed. */
static bool answer_again(struct store_txn *txn, const struct signing *signing,
			 const struct keyset *keyset, struct fault *why)
{
	const struct draft_sign *sign = signing->sign;
	struct revision revision;
	struct str file;

	if (!latest_revision(txn, sign->edition, &revision))
		return store_check(txn, why) &&
		       fail(why, NOT_FOUND, "there is no draft of %s in %s",
			    QUOTE(sign->edition.slug), QUOTE(sign->edition.language));
	return check_match(sign, &revision.hash, why) &&
	       (signature_is_kept(txn, &revision.hash, &sign->key_id) ||
		verify(txn, signing, keyset, &revision.hash, &file, why)) &&
	       draft_tell_revision(txn, &revision, signing->act.now, signing->arena, signing->out,
				   why);
}

static bool sign_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct signing *signing = ctx;
	const struct draft_sign *sign = signing->sign;
	struct store_key key = key_edition(sign->edition);
	struct keyset *keyset;
	struct draft_row draft;
	struct str row, file;

	if (!act_begin(txn, &signing->act, why) ||
	    !keyset_in_force(txn, signing->arena, &keyset, why))
		return false;
	if (!store_get(txn, TABLE_DRAFTS, &key, &row)) {
		if (!answer_again(txn, signing, keyset, why))
			return false;
		act_done(txn, &signing->act);
		return true;
	}
	if (!unpack_draft(row, &draft, why) || !check_match(sign, &draft.hash, why) ||
	    !verify(txn, signing, keyset, &draft.hash, &file, why))
		return false;
	/* The first write moves what the map holds: the file is copied before. */
	file = arena_copy(signing->arena, file);
	if (!signature_keep(txn, &draft.hash, &sign->key_id, sign->signature, signing->act.now,
			    why) ||
	    !publish_if_complete(txn, signing, keyset, &draft.hash, file, why))
		return false;
	act_done(txn, &signing->act);
	return draft_tell(txn, sign->edition, signing->act.now, signing->arena, signing->out, why);
}

bool newsroom_sign_draft(struct newsroom *newsroom, const struct act *act,
			 const struct draft_sign *sign, struct arena *arena, struct draft *out,
			 struct fault *why)
{
	struct signing signing = {
		.newsroom = newsroom, .act = *act, .sign = sign, .arena = arena, .out = out
	};

	if (!signature_parse(sign->signature, &signing.signature, why)) {
		if (why)
			why->kind = SIGNATURE_WRONG;
		return false;
	}
	if (!key_id_equal(&signing.signature.id, &sign->key_id))
		return fail(why, SIGNATURE_WRONG, "the signature is by %s, the address says %s",
			    KEY_ID_TEXT(&signing.signature.id), KEY_ID_TEXT(&sign->key_id));
	if (!logbook_write(newsroom, sign_work, &signing, why))
		return false;
	index_merge_much(newsroom, signing.act.now);
	return true;
}

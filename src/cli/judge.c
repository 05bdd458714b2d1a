#include <communique/clock.h>
#include <communique/proof.h>

#include "judge.h"
#include "leaf_fits.h"

/* --- the file and who signed it --------------------------------------------------- */

struct release *judge_file(struct verdict *verdict, struct str file)
{
	struct fault fault = { .kind = NO_FAULT };
	struct release *release = NULL;
	struct hash hash = hash_of(file);

	if (!release_parse(verdict->arena, file, &release, &fault)) {
		release = NULL;
		verdict_add(verdict, MARK_BAD, "file", "%s", fault.says);
		verdict_fail(verdict, "this is no release file");
	} else {
		verdict_add(verdict, MARK_GOOD, "file", "%.*s/%.*s, revision %u, of %.*s%s%.*s",
			    STR_ARG(release->language), STR_ARG(release->slug), release->revision,
			    STR_ARG(release->site), release->change == CHANGE_FIRST ? "" : ", a ",
			    STR_ARG(change_word(release->change)));
	}
	verdict_add(verdict, MARK_FACT, "sha256", "%s", HASH_TEXT(&hash));
	return release;
}

enum quorum_of judge_which_quorum(const struct release *release)
{
	return release && (release->change == CHANGE_WITHDRAWAL || release->change == CHANGE_KILL)
		       ? QUORUM_WITHDRAW
		       : QUORUM_PUBLISH;
}

static const char *state_words(enum key_state state)
{
	switch (state) {
	case KEY_GOOD:
		return "has not the role";
	case KEY_LOST:
		return "is lost";
	case KEY_LEFT:
		return "is of somebody who left";
	case KEY_COMPROMISED:
		return "is compromised";
	}
	return "";
}

void judge_unreadable(struct verdict *verdict, const struct fault *fault)
{
	verdict_add(verdict, MARK_BAD, "signature", "%s", fault->says);
	verdict_fail(verdict, "a signature cannot be read");
}

void judge_signature(struct verdict *verdict, struct quorum *quorum, struct str file,
		     const struct signature *signature)
{
	const struct keyset_key *key = keyset_find(quorum->keyset, &signature->id);
	struct fault fault = { .kind = NO_FAULT };

	if (!key) {
		verdict_add(verdict, MARK_BAD, "signature", "key %s is not in the key set",
			    KEY_ID_TEXT(&signature->id));
	} else if (!signature_verify(signature, &key->key, file, &fault)) {
		verdict_add(verdict, MARK_BAD, "signature", "%.*s, key %s: %s",
			    STR_ARG(key->holder), KEY_ID_TEXT(&signature->id), fault.says);
		verdict_fail(verdict, "a signature does not fit the file");
	} else if (!quorum_add(quorum, &signature->id)) {
		verdict_add(verdict, MARK_BAD, "signature",
			    "%.*s, key %s: it fits, but the key %s and does not count",
			    STR_ARG(key->holder), KEY_ID_TEXT(&signature->id),
			    state_words(key->state));
	} else {
		verdict_add(verdict, MARK_GOOD, "signature", "%.*s, key %s, %.*s",
			    STR_ARG(key->holder), KEY_ID_TEXT(&signature->id),
			    STR_ARG(signature->trusted_comment));
	}
}

void judge_quorum(struct verdict *verdict, const struct quorum *quorum)
{
	bool reached = quorum_reached(quorum);

	verdict_add(verdict, reached ? MARK_GOOD : MARK_BAD, "quorum", "%zu of %zu holder%s%s",
		    quorum->have, quorum->need, quorum->need == 1 ? "" : "s",
		    quorum->approver && quorum->need > 1 ? ", an approver among them" : "");
	if (reached)
		return;
	if (quorum->have < quorum->need)
		verdict_fail(verdict, "%zu of %zu signatures that count", quorum->have,
			     quorum->need);
	verdict_fail(verdict, "no approver has signed");
}

/* --- key history ------------------------------------------------------------------ */

static bool parse_signatures(const struct dossier_signed *signed_file, struct signature *out,
			     struct fault *why)
{
	for (size_t i = 0; i < signed_file->signature_count; i++) {
		if (!signature_parse(signed_file->signatures[i], &out[i], why))
			return false;
	}
	return true;
}

static bool build_chain(struct verdict *verdict, const struct dossier *dossier,
			struct keychain *chain)
{
	struct signature signatures[SIGNATURES_PER_FILE_MAX];
	struct fault fault = { .kind = NO_FAULT };

	keychain_init(chain, verdict->arena);
	for (size_t i = 0; i < dossier->keyset_count; i++) {
		const struct dossier_signed *keyset = &dossier->keysets[i];

		if (parse_signatures(keyset, signatures, &fault) &&
		    keychain_add(chain, keyset->text, signatures, keyset->signature_count, &fault))
			continue;
		verdict_add(verdict, MARK_BAD, "keys", "version %zu: %s", i + 1, fault.says);
		verdict_fail(verdict, "key set %zu is not one of this site's history", i + 1);
		return false;
	}
	if (chain->count == 1)
		verdict_add(verdict, MARK_GOOD, "keys", "version 1 of %.*s, signed by its roots",
			    STR_ARG(chain->sets[0]->site));
	else
		verdict_add(
			verdict, MARK_GOOD, "keys",
			"versions 1 to %zu of %.*s, each admitted by the roots of the one before",
			chain->count, STR_ARG(chain->sets[0]->site));
	return true;
}

static bool has_keyset(const struct keychain *chain, const struct keyset *keyset)
{
	const struct keyset *own = keychain_find(chain, keyset->version);

	return own && hash_equal(&own->hash, &keyset->hash);
}

static void judge_trust(struct verdict *verdict, const struct keychain *chain,
			const struct trust *trust)
{
	const struct hash *first = &chain->sets[0]->hash;

	if (trust->anchor && !hash_equal(trust->anchor, first)) {
		verdict_add(verdict, MARK_BAD, "anchor", "version 1 has the SHA-256 %s",
			    HASH_TEXT(first));
		verdict_fail(verdict,
			     "the key history does not begin at the anchor: these are keys "
			     "of somebody else");
	} else if (trust->keyset && !has_keyset(chain, trust->keyset)) {
		verdict_add(verdict, MARK_BAD, "anchor",
			    "the key set that was given, version %u of "
			    "%.*s, is not in this history",
			    trust->keyset->version, STR_ARG(trust->keyset->site));
		verdict_fail(verdict,
			     "the key history is not the one of the key set that was given");
	} else if (trust->anchor) {
		verdict_add(verdict, MARK_GOOD, "anchor", "version 1 is the anchor's own");
	} else if (trust->keyset) {
		verdict_add(verdict, MARK_GOOD, "anchor", "version %u is the one that was given",
			    trust->keyset->version);
	} else {
		verdict_add(verdict, MARK_FACT, "anchor", "%s, the SHA-256 of version 1",
			    HASH_TEXT(first));
		verdict_provide(verdict, "this is the anchor that the office prints: say it with "
					 "--anchor");
	}
}

/* --- what the log says ------------------------------------------------------------ */

static bool judge_leaf(struct verdict *verdict, const struct dossier *dossier,
		       struct finding *found)
{
	struct fault fault = { .kind = NO_FAULT };
	char time[TIME_SIZE];

	if (!leaf_parse(dossier->release.leaf, &found->leaf, &fault) ||
	    !leaf_fits(&found->leaf, found->release, &found->keys, &fault)) {
		verdict_add(verdict, MARK_BAD, "leaf", "%s", fault.says);
		verdict_fail(verdict, "what the log holds is not this file");
		return false;
	}
	verdict_add(verdict, MARK_GOOD, "leaf", "of this file, public since %.*s, under key set %u",
		    STR_ARG(time_format(time, found->leaf.time)), found->leaf.keys);
	return true;
}

static bool is_same(const struct signature *a, const struct signature *b)
{
	return key_id_equal(&a->id, &b->id) && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0 &&
	       memcmp(a->global, b->global, sizeof a->global) == 0 &&
	       str_equal(a->trusted_comment, b->trusted_comment);
}

/* A .minisig file that the log does not know was put there by somebody else. */
static void judge_copies(struct verdict *verdict, const struct dossier_signed *release,
			 const struct leaf *leaf)
{
	struct signature signatures[SIGNATURES_PER_FILE_MAX];
	struct fault fault = { .kind = NO_FAULT };

	if (!parse_signatures(release, signatures, &fault)) {
		judge_unreadable(verdict, &fault);
		return;
	}
	for (size_t i = 0; i < release->signature_count; i++) {
		bool known = false;

		for (size_t k = 0; k < leaf->signature_count; k++)
			known = known || is_same(&signatures[i], &leaf->signatures[k]);
		if (known)
			continue;
		verdict_add(verdict, MARK_BAD, "signature", "the one of key %s is not in the log",
			    KEY_ID_TEXT(&signatures[i].id));
		verdict_fail(verdict, "a signature was added that the log does not know");
	}
}

static void judge_signers(struct verdict *verdict, const struct dossier *dossier,
			  const struct finding *found)
{
	struct quorum quorum;

	quorum_begin(&quorum, keychain_find(&found->keys, found->leaf.keys),
		     judge_which_quorum(found->release));
	for (size_t i = 0; i < found->leaf.signature_count; i++)
		judge_signature(verdict, &quorum, dossier->release.text,
				&found->leaf.signatures[i]);
	judge_copies(verdict, &dossier->release, &found->leaf);
	judge_quorum(verdict, &quorum);
}

/* A stolen key is found out later than it was used. */
void judge_dispute(struct verdict *verdict, struct finding *found)
{
	const struct keyset_key *by;

	if (found->disputed || !keychain_disputes(&found->keys, &found->leaf, found->index, &by))
		return;
	found->disputed = true;
	verdict_add(
		verdict, MARK_BAD, "disputed",
		"%.*s, key %s, is compromised from index %llu of the log on; this is index %llu",
		STR_ARG(by->holder), KEY_ID_TEXT(&by->key.id), (unsigned long long)by->bad_from,
		(unsigned long long)found->index);
	verdict_fail(verdict, "it is disputed: without a key that was stolen it has no quorum; ask "
			      "the office");
}

static bool judge_proof(struct verdict *verdict, const struct dossier *dossier,
			struct finding *found)
{
	const struct keyset *last = keychain_last(&found->keys);
	struct fault fault = { .kind = NO_FAULT };
	struct hash hash = merkle_leaf(dossier->release.leaf);
	struct log_proof proof;

	if (!log_proof_parse(dossier->release.proof, &proof, &fault) ||
	    !checkpoint_parse(proof.checkpoint, &found->checkpoint, &fault) ||
	    !vkey_parse(last->log, &found->log, &fault) ||
	    !checkpoint_verify(&found->checkpoint, &found->log, &fault)) {
		verdict_add(verdict, MARK_BAD, "checkpoint", "%s", fault.says);
		verdict_fail(verdict, "the checkpoint is not one of the office's log");
		return false;
	}
	found->note = proof.checkpoint;
	found->index = proof.index;
	if (!merkle_check_inclusion(&proof.path, &hash, proof.index, found->checkpoint.size,
				    &found->checkpoint.root, &fault)) {
		verdict_add(verdict, MARK_BAD, "inclusion", "%s", fault.says);
		verdict_fail(verdict, "the file is not in the public log");
		return false;
	}
	verdict_add(verdict, MARK_GOOD, "inclusion", "index %llu of %llu in the log",
		    (unsigned long long)proof.index, (unsigned long long)found->checkpoint.size);
	verdict_add(verdict, MARK_GOOD, "checkpoint", "signed by %.*s", STR_ARG(found->log.name));
	found->in_log = true;
	return true;
}

/* The same checkpoint stands in the proof and in a file of its own. */
static void judge_checkpoint_copy(struct verdict *verdict, const struct dossier *dossier,
				  const struct finding *found)
{
	if (!str_given(dossier->checkpoint) || str_equal(found->note, dossier->checkpoint))
		return;
	verdict_add(verdict, MARK_BAD, "checkpoint",
		    "log/checkpoint is another one than the "
		    "proof's");
	verdict_fail(verdict, "the bundle does not agree with itself");
}

/* --- key sets in the log ---------------------------------------------------------- */

static bool keyset_in_log(const struct dossier_signed *keyset, const struct keyset *parsed,
			  const struct finding *found, uint64_t *index, struct fault *why)
{
	struct hash hash = merkle_leaf(keyset->leaf);
	struct log_proof proof;
	struct leaf leaf;

	if (!str_given(keyset->leaf) || !str_given(keyset->proof))
		return fail(why, INVALID, "its leaf or proof is missing");
	if (!leaf_parse(keyset->leaf, &leaf, why) || !log_proof_parse(keyset->proof, &proof, why))
		return false;
	if (leaf.kind != LEAF_KEYS || leaf.revision != parsed->version ||
	    !hash_equal(&leaf.hash, &parsed->hash))
		return fail(why, INVALID, "its leaf speaks of another file");
	if (!str_equal(proof.checkpoint, found->note))
		return fail(why, INVALID, "its proof leads to another checkpoint");
	*index = proof.index;
	return merkle_check_inclusion(&proof.path, &hash, proof.index, found->checkpoint.size,
				      &found->checkpoint.root, why);
}

/* Those that came into force behind the checkpoint have no leaf in the bundle. */
static size_t count_logged(const struct dossier *dossier)
{
	size_t count = dossier->keyset_count;

	while (count > 0 && !str_given(dossier->keysets[count - 1].leaf) &&
	       !str_given(dossier->keysets[count - 1].proof))
		count--;
	return count;
}

static void judge_keys_in_log(struct verdict *verdict, const struct dossier *dossier,
			      struct finding *found)
{
	size_t logged = count_logged(dossier);
	struct fault fault = { .kind = NO_FAULT };
	uint64_t index = 0, before = 0;

	if (logged < found->leaf.keys)
		verdict_fail(verdict, "key set %u, by which it was accepted, is not in the log",
			     found->leaf.keys);
	for (size_t i = 0; i < logged; i++) {
		if (!keyset_in_log(&dossier->keysets[i], found->keys.sets[i], found, &index,
				   &fault)) {
			verdict_add(verdict, MARK_BAD, "keys", "version %zu in the log: %s", i + 1,
				    fault.says);
			verdict_fail(verdict, "key set %zu is not in the public log", i + 1);
			return;
		}
		if (i > 0 && index <= before)
			verdict_fail(verdict, "key set %zu stands before key set %zu in the log",
				     i + 1, i);
		if (i + 1 == found->leaf.keys && index > found->index)
			verdict_fail(verdict,
				     "the file was published before key set %zu came into force",
				     i + 1);
		if (index < found->index)
			found->in_force = (uint32_t)i + 1;
		before = index;
	}
	verdict_add(verdict, MARK_GOOD, "keys", "in the log up to version %zu, at index %llu%s",
		    logged, (unsigned long long)index,
		    logged < dossier->keyset_count ? "; the later ones came after this checkpoint"
						   : "");
}

/* What was signed before stays signed; but the log does not say when it was signed. */
static void judge_standing(struct verdict *verdict, const struct finding *found)
{
	const struct release *release = found->release;
	struct fault fault = { .kind = NO_FAULT };

	switch (keychain_standing(&found->keys, &found->leaf, found->in_force,
				  release->has_publish_at ? release->publish_at : 0, &fault)) {
	case STANDS:
		return;
	case STANDS_HELD:
		verdict_add(verdict, MARK_FACT, "held",
			    "accepted under key set %u, public under key set %u, by which it "
			    "would have no quorum or which had expired",
			    found->leaf.keys, found->in_force);
		verdict_provide(verdict,
				"it was signed before its signers were revoked or the key set "
				"expired, and held back until its Publish-At: ask the office");
		return;
	case STANDS_NOT:
		verdict_add(verdict, MARK_BAD, "keys", "%s", fault.says);
		verdict_fail(verdict, "it was published by keys that no longer counted");
	}
}

/* --- who else has seen it --------------------------------------------------------- */

/* Whether it has signed. */
static bool judge_witness(struct verdict *verdict, const struct finding *found, struct str line)
{
	struct fault fault = { .kind = NO_FAULT };
	struct vkey witness;
	int64_t when;
	char time[TIME_SIZE];

	if (!vkey_parse(line, &witness, &fault)) {
		verdict_add(verdict, MARK_FACT, "witness", "%s", fault.says);
	} else if (note_verify(&found->checkpoint.note, found->checkpoint.note.text, &witness,
			       &when, &fault)) {
		verdict_add(verdict, MARK_GOOD, "witness", "%.*s saw this log at %.*s",
			    STR_ARG(witness.name), STR_ARG(time_format(time, when)));
		return true;
	} else if (fault.kind == NOT_FOUND) {
		verdict_add(verdict, MARK_FACT, "witness", "%.*s has not signed this checkpoint",
			    STR_ARG(witness.name));
	} else {
		verdict_add(verdict, MARK_BAD, "witness", "%s", fault.says);
		verdict_fail(verdict, "a witness's signature is wrong");
	}
	return false;
}

/* Without any of them the log's key alone could have made a log for this reader. */
static void judge_witnesses(struct verdict *verdict, const struct finding *found)
{
	const struct keyset *last = keychain_last(&found->keys);
	size_t seen = 0;

	for (size_t i = 0; i < last->witness_count; i++)
		seen += judge_witness(verdict, found, last->witnesses[i]);
	if (last->witness_count == 0)
		verdict_add(verdict, MARK_FACT, "witness", "the site names none");
	else if (seen == 0)
		verdict_provide(verdict,
				"others are shown this log, too: none of the key set's witnesses "
				"(%zu) has signed its checkpoint",
				last->witness_count);
}

/* --- all of it -------------------------------------------------------------------- */

void judge_dossier(struct verdict *verdict, const struct dossier *dossier,
		   const struct trust *trust, struct finding *out)
{
	*out = (struct finding){ .release = judge_file(verdict, dossier->release.text) };
	if (!out->release || !build_chain(verdict, dossier, &out->keys))
		return;
	judge_trust(verdict, &out->keys, trust);
	if (!str_equal(out->release->site, out->keys.sets[0]->site))
		verdict_fail(verdict, "the key sets are of another site, %.*s",
			     STR_ARG(out->keys.sets[0]->site));
	if (!judge_leaf(verdict, dossier, out))
		return;
	judge_signers(verdict, dossier, out);
	if (!judge_proof(verdict, dossier, out))
		return;
	judge_checkpoint_copy(verdict, dossier, out);
	judge_keys_in_log(verdict, dossier, out);
	if (out->in_force)
		judge_standing(verdict, out);
	judge_witnesses(verdict, out);
	judge_dispute(verdict, out);
}

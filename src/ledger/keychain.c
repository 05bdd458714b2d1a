#include <communique/clock.h>
#include <communique/keychain.h>

void keychain_init(struct keychain *chain, struct arena *arena)
{
	*chain = (struct keychain){ .arena = arena };
}

const struct keyset *keychain_find(const struct keychain *chain, uint32_t version)
{
	return version >= 1 && version <= chain->count ? chain->sets[version - 1] : NULL;
}

const struct keyset *keychain_last(const struct keychain *chain)
{
	return keychain_find(chain, (uint32_t)chain->count);
}

static void append(struct keychain *chain, struct keyset *keyset)
{
	if (chain->count == chain->room) {
		struct keyset **more;

		chain->room = chain->room ? 2 * chain->room : 8;
		more = arena_array(chain->arena, chain->room, sizeof(struct keyset *));
		if (chain->count)
			memcpy(more, chain->sets, chain->count * sizeof(struct keyset *));
		chain->sets = more;
	}
	chain->sets[chain->count++] = keyset;
}

static bool parse_next(struct keychain *chain, struct str text, struct keyset **out,
		       struct fault *why)
{
	if (!keyset_parse(chain->arena, arena_copy(chain->arena, text), out, why))
		return false;
	if ((*out)->version != chain->count + 1)
		return fail(why, KEYS_MALFORMED, "it says that it is version %u", (*out)->version);
	return keyset_follows(*out, keychain_last(chain), why);
}

bool keychain_add_known(struct keychain *chain, struct str text, struct fault *why)
{
	struct keyset *next;

	if (!parse_next(chain, text, &next, why))
		return false;
	append(chain, next);
	return true;
}

static bool enough_roots(const struct keyset *keyset, const struct signature *signatures,
			 size_t count, struct fault *why)
{
	struct quorum quorum;

	quorum_begin(&quorum, keyset, QUORUM_ROOT);
	for (size_t i = 0; i < count; i++)
		quorum_add(&quorum, &signatures[i].id);
	return quorum_reached(&quorum) ||
	       fail(why, DENIED, "%zu of %zu roots of version %u signed it", quorum.have,
		    quorum.need, keyset->version);
}

bool keychain_add(struct keychain *chain, struct str text, const struct signature *signatures,
		  size_t count, struct fault *why)
{
	const struct keyset *last = keychain_last(chain);
	struct quorum quorum;
	struct keyset *next;

	if (!parse_next(chain, text, &next, why))
		return false;
	/* No key ever vanishes, so the new set knows those of the one before. */
	quorum_begin(&quorum, next, QUORUM_ROOT);
	if (!quorum_count(&quorum, next->text, signatures, count, why) ||
	    !enough_roots(next, signatures, count, why) ||
	    (last && !enough_roots(last, signatures, count, why)))
		return false;
	append(chain, next);
	return true;
}

bool quorum_count(struct quorum *quorum, struct str file, const struct signature *signatures,
		  size_t count, struct fault *why)
{
	for (size_t i = 0; i < count; i++) {
		const struct signature *signature = &signatures[i];
		const struct keyset_key *key = keyset_find(quorum->keyset, &signature->id);

		if (!key)
			return fail(why, KEY_UNKNOWN, "the key %s is not in key set %u",
				    KEY_ID_TEXT(&signature->id), quorum->keyset->version);
		if (!(str_given(file) ? signature_verify(signature, &key->key, file, why)
				      : signature_verify_comment(signature, &key->key, why)))
			return false;
		quorum_add(quorum, &signature->id);
	}
	return true;
}

enum quorum_of leaf_quorum(const struct leaf *leaf)
{
	if (leaf->kind == LEAF_KEYS)
		return QUORUM_ROOT;
	return str_equal(leaf->change, STR("withdrawal")) || str_equal(leaf->change, STR("kill"))
		       ? QUORUM_WITHDRAW
		       : QUORUM_PUBLISH;
}

static bool refuse_standing(const struct quorum *quorum, const struct leaf *leaf, struct fault *why)
{
	const struct keyset *now = quorum->keyset;
	char time[TIME_SIZE];

	if (quorum_reached(quorum))
		return fail(why, DENIED,
			    "key set %u had expired at %.*s, and it was not held back until then",
			    now->version, STR_ARG(time_format(time, now->expires)));
	return fail(why, DENIED,
		    "it names key set %u; by key set %u, in force at its place in the log, "
		    "%zu of %zu holders signed it%s, and it was not held back since before",
		    leaf->keys, now->version, quorum->have, quorum->need,
		    quorum->have < quorum->need ? "" : ", no approver");
}

enum standing keychain_standing(const struct keychain *chain, const struct leaf *leaf,
				uint32_t in_force, int64_t held_until, struct fault *why)
{
	const struct keyset *now = keychain_find(chain, in_force);
	struct quorum quorum;

	if (!now || !keychain_find(chain, leaf->keys) || leaf->keys > in_force) {
		fail(why, INVALID, "it names key set %u, which the log did not have by then",
		     leaf->keys);
		return STANDS_NOT;
	}
	/* No key ever vanishes, so the set knows the signers of those before it. */
	quorum_begin(&quorum, now, leaf_quorum(leaf));
	for (size_t i = 0; i < leaf->signature_count; i++)
		quorum_add(&quorum, &leaf->signatures[i].id);
	if (quorum_reached(&quorum) && leaf->time < now->expires)
		return STANDS;
	if (leaf->time == held_until)
		return STANDS_HELD;
	refuse_standing(&quorum, leaf, why);
	return STANDS_NOT;
}

bool keychain_disputes(const struct keychain *chain, const struct leaf *leaf, uint64_t index,
		       const struct keyset_key **by)
{
	const struct keyset *then = keychain_find(chain, leaf->keys), *now = keychain_last(chain);
	struct quorum quorum;

	*by = NULL;
	if (!then || leaf->kind == LEAF_KEYS)
		return false;
	quorum_begin(&quorum, then, leaf_quorum(leaf));
	for (size_t i = 0; i < leaf->signature_count; i++) {
		const struct keyset_key *key = keyset_find(now, &leaf->signatures[i].id);

		if (key && key->state == KEY_COMPROMISED && key->bad_from <= index)
			*by = key;
		else
			quorum_add(&quorum, &leaf->signatures[i].id);
	}
	return *by && !quorum_reached(&quorum);
}

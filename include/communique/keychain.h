/*
 * keychain - a site's key sets from the first on, each admitted by those before it.
 *
 * Whoever trusts the first, by its SHA-256 on paper, trusts each that follows: version n + 1
 * is signed by enough roots of n and by enough of its own. A reader who checks a bundle, a
 * monitor and the store's own fsck all hold them against each other here.
 *
 * Which signatures count for a file is a question for the set it was accepted under, and for
 * the one in force at its place in the log: otherwise whoever has left, and the office's
 * machine, publish for ever by naming a set of old: keychain_standing(). A key that was found
 * to be stolen later makes what it signed from a certain index of the log on doubtful,
 * whatever the thief wrote as its time: keychain_disputes().
 */
#ifndef COMMUNIQUE_KEYCHAIN_H
#define COMMUNIQUE_KEYCHAIN_H

#include <communique/keyset.h>
#include <communique/leaf.h>

struct keychain {
	struct arena *arena;
	struct keyset **sets; /* version n at n - 1 */
	size_t count, room;
};

void keychain_init(struct keychain *chain, struct arena *arena);

/* The next version, with its signatures. The text is copied. KEYS_MALFORMED, SIGNATURE_WRONG;
 * DENIED: too few roots of it or of the one before. */
bool keychain_add(struct keychain *chain, struct str text, const struct signature *signatures,
		  size_t count, struct fault *why);
/* One whose signatures were verified at another time. */
bool keychain_add_known(struct keychain *chain, struct str text, struct fault *why);

const struct keyset *keychain_find(const struct keychain *chain, uint32_t version); /* NULL */
const struct keyset *keychain_last(const struct keychain *chain);		    /* NULL */

/* Verifies each signature and counts those that count. With `file` STR_NONE only their trusted
 * comments are verified: a leaf tells no content. SIGNATURE_WRONG; KEY_UNKNOWN. */
bool quorum_count(struct quorum *quorum, struct str file, const struct signature *signatures,
		  size_t count, struct fault *why);

/* Which quorum a release's leaf needs, by its change. */
enum quorum_of leaf_quorum(const struct leaf *leaf);

/* How a release's leaf stands to the key sets, given that it has its quorum by its own.
 *
 *	STANDS		by the set in force at its place, too
 *	STANDS_HELD	by its own only, which is right for what was signed, held back, and became
 *			public after its signers were revoked, or their set expired: what was
 *			signed before stays signed. That it was signed before nobody can prove
 *			from outside, so say so to whoever relies on it
 *	STANDS_NOT	neither: DENIED, or INVALID for a set that was not yet there
 *
 * `in_force` is that set's version. `held_until` is the moment that it may have waited for, its
 * Publish-At; what became public at another one was not held back. The stolen key's share is
 * keychain_disputes()'s: it needs no set of old. */
enum standing { STANDS_NOT, STANDS, STANDS_HELD };
enum standing keychain_standing(const struct keychain *chain, const struct leaf *leaf,
				uint32_t in_force, int64_t held_until, struct fault *why);

/* Whether the revision at this index of the log would have had no quorum without keys that the
 * last set says were compromised by then. *by: one of them. */
bool keychain_disputes(const struct keychain *chain, const struct leaf *leaf, uint64_t index,
		       const struct keyset_key **by);

#endif

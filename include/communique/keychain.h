/*
 * keychain - a site's key sets from the first on, each admitted by those before it.
 *
 * Whoever trusts the first, by its SHA-256 on paper, trusts each that follows: version n + 1
 * is signed by enough roots of n and by enough of its own. A reader who checks a bundle, a
 * monitor and the store's own fsck all hold them against each other here.
 *
 * Which signatures count for a file is a question for the set it was accepted under. A key
 * that was found to be stolen later makes what it signed from a certain index of the log on
 * doubtful, whatever the thief wrote as its time: keychain_disputes().
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

/* Whether the revision at this index of the log would have had no quorum without keys that the
 * last set says were compromised by then. *by: one of them. */
bool keychain_disputes(const struct keychain *chain, const struct leaf *leaf, uint64_t index,
		       const struct keyset_key **by);

#endif

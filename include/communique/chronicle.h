/*
 * chronicle - the log read from its beginning, each leaf held against those before it.
 *
 * That a leaf is in the log proves that nobody can take it away; whether it ought to be
 * there is another question. What must hold:
 *
 *	leaf 0 is key set 1; each key set is the next version, names the one before by its
 *	hash, and is signed by the roots of both
 *	a release begins with revision 1; each revision is the next one, and names the file of
 *	the one before by its hash
 *	it has the quorum that its change needs, by the key set it was accepted under, which is
 *	one that the log had by then; by the one in force at its place, too, unless it was held
 *	back (keychain.h)
 *	time does not go back
 *
 * A monitor reads the log so from outside, the store's fsck from inside.
 */
#ifndef COMMUNIQUE_CHRONICLE_H
#define COMMUNIQUE_CHRONICLE_H

#include <communique/keychain.h>
#include <communique/set.h>

struct chronicle_release {
	uint32_t revision;
	struct hash hash;
	uint64_t index; /* of its last leaf */
	int64_t time;
	uint32_t kill; /* the last of its revisions that is one; 0: none */
	bool killed;   /* its last leaf is one */
};

struct chronicle {
	struct arena arena;
	struct keychain keys;
	struct set ids; /* of releases; what stands of each is at its number in `releases` */
	struct chronicle_release *releases;
	size_t room;
	uint64_t size;
	int64_t time; /* of the last leaf */
};

void chronicle_init(struct chronicle *chronicle);
void chronicle_free(struct chronicle *chronicle);

/* The next leaf. `file` is what it is about: a key set's must be given, a release's may be
 * STR_NONE; then its signatures were only seen to be somebody's, over whatever it was, it is taken
 * to have been held back, and chronicle_hold() is owed. INVALID, DENIED and others: the rule that
 * it breaks; what it says is remembered all the same, so that the leaves behind it can be read
 * on. */
bool chronicle_add(struct chronicle *chronicle, const struct leaf *leaf, struct str file,
		   struct fault *why);

/* What was known at a leaf's place: the key set in force, and the time of the revision before. */
struct leaf_place {
	uint32_t in_force;
	int64_t before; /* 0: there was none */
};
struct leaf_place chronicle_place(const struct chronicle *chronicle, const struct leaf *leaf);

/* The file of a leaf that was added without it: it is the one that the leaf names, each of the
 * leaf's signatures is over it, and at its place it stood (keychain_standing). INVALID, DENIED,
 * SIGNATURE_WRONG, KEY_UNKNOWN. */
bool chronicle_hold(const struct chronicle *chronicle, const struct leaf *leaf,
		    const struct leaf_place *place, struct str file, struct fault *why);

/* What the log last said of a release; NULL: nothing. */
const struct chronicle_release *chronicle_find(const struct chronicle *chronicle, struct str id);
/* For whoever remembers a chronicle that was read before. */
struct chronicle_release *chronicle_enter(struct chronicle *chronicle, struct str id);

#endif

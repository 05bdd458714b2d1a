/*
 * judge - what speaks for a release file, weighed piece by piece; a line each.
 *
 * From the file outwards: is it a release, who signed it, were they enough, since when are
 * they who they are, does the public log say the same, who else has seen that log. Each
 * piece is judged by those already found good; the first that is not is the reason.
 */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include <communique/checkpoint.h>
#include <communique/keychain.h>
#include <communique/release.h>

#include "dossier.h"
#include "verdict.h"

/* Where trust begins. Both may be missing: then version 1 is named, to be compared. */
struct trust {
	const struct hash *anchor;   /* of version 1 */
	const struct keyset *keyset; /* one of the site's */
};

/* NULL: it is no release file. */
struct release *judge_file(struct verdict *verdict, struct str file);
/* One signature; what does not count is said, what does not fit is a reason. */
void judge_signature(struct verdict *verdict, struct quorum *quorum, struct str file,
		     const struct signature *signature);
void judge_unreadable(struct verdict *verdict, const struct fault *fault);
void judge_quorum(struct verdict *verdict, const struct quorum *quorum);
enum quorum_of judge_which_quorum(const struct release *release);

/* What was found of a dossier, for what may come behind it. */
struct finding {
	struct release *release; /* NULL: nothing else was found either */
	struct keychain keys;
	struct leaf leaf;
	uint64_t index;
	uint32_t in_force; /* the key set at that place; 0: not known, which is a reason */
	bool disputed;	   /* which is said */
	bool in_log;	   /* the checkpoint is the log's, and the leaf is in it */
	struct vkey log;
	struct str note; /* the checkpoint's text: the one that all proofs lead to */
	struct checkpoint checkpoint;
};

void judge_dossier(struct verdict *verdict, const struct dossier *dossier,
		   const struct trust *trust, struct finding *out);
/* Once more, when key sets have been added: a stolen key is found out later than it was used. */
void judge_dispute(struct verdict *verdict, struct finding *found);

#endif

/*
 * leaf - what the public log says of one public revision or one key set.
 *
 *	communique.leaf/v1
 *	kind release | keys
 *	id <first 32 hex digits of sha256("{language}/{release}")>	(keys: "keys")
 *	revision 2						(keys: the version)
 *	change correction					(- for the first, and for keys)
 *	sha256 <of the file>
 *	previous <hash | ->					(- for the first)
 *	keys 1					the version under which the file was accepted;
 *						a key set's is its own
 *	time 1795451641				when it became public, or came into force
 *	sig <base64 of the 74 bytes> <base64 of the 64 bytes> <trusted comment>
 *
 * One `sig` a signer, 1 to 64, sorted by their decoded bytes; they are the two base64 lines and
 * the comment of a .minisig file. Single spaces, one LF a line, at most 8 KiB, one text for each
 * leaf: leaf_format() of what leaf_parse() read is the same bytes. It holds hashes and signatures
 * and no content, and an id tells nobody a name he does not know.
 */
#ifndef COMMUNIQUE_LEAF_H
#define COMMUNIQUE_LEAF_H

#include <communique/limits.h>
#include <communique/minisign.h>

#define LEAF_ID_LEN 32
#define LEAF_ID_KEYS "keys"

enum leaf_kind { LEAF_RELEASE, LEAF_KEYS };

struct leaf {
	enum leaf_kind kind;
	struct str id;
	uint32_t revision;
	struct str change; /* a word of a-z; empty for "-" */
	struct hash hash;
	bool has_previous;
	struct hash previous;
	uint32_t keys;
	int64_t time;
	struct signature signatures[SIGNATURES_PER_FILE_MAX];
	size_t signature_count;
};

/* Texts point into `text`. INVALID with the line. */
bool leaf_parse(struct str text, struct leaf *out, struct fault *why);
/* Sorts the signatures. The buffer becomes full beyond its limit: give it LEAF_MAX. */
void leaf_format(struct leaf *leaf, struct buf *out);

/* The id of a release in one language. */
struct str leaf_id(char out[LEAF_ID_LEN], struct str language, struct str slug);

#endif

/*
 * proof - that one leaf is in the log, in a file that is checked offline: C2SP tlog-proof.
 *
 *	c2sp.org/tlog-proof@v1
 *	extra <base64>			may be missing; means nothing here
 *	index 7
 *	<base64 of a hash>		the proof of inclusion, from the leaf upwards
 *	(an empty line)
 *	checkpoint, word for word
 */
#ifndef COMMUNIQUE_PROOF_H
#define COMMUNIQUE_PROOF_H

#include <communique/checkpoint.h>

struct log_proof {
	uint64_t index;
	struct merkle_proof path;
	struct str checkpoint; /* the file */
};

/* Points into `file`. INVALID with the line. */
bool log_proof_parse(struct str file, struct log_proof *out, struct fault *why);
void log_proof_format(const struct log_proof *proof, struct buf *out);

/* The leaf is in the log with this key. *out: the checkpoint that says so, for its size and its
 * witnesses. What note_verify and merkle_check_inclusion refuse with. */
bool log_proof_check(const struct log_proof *proof, struct str leaf, const struct vkey *log,
		     struct checkpoint *out, struct fault *why);

#endif

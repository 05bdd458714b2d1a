/*
 * checkpoint - what a log says of itself at one size, signed: C2SP tlog-checkpoint.
 *
 *	press.example/log			its origin
 *	12					how many leaves
 *	base64 of the root			of the tree over them
 *	(further lines, which mean nothing here)
 *	(an empty line)
 *	— press.example/log …			the log's signature
 *	— witness.example/w1 …			who saw that this grew out of what they saw before
 *
 * A log that ever signs two checkpoints of which one did not grow out of the other has lied to
 * somebody, and the two are the proof.
 */
#ifndef COMMUNIQUE_CHECKPOINT_H
#define COMMUNIQUE_CHECKPOINT_H

#include <communique/merkle.h>
#include <communique/note.h>

struct checkpoint {
	struct str origin;
	uint64_t size;
	struct hash root;
	struct note note;
};

/* Points into `file`. INVALID. Says nothing yet of who signed. */
bool checkpoint_parse(struct str file, struct checkpoint *out, struct fault *why);
/* It is the log's with this key: its origin is the key's name, and it is signed with it.
 * INVALID, NOT_FOUND, SIGNATURE_WRONG. */
bool checkpoint_verify(const struct checkpoint *checkpoint, const struct vkey *log,
		       struct fault *why);
/* The text that is signed. */
void checkpoint_format(struct str origin, uint64_t size, const struct hash *root, struct buf *out);
/* The whole, with the log's signature; the origin is the key's name. */
void checkpoint_sign(struct str origin, uint64_t size, const struct hash *root,
		     const struct secret_key *key, struct buf *out);

/* --- witnesses (C2SP tlog-witness) ------------------------------------------------------ */

/* The body of POST <witness>/add-checkpoint: "old <size>", the proof that `checkpoint` grew out of
 * it, an empty line, the checkpoint. */
void witness_request(uint64_t old, const struct merkle_proof *proof, struct str checkpoint,
		     struct buf *out);
/* Takes the witness's line out of its answer, after verifying it; `line` points into `answer`.
 * Lines of others are ignored. INVALID, NOT_FOUND, SIGNATURE_WRONG. */
bool witness_answer(struct str answer, const struct checkpoint *checkpoint,
		    const struct vkey *witness, struct str *line, int64_t *when, struct fault *why);
/* A 409 says how far the witness is: "<size> LF". */
bool witness_size(struct str answer, uint64_t *out, struct fault *why);

#endif

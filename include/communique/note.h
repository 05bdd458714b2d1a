/*
 * note - a text with signatures below it, C2SP signed-note.
 *
 *	text, one or more lines
 *	(an empty line)
 *	— press.example/log base64(key hash [4] | signature)
 *	— witness.example/w1 base64(key hash [4] | time u64 | signature)
 *
 * Who signed is named by name and key hash together (vkey.h). Signatures of unknown keys are
 * carried along and mean nothing; they may be of kinds that this program does not know. Two kinds
 * are made and verified here: VKEY_NOTE signs the text; VKEY_COSIGNATURE (tlog-cosignature, v1)
 * signs "cosignature/v1 LF time <seconds> LF" and the text.
 *
 * At most NOTE_MAX bytes and NOTE_SIGNATURES_MAX lines, UTF-8 without control characters, base64
 * in its one spelling; refuse, never repair.
 */
#ifndef COMMUNIQUE_NOTE_H
#define COMMUNIQUE_NOTE_H

#include <communique/limits.h>
#include <communique/vkey.h>

struct note_signature {
	struct str line; /* the whole, with its LF */
	struct str name;
	uint32_t hash;	 /* of the key */
	struct str text; /* base64 */
};

struct note {
	struct str text; /* with its last LF: what is signed */
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
	size_t count;
};

/* Points into `file`. INVALID. */
bool note_parse(struct str file, struct note *out, struct fault *why);
/* Signature lines alone, as a witness answers; out->text is empty. */
bool note_parse_signatures(struct str lines, struct note *out, struct fault *why);

/* `text` signed by this key, among these signatures. *when: the cosignature's time; 0 for a
 * VKEY_NOTE; may be NULL. NOT_FOUND: this key has not signed; SIGNATURE_WRONG. */
bool note_verify(const struct note *signatures, struct str text, const struct vkey *vkey,
		 int64_t *when, struct fault *why);

/* Adds a signature line. `type` as in vkey.h; `when` for a cosignature. */
void note_sign(struct str text, struct str name, uint8_t type, int64_t when,
	       const struct secret_key *key, struct buf *out);

#endif

/*
 * draft - the desk's drafts, as the commands use them.
 */
#ifndef CLI_DRAFT_H
#define CLI_DRAFT_H

#include <communique/keyset.h>

#include "answer.h"
#include "desk_client.h"
#include "edition.h"

/* The key set in force; NOT_FOUND when there is none yet. */
bool keyset_fetch(struct desk *desk, struct keyset **out, struct fault *why);

/* The draft's bytes (the arena's) and their hash, which is computed here and must be
 * the one that the server names: what is read is what is signed. */
bool draft_fetch(struct desk *desk, const struct edition *edition, struct str *file,
		 struct hash *hash, struct fault *why);

/* Signs exactly these bytes and hands the signature in. */
bool draft_sign(struct desk *desk, const struct edition *edition, struct str file,
		struct draft_state *out, struct desk_answer *answer, struct fault *why);

/* "waiting: 1 of 2 signatures; an approver is missing", who may sign, and the address.
 * Asks the server for the key set when something is missing. */
void draft_print_state(struct desk *desk, const struct draft_state *state);
void draft_print_signers(FILE *to, const struct draft_state *state); /* "author (1f…), …" */

#endif

/*
 * quorum - what the lines of a key set mean, for those who read and write them.
 */
#ifndef COMMUNIQUE_SIGN_QUORUM_H
#define COMMUNIQUE_SIGN_QUORUM_H

#include <communique/keyset.h>

/* As many as struct quorum keeps holders. */
#define QUORUM_MAX 64

bool key_state_parse(struct str word, enum key_state *state); /* not KEY_GOOD */
const char *key_state_word(enum key_state state);

/* Each quorum can be reached by holders of good keys. KEYS_MALFORMED. */
bool keyset_can_act(const struct keyset *keyset, struct fault *why);

#endif

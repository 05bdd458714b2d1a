/*
 * patience - how often the requests of one key may be refused, and how many may be on their way.
 *
 * A change that is refused after its signature was found good leaves a row in the audit, for
 * good. A program that has gone wrong, or a stolen key, must not fill the disk with them: each
 * key has REFUSALS_BURST refusals, and gets one more each REFUSALS_SECONDS. While it has none
 * left its changes are answered 429, and leave nothing. What is accepted costs nothing, nor
 * does what somebody else repeats, who is not the key's holder.
 *
 * A request with a body holds a thread of the desk for as long as the body takes to come. Of one
 * key BODIES_PER_KEY_MAX may do so at once, so that nobody alone holds all of them.
 */
#ifndef COMMUNIQUE_WEB_PATIENCE_H
#define COMMUNIQUE_WEB_PATIENCE_H

#include <pthread.h>

#include <communique/limits.h>
#include <communique/minisign.h>

struct patience {
	pthread_mutex_t lock;
	size_t count;
	struct patience_key {
		struct key_id id;
		unsigned spent;	  /* refusals that are not forgiven yet */
		unsigned bodies;  /* on their way */
		int64_t forgiven; /* seconds: up to when they were */
	} keys[KEYSET_KEYS_MAX];
};

void patience_init(struct patience *patience);
void patience_release(struct patience *patience);

bool patience_left(struct patience *patience, const struct key_id *id, int64_t now);
void patience_spend(struct patience *patience, const struct key_id *id, int64_t now);

/* True: it may be read, and patience_body_ends() is to follow. */
bool patience_body_begins(struct patience *patience, const struct key_id *id, int64_t now);
void patience_body_ends(struct patience *patience, const struct key_id *id, int64_t now);

#endif

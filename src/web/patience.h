/*
 * patience - how often the requests of one key may be refused.
 *
 * A change that is refused after its signature was found good leaves a row in the audit, for
 * good. A program that has gone wrong, or a stolen key, must not fill the disk with them: each
 * key has REFUSALS_BURST refusals, and gets one more each REFUSALS_SECONDS. While it has none
 * left its changes are answered 429, and leave nothing. What is accepted costs nothing, nor
 * does what somebody else repeats, who is not the key's holder.
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
		int64_t forgiven; /* seconds: up to when they were */
	} keys[KEYSET_KEYS_MAX];
};

void patience_init(struct patience *patience);
void patience_release(struct patience *patience);

bool patience_left(struct patience *patience, const struct key_id *id, int64_t now);
void patience_spend(struct patience *patience, const struct key_id *id, int64_t now);

#endif

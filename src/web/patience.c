#include "patience.h"

void patience_init(struct patience *patience)
{
	patience->count = 0;
	pthread_mutex_init(&patience->lock, NULL);
}

void patience_release(struct patience *patience)
{
	pthread_mutex_destroy(&patience->lock);
}

/* A key set has no more keys than there is room for; those of before a new one may be left over,
 * and the one that has been quiet for longest makes room. */
static struct patience_key *place_of(struct patience *patience, const struct key_id *id,
				     int64_t now)
{
	struct patience_key *oldest = &patience->keys[0];

	for (size_t i = 0; i < patience->count; i++) {
		struct patience_key *key = &patience->keys[i];

		if (memcmp(&key->id, id, sizeof(*id)) == 0)
			return key;
		if (key->forgiven < oldest->forgiven)
			oldest = key;
	}
	if (patience->count < KEYSET_KEYS_MAX)
		oldest = &patience->keys[patience->count++];
	*oldest = (struct patience_key){ .id = *id, .forgiven = now };
	return oldest;
}

/* A clock that was set back forgives nothing, and does no harm. */
static void forgive(struct patience_key *key, int64_t now)
{
	int64_t times = (now - key->forgiven) / REFUSALS_SECONDS;

	if (now < key->forgiven || times >= key->spent) {
		key->spent = now < key->forgiven ? key->spent : 0;
		key->forgiven = now;
	} else {
		key->spent -= (unsigned)times;
		key->forgiven += times * REFUSALS_SECONDS;
	}
}

/* The lock is the caller's from here on. */
static struct patience_key *take(struct patience *patience, const struct key_id *id, int64_t now)
{
	struct patience_key *key;

	pthread_mutex_lock(&patience->lock);
	key = place_of(patience, id, now);
	forgive(key, now);
	return key;
}

bool patience_left(struct patience *patience, const struct key_id *id, int64_t now)
{
	bool left = take(patience, id, now)->spent < REFUSALS_BURST;

	pthread_mutex_unlock(&patience->lock);
	return left;
}

void patience_spend(struct patience *patience, const struct key_id *id, int64_t now)
{
	struct patience_key *key = take(patience, id, now);

	key->spent += key->spent < REFUSALS_BURST;
	pthread_mutex_unlock(&patience->lock);
}

bool patience_body_begins(struct patience *patience, const struct key_id *id, int64_t now)
{
	struct patience_key *key = take(patience, id, now);
	bool may = key->bodies < BODIES_PER_KEY_MAX;

	key->bodies += may;
	pthread_mutex_unlock(&patience->lock);
	return may;
}

/* It may have made room for another meanwhile (place_of). */
void patience_body_ends(struct patience *patience, const struct key_id *id, int64_t now)
{
	struct patience_key *key = take(patience, id, now);

	key->bodies -= key->bodies > 0;
	pthread_mutex_unlock(&patience->lock);
}

#include "lane.h"

#include <communique/limits.h>

#define ROOM (LANE_WAITING_MAX + THREADS_MAX)

void lane_init(struct lane *lane)
{
	*lane = (struct lane){ .count = 0 };
	pthread_mutex_init(&lane->lock, NULL);
	pthread_cond_init(&lane->came, NULL);
	lane->at = calloc(ROOM, sizeof(struct connection *));
	must(lane->at != NULL);
}

void lane_free(struct lane *lane)
{
	free(lane->at);
	pthread_cond_destroy(&lane->came);
	pthread_mutex_destroy(&lane->lock);
}

bool lane_is_full(struct lane *lane)
{
	bool full;

	pthread_mutex_lock(&lane->lock);
	full = lane->count >= LANE_WAITING_MAX;
	pthread_mutex_unlock(&lane->lock);
	return full;
}

void lane_add(struct lane *lane, struct connection *connection)
{
	pthread_mutex_lock(&lane->lock);
	must(lane->count < ROOM);
	lane->at[(lane->first + lane->count++) % ROOM] = connection;
	pthread_cond_signal(&lane->came);
	pthread_mutex_unlock(&lane->lock);
}

struct connection *lane_take(struct lane *lane)
{
	struct connection *taken = NULL;

	pthread_mutex_lock(&lane->lock);
	while (lane->count == 0 && !lane->over)
		pthread_cond_wait(&lane->came, &lane->lock);
	if (lane->count > 0) {
		taken = lane->at[lane->first];
		lane->first = (lane->first + 1) % ROOM;
		lane->count--;
	}
	pthread_mutex_unlock(&lane->lock);
	return taken;
}

void lane_end(struct lane *lane)
{
	pthread_mutex_lock(&lane->lock);
	lane->over = true;
	pthread_cond_broadcast(&lane->came);
	pthread_mutex_unlock(&lane->lock);
}

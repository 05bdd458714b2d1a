#include "connection.h"

#include <unistd.h>

#include <communique/limits.h>

void connections_init(struct connections *table, uint32_t room)
{
	*table = (struct connections){ .room = room };
	pthread_mutex_init(&table->lock, NULL);
	table->at = calloc(room, sizeof(*table->at));
	table->free = calloc(room, sizeof(*table->free));
	must(table->at && table->free);
	for (uint32_t i = 0; i < room; i++) {
		table->at[i].fd = -1;
		table->at[i].slot = i;
		table->free[i] = room - 1 - i;
		table->at[i].stream.file = -1;
		buf_init(&table->at[i].unsent, PAGE_MAX + 65536);
	}
}

void connections_free(struct connections *table)
{
	for (uint32_t i = 0; i < table->room; i++)
		if (table->at[i].owner != OWNER_NONE)
			connection_remove(table, &table->at[i]);
	free(table->at);
	free(table->free);
	pthread_mutex_destroy(&table->lock);
}

struct connection *connection_add(struct connections *table, int fd)
{
	struct connection *connection;

	if (table->used == table->room)
		return NULL;
	connection = &table->at[table->free[table->room - 1 - table->used++]];
	connection->fd = fd;
	connection->generation++;
	connection->owner = OWNER_THREAD;
	connection->phase = PHASE_IDLE;
	connection->edges = false;
	connection->again = false;
	connection->events = 0;
	return connection;
}

void connection_remove(struct connections *table, struct connection *connection)
{
	if (connection->fd >= 0)
		close(connection->fd);
	connection->fd = -1;
	connection->owner = OWNER_NONE;
	connection->generation++;
	buf_release(&connection->unsent);
	stream_end(&connection->stream);
	table->free[table->room - table->used--] = connection->slot;
}

uint64_t connection_token(const struct connection *connection)
{
	return (uint64_t)connection->generation << 32 | connection->slot;
}

struct connection *connection_find(struct connections *table, uint64_t token)
{
	uint32_t slot = (uint32_t)token;

	if (slot >= table->room || table->at[slot].owner == OWNER_NONE ||
	    table->at[slot].generation != token >> 32)
		return NULL;
	return &table->at[slot];
}

struct connection *connection_longest_idle(struct connections *table)
{
	struct connection *found = NULL;

	for (uint32_t i = 0; i < table->room; i++) {
		struct connection *one = &table->at[i];

		if (one->owner == OWNER_EPOLL && one->phase == PHASE_IDLE &&
		    (!found || one->deadline < found->deadline))
			found = one;
	}
	return found;
}

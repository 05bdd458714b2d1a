#include "connection.h"

#include <unistd.h>

#include <communique/limits.h>

#include "gate.h"

#define GENERATION (1ull << 32)

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
		buf_init(&table->at[i].head, GATE_WINDOW);
		buf_init(&table->at[i].unsent, PAGE_MAX + 65536);
	}
}

void connections_free(struct connections *table)
{
	for (uint32_t i = 0; i < table->room; i++)
		if (table->at[i].word & CONNECTION_OPEN)
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
	connection->phase = PHASE_IDLE;
	connection->keep = connection->ended = connection->wants_out = false;
	connection->word += GENERATION + CONNECTION_OPEN + CONNECTION_HELD;
	return connection;
}

void connection_remove(struct connections *table, struct connection *connection)
{
	connection->word &= ~(GENERATION - 1);
	if (connection->fd >= 0)
		close(connection->fd);
	connection->fd = -1;
	buf_release(&connection->head);
	buf_release(&connection->unsent);
	connection_count_unsent(table, connection);
	stream_end(&connection->stream);
	table->free[table->room - table->used--] = connection->slot;
}

uint64_t connection_token(const struct connection *connection)
{
	return (connection->word & ~(GENERATION - 1)) | connection->slot;
}

struct connection *connection_take(struct connections *table, uint64_t token, bool hung_up)
{
	uint64_t slot = token & (GENERATION - 1), before, after;
	struct connection *connection;

	if (slot >= table->room)
		return NULL;
	connection = &table->at[slot];
	before = connection->word;
	do {
		if (before / GENERATION != token / GENERATION || !(before & CONNECTION_OPEN))
			return NULL;
		after = before | (before & CONNECTION_HELD ? CONNECTION_AGAIN : CONNECTION_HELD);
		after |= hung_up ? CONNECTION_HUNG_UP : 0;
	} while (!atomic_compare_exchange_weak(&connection->word, &before, after));
	return before & CONNECTION_HELD ? NULL : connection;
}

bool connection_try(struct connection *connection, uint64_t flags)
{
	uint64_t before = connection->word;

	flags |= CONNECTION_OPEN;
	return (before & flags) == flags && !(before & CONNECTION_HELD) &&
	       atomic_compare_exchange_strong(&connection->word, &before, before | CONNECTION_HELD);
}

void connection_count_unsent(struct connections *table, struct connection *connection)
{
	table->unsent += connection->unsent.cap - connection->counted;
	connection->counted = connection->unsent.cap;
}

bool connection_put(struct connection *connection, uint64_t as)
{
	uint64_t before = connection->word, after;

	do {
		after = before & ~(uint64_t)(CONNECTION_AGAIN | CONNECTION_IDLE | CONNECTION_SENDS);
		if (!(before & CONNECTION_AGAIN))
			after &= ~(uint64_t)CONNECTION_HELD;
		after |= as;
	} while (!atomic_compare_exchange_weak(&connection->word, &before, after));
	return !(before & CONNECTION_AGAIN);
}

bool connection_hung_up(const struct connection *connection)
{
	return connection->word & CONNECTION_HUNG_UP;
}

static bool waits(const struct connection *connection, uint64_t as)
{
	uint64_t word = connection->word;

	return (word & as) && !(word & CONNECTION_HELD);
}

bool connections_have_room(const struct connections *table)
{
	if (table->used < table->room)
		return true;
	for (uint32_t i = 0; i < table->room; i++)
		if (waits(&table->at[i], CONNECTION_IDLE))
			return true;
	return false;
}

struct connection *connection_longest(struct connections *table, uint64_t as)
{
	for (;;) {
		struct connection *found = NULL;

		for (uint32_t i = 0; i < table->room; i++) {
			struct connection *one = &table->at[i];

			if (waits(one, as) && (!found || one->deadline < found->deadline))
				found = one;
		}
		/* A request for it may have come at this moment: then it is another's turn. */
		if (!found || connection_try(found, as))
			return found;
	}
}

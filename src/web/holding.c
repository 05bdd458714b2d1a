#include "holding.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <communique/log.h>

void loop_watch(int epoll, int operation, int fd, uint32_t events, uint64_t token)
{
	struct epoll_event event = { .events = events, .data.u64 = token };

	must(epoll_ctl(epoll, operation, fd, &event) == 0);
}

void loop_rearm(int epoll, int fd, uint64_t token)
{
	loop_watch(epoll, EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT, token);
}

void loop_finish_when_empty(struct loop *loop)
{
	uint64_t one = 1;

	if (loop->stopping && loop->table.used == 0)
		must(write(loop->done, &one, sizeof(one)) == sizeof(one));
}

/* With the lock. */
static void tell_connections(struct loop *loop)
{
	if (loop->options.meters)
		loop->options.meters->connections = loop->table.used;
}

void connection_drop_locked(struct loop *loop, struct connection *connection)
{
	connection_remove(&loop->table, connection);
	tell_connections(loop);
	if (!loop->accepting && !loop->stopping) {
		loop->accepting = true;
		loop_rearm(loop->epoll, loop->options.listener.fd, TOKEN_LISTENER);
	}
	loop_finish_when_empty(loop);
}

bool connection_drop(struct loop *loop, struct connection *connection)
{
	pthread_mutex_lock(&loop->table.lock);
	connection_drop_locked(loop, connection);
	pthread_mutex_unlock(&loop->table.lock);
	return false;
}

static unsigned patience(const struct loop *loop, enum phase phase)
{
	switch (phase) {
	case PHASE_IDLE:
		return loop->options.idle_ms;
	case PHASE_HEAD:
		return loop->options.head_ms;
	case PHASE_SEND:
		return loop->options.write_ms;
	case PHASE_LINGER:
		return loop->options.linger_ms;
	}
	return 0;
}

void connection_enter(struct loop *loop, struct connection *connection, enum phase phase,
		      uint64_t now)
{
	connection->phase = phase;
	connection->deadline = now + patience(loop, phase);
}

void connection_watch(struct loop *loop, struct connection *connection, int operation, bool out)
{
	connection->wants_out = out;
	loop_watch(loop->epoll, operation, connection->fd,
		   EPOLLIN | EPOLLRDHUP | EPOLLET | (out ? EPOLLOUT : 0),
		   connection_token(connection));
}

void connection_hasten(const struct loop *loop, struct connection *connection)
{
	bool lasts = connection->stream.file >= 0 || connection->phase <= PHASE_HEAD;

	if (loop->stopping && lasts && connection->deadline > loop->last_call)
		connection->deadline = loop->last_call;
}

uint64_t connection_as_what(const struct connection *connection)
{
	return connection->phase == PHASE_IDLE	 ? CONNECTION_IDLE
	       : connection->phase == PHASE_SEND ? CONNECTION_SENDS
						 : 0;
}

bool connection_put_back(struct loop *loop, struct connection *connection)
{
	connection_hasten(loop, connection);
	if (loop->stopping && connection->phase == PHASE_IDLE && !connection->fresh)
		shutdown(connection->fd, SHUT_RD);
	return !connection_put(connection, connection_as_what(connection));
}

void connection_return(struct loop *loop, struct connection *connection)
{
	do
		connection_watch(loop, connection, EPOLL_CTL_MOD, connection->wants_out);
	while (!connection_put(connection, connection_as_what(connection)));
}

static const char *phase_word(enum phase phase)
{
	static const char *const words[] = { "idle", "reading", "sending", "lingering" };

	return words[phase];
}

void connection_sweep(struct loop *loop, struct connection *connection, uint64_t now)
{
	if ((connection->deadline > now && !loop->stopping) || !connection_try(connection, 0))
		return;
	connection_hasten(loop, connection);
	if (connection->deadline <= now) {
		meter_add(METER_EXPIRED, 1);
		log_note(LOG_DEBUG, "expired", "while", str_from(phase_word(connection->phase)));
		connection_drop(loop, connection);
	} else if (connection_put_back(loop, connection)) {
		connection_return(loop, connection);
	}
}

void connection_admit(struct loop *loop, int fd, uint64_t now)
{
	struct timeval wait = { .tv_sec = loop->options.body_ms / 1000,
				.tv_usec = loop->options.body_ms % 1000 * 1000 };
	struct connection *connection, *idle;
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };

	if (!loop->options.by_hand)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	connection = connection_add(&loop->table, fd);
	if (!connection) {
		/* There is room, or was: accept_one() looked. */
		idle = connection_longest(&loop->table, CONNECTION_IDLE);
		if (!idle) {
			close(fd);
			return;
		}
		connection_remove(&loop->table, idle);
		connection = connection_add(&loop->table, fd);
	}
	meter_add(METER_ACCEPTED, 1);
	tell_connections(loop);
	connection->fresh = true;
	connection_enter(loop, connection, PHASE_IDLE, now);
	connection_hasten(loop, connection);
	event.data.u64 = connection_token(connection);
	connection_put(connection,
		       CONNECTION_IDLE); /* nothing can have come: nobody watches it yet */
	/* The only one of these calls that takes memory, and so may fail. */
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0 && connection_try(connection, 0))
		connection_remove(&loop->table, connection);
}

#include "sending.h"

#include <errno.h>
#include <sys/socket.h>

#include "holding.h"

#include <communique/log.h>

/* The rest waits until the web server takes more: a thread that is taken by a long answer
 * would be taken from all others. */
static bool wait_to_send(struct loop *loop, struct connection *connection)
{
	connection->phase = PHASE_SEND;
	if (!connection->wants_out)
		connection_watch(loop, connection, EPOLL_CTL_MOD, true);
	return connection_put_back(loop, connection);
}

/* Answers that nobody takes must not fill the memory: beyond UNSENT_MAX whoever has taken nothing
 * for longest loses the rest of his. */
static void count_unsent(struct loop *loop, struct connection *connection)
{
	struct connections *table = &loop->table;
	struct connection *slowest = connection;

	connection_count_unsent(table, connection);
	while (table->unsent > UNSENT_MAX && slowest) {
		pthread_mutex_lock(&table->lock);
		slowest = connection_longest(table, CONNECTION_SENDS);
		if (slowest)
			connection_drop_locked(loop, slowest);
		pthread_mutex_unlock(&table->lock);
		if (slowest)
			meter_add(METER_EXPIRED, 1);
	}
}

/* A file's next piece has its turn behind everybody else's. */
static bool begin_piece(struct loop *loop, struct connection *connection, uint64_t now)
{
	struct fault why;

	buf_clear(&connection->unsent);
	connection->sent = 0;
	if (!stream_piece(&connection->stream, &connection->unsent, &why)) {
		log_fault(LOG_ERROR, "stream", &why);
		return connection_drop(loop, connection);
	}
	count_unsent(loop, connection);
	connection_enter(loop, connection, PHASE_SEND, now);
	/* Asking anew gives a new event, at the end of the queue. */
	connection_watch(loop, connection, EPOLL_CTL_MOD, true);
	return connection_put_back(loop, connection);
}

/* All has left of what was made so far. */
static bool after_answer(struct loop *loop, struct connection *connection, uint64_t now)
{
	if (connection->stream.file >= 0)
		return begin_piece(loop, connection, now);
	if (!connection->keep && connection->ended)
		return connection_drop(loop, connection);
	if (connection->wants_out)
		connection_watch(loop, connection, EPOLL_CTL_MOD, false);
	if (connection->keep) {
		connection_enter(loop, connection, PHASE_IDLE, now);
		return !connection->dry || connection_hung_up(connection) ||
		       connection_put_back(loop, connection);
	}
	/* Closing with unread input would take the answer away from the web server. */
	shutdown(connection->fd, SHUT_WR);
	connection->drained = 0;
	connection_enter(loop, connection, PHASE_LINGER, now);
	return true;
}

bool sending_begin(struct worker *worker, struct connection *connection)
{
	const struct frame *frame = &worker->frame;
	struct msghdr message = { .msg_iov = (struct iovec *)(uintptr_t)frame->parts,
				  .msg_iovlen = (size_t)frame->count };
	ssize_t sent = sendmsg(connection->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent >= 0 && (size_t)sent == frame->size)
		return after_answer(worker->loop, connection, worker->now);
	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		return connection_drop(worker->loop, connection);
	buf_clear(&connection->unsent);
	frame_add_rest(frame, sent > 0 ? (size_t)sent : 0, &connection->unsent);
	must(!connection->unsent.full);
	count_unsent(worker->loop, connection);
	connection->sent = 0;
	connection_enter(worker->loop, connection, PHASE_SEND, worker->now);
	return wait_to_send(worker->loop, connection);
}

bool sending_go_on(struct worker *worker, struct connection *connection)
{
	struct loop *loop = worker->loop;
	struct str rest = str_skip(buf_str(&connection->unsent), connection->sent);
	ssize_t sent = send(connection->fd, rest.at, rest.len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		return connection_drop(loop, connection);
	if (sent > 0)
		connection_enter(loop, connection, PHASE_SEND, worker->now);
	connection->sent += sent > 0 ? (size_t)sent : 0;
	if (connection->sent < connection->unsent.len)
		return wait_to_send(loop, connection);
	if (connection->stream.file < 0) {
		buf_release(&connection->unsent);
		connection_count_unsent(&loop->table, connection);
	}
	connection->dry = false;
	return after_answer(loop, connection, worker->now);
}

bool sending_linger(struct worker *worker, struct connection *connection)
{
	char waste[8192];
	ssize_t got = 1;

	while (got > 0 && connection->drained <= DRAIN_MAX) {
		got = recv(connection->fd, waste, sizeof(waste), MSG_DONTWAIT);
		connection->drained += got > 0 ? (size_t)got : 0;
	}
	if (got > 0 ? connection_hung_up(connection)
		    : got == 0 || (errno != EAGAIN && errno != EINTR))
		return connection_drop(worker->loop, connection);
	return connection_put_back(worker->loop, connection);
}

#include "attend.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "body.h"
#include "exchange.h"

#include <communique/clock.h>
#include <communique/log.h>

void loop_watch(struct loop *loop, int operation, int fd, uint32_t events, uint64_t token)
{
	struct epoll_event event = { .events = events, .data.u64 = token };

	must(epoll_ctl(loop->epoll, operation, fd, &event) == 0);
}

void loop_rearm(struct loop *loop, int fd, uint64_t token)
{
	loop_watch(loop, EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT, token);
}

void worker_look_at_clock(struct worker *worker)
{
	worker->came = clock_nanoseconds();
	worker->now = worker->came / 1000000;
}

/* --- owning a connection ------------------------------------------------------------ */

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
		loop_rearm(loop, loop->options.listener.fd, TOKEN_LISTENER);
	}
	loop_finish_when_empty(loop);
}

static bool drop(struct loop *loop, struct connection *connection)
{
	pthread_mutex_lock(&loop->table.lock);
	connection_drop_locked(loop, connection);
	pthread_mutex_unlock(&loop->table.lock);
	return false;
}

static const char *phase_word(enum phase phase)
{
	static const char *const words[] = { "idle", "reading", "sending", "lingering" };

	return words[phase];
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

static void enter(struct loop *loop, struct connection *connection, enum phase phase, uint64_t now)
{
	connection->phase = phase;
	connection->deadline = now + patience(loop, phase);
}

/* By edges: an event says that something has come, once. Whoever takes it reads all there is,
 * or looks again before the connection is put back. */
static void watch(struct loop *loop, struct connection *connection, int operation, bool out)
{
	connection->wants_out = out;
	loop_watch(loop, operation, connection->fd,
		   EPOLLIN | EPOLLRDHUP | EPOLLET | (out ? EPOLLOUT : 0),
		   connection_token(connection));
}

/* A long download would keep us from stopping for as long as it takes; who is cut off asks
 * for the rest by a range. */
static void limit_stream(const struct loop *loop, struct connection *connection)
{
	if (loop->stopping && connection->stream.file >= 0 &&
	    connection->deadline > loop->last_call)
		connection->deadline = loop->last_call;
}

static uint64_t as_what(const struct connection *connection)
{
	return connection->phase == PHASE_IDLE	 ? CONNECTION_IDLE
	       : connection->phase == PHASE_SEND ? CONNECTION_SENDS
						 : 0;
}

/* True: something came meanwhile; the connection is held still, and must be looked at again. */
static bool put_back(struct loop *loop, struct connection *connection)
{
	limit_stream(loop, connection);
	if (loop->stopping && connection->phase == PHASE_IDLE)
		shutdown(connection->fd, SHUT_RD);
	return !connection_put(connection, as_what(connection));
}

void connection_sweep(struct worker *worker, struct connection *connection)
{
	struct loop *loop = worker->loop;

	if ((connection->deadline > worker->now && !loop->stopping) ||
	    !connection_try(connection, 0))
		return;
	if (loop->stopping && connection->phase <= PHASE_HEAD)
		shutdown(connection->fd, SHUT_RD);
	limit_stream(loop, connection);
	if (connection->deadline <= worker->now) {
		meter_add(METER_EXPIRED, 1);
		log_note(LOG_DEBUG, "expired", "while", str_from(phase_word(connection->phase)));
		drop(loop, connection);
	} else if (put_back(loop, connection))
		connection_attend(worker, connection);
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
	enter(loop, connection, PHASE_IDLE, now);
	if (loop->stopping)
		shutdown(fd, SHUT_RD);
	event.data.u64 = connection_token(connection);
	connection_put(connection,
		       CONNECTION_IDLE); /* nothing can have come: nobody watches it yet */
	/* The only one of these calls that takes memory, and so may fail. */
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0 && connection_try(connection, 0))
		connection_remove(&loop->table, connection);
}

/* --- the chair ------------------------------------------------------------------------ */

void worker_leave_chair(struct worker *worker)
{
	if (worker->leads)
		pthread_mutex_unlock(&worker->loop->chair);
	worker->leads = false;
}

/* By asking anew, what has come already is told once more. */
static void give_back(struct loop *loop, const struct epoll_event *event)
{
	struct connection *connection = connection_take(
		&loop->table, event->data.u64, event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));

	if (!connection)
		return;
	do
		watch(loop, connection, EPOLL_CTL_MOD, connection->wants_out);
	while (!connection_put(connection, as_what(connection)));
}

void worker_step_aside(struct worker *worker)
{
	struct loop *loop = worker->loop;

	worker_leave_chair(worker);
	for (; worker->at < worker->count; worker->count--) {
		const struct epoll_event *event = &worker->events[worker->count - 1];

		switch (event->data.u64) {
		case TOKEN_LISTENER:
			loop_rearm(loop, loop->options.listener.fd, TOKEN_LISTENER);
			break;
		case TOKEN_SIGNAL:
			loop_rearm(loop, loop->signals, TOKEN_SIGNAL);
			break;
		case TOKEN_TIMER:
			loop_rearm(loop, loop->timer, TOKEN_TIMER);
			break;
		case TOKEN_DONE: /* is told until all have heard it */
			break;
		default:
			give_back(loop, event);
		}
	}
}

/* --- answering ---------------------------------------------------------------------- */

/* The rest waits until the web server takes more: a thread that is taken by a long answer
 * would be taken from all others. */
static bool wait_to_send(struct loop *loop, struct connection *connection)
{
	connection->phase = PHASE_SEND;
	if (!connection->wants_out)
		watch(loop, connection, EPOLL_CTL_MOD, true);
	return put_back(loop, connection);
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
		return drop(loop, connection);
	}
	count_unsent(loop, connection);
	enter(loop, connection, PHASE_SEND, now);
	/* Asking anew gives a new event, at the end of the queue. */
	watch(loop, connection, EPOLL_CTL_MOD, true);
	return put_back(loop, connection);
}

/* All has left of what was made so far. */
static bool after_answer(struct loop *loop, struct connection *connection, uint64_t now)
{
	if (connection->stream.file >= 0)
		return begin_piece(loop, connection, now);
	if (!connection->keep && connection->ended)
		return drop(loop, connection);
	if (connection->wants_out)
		watch(loop, connection, EPOLL_CTL_MOD, false);
	if (connection->keep) {
		enter(loop, connection, PHASE_IDLE, now);
		return !connection->dry || connection_hung_up(connection) ||
		       put_back(loop, connection);
	}
	/* Closing with unread input would take the answer away from the web server. */
	shutdown(connection->fd, SHUT_WR);
	connection->drained = 0;
	enter(loop, connection, PHASE_LINGER, now);
	return true;
}

static bool send_frame(struct worker *worker, struct connection *connection)
{
	const struct frame *frame = &worker->frame;
	struct msghdr message = { .msg_iov = (struct iovec *)(uintptr_t)frame->parts,
				  .msg_iovlen = (size_t)frame->count };
	ssize_t sent = sendmsg(connection->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent >= 0 && (size_t)sent == frame->size)
		return after_answer(worker->loop, connection, worker->now);
	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		return drop(worker->loop, connection);
	buf_clear(&connection->unsent);
	frame_add_rest(frame, sent > 0 ? (size_t)sent : 0, &connection->unsent);
	must(!connection->unsent.full);
	count_unsent(worker->loop, connection);
	connection->sent = 0;
	enter(worker->loop, connection, PHASE_SEND, worker->now);
	return wait_to_send(worker->loop, connection);
}

static bool send_more(struct worker *worker, struct connection *connection)
{
	struct loop *loop = worker->loop;
	struct str rest = str_skip(buf_str(&connection->unsent), connection->sent);
	ssize_t sent = send(connection->fd, rest.at, rest.len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		return drop(loop, connection);
	if (sent > 0)
		enter(loop, connection, PHASE_SEND, worker->now);
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

/* What is still being sent is read up to a bound. Beyond it nothing more is read, but the
 * socket stays open: closing it now would break the web server's writing before it has read
 * the answer. Its own close ends the wait. */
static bool linger(struct worker *worker, struct connection *connection)
{
	char waste[8192];
	ssize_t got = 1;

	while (got > 0 && connection->drained <= DRAIN_MAX) {
		got = recv(connection->fd, waste, sizeof(waste), MSG_DONTWAIT);
		connection->drained += got > 0 ? (size_t)got : 0;
	}
	if (got > 0 ? connection_hung_up(connection)
		    : got == 0 || (errno != EAGAIN && errno != EINTR))
		return drop(worker->loop, connection);
	return put_back(worker->loop, connection);
}

/* A request's whole life, from when it could be read: what the readers' side does is this and
 * the one recv() before it. False: it was put off. */
static bool answer_request(struct worker *worker, struct connection *connection,
			   struct request *request, const struct fault *bad)
{
	struct loop *loop = worker->loop;

	worker->put_off = false;
	account_begin(&worker->naming, request);
	loop->options.handle(loop->options.ctx, request, bad, &worker->answer);
	if (worker->put_off) {
		log_about(STR_NONE);
		return false;
	}
	account_end(request, &worker->answer, !loop->options.by_hand,
		    clock_nanoseconds() - worker->came);
	frame_make(&worker->frame, &worker->answer, worker->gate.id);
	connection->stream = stream_begin(&worker->answer, worker->gate.id);
	return true;
}

static bool send_answer(struct worker *worker, struct connection *connection)
{
	bool again;

	/* Whoever reads the answer finds its line in the log. */
	if (worker->at == worker->count)
		log_flush();
	again = send_frame(worker, connection);
	answer_let_go(&worker->answer);
	return again;
}

static bool next_pair(void *ctx, struct str *name, struct str *value)
{
	return gate_pair(ctx, name, value);
}

static void step_aside(void *ctx)
{
	worker_step_aside(ctx);
}

static enum turn turn_of(void *ctx)
{
	struct worker *worker = ctx;

	if (worker->in_lane)
		return TURN_NOW;
	worker->put_off = !lane_is_full(&worker->loop->lane);
	meter_add(worker->put_off ? METER_PUT_OFF : METER_AWAY, 1);
	return worker->put_off ? TURN_LATER : TURN_NEVER;
}

/* With what was read of it. From here on it is the lane's. */
static bool put_into_lane(struct worker *worker, struct connection *connection, struct str seen)
{
	buf_clear(&connection->head);
	buf_add(&connection->head, seen);
	must(!connection->head.full);
	lane_add(&worker->loop->lane, connection);
	return false;
}

/* A body that is still to come is hardly ever wanted here, and then read before the answer. */
static bool serve_by_hand(struct worker *worker, struct connection *connection, struct str seen)
{
	struct str pairs = worker->gate.pairs;
	struct body body = { .fd = connection->fd,
			     .id = worker->gate.id,
			     .seen = str_skip(seen, worker->gate.head),
			     .deadline = worker->now + READER_BODY_SECONDS * 1000 };
	struct request request;
	struct fault bad;
	bool readable = request_read(&request, next_pair, &pairs, &bad);

	request.read = body_read;
	request.read_ctx = &body;
	request.step_aside = step_aside;
	request.turn = turn_of;
	request.ctx = worker;
	if (!answer_request(worker, connection, &request, readable ? NULL : &bad))
		return put_into_lane(worker, connection, seen);
	connection->ended = worker->gate.whole || body.ended;
	connection->keep = worker->gate.keep && worker->gate.whole;
	connection->dry = connection->dry && worker->gate.whole;
	return send_answer(worker, connection);
}

static bool serve_by_libfcgi(struct worker *worker, struct connection *connection)
{
	const struct gate *gate = &worker->gate;
	struct exchange exchange;
	struct request request;
	struct fault bad;
	bool readable = exchange_begin(&exchange, connection->fd, &request, &bad);

	if (!readable && bad.kind == BROKEN) {
		connection->fd = -1;
		log_fault(LOG_WARNING, "exchange", &bad);
		return drop(worker->loop, connection);
	}
	answer_request(worker, connection, &request, readable ? NULL : &bad);
	/* What the gate saw whole is drained without waiting. Only such a connection is kept:
	 * libfcgi may have read beyond the end of a body that the gate did not see. */
	connection->ended = gate->whole ? exchange_drain(&exchange, DRAIN_MAX) : exchange.ended;
	connection->keep = gate->keep && gate->whole && connection->ended;
	exchange_end(&exchange);
	connection->dry = false;
	worker_look_at_clock(worker);
	return send_answer(worker, connection);
}

/* --- the gate ----------------------------------------------------------------------- */

/* A few bytes for which an empty socket always has room. */
static bool say(struct connection *connection, const void *bytes, size_t size)
{
	return send(connection->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static bool answer_values(struct worker *worker, struct connection *connection, struct str seen)
{
	char answer[GATE_VALUES_MAX];
	size_t len = gate_values(seen, worker->loop->table.room, answer);

	return say(connection, answer, len);
}

static bool answer_abort(struct worker *worker, struct connection *connection)
{
	unsigned char end[FCGI_END_SIZE];

	fcgi_end_request(end, worker->gate.id);
	return say(connection, end, sizeof(end)) && worker->gate.keep;
}

static bool drop_refused(struct loop *loop, struct connection *connection, const char *reason)
{
	meter_add(METER_REFUSED, 1);
	log_note(LOG_WARNING, "gate", "reason", str_from(reason));
	return drop(loop, connection);
}

/* Its deadline is that of the first byte. */
static bool wait_for_more(struct worker *worker, struct connection *connection)
{
	if (connection->phase != PHASE_HEAD)
		enter(worker->loop, connection, PHASE_HEAD, worker->now);
	return put_back(worker->loop, connection);
}

static bool wait_for_another(struct worker *worker, struct connection *connection)
{
	enter(worker->loop, connection, PHASE_IDLE, worker->now);
	return put_back(worker->loop, connection);
}

/* The small records between requests. False: the connection is over. */
static bool answer_small(struct worker *worker, struct connection *connection,
			 enum gate_verdict verdict, struct str seen)
{
	if (verdict == GATE_VALUES)
		return answer_values(worker, connection, seen);
	return verdict == GATE_ABORTED ? answer_abort(worker, connection) : true;
}

/* --- the head is left to libfcgi, and only peeked at ------------------------------------ */

/* Takes bytes that were seen off the socket; true when they were all there. */
static bool take_seen(struct worker *worker, struct connection *connection, size_t size)
{
	return recv(connection->fd, worker->window, size, MSG_DONTWAIT) == (ssize_t)size;
}

static bool look(struct worker *worker, struct connection *connection)
{
	struct loop *loop = worker->loop;
	ssize_t got = recv(connection->fd, worker->window, sizeof(worker->window),
			   MSG_PEEK | MSG_DONTWAIT);
	struct str seen = { worker->window, got > 0 ? (size_t)got : 0 };
	enum gate_verdict verdict;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return wait_for_another(worker, connection);
	if (got <= 0)
		return drop(loop, connection);
	verdict = gate_look(seen, &worker->gate);
	switch (verdict) {
	case GATE_WAIT:
		return connection_hung_up(connection) ? drop(loop, connection)
						      : wait_for_more(worker, connection);
	case GATE_READY:
		return serve_by_libfcgi(worker, connection);
	case GATE_REFUSE:
		return drop_refused(loop, connection, worker->gate.reason);
	case GATE_VALUES:
	case GATE_ABORTED:
	case GATE_STRAY:
		break;
	}
	if (!answer_small(worker, connection, verdict, seen) ||
	    !take_seen(worker, connection, worker->gate.used))
		return drop(loop, connection);
	enter(loop, connection, PHASE_IDLE, worker->now);
	return true;
}

/* --- the head is read --------------------------------------------------------------------- */

/* What had arrived of it, and what has now; all of it fits, as the gate decides before the
 * window is full. False: nothing has come (EAGAIN), or the other side is done. */
static bool read_window(struct worker *worker, struct connection *connection, struct str *seen,
			ssize_t *got)
{
	size_t had = connection->head.len, room = sizeof(worker->window) - had;

	if (had > 0)
		memcpy(worker->window, connection->head.at, had);
	*got = recv(connection->fd, worker->window + had, room, MSG_DONTWAIT);
	if (*got <= 0)
		return false;
	connection->dry = (size_t)*got < room;
	*seen = (struct str){ worker->window, had + (size_t)*got };
	return true;
}

static bool keep_head(struct worker *worker, struct connection *connection, struct str seen)
{
	buf_clear(&connection->head);
	buf_add(&connection->head, seen);
	must(!connection->head.full);
	return wait_for_more(worker, connection);
}

static bool look_at(struct worker *worker, struct connection *connection, struct str seen)
{
	struct loop *loop = worker->loop;

	while (seen.len > 0) {
		enum gate_verdict verdict = gate_look(seen, &worker->gate);

		switch (verdict) {
		case GATE_WAIT:
			return keep_head(worker, connection, seen);
		case GATE_READY:
			return serve_by_hand(worker, connection, seen);
		case GATE_REFUSE:
			return drop_refused(loop, connection, worker->gate.reason);
		case GATE_VALUES:
		case GATE_ABORTED:
		case GATE_STRAY:
			break;
		}
		if (!answer_small(worker, connection, verdict, seen))
			return drop(loop, connection);
		seen = str_skip(seen, worker->gate.used);
	}
	enter(loop, connection, PHASE_IDLE, worker->now);
	return true;
}

static bool look_by_hand(struct worker *worker, struct connection *connection)
{
	struct str seen;
	ssize_t got;

	if (!read_window(worker, connection, &seen, &got)) {
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			return drop(worker->loop, connection);
		return connection->head.len > 0 ? wait_for_more(worker, connection)
						: wait_for_another(worker, connection);
	}
	if (connection->head.len > 0)
		buf_release(&connection->head);
	return look_at(worker, connection, seen);
}

/* True: once more. */
static bool step(struct worker *worker, struct connection *connection)
{
	switch (connection->phase) {
	case PHASE_IDLE:
	case PHASE_HEAD:
		return worker->loop->options.by_hand ? look_by_hand(worker, connection)
						     : look(worker, connection);
	case PHASE_SEND:
		if (connection->stream.file >= 0)
			worker_step_aside(worker); /* the disk may be slow */
		return send_more(worker, connection);
	case PHASE_LINGER:
		return linger(worker, connection);
	}
	return false;
}

void connection_attend(struct worker *worker, struct connection *connection)
{
	while (step(worker, connection))
		;
}

/* Whoever asked may have gone meanwhile. */
void connection_attend_later(struct worker *worker, struct connection *connection)
{
	struct str seen = { worker->window, connection->head.len };

	if (connection_hung_up(connection)) {
		drop(worker->loop, connection);
		return;
	}
	memcpy(worker->window, connection->head.at, seen.len);
	buf_release(&connection->head);
	if (look_at(worker, connection, seen))
		connection_attend(worker, connection);
}

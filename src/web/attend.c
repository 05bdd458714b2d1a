#include "attend.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

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

/* --- owning a connection ------------------------------------------------------------ */

void loop_finish_when_empty(struct loop *loop)
{
	uint64_t one = 1;

	if (loop->stopping && loop->table.used == 0)
		must(write(loop->done, &one, sizeof(one)) == sizeof(one));
}

void connection_drop_locked(struct loop *loop, struct connection *connection)
{
	connection_remove(&loop->table, connection);
	if (!loop->accepting && !loop->stopping) {
		loop->accepting = true;
		loop_rearm(loop, loop->options.listener.fd, TOKEN_LISTENER);
	}
	loop_finish_when_empty(loop);
}

static void drop(struct loop *loop, struct connection *connection)
{
	pthread_mutex_lock(&loop->table.lock);
	connection_drop_locked(loop, connection);
	pthread_mutex_unlock(&loop->table.lock);
}

struct connection *connection_take(struct loop *loop, uint64_t token, uint32_t events)
{
	struct connection *connection;

	pthread_mutex_lock(&loop->table.lock);
	connection = connection_find(&loop->table, token);
	if (connection) {
		connection->events |= events;
		if (connection->owner == OWNER_EPOLL) {
			connection->owner = OWNER_THREAD;
		} else {
			connection->again = true;
			connection = NULL;
		}
	}
	pthread_mutex_unlock(&loop->table.lock);
	return connection;
}

static uint32_t events_of(enum phase phase, bool edges)
{
	if (phase == PHASE_SEND)
		return EPOLLOUT | EPOLLONESHOT;
	return EPOLLIN | EPOLLRDHUP | (edges ? EPOLLET : EPOLLONESHOT);
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

/* A long download would keep us from stopping for as long as it takes; who is cut off asks
 * for the rest by a range. */
void loop_limit_stream(const struct loop *loop, struct connection *connection)
{
	if (loop->stopping && connection->stream.file >= 0 &&
	    connection->deadline > loop->last_call)
		connection->deadline = loop->last_call;
}

/* Gives the connection back to the epoll set. The owner changes before the event can come. */
static void park(struct loop *loop, struct connection *connection, enum phase phase)
{
	pthread_mutex_lock(&loop->table.lock);
	connection->phase = phase;
	connection->deadline = clock_milliseconds() + patience(loop, phase);
	connection->edges = false;
	connection->again = false;
	connection->events = 0;
	connection->owner = OWNER_EPOLL;
	loop_limit_stream(loop, connection);
	if (loop->stopping && phase == PHASE_IDLE)
		shutdown(connection->fd, SHUT_RD);
	loop_watch(loop, EPOLL_CTL_MOD, connection->fd, events_of(phase, false),
		   connection_token(connection));
	pthread_mutex_unlock(&loop->table.lock);
}

/* Waits for more of a head. False: more has come in the meantime, look again. Its deadline
 * stays that of the first byte. */
static bool park_for_more(struct loop *loop, struct connection *connection)
{
	bool parked = true;

	pthread_mutex_lock(&loop->table.lock);
	if (connection->phase != PHASE_HEAD) {
		connection->phase = PHASE_HEAD;
		connection->deadline = clock_milliseconds() + patience(loop, PHASE_HEAD);
	}
	if (!connection->edges) {
		connection->edges = true;
		connection->owner = OWNER_EPOLL;
		loop_watch(loop, EPOLL_CTL_MOD, connection->fd, events_of(PHASE_HEAD, true),
			   connection_token(connection));
	} else if (connection->again) {
		connection->again = false;
		parked = false;
	} else {
		connection->owner = OWNER_EPOLL;
	}
	pthread_mutex_unlock(&loop->table.lock);
	return parked;
}

void connection_admit(struct loop *loop, int fd)
{
	struct timeval wait = { .tv_sec = loop->options.body_ms / 1000,
				.tv_usec = loop->options.body_ms % 1000 * 1000 };
	struct connection *connection, *idle;
	struct epoll_event event;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	connection = connection_add(&loop->table, fd);
	if (!connection) {
		/* There is room: accept_some() looked. Only idle connections are given up. */
		idle = connection_longest_idle(&loop->table);
		must(idle != NULL);
		connection_remove(&loop->table, idle);
		connection = connection_add(&loop->table, fd);
	}
	connection->deadline = clock_milliseconds() + loop->options.idle_ms;
	connection->owner = OWNER_EPOLL;
	if (loop->stopping)
		shutdown(fd, SHUT_RD);
	event.events = events_of(PHASE_IDLE, false);
	event.data.u64 = connection_token(connection);
	/* The only one of these calls that takes memory, and so may fail. */
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		connection_remove(&loop->table, connection);
}

/* --- answering ---------------------------------------------------------------------- */

/* The next piece of a file waits for its turn like everything else: a thread that is taken
 * by a long answer would be taken from all others. */
static void begin_piece(struct loop *loop, struct connection *connection)
{
	struct fault why;

	buf_clear(&connection->unsent);
	connection->sent = 0;
	if (stream_piece(&connection->stream, &connection->unsent, &why)) {
		park(loop, connection, PHASE_SEND);
	} else {
		log_fault(LOG_ERROR, "stream", &why);
		drop(loop, connection);
	}
}

/* All has left of what was made so far. */
static void after_answer(struct loop *loop, struct connection *connection)
{
	if (connection->stream.file >= 0) {
		begin_piece(loop, connection);
	} else if (connection->keep) {
		park(loop, connection, PHASE_IDLE);
	} else if (connection->ended) {
		drop(loop, connection);
	} else {
		/* Closing with unread input would take the answer away from the web server. */
		shutdown(connection->fd, SHUT_WR);
		connection->drained = 0;
		park(loop, connection, PHASE_LINGER);
	}
}

static void send_frame(struct loop *loop, struct connection *connection, const struct frame *frame)
{
	struct msghdr message = { .msg_iov = (struct iovec *)(uintptr_t)frame->parts,
				  .msg_iovlen = (size_t)frame->count };
	ssize_t sent = sendmsg(connection->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		drop(loop, connection);
	} else if (sent >= 0 && (size_t)sent == frame->size) {
		after_answer(loop, connection);
	} else {
		buf_clear(&connection->unsent);
		frame_add_rest(frame, sent > 0 ? (size_t)sent : 0, &connection->unsent);
		must(!connection->unsent.full);
		connection->sent = 0;
		park(loop, connection, PHASE_SEND);
	}
}

static void send_more(struct loop *loop, struct connection *connection)
{
	struct str rest = str_skip(buf_str(&connection->unsent), connection->sent);
	ssize_t sent = send(connection->fd, rest.at, rest.len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		drop(loop, connection);
		return;
	}
	connection->sent += sent > 0 ? (size_t)sent : 0;
	if (connection->sent < connection->unsent.len) {
		park(loop, connection, PHASE_SEND);
		return;
	}
	if (connection->stream.file < 0)
		buf_release(&connection->unsent);
	after_answer(loop, connection);
}

/* With the deadline it had. */
static void wait_lingering(struct loop *loop, struct connection *connection, uint32_t events)
{
	pthread_mutex_lock(&loop->table.lock);
	connection->owner = OWNER_EPOLL;
	loop_watch(loop, EPOLL_CTL_MOD, connection->fd, events, connection_token(connection));
	pthread_mutex_unlock(&loop->table.lock);
}

/* What is still being sent is read up to a bound. Beyond it nothing more is read, but the
 * socket stays open: closing it now would break the web server's writing before it has read
 * the answer. Its own close ends the wait. */
static void linger(struct loop *loop, struct connection *connection)
{
	char waste[8192];
	ssize_t got = 0;

	while (connection->drained <= DRAIN_MAX) {
		got = recv(connection->fd, waste, sizeof(waste), MSG_DONTWAIT);
		if (got <= 0)
			break;
		connection->drained += (size_t)got;
	}
	if (got > 0 && !(connection->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
		wait_lingering(loop, connection, EPOLLRDHUP | EPOLLONESHOT);
	else if (got < 0 && (errno == EAGAIN || errno == EINTR))
		wait_lingering(loop, connection, events_of(PHASE_LINGER, false));
	else
		drop(loop, connection);
}

static void log_request(const struct loop *loop, const struct request *request,
			const struct answer *answer, uint64_t begun_at)
{
	struct log_line line;

	log_begin(&line, LOG_INFO, "request");
	log_str(&line, "door", str_from(loop->options.door));
	log_str(&line, "method", request->method_word);
	/* Without the query: what people search for is nobody's business. */
	/* The address of a preview is all that it takes to read it, however it was spelt. */
	if (strcmp(loop->options.door, "desk") == 0 && !str_starts(request->path, STR("/admin/")) &&
	    !str_equal(request->path, STR("/healthz")))
		log_str(&line, "path", STR("/preview/"));
	else
		log_str(&line, "path", request->path);
	log_number(&line, "status", answer->status);
	log_number(&line, "bytes", (int64_t)answer_length(answer));
	log_number(&line, "ms", (int64_t)(clock_milliseconds() - begun_at));
	if (request->id.len > 0)
		log_str(&line, "id", request->id);
	log_end(&line);
}

/* A request's whole life: the gate found its head complete. */
static void serve(struct worker *worker, struct connection *connection, const struct gate *gate)
{
	struct loop *loop = worker->loop;
	struct exchange exchange;
	struct request request;
	struct fault bad;
	bool readable = exchange_begin(&exchange, connection->fd, &request, &bad);

	if (!readable && bad.kind == BROKEN) {
		connection->fd = -1;
		log_fault(LOG_WARNING, "exchange", &bad);
		drop(loop, connection);
		return;
	}
	loop->options.handle(loop->options.ctx, &request, readable ? NULL : &bad, &worker->answer);
	/* What the gate saw whole is drained without waiting. Only such a connection is kept:
	 * libfcgi may have read beyond the end of a body that the gate did not see. */
	connection->ended = gate->whole ? exchange_drain(&exchange, DRAIN_MAX) : exchange.ended;
	connection->keep = gate->keep && gate->whole && connection->ended;
	log_request(loop, &request, &worker->answer, exchange.begun_at);
	frame_make(&worker->frame, &worker->answer, gate->id);
	connection->stream = stream_begin(&worker->answer, gate->id);
	exchange_end(&exchange);
	send_frame(loop, connection, &worker->frame);
	answer_let_go(&worker->answer);
}

/* --- the gate ----------------------------------------------------------------------- */

/* Takes bytes that were seen off the socket; true when they were all there. */
static bool take_seen(struct worker *worker, struct connection *connection, size_t size)
{
	return recv(connection->fd, worker->window, size, MSG_DONTWAIT) == (ssize_t)size;
}

/* A few bytes for which an empty socket always has room. */
static bool say(struct connection *connection, const void *bytes, size_t size)
{
	return send(connection->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static bool answer_values(struct worker *worker, struct connection *connection, size_t size)
{
	char answer[GATE_VALUES_MAX];
	size_t len =
		gate_values((struct str){ worker->window, size }, worker->loop->table.room, answer);

	return take_seen(worker, connection, size) && say(connection, answer, len);
}

static bool answer_abort(struct worker *worker, struct connection *connection,
			 const struct gate *gate)
{
	unsigned char end[FCGI_END_SIZE];

	fcgi_end_request(end, gate->id);
	return take_seen(worker, connection, gate->used) && say(connection, end, sizeof(end)) &&
	       gate->keep;
}

static void drop_refused(struct loop *loop, struct connection *connection, const char *reason)
{
	log_note(LOG_WARNING, "gate", "reason", str_from(reason));
	drop(loop, connection);
}

/* False: look again. */
static bool look(struct worker *worker, struct connection *connection)
{
	struct loop *loop = worker->loop;
	ssize_t seen = recv(connection->fd, worker->window, sizeof(worker->window),
			    MSG_PEEK | MSG_DONTWAIT);
	struct gate gate;
	bool goes_on = false;

	if (seen < 0 && (errno == EAGAIN || errno == EINTR)) {
		park(loop, connection, PHASE_IDLE);
		return true;
	}
	if (seen <= 0) {
		drop(loop, connection);
		return true;
	}
	switch (gate_look((struct str){ worker->window, (size_t)seen }, &gate)) {
	case GATE_WAIT:
		if (!(connection->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
			return park_for_more(loop, connection);
		break;
	case GATE_READY:
		serve(worker, connection, &gate);
		return true;
	case GATE_REFUSE:
		drop_refused(loop, connection, gate.reason);
		return true;
	case GATE_VALUES:
		goes_on = answer_values(worker, connection, gate.used);
		break;
	case GATE_ABORTED:
		goes_on = answer_abort(worker, connection, &gate);
		break;
	case GATE_STRAY:
		goes_on = take_seen(worker, connection, gate.used);
		break;
	}
	if (goes_on)
		park(loop, connection, PHASE_IDLE);
	else
		drop(loop, connection);
	return true;
}

void connection_attend(struct worker *worker, struct connection *connection)
{
	switch (connection->phase) {
	case PHASE_IDLE:
	case PHASE_HEAD:
		while (!look(worker, connection))
			;
		break;
	case PHASE_SEND:
		send_more(worker->loop, connection);
		break;
	case PHASE_LINGER:
		linger(worker->loop, connection);
		break;
	}
}

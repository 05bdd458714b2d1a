#include "attend.h"

#include <errno.h>
#include <sys/socket.h>

#include "body.h"
#include "chair.h"
#include "exchange.h"
#include "holding.h"
#include "sending.h"

#include <communique/clock.h>
#include <communique/log.h>

/* --- answering ---------------------------------------------------------------------- */

/* A request's whole life, from when it could be read: what the readers' side does is this and
 * the one recv() before it. False: it was put off. */
static bool answer_request(struct worker *worker, struct connection *connection,
			   struct request *request, const struct fault *bad)
{
	struct loop *loop = worker->loop;

	worker->put_off = false;
	connection->fresh = false;
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
	again = sending_begin(worker, connection);
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
		return connection_drop(worker->loop, connection);
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
	return connection_drop(loop, connection);
}

/* Its deadline is that of the first byte. */
static bool wait_for_more(struct worker *worker, struct connection *connection)
{
	if (connection->phase != PHASE_HEAD)
		connection_enter(worker->loop, connection, PHASE_HEAD, worker->now);
	return connection_put_back(worker->loop, connection);
}

static bool wait_for_another(struct worker *worker, struct connection *connection)
{
	connection_enter(worker->loop, connection, PHASE_IDLE, worker->now);
	return connection_put_back(worker->loop, connection);
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
		return connection_drop(loop, connection);
	verdict = gate_look(seen, &worker->gate);
	switch (verdict) {
	case GATE_WAIT:
		return connection_hung_up(connection) ? connection_drop(loop, connection)
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
		return connection_drop(loop, connection);
	connection_enter(loop, connection, PHASE_IDLE, worker->now);
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
			return connection_drop(loop, connection);
		seen = str_skip(seen, worker->gate.used);
	}
	connection_enter(loop, connection, PHASE_IDLE, worker->now);
	return true;
}

static bool look_by_hand(struct worker *worker, struct connection *connection)
{
	struct str seen;
	ssize_t got;

	if (!read_window(worker, connection, &seen, &got)) {
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			return connection_drop(worker->loop, connection);
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
		return sending_go_on(worker, connection);
	case PHASE_LINGER:
		return sending_linger(worker, connection);
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
		connection_drop(worker->loop, connection);
		return;
	}
	memcpy(worker->window, connection->head.at, seen.len);
	buf_release(&connection->head);
	if (look_at(worker, connection, seen))
		connection_attend(worker, connection);
}

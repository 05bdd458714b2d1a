#include "exchange.h"

#include <signal.h>

#include <communique/clock.h>

bool exchange_prepare(struct fault *why)
{
	static const int signals[] = { SIGTERM, SIGUSR1, SIGPIPE };
	struct sigaction before[3];
	bool ok;

	for (size_t i = 0; i < 3; i++)
		sigaction(signals[i], NULL, &before[i]);
	ok = FCGX_Init() == 0;
	for (size_t i = 0; i < 3; i++)
		sigaction(signals[i], &before[i], NULL);
	return ok || fail(why, BROKEN, "libfcgi could not be started");
}

/* Each piece may take BODY_SECONDS (SO_RCVTIMEO); all of them together must keep a pace, as
 * a body holds a thread. */
static bool too_slow(const struct exchange *exchange)
{
	uint64_t spent = clock_milliseconds() - exchange->begun_at;

	return spent > BODY_SECONDS * 1000 + exchange->received * 1000 / BODY_RATE_MIN;
}

/* FCGX_GetStr() waits until all of `room` is there, so it is only asked for what its buffer
 * already holds; FCGX_GetChar() fills that, with one piece at a time. */
static bool read_piece(void *ctx, char *at, size_t room, size_t *got, struct fault *why)
{
	struct exchange *exchange = ctx;
	FCGX_Stream *in = exchange->fcgx.in;
	int first, more;

	*got = 0;
	if (exchange->ended || room == 0)
		return true;
	if (too_slow(exchange))
		return fail(why, INVALID, "the body comes too slowly");
	first = FCGX_GetChar(in);
	if (first == EOF) {
		if (FCGX_GetError(in) != 0)
			return fail(why, INVALID, "the body broke off");
		exchange->ended = true;
		return true;
	}
	*at = (char)first;
	more = (int)(in->stop - in->rdNext);
	if ((size_t)more > room - 1)
		more = (int)(room - 1);
	*got = 1 + (size_t)FCGX_GetStr(at + 1, more, in);
	exchange->received += *got;
	return true;
}

bool exchange_begin(struct exchange *exchange, int fd, struct request *request, struct fault *why)
{
	FCGX_Request *fcgx = &exchange->fcgx;

	*exchange = (struct exchange){ .begun_at = clock_milliseconds() };
	*request = (struct request){ .method = METHOD_OTHER };
	FCGX_InitRequest(fcgx, -1, 0);
	fcgx->ipcFd = fd;
	/* FCGX_Accept_r() first finishes the request before this one, and would close the
	 * connection that it finds here; detached, it closes without lingering. */
	fcgx->keepConnection = 1;
	fcgx->detached = 1;
	if (FCGX_Accept_r(fcgx) != 0)
		return fail(why, BROKEN, "libfcgi did not accept the request");
	if (!request_read_environment(request, fcgx->envp, why))
		return false;
	request->read = read_piece;
	request->read_ctx = exchange;
	return true;
}

bool exchange_drain(struct exchange *exchange, size_t most)
{
	char waste[4096];
	size_t got = 0;

	for (size_t total = 0; !exchange->ended && total <= most; total += got)
		if (!read_piece(exchange, waste, sizeof(waste), &got, NULL))
			return false;
	return exchange->ended;
}

void exchange_end(struct exchange *exchange)
{
	FCGX_Free(&exchange->fcgx, 0);
	exchange->fcgx.ipcFd = -1;
}

#include "body.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "gate.h"

#include <communique/bytes.h>
#include <communique/clock.h>

static bool wait_for_bytes(const struct body *body, struct fault *why)
{
	struct pollfd wanted = { .fd = body->fd, .events = POLLIN };
	uint64_t now = clock_milliseconds();

	if (now >= body->deadline || poll(&wanted, 1, (int)(body->deadline - now)) == 0)
		return fail(why, INVALID, "the body comes too slowly");
	return true;
}

/* At least one byte. */
static bool fetch(struct body *body, char *at, size_t room, size_t *got, struct fault *why)
{
	ssize_t found;

	if (body->seen.len > 0) {
		*got = body->seen.len < room ? body->seen.len : room;
		memcpy(at, body->seen.at, *got);
		body->seen = str_skip(body->seen, *got);
		return true;
	}
	while ((found = recv(body->fd, at, room, MSG_DONTWAIT)) < 0) {
		if ((errno != EAGAIN && errno != EINTR) || !wait_for_bytes(body, why))
			return fail(why, INVALID, "the body broke off");
	}
	*got = (size_t)found;
	return found > 0 || fail(why, INVALID, "the body broke off");
}

static bool fetch_all(struct body *body, char *at, size_t size, struct fault *why)
{
	size_t got;

	for (; size > 0; at += got, size -= got) {
		if (!fetch(body, at, size, &got, why))
			return false;
	}
	return true;
}

static bool next_record(struct body *body, struct fault *why)
{
	char head[FCGI_RECORD_HEAD], waste[256];

	if (!fetch_all(body, waste, body->padding, why) || !fetch_all(body, head, sizeof head, why))
		return false;
	if (head[0] != 1 || head[1] != FCGI_TYPE_STDIN || get_be16(head + 2) != body->id)
		return fail(why, INVALID, "the body broke off");
	body->left = get_be16(head + 4);
	body->padding = (unsigned char)head[6];
	body->ended = body->left == 0;
	return !body->ended || fetch_all(body, waste, body->padding, why);
}

bool body_read(void *ctx, char *at, size_t room, size_t *got, struct fault *why)
{
	struct body *body = ctx;

	*got = 0;
	if (body->left == 0 && !body->ended && !next_record(body, why))
		return false;
	if (body->ended)
		return true;
	if (!fetch(body, at, room < body->left ? room : body->left, got, why))
		return false;
	body->left -= *got;
	return true;
}

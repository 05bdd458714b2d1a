/*
 * crowd - thousands of clients that take their time, in one thread.
 *
 *	crowd PORT CLIENTS PATH [SOCKET EACH]...
 *
 * CLIENTS connections to the web server, a sixth of each kind: says nothing; sends its head a
 * byte a second; its body a byte a second; asks for PATH and reads nothing; reads a byte a
 * second; asks, reads all, and stays. Besides, EACH connections to each FastCGI SOCKET: nothing;
 * half a head; a whole request whose answer is not read; a body that does not end. Whoever is
 * closed by the other side comes again.
 *
 * Prints a line a second, `N open, M closed so far`; ends when its standard input does.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum kind {
	SAYS_NOTHING,
	HEAD_BY_BYTES,
	BODY_BY_BYTES,
	READS_NOTHING,
	READS_BY_BYTES,
	STAYS,
	KINDS,
	/* at a FastCGI socket */
	SILENT = KINDS,
	HALF_A_HEAD,
	UNREAD,
	ENDLESS_BODY,
	KINDS_END
};

struct client {
	int fd;
	enum kind kind;
	const char *socket; /* NULL: the web server */
	size_t sent;
};

static struct {
	unsigned short port;
	const char *path;
	struct client *clients;
	size_t count, open;
	long closed;
	int epoll;
} crowd;

static void stop(const char *what)
{
	perror(what);
	exit(1);
}

/* --- what is said ------------------------------------------------------------------------- */

static size_t add_record(char *at, int type, const char *content, size_t len)
{
	char head[8] = { 1, (char)type, 0, 1, (char)(len >> 8), (char)len, 0, 0 };

	memcpy(at, head, 8);
	memcpy(at + 8, content, len);
	return len + 8;
}

static size_t add_pair(char *at, const char *name, const char *value)
{
	size_t a = strlen(name), b = strlen(value);

	at[0] = (char)a;
	at[1] = (char)b;
	memcpy(at + 2, name, a);
	memcpy(at + 2 + a, value, b);
	return a + b + 2;
}

/* A FastCGI request without the end of its body. */
static size_t make_request(char *out, const char *method, const char *path, const char *length)
{
	static const char begin[8] = { 0, 1, 1, 0, 0, 0, 0, 0 };
	char pairs[1024];
	size_t len = add_pair(pairs, "REQUEST_METHOD", method);
	size_t at;

	len += add_pair(pairs + len, "REQUEST_URI", path);
	len += add_pair(pairs + len, "CONTENT_LENGTH", length);
	at = add_record(out, 1, begin, 8);
	at += add_record(out + at, 4, pairs, len);
	return at + add_record(out + at, 4, "", 0);
}

static size_t make_words(const struct client *client, char *out, size_t room)
{
	switch (client->kind) {
	case HEAD_BY_BYTES:
		return (size_t)snprintf(
			out, room, "GET %s HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", crowd.path);
	case BODY_BY_BYTES:
		return (size_t)snprintf(
			out, room,
			"POST /en/verify HTTP/1.1\r\nHost: localhost\r\n"
			"Content-Type: text/plain\r\nContent-Length: 100000\r\n\r\n");
	case READS_NOTHING:
	case READS_BY_BYTES:
	case STAYS:
		return (size_t)snprintf(out, room, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
					client->kind == STAYS ? "/en/" : crowd.path);
	case HALF_A_HEAD:
		return make_request(out, "GET", crowd.path, "") / 2;
	case UNREAD: {
		size_t at = make_request(out, "GET", crowd.path, "");

		return at + add_record(out + at, 5, "", 0);
	}
	case ENDLESS_BODY:
		return make_request(out, "POST", "/en/verify", "100000");
	default:
		return 0;
	}
}

/* --- a client's life ---------------------------------------------------------------------- */

static int connect_to(const struct client *client)
{
	struct sockaddr_in web = { .sin_family = AF_INET,
				   .sin_port = htons(crowd.port),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	int fd = socket(client->socket ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int small = 4096, got;

	if (fd < 0)
		stop("crowd: socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (client->socket) {
		snprintf(local.sun_path, sizeof(local.sun_path), "%s", client->socket);
		got = connect(fd, (struct sockaddr *)&local, sizeof(local));
	} else {
		got = connect(fd, (struct sockaddr *)&web, sizeof(web));
	}
	if (got == 0 || errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

static void come(struct client *client)
{
	struct epoll_event event = { .events = EPOLLOUT | EPOLLRDHUP | EPOLLONESHOT,
				     .data.ptr = client };

	client->fd = connect_to(client);
	client->sent = 0;
	if (client->fd < 0)
		return;
	crowd.open++;
	if (epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		stop("crowd: epoll_ctl");
}

static void leave(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	crowd.open--;
	crowd.closed++;
}

static void watch(struct client *client, uint32_t events)
{
	struct epoll_event event = { .events = events | EPOLLRDHUP, .data.ptr = client };

	if (epoll_ctl(crowd.epoll, EPOLL_CTL_MOD, client->fd, &event) != 0)
		stop("crowd: epoll_ctl");
}

static void begin(struct client *client)
{
	char words[4096];
	size_t len = make_words(client, words, sizeof(words));

	client->sent = 1;
	if (len > 0 && send(client->fd, words, len, MSG_NOSIGNAL) < 0)
		leave(client);
	else
		watch(client, client->kind == STAYS ? EPOLLIN : 0);
}

static void attend(struct client *client, uint32_t events)
{
	char waste[65536];

	if (client->fd < 0)
		return;
	if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP))
		leave(client);
	else if (client->sent == 0)
		begin(client);
	else if (recv(client->fd, waste, sizeof(waste), 0) == 0)
		leave(client);
}

/* Once a second: whoever was closed comes again, and the slow send or read their byte. */
static void tick(void)
{
	char byte;
	int born = 0;

	for (size_t i = 0; i < crowd.count; i++) {
		struct client *client = &crowd.clients[i];

		if (client->fd < 0 && born++ < 2000)
			come(client);
		else if (client->fd >= 0 && client->sent > 0 &&
			 (client->kind == HEAD_BY_BYTES || client->kind == BODY_BY_BYTES))
			send(client->fd, "x", 1, MSG_NOSIGNAL);
		else if (client->fd >= 0 && client->kind == READS_BY_BYTES)
			recv(client->fd, &byte, 1, MSG_DONTWAIT);
	}
	printf("%zu open, %ld closed so far\n", crowd.open, crowd.closed);
	fflush(stdout);
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool is_over(void)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	char byte;

	return poll(&in, 1, 0) == 1 && read(0, &byte, 1) <= 0;
}

static void add_clients(size_t count, const char *socket, enum kind first, enum kind end)
{
	crowd.clients = realloc(crowd.clients, (crowd.count + count) * sizeof(*crowd.clients));
	if (!crowd.clients)
		stop("crowd");
	for (size_t i = 0; i < count; i++)
		crowd.clients[crowd.count++] =
			(struct client){ .fd = -1,
					 .socket = socket,
					 .kind = first + (enum kind)(i % (size_t)(end - first)) };
}

static void raise_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < crowd.count + 16) {
		fprintf(stderr, "crowd: only %llu descriptors\n",
			(unsigned long long)limit.rlim_max);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct epoll_event events[256];

	if (argc < 4)
		return 2;
	crowd.port = (unsigned short)strtoul(argv[1], NULL, 10);
	crowd.path = argv[3];
	add_clients(strtoul(argv[2], NULL, 10), NULL, SAYS_NOTHING, KINDS);
	for (int i = 4; i + 1 < argc; i += 2)
		add_clients(strtoul(argv[i + 1], NULL, 10), argv[i], SILENT, KINDS_END);
	raise_limit();
	crowd.epoll = epoll_create1(0);
	for (time_t next = seconds(); !is_over();) {
		int count = epoll_wait(crowd.epoll, events, 256, 100);

		for (int i = 0; i < count; i++)
			attend(events[i].data.ptr, events[i].events);
		if (seconds() >= next) {
			tick();
			next = seconds() + 1;
		}
	}
	return 0;
}

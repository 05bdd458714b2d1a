/*
 * scripted_server - an HTTP server that says what it was told to, in order.
 *
 * One connection, one request, one reply of the script. An empty reply closes the
 * connection without an answer: the answer that was lost. What was asked is kept.
 */
#ifndef TESTS_CLI_SCRIPTED_SERVER_H
#define TESTS_CLI_SCRIPTED_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <communique/arena.h>

#define SCRIPT_MAX 12

struct scripted_server {
	struct arena arena; /* of the thread, while it runs */
	int listener;
	unsigned port;
	pthread_t thread;
	const char *replies[SCRIPT_MAX]; /* the last one is followed by NULL */
	struct str requests[SCRIPT_MAX];
	size_t count;
};

static inline size_t request_length(struct str seen)
{
	size_t head = str_find_str(seen, STR("\r\n\r\n"));
	size_t field = str_find_str(seen, STR("\r\nContent-Length: "));
	struct str number = str_skip(seen, field + 18);
	uint64_t body = 0;

	if (head == seen.len)
		return SIZE_MAX;
	if (field < head)
		str_to_u64(str_first(number, str_find(number, '\r')), 1 << 22, &body);
	return head + 4 + body;
}

static inline struct str read_request(struct scripted_server *server, int fd)
{
	struct buf seen;
	struct str request;

	buf_init(&seen, 4 << 20);
	while (request_length(buf_str(&seen)) > seen.len) {
		ssize_t got = read(fd, buf_room(&seen, 4096), 4096);

		if (got <= 0)
			break;
		buf_grown(&seen, (size_t)got);
	}
	request = arena_copy(&server->arena, buf_str(&seen));
	buf_release(&seen);
	return request;
}

static inline void *serve_script(void *ctx)
{
	struct scripted_server *server = ctx;

	while (server->count < SCRIPT_MAX && server->replies[server->count]) {
		const char *reply = server->replies[server->count];
		int fd = accept(server->listener, NULL, NULL);

		if (fd < 0)
			return NULL;
		server->requests[server->count] = read_request(server, fd);
		server->count++;
		if (write(fd, reply, strlen(reply)) < 0)
			perror("write");
		close(fd);
	}
	return NULL;
}

static inline void server_start(struct scripted_server *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof address;

	arena_init(&server->arena);
	server->count = 0;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(server->listener >= 0);
	assert_int_equal(bind(server->listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(server->listener, 8), 0);
	getsockname(server->listener, (struct sockaddr *)&address, &len);
	server->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve_script, server), 0);
}

/* Ends the thread, also when less was asked than the script has. */
static inline void server_stop(struct scripted_server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
}

static inline void server_free(struct scripted_server *server)
{
	arena_release(&server->arena);
}

static inline bool request_has(const struct scripted_server *server, size_t n, const char *what)
{
	struct str request = server->requests[n];

	return str_find_str(request, str_from(what)) < request.len;
}

#endif

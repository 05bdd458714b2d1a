/*
 * load - a crowd of readers on kept connections, in one thread; and how each of them fared.
 *
 *	load PORT PATH CLIENTS MILLISECONDS [FIELD ...]
 *
 * Each client asks again as soon as it has its answer. The first tenth of the time is not
 * counted. What wrk does not tell is here: answers of each client, for a server may be fast
 * because it serves only some of them. One line of JSON:
 *
 *	requests a second, errors, bytes of a body, status of the last answer; latencies in
 *	microseconds; least and median answers a client; how many had none; our own
 *	processor time, which is the same for every server asked
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX 16384
#define BUCKETS 4096 /* of latency: 64 a power of two */

struct client {
	int fd;
	char head[HEAD_MAX];
	size_t got;
	long long body_left; /* -1: the head is not complete */
	long long asked_at;
	long answers;
};

static struct {
	unsigned short port;
	char request[8192];
	size_t request_len;
	int epoll;
	long long begin, end; /* of what is counted */
	long answers, errors;
	long long body;
	int status;
	long latencies[BUCKETS];
} load;

static long long now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void stop(const char *what)
{
	perror(what);
	exit(1);
}

/* --- latencies: exact below 64 µs, then in 64 steps a power of two ----------------------- */

static unsigned bucket_of(long long us)
{
	unsigned power = 0;

	while (us >> power >= 128)
		power++;
	us = power * 64 + (us >> power);
	return us < BUCKETS ? (unsigned)us : BUCKETS - 1;
}

static long long bucket_value(unsigned bucket)
{
	unsigned power = bucket < 128 ? 0 : bucket / 64 - 1;

	return (long long)(bucket - power * 64) << power;
}

static long long percentile(double part)
{
	long left = (long)((double)load.answers * part);
	unsigned i;

	for (i = 0; i < BUCKETS - 1 && left >= load.latencies[i]; i++)
		left -= load.latencies[i];
	return bucket_value(i);
}

/* --- a client ---------------------------------------------------------------------------- */

static void ask(struct client *client)
{
	client->got = 0;
	client->body_left = -1;
	client->asked_at = now();
	if (send(client->fd, load.request, load.request_len, MSG_NOSIGNAL) !=
	    (ssize_t)load.request_len)
		load.errors++;
}

static void join(struct client *client)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(load.port) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 ||
	    connect(client->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		stop("load: connect");
	if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		stop("load: epoll");
	ask(client);
}

static void join_again(struct client *client)
{
	close(client->fd);
	join(client);
}

static void answered(struct client *client)
{
	long long at = now();

	if (at >= load.begin && at < load.end) {
		load.latencies[bucket_of((at - client->asked_at) / 1000)]++;
		load.answers++;
		client->answers++;
	}
	ask(client);
}

/* Status, length and what of the body came with the head. False: not complete. */
static int read_head(struct client *client)
{
	char *end = memmem(client->head, client->got, "\r\n\r\n", 4), *length;
	long long body = 0;

	if (!end)
		return 0;
	*end = '\0';
	load.status = atoi(client->head + 9);
	length = strcasestr(client->head, "\r\nContent-Length:");
	if (length)
		body = atoll(length + 17);
	if (load.status >= 400)
		load.errors++;
	load.body = body;
	client->body_left = body - (long long)(client->got - (size_t)(end + 4 - client->head));
	return 1;
}

/* What the socket has; a body is thrown away in the kernel. */
static void take(struct client *client)
{
	ssize_t got;

	if (client->body_left < 0)
		got = recv(client->fd, client->head + client->got, HEAD_MAX - 1 - client->got,
			   MSG_DONTWAIT);
	else
		got = recv(client->fd, NULL, (size_t)client->body_left, MSG_TRUNC | MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		load.errors++;
		join_again(client);
		return;
	}
	if (client->body_left < 0) {
		client->got += (size_t)got;
		client->head[client->got] = '\0';
		if (!read_head(client))
			return;
	} else {
		client->body_left -= got;
	}
	if (client->body_left <= 0)
		answered(client);
}

/* --- all of them --------------------------------------------------------------------------- */

static void run(long long milliseconds)
{
	struct epoll_event events[256];

	load.begin = now() + milliseconds * 100000;
	load.end = load.begin + milliseconds * 900000;
	while (now() < load.end) {
		int count = epoll_wait(load.epoll, events, 256, 100);

		for (int i = 0; i < count; i++)
			take(events[i].data.ptr);
	}
}

static int by_answers(const void *a, const void *b)
{
	long one = ((const struct client *)a)->answers, other = ((const struct client *)b)->answers;

	return (one > other) - (one < other);
}

static void tell(struct client *clients, int count, long long milliseconds)
{
	struct rusage used;
	int none = 0;

	qsort(clients, (size_t)count, sizeof(*clients), by_answers);
	while (none < count && clients[none].answers == 0)
		none++;
	getrusage(RUSAGE_SELF, &used);
	printf("{\"rate\":%.1f,\"answers\":%ld,\"errors\":%ld,\"status\":%d,\"body\":%lld,",
	       (double)load.answers * 1000 / ((double)milliseconds * 0.9), load.answers,
	       load.errors, load.status, load.body);
	printf("\"p50\":%lld,\"p99\":%lld,\"least\":%ld,\"median\":%ld,\"none\":%d,",
	       percentile(0.5), percentile(0.99), clients[0].answers, clients[count / 2].answers,
	       none);
	printf("\"cpu\":%.3f}\n",
	       (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
}

static void make_request(char **argv, int argc)
{
	int len = snprintf(load.request, sizeof(load.request),
			   "GET %s HTTP/1.1\r\nHost: localhost\r\n", argv[2]);

	for (int i = 5; i < argc; i++)
		len += snprintf(load.request + len, sizeof(load.request) - (size_t)len, "%s\r\n",
				argv[i]);
	len += snprintf(load.request + len, sizeof(load.request) - (size_t)len, "\r\n");
	load.request_len = (size_t)len;
}

int main(int argc, char **argv)
{
	struct client *clients;
	int count;

	if (argc < 5) {
		fprintf(stderr, "usage: load PORT PATH CLIENTS MILLISECONDS [FIELD ...]\n");
		return 2;
	}
	load.port = (unsigned short)atoi(argv[1]);
	count = atoi(argv[3]);
	make_request(argv, argc);
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	clients = calloc((size_t)count, sizeof(*clients));
	if (load.epoll < 0 || !clients)
		stop("load");
	load.begin = load.end = INT64_MAX;
	for (int i = 0; i < count; i++)
		join(&clients[i]);
	run(atoll(argv[4]));
	tell(clients, count, atoll(argv[4]));
	return 0;
}

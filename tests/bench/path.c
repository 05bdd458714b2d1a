/*
 * path - the serving path alone, for a profile: one ready page, asked for again and again over
 * one kept connection by a thread that says what nginx says.
 *
 *	path make FOLDER		a small store
 *	path run FOLDER REQUESTS	under callgrind, collecting in connection_attend()
 */
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "maker.h"

#include "../../src/web/gate.h"
#include "../../src/web/loop.h"

static struct house house = { .site = &bench_site };
static char socket_path[96];
static long requests;

static void add_pair(struct buf *pairs, const char *name, const char *value)
{
	buf_add_char(pairs, (char)strlen(name));
	buf_add_char(pairs, (char)strlen(value));
	buf_add_text(pairs, name);
	buf_add_text(pairs, value);
}

static void add_record(struct buf *out, enum fcgi_type type, struct str content)
{
	unsigned char head[FCGI_RECORD_HEAD];

	fcgi_record_head(head, type, 1, content.len, 0);
	buf_add(out, (struct str){ (char *)head, sizeof head });
	buf_add(out, content);
}

/* As nginx/communique.conf makes it of a browser's request. */
static void make_request(struct buf *out)
{
	char address[512];
	struct buf pairs;

	address_of(address, sizeof address, 500, 1000);
	buf_init(&pairs, REQUEST_HEAD_MAX);
	add_pair(&pairs, "REQUEST_METHOD", "GET");
	add_pair(&pairs, "REQUEST_URI", address);
	add_pair(&pairs, "HTTP_ACCEPT_ENCODING", "br");
	add_pair(&pairs, "HTTP_ACCEPT_LANGUAGE", "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7");
	add_pair(&pairs, "REQUEST_ID", "0123456789abcdef0123456789abcdef");
	add_record(out, FCGI_TYPE_BEGIN, (struct str){ "\0\1\1\0\0\0\0\0", 8 });
	add_record(out, FCGI_TYPE_PARAMS, buf_str(&pairs));
	add_record(out, FCGI_TYPE_PARAMS, STR(""));
	add_record(out, FCGI_TYPE_STDIN, STR(""));
	buf_release(&pairs);
}

static int join(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, socket_path, strlen(socket_path));
	must(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
	return fd;
}

/* Until END_REQUEST, which is the last record of an answer. */
static void take_answer(int fd)
{
	static char window[1 << 20];
	size_t have = 0, at = 0;

	for (;;) {
		ssize_t got = recv(fd, window + have, sizeof window - have, 0);

		must(got > 0);
		have += (size_t)got;
		while (have - at >= FCGI_RECORD_HEAD) {
			size_t len = get_be16(window + at + 4);

			len += FCGI_RECORD_HEAD + (size_t)(unsigned char)window[at + 6];
			if (have - at < len)
				break;
			if (window[at + 1] == FCGI_TYPE_END)
				return;
			at += len;
		}
	}
}

static void *ask_again(void *ctx)
{
	struct buf request;
	int fd = join();

	buf_init(&request, REQUEST_HEAD_MAX);
	make_request(&request);
	for (long i = 0; i < requests; i++) {
		must(send(fd, request.at, request.len, 0) == (ssize_t)request.len);
		take_answer(fd);
	}
	close(fd);
	buf_release(&request);
	kill(getpid(), SIGTERM);
	return ctx;
}

static void handle(void *ctx, const struct request *request, const struct fault *bad,
		   struct answer *answer)
{
	public_answer(ctx, request, bad, answer);
}

static void run(const char *folder)
{
	struct loop_options options = loop_defaults();
	struct fault why = { .kind = NO_FAULT };
	struct meters meters;
	pthread_t client;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	snprintf(socket_path, sizeof socket_path, "%s/socket", folder);
	check(store_open(&house.store, folder, STORE_READER, NULL, &why), &why);
	house.ready = ready_new(READY_MAX);
	options.by_hand = true;
	meters_init(&meters, options.threads + options.lane_threads);
	options.meters = &meters;
	options.handle = handle;
	options.ctx = &house;
	check(listener_open(&options.listener, socket_path, NULL, &why), &why);
	must(pthread_create(&client, NULL, ask_again, NULL) == 0);
	check(loop_run(&options, &why), &why);
	pthread_join(client, NULL);
	listener_close(&options.listener);
	meters_release(&meters);
	ready_free(&house.ready);
	store_close(&house.store);
}

int main(int argc, char **argv)
{
	struct fault why;

	check(sign_start(&why), &why);
	clock_fix(NOW);
	describe_site();
	if (argc == 3 && strcmp(argv[1], "make") == 0) {
		make_store(argv[2], 1000);
	} else if (argc == 4 && strcmp(argv[1], "run") == 0) {
		requests = strtol(argv[3], NULL, 10);
		run(argv[2]);
	} else {
		fprintf(stderr, "usage: path make FOLDER | path run FOLDER REQUESTS\n");
		return 2;
	}
	return 0;
}

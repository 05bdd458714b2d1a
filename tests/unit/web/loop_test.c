#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is another */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../../src/web/gate.h"
#include "../../../src/web/loop.h"
#include "records.h"

#include <communique/bytes.h>
#include <communique/clock.h>
#include <communique/log.h>

#define PATIENCE 5000 /* milliseconds until a test gives up waiting */
#define BIG (5 * 1024 * 1024)

static char folder[64], socket_path[96];
static struct loop_options options;
static pthread_t loop_thread;
static bool loop_result, running;

/* --- the responder ------------------------------------------------------------------ */

static void say(struct answer *answer, unsigned status, struct str text)
{
	answer_begin(answer, status);
	buf_add(answer_body(answer), text);
}

static void count_body(const struct request *request, struct answer *answer)
{
	struct fault why;
	struct buf body;
	char text[64];

	buf_init(&body, 2 * 1024 * 1024);
	if (request_read_body(request, &body, &why))
		snprintf(text, sizeof(text), "%zu bytes", body.len);
	else
		snprintf(text, sizeof(text), "%s", fault_code(why.kind));
	say(answer, 200, str_from(text));
	buf_release(&body);
}

/* What takes long takes as long as a test wants. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	bool open;
	unsigned begun;
} dear = { .lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER };

static void dear_let(bool open)
{
	pthread_mutex_lock(&dear.lock);
	dear.open = open;
	pthread_cond_broadcast(&dear.opened);
	pthread_mutex_unlock(&dear.lock);
}

static unsigned dear_begun(void)
{
	unsigned begun;

	pthread_mutex_lock(&dear.lock);
	begun = dear.begun;
	pthread_mutex_unlock(&dear.lock);
	return begun;
}

static void wait_for_dear(unsigned begun)
{
	for (int i = 0; i < PATIENCE && dear_begun() < begun; i++)
		usleep(1000);
	assert_int_equal(dear_begun(), begun);
}

static bool respond_dearly(const struct request *request, struct answer *answer)
{
	switch (request->turn(request->ctx)) {
	case TURN_LATER:
		return false;
	case TURN_NEVER:
		say(answer, 503, STR("busy"));
		return true;
	case TURN_NOW:
		break;
	}
	pthread_mutex_lock(&dear.lock);
	dear.begun++;
	while (!dear.open)
		pthread_cond_wait(&dear.opened, &dear.lock);
	pthread_mutex_unlock(&dear.lock);
	say(answer, 200, request->target);
	return true;
}

static void respond(void *ctx, const struct request *request, const struct fault *bad,
		    struct answer *answer)
{
	(void)ctx;
	if (!bad && str_starts(request->path, STR("/dear"))) {
		if (!respond_dearly(request, answer))
			return;
	} else if (bad) {
		say(answer, fault_status(bad->kind), str_from(fault_code(bad->kind)));
	} else if (str_equal(request->path, STR("/body"))) {
		count_body(request, answer);
	} else if (str_equal(request->path, STR("/refuse"))) {
		say(answer, 413, STR("too large"));
	} else if (str_equal(request->path, STR("/big"))) {
		answer_begin(answer, 200);
		for (size_t i = 0; i < BIG / 16; i++)
			buf_add(answer_body(answer), STR("0123456789abcdef"));
	} else if (str_equal(request->path, STR("/file"))) {
		answer_begin(answer, 200);
		answer_file(answer, open("/dev/zero", O_RDONLY | O_CLOEXEC), 0, BIG);
	} else if (str_equal(request->path, STR("/short"))) {
		answer_begin(answer, 200);
		answer_file(answer, open("/dev/null", O_RDONLY | O_CLOEXEC), 0, BIG);
	} else {
		if (str_equal(request->path, STR("/slow")))
			usleep(300000);
		say(answer, 200, request->target);
	}
	answer_finish(answer, true);
}

static void *run_loop(void *ctx)
{
	struct fault why;

	(void)ctx;
	loop_result = loop_run(&options, &why);
	return NULL;
}

static void start(void)
{
	struct fault why;

	assert_true(listener_open(&options.listener, socket_path, NULL, &why));
	assert_int_equal(pthread_create(&loop_thread, NULL, run_loop, NULL), 0);
	running = true;
}

/* Whoever has sent the signal; a second one would wait for the next test's loop. */
static void has_stopped(void)
{
	pthread_join(loop_thread, NULL);
	listener_close(&options.listener);
	running = false;
	assert_true(loop_result);
}

static void stop(void)
{
	kill(getpid(), SIGTERM);
	has_stopped();
}

static int begin(void **state)
{
	(void)state;
	memcpy(folder, "/tmp/loop-XXXXXX", 17);
	assert_non_null(mkdtemp(folder));
	snprintf(socket_path, sizeof(socket_path), "%s/socket", folder);
	options = loop_defaults();
	options.threads = 2;
	options.handle = respond;
	options.head_ms = 300;
	options.linger_ms = 300;
	return 0;
}

static int begin_by_hand(void **state)
{
	begin(state);
	options.by_hand = true;
	return 0;
}

static int end(void **state)
{
	(void)state;
	if (running)
		stop();
	unlink(socket_path);
	rmdir(folder);
	return 0;
}

/* --- the web server ----------------------------------------------------------------- */

static int client(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, socket_path, strlen(socket_path));
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void put(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t sent = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL);

		assert_true(sent > 0);
		bytes = str_skip(bytes, (size_t)sent);
	}
}

/* At least one byte, or 0 at the end, or -1 when nothing came in time. */
static ssize_t get_some(int fd, char *at, size_t room, int ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (poll(&wait, 1, ms) != 1)
		return -1;
	return recv(fd, at, room, 0);
}

static bool get(int fd, char *at, size_t len)
{
	while (len > 0) {
		ssize_t got = get_some(fd, at, len, PATIENCE);

		if (got <= 0)
			return false;
		at += got;
		len -= (size_t)got;
	}
	return true;
}

static bool closed(int fd, int within)
{
	char c;
	ssize_t got = get_some(fd, &c, 1, within);

	return got == 0 || (got < 0 && errno == ECONNRESET);
}

/* One answer; false when the connection ends before END_REQUEST. */
static bool take(int fd, struct buf *stream)
{
	unsigned char head[8];
	static _Thread_local char content[65536 + 256];

	for (;;) {
		size_t len;

		if (!get(fd, (char *)head, 8))
			return false;
		len = get_be16(head + 4);
		if (!get(fd, content, len + head[6]))
			return false;
		if (head[1] == 3)
			return true;
		assert_int_equal(head[1], 6);
		buf_add(stream, (struct str){ content, len });
	}
}

static bool answered(int fd, const char *body)
{
	struct buf stream;
	bool ok;

	buf_init(&stream, 2 * BIG);
	ok = take(fd, &stream) && str_starts(buf_str(&stream), STR("Status: ")) &&
	     str_ends(buf_str(&stream), str_from(body));
	if (!ok)
		print_error("not \"%s\": %.*s\n", body, STR_ARG(buf_str(&stream)));
	buf_release(&stream);
	return ok;
}

static void ask(int fd, const char *uri, bool keep)
{
	struct buf bytes;

	buf_init(&bytes, 65536);
	add_get(&bytes, 1, uri, keep);
	put(fd, buf_str(&bytes));
	buf_release(&bytes);
}

static void ask_with_body(int fd, const char *uri, size_t announced, struct str body)
{
	struct buf pairs, bytes;
	char length[32];

	snprintf(length, sizeof(length), "%zu", announced);
	buf_init(&pairs, 65535);
	buf_init(&bytes, 4 * 1024 * 1024);
	add_pair(&pairs, "REQUEST_METHOD", STR("PUT"));
	add_pair(&pairs, "REQUEST_URI", str_from(uri));
	add_pair(&pairs, "CONTENT_LENGTH", str_from(length));
	add_begin(&bytes, 1, 1, false);
	add_record(&bytes, 4, 1, buf_str(&pairs), 0);
	add_record(&bytes, 4, 1, STR(""), 0);
	put(fd, buf_str(&bytes));
	buf_clear(&bytes);
	for (; body.len > 0; body = str_skip(body, 30000))
		add_record(&bytes, 5, 1, str_first(body, 30000), 3);
	add_record(&bytes, 5, 1, STR(""), 0);
	/* A responder that refuses may have shut its side: that is no failure of the test. */
	for (struct str rest = buf_str(&bytes); rest.len > 0;) {
		ssize_t sent = send(fd, rest.at, rest.len, MSG_NOSIGNAL);

		if (sent <= 0)
			break;
		rest = str_skip(rest, (size_t)sent);
	}
	buf_release(&pairs);
	buf_release(&bytes);
}

/* --- tests --------------------------------------------------------------------------------------
 */

static void connections_are_kept_or_closed_as_asked(void **state)
{
	int fd;

	(void)state;
	start();
	fd = client();
	for (int i = 0; i < 3; i++) {
		ask(fd, "/kept", true);
		assert_true(answered(fd, "/kept"));
	}
	ask(fd, "/last", false);
	assert_true(answered(fd, "/last"));
	assert_true(closed(fd, PATIENCE));
	close(fd);
}

static void idle_connections_starve_nobody(void **state)
{
	int fds[60];

	(void)state;
	options.threads = 1;
	start();
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 60; i++) {
			if (round == 0)
				fds[i] = client();
			ask(fds[i], "/x", true);
			assert_true(answered(fds[i], "/x"));
		}
	for (int i = 0; i < 60; i++)
		close(fds[i]);
}

/* Forty connections of a thread's, asked in turn, each answer that of its own question. */
static void *ask_in_turn(void *ctx)
{
	int fds[40];
	char uri[64];

	for (int round = 0; round < 25; round++)
		for (int i = 0; i < 40; i++) {
			if (round == 0)
				fds[i] = client();
			snprintf(uri, sizeof(uri), "/%p/%d/%d", ctx, i, round);
			ask(fds[i], uri, true);
			if (i % 2 == 1) {
				snprintf(uri, sizeof(uri), "/%p/%d/%d", ctx, i - 1, round);
				if (!answered(fds[i - 1], uri))
					return ctx;
				snprintf(uri, sizeof(uri), "/%p/%d/%d", ctx, i, round);
				if (!answered(fds[i], uri))
					return ctx;
			}
		}
	for (int i = 0; i < 40; i++)
		close(fds[i]);
	return NULL;
}

static void many_connections_are_served_by_few_threads(void **state)
{
	static int names[4];
	pthread_t threads[4];
	void *wrong;

	(void)state;
	options.threads = 3;
	start();
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_in_turn, &names[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}

static void heads_may_come_in_pieces(void **state)
{
	struct buf bytes;
	int fd;

	(void)state;
	options.head_ms = PATIENCE;
	start();
	fd = client();
	buf_init(&bytes, 65536);
	add_get(&bytes, 1, "/pieces", true);
	for (size_t i = 0; i < bytes.len; i++) {
		put(fd, str_first(str_skip(buf_str(&bytes), i), 1));
		if (i % 5 == 0)
			usleep(200);
	}
	assert_true(answered(fd, "/pieces"));
	close(fd);
	for (size_t cut = 1; cut < bytes.len; cut += 3) {
		fd = client();
		put(fd, str_first(buf_str(&bytes), cut));
		usleep(1000);
		put(fd, str_skip(buf_str(&bytes), cut));
		assert_true(answered(fd, "/pieces"));
		close(fd);
	}
	buf_release(&bytes);
}

static void half_a_head_is_closed_in_time(void **state)
{
	uint64_t before;
	int slow, dead, fd;

	(void)state;
	options.threads = 1;
	start();
	slow = client();
	dead = client();
	put(slow, STR("\x01\x01\x00\x01\x00"));
	put(dead, STR("\x01\x01"));
	close(dead);
	before = clock_milliseconds();
	fd = client();
	ask(fd, "/meanwhile", true);
	assert_true(answered(fd, "/meanwhile"));
	assert_true(clock_milliseconds() - before < 250);
	assert_true(closed(slow, 2000));
	assert_true(clock_milliseconds() - before >= 250);
	close(slow);
	close(fd);
}

static void dripping_does_not_prolong_a_head(void **state)
{
	struct buf bytes;
	uint64_t before;
	size_t sent = 0;
	int fd;

	(void)state;
	start();
	fd = client();
	buf_init(&bytes, 65536);
	add_get(&bytes, 1, "/drip", true);
	before = clock_milliseconds();
	while (sent < bytes.len && send(fd, bytes.at + sent, 1, MSG_NOSIGNAL) == 1) {
		sent++;
		usleep(20000);
	}
	assert_true(sent < bytes.len);
	assert_true(clock_milliseconds() - before < 1500);
	close(fd);
	buf_release(&bytes);
}

static void hostile_records_close_only_their_connection(void **state)
{
	struct buf bytes;
	char big[20000];
	int fd, other;

	(void)state;
	start();
	other = client();
	buf_init(&bytes, 65536);
	memset(big, 'a', sizeof(big));
	for (int n = 0; n < 5; n++) {
		buf_clear(&bytes);
		if (n == 0)
			buf_add(&bytes, STR("GET / HTTP/1.1\r\n\r\n"));
		if (n == 1)
			add_begin(&bytes, 1, 2, 0);
		if (n == 2) {
			add_begin(&bytes, 1, 1, 1);
			add_record(&bytes, 4, 1, (struct str){ big, sizeof(big) }, 0);
		}
		if (n == 3)
			add_record(&bytes, 11, 0, STR(""), 0);
		if (n == 4) {
			add_get(&bytes, 1, "/", true);
			add_get(&bytes, 2, "/", true);
		}
		fd = client();
		put(fd, buf_str(&bytes));
		assert_true(closed(fd, PATIENCE));
		close(fd);
		ask(other, "/alive", true);
		assert_true(answered(other, "/alive"));
	}
	close(other);
	buf_release(&bytes);
}

static void get_values_and_aborts_are_answered(void **state)
{
	struct buf bytes, pairs;
	char back[64];
	int fd;

	(void)state;
	start();
	fd = client();
	buf_init(&bytes, 65536);
	buf_init(&pairs, 256);
	add_pair(&pairs, "FCGI_MPXS_CONNS", STR(""));
	add_record(&bytes, 9, 0, buf_str(&pairs), 0);
	put(fd, buf_str(&bytes));
	assert_true(get(fd, back, 26));
	assert_memory_equal(back,
			    "\x01\x0a\0\0\0\x12\0\0\x0f\x01"
			    "FCGI_MPXS_CONNS0",
			    26);

	buf_clear(&bytes);
	add_begin(&bytes, 5, 1, 1);
	put(fd, buf_str(&bytes));
	usleep(20000);
	buf_clear(&bytes);
	add_record(&bytes, 2, 5, STR(""), 0);
	put(fd, buf_str(&bytes));
	assert_true(get(fd, back, 16));
	assert_memory_equal(back, "\x01\x03\x00\x05\x00\x08\x00\x00\0\0\0\0\0\0\0\0", 16);

	put(fd, buf_str(&bytes)); /* late, for what is over: no answer */
	ask(fd, "/after", true);
	assert_true(answered(fd, "/after"));
	close(fd);
	buf_release(&bytes);
	buf_release(&pairs);
}

static void bodies_stream(void **state)
{
	static char body[1024 * 1024];
	int fd;

	(void)state;
	memset(body, 'b', sizeof(body));
	start();
	fd = client();
	ask_with_body(fd, "/body", sizeof(body), (struct str){ body, sizeof(body) });
	assert_true(answered(fd, "1048576 bytes"));
	assert_true(closed(fd, PATIENCE));
	close(fd);
	fd = client();
	ask_with_body(fd, "/body", 4, STR("four"));
	assert_true(answered(fd, "4 bytes"));
	close(fd);
	fd = client();
	ask_with_body(fd, "/body", 5, STR("four"));
	assert_true(answered(fd, "invalid"));
	close(fd);
}

/* Of a hundred bytes the first few. */
static int begin_a_body(void)
{
	struct buf pairs, bytes;
	int fd = client();

	buf_init(&pairs, 65535);
	buf_init(&bytes, 65535);
	add_pair(&pairs, "REQUEST_METHOD", STR("PUT"));
	add_pair(&pairs, "REQUEST_URI", STR("/body"));
	add_pair(&pairs, "CONTENT_LENGTH", STR("100"));
	add_begin(&bytes, 1, 1, false);
	add_record(&bytes, 4, 1, buf_str(&pairs), 0);
	add_record(&bytes, 4, 1, STR(""), 0);
	add_record(&bytes, 5, 1, STR("a start"), 0);
	put(fd, buf_str(&bytes));
	buf_release(&pairs);
	buf_release(&bytes);
	return fd;
}

static void a_body_that_stops_is_given_up(void **state)
{
	int fd;

	(void)state;
	options.body_ms = 200;
	start();
	fd = begin_a_body();
	assert_true(answered(fd, "invalid"));
	assert_true(closed(fd, PATIENCE));
	close(fd);
}

static _Atomic unsigned ticks;

static void count_tick(void *ctx)
{
	(void)ctx;
	ticks++;
}

/* Bodies that are still coming hold every thread there is: time goes on, and a stop is heard. */
static void slow_bodies_stop_no_clock(void **state)
{
	char said[256];
	struct supervisor supervisor = { .every = 20 };
	int fds[2], ends[2];
	unsigned before;
	ssize_t got;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	supervisor.fd = ends[0];
	options.supervisor = &supervisor;
	options.body_ms = 1000;
	options.tick = count_tick;
	options.tick_ms = 20;
	start();
	for (int i = 0; i < 2; i++)
		fds[i] = begin_a_body();
	usleep(200000);
	before = ticks;
	while (recv(ends[1], said, sizeof said, MSG_DONTWAIT) > 0)
		;
	usleep(300000);
	assert_true(ticks > before + 2);
	got = recv(ends[1], said, sizeof said, MSG_DONTWAIT);
	assert_true(str_equal((struct str){ said, got > 0 ? (size_t)got : 0 }, STR("WATCHDOG=1")));
	kill(getpid(), SIGTERM);
	do {
		got = recv(ends[1], said, sizeof said, 0);
		assert_true(got > 0);
	} while (!str_equal((struct str){ said, (size_t)got }, STR("STOPPING=1")));
	for (int i = 0; i < 2; i++) {
		assert_true(answered(fds[i], "invalid"));
		close(fds[i]);
	}
	has_stopped();
	close(ends[0]);
	close(ends[1]);
}

static void a_refusal_comes_before_the_body(void **state)
{
	static char body[3 * 1024 * 1024];
	int fd;

	(void)state;
	start();
	fd = client();
	ask_with_body(fd, "/refuse", sizeof(body), (struct str){ body, 1 });
	assert_true(answered(fd, "too large"));
	assert_true(closed(fd, PATIENCE));
	close(fd);
	/* One that goes on sending whatever we say is cut off, not waited for. */
	fd = client();
	ask_with_body(fd, "/refuse", sizeof(body), (struct str){ body, sizeof(body) });
	close(fd);
	fd = client();
	ask(fd, "/alive", false);
	assert_true(answered(fd, "/alive"));
	close(fd);
}

static void a_slow_taker_holds_no_thread(void **state)
{
	struct buf stream;
	int slow, fd;

	(void)state;
	options.threads = 1;
	start();
	slow = client();
	ask(slow, "/big", true);
	usleep(50000);
	fd = client();
	ask(fd, "/meanwhile", false);
	assert_true(answered(fd, "/meanwhile"));
	close(fd);
	buf_init(&stream, 2 * BIG);
	assert_true(take(slow, &stream));
	assert_true(stream.len > BIG);
	assert_true(str_ends(buf_str(&stream), STR("0123456789abcdef0123456789abcdef")));
	ask(slow, "/kept", true);
	assert_true(answered(slow, "/kept"));
	close(slow);
	buf_release(&stream);
}

/* 40 times 5 MB, in buffers of 8, are more than may wait. */
static void answers_that_nobody_takes_have_a_bound(void **state)
{
	enum { COUNT = 40 };
	int fds[COUNT], whole = 0;

	(void)state;
	options.threads = 1;
	start();
	for (int i = 0; i < COUNT; i++) {
		fds[i] = client();
		ask(fds[i], "/big", false);
	}
	for (int i = 0; i < COUNT; i++) {
		struct pollfd begun = { .fd = fds[i], .events = POLLIN };

		assert_int_equal(poll(&begun, 1, PATIENCE), 1);
	}
	for (int i = 0; i < COUNT; i++) {
		struct buf stream;

		buf_init(&stream, 2 * BIG);
		whole += take(fds[i], &stream);
		close(fds[i]);
		buf_release(&stream);
	}
	assert_in_range(whole, 10, UNSENT_MAX / BIG);
}

static void who_takes_nothing_is_closed(void **state)
{
	int fd;
	struct buf stream;

	(void)state;
	options.write_ms = 200;
	start();
	fd = client();
	ask(fd, "/big", true);
	usleep(900000);
	buf_init(&stream, 2 * BIG);
	assert_false(take(fd, &stream));
	close(fd);
	buf_release(&stream);
}

static void a_file_is_sent_in_turns(void **state)
{
	int slow, fd;
	struct buf stream;

	(void)state;
	options.threads = 1;
	start();
	slow = client();
	ask(slow, "/file", true);
	usleep(50000);
	fd = client();
	ask(fd, "/meanwhile", false);
	assert_true(answered(fd, "/meanwhile"));
	close(fd);
	buf_init(&stream, 2 * BIG);
	assert_true(take(slow, &stream));
	assert_true(stream.len > BIG && stream.len < BIG + 4096);
	assert_true(stream.at[stream.len - 1] == 0);
	ask(slow, "/kept", true);
	assert_true(answered(slow, "/kept"));
	close(slow);
	buf_release(&stream);
}

/* The answer's head has promised more: only a broken connection tells the web server. */
static void a_file_that_is_too_short_breaks_off(void **state)
{
	struct buf stream;
	int fd;

	(void)state;
	log_set_level(LOG_ERROR);
	start();
	fd = client();
	ask(fd, "/short", true);
	buf_init(&stream, 2 * BIG);
	assert_false(take(fd, &stream));
	close(fd);
	buf_release(&stream);
}

static void a_file_does_not_keep_us_from_stopping(void **state)
{
	uint64_t before;
	int fd;

	(void)state;
	start();
	fd = client();
	ask(fd, "/file", true);
	usleep(50000);
	before = clock_milliseconds();
	stop();
	assert_in_range(clock_milliseconds() - before, 0, 5000);
	close(fd);
}

static void the_longest_idle_gives_way(void **state)
{
	int fds[10];

	(void)state;
	options.connections_max = 4;
	start();
	for (int i = 0; i < 10; i++) {
		fds[i] = client();
		ask(fds[i], "/x", true);
		assert_true(answered(fds[i], "/x"));
		usleep(2000);
	}
	for (int i = 0; i < 6; i++)
		assert_true(closed(fds[i], 1000));
	for (int i = 6; i < 10; i++) {
		ask(fds[i], "/y", true);
		assert_true(answered(fds[i], "/y"));
	}
	for (int i = 0; i < 10; i++)
		close(fds[i]);
}

static void idle_connections_end(void **state)
{
	int fd;

	(void)state;
	options.idle_ms = 200;
	start();
	fd = client();
	ask(fd, "/x", true);
	assert_true(answered(fd, "/x"));
	assert_true(closed(fd, 2000));
	close(fd);
}

/* A web server that has connected is about to ask; a POST that fails then it asks nobody else. */
static void stopping_answers_who_has_just_connected(void **state)
{
	struct buf head;
	int late, half, silent;

	(void)state;
	start();
	late = client();
	half = client();
	silent = client();
	buf_init(&head, 65536);
	add_get(&head, 1, "/half", false);
	put(half, str_first(buf_str(&head), 40));
	usleep(100000);
	kill(getpid(), SIGTERM);
	usleep(100000);
	ask(late, "/late", true);
	put(half, str_skip(buf_str(&head), 40));
	assert_true(answered(late, "/late"));
	assert_true(closed(late, 1000));
	assert_true(answered(half, "/half"));
	assert_true(closed(silent, PATIENCE));
	has_stopped();
	buf_release(&head);
	close(late);
	close(half);
	close(silent);
}

static void stopping_answers_what_had_arrived(void **state)
{
	int working, idle, queued[5];

	(void)state;
	options.threads = 1;
	start();
	idle = client();
	ask(idle, "/x", true);
	assert_true(answered(idle, "/x"));
	working = client();
	ask(working, "/slow", true);
	usleep(50000);
	for (int i = 0; i < 5; i++) {
		queued[i] = client();
		ask(queued[i], "/queued", true);
	}
	stop();
	assert_true(answered(working, "/slow"));
	assert_true(closed(working, 100));
	assert_true(closed(idle, 100));
	for (int i = 0; i < 5; i++) {
		assert_true(answered(queued[i], "/queued"));
		close(queued[i]);
	}
	assert_int_equal(access(socket_path, F_OK), 0);
	close(working);
	close(idle);
}

static void duplicated_variables_reach_the_handler_as_a_fault(void **state)
{
	struct buf pairs, bytes;
	int fd;

	(void)state;
	start();
	fd = client();
	buf_init(&pairs, 65535);
	buf_init(&bytes, 65535);
	add_pair(&pairs, "REQUEST_METHOD", STR("GET"));
	add_pair(&pairs, "REQUEST_URI", STR("/"));
	add_pair(&pairs, "HTTP_SIGNATURE_INPUT", STR("a"));
	add_pair(&pairs, "HTTP_SIGNATURE_INPUT", STR("b"));
	add_begin(&bytes, 1, 1, false);
	add_record(&bytes, 4, 1, buf_str(&pairs), 0);
	add_record(&bytes, 4, 1, STR(""), 0);
	add_record(&bytes, 5, 1, STR(""), 0);
	put(fd, buf_str(&bytes));
	assert_true(answered(fd, "duplicate-field"));
	close(fd);
	buf_release(&pairs);
	buf_release(&bytes);
}

static int begin_with_lane(void **state)
{
	begin_by_hand(state);
	options.threads = 1;
	options.lane_threads = 1;
	dear.begun = 0;
	dear_let(false);
	return 0;
}

static void what_takes_long_keeps_nobody_else_waiting(void **state)
{
	int slow[20], fd;
	char uri[32];

	(void)state;
	start();
	for (int i = 0; i < 20; i++) {
		slow[i] = client();
		snprintf(uri, sizeof(uri), "/dear%d", i);
		ask(slow[i], uri, true);
	}
	fd = client();
	for (int i = 0; i < 50; i++) {
		ask(fd, "/quick", true);
		assert_true(answered(fd, "/quick"));
	}
	wait_for_dear(1);
	dear_let(true);
	for (int i = 0; i < 20; i++) {
		snprintf(uri, sizeof(uri), "/dear%d", i);
		assert_true(answered(slow[i], uri));
		ask(slow[i], "/quick", true);
		assert_true(answered(slow[i], "/quick"));
		close(slow[i]);
	}
	close(fd);
}

/* One is taken from the front; behind it as many wait as may. */
static void when_too_many_wait_the_next_is_refused(void **state)
{
	int slow[LANE_WAITING_MAX + 1], fd;

	(void)state;
	start();
	slow[0] = client();
	ask(slow[0], "/dear", false);
	wait_for_dear(1);
	for (int i = 1; i <= LANE_WAITING_MAX; i++) {
		slow[i] = client();
		ask(slow[i], "/dear", false);
	}
	fd = client();
	for (int i = 0; i < 3; i++) {
		ask(fd, "/dear", true);
		assert_true(answered(fd, "busy"));
	}
	dear_let(true);
	for (int i = 0; i <= LANE_WAITING_MAX; i++) {
		assert_true(answered(slow[i], "/dear"));
		close(slow[i]);
	}
	ask(fd, "/dear", true);
	assert_true(answered(fd, "/dear"));
	close(fd);
}

static void who_leaves_the_lane_costs_nothing(void **state)
{
	int slow[10], fd;

	(void)state;
	start();
	for (int i = 0; i < 10; i++) {
		slow[i] = client();
		ask(slow[i], "/dear", false);
	}
	wait_for_dear(1);
	for (int i = 1; i < 9; i++)
		close(slow[i]);
	/* Its answer comes behind the news of those. */
	fd = client();
	ask(fd, "/quick", false);
	assert_true(answered(fd, "/quick"));
	close(fd);
	dear_let(true);
	assert_true(answered(slow[0], "/dear"));
	assert_true(answered(slow[9], "/dear"));
	assert_int_equal(dear_begun(), 2);
	close(slow[0]);
	close(slow[9]);
}

static void who_waits_in_the_lane_is_answered_before_the_end(void **state)
{
	int slow[5];

	(void)state;
	start();
	for (int i = 0; i < 5; i++) {
		slow[i] = client();
		ask(slow[i], "/dear", false);
	}
	wait_for_dear(1);
	kill(getpid(), SIGTERM);
	dear_let(true);
	for (int i = 0; i < 5; i++) {
		assert_true(answered(slow[i], "/dear"));
		close(slow[i]);
	}
	pthread_join(loop_thread, NULL);
	listener_close(&options.listener);
	running = false;
	assert_true(loop_result);
}

static void a_living_socket_is_not_taken(void **state)
{
	struct listener first, second;
	struct fault why;
	struct stat info;
	FILE *file;

	(void)state;
	assert_true(listener_open(&first, socket_path, NULL, &why));
	assert_int_equal(stat(socket_path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0660);
	assert_false(listener_open(&second, socket_path, NULL, &why));
	assert_int_equal(why.kind, CONFLICT);
	listener_close(&first);
	assert_true(listener_open(&second, socket_path, NULL, &why)); /* a dead one is */
	listener_close(&second);
	unlink(socket_path);
	file = fopen(socket_path, "w");
	assert_non_null(file);
	fclose(file);
	assert_false(listener_open(&second, socket_path, NULL, &why));
	assert_int_equal(why.kind, CONFLICT);
	assert_false(listener_open(&second, "", NULL, &why));
	assert_false(listener_open(&second, NULL, NULL, &why)); /* nothing was inherited */
	unlink(socket_path);
	assert_false(listener_open(&second, socket_path, "no-such-group-here", &why));
	assert_int_equal(why.kind, INVALID);
}

int main(void)
{
/* The desk's way to read a request, and the readers'. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define LANE(name) cmocka_unit_test_setup_teardown(name, begin_with_lane, end)
#define BOTH(name)                                                                                 \
	TEST(name),                                                                                \
	{                                                                                          \
#name " (by hand)", name, begin_by_hand, end, NULL                                 \
	}
	const struct CMUnitTest tests[] = {
		BOTH(connections_are_kept_or_closed_as_asked),
		BOTH(idle_connections_starve_nobody),
		BOTH(many_connections_are_served_by_few_threads),
		BOTH(heads_may_come_in_pieces),
		BOTH(half_a_head_is_closed_in_time),
		BOTH(dripping_does_not_prolong_a_head),
		BOTH(hostile_records_close_only_their_connection),
		BOTH(get_values_and_aborts_are_answered),
		TEST(bodies_stream),
		TEST(a_body_that_stops_is_given_up),
		TEST(slow_bodies_stop_no_clock),
		BOTH(a_refusal_comes_before_the_body),
		BOTH(a_slow_taker_holds_no_thread),
		BOTH(answers_that_nobody_takes_have_a_bound),
		BOTH(who_takes_nothing_is_closed),
		BOTH(a_file_is_sent_in_turns),
		BOTH(a_file_that_is_too_short_breaks_off),
		BOTH(a_file_does_not_keep_us_from_stopping),
		BOTH(the_longest_idle_gives_way),
		BOTH(idle_connections_end),
		BOTH(stopping_answers_what_had_arrived),
		BOTH(stopping_answers_who_has_just_connected),
		BOTH(duplicated_variables_reach_the_handler_as_a_fault),
		LANE(what_takes_long_keeps_nobody_else_waiting),
		LANE(when_too_many_wait_the_next_is_refused),
		LANE(who_leaves_the_lane_costs_nothing),
		LANE(who_waits_in_the_lane_is_answered_before_the_end),
		TEST(a_living_socket_is_not_taken),
	};
	sigset_t signals;

	/* So that it reaches the loop's descriptor, and not this thread. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

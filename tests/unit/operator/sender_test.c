/* Notices: written with the publication, sent after the lift, again until they are taken. */
#include "unit/newsroom/office.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <communique/clock.h>
#include <communique/fsck.h>
#include <communique/log.h>
#include <communique/mac.h>

#include "../../../src/operator/post.h"
#include "../../../src/operator/sender.h"

/* --- a receiver on this machine ------------------------------------------------------------- */

struct receiver {
	int fd, stop[2];
	unsigned status; /* what it answers; 0: nothing at all */
	unsigned calls;
	char last[8192];
	char url[64];
	pthread_t thread;
};

static bool is_whole(const char *text, size_t len)
{
	const char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");

	return end && length && len >= (size_t)(end + 4 - text) + strtoul(length + 16, NULL, 10);
}

static void answer(struct receiver *receiver, int fd)
{
	size_t len = 0;
	char text[64];

	while (len < sizeof receiver->last - 1) {
		ssize_t got = read(fd, receiver->last + len, sizeof receiver->last - 1 - len);

		if (got <= 0)
			break;
		len += (size_t)got;
		receiver->last[len] = '\0';
		if (is_whole(receiver->last, len))
			break;
	}
	receiver->calls++;
	if (receiver->status) {
		snprintf(text, sizeof text, "HTTP/1.1 %u X\r\nContent-Length: 0\r\n\r\n",
			 receiver->status);
		assert_true(write(fd, text, strlen(text)) > 0);
	} else {
		struct pollfd stop = { .fd = receiver->stop[0], .events = POLLIN };

		poll(&stop, 1, 20000);
	}
	close(fd);
}

static void *receive(void *ctx)
{
	struct receiver *receiver = ctx;
	struct pollfd both[2] = { { .fd = receiver->fd, .events = POLLIN },
				  { .fd = receiver->stop[0], .events = POLLIN } };

	while (poll(both, 2, -1) > 0 && !both[1].revents)
		answer(receiver, accept(receiver->fd, NULL, NULL));
	return NULL;
}

static void receiver_open(struct receiver *receiver, unsigned status)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;

	*receiver = (struct receiver){ .status = status };
	receiver->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(receiver->fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(receiver->fd, 8), 0);
	assert_int_equal(getsockname(receiver->fd, (struct sockaddr *)&address, &size), 0);
	snprintf(receiver->url, sizeof receiver->url, "http://127.0.0.1:%u/told",
		 ntohs(address.sin_port));
	assert_int_equal(pipe(receiver->stop), 0);
	assert_int_equal(pthread_create(&receiver->thread, NULL, receive, receiver), 0);
}

static void receiver_close(struct receiver *receiver)
{
	assert_int_equal(write(receiver->stop[1], "x", 1), 1);
	pthread_join(receiver->thread, NULL);
	close(receiver->fd);
	close(receiver->stop[0]);
	close(receiver->stop[1]);
}

/* --- an office that tells ----------------------------------------------------------------------
 */

struct telling {
	struct office *office;
	struct site site;
	struct secret key;
	struct sender_options options;
	struct sender *sender; /* opened with the first that is sent */
};

static void telling_open(struct telling *telling)
{
	*telling = (struct telling){ .office = office_open(1) };
	log_set_level(LOG_ERROR);
	telling->office->room.outbox = true;
	telling->site.name = STR("press.example");
	telling->site.url = STR("https://press.example");
	assert_true(secret_new(&telling->key, 32, NULL));
	memset(telling->key.at, 'k', 32);
	telling->options = (struct sender_options){ .newsroom = &telling->office->room,
						    .site = &telling->site,
						    .webhook_key = &telling->key };
}

static void telling_close(struct telling *telling)
{
	clock_fix(-1);
	sender_close(&telling->sender);
	secret_free(&telling->key);
	office_close(telling->office);
}

static void publish(struct telling *telling, const char *slug, const char *more)
{
	struct str file = release_text(telling->office, slug, "2026-11-23", more);
	struct draft draft;

	done(save(telling->office, ALICE, slug, file, NULL, &draft, why));
	done(sign(telling->office, ALICE, slug, file, &draft, why));
}

static bool try_one(struct telling *telling, bool *found)
{
	struct fault fault = { .kind = NO_FAULT };

	if (!telling->sender)
		done(sender_open(&telling->options, &telling->sender, why));
	*found = false;
	return sender_send_one(telling->sender, telling->office->now, found, &fault);
}

static bool send_one(struct telling *telling)
{
	bool found;

	assert_true(try_one(telling, &found));
	return found;
}

static bool keep_notice(void *ctx, const struct notice *notice, struct fault *why)
{
	(void)why;
	*(struct notice *)ctx = *notice;
	return true;
}

static struct notice only_notice(struct telling *telling)
{
	struct notice notice;

	assert_int_equal(rows(telling->office, TABLE_OUTBOX), 1);
	done(newsroom_visit_outbox(&telling->office->room, 0, 1, keep_notice, &notice, why));
	return notice;
}

static void ignore(void *ctx, struct str what)
{
	(void)ctx;
	print_error("%.*s\n", STR_ARG(what));
}

static void assert_clean(struct telling *telling)
{
	struct fsck_watch watch = { .differs = ignore };
	uint64_t count;

	done(newsroom_fsck(&telling->office->room, telling->office->now, &watch, &count, why));
	assert_int_equal(count, 0);
}

/* --- the tests
 * ------------------------------------------------------------------------------------ */

static void a_publication_is_told_once_and_signed(void **state)
{
	struct receiver hook;
	struct telling telling;
	char expected[96];
	const char *body;
	struct mac mac;

	(void)state;
	telling_open(&telling);
	receiver_open(&hook, 204);
	telling.options.webhook_url = hook.url;
	assert_false(send_one(&telling));
	publish(&telling, "2026-a", "");
	assert_true(send_one(&telling));
	assert_false(send_one(&telling));
	assert_int_equal(hook.calls, 1);
	assert_true(strncmp(hook.last, "POST /told HTTP/1.1\r\n", 21) == 0);
	body = strstr(hook.last, "\r\n\r\n") + 4;
	assert_non_null(strstr(body, "\"event\":\"publication\""));
	assert_non_null(strstr(body, "\"address\":\"https://press.example/en/releases/2026-a\""));
	mac = mac_hmac_sha256(&telling.key, str_from(body));
	memcpy(expected, "X-Communique-Signature: sha256=", 31);
	hex_encode(expected + 31, mac.at, MAC_SIZE);
	expected[95] = '\0';
	assert_non_null(strstr(hook.last, expected));
	assert_int_equal(only_notice(&telling).state, NOTICE_SENT);
	assert_clean(&telling);
	receiver_close(&hook);
	telling_close(&telling);
}

static void nothing_is_told_before_the_lift(void **state)
{
	struct receiver hub;
	struct telling telling;
	struct act act;

	(void)state;
	telling_open(&telling);
	receiver_open(&hub, 202);
	telling.options.websub_hub = hub.url;
	publish(&telling, "2026-a", "Publish-At: 2026-11-23T10:00:00Z\nTopics: Sea & ports\n");
	assert_int_equal(only_notice(&telling).state, NOTICE_WAITING);
	telling.office->now += 3599;
	assert_false(send_one(&telling));
	assert_int_equal(hub.calls, 0);
	telling.office->now++;
	assert_true(send_one(&telling));
	assert_non_null(strstr(hub.last, "\r\n\r\nhub.mode=publish&hub.url="
					 "https%3A%2F%2Fpress.example%2Fen%2Ffeed.atom"));
	assert_non_null(strstr(hub.last, "&hub.url=https%3A%2F%2Fpress.example%2Fen%2Ffeed.json"));
	assert_non_null(strstr(hub.last, "&hub.url=https%3A%2F%2Fpress.example%2Fen%2Ftopics%2F"
					 "Sea%2520%2526%2520ports%2Ffeed.rss"));
	/* What is dropped is never told. */
	publish(&telling, "2026-b", "Publish-At: 2026-11-23T12:00:00Z\n");
	assert_int_equal(rows(telling.office, TABLE_OUTBOX), 2);
	act = act_of(telling.office, ALICE);
	done(newsroom_drop_draft(&telling.office->room, &act,
				 (struct edition){ STR("en"), STR("2026-b") }, NULL, why));
	assert_int_equal(rows(telling.office, TABLE_OUTBOX), 1);
	assert_clean(&telling);
	receiver_close(&hub);
	telling_close(&telling);
}

static void who_did_not_take_it_is_told_again(void **state)
{
	struct receiver hub, hook;
	struct telling telling;
	struct notice notice;

	(void)state;
	telling_open(&telling);
	receiver_open(&hub, 200);
	receiver_open(&hook, 500);
	telling.options.websub_hub = hub.url;
	telling.options.webhook_url = hook.url;
	publish(&telling, "2026-a", "");
	assert_true(send_one(&telling));
	notice = only_notice(&telling);
	assert_int_equal(notice.state, NOTICE_WAITING);
	assert_int_equal(notice.taken, 1 << CHANNEL_WEBSUB);
	assert_int_equal(notice.tries, 1);
	assert_int_equal(notice.next_at, telling.office->now + 10);
	assert_false(send_one(&telling));
	telling.office->now += 10;
	assert_true(send_one(&telling));
	assert_int_equal(only_notice(&telling).next_at, telling.office->now + 20);
	hook.status = 200;
	telling.office->now += 20;
	assert_true(send_one(&telling));
	assert_int_equal(only_notice(&telling).state, NOTICE_SENT);
	assert_int_equal(hub.calls, 1);
	assert_int_equal(hook.calls, 3);
	receiver_close(&hub);
	receiver_close(&hook);
	telling_close(&telling);
}

static void at_last_it_is_given_up_and_forgotten(void **state)
{
	struct telling telling;

	(void)state;
	telling_open(&telling);
	telling.options.webhook_url = "http://127.0.0.1:1/nobody";
	publish(&telling, "2026-a", "");
	for (int i = 0; i < OUTBOX_TRIES_MAX; i++) {
		assert_int_equal(only_notice(&telling).state, NOTICE_WAITING);
		assert_true(send_one(&telling));
		telling.office->now += 3600;
	}
	assert_int_equal(only_notice(&telling).state, NOTICE_FAILED);
	assert_false(send_one(&telling));
	telling.office->now += (OUTBOX_DAYS + 1) * 86400;
	publish(&telling, "2026-b", "");
	assert_true(send_one(&telling));
	assert_int_equal(rows(telling.office, TABLE_OUTBOX), 1);
	telling_close(&telling);
}

/* No byte can be written to any file, as on a full disk. */
static bool try_on_a_full_disk(struct telling *telling, bool *found)
{
	struct rlimit before, none;
	bool ok;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ 0, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	log_set_level(LOG_ERROR);
	ok = try_one(telling, found);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	return ok;
}

static void what_cannot_be_written_down_is_not_sent_again(void **state)
{
	struct receiver hook;
	struct telling telling;
	bool found;

	(void)state;
	telling_open(&telling);
	receiver_open(&hook, 204);
	telling.options.webhook_url = hook.url;
	publish(&telling, "2026-a", "");
	publish(&telling, "2026-b", "");
	assert_false(try_on_a_full_disk(&telling, &found));
	assert_int_equal(hook.calls, 1);
	/* Again after 2 s, 4 s, 8 s …; in between it rests. */
	assert_true(try_on_a_full_disk(&telling, &found));
	assert_false(found);
	for (int i = 0; i < 10; i++) {
		telling.office->now += 60;
		assert_false(try_on_a_full_disk(&telling, &found));
	}
	telling.office->now += 59;
	assert_false(send_one(&telling));
	assert_int_equal(hook.calls, 1);
	/* There is room again: it is written down as of when it was sent, and the next one goes. */
	telling.office->now++;
	assert_true(send_one(&telling));
	assert_int_equal(hook.calls, 1);
	assert_true(send_one(&telling));
	assert_int_equal(hook.calls, 2);
	assert_false(send_one(&telling));
	assert_clean(&telling);
	receiver_close(&hook);
	telling_close(&telling);
}

static void the_old_is_forgotten_behind_what_waits(void **state)
{
	struct telling telling;
	char slug[32];

	(void)state;
	telling_open(&telling);
	telling.options.webhook_url = "http://127.0.0.1:1/nobody";
	publish(&telling, "2026-waits", "Publish-At: 2028-01-01T00:00:00Z\n");
	for (int i = 0; i < 12; i++) {
		snprintf(slug, sizeof slug, "2026-old-%d", i);
		publish(&telling, slug, "");
	}
	for (int i = 0; i < OUTBOX_TRIES_MAX; i++) {
		while (send_one(&telling))
			;
		telling.office->now += 3600;
	}
	telling.office->now += (OUTBOX_DAYS + 1) * 86400;
	publish(&telling, "2026-new", "");
	publish(&telling, "2026-newer", "");
	assert_int_equal(rows(telling.office, TABLE_OUTBOX), 15);
	assert_true(send_one(&telling));
	assert_int_equal(rows(telling.office, TABLE_OUTBOX), 7);
	assert_true(send_one(&telling));
	assert_int_equal(rows(telling.office, TABLE_OUTBOX), 3);
	telling_close(&telling);
}

static void the_thread_sends_and_stops_at_once(void **state)
{
	struct receiver hook;
	struct telling telling;
	uint64_t begun;

	(void)state;
	telling_open(&telling);
	clock_fix(telling.office->now);
	receiver_open(&hook, 0); /* takes the call and never answers */
	telling.options.webhook_url = hook.url;
	publish(&telling, "2026-a", "");
	done(sender_open(&telling.options, &telling.sender, why));
	done(sender_start(telling.sender, why));
	begun = clock_milliseconds();
	while (hook.last[0] == '\0' && clock_milliseconds() < begun + 5000)
		usleep(10000);
	assert_true(hook.last[0] != '\0');
	begun = clock_milliseconds();
	sender_close(&telling.sender);
	assert_true(clock_milliseconds() < begun + 3000);
	/* Broken off is not tried: it is the first thing after the next start. */
	assert_int_equal(only_notice(&telling).tries, 0);
	receiver_close(&hook);
	telling_close(&telling);
}

static void only_safe_addresses_are_told(void **state)
{
	static const char *const good[] = { "https://hub.example/", "http://127.0.0.1:80/x",
					    "http://localhost/x", "http://[::1]:8080/" };
	static const char *const bad[] = { "http://hub.example/",
					   "https://",
					   "ftp://127.0.0.1/",
					   "http://127.0.0.1.evil.example/",
					   "file:///etc/passwd",
					   "http://localhost:80@evil.example/",
					   "" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(post_url_valid(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(post_url_valid(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_publication_is_told_once_and_signed),
		cmocka_unit_test(nothing_is_told_before_the_lift),
		cmocka_unit_test(who_did_not_take_it_is_told_again),
		cmocka_unit_test(at_last_it_is_given_up_and_forgotten),
		cmocka_unit_test(what_cannot_be_written_down_is_not_sent_again),
		cmocka_unit_test(the_old_is_forgotten_behind_what_waits),
		cmocka_unit_test(the_thread_sends_and_stops_at_once),
		cmocka_unit_test(only_safe_addresses_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

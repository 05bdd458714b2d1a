#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <communique/log.h>
#include <communique/supervisor.h>

static char folder[64], path[96];
static int ear = -1;

/* `name` as NOTIFY_SOCKET has it. */
static void listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));

	memcpy(address.sun_path, name, strlen(name));
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	ear = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(ear >= 0);
	assert_int_equal(bind(ear, (struct sockaddr *)&address, len), 0);
	setenv("NOTIFY_SOCKET", name, 1);
}

/* What came, or nothing. */
static const char *heard(void)
{
	static char message[64];
	ssize_t got = recv(ear, message, sizeof message - 1, 0);

	message[got > 0 ? got : 0] = '\0';
	return message;
}

static int begin(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/var/tmp/supervisor-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/notify", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (ear >= 0)
		close(ear);
	ear = -1;
	unlink(path);
	return rmdir(folder);
}

static struct supervisor found(void)
{
	struct supervisor supervisor;

	supervisor_find(&supervisor);
	return supervisor;
}

static void hears_at(const char *name)
{
	struct supervisor supervisor;

	listen_at(name);
	supervisor = found();
	supervisor_ready(&supervisor);
	assert_string_equal(heard(), "READY=1");
	supervisor_stopping(&supervisor);
	assert_string_equal(heard(), "STOPPING=1");
	supervisor_live(&supervisor, 1000);
	assert_string_equal(heard(), "");
	supervisor_leave(&supervisor);
}

static void it_hears_at_a_path(void **state)
{
	(void)state;
	hears_at(path);
}

static void it_hears_at_a_name_of_no_file(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof name, "@communique-%d", (int)getpid());
	hears_at(name);
}

static void started_by_hand_nobody_is_told(void **state)
{
	struct supervisor supervisor = found();

	(void)state;
	assert_int_equal(supervisor.fd, -1);
	supervisor_ready(&supervisor);
	supervisor_live(&supervisor, 1000);
	supervisor_leave(&supervisor);
}

static void signs_of_life_come_thrice_as_often_as_they_must(void **state)
{
	struct supervisor supervisor;

	(void)state;
	listen_at(path);
	setenv("WATCHDOG_USEC", "3000000", 1);
	supervisor = found();
	supervisor_live(&supervisor, 50000);
	assert_string_equal(heard(), "WATCHDOG=1");
	supervisor_live(&supervisor, 50999);
	assert_string_equal(heard(), "");
	supervisor_live(&supervisor, 51000);
	assert_string_equal(heard(), "WATCHDOG=1");
	supervisor_leave(&supervisor);
}

static void those_of_another_process_are_not_ours_to_give(void **state)
{
	struct supervisor supervisor;

	(void)state;
	listen_at(path);
	setenv("WATCHDOG_USEC", "3000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	supervisor = found();
	assert_int_equal(supervisor.every, 0);
	supervisor_leave(&supervisor);
	setenv("WATCHDOG_PID", "none", 1);
	supervisor = found();
	assert_int_equal(supervisor.every, 0);
	supervisor_leave(&supervisor);
}

static void fill(const struct supervisor *supervisor)
{
	while (write(supervisor->fd, "X", 1) == 1)
		;
	assert_int_equal(errno, EAGAIN);
}

static void one_that_does_not_listen_is_not_waited_for(void **state)
{
	struct supervisor supervisor;

	(void)state;
	listen_at(path);
	setenv("WATCHDOG_USEC", "3000000", 1);
	supervisor = found();
	fill(&supervisor);
	supervisor_live(&supervisor, 50000);
	assert_int_equal(supervisor.next, 0); /* it is tried again, a moment later */
	supervisor_stopping(&supervisor);
	close(ear);
	ear = -1;
	supervisor_live(&supervisor, 50500);
	supervisor_leave(&supervisor);
}

/* Until READY=1 has come. */
static void *take_all(void *ctx)
{
	usleep(300000);
	for (int i = 0; i < 5000 && !*(bool *)ctx; i++) {
		const char *message = heard();

		if (strcmp(message, "READY=1") == 0)
			*(bool *)ctx = true;
		else if (!*message)
			usleep(1000);
	}
	return NULL;
}

static void but_that_we_answer_waits_until_there_is_room(void **state)
{
	struct supervisor supervisor;
	pthread_t thread;
	bool came = false;

	(void)state;
	listen_at(path);
	supervisor = found();
	fill(&supervisor);
	assert_int_equal(pthread_create(&thread, NULL, take_all, &came), 0);
	supervisor_ready(&supervisor);
	pthread_join(thread, NULL);
	assert_true(came);
	supervisor_leave(&supervisor);
}

static void is_gone_without(const char *name)
{
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(found().fd, -1);
}

static void one_that_cannot_be_reached_is_gone_without(void **state)
{
	char name[110];

	(void)state;
	log_set_level(LOG_ERROR);
	is_gone_without("");
	is_gone_without(path);
	is_gone_without("notify");
	is_gone_without("vsock:2:9999");
	memset(name, 'n', sizeof name);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	is_gone_without(name);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(it_hears_at_a_path),
		TEST(it_hears_at_a_name_of_no_file),
		TEST(started_by_hand_nobody_is_told),
		TEST(signs_of_life_come_thrice_as_often_as_they_must),
		TEST(those_of_another_process_are_not_ours_to_give),
		TEST(one_that_does_not_listen_is_not_waited_for),
		TEST(but_that_we_answer_waits_until_there_is_room),
		TEST(one_that_cannot_be_reached_is_gone_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include <poll.h>
#include <pty.h>
#include <signal.h>

#include "office.h"
#include "scripted_server.h"

#define WAITING_MS 20000

struct talk {
	const char *wait_for; /* NULL: the end of the program */
	const char *say;
};

static struct scripted_server server;

static void run_at_terminal(struct folder *folder, const char *const *words)
{
	char *argv[32] = { folder->program };

	for (size_t i = 0; words[i]; i++)
		argv[i + 1] = (char *)words[i];
	setenv("COMMUNIQUE_CONFIG", folder_path(folder, "config"), 1);
	setenv("TERM", "xterm", 1);
	if (chdir(folder->path) == 0)
		execv(argv[0], argv);
	_exit(127);
}

/* Reads until the text has come, or the terminal is closed. */
static bool wait_for(int fd, struct buf *seen, size_t from, const char *text)
{
	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		struct str news = str_skip(buf_str(seen), from);
		ssize_t got;

		if (text && str_find_str(news, str_from(text)) < news.len)
			return true;
		if (poll(&ready, 1, WAITING_MS) != 1)
			return false;
		got = read(fd, buf_room(seen, 4096), 4096);
		if (got <= 0)
			return text == NULL;
		buf_grown(seen, (size_t)got);
	}
}

static struct result talk_to(struct folder *folder, const char *const *words,
			     const struct talk *talk)
{
	struct result result = { .status = -1 };
	struct buf seen;
	int fd, status = 0;
	pid_t pid;

	assert_string_not_equal(folder->program, ""); /* BUILD names a folder without it */
	pid = forkpty(&fd, NULL, NULL, NULL);
	if (pid == 0)
		run_at_terminal(folder, words);
	assert_true(pid > 0);
	buf_init(&seen, 1 << 22);
	for (size_t from = 0;; talk++) {
		if (!wait_for(fd, &seen, from, talk->wait_for) || !talk->wait_for)
			break;
		from = seen.len;
		if (write(fd, talk->say, strlen(talk->say)) < 0)
			break;
	}
	close(fd);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status))
		result.status = WEXITSTATUS(status);
	result.out = arena_copy(&folder->arena, buf_str(&seen));
	buf_release(&seen);
	return result;
}

#define TALK(folder, talk, ...) talk_to(folder, (const char *const[]){ __VA_ARGS__, NULL }, talk)

static void asks_a_password_twice_without_echo(void **state)
{
	static const struct talk same[] = { { "New password: ", "correct horse\n" },
					    { "again: ", "correct horse\n" },
					    { NULL, NULL } };
	static const struct talk different[] = { { "New password: ", "one\n" },
						 { "again: ", "two\n" },
						 { NULL, NULL } };
	static const struct talk once[] = { { "Password for a.key: ", "correct horse\n" },
					    { NULL, NULL } };
	struct folder *folder = *state;
	struct result result = TALK(folder, same, "keygen", "-o", "a");

	assert_status(result, 0);
	assert_false(says(result.out, "horse"));
	result = TALK(folder, different, "keygen", "-o", "b");
	assert_status(result, 1);
	assert_false(folder_has(folder, "b.key"));
	folder_write(folder, "release.txt", RELEASE_TEXT);
	assert_status(TALK(folder, once, "sign", "release.txt", "-k", "a.key"), 0);
}

static void asks_for_what_a_new_file_needs(void **state)
{
	static const struct talk talk[] = { { "Date [", "tomorrow\n" },
					    { "Date [", "2026-11-23\n" },
					    { "Kind [press-release]: ", "\n" },
					    { "Language (en): ", "en\n" },
					    { "Release [2026-11-23-a-harbour]: ",
					      "2026-11-23-harbour\n" },
					    { NULL, NULL } };
	struct folder *folder = *state;
	struct result result;

	folder_write(folder, "text",
		     "A Harbour\n\n1. The harbour opens.\n\n2. Everyone may come.\n");
	result = TALK(folder, talk, "new", "--from", "text", "-o", "release.txt");
	assert_status(result, 0);
	assert_says(result.out, "Date is written like YYYY-MM-DD, not \"tomorrow\"");
	assert_true(str_equal(folder_read(folder, "release.txt"), STR(RELEASE_TEXT)));
}

static void serve(struct folder *folder)
{
	server_start(&server);
	folder_write(folder, "config",
		     arena_printf(&folder->arena,
				  "server = http://127.0.0.1:%u\nsite = press.example\nkey = %s\n",
				  server.port, "a.key")
			     .at);
}

static void asks_before_it_approves(void **state)
{
	static const struct talk no[] = { { "? [y/N] ", "n\n" }, { NULL, NULL } };
	static const struct talk yes[] = { { "? [y/N] ", "y\n" }, { NULL, NULL } };
	static const char draft[] = "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n" RELEASE_TEXT;
	static const char none[] = "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n{\"drafts\":[]}";
	static const char public[] = "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n"
				     "{\"state\":\"public\",\"address\":\"/en/x\"}";
	struct folder *folder = *state;
	struct result result;

	server = (struct scripted_server){ .replies = { draft, none, draft, none, public } };
	office_key(folder, "a");
	serve(folder);
	result = TALK(folder, no, "approve", "en/2026-11-23-harbour");
	assert_status(result, 1);
	assert_says(result.out, "nothing was signed");
	assert_int_equal(server.count, 2);
	result = TALK(folder, yes, "approve", "en/2026-11-23-harbour");
	server_stop(&server);
	assert_status(result, 0);
	assert_int_equal(server.count, 5);
	server_free(&server);
}

static void repaints_no_screen(void **state)
{
	static const struct talk end[] = { { NULL, NULL } };
	static const char draft[] =
		"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n\033[2Jgone\xe2\x80\xae\n";
	struct folder *folder = *state;
	struct result result;

	server = (struct scripted_server){ .replies = { draft } };
	office_key(folder, "a");
	serve(folder);
	result = TALK(folder, end, "show", "en/x");
	server_stop(&server);
	assert_status(result, 0);
	assert_says(result.out, "\\x1b[2Jgone\\xe2\\x80\\xae");
	server_free(&server);
}

static void shows_progress(void **state)
{
	static const struct talk end[] = { { NULL, NULL } };
	enum { SIZE = 2 << 20 };
	struct folder *folder = *state;
	char *body = malloc(SIZE + 1);
	struct result result;

	memset(body, 'x', SIZE);
	body[SIZE] = '\0';
	folder_write(folder, "body", body);
	free(body);
	server = (struct scripted_server){
		.replies = { "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n{}" }
	};
	office_key(folder, "a");
	serve(folder);
	result = TALK(folder, end, "request", "PUT", "/x", "--body", "body");
	server_stop(&server);
	assert_status(result, 0);
	assert_says(result.out, "uploading");
	assert_int_equal(server.requests[0].len > SIZE, 1);
	server_free(&server);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(asks_a_password_twice_without_echo),
		IN_FOLDER(asks_for_what_a_new_file_needs),
		IN_FOLDER(asks_before_it_approves),
		IN_FOLDER(repaints_no_screen),
		IN_FOLDER(shows_progress),
	};

	signal(SIGPIPE, SIG_IGN);
	sign_start(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "unit.h"

#include <pty.h>
#include <utmp.h>

#include <communique/terminal.h>

/* --- no terminal ------------------------------------------------------------------- */

static void print_text(void *text)
{
	terminal_print(stdout, *(struct str *)text);
}

static void no_text_moves_the_cursor(void **state)
{
	const struct {
		struct str text;
		const char *shown;
	} cases[] = {
		{ STR("plain \"text\"\\\n\tmore"), "plain \"text\"\\\n\tmore" },
		{ STR("\xed\x95\x9c \xf0\x9f\x98\x80"), "\xed\x95\x9c \xf0\x9f\x98\x80" },
		{ STR("\x1b[2J\x1b]0;x\a"), "\\x1b[2J\\x1b]0;x\\x07" },
		{ STR("a\rb\bc\0\x7f"), "a\\x0db\\x08c\\x00\\x7f" },
		{ STR("\xc2\x9b"
		      "31m"),
		  "\\xc2\\x9b31m" },			    /* CSI in one */
		{ STR("\xe2\x80\xae"), "\\xe2\\x80\\xae" }, /* right-to-left override */
		{ STR("\xff\xe2\x80"), "\\xff\\xe2\\x80" },
		{ STR_NONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str text = cases[i].text;
		struct buf said;

		buf_init(&said, 4096);
		assert_int_equal(capture(STDOUT_FILENO, print_text, &text, &said), 0);
		assert_str(buf_str(&said), str_from(cases[i].shown));
		buf_release(&said);
	}
}

static void show_tones(void *ctx)
{
	(void)ctx;
	setenv("TERM", "xterm", 1);
	for (int tone = TONE_PLAIN; tone <= TONE_FAINT; tone++)
		fputs(terminal_tone(stderr, (enum tone)tone), stderr);
	terminal_progress("label", 1, 2);
	terminal_progress("label", 2, 2);
}

static void a_pipe_has_no_colour_and_no_bar(void **state)
{
	struct buf said;

	(void)state;
	buf_init(&said, 4096);
	assert_int_equal(capture(STDERR_FILENO, show_tones, NULL, &said), 0);
	assert_int_equal(said.len, 0);
	buf_release(&said);
}

static void ask_without(void *ctx)
{
	struct fault why = { .kind = NO_FAULT };
	char password[16];
	struct buf answer;

	(void)ctx;
	setsid(); /* no /dev/tty from here on */
	buf_init(&answer, 100);
	must(!terminal_ask("? ", &answer, &why) && why.kind == USAGE);
	must(!terminal_password("? ", password, sizeof password, &why) && why.kind == USAGE);
}

static void without_a_terminal_nothing_is_asked(void **state)
{
	struct buf said;

	(void)state;
	buf_init(&said, 4096);
	assert_int_equal(capture(STDERR_FILENO, ask_without, NULL, &said), 0);
	buf_release(&said);
}

/* --- a terminal --------------------------------------------------------------------- */

static struct termios left_behind;

/* Runs the work in a child with a terminal of its own, types the answer once the
 * question stands there, and takes down all that the terminal shows. */
static int on_a_terminal(void (*work)(void), const char *question, const char *answer,
			 struct buf *shown)
{
	int master, status = 0;
	bool typed = false;
	char *room;
	ssize_t got;
	pid_t pid;

	fflush(NULL);
	pid = forkpty(&master, NULL, NULL, NULL);
	assert_true(pid >= 0);
	if (pid == 0) {
		setenv("TERM", "xterm", 1);
		unsetenv("NO_COLOR");
		work();
		fflush(NULL);
		_exit(0);
	}
	while ((room = buf_room(shown, 1024)) && (got = read(master, room, 1024)) > 0) {
		buf_grown(shown, (size_t)got);
		if (typed || str_find_str(buf_str(shown), str_from(question)) == shown->len)
			continue;
		assert_int_equal(write(master, answer, strlen(answer)), strlen(answer));
		typed = true;
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(tcgetattr(master, &left_behind), 0);
	close(master);
	return status;
}

static void ask(void)
{
	struct buf answer;

	buf_init(&answer, 100);
	must(terminal_ask("Really? ", &answer, NULL));
	must(str_equal(buf_str(&answer), STR("yes, really")));
	buf_release(&answer);
}

static void an_answer_comes_without_its_line_end(void **state)
{
	struct buf shown;

	(void)state;
	buf_init(&shown, 1 << 16);
	assert_int_equal(on_a_terminal(ask, "Really? ", "yes, really\n", &shown), 0);
	assert_true(str_find_str(buf_str(&shown), STR("yes, really")) < shown.len);
	buf_release(&shown);
}

static void ask_password(void)
{
	char password[16];

	must(terminal_password("Password: ", password, sizeof password, NULL));
	must(strcmp(password, "s3cret") == 0);
}

static void a_password_is_not_shown(void **state)
{
	struct buf shown;

	(void)state;
	buf_init(&shown, 1 << 16);
	assert_int_equal(on_a_terminal(ask_password, "Password: ", "s3cret\n", &shown), 0);
	assert_true(str_find_str(buf_str(&shown), STR("Password: ")) < shown.len);
	assert_int_equal(str_find_str(buf_str(&shown), STR("s3cret")), shown.len);
	buf_release(&shown);
}

static void whoever_ends_it_at_the_password_has_the_echo_back(void **state)
{
	struct buf shown;
	int status;

	(void)state;
	buf_init(&shown, 1 << 16);
	status = on_a_terminal(ask_password, "Password: ", "s3c\003", &shown);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	assert_true(left_behind.c_lflag & ECHO);
	buf_clear(&shown);
	assert_int_equal(on_a_terminal(ask_password, "Password: ", "s3cret\n", &shown), 0);
	assert_true(left_behind.c_lflag & ECHO);
	buf_release(&shown);
}

static void ask_short_password(void)
{
	struct fault why = { .kind = NO_FAULT };
	char password[6];

	must(!terminal_password("Password: ", password, sizeof password, &why));
	must(why.kind == TOO_LARGE && password[0] == '\0');
}

static void a_password_is_never_cut(void **state)
{
	struct buf shown;

	(void)state;
	buf_init(&shown, 1 << 16);
	assert_int_equal(on_a_terminal(ask_short_password, "Password: ", "123456\n", &shown), 0);
	buf_release(&shown);
}

static void show_bar(void)
{
	fputs(terminal_tone(stderr, TONE_GOOD), stderr);
	fputs(terminal_tone(stderr, TONE_PLAIN), stderr);
	setenv("NO_COLOR", "1", 1);
	must(*terminal_tone(stderr, TONE_BAD) == '\0');
	terminal_progress("sending", 0, 0);
	terminal_progress("sending", 1, 2);
	terminal_progress("sending", UINT64_MAX / 2,
			  UINT64_MAX); /* larger than can be multiplied */
	terminal_progress("sending", 2, 2);
}

static void a_terminal_has_colour_and_a_bar(void **state)
{
	struct buf shown;

	(void)state;
	buf_init(&shown, 1 << 16);
	assert_int_equal(on_a_terminal(show_bar, "never", "", &shown), 0);
	assert_true(str_find_str(buf_str(&shown), STR("\x1b[32m")) < shown.len);
	assert_true(str_find_str(buf_str(&shown), STR("sending")) < shown.len);
	assert_true(str_find_str(buf_str(&shown), STR("50 %")) < shown.len);
	buf_release(&shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_moves_the_cursor),
		cmocka_unit_test(a_pipe_has_no_colour_and_no_bar),
		cmocka_unit_test(without_a_terminal_nothing_is_asked),
		cmocka_unit_test(an_answer_comes_without_its_line_end),
		cmocka_unit_test(a_password_is_not_shown),
		cmocka_unit_test(whoever_ends_it_at_the_password_has_the_echo_back),
		cmocka_unit_test(a_password_is_never_cut),
		cmocka_unit_test(a_terminal_has_colour_and_a_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <communique/file.h>
#include <communique/terminal.h>
#include <communique/utf8.h>

bool terminal_is(int fd)
{
	return isatty(fd) == 1;
}

static bool has_colour(FILE *to)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	return terminal_is(fileno(to)) && term && strcmp(term, "dumb") != 0;
}

const char *terminal_tone(FILE *to, enum tone tone)
{
	if (!has_colour(to))
		return "";
	switch (tone) {
	case TONE_PLAIN:
		return "\033[0m";
	case TONE_GOOD:
		return "\033[32m";
	case TONE_BAD:
		return "\033[31m";
	case TONE_DOUBT:
		return "\033[33m";
	case TONE_STRONG:
		return "\033[1m";
	case TONE_FAINT:
		return "\033[2m";
	}
	return "";
}

void terminal_print(FILE *to, struct str text)
{
	while (text.len) {
		struct str before = text;
		uint32_t code = utf8_next(&text);
		struct str bytes = str_first(before, before.len - text.len);
		bool shown = code == '\n' || code == '\t' || utf8_is_visible(code);

		if (shown) {
			fwrite(bytes.at, 1, bytes.len, to);
			continue;
		}
		for (size_t i = 0; i < bytes.len; i++)
			fprintf(to, "\\x%02x", (unsigned char)bytes.at[i]);
	}
}

void terminal_progress(const char *label, uint64_t done, uint64_t total)
{
	enum { WIDTH = 30 };
	uint64_t filled = total ? done * WIDTH / total : WIDTH;

	if (!terminal_is(STDERR_FILENO))
		return;
	if (filled > WIDTH)
		filled = WIDTH;
	fprintf(stderr, "\r\033[K%s ", label);
	for (uint64_t i = 0; i < WIDTH; i++)
		fputs(i < filled ? "█" : "░", stderr);
	fprintf(stderr, " %3llu %%", (unsigned long long)(total ? done * 100 / total : 100));
	if (done >= total)
		fputs("\r\033[K", stderr);
	fflush(stderr);
}

static int open_terminal(struct fault *why)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		fail(why, USAGE, "there is no terminal to ask at");
	return fd;
}

static bool fd_say(int fd, const char *text)
{
	return fd_write(fd, str_from(text), NULL);
}

/* One line, byte by byte, so that nothing typed ahead for the next question is taken. */
static bool read_answer(int fd, char *out, size_t room, size_t *len, struct fault *why)
{
	for (*len = 0;;) {
		char c;
		ssize_t got = read(fd, &c, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(why, "cannot read from the terminal");
		if (got == 0 && *len == 0)
			return fail(why, USAGE, "no answer was given");
		if (got == 0 || c == '\n')
			return true;
		if (*len == room)
			return fail(why, TOO_LARGE, "the answer has more than %zu bytes", room);
		out[(*len)++] = c;
	}
}

bool terminal_ask(const char *question, struct buf *answer, struct fault *why)
{
	char line[4096];
	size_t len = 0;
	int fd = open_terminal(why);
	bool ok;

	if (fd < 0)
		return false;
	ok = fd_say(fd, question) && read_answer(fd, line, sizeof line, &len, why);
	close(fd);
	if (!ok)
		return false;
	buf_add(answer, (struct str){ line, len });
	return buf_check(answer, why);
}

/* --- without echo ------------------------------------------------------------------------- */

/* Whoever ends the program at the question gets a terminal back that shows what is typed. */
static const int endings[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
enum { ENDINGS = sizeof endings / sizeof *endings };

static struct {
	int fd;
	struct termios before;
	struct sigaction handled[ENDINGS];
} silence;

/* Safe in a handler: tcsetattr(), write() and raise() are (POSIX, 2.4.3). SA_RESETHAND has put
 * the default back, which comes when this returns. */
static void end_in_silence(int number)
{
	tcsetattr(silence.fd, TCSAFLUSH, &silence.before);
	fd_say(silence.fd, "\n");
	raise(number);
}

/* What was ignored stays ignored (nohup). */
static void catch_endings(void)
{
	struct sigaction action = { .sa_handler = end_in_silence,
				    .sa_flags = (int)SA_RESETHAND | SA_RESTART };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ENDINGS; i++) {
		sigaction(endings[i], NULL, &silence.handled[i]);
		if (silence.handled[i].sa_handler == SIG_DFL)
			sigaction(endings[i], &action, NULL);
	}
}

static void end_silence(void)
{
	tcsetattr(silence.fd, TCSAFLUSH, &silence.before);
	for (size_t i = 0; i < ENDINGS; i++)
		sigaction(endings[i], &silence.handled[i], NULL);
}

static bool begin_silence(int fd, struct fault *why)
{
	struct termios quiet;

	silence.fd = fd;
	if (tcgetattr(fd, &silence.before) != 0)
		return fail_errno(why, "cannot turn the echo off");
	quiet = silence.before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	catch_endings();
	if (tcsetattr(fd, TCSAFLUSH, &quiet) == 0)
		return true;
	fail_errno(why, "cannot turn the echo off");
	end_silence();
	return false;
}

bool terminal_password(const char *question, char *out, size_t room, struct fault *why)
{
	size_t len = 0;
	int fd = open_terminal(why);
	bool ok;

	if (fd < 0)
		return false;
	ok = begin_silence(fd, why);
	if (ok) {
		ok = fd_say(fd, question) && read_answer(fd, out, room - 1, &len, why);
		end_silence();
		fd_say(fd, "\n");
	}
	out[ok ? len : 0] = '\0';
	close(fd);
	return ok;
}

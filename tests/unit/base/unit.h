/*
 * unit - what every test of this folder begins with.
 */
#ifndef COMMUNIQUE_TESTS_UNIT_H
#define COMMUNIQUE_TESTS_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
#undef fail /* ours is in fault.h */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <communique/buf.h>

#define assert_str(found, expected)                                                                \
	do {                                                                                       \
		struct str found_ = (found), expected_ = (expected);                               \
		if (!str_equal(found_, expected_))                                                 \
			print_error("\"%.*s\" is not \"%.*s\"\n", STR_ARG(found_),                 \
				    STR_ARG(expected_));                                           \
		assert_true(str_equal(found_, expected_));                                         \
	} while (0)

/* What the work writes to a descriptor (1 or 2) in a child, and how it ended (waitpid). */
static inline int capture(int fd, void (*work)(void *ctx), void *ctx, struct buf *out)
{
	int ends[2], status = 0;
	pid_t pid;
	ssize_t got;
	char *room;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		dup2(ends[1], fd);
		work(ctx);
		fflush(NULL);
		_exit(0);
	}
	close(ends[1]);
	while ((room = buf_room(out, 4096)) && (got = read(ends[0], room, 4096)) > 0)
		buf_grown(out, (size_t)got);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* True when the work ends in must(). */
static inline bool stops(void (*work)(void *ctx), void *ctx)
{
	struct buf said;
	int status;

	buf_init(&said, 1 << 20);
	status = capture(STDERR_FILENO, work, ctx, &said);
	buf_release(&said);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif

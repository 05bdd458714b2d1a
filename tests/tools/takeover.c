/*
 * takeover SOCKET COMMAND … - holds a listening socket as a service manager does, and gives it to
 * the command as descriptor 3. At SIGHUP it starts the command anew and then ends the one
 * before: that is how a new version takes over. At SIGUSR2 it ends the one before, and half a
 * second later starts it anew: a restart. At SIGTERM it ends the last, and itself.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(path);
	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(fd, 4096) != 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static pid_t start(int fd, char **argv)
{
	pid_t pid = fork();
	char text[32];

	if (pid != 0)
		return pid;
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fd != 3)
		dup2(fd, 3);
	snprintf(text, sizeof text, "%ld", (long)getpid());
	setenv("LISTEN_PID", text, 1);
	setenv("LISTEN_FDS", "1", 1);
	execv(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	sigset_t wanted;
	int fd, signal;
	pid_t now;

	if (argc < 3)
		return 2;
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGHUP);
	sigaddset(&wanted, SIGUSR2);
	sigaddset(&wanted, SIGTERM);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	fd = open_socket(argv[1]);
	now = start(fd, argv + 2);
	while (sigwait(&wanted, &signal) == 0) {
		pid_t before = now;

		if (signal == SIGHUP) {
			now = start(fd, argv + 2);
			usleep(300000); /* until it listens too */
		}
		kill(before, SIGTERM);
		waitpid(before, NULL, 0);
		if (signal == SIGTERM)
			return 0;
		if (signal == SIGUSR2) {
			usleep(500000);
			now = start(fd, argv + 2);
		}
	}
	return 1;
}

#include <communique/supervisor.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <communique/log.h>

/* In the time after which we are taken for dead, so often: one may be lost. */
#define SIGNS_OF_LIFE 3
#define READY_TRIES 600
#define READY_PAUSE_MS 100

bool supervisor_means_us(const char *variable)
{
	const char *pid = getenv(variable);
	uint64_t number;

	return pid && str_to_u64(str_from(pid), INT64_MAX, &number) && number == (uint64_t)getpid();
}

/* As sd_watchdog_enabled(3) has it. */
static uint64_t read_patience(void)
{
	const char *patience = getenv("WATCHDOG_USEC");
	uint64_t microseconds;

	if (!patience || !str_to_u64(str_from(patience), INT64_MAX, &microseconds) ||
	    (getenv("WATCHDOG_PID") && !supervisor_means_us("WATCHDOG_PID")))
		return 0;
	return microseconds / 1000 / SIGNS_OF_LIFE;
}

/* Its name is a path, or begins with "@": in the namespace of no file (unix(7)). */
static bool address_of(const char *name, struct sockaddr_un *out, socklen_t *len)
{
	size_t size = strlen(name);

	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if ((name[0] != '/' && name[0] != '@') || size >= sizeof out->sun_path)
		return false;
	memcpy(out->sun_path, name, size);
	if (name[0] == '@')
		out->sun_path[0] = '\0';
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (name[0] == '/'));
	return true;
}

static void go_without(const char *name, const char *error)
{
	struct log_line line;

	log_begin(&line, LOG_WARNING, "supervisor");
	log_str(&line, "socket", str_from(name));
	log_str(&line, "error", str_from(error));
	log_end(&line);
}

void supervisor_find(struct supervisor *out)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	socklen_t len = 0;

	*out = (struct supervisor){ .fd = -1 };
	if (!name || !*name)
		return;
	if (!address_of(name, &address, &len)) {
		go_without(name, "not an address of a UNIX socket");
		return;
	}
	out->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->fd < 0 || connect(out->fd, (const struct sockaddr *)&address, len) != 0) {
		go_without(name, strerrorname_np(errno));
		supervisor_leave(out);
		return;
	}
	out->every = read_patience();
}

void supervisor_leave(struct supervisor *supervisor)
{
	if (supervisor->fd >= 0)
		close(supervisor->fd);
	supervisor->fd = -1;
}

/* By write(2): the only call that confine() leaves for it. False: there is no room now. */
static bool tell(const struct supervisor *supervisor, const char *what)
{
	return supervisor->fd < 0 || write(supervisor->fd, what, strlen(what)) >= 0 ||
	       (errno != EAGAIN && errno != EINTR);
}

void supervisor_ready(const struct supervisor *supervisor)
{
	struct pollfd room = { .fd = supervisor->fd, .events = POLLOUT };

	for (int i = 0; i < READY_TRIES && !tell(supervisor, "READY=1"); i++)
		poll(&room, 1, READY_PAUSE_MS);
}

void supervisor_stopping(const struct supervisor *supervisor)
{
	tell(supervisor, "STOPPING=1");
}

void supervisor_live(struct supervisor *supervisor, uint64_t now)
{
	if (supervisor->every > 0 && now >= supervisor->next && tell(supervisor, "WATCHDOG=1"))
		supervisor->next = now + supervisor->every;
}

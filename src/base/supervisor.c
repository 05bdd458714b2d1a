#include <communique/supervisor.h>

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* In the time after which we are taken for dead, so often: one may be lost. */
#define SIGNS_OF_LIFE 3

/* As sd_watchdog_enabled(3) has it: the variables may be meant for another process, which then
 * started us. */
static uint64_t read_patience(void)
{
	const char *patience = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	uint64_t number, microseconds;

	if (!patience || !str_to_u64(str_from(patience), INT64_MAX, &microseconds))
		return 0;
	if (pid && (!str_to_u64(str_from(pid), INT64_MAX, &number) || number != (uint64_t)getpid()))
		return 0;
	return microseconds / 1000 / SIGNS_OF_LIFE;
}

/* Its name is a path, or begins with "@": in the namespace of no file (unix(7)). */
static bool address_of(const char *name, struct sockaddr_un *out, socklen_t *len, struct fault *why)
{
	size_t size = strlen(name);

	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if ((name[0] != '/' && name[0] != '@') || size >= sizeof out->sun_path)
		return fail(why, BROKEN, "NOTIFY_SOCKET is \"%s\", which names no socket",
			    QUOTE(str_from(name)));
	memcpy(out->sun_path, name, size);
	if (name[0] == '@')
		out->sun_path[0] = '\0';
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (name[0] == '/'));
	return true;
}

bool supervisor_find(struct supervisor *out, struct fault *why)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	socklen_t len = 0;

	*out = (struct supervisor){ .fd = -1 };
	if (!name)
		return true;
	if (!address_of(name, &address, &len, why))
		return false;
	out->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->fd < 0 || connect(out->fd, (const struct sockaddr *)&address, len) != 0) {
		fail_errno(why, "cannot reach the service manager at %s", name);
		supervisor_leave(out);
		return false;
	}
	out->every = read_patience();
	return true;
}

void supervisor_leave(struct supervisor *supervisor)
{
	if (supervisor->fd >= 0)
		close(supervisor->fd);
	supervisor->fd = -1;
}

void supervisor_tell(const struct supervisor *supervisor, const char *what)
{
	if (supervisor->fd >= 0)
		(void)!send(supervisor->fd, what, strlen(what), MSG_NOSIGNAL);
}

void supervisor_live(struct supervisor *supervisor, uint64_t now)
{
	if (supervisor->every == 0 || now < supervisor->next)
		return;
	supervisor_tell(supervisor, "WATCHDOG=1");
	supervisor->next = now + supervisor->every;
}

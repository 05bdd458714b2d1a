#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <communique/supervisor.h>

#define BACKLOG 4096 /* a full queue is an instant 502; the kernel cuts it to its own limit */
#define FIRST_INHERITED 3

/* As sd_listen_fds(3) has it. */
static bool is_passed_on(void)
{
	return getenv("LISTEN_FDS") && supervisor_means_us("LISTEN_PID");
}

static bool inherit(struct listener *out, struct fault *why)
{
	const char *count = getenv("LISTEN_FDS");
	int listening = 0;
	socklen_t len = sizeof(listening);

	if (!count || strcmp(count, "1") != 0)
		return fail(why, INVALID,
			    "no socket is named, and none was passed on (LISTEN_FDS is not 1)");
	if (getsockopt(FIRST_INHERITED, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 ||
	    !listening)
		return fail(why, INVALID,
			    "descriptor 3, which LISTEN_FDS passes on, is no listening socket");
	if (fcntl(FIRST_INHERITED, F_SETFL, fcntl(FIRST_INHERITED, F_GETFL) | O_NONBLOCK) != 0)
		return fail_errno(why, "cannot set up descriptor 3");
	*out = (struct listener){ .fd = FIRST_INHERITED, .inherited = true };
	return true;
}

static bool address_of(const char *path, struct sockaddr_un *out, struct fault *why)
{
	size_t len = strlen(path);

	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (len == 0 || len >= sizeof(out->sun_path))
		return fail(why, INVALID, "a socket's path has 1 to %zu bytes, not %zu",
			    sizeof(out->sun_path) - 1, len);
	memcpy(out->sun_path, path, len);
	return true;
}

/* A dead socket's file is removed; a living one, or any other file, is not. */
static bool make_way(const struct sockaddr_un *address, struct fault *why)
{
	struct stat info;
	int fd, refusal;

	if (lstat(address->sun_path, &info) != 0)
		return errno == ENOENT || fail_errno(why, "cannot look at %s", address->sun_path);
	if (!S_ISSOCK(info.st_mode))
		return fail(why, CONFLICT, "%s is there and no socket: name another, or remove it",
			    address->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail_errno(why, "cannot make a socket");
	refusal = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ? 0 : errno;
	close(fd);
	if (refusal == EACCES)
		return fail(
			why, CONFLICT,
			"%s is there and this user may not connect to it: remove it, if nothing "
			"listens there (ss -xl)",
			address->sun_path);
	/* EAGAIN is a full queue: somebody listens, slowly. */
	if (refusal != ECONNREFUSED)
		return fail(why, CONFLICT,
			    "another process listens on %s: it must end before this one begins",
			    address->sun_path);
	if (unlink(address->sun_path) != 0 && errno != ENOENT)
		return fail_errno(why, "cannot remove %s, which is left over", address->sun_path);
	return true;
}

static bool give_to_group(const char *path, const char *group, struct fault *why)
{
	const struct group *entry;

	if (group) {
		entry = getgrnam(group);
		if (!entry)
			return fail(why, INVALID, "there is no group %s", QUOTE(str_from(group)));
		if (chown(path, (uid_t)-1, entry->gr_gid) != 0)
			return fail_errno(why,
					  "cannot give %s to the group %s, which this user must "
					  "belong to",
					  path, QUOTE(str_from(group)));
	}
	if (chmod(path, 0660) != 0)
		return fail_errno(why, "cannot set the mode of %s", path);
	return true;
}

/* Nobody can connect before listen(2): the mode is right by then. */
static bool bind_and_listen(int fd, const struct sockaddr_un *address, const char *group,
			    struct fault *why)
{
	mode_t before = umask(0777);
	bool bound = bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
	int error = errno;

	umask(before);
	errno = error;
	if (!bound && error == ENOENT)
		return fail(why, BROKEN, "there is no folder for the socket %s: make it",
			    address->sun_path);
	if (!bound && error == EACCES)
		return fail(why, BROKEN,
			    "this user may not make %s: its folder must be writable to it",
			    address->sun_path);
	if (!bound)
		return fail_errno(why, "cannot make %s", address->sun_path);
	if (give_to_group(address->sun_path, group, why) &&
	    (listen(fd, BACKLOG) == 0 || fail_errno(why, "cannot listen")))
		return true;
	unlink(address->sun_path);
	return false;
}

bool listener_open(struct listener *out, const char *path, const char *group, struct fault *why)
{
	struct sockaddr_un address;

	*out = (struct listener){ .fd = -1 };
	if (!path || is_passed_on())
		return inherit(out, why);
	if (!address_of(path, &address, why) || !make_way(&address, why))
		return false;
	out->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->fd < 0)
		return fail_errno(why, "cannot make a socket");
	if (bind_and_listen(out->fd, &address, group, why))
		return true;
	listener_close(out);
	return false;
}

void listener_close(struct listener *listener)
{
	if (listener->fd >= 0 && !listener->inherited)
		close(listener->fd);
	listener->fd = -1;
}

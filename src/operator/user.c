#include "user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/log.h>

/* For good: the saved user is another, too, and there are no capabilities but root's. */
static bool become(const struct passwd *user, struct fault *why)
{
	if (initgroups(user->pw_name, user->pw_gid) != 0 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
		return fail_errno(why, "cannot become the user %s", QUOTE(str_from(user->pw_name)));
	must(setuid(0) != 0);
	return true;
}

/* One that has no name on this machine. */
static bool become_number(uid_t user, gid_t group, struct fault *why)
{
	if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 ||
	    setresuid(user, user, user) != 0)
		return fail_errno(why, "cannot become the user %lu", (unsigned long)user);
	must(setuid(0) != 0);
	return true;
}

bool user_become_owner(const char *path, struct fault *why)
{
	const struct passwd *user;
	struct stat found;

	if (geteuid() != 0 || stat(path, &found) != 0 || found.st_uid == 0)
		return true;
	user = getpwuid(found.st_uid);
	return user ? become(user, why) : become_number(found.st_uid, found.st_gid, why);
}

static void warn_of_root(const struct call *call)
{
	struct log_line line;

	log_begin(&line, LOG_WARNING, "root");
	log_str(&line, "service", str_from(call->command->name));
	log_str(&line, "do", STR("give it a user of its own, and name that with --user"));
	log_end(&line);
}

static bool find(const char *name, const struct passwd **out, struct fault *why)
{
	errno = 0;
	*out = getpwnam(name);
	if (*out)
		return true;
	if (errno && errno != ENOENT)
		return fail_errno(why, "cannot look up the user %s", QUOTE(str_from(name)));
	return fail(why, INVALID, "there is no user %s on this machine", QUOTE(str_from(name)));
}

bool user_settle(const struct call *call, struct fault *why)
{
	const char *name = call_option(call, "user");
	const struct passwd *user = NULL;

	if (name && !find(name, &user, why))
		return false;
	if (geteuid() != 0)
		return !user || user->pw_uid == geteuid() ||
		       fail(why, DENIED, "only root can become the user %s: leave --user out",
			    QUOTE(str_from(name)));
	if (!user)
		return fail(why, DENIED,
			    "%s does not run as root unless told: give it a user of its own with "
			    "--user NAME (--user root if it must be)",
			    call->command->name);
	if (user->pw_uid != 0)
		return become(user, why);
	warn_of_root(call);
	return true;
}

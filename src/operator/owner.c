#include "owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* By descriptors, from the leaves up, and nothing through a link: the tree is root's until the last
 * of it is given away, and whoever owns the folder around it cannot lead this elsewhere. */
static bool give_below(int folder, const struct stat *owner)
{
	DIR *dir = fdopendir(folder);
	const struct dirent *entry;
	bool ok = dir != NULL;

	if (!dir)
		close(folder);
	while (ok && (entry = readdir(dir))) {
		int inner;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		inner = openat(dirfd(dir), entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		ok = (inner < 0 || give_below(inner, owner)) &&
		     fchownat(dirfd(dir), entry->d_name, owner->st_uid, owner->st_gid,
			      AT_SYMLINK_NOFOLLOW) == 0;
	}
	if (dir)
		closedir(dir);
	return ok;
}

static bool give(int folder, const struct stat *owner)
{
	int inner = fcntl(folder, F_DUPFD_CLOEXEC, 0);

	return inner >= 0 && give_below(inner, owner) &&
	       fchown(folder, owner->st_uid, owner->st_gid) == 0;
}

bool owner_give(const char *folder, const char *like, struct fault *why)
{
	struct stat owner, now;
	bool ok;
	int fd;

	if (geteuid() != 0)
		return true;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	ok = fd >= 0 && fstat(fd, &now) == 0 && now.st_uid == 0 && stat(like, &owner) == 0 &&
	     give(fd, &owner);
	if (!ok)
		fail_errno(why, "cannot give %s to the owner of %s", folder, like);
	if (fd >= 0)
		close(fd);
	return ok;
}

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <communique/file.h>
#include <communique/secret.h>

bool sign_start(struct fault *why)
{
	if (sodium_init() < 0)
		return fail(why, BROKEN, "libsodium cannot be started");
	return true;
}

bool secret_new(struct secret *secret, size_t len, struct fault *why)
{
	*secret = (struct secret){ sodium_malloc(len), len };
	if (secret->at)
		return true;
	*secret = (struct secret){ NULL, 0 };
	return fail(why, BROKEN, "there is no memory for a secret of %zu bytes", len);
}

void secret_free(struct secret *secret)
{
	sodium_free(secret->at);
	*secret = (struct secret){ NULL, 0 };
}

/* The memory has one byte more than the limit, so that a file that is too long
 * shows itself and needs no second look. */
static bool fill(int fd, const char *path, struct secret *secret, struct fault *why)
{
	size_t room = secret->len, have = 0;

	while (have < room) {
		ssize_t got = read(fd, secret->at + have, room - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(why, "cannot read %s", path);
		if (got == 0)
			break;
		have += (size_t)got;
	}
	if (have == room)
		return fail(why, TOO_LARGE, "%s has more than %zu bytes", path, room - 1);
	secret->len = have;
	return true;
}

bool secret_read_file(struct secret *secret, const char *path, size_t most, struct fault *why)
{
	int fd;
	bool ok;

	*secret = (struct secret){ NULL, 0 };
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return fail(why, NOT_FOUND, "there is no file %s", path);
	if (fd < 0)
		return file_cannot_open(path, why);
	ok = secret_new(secret, most + 1, why) && fill(fd, path, secret, why);
	close(fd);
	if (!ok)
		secret_free(secret);
	return ok;
}

void wipe(void *at, size_t len)
{
	sodium_memzero(at, len);
}

void random_bytes(void *out, size_t len)
{
	randombytes_buf(out, len);
}

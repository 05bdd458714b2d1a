#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <communique/digest.h>
#include <communique/utf8.h>

#include "attach.h"

/* The file's bytes as they lie on the disk: one of 500 MB takes no memory of ours. */
struct mapped {
	struct str bytes;
};

static bool map_fd(int fd, const char *path, struct mapped *out, struct fault *why)
{
	struct stat info;
	void *at;

	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		return fail(why, INVALID, "%s is no file", path);
	out->bytes = STR("");
	if (info.st_size == 0)
		return true;
	at = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return fail_errno(why, "cannot read %s", path);
	out->bytes = (struct str){ at, (size_t)info.st_size };
	return true;
}

static bool map_file(const char *path, struct mapped *out, struct fault *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return fail_errno(why, "cannot open %s", path);
	ok = map_fd(fd, path, out, why);
	close(fd);
	return ok;
}

static void unmap(struct mapped *mapped)
{
	if (mapped->bytes.len > 0)
		munmap((void *)(uintptr_t)mapped->bytes.at, mapped->bytes.len);
}

static bool hash_file(const char *path, struct hash *out, struct fault *why)
{
	struct mapped mapped;

	if (!map_file(path, &mapped, why))
		return false;
	*out = hash_of(mapped.bytes);
	unmap(&mapped);
	return true;
}

/* Its last part, in normal form C like all of a release file: some systems keep names in
 * another. */
static struct str name_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_from(slash ? slash + 1 : path);

	if (utf8_valid_length(name) < name.len || utf8_is_nfc(name))
		return name;
	return utf8_to_nfc(arena, name);
}

bool attach_to_header(const struct call *call, struct header *header, struct fault *why)
{
	const char *path;

	for (size_t n = 0; (path = call_option_nth(call, "attach", n)) != NULL; n++) {
		struct hash hash;
		struct str name = name_of(call->arena, path);

		if (!hash_file(path, &hash, why) ||
		    !header_set(call->arena, header, STR("Attachment"),
				arena_printf(call->arena, "%.*s; sha256=%s", STR_ARG(name),
					     HASH_TEXT(&hash)),
				why))
			return false;
	}
	return true;
}

static bool check_one(const struct call *call, const struct release *release, const char *path,
		      struct fault *why)
{
	struct str name = name_of(call->arena, path);
	bool named = false;
	struct hash hash;

	if (!hash_file(path, &hash, why))
		return false;
	for (size_t i = 0; i < release->attachment_count; i++) {
		const struct attachment *at = &release->attachments[i];

		named = named || str_equal(at->name, name);
		if (str_equal(at->name, name) && hash_equal(&at->hash, &hash))
			return true;
	}
	if (!named)
		return fail(why, INVALID, "the header names no attachment %s", QUOTE(name));
	return fail(why, HASH_MISMATCH, "%s is another file than the header names; its hash is %s",
		    QUOTE(name), HASH_TEXT(&hash));
}

bool attach_check(const struct call *call, const struct release *release, struct fault *why)
{
	const char *path;

	for (size_t n = 0; (path = call_option_nth(call, "attach", n)) != NULL; n++)
		if (!check_one(call, release, path, why))
			return false;
	return true;
}

static bool upload_one(struct desk *desk, const char *path, struct fault *why)
{
	struct desk_request request = { .method = "PUT",
					.has_body = true,
					.type = "application/octet-stream" };
	struct desk_answer answer;
	struct mapped mapped;
	struct hash hash;
	bool ok;

	if (!map_file(path, &mapped, why))
		return false;
	hash = hash_of(mapped.bytes);
	request.body = mapped.bytes;
	request.target = arena_printf(desk->arena, "/admin/files/%s", HASH_TEXT(&hash));
	request.label = arena_cstr(desk->arena, arena_printf(desk->arena, "uploading %s",
							     QUOTE(name_of(desk->arena, path))));
	ok = desk_ask(desk, &request, &answer, why);
	unmap(&mapped);
	return ok;
}

bool attach_upload(const struct call *call, struct desk *desk, struct fault *why)
{
	const char *path;

	for (size_t n = 0; (path = call_option_nth(call, "attach", n)) != NULL; n++)
		if (!upload_one(desk, path, why))
			return false;
	return true;
}

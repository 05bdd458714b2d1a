/*
 * Attachments, as readers get them.
 *
 * An address holds the hash of its bytes and so can never mean others, but whether it may be
 * read changes: a lift brings it, a kill takes it away. So its lifetime is that of every page,
 * and not "immutable"; a cache that asks again gets a 304, which costs nothing.
 */
#include "public.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media.h"
#include "range.h"

#include <communique/reading.h>

struct attached {
	struct hash hash;
	struct str name; /* decoded, the arena's */
	struct attachment_use use;
	struct str etag;
};

const uint64_t *public_sizes(struct visit *visit, const struct release *release)
{
	uint64_t *sizes =
		arena_alloc(&visit->arena, (release->attachment_count + 1) * sizeof(*sizes));

	for (size_t i = 0; i < release->attachment_count; i++)
		if (!reading_attachment_size(visit->txn, &release->attachments[i].hash, &sizes[i]))
			return NULL;
	return sizes;
}

static bool find_attachment(struct visit *visit, struct attached *out, struct fault *why)
{
	struct buf name;

	if (!hash_parse(visit->match.sha256, &out->hash))
		return nothing_here(why);
	buf_init(&name, REQUEST_TARGET_MAX);
	/* It was found to be decodable when the request came in. A + is a + in a path. */
	path_decode(visit->match.name, &name);
	out->name = arena_copy(&visit->arena, buf_str(&name));
	buf_release(&name);
	out->etag = arena_printf(&visit->arena, "\"%s\"", HASH_TEXT(&out->hash));
	if (reading_attachment(visit->txn, &out->hash, out->name, visit->now, &out->use))
		return true;
	return store_check(visit->txn, why) && nothing_here(why);
}

static bool open_attachment(struct visit *visit, const struct attached *attached, int *out,
			    struct fault *why)
{
	char file[ATTACHMENT_PATH_SIZE];
	struct stat info;
	const char *path;

	if (!visit->house->files)
		return fail(why, BROKEN, "there is no folder for attachments");
	path = arena_cstr(&visit->arena, arena_printf(&visit->arena, "%s/%s", visit->house->files,
						      attachment_file(file, &attached->hash)));
	*out = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*out < 0)
		return fail_errno(why, "cannot open the attachment %.8s",
				  HASH_TEXT(&attached->hash));
	if (fstat(*out, &info) == 0 && (uint64_t)info.st_size == attached->use.size)
		return true;
	close(*out);
	return fail(why, BROKEN, "the attachment %.8s has not its size",
		    HASH_TEXT(&attached->hash));
}

static void begin(struct visit *visit, unsigned status, const struct attached *attached)
{
	char date[HTTP_TIME_SIZE];

	answer_begin(visit->answer, status);
	public_lifetime(visit, LIVE_ERROR);
	answer_field(visit->answer, "ETag", attached->etag);
	answer_field(visit->answer, "Last-Modified",
		     http_time_format(date, attached->use.public_at));
	answer_field(visit->answer, "Accept-Ranges", STR("bytes"));
}

static void add_media(struct visit *visit, struct str name)
{
	const struct media *media = media_of(name);
	struct buf disposition;

	buf_init(&disposition, 2048);
	disposition_add(&disposition, media, name);
	answer_field(visit->answer, "Content-Type", str_from(media->type));
	answer_field(visit->answer, "Content-Disposition", buf_str(&disposition));
	buf_release(&disposition);
}

/* Only for GET (RFC 9110, 14.2), and only when If-Range still holds. */
static struct str wanted_range(const struct visit *visit, const struct attached *attached)
{
	const struct request *request = visit->request;

	if (request->method != METHOD_GET ||
	    !range_still_holds(request->if_range, attached->etag, attached->use.public_at))
		return STR_NONE;
	return request->range;
}

static bool send_attachment(struct visit *visit, const struct attached *attached, struct fault *why)
{
	unsigned long long size = attached->use.size;
	struct part part;
	enum range range = range_parse(wanted_range(visit, attached), size, &part);
	int file = -1;

	if (range == RANGE_OUTSIDE) {
		begin(visit, 416, attached);
		answer_fieldf(visit->answer, "Content-Range", "bytes */%llu", size);
		return true;
	}
	if (!open_attachment(visit, attached, &file, why))
		return false;
	begin(visit, range == RANGE_PART ? 206 : 200, attached);
	add_media(visit, attached->name);
	if (range == RANGE_PART)
		answer_fieldf(visit->answer, "Content-Range", "bytes %llu-%llu/%llu",
			      (unsigned long long)part.at,
			      (unsigned long long)(part.at + part.len - 1), size);
	answer_file(visit->answer, file, part.at, part.len);
	return true;
}

bool show_file(struct visit *visit, struct fault *why)
{
	struct attached attached;

	if (!find_attachment(visit, &attached, why))
		return false;
	if (!not_modified(visit->request, attached.etag, attached.use.public_at))
		return send_attachment(visit, &attached, why);
	begin(visit, 304, &attached);
	return true;
}

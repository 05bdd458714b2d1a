#include "attached.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media.h"
#include "range.h"

#include <communique/reading.h>

bool attached_from_address(struct visit *visit, struct attached *out)
{
	struct buf name;

	bool ok;

	*out = (struct attached){ .etag = STR_NONE };
	buf_init(&name, REQUEST_TARGET_MAX);
	/* A + is a + in a path. */
	ok = hash_parse(visit->match.sha256, &out->hash) && path_decode(visit->match.name, &name);
	out->name = arena_copy(&visit->arena, buf_str(&name));
	buf_release(&name);
	return ok;
}

static int open_file(struct visit *visit, const struct hash *hash)
{
	char file[ATTACHMENT_PATH_SIZE];

	return open(
		arena_cstr(&visit->arena, arena_printf(&visit->arena, "%s/%s", visit->house->files,
						       attachment_file(file, hash))),
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* What cannot be read has no size; whoever asks for the file itself will hear why. */
static void read_picture(struct visit *visit, const struct hash *hash, char *head,
			 struct picture *out)
{
	int file = open_file(visit, hash);
	ssize_t len;

	if (file < 0)
		return;
	len = read(file, head, PICTURE_HEAD_MAX);
	close(file);
	if (len > 0)
		picture_read((struct str){ head, (size_t)len }, out);
}

static bool is_picture(const struct attachment *attachment)
{
	return str_starts(str_from(media_of(attachment->name)->type), STR("image/"));
}

const struct picture *attached_pictures(struct visit *visit, const struct release *release)
{
	struct picture *pictures =
		arena_alloc(&visit->arena, (release->attachment_count + 1) * sizeof(*pictures));
	char *head = NULL;

	for (size_t i = 0; i < release->attachment_count; i++) {
		pictures[i] = (struct picture){ 0, 0 };
		if (!visit->house->files || !is_picture(&release->attachments[i]))
			continue;
		if (!head)
			head = arena_alloc(&visit->arena, PICTURE_HEAD_MAX);
		read_picture(visit, &release->attachments[i].hash, head, &pictures[i]);
	}
	return pictures;
}

static bool open_attachment(struct visit *visit, const struct attached *attached, int *out,
			    struct fault *why)
{
	struct stat info;

	if (!visit->house->files)
		return fail(why, BROKEN, "there is no folder for attachments");
	*out = open_file(visit, &attached->hash);
	if (*out < 0)
		return fail_errno(why, "cannot open the attachment %.8s",
				  HASH_TEXT(&attached->hash));
	if (fstat(*out, &info) == 0 && (uint64_t)info.st_size == attached->size)
		return true;
	close(*out);
	return fail(why, BROKEN, "the attachment %.8s has not its size",
		    HASH_TEXT(&attached->hash));
}

void attached_head(struct visit *visit, const struct attached *attached, attached_begin *begin,
		   unsigned status)
{
	char date[HTTP_TIME_SIZE];

	begin(visit, status);
	if (str_given(attached->etag)) {
		answer_field(visit->answer, "ETag", attached->etag);
		answer_field(visit->answer, "Last-Modified",
			     http_time_format(date, attached->public_at));
	}
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
	    !range_still_holds(request->if_range, attached->etag, attached->public_at))
		return STR_NONE;
	return request->range;
}

bool attached_send(struct visit *visit, const struct attached *attached, attached_begin *begin,
		   struct fault *why)
{
	unsigned long long size = attached->size;
	struct part part;
	enum range range = range_parse(wanted_range(visit, attached), size, &part);
	int file = -1;

	if (range == RANGE_OUTSIDE) {
		attached_head(visit, attached, begin, 416);
		answer_fieldf(visit->answer, "Content-Range", "bytes */%llu", size);
		return true;
	}
	if (!open_attachment(visit, attached, &file, why))
		return false;
	attached_head(visit, attached, begin, range == RANGE_PART ? 206 : 200);
	add_media(visit, attached->name);
	if (range == RANGE_PART)
		answer_fieldf(visit->answer, "Content-Range", "bytes %llu-%llu/%llu",
			      (unsigned long long)part.at,
			      (unsigned long long)(part.at + part.len - 1), size);
	answer_file(visit->answer, file, part.at, part.len);
	return true;
}

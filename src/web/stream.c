#include "stream.h"

#include <errno.h>
#include <unistd.h>

#include "frame.h"

struct stream stream_begin(struct answer *answer, uint16_t id)
{
	struct stream stream = { .at = answer->file_at, .left = answer->file_len, .id = id };

	stream.file = answer_take_file(answer);
	return stream;
}

void stream_end(struct stream *stream)
{
	if (stream->file >= 0)
		close(stream->file);
	stream->file = -1;
}

static bool read_whole(const struct stream *stream, char *at, size_t len, struct fault *why)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got =
			pread(stream->file, at + done, len - done, (off_t)(stream->at + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(why, "cannot read a file that is being sent");
		if (got == 0)
			return fail(why, BROKEN, "a file that is being sent is too short");
		done += (size_t)got;
	}
	return true;
}

bool stream_piece(struct stream *stream, struct buf *out, struct fault *why)
{
	size_t len = stream->left < FRAME_RECORD ? (size_t)stream->left : FRAME_RECORD;
	size_t padding = (8 - len % 8) % 8;
	unsigned char end[8 + FCGI_RECORD_HEAD + FCGI_END_SIZE] = { 0 };
	char *room = buf_room(out, FCGI_RECORD_HEAD + len);

	must(room != NULL && len > 0);
	fcgi_record_head((unsigned char *)room, FCGI_TYPE_STDOUT, stream->id, len, padding);
	if (!read_whole(stream, room + FCGI_RECORD_HEAD, len, why))
		return false;
	buf_grown(out, FCGI_RECORD_HEAD + len);
	stream->at += len;
	stream->left -= len;
	if (stream->left > 0) {
		buf_add(out, (struct str){ (const char *)end, padding });
		return true;
	}
	fcgi_record_head(end + padding, FCGI_TYPE_STDOUT, stream->id, 0, 0);
	fcgi_end_request(end + padding + FCGI_RECORD_HEAD, stream->id);
	buf_add(out, (struct str){ (const char *)end, padding + FCGI_RECORD_HEAD + FCGI_END_SIZE });
	stream_end(stream);
	return true;
}

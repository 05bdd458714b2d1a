#include "frame.h"

static void add(struct frame *frame, const void *at, size_t len)
{
	if (len == 0)
		return;
	must(frame->count < 3 * FRAME_RECORDS_MAX);
	frame->parts[frame->count++] = (struct iovec){ (void *)(uintptr_t)at, len };
	frame->size += len;
}

/* Takes up to `room` bytes off *from into the frame; how many. */
static size_t add_some(struct frame *frame, struct str *from, size_t room)
{
	struct str piece = str_first(*from, room);

	add(frame, piece.at, piece.len);
	*from = str_skip(*from, piece.len);
	return piece.len;
}

void frame_make(struct frame *frame, const struct answer *answer, uint16_t id)
{
	struct str head = answer_head(answer), body = answer_bytes(answer);
	size_t padding = 0;

	frame->count = 0;
	frame->size = 0;
	for (size_t n = 0; head.len + body.len > 0; n++) {
		size_t len = head.len + body.len;

		must(n < FRAME_RECORDS_MAX);
		len = len < FRAME_RECORD ? len : FRAME_RECORD;
		padding = (8 - len % 8) % 8;
		fcgi_record_head(frame->heads[n], FCGI_TYPE_STDOUT, id, len, padding);
		add(frame, frame->heads[n], FCGI_RECORD_HEAD);
		len -= add_some(frame, &head, len);
		add_some(frame, &body, len);
	}
	memset(frame->tail, 0, sizeof(frame->tail));
	if (answer->file >= 0) {
		add(frame, frame->tail, padding);
		return;
	}
	fcgi_record_head(frame->tail + padding, FCGI_TYPE_STDOUT, id, 0, 0);
	fcgi_end_request(frame->tail + padding + FCGI_RECORD_HEAD, id);
	add(frame, frame->tail, padding + FCGI_RECORD_HEAD + FCGI_END_SIZE);
}

void frame_add_rest(const struct frame *frame, size_t sent, struct buf *out)
{
	for (int i = 0; i < frame->count; i++) {
		struct str part = { frame->parts[i].iov_base, frame->parts[i].iov_len };
		size_t skip = sent < part.len ? sent : part.len;

		buf_add(out, str_skip(part, skip));
		sent -= skip;
	}
}

/* Attachments, as editors send them. */
#include "desk.h"

#include "admission.h"

static bool send_stored(struct visit *visit, const struct hash *hash, uint64_t size, bool created)
{
	struct json json;

	desk_begin(visit, created ? 201 : 200, "application/json");
	desk_etag(visit, hash);
	json = desk_json(visit);
	json_member_text(&json, "state", STR("stored"));
	json_member_text(&json, "sha256", str_from(HASH_TEXT(hash)));
	json_member_number(&json, "size", (int64_t)size);
	desk_json_end(visit, &json);
	return true;
}

static bool add_piece(void *ctx, struct str piece, struct fault *why)
{
	return newsroom_upload_add(ctx, piece, why);
}

/* By now the request is signed well and not too long: the body may come. */
bool save_file(struct visit *visit, struct fault *why)
{
	struct upload *upload = NULL;
	struct hash hash;
	uint64_t size;
	bool created, ok;

	if (!hash_parse(visit->match.sha256, &hash))
		return fail(why, NOT_FOUND, "the address names no file: 64 hex digits");
	ok = newsroom_upload_begin(visit->house->newsroom, visit->request->content_length, &upload,
				   why) &&
	     newsroom_admit(visit->house->newsroom, &visit->act, why) &&
	     request_stream_body(visit->request, add_piece, upload, why);
	/* It may have taken an hour. */
	visit->act.now = clock_now();
	ok = ok &&
	     newsroom_upload_keep(upload, &visit->act, visit->digest, &hash, &size, &created, why);
	newsroom_upload_end(&upload);
	return ok && send_stored(visit, &hash, size, created);
}

/* Drafts and their signatures. */
#include "desk.h"

#include "choose.h"

/* What is still missing until it is published, in words a program can compare. */
static struct str missing_of(const struct draft *draft)
{
	if (draft->state != DRAFT_WAITING)
		return STR_NONE;
	if (draft->have < draft->need)
		return STR("signatures");
	return draft->approver_missing ? STR("approver") : STR_NONE;
}

static void draft_members(struct json *json, const struct site *site, const struct draft *draft,
			  struct arena *arena)
{
	json_member_text(json, "state", str_from(draft_state_word(draft->state)));
	json_member_number(json, "have", (int64_t)draft->have);
	json_member_number(json, "need", (int64_t)draft->need);
	json_member_text(json, "missing", missing_of(draft));
	json_member_text(json, "address",
			 arena_printf(arena, "%.*s/%.*s/releases/%.*s", STR_ARG(site->url),
				      STR_ARG(draft->edition.language),
				      STR_ARG(draft->edition.slug)));
	json_member_text(json, "language", draft->edition.language);
	json_member_text(json, "release", draft->edition.slug);
	json_member_text(json, "title", draft->title);
	json_member_number(json, "revision", draft->revision);
	if (draft->change != CHANGE_FIRST)
		json_member_text(json, "change", change_word(draft->change));
	json_member_text(json, "sha256", str_from(HASH_TEXT(&draft->hash)));
	json_member_number(json, "size", (int64_t)draft->size);
	member_time(json, "saved", draft->saved_at);
	if (draft->saved_by.len > 0)
		json_member_text(json, "saved_by", draft->saved_by);
	member_time(json, "public_at", draft->public_at);
	member_signers(json, draft->signers, draft->signer_count);
	if (!draft->noted_at)
		return;
	json_key(json, "note");
	json_object(json);
	json_member_text(json, "text", draft->note);
	json_member_text(json, "holder", draft->noted_by);
	member_time(json, "time", draft->noted_at);
	json_end(json);
}

static void send_draft_state(struct visit *visit, unsigned status, const struct draft *draft)
{
	struct json json;

	desk_begin(visit, status, "application/json");
	desk_etag(visit, &draft->hash);
	json = desk_json(visit);
	draft_members(&json, visit->house->site, draft, &visit->arena);
	desk_json_end(visit, &json);
}

static bool edition_of(const struct visit *visit, struct edition *out, struct fault *why)
{
	*out = (struct edition){ .language = visit->match.language, .slug = visit->match.release };
	if (!language_valid(out->language) || !slug_valid(out->slug))
		return fail(why, NOT_FOUND, "the address names no language and release");
	return true;
}

static bool read_if_match(const struct request *request, bool *given, struct hash *out,
			  struct fault *why)
{
	*given = str_given(request->if_match);
	return !*given || if_match_parse(request->if_match, out, why);
}

bool save_draft(struct visit *visit, struct fault *why)
{
	struct draft_save save = { .file = visit->body };
	struct draft draft;
	bool created;

	if (!edition_of(visit, &save.edition, why) ||
	    !read_if_match(visit->request, &save.if_match_given, &save.if_match, why) ||
	    !newsroom_save_draft(visit->house->newsroom, &visit->act, &save, &visit->arena, &draft,
				 &created, why))
		return false;
	send_draft_state(visit, created ? 201 : 200, &draft);
	return true;
}

bool sign_draft(struct visit *visit, struct fault *why)
{
	struct draft_sign sign = { .signature = visit->body };
	struct draft draft;

	if (!edition_of(visit, &sign.edition, why) ||
	    !read_if_match(visit->request, &sign.if_match_given, &sign.if_match, why))
		return false;
	if (!key_id_parse(visit->match.keyid, &sign.key_id))
		return fail(why, NOT_FOUND, "the address names no key: 16 hex digits");
	if (!newsroom_sign_draft(visit->house->newsroom, &visit->act, &sign, &visit->arena, &draft,
				 why))
		return false;
	send_draft_state(visit, 200, &draft);
	return true;
}

bool note_draft(struct visit *visit, struct fault *why)
{
	struct draft_note note = { .text = str_trim(visit->body) };
	struct draft draft;

	if (!edition_of(visit, &note.edition, why) ||
	    !read_if_match(visit->request, &note.if_match_given, &note.if_match, why) ||
	    !newsroom_note_draft(visit->house->newsroom, &visit->act, &note, &visit->arena, &draft,
				 why))
		return false;
	send_draft_state(visit, 200, &draft);
	return true;
}

bool drop_draft(struct visit *visit, struct fault *why)
{
	struct edition edition;
	struct hash if_match;
	struct json json;
	bool given;

	if (!edition_of(visit, &edition, why) ||
	    !read_if_match(visit->request, &given, &if_match, why) ||
	    !newsroom_drop_draft(visit->house->newsroom, &visit->act, edition,
				 given ? &if_match : NULL, why))
		return false;
	desk_begin(visit, 200, "application/json");
	json = desk_json(visit);
	json_member_text(&json, "state", STR("dropped"));
	desk_json_end(visit, &json);
	return true;
}

/* The exact bytes that an approver reads and signs. */
bool show_draft(struct visit *visit, struct fault *why)
{
	struct edition edition;
	struct draft draft;
	struct buf file;
	bool ok;

	buf_init(&file, RELEASE_FILE_MAX);
	ok = edition_of(visit, &edition, why) &&
	     newsroom_read_draft(visit->house->newsroom, edition, visit->now, &visit->arena, &draft,
				 &file, why) &&
	     buf_check(&file, why);
	if (ok) {
		desk_begin(visit, 200, "text/plain; charset=utf-8");
		desk_etag(visit, &draft.hash);
		buf_add(answer_body(visit->answer), buf_str(&file));
	}
	buf_release(&file);
	return ok;
}

/* What was accepted under this number: public, scheduled or killed. */
bool show_accepted(struct visit *visit, struct fault *why)
{
	struct edition edition;
	uint64_t number;
	struct hash hash;
	struct buf file;
	bool ok;

	if (!str_to_u64(visit->match.number, UINT32_MAX, &number))
		return fail(why, NOT_FOUND, "the address names no revision");
	buf_init(&file, RELEASE_FILE_MAX);
	ok = edition_of(visit, &edition, why) &&
	     newsroom_read_revision(visit->house->newsroom, edition, (uint32_t)number, &hash, &file,
				    why);
	if (ok) {
		desk_begin(visit, 200, "text/plain; charset=utf-8");
		desk_etag(visit, &hash);
		buf_add(answer_body(visit->answer), buf_str(&file));
	}
	buf_release(&file);
	return ok;
}

static bool add_draft(void *ctx, const struct draft *draft, struct fault *why)
{
	struct listing *listing = ctx;

	(void)why;
	json_object(&listing->json);
	draft_members(&listing->json, listing->visit->house->site, draft, &listing->visit->arena);
	json_end(&listing->json);
	return true;
}

bool list_drafts(struct visit *visit, struct fault *why)
{
	struct listing listing = desk_listing(visit, "drafts");

	if (!newsroom_visit_drafts(visit->house->newsroom, visit->now, add_draft, &listing, why))
		return false;
	json_end(&listing.json);
	desk_json_end(visit, &listing.json);
	return true;
}

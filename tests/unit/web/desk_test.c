#include "doors.h"

#define DRAFT "/admin/drafts/en/2026-a"

/* What an editor's program sends; tests change it behind the signature's back. */
struct sent {
	struct request request;
	struct buf input, signature, digest;
	struct str body, rest;
	int64_t signed_at;
};

static bool read_rest(void *ctx, char *at, size_t room, size_t *got, struct fault *why)
{
	struct sent *sent = ctx;
	struct str piece = str_first(sent->rest, room);

	(void)why;
	if (piece.len > 0)
		memcpy(at, piece.at, piece.len);
	sent->rest = str_skip(sent->rest, piece.len);
	*got = piece.len;
	return true;
}

static void set_body(struct sent *sent, struct str body)
{
	sent->body = body;
	sent->rest = body;
}

static void prepare(struct place *place, struct sent *sent, enum who who, const char *method,
		    const char *target, struct str body, const struct hash *if_match)
{
	struct arena *arena = &place->office->arena;
	struct http_message message = { .method = str_from(method),
					.scheme = STR("https"),
					.authority = STR("press.example"),
					.target = str_from(target),
					.has_body = method[0] == 'P' };

	*sent = (struct sent){ .request = request_for(method, str_from(target)) };
	buf_init(&sent->input, 4096);
	buf_init(&sent->signature, 4096);
	buf_init(&sent->digest, 4096);
	set_body(sent, body);
	if (if_match)
		message.if_match = arena_printf(arena, "\"%s\"", HASH_TEXT(if_match));
	if (message.has_body) {
		content_digest_format(body, &sent->digest);
		message.content_type = STR("text/plain; charset=utf-8");
		message.content_digest = buf_str(&sent->digest);
		sent->request.length_given = true;
		sent->request.content_length = body.len;
		sent->request.content_length_text = arena_printf(arena, "%zu", body.len);
	}
	done(httpsig_sign(&message, &place->office->keys[who],
			  sent->signed_at ? sent->signed_at : place->office->now, &sent->input,
			  &sent->signature, why));
	sent->request.content_type = message.content_type;
	sent->request.content_digest = message.content_digest;
	sent->request.if_match = message.if_match;
	sent->request.signature_input = buf_str(&sent->input);
	sent->request.signature = buf_str(&sent->signature);
	sent->request.read = read_rest;
	sent->request.read_ctx = sent;
}

static unsigned send_it(struct place *place, struct sent *sent)
{
	sent->rest = sent->body;
	sent->request.read_ctx = sent;
	desk_answer(&place->house, &sent->request, NULL, &place->answer);
	return place->answer.status;
}

static void finish(struct sent *sent)
{
	buf_release(&sent->input);
	buf_release(&sent->signature);
	buf_release(&sent->digest);
}

static unsigned ask(struct place *place, enum who who, const char *method, const char *target,
		    struct str body, const struct hash *if_match)
{
	struct sent sent;
	unsigned status;

	prepare(place, &sent, who, method, target, body, if_match);
	status = send_it(place, &sent);
	finish(&sent);
	return status;
}

static bool says(struct place *place, const char *code)
{
	char member[64];
	bool ok;

	snprintf(member, sizeof(member), "\"code\":\"%s\"", code);
	ok = head_has(place, "Content-Type: application/problem+json\r\n") &&
	     body_has(place, member);
	if (!ok)
		print_error("not %s: %.*s\n", code, STR_ARG(answer_bytes(&place->answer)));
	return ok;
}

static struct str sign_address(struct place *place, enum who who)
{
	return arena_printf(&place->office->arena, DRAFT "/signatures/%s",
			    KEY_ID_TEXT(&place->office->keys[who].public.id));
}

static unsigned ask_to_sign(struct place *place, enum who who, struct str file,
			    const struct hash *hash)
{
	struct str address = sign_address(place, who);

	return ask(place, who, "PUT", arena_cstr(&place->office->arena, address),
		   sign_file(place->office, who, file), hash);
}

static void a_release_is_published_by_signing_enough(void **state)
{
	struct place *place = place_open(2);
	struct str file = release_text(place->office, "2026-a", "2026-11-23", "");
	struct hash hash = hash_of(file);
	char etag[80];

	(void)state;
	snprintf(etag, sizeof(etag), "\r\nETag: \"%s\"\r\n", HASH_TEXT(&hash));
	assert_int_equal(ask(place, ALICE, "PUT", DRAFT, file, NULL), 201);
	assert_true(head_has(place, etag));
	assert_true(body_has(place, "\"state\":\"waiting\",\"have\":0,\"need\":2"));
	assert_true(body_has(place, "\"address\":\"https://press.example/en/releases/2026-a\""));
	assert_true(head_has(place, "\r\nCache-Control: no-store\r\n"));
	assert_int_equal(ask(place, BOB, "GET", DRAFT, STR(""), NULL), 200);
	assert_true(str_equal(answer_bytes(&place->answer), file));
	assert_true(head_has(place, etag));
	assert_int_equal(ask_to_sign(place, ALICE, file, &hash), 200);
	assert_true(body_has(place, "\"state\":\"waiting\",\"have\":1,\"need\":2"));
	assert_true(body_has(place, "\"missing\":\"signatures\""));
	assert_true(body_has(place, "\"holder\":\"alice\",\"roles\":[\"author\"]"));
	assert_int_equal(ask(place, ALICE, "GET", "/admin/drafts", STR(""), NULL), 200);
	assert_true(body_has(place, "{\"drafts\":[{\"state\":\"waiting\""));
	assert_int_equal(ask_to_sign(place, CAROL, file, &hash), 200);
	assert_true(body_has(place, "\"missing\":\"approver\""));
	assert_int_equal(ask_to_sign(place, BOB, file, &hash), 200);
	assert_true(body_has(place, "\"state\":\"public\""));
	assert_true(is_public(place->office, "2026-a", place->office->now));
	place_close(place);
}

static void a_draft_is_replaced_only_under_its_own_hash(void **state)
{
	struct place *place = place_open(2);
	struct str first = release_text(place->office, "2026-a", "2026-11-23", "");
	struct str second = release_text(place->office, "2026-a", "2026-11-24", "");
	struct hash hash = hash_of(first);
	struct sent sent;

	(void)state;
	assert_int_equal(ask(place, ALICE, "PUT", DRAFT, first, NULL), 201);
	assert_int_equal(ask(place, CAROL, "PUT", DRAFT, second, NULL), 428);
	assert_true(says(place, "precondition-required"));
	assert_int_equal(ask(place, CAROL, "PUT", DRAFT, second, &hash), 200);
	assert_int_equal(ask(place, ALICE, "PUT", DRAFT, first, &hash), 412);
	assert_true(says(place, "precondition-failed"));
	assert_int_equal(ask_to_sign(place, ALICE, first, &hash), 412);
	assert_int_equal(ask_to_sign(place, ALICE, second, NULL), 428);
	prepare(place, &sent, ALICE, "PUT", DRAFT, first, NULL);
	sent.request.if_match = STR("*"); /* not covered, so free to change */
	assert_int_equal(send_it(place, &sent), 400);
	assert_true(says(place, "invalid"));
	finish(&sent);
	assert_int_equal(ask(place, ALICE, "DELETE", DRAFT, STR(""), NULL), 200);
	assert_int_equal(ask(place, ALICE, "GET", DRAFT, STR(""), NULL), 404);
	assert_true(says(place, "not-found"));
	place_close(place);
}

/* Everything that is refused leaves the store as it was, but for the audit. */
struct bad {
	const char *code;
	unsigned status;
	void (*spoil)(struct place *place, struct sent *sent);
	bool audited;
};

static void other_path(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.target = STR("/admin/drafts/en/2026-b");
	sent->request.path = sent->request.target;
}

static void other_query(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.target = STR(DRAFT "?x=1");
}

static void other_body(struct place *place, struct sent *sent)
{
	char *copy = arena_cstr(&place->office->arena, sent->body);

	copy[sent->body.len - 3] ^= 1;
	set_body(sent, (struct str){ copy, sent->body.len });
}

static void other_digest(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.content_digest = STR("sha-256=:AAAA:");
}

static void no_signature(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.signature = STR_NONE;
	sent->request.signature_input = STR_NONE;
}

static void broken_signature(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.signature_input = STR("sig=(");
}

static void chunked(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.transfer_encoding = STR("chunked");
	sent->request.length_given = false;
}

static void no_length(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.length_given = false;
}

static void too_long(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.content_length = RELEASE_FILE_MAX + 1;
	sent->request.read = NULL; /* refused before the body */
}

static void packed(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.content_encoding = STR("gzip");
}

static void other_type(struct place *place, struct sent *sent)
{
	(void)place;
	sent->request.content_type = STR("application/x-www-form-urlencoded");
}

static void short_body(struct place *place, struct sent *sent)
{
	(void)place;
	set_body(sent, str_first(sent->body, sent->body.len - 1));
}

static void two_minutes_late(struct place *place, struct sent *sent)
{
	(void)sent;
	place_wait(place, SIGNATURE_LIFE_MAX + CLOCK_TOLERANCE + 1);
}

static void from_the_future(struct place *place, struct sent *sent)
{
	(void)sent;
	place_wait(place, -CLOCK_TOLERANCE - 5);
}

static const struct bad bad[] = {
	{ "signature-invalid", 401, other_path, false },
	{ "signature-invalid", 401, other_query, false },
	{ "signature-invalid", 401, other_digest, false },
	{ "digest-mismatch", 400, other_body, true },
	{ "signature-missing", 401, no_signature, false },
	{ "signature-malformed", 400, broken_signature, false },
	{ "length-required", 411, chunked, false },
	{ "length-required", 411, no_length, false },
	{ "too-large", 413, too_long, false },
	{ "encoding-not-accepted", 415, packed, false },
	{ "encoding-not-accepted", 415, other_type, false },
	{ "invalid", 400, short_body, true },
	{ "signature-expired", 401, two_minutes_late, false },
	{ "signature-not-yet-valid", 401, from_the_future, false },
};

static void what_is_wrong_is_refused_with_its_code(void **state)
{
	struct place *place = place_open(2);
	struct str file = release_text(place->office, "2026-a", "2026-11-23", "");
	uint64_t audit, replays;
	struct sent sent;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		audit = rows(place->office, TABLE_AUDIT);
		replays = rows(place->office, TABLE_REPLAY);
		prepare(place, &sent, ALICE, "PUT", DRAFT, file, NULL);
		bad[i].spoil(place, &sent);
		assert_int_equal(send_it(place, &sent), bad[i].status);
		assert_true(says(place, bad[i].code));
		if (bad[i].status == 401) {
			assert_true(head_has(place, "\r\nWWW-Authenticate: Signature\r\n"));
			assert_true(head_has(place, "\r\nAccept-Signature: sig=(\"@method\" "
						    "\"@target-uri\" \"content-digest\" "
						    "\"content-type\");created;"));
			assert_true(head_has(place, "\r\nDate: "));
		}
		finish(&sent);
		assert_int_equal(rows(place->office, TABLE_DRAFTS), 0);
		assert_int_equal(rows(place->office, TABLE_AUDIT), audit + bad[i].audited);
		/* None of these was used up: those that were audited came with a damaged body. */
		assert_int_equal(rows(place->office, TABLE_REPLAY), replays);
	}
	place_close(place);
}

static void a_request_is_good_once(void **state)
{
	struct place *place = place_open(2);
	struct str file = release_text(place->office, "2026-a", "2026-11-23", "");
	struct sent sent;

	(void)state;
	prepare(place, &sent, ALICE, "PUT", DRAFT, file, NULL);
	assert_int_equal(send_it(place, &sent), 201);
	assert_int_equal(send_it(place, &sent), 401);
	assert_true(says(place, "signature-replayed"));
	finish(&sent);
	prepare(place, &sent, ALICE, "GET", DRAFT, STR(""), NULL);
	assert_int_equal(send_it(place, &sent), 200);
	assert_int_equal(send_it(place, &sent), 200); /* reading uses nothing up */
	finish(&sent);
	place_close(place);
}

static void keys_and_roles_decide(void **state)
{
	struct place *place = place_open(2);
	struct str file = release_text(place->office, "2026-a", "2026-11-23", "");
	uint64_t audit = rows(place->office, TABLE_AUDIT);

	(void)state;
	assert_int_equal(ask(place, STRANGER, "PUT", DRAFT, file, NULL), 401);
	assert_true(says(place, "key-unknown"));
	assert_int_equal(ask(place, LEFT, "PUT", DRAFT, file, NULL), 401);
	assert_true(says(place, "key-unknown"));
	assert_int_equal(rows(place->office, TABLE_AUDIT), audit);
	assert_int_equal(ask(place, ROOT, "PUT", DRAFT, file, NULL), 403);
	assert_true(says(place, "role-missing"));
	assert_int_equal(rows(place->office, TABLE_AUDIT), audit + 1);
	assert_int_equal(ask(place, ROOT, "GET", "/admin/drafts", STR(""), NULL), 200);
	assert_true(str_equal(answer_bytes(&place->answer), STR("{\"drafts\":[]}\n")));
	assert_int_equal(rows(place->office, TABLE_DRAFTS), 0);
	place_close(place);
}

static void addresses_and_methods_are_checked(void **state)
{
	static const char *const targets[] = { "/admin//drafts", "/admin/./drafts",
					       "/admin/../admin/drafts", "/admin/%64rafts",
					       "/admin/drafts?a=%41" };
	struct place *place = place_open(2);

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		assert_int_equal(ask(place, ALICE, "GET", targets[i], STR(""), NULL), 400);
		assert_true(says(place, "bad-target"));
	}
	assert_int_equal(ask(place, ALICE, "GET", "/admin/nothing", STR(""), NULL), 404);
	assert_int_equal(ask(place, ALICE, "GET", DRAFT "/preview", STR(""), NULL), 404);
	assert_int_equal(ask(place, ALICE, "DELETE", "/admin/drafts", STR(""), NULL), 405);
	assert_true(head_has(place, "\r\nAllow: GET, HEAD\r\n"));
	assert_int_equal(ask(place, ALICE, "GET", "/admin/drafts?x=1", STR(""), NULL), 400);
	assert_int_equal(ask(place, ALICE, "GET", "/admin/audit?after=x", STR(""), NULL), 400);
	assert_int_equal(ask(place, ALICE, "GET", "/admin/drafts/en/-", STR(""), NULL), 404);
	place_close(place);
}

static void a_malformed_release_names_its_line(void **state)
{
	struct place *place = place_open(2);
	struct str file = STR("Site: press.example\nnonsense\n");

	(void)state;
	assert_int_equal(ask(place, ALICE, "PUT", DRAFT, file, NULL), 422);
	assert_true(says(place, "release-malformed"));
	assert_true(body_has(place, "\"line\":"));
	assert_true(body_has(place, "\"time\":\"2026-11-23T09:00:00Z\""));
	place_close(place);
}

static void key_sets_and_the_audit_can_be_read(void **state)
{
	struct place *place = place_open(2);
	struct str file = release_text(place->office, "2026-a", "2026-11-23", "");

	(void)state;
	assert_int_equal(ask(place, ALICE, "PUT", DRAFT, file, NULL), 201);
	assert_int_equal(ask(place, ALICE, "GET", "/admin/keys", STR(""), NULL), 200);
	assert_true(body_has(place, "{\"keys\":[{\"version\":1,"));
	assert_true(body_has(place, "\"file\":\"communique keys v1\\nsite press.example\\n"));
	assert_int_equal(ask(place, ALICE, "GET", "/admin/audit", STR(""), NULL), 200);
	assert_true(body_has(place, "\"holder\":\"alice\",\"method\":\"PUT\",\"target\":\"" DRAFT
				    "\",\"outcome\":\"done\""));
	assert_int_equal(ask(place, ALICE, "GET", "/admin/audit?after=1000", STR(""), NULL), 200);
	assert_true(str_equal(answer_bytes(&place->answer), STR("{\"rows\":[]}\n")));
	place_close(place);
}

static void a_key_set_is_proposed_and_signed(void **state)
{
	struct place *place = place_open(2);
	struct hash first = hash_of(buf_str(&place->office->keyset));
	struct str next = keyset_text(place->office, 2, &first, 1);
	struct str address = arena_printf(&place->office->arena, "/admin/keys/2/signatures/%s",
					  KEY_ID_TEXT(&place->office->keys[ROOT].public.id));

	(void)state;
	assert_int_equal(ask(place, ROOT, "PUT", "/admin/keys/2", next, NULL), 201);
	assert_true(body_has(place, "\"state\":\"waiting\""));
	assert_int_equal(ask(place, ROOT, "PUT", arena_cstr(&place->office->arena, address),
			     sign_file(place->office, ROOT, next), NULL),
			 200);
	assert_true(body_has(place, "\"state\":\"in-force\""));
	assert_int_equal(ask(place, ROOT, "PUT", "/admin/keys/0", next, NULL), 404);
	place_close(place);
}

static void what_could_not_be_read_is_a_problem_too(void **state)
{
	struct place *place = place_open(2);
	struct request request = request_for("GET", STR("/admin/drafts"));
	struct fault fault = { .kind = DUPLICATE_FIELD, .says = "HTTP_SIGNATURE stands twice" };

	(void)state;
	desk_answer(&place->house, &request, &fault, &place->answer);
	assert_int_equal(place->answer.status, 400);
	assert_true(says(place, "duplicate-field"));
	request = request_for("GET", STR("/healthz"));
	desk_answer(&place->house, &request, NULL, &place->answer);
	assert_int_equal(place->answer.status, 200);
	place_close(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_release_is_published_by_signing_enough),
		cmocka_unit_test(a_draft_is_replaced_only_under_its_own_hash),
		cmocka_unit_test(what_is_wrong_is_refused_with_its_code),
		cmocka_unit_test(a_request_is_good_once),
		cmocka_unit_test(keys_and_roles_decide),
		cmocka_unit_test(addresses_and_methods_are_checked),
		cmocka_unit_test(a_malformed_release_names_its_line),
		cmocka_unit_test(key_sets_and_the_audit_can_be_read),
		cmocka_unit_test(a_key_set_is_proposed_and_signed),
		cmocka_unit_test(what_could_not_be_read_is_a_problem_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

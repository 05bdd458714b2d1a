/*
 * desk - what editors may ask for.
 *
 * Everything is signed but the question whether we are alive. Answers are JSON, errors
 * application/problem+json (RFC 9457). A change that was refused after its signature was
 * found good leaves a row in the audit; one that was done leaves its own, in the same
 * transaction.
 */
#include "desk.h"

#include "admission.h"
#include "metrics.h"
#include "preview.h"

#include <communique/log.h>

/* --- errors ------------------------------------------------------------------------- */

/* What a client has to cover; with it stock libraries sign right at the second try. */
static void add_challenge(struct visit *visit, bool has_body)
{
	answer_field(visit->answer, "WWW-Authenticate", STR("Signature"));
	answer_fieldf(visit->answer, "Accept-Signature",
		      "sig=(\"@method\" \"@target-uri\"%s)"
		      ";created;expires;nonce;keyid;alg=\"ed25519\";tag=\"" HTTPSIG_TAG "\"",
		      has_body ? " \"content-digest\" \"content-type\"" : "");
}

static void desk_date(struct visit *visit)
{
	char date[HTTP_TIME_SIZE];

	answer_field(visit->answer, "Date", http_time_format(date, visit->now));
}

static void problem(struct visit *visit, const struct fault *why, bool has_body)
{
	unsigned status = fault_status(why->kind);
	char time[TIME_SIZE];
	struct buf allow;
	struct json json;

	answer_begin(visit->answer, status);
	answer_field(visit->answer, "Content-Type", STR("application/problem+json"));
	desk_share(visit);
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	desk_date(visit);
	if (str_given(visit->request->id))
		answer_field(visit->answer, "X-Request-Id", visit->request->id);
	if (status == 401)
		add_challenge(visit, has_body);
	if (status == 503 || status == 507)
		answer_field(visit->answer, "Retry-After", STR("5"));
	if (status == 429)
		answer_fieldf(visit->answer, "Retry-After", "%d", REFUSALS_SECONDS);
	if (status == 405) {
		buf_init(&allow, 256);
		route_allow(DOOR_DESK, visit->request->path, &allow);
		answer_field(visit->answer, "Allow", buf_str(&allow));
		buf_release(&allow);
	}
	json = json_begin(answer_body(visit->answer));
	json_object(&json);
	json_member_number(&json, "status", status);
	json_member_text(&json, "code", str_from(fault_code(why->kind)));
	json_member_text(&json, "title", str_from(fault_title(why->kind)));
	/* What went wrong on our side is for the log, not for whoever asked. */
	if (status != 500)
		json_member_text(&json, "detail", str_from(why->says));
	json_member_text(&json, "time", time_format(time, visit->now));
	json_member_text(&json, "request", visit->request->id);
	if (why->line > 0)
		json_member_number(&json, "line", why->line);
	json_end(&json);
	buf_add_char(answer_body(visit->answer), '\n');
}

/* --- answers ------------------------------------------------------------------------ */

void desk_begin(struct visit *visit, unsigned status, const char *type)
{
	answer_begin(visit->answer, status);
	answer_field(visit->answer, "Content-Type", str_from(type));
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	desk_share(visit);
	desk_date(visit);
}

void desk_etag(struct visit *visit, const struct hash *hash)
{
	answer_fieldf(visit->answer, "ETag", "\"%s\"", HASH_TEXT(hash));
}

struct json desk_json(struct visit *visit)
{
	struct json json = json_begin(answer_body(visit->answer));

	json_object(&json);
	return json;
}

void desk_json_end(struct visit *visit, struct json *json)
{
	json_end(json);
	buf_add_char(answer_body(visit->answer), '\n');
}

void member_time(struct json *json, const char *key, int64_t when)
{
	char time[TIME_SIZE];

	if (when > 0)
		json_member_text(json, key, time_format(time, when));
}

static void member_roles(struct json *json, unsigned roles)
{
	static const struct {
		enum role role;
		struct str word;
	} words[] = { { ROLE_ROOT, { "root", 4 } },
		      { ROLE_AUTHOR, { "author", 6 } },
		      { ROLE_APPROVER, { "approver", 8 } } };

	json_key(json, "roles");
	json_array(json);
	for (size_t i = 0; i < 3; i++)
		if (roles & words[i].role)
			json_text(json, words[i].word);
	json_end(json);
}

void member_signers(struct json *json, const struct signer *signers, size_t count)
{
	json_key(json, "signers");
	json_array(json);
	for (size_t i = 0; i < count; i++) {
		json_object(json);
		json_member_text(json, "keyid", str_from(KEY_ID_TEXT(&signers[i].key_id)));
		json_member_text(json, "holder", signers[i].holder);
		member_roles(json, signers[i].roles);
		member_time(json, "time", signers[i].when);
		json_end(json);
	}
	json_end(json);
}

struct listing desk_listing(struct visit *visit, const char *key)
{
	struct listing listing = { .visit = visit };

	desk_begin(visit, 200, "application/json");
	listing.json = desk_json(visit);
	json_key(&listing.json, key);
	json_array(&listing.json);
	return listing;
}

/* --- the way in --------------------------------------------------------------------- */

/* What was signed is taken as it is or not at all. */
static bool take_parameters(struct visit *visit, struct fault *why)
{
	const char *names = visit->route->parameters;
	struct str query = visit->request->query;
	struct buf right;
	bool ok;

	if (!query_read(query, names, &visit->arena, visit->parameters, why))
		return false;
	buf_init(&right, REQUEST_TARGET_MAX);
	query_write(names, visit->parameters, &right);
	ok = !str_given(query) || (query.len > 0 && str_equal(str_skip(buf_str(&right), 1), query));
	buf_release(&right);
	return ok ||
	       fail(why, INVALID, "the parameters of this address are: %s", names ? names : "none");
}

/* With a good signature: is there such an address, and may this key use it. */
static bool check_right(struct visit *visit, bool other_method, struct fault *why)
{
	if (!visit->route && other_method)
		return fail(why, METHOD_NOT_ALLOWED, "%s is not for this address",
			    QUOTE(visit->request->method_word));
	if (!visit->route)
		return fail(why, NOT_FOUND, "there is nothing at this address");
	if (visit->route->roles != 0 && !(visit->route->roles & visit->act.roles))
		return fail(why, ROLE_MISSING, "this takes an author or an approver");
	return take_parameters(visit, why);
}

static bool run(struct visit *visit, const struct admission *admission, struct fault *why)
{
	struct buf body;
	bool ok;

	buf_init(&body, visit->route->body_max);
	visit->digest = &admission->digest;
	ok = !admission->has_body || visit->route->streams ||
	     admission_read_body(visit, admission, &body, why);
	visit->body = buf_str(&body);
	/* The signature's window was that of the head; what happens now happens now. */
	visit->act.now = clock_now();
	ok = ok && visit->route->handle(visit, why);
	buf_release(&body);
	return ok;
}

/* The size of attachments is the operator's to set. */
static bool check_upload(const struct visit *visit, struct fault *why)
{
	unsigned long long size = visit->request->content_length;
	unsigned long long most = visit->house->attachment_max;

	if (!visit->route || !visit->route->streams || size <= most)
		return true;
	return fail(why, TOO_LARGE, "an attachment has at most %llu bytes, not %llu", most, size);
}

static bool may_change(const struct request *request)
{
	return request->method != METHOD_GET && request->method != METHOD_HEAD;
}

/* With a good signature: so nobody else can use up a holder's. */
static bool check_patience(const struct visit *visit, struct fault *why)
{
	struct patience *patience = visit->house->patience;

	return !patience || !may_change(visit->request) ||
	       patience_left(patience, &visit->act.key_id, visit->now) ||
	       fail(why, TOO_MANY, "too many changes with the key %s were refused",
		    KEY_ID_TEXT(&visit->act.key_id));
}

/* A body is read only after all else was found good. */
static bool run_with_body(struct visit *visit, const struct admission *admission, struct fault *why)
{
	struct patience *patience = visit->house->patience;
	const struct key_id *id = &visit->act.key_id;
	bool ok;

	if (!patience || !admission->has_body)
		return run(visit, admission, why);
	if (!patience_body_begins(patience, id, visit->now))
		return fail(why, TOO_MANY, "%d requests with a body of the key %s are on their way",
			    BODIES_PER_KEY_MAX, KEY_ID_TEXT(id));
	ok = run(visit, admission, why);
	patience_body_ends(patience, id, visit->now);
	return ok;
}

/* What is refused for a reason on our side, or was sent again by whoever captured it, is not the
 * holder's doing. */
static void note_refusal(const struct visit *visit, const struct fault *why)
{
	if (why->kind == TOO_MANY)
		return;
	newsroom_refused(visit->house->newsroom, &visit->act, why);
	if (visit->house->patience && fault_status(why->kind) < 500 &&
	    why->kind != SIGNATURE_REPLAYED)
		patience_spend(visit->house->patience, &visit->act.key_id, visit->now);
}

static bool serve_request(struct visit *visit, struct admission *admission, struct fault *why)
{
	bool other_method;

	if (visit->request->is_local)
		return local_serve(visit, why);
	if (str_starts(visit->request->path, STR(PREVIEW_ROOT)))
		return preview_answer(visit, why);
	if (visit->request->method == METHOD_OPTIONS) {
		desk_preflight(visit);
		return true;
	}
	visit->route = route_find(DOOR_DESK, visit->request->method, visit->request->path,
				  &visit->match, &other_method);
	if (visit->route && visit->route->open)
		return visit->route->handle(visit, why);
	/* Previews and the editors' page are asked for without a signature. */
	if (!visit->route && !str_starts(visit->request->path, STR("/admin/")))
		return fail(why, NOT_FOUND, "there is nothing at this address");
	return admission_check_sizes(visit->request, visit->route, why) &&
	       check_upload(visit, why) && admission_check_signature(visit, admission, why) &&
	       check_patience(visit, why) && check_right(visit, other_method, why) &&
	       run_with_body(visit, admission, why);
}

/* Every act of an editor, done or refused, also stands in the log. */
static void log_act(const struct act *act, bool done, const struct fault *why)
{
	struct log_line line;

	log_begin(&line, LOG_INFO, "act");
	log_str(&line, "holder", act->holder);
	log_str(&line, "keyid", str_from(KEY_ID_TEXT(&act->key_id)));
	log_str(&line, "method", act->method);
	log_str(&line, "target", act->target);
	log_str(&line, "outcome", done ? STR("done") : str_from(fault_code(why->kind)));
	log_end(&line);
}

void desk_answer(const struct house *house, const struct request *request, const struct fault *bad,
		 struct answer *answer)
{
	struct visit visit = {
		.house = house, .request = request, .answer = answer, .now = clock_now()
	};
	struct admission admission = { .has_body = request->content_length > 0 };
	struct fault why = { .kind = NO_FAULT };
	bool ok = false;

	arena_init(&visit.arena);
	if (bad)
		why = *bad;
	else
		ok = serve_request(&visit, &admission, &why);
	if (!ok) {
		if (fault_status(why.kind) >= 500)
			log_fault(LOG_ERROR, "desk", &why);
		else if (!admission.authenticated)
			log_fault(LOG_INFO, "refused", &why);
		if (admission.authenticated && may_change(request))
			note_refusal(&visit, &why);
		problem(&visit, &why, admission.has_body);
	}
	if (admission.authenticated && may_change(request))
		log_act(&visit.act, ok, &why);
	arena_release(&visit.arena);
	answer_finish(answer, request->method != METHOD_HEAD);
}

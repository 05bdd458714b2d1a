#include <curl/curl.h>

#include <communique/clock.h>
#include <communique/digest.h>
#include <communique/httpsig.h>
#include <communique/limits.h>
#include <communique/terminal.h>

#include "address.h"
#include "answer.h"
#include "config.h"
#include "desk_client.h"
#include "http.h"
#include "keyfile.h"

#define REPEAT_PAUSE_MS 700
#define CLOCK_OFFSET_MAX (24 * 60 * 60) /* a time zone taken for another, and no year */
#define BUSY_WAITS_MAX 8		/* of a second each, while the web server answers 429 */

bool desk_open(struct arena *arena, const char *server, const struct secret_key *key,
	       struct desk *out, struct fault *why)
{
	struct str target;
	const char *origin;

	*out = (struct desk){ .arena = arena, .key = key };
	if (!address_split(arena, str_from(server), &origin, &target, why) ||
	    !http_origin(arena, str_from(origin), &out->scheme, &out->authority, why))
		return false;
	return str_equal(target, STR("/")) ||
	       fail(why, USAGE, "the server's address has no path: %s", origin);
}

bool desk_open_for_call(const struct call *call, struct secret_key *key, struct desk *out,
			struct fault *why)
{
	const char *server;

	if (!sign_start(why) || !config_need(call, "server", &server, why) ||
	    !desk_open(call->arena, server, key, out, why))
		return false;
	return keyfile_open(call, key, why);
}

struct str desk_address(const struct desk *desk, struct str address)
{
	if (!str_starts(address, STR("/")))
		return address;
	return arena_printf(desk->arena, "%.*s://%.*s%.*s", STR_ARG(desk->scheme),
			    STR_ARG(desk->authority), STR_ARG(address));
}

/* --- one exchange ------------------------------------------------------------------------ */

struct exchange {
	CURL *curl;
	struct curl_slist *fields;
	struct buf body;
	const struct desk_request *request;
	bool sent; /* something of the request may have reached the server */
};

static size_t take_body(char *at, size_t size, size_t count, void *ctx)
{
	struct exchange *exchange = ctx;

	buf_add(&exchange->body, (struct str){ at, size * count });
	return exchange->body.full ? 0 : size * count;
}

static int show_progress(void *ctx, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
			 curl_off_t up)
{
	const struct exchange *exchange = ctx;

	(void)down_total;
	(void)down;
	if (exchange->request->label && up_total > 0 && up < up_total)
		terminal_progress(exchange->request->label, (uint64_t)up, (uint64_t)up_total);
	return 0;
}

static void add_field(struct exchange *exchange, const char *name, struct str value)
{
	struct buf line;

	buf_init(&line, REQUEST_HEAD_MAX);
	buf_addf(&line, "%s: %.*s", name, STR_ARG(value));
	buf_add_char(&line, '\0');
	exchange->fields = curl_slist_append(exchange->fields, line.at);
	must(exchange->fields != NULL);
	buf_release(&line);
}

static bool add_signature(struct exchange *exchange, const struct desk *desk,
			  const struct http_message *message, struct fault *why)
{
	struct buf input, signature;
	bool ok;

	buf_init(&input, SIGNATURE_INPUT_MAX);
	buf_init(&signature, SIGNATURE_FIELD_MAX);
	ok = httpsig_sign(message, desk->key, clock_now() + desk->clock_offset, &input, &signature,
			  why) &&
	     buf_check(&input, why) && buf_check(&signature, why);
	if (ok) {
		add_field(exchange, "Signature-Input", buf_str(&input));
		add_field(exchange, "Signature", buf_str(&signature));
	}
	buf_release(&input);
	buf_release(&signature);
	return ok;
}

static bool add_fields(struct exchange *exchange, const struct desk *desk, struct fault *why)
{
	const struct desk_request *request = exchange->request;
	struct http_message message = {
		.method = str_from(request->method),
		.scheme = desk->scheme,
		.authority = desk->authority,
		.target = request->target,
		.has_body = request->has_body,
	};
	struct buf digest;
	bool ok;

	buf_init(&digest, SIGNATURE_INPUT_MAX);
	if (request->has_body) {
		content_digest_format(request->body, &digest);
		message.content_digest = buf_str(&digest);
		message.content_type = str_from(request->type);
		add_field(exchange, "Content-Digest", message.content_digest);
		add_field(exchange, "Content-Type", message.content_type);
	}
	if (request->if_match) {
		message.if_match =
			arena_printf(desk->arena, "\"%s\"", HASH_TEXT(request->if_match));
		add_field(exchange, "If-Match", message.if_match);
	}
	/* Else curl would wait a second for "100 Continue" before it sends a body. */
	add_field(exchange, "Expect", STR_NONE);
	ok = add_signature(exchange, desk, &message, why);
	buf_release(&digest);
	return ok;
}

static void set_body(CURL *curl, const struct desk_request *request)
{
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	if (strcmp(request->method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	if (!request->has_body)
		return;
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.len ? request->body.at : "");
}

static void set_up(struct exchange *exchange, const struct desk *desk)
{
	CURL *curl = exchange->curl;
	struct str address = desk_address(desk, exchange->request->target);

	http_prepare(curl, desk->scheme);
	curl_easy_setopt(curl, CURLOPT_URL, arena_cstr(desk->arena, address));
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, exchange->fields);
	/* On a connection that had died curl would send the very same signature twice. */
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, show_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	set_body(curl, exchange->request);
}

static void correct_clock(struct desk *desk, CURL *curl)
{
	int64_t there;

	if (http_time_parse(http_field(curl, "Date"), &there))
		desk->clock_offset = there - clock_now();
}

static bool unreachable(const struct exchange *exchange, const struct desk *desk, CURLcode code,
			struct fault *why)
{
	if (exchange->body.full)
		return fail(why, TOO_LARGE, "the server's answer is larger than %zu bytes",
			    exchange->body.limit);
	return fail(why, exchange->sent ? BUSY : BROKEN, "%s %.*s://%.*s: %s",
		    exchange->sent ? "no answer from" : "cannot reach", STR_ARG(desk->scheme),
		    STR_ARG(desk->authority), curl_easy_strerror(code));
}

static bool perform(struct exchange *exchange, struct desk *desk, struct desk_answer *out,
		    struct fault *why)
{
	CURLcode code = curl_easy_perform(exchange->curl);
	curl_off_t before_transfer = 0;
	long status = 0;

	if (exchange->request->label && exchange->request->has_body)
		terminal_progress(exchange->request->label, 1, 1);
	curl_easy_getinfo(exchange->curl, CURLINFO_PRETRANSFER_TIME_T, &before_transfer);
	exchange->sent = before_transfer > 0;
	if (code != CURLE_OK)
		return unreachable(exchange, desk, code, why);
	curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &status);
	out->status = (unsigned)status;
	out->body = arena_copy(desk->arena, buf_str(&exchange->body));
	out->etag = arena_copy(desk->arena, http_field(exchange->curl, "ETag"));
	return true;
}

/* --- and again ------------------------------------------------------------------------------ */

enum outcome { OUTCOME_ANSWER, OUTCOME_CLOCK, OUTCOME_LOST, OUTCOME_BUSY, OUTCOME_NONE };

static enum outcome judge(struct desk *desk, CURL *curl, const struct desk_answer *answer)
{
	struct problem problem;

	/* A proxy that gave up does not know what the desk did. */
	if (answer->status == 502 || answer->status == 504)
		return OUTCOME_LOST;
	/* The web server's rate limit: the desk has not seen the request. */
	if (answer->status == 429)
		return OUTCOME_BUSY;
	if (answer->status != 401 || !answer_problem(desk->arena, answer->body, &problem))
		return OUTCOME_ANSWER;
	/* Something on the way sent our request twice, and this is the second one's answer. */
	if (str_equal(problem.code, STR("signature-replayed")))
		return OUTCOME_LOST;
	if (str_equal(problem.code, STR("signature-expired")) ||
	    str_equal(problem.code, STR("signature-not-yet-valid"))) {
		correct_clock(desk, curl);
		return OUTCOME_CLOCK;
	}
	return OUTCOME_ANSWER;
}

static enum outcome try_once(struct desk *desk, const struct desk_request *request,
			     struct desk_answer *out, struct fault *why)
{
	struct exchange exchange = { .request = request };
	enum outcome outcome = OUTCOME_NONE;

	buf_init(&exchange.body, PAGE_MAX);
	exchange.curl = curl_easy_init();
	if (!exchange.curl)
		fail(why, BROKEN, "libcurl cannot be started");
	else if (add_fields(&exchange, desk, why)) {
		set_up(&exchange, desk);
		if (perform(&exchange, desk, out, why))
			outcome = judge(desk, exchange.curl, out);
		else if (exchange.sent && !exchange.body.full)
			outcome = OUTCOME_LOST;
	}
	curl_slist_free_all(exchange.fields);
	curl_easy_cleanup(exchange.curl);
	buf_release(&exchange.body);
	return outcome;
}

/* RFC 9110, section 9.2.2. */
static bool may_be_repeated(const struct desk_request *request)
{
	return strcmp(request->method, "POST") != 0 && strcmp(request->method, "PATCH") != 0;
}

static void pause_before_repeating(enum outcome outcome)
{
	struct timespec pause = { 0, REPEAT_PAUSE_MS * 1000000L };

	if (outcome == OUTCOME_BUSY)
		pause = (struct timespec){ 1, 0 };
	nanosleep(&pause, NULL);
}

/* Whether it is worth another try, which is then said. */
static bool asks_again(enum outcome outcome, const struct desk_request *request,
		       struct desk_answer *answer, unsigned *waits)
{
	if (outcome == OUTCOME_BUSY && (*waits)++ < BUSY_WAITS_MAX) {
		if (*waits == 1)
			fprintf(stderr, "note: the server asks to go slower; waiting\n");
		return true;
	}
	if (outcome != OUTCOME_LOST || answer->repeated || !may_be_repeated(request))
		return false;
	fprintf(stderr, "note: the answer was lost; asking again\n");
	answer->repeated = true;
	return true;
}

static bool clock_is_near(const struct desk *desk, struct fault *why)
{
	int64_t offset = desk->clock_offset;

	return (offset >= -CLOCK_OFFSET_MAX && offset <= CLOCK_OFFSET_MAX) ||
	       fail(why, BROKEN,
		    "this computer's clock is %lld hours %s the server's; one of them is wrong",
		    llabs((long long)offset) / 3600, offset > 0 ? "behind" : "ahead of");
}

bool desk_send(struct desk *desk, const struct desk_request *request, struct desk_answer *out,
	       struct fault *why)
{
	enum outcome outcome;
	bool clock_corrected = false;
	unsigned waits = 0;

	*out = (struct desk_answer){ 0 };
	for (;;) {
		bool repeated = out->repeated;

		*out = (struct desk_answer){ .repeated = repeated };
		outcome = try_once(desk, request, out, why);
		if (outcome == OUTCOME_CLOCK && !clock_is_near(desk, why))
			return false;
		if (outcome == OUTCOME_CLOCK && !clock_corrected && desk->clock_offset != 0) {
			fprintf(stderr, "note: this computer's clock is %lld seconds %s\n",
				llabs((long long)desk->clock_offset),
				desk->clock_offset > 0 ? "slow" : "fast");
			clock_corrected = true;
			continue;
		}
		if (!asks_again(outcome, request, out, &waits))
			break;
		pause_before_repeating(outcome);
	}
	return out->status != 0;
}

/* --- refusals ------------------------------------------------------------------------------- */

static enum fault_kind kind_by_code(struct str code)
{
	static const enum fault_kind kinds[] = {
#define X(kind, code, status, exit, title) kind,
		FAULT_KINDS(X)
#undef X
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i] != NO_FAULT && str_equal(code, str_from(fault_code(kinds[i]))))
			return kinds[i];
	}
	return NO_FAULT;
}

static enum fault_kind kind_by_status(unsigned status)
{
	switch (status) {
	case 404:
		return NOT_FOUND;
	case 413:
		return TOO_LARGE;
	case 429:
	case 502:
	case 503:
	case 504:
		return BUSY;
	default:
		return status >= 500 ? BROKEN : INVALID;
	}
}

static bool refused_without_reason(const struct desk *desk, unsigned status, struct fault *why)
{
	if (status >= 300 && status < 400)
		return fail(why, INVALID,
			    "%.*s://%.*s answers with a redirect (%u); is this the site's own "
			    "address?",
			    STR_ARG(desk->scheme), STR_ARG(desk->authority), status);
	return fail(why, kind_by_status(status), "the server answers %u and gives no reason",
		    status);
}

/* Whether the sentence has these words in it, in whichever case. */
static bool says_too(struct str sentence, struct str words)
{
	for (size_t at = 0; words.len && at + words.len <= sentence.len; at++) {
		if (str_equal_nocase(str_first(str_skip(sentence, at), words.len), words))
			return true;
	}
	return false;
}

/* Nothing is said twice: a detail that repeats the title stands alone, or the other way. */
static void say_once(struct problem *problem)
{
	if (says_too(problem->detail, problem->title))
		problem->title = STR("");
	else if (says_too(problem->title, problem->detail))
		problem->detail = STR("");
}

bool desk_refused(struct desk *desk, const struct desk_answer *answer, struct fault *why)
{
	struct problem problem;
	enum fault_kind kind;
	struct str request = STR_NONE;
	char line[32] = "";

	if (!answer_problem(desk->arena, answer->body, &problem))
		return refused_without_reason(desk, answer->status, why);
	kind = kind_by_code(problem.code);
	if (kind == NO_FAULT)
		kind = kind_by_status(answer->status);
	if (problem.line && !str_starts(problem.detail, STR("line ")))
		snprintf(line, sizeof line, "line %u: ", problem.line);
	say_once(&problem);
	/* What went wrong on that side stands in its log, under this name. */
	if (answer->status >= 500)
		request = problem.request;
	return fail(why, kind, "%.*s%s%s%.*s%s%s%.*s%s", STR_ARG(problem.title),
		    problem.title.len && (problem.detail.len || line[0]) ? ": " : "", line,
		    STR_ARG(problem.detail),
		    kind == SIGNATURE_INVALID ? " (is --server the site's public address?)" : "",
		    request.len ? " (request " : "", STR_ARG(request), request.len ? ")" : "");
}

bool desk_ask(struct desk *desk, const struct desk_request *request, struct desk_answer *out,
	      struct fault *why)
{
	if (!desk_send(desk, request, out, why))
		return false;
	return (out->status >= 200 && out->status < 300) || desk_refused(desk, out, why);
}

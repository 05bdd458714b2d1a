#include "admission.h"

#include <communique/httpsig.h>

static bool has_body(const struct request *request)
{
	return request->method == METHOD_PUT || request->method == METHOD_POST ||
	       request->content_length > 0;
}

/* `text/plain; charset=utf-8` and its likes: what is in the body is read from
 * the body, the type only says that it is meant as bytes and not as a form. */
static bool type_accepted(const struct route *route, struct str type)
{
	struct str rest = type;
	struct str essence = str_trim(str_cut(&rest, ';'));

	return str_equal_nocase(essence, STR("text/plain")) ||
	       (route->method == METHOD_POST &&
		str_equal_nocase(essence, STR("application/json"))) ||
	       str_equal_nocase(essence, STR("application/octet-stream"));
}

bool admission_check_sizes(const struct request *request, const struct route *route,
			   struct fault *why)
{
	if (request->transfer_encoding.len > 0)
		return fail(why, LENGTH_REQUIRED, "chunked bodies are not taken");
	if (request->content_encoding.len > 0 &&
	    !str_equal_nocase(request->content_encoding, STR("identity")))
		return fail(why, ENCODING_NOT_ACCEPTED, "Content-Encoding %s is not taken",
			    QUOTE(request->content_encoding));
	if (has_body(request) && !request->length_given)
		return fail(why, LENGTH_REQUIRED, "Content-Length is missing");
	if (!route)
		return true;
	if (request->content_length > route->body_max)
		return fail(why, TOO_LARGE, "at most %zu bytes are taken here, not %llu",
			    route->body_max, (unsigned long long)request->content_length);
	if (route->body_max > 0 && !type_accepted(route, request->content_type))
		return fail(why, ENCODING_NOT_ACCEPTED,
			    "the type must be text/plain or application/octet-stream%s",
			    route->method == METHOD_POST ? " or application/json" : "");
	return true;
}

bool admission_split_url(struct str url, struct str *scheme, struct str *authority)
{
	size_t colon = str_find_str(url, STR("://"));

	if (colon == url.len)
		return false;
	*scheme = str_first(url, colon);
	*authority = str_skip(url, colon + 3);
	*authority = str_first(*authority, str_find(*authority, '/'));
	return scheme->len > 0 && authority->len > 0;
}

static struct http_message message_of(const struct visit *visit)
{
	const struct request *request = visit->request;
	struct http_message message = {
		.method = request->method_word,
		.target = request->target,
		.content_type = request->content_type,
		.content_digest = request->content_digest,
		.content_length = request->content_length_text,
		.date = request->date,
		.if_match = request->if_match,
		.accept = request->accept,
		.has_body = has_body(request),
	};

	must(admission_split_url(visit->house->site->url, &message.scheme, &message.authority));
	return message;
}

static bool fill_act(struct visit *visit, const struct httpsig *sig,
		     const struct http_message *message, const struct keyset_key *key,
		     struct fault *why)
{
	struct act *act = &visit->act;
	struct buf base;
	bool ok;

	buf_init(&base, 4 * REQUEST_HEAD_MAX);
	ok = httpsig_base(sig, message, &base, why);
	*act = (struct act){ .key_id = sig->key_id,
			     .holder = key->holder,
			     .roles = key->roles,
			     .now = visit->now,
			     .expires = sig->expires,
			     .method = visit->request->method_word,
			     .target = visit->request->target,
			     .request = hash_of(buf_str(&base)) };
	if (visit->route && visit->route->changes)
		httpsig_replay_id(sig, act->replay);
	buf_release(&base);
	return ok;
}

bool admission_check_signature(struct visit *visit, struct admission *admission, struct fault *why)
{
	const struct request *request = visit->request;
	struct http_message message = message_of(visit);
	struct httpsig sig;
	struct keyset_key key;

	*admission = (struct admission){ .has_body = message.has_body };
	if (!httpsig_parse(&visit->arena, request->signature_input, request->signature, &sig,
			   why) ||
	    !httpsig_covers(&sig, &message, why) || !request_check_admin(request->target, why) ||
	    !newsroom_find_key(visit->house->newsroom, &visit->arena, &sig.key_id, &key, why) ||
	    !httpsig_verify(&sig, &message, &key.key, why) ||
	    !httpsig_in_time(&sig, visit->now, why) || !fill_act(visit, &sig, &message, &key, why))
		return false;
	admission->authenticated = true;
	return !message.has_body ||
	       content_digest_parse(request->content_digest, &admission->digest, why);
}

bool admission_read_body(const struct visit *visit, const struct admission *admission,
			 struct buf *out, struct fault *why)
{
	struct body_digest digest;

	if (!request_read_body(visit->request, out, why))
		return false;
	body_digest_begin(&digest);
	body_digest_add(&digest, buf_str(out));
	return content_digest_check(&admission->digest, &digest, NULL, why);
}

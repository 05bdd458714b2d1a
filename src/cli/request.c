/*
 * request - one signed request, for what has no command of its own.
 */
#include <communique/file.h>
#include <communique/limits.h>

#include "address.h"
#include "commands.h"
#include "config.h"
#include "desk_client.h"
#include "keyfile.h"
#include "output.h"

/* The desk's own limit for attachments is a matter of its configuration; this is
 * what one command is ready to hold in memory. */
#define BODY_MAX ((size_t)256 * 1024 * 1024)

static bool method_check(const char *method, struct fault *why)
{
	size_t len = strlen(method);

	for (size_t i = 0; i < len; i++) {
		if (!is_upper(method[i]))
			len = 0;
	}
	if (len > 0 && len <= 16)
		return true;
	return fail(why, USAGE, "a method is written in capitals, like PUT");
}

/* A path alone is one of the configured server's. */
static bool find_target(const struct call *call, const char **server, struct str *target,
			struct fault *why)
{
	struct str address = str_from(call->arguments[1]);

	if (str_starts(address, STR("/"))) {
		const char *configured;
		struct str origin;

		if (!config_need(call, "server", &configured, why))
			return false;
		origin = str_from(configured);
		if (str_ends(origin, STR("/")))
			origin.len--;
		address = arena_printf(call->arena, "%.*s%.*s", STR_ARG(origin), STR_ARG(address));
	}
	return address_split(call->arena, address, server, target, why);
}

static bool read_hash(const struct call *call, struct hash *hash, struct desk_request *request,
		      struct fault *why)
{
	const char *given = call_option(call, "if-match");

	if (!given)
		return true;
	request->if_match = hash;
	return hash_parse(str_from(given), hash) ||
	       fail(why, USAGE, "--if-match wants the 64 hex digits of a SHA-256");
}

static bool read_body(const struct call *call, struct buf *body, struct desk_request *request,
		      struct fault *why)
{
	const char *path = call_option(call, "body"), *type = call_option(call, "type");

	if (!path)
		return true;
	if (!file_read(path, body, why))
		return false;
	request->has_body = true;
	request->body = buf_str(body);
	request->type = type ? type : DESK_TEXT;
	request->label = "uploading";
	return true;
}

static bool send_request(struct desk *desk, const struct desk_request *request, struct fault *why)
{
	struct desk_answer answer;

	if (!desk_send(desk, request, &answer, why))
		return false;
	fprintf(stderr, "%u\n", answer.status);
	output_bytes(answer.body);
	return (answer.status >= 200 && answer.status < 300) || desk_refused(desk, &answer, why);
}

bool run_request(const struct call *call, struct fault *why)
{
	struct desk_request request = { .method = call->arguments[0] };
	struct secret_key key = { 0 };
	struct desk desk;
	struct hash hash;
	struct buf body;
	const char *server;
	bool ok;

	buf_init(&body, BODY_MAX);
	ok = sign_start(why) && method_check(request.method, why) &&
	     find_target(call, &server, &request.target, why) &&
	     desk_open(call->arena, server, &key, &desk, why) &&
	     read_hash(call, &hash, &request, why) && read_body(call, &body, &request, why) &&
	     keyfile_open(call, &key, why) && send_request(&desk, &request, why);
	secret_key_free(&key);
	buf_release(&body);
	return ok;
}

/*
 * request - what a client asked for, read from the CGI variables once.
 *
 * This is the only place that knows their names. A variable that is used may stand at
 * most once: nginx hands a duplicated header on as two variables, and FCGX_GetParam would
 * silently give the first. Routing and verifying look at REQUEST_URI alone, as it was sent
 * (SCRIPT_NAME is decoded and merged); HTTP_HOST is never read, since the client chooses
 * it and some configurations drop its port.
 *
 * All texts belong to the connection's parameters and die with the request.
 */
#ifndef COMMUNIQUE_WEB_REQUEST_H
#define COMMUNIQUE_WEB_REQUEST_H

#include <communique/buf.h>
#include <communique/limits.h>

#define REQUEST_ID_MAX 64 /* letters, digits, "-", "_", "."; any other name is none */

enum method {
	METHOD_OTHER,
	METHOD_GET,
	METHOD_HEAD,
	METHOD_PUT,
	METHOD_POST,
	METHOD_DELETE,
	METHOD_OPTIONS
};

/* LATER: the request comes once more, and nothing is to be answered now. NEVER: too many wait. */
enum turn { TURN_NOW, TURN_LATER, TURN_NEVER };

struct request;
/* Up to `room` bytes into `at`; *got is 0 at the end. */
typedef bool body_reader(void *ctx, char *at, size_t room, size_t *got, struct fault *why);

struct request {
	enum method method;
	struct str method_word;
	struct str target; /* as it was sent */
	struct str path;   /* up to the "?" */
	struct str query;  /* behind it; STR_NONE without one */

	/* Fields; STR_NONE when they were not sent. */
	struct str accept, accept_encoding, accept_language;
	struct str if_match, if_none_match, if_modified_since, date, range, if_range;
	struct str content_type, content_encoding, transfer_encoding, content_digest;
	struct str content_length_text;
	struct str signature, signature_input;
	struct str id;	 /* the request's name in the logs; STR_NONE: it was given none */
	struct str door; /* "local": the web server vouches that this machine itself asks */
	bool is_local;

	bool length_given;
	uint64_t content_length;

	body_reader *read; /* NULL: no body can be read */
	void *read_ctx;

	/* To be called before what may take long: others are served meanwhile. May be NULL. */
	void (*step_aside)(void *ctx);
	/* To be asked before what takes longer than any page; NULL: it may be done at once. */
	enum turn (*turn)(void *ctx);
	void *ctx; /* of these two */
};

/* The CGI variables one after the other; false behind the last. */
typedef bool next_variable(void *ctx, struct str *name, struct str *value);

/* DUPLICATE_FIELD, INVALID (a variable is missing or cannot be read), TARGET_TOO_LONG. What
 * could be read is there also after a failure, for the log. */
bool request_read(struct request *out, next_variable *next, void *ctx, struct fault *why);
/* The same, from `NAME=value` as in an environment, NULL behind the last. */
bool request_read_environment(struct request *out, char *const *environment, struct fault *why);

/* The whole body, which must be `content_length` bytes long: INVALID when it is not, TOO_LARGE. */
bool request_read_body(const struct request *request, struct buf *out, struct fault *why);

/* The same, a piece at a time, with no more memory than that. */
typedef bool piece_taker(void *ctx, struct str piece, struct fault *why);
bool request_stream_body(const struct request *request, piece_taker *take, void *ctx,
			 struct fault *why);

/* The public's addresses: printable ASCII, sane escapes of valid UTF-8 without control
 * characters, no dot segments. INVALID. */
bool request_check_public(const struct request *request, struct fault *why);
/* What a signer and we must see alike: ^/[A-Za-z0-9._~/-]*(\?[A-Za-z0-9._~=&-]*)?$ without
 * empty and dot segments. BAD_TARGET. */
bool request_check_admin(struct str target, struct fault *why);

/* A query's parameters, `name=value` joined by `&`. */
bool query_next(struct str *rest, struct str *name, struct str *value);
bool path_decode(struct str segment, struct buf *out); /* undoes %XX */
/* Undoes %XX, and + for a space; INVALID. */
bool query_decode(struct str value, struct buf *out, struct fault *why);

#endif

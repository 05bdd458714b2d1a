/*
 * desk_client - signed requests to the editors' desk.
 *
 * Every request is signed as httpsig.h says, under the server's public address.
 * Certificates are checked, redirects are not followed (they were not signed for),
 * answers have a limit, and plain http is for this very machine only.
 *
 * When the answer of a request that may be repeated is lost on its way (the
 * connection broke, a proxy gave up), it is signed anew and sent once more: the
 * desk's PUT and DELETE do the same thing twice as once. `repeated` then tells the
 * caller that a refusal may be of its own first try. A clock that is wrong is
 * corrected once by the server's Date, by a day at most and for requests alone: nobody has signed
 * that Date, and what is published has this computer's time.
 */
#ifndef CLI_DESK_CLIENT_H
#define CLI_DESK_CLIENT_H

#include <communique/command.h>
#include <communique/hash.h>
#include <communique/minisign.h>

#define DESK_TEXT "text/plain; charset=utf-8"

struct desk {
	struct arena *arena;
	struct str scheme, authority; /* as they are signed */
	const struct secret_key *key;
	int64_t clock_offset; /* seconds to add to this computer's time */
};

struct desk_request {
	const char *method;
	struct str target; /* path and query */
	bool has_body;
	struct str body;
	const char *type;	     /* of the body */
	const struct hash *if_match; /* NULL: none */
	const char *label;	     /* for a progress bar; NULL: none */
};

struct desk_answer {
	unsigned status;
	struct str body, etag; /* the arena's */
	bool repeated;
};

/* `server` is an address without a path. The key must outlive the desk. */
bool desk_open(struct arena *arena, const char *server, const struct secret_key *key,
	       struct desk *out, struct fault *why);
/* --server or `server =`, and the key of the call; secret_key_free() that at the end. */
bool desk_open_for_call(const struct call *call, struct secret_key *key, struct desk *out,
			struct fault *why);

/* False only when there is no answer: BUSY or BROKEN. */
bool desk_send(struct desk *desk, const struct desk_request *request, struct desk_answer *out,
	       struct fault *why);
/* An answer that is not 2xx is a fault as well. */
bool desk_ask(struct desk *desk, const struct desk_request *request, struct desk_answer *out,
	      struct fault *why);
/* The fault that such an answer is; always false. */
bool desk_refused(struct desk *desk, const struct desk_answer *answer, struct fault *why);

/* A path as an address of this server; a whole address as it is. */
struct str desk_address(const struct desk *desk, struct str address);

#endif

/*
 * post - one POST to somebody whom the operator has named: a hub, a webhook, a witness.
 */
#ifndef COMMUNIQUE_OPERATOR_POST_H
#define COMMUNIQUE_OPERATOR_POST_H

#include <curl/curl.h>
#include <stdatomic.h>

#include <communique/buf.h>

/* https, or http to this very machine: what is told is public, but who tells it matters. */
bool post_url_valid(const char *url);

struct post {
	const char *url;
	struct str body;
	struct curl_slist *fields;   /* freed by the caller */
	const atomic_bool *stopping; /* NULL: nobody stops it */
	struct buf *answer;	     /* its body; NULL: of no interest */
};

void post_field(struct post *post, const char *field);

/* Any answer at all: its status. BUSY: there was none, or it was larger than `answer` takes. A
 * redirect is not followed: the operator set the address. */
bool post_send(const struct post *post, long *status, struct fault *why);

#endif

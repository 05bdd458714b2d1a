/*
 * http - what all our requests have in common, signed or not.
 *
 * TLS 1.2 or later with certificates checked; plain http for this very machine only;
 * redirects are not followed by libcurl; a server that says nothing for a minute is given up.
 */
#ifndef CLI_HTTP_H
#define CLI_HTTP_H

#include <curl/curl.h>

#include <communique/arena.h>

/* Of "https://press.example:443": "https" and the authority in its normal form. USAGE when
 * it would be plain http to elsewhere. */
bool http_origin(struct arena *arena, struct str origin, struct str *scheme, struct str *authority,
		 struct fault *why);

void http_prepare(CURL *curl, struct str scheme);
struct str http_field(CURL *curl, const char *name); /* of the answer; STR_NONE; curl's memory */

/* What anyone may read, over one connection that is kept. */
struct http {
	struct arena *arena;
	struct str scheme, authority;
	CURL *curl;
};

/* `address` is a site's or one of its pages'; *target (may be NULL) is what stands behind
 * the authority. http_close() in any case. */
bool http_open(struct http *http, struct arena *arena, struct str address, struct str *target,
	       struct fault *why);
void http_close(struct http *http);

/* Empties `body`, whose limit is the answer's, and fills it. Redirects within the site are
 * followed, *target (the arena's) then is where they led. False when there is no answer:
 * BROKEN, TOO_LARGE, or INVALID for a redirect to elsewhere. */
bool http_get(struct http *http, struct str *target, struct buf *body, unsigned *status,
	      struct fault *why);

#endif

/*
 * admission - who may pass the desk's door.
 *
 * The profile of RFC 9421 in its order, cheap before dear: what is there and once, sizes,
 * the signature's syntax, what it covers, the target's form, the key, Ed25519, the times.
 * The body comes after all of that, and is hashed while it is read.
 */
#ifndef COMMUNIQUE_WEB_ADMISSION_H
#define COMMUNIQUE_WEB_ADMISSION_H

#include "route.h"

#include <communique/digest.h>

struct admission {
	bool authenticated; /* the signature is good: refusals are audited from here on */
	bool has_body;
	struct content_digest digest; /* announced */
};

/* Without a look at the signature: a length for what has a body, within the route's limit,
 * no encoding. `route` NULL: there is none. LENGTH_REQUIRED, ENCODING_NOT_ACCEPTED, TOO_LARGE. */
bool admission_check_sizes(const struct request *request, const struct route *route,
			   struct fault *why);
/* Fills visit->act. */
bool admission_check_signature(struct visit *visit, struct admission *admission, struct fault *why);
/* The body, which must be what Content-Digest announced. */
bool admission_read_body(const struct visit *visit, const struct admission *admission,
			 struct buf *out, struct fault *why);
/* "https://press.example" in two: RFC 9421 wants the authority in lower case. */
bool admission_split_url(struct str url, struct str *scheme, struct str *authority);

#endif

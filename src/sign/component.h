/*
 * component - what a request signature may cover (RFC 9421, sections 2.1 and 2.2),
 * by name, and its value in one request.
 *
 * Values are made from the raw target and from the configured scheme and
 * authority, never from what CGI variables made of them.
 */
#ifndef COMMUNIQUE_SIGN_COMPONENT_H
#define COMMUNIQUE_SIGN_COMPONENT_H

#include <communique/httpsig.h>

bool component_is_known(struct str name);
/* False when the request does not have it. `message` is a struct http_message. */
bool component_value(void *message, struct str name, struct buf *out);
/* All that is covered; else COMPONENT_MISSING, by name. */
bool components_present(const struct httpsig *sig, const struct http_message *message,
			struct fault *why);

#endif

/*
 * desk - what the handlers of the desk's door share: its JSON.
 */
#ifndef COMMUNIQUE_WEB_DESK_H
#define COMMUNIQUE_WEB_DESK_H

#include "route.h"

#include <communique/json.h>

/* The saved page's other origin. */
void desk_share(struct visit *visit);
void desk_preflight(struct visit *visit);

void desk_begin(struct visit *visit, unsigned status, const char *type);
void desk_etag(struct visit *visit, const struct hash *hash);
struct json desk_json(struct visit *visit); /* the body: an object, open */
void desk_json_end(struct visit *visit, struct json *json);

void member_time(struct json *json, const char *key, int64_t when); /* not when it is 0 */
void member_signers(struct json *json, const struct signer *signers, size_t count);

struct listing {
	struct visit *visit;
	struct json json;
	size_t count;
	uint64_t last;
};

/* {"key":[ and the rest is the caller's. The body is begun before all is read; a failure
 * replaces the whole answer. */
struct listing desk_listing(struct visit *visit, const char *key);

#endif

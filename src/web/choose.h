/*
 * choose - request fields that choose between answers: which language, which encoding, and
 * whether the client has the thing already.
 */
#ifndef COMMUNIQUE_WEB_CHOOSE_H
#define COMMUNIQUE_WEB_CHOOSE_H

#include "encoding.h"

#include <communique/hash.h>
#include <communique/page.h>

/* The site's language that Accept-Language (RFC 9110, 12.5.4) likes best; the first one when it
 * likes none. `ko-KR` is content with `ko`, and `zh` with `zh-hant`. */
size_t choose_language(const struct site *site, struct str accept_language);

/* The encoding that Accept-Encoding (RFC 9110, 12.5.3) likes best; of equals br, then gzip.
 * Without the field, and whenever it cannot be read, the text as it is. */
enum encoding choose_encoding(struct str accept_encoding);

/* If-None-Match (RFC 9110, 13.1.2) names `etag`, which has its quotes, or is `*`. Compared
 * weakly: a server in between that compresses makes `W/"…"` of it. */
bool etag_matches(struct str if_none_match, struct str etag);

/* If-Match as the desk takes it: one strong tag that is a SHA-256. INVALID. */
bool if_match_parse(struct str if_match, struct hash *out, struct fault *why);

#endif

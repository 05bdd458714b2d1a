/*
 * attached - an attachment on its way out of either door: the whole, or a part of it.
 */
#ifndef COMMUNIQUE_WEB_ATTACHED_H
#define COMMUNIQUE_WEB_ATTACHED_H

#include "visit.h"

#include <communique/page.h>

struct attached {
	struct hash hash;
	struct str name; /* decoded */
	uint64_t size;
	int64_t public_at; /* 0: not yet */
	struct str etag;   /* the arena's; STR_NONE: nobody may keep it */
};

/* What the address at {sha256} and {name} means; the rest is left empty. False: nothing. */
bool attached_from_address(struct visit *visit, struct attached *out);

/* How large the pictures among a release's attachments are, in the visit's arena; {0, 0} for
 * the others and for those whose files do not say. */
const struct picture *attached_pictures(struct visit *visit, const struct release *release);

/* The head's fields that go before an attachment's own: the door's. */
typedef void attached_begin(struct visit *visit, unsigned status);
/* 200, 206 or 416. */
bool attached_send(struct visit *visit, const struct attached *attached, attached_begin *begin,
		   struct fault *why);
/* Only head and fields, for a 304 too. */
void attached_head(struct visit *visit, const struct attached *attached, attached_begin *begin,
		   unsigned status);

#endif

/*
 * preview - a draft as a page, for one reader who has no key.
 *
 *	/preview/{language}/{release}/{expiry}-{label}/{mac}
 *	/preview/{language}/{release}/{expiry}-{label}/{mac}/files/{sha256}/{name}
 *
 * An editor gives such an address away, to accredited press under embargo for
 * instance. It holds for one file: a draft that is changed or dropped takes its links
 * with it. It ends at its expiry (a moment, in seconds), when it is revoked, and at the lift,
 * from when on it leads to the public page. What the file attaches lies below the same
 * address, and nothing else does. The label says whom it was given to.
 *
 * The mac is a keyed BLAKE2b over edition, file hash, expiry and label; its key never
 * leaves the desk. A link also has a row of PREVIEWS, so that one can be revoked; what has
 * no row is as unknown as what has a wrong mac.
 */
#ifndef COMMUNIQUE_PREVIEW_H
#define COMMUNIQUE_PREVIEW_H

#include <communique/mac.h>
#include <communique/newsroom.h>
#include <communique/reading.h>

struct preview {
	struct edition edition;
	int64_t expires;
	struct str label;
	struct hash hash; /* of the file it holds for */
	int64_t given_at;
	struct str holder; /* who gave it */
};

bool preview_label_valid(struct str label); /* [a-z0-9-]{1,32} */
/* "/preview/en/…": the arena's. */
struct str preview_path(const struct preview *preview, const struct secret *key,
			struct arena *arena);

/* The link's label, days and edition are the caller's; the rest is filled in. NOT_FOUND: there
 * is no draft and nothing scheduled; INVALID; TOO_MANY at PREVIEWS_PER_EDITION_MAX. */
bool newsroom_give_preview(struct newsroom *newsroom, const struct act *act, unsigned days,
			   struct preview *preview, struct fault *why);
/* NOT_FOUND when there is no such link. */
bool newsroom_revoke_preview(struct newsroom *newsroom, const struct act *act,
			     const struct preview *preview, struct fault *why);
typedef bool preview_visitor(void *ctx, const struct preview *preview, struct fault *why);
/* Those of an edition that have not expired. */
bool newsroom_visit_previews(struct newsroom *newsroom, struct edition edition, int64_t now,
			     preview_visitor *visit, void *ctx, struct fault *why);

/* What the edition will look like next: its draft, or else its newest revision. False: there is
 * neither. Inside a read transaction; texts die with it. */
struct preview_file {
	struct hash hash;
	struct str file;
	uint32_t keyset;   /* under which it was accepted; 0: a draft */
	int64_t public_at; /* accepted: when; a draft: 0 */
	int64_t accepted_at;
};
bool reading_preview(struct store_txn *txn, struct edition edition, struct preview_file *out);

enum preview_answer {
	PREVIEW_NOTHING, /* unknown, wrong, expired, revoked, changed: all the same */
	PREVIEW_SHOWN,
	PREVIEW_LIFTED, /* the file is public */
};
/* What a link that was asked for leads to. Fills *out when it is to be shown. */
enum preview_answer reading_preview_link(struct store_txn *txn, const struct preview *asked,
					 struct str mac, const struct secret *key, int64_t now,
					 struct preview_file *out);

#endif

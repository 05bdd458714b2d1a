/*
 * public - what the handlers of the public door share: how an answer leaves.
 */
#ifndef COMMUNIQUE_WEB_PUBLIC_H
#define COMMUNIQUE_WEB_PUBLIC_H

#include "route.h"

#include <communique/reading.h>

#define HTML "text/html; charset=utf-8"
#define PLAIN "text/plain; charset=utf-8"
#define IMMUTABLE "public, max-age=31536000, immutable"

enum lifetime { LIVE, LIVE_ERROR, FOREVER };

/* A 200 or a 304, kept ready where the route says so; `modified` 0: not known. What lives
 * FOREVER is right for any version of the store. */
void public_send(struct visit *visit, const char *type, enum lifetime lifetime, int64_t modified,
		 struct str content);
/* The same of what was just made, if it was. Ends `made`. */
bool public_send_made(struct visit *visit, const char *type, enum lifetime lifetime,
		      struct buf *made, struct fault *why);
/* The same of a page, its data, or a feed: it shows also its neighbours, names of keys, and the
 * site's menu, and so has changed with the site. */
bool public_send_page(struct visit *visit, const char *type, struct buf *made, struct fault *why);
/* What is kept under the very address that was asked for: such a one has been found good. */
bool public_send_kept(struct visit *visit);
/* True: it was sent, maybe after a wait for somebody else who was making it. False: it is
 * ours to make; the turn is the visit's, and ends with it. */
bool public_send_ready(struct visit *visit);
/* Cache-Control of what is sent otherwise. */
void public_lifetime(struct visit *visit, enum lifetime lifetime);
void public_redirect(struct visit *visit, unsigned status, struct str address);
/* The sizes of its attachments, for release_view; the visit has a transaction. */
const uint64_t *public_sizes(struct visit *visit, const struct release *release);
/* The page never names the address: that of an embargoed release and that of nothing are
 * the same, byte for byte. */
void public_error(struct visit *visit, unsigned status);
/* Content-Type of an answer that says no: a page, or a problem document where data were asked
 * for; and who may read that. */
void public_error_type(struct visit *visit, bool as_data);
bool nothing_here(struct fault *why); /* NOT_FOUND */

struct page public_page(const struct visit *visit, struct str path);

/* Who signed a file, in their order. Keys never leave a key set, so the one in force knows
 * everybody who ever signed. Within visit->txn. */
struct signers {
	struct visit *visit;
	const struct keyset *keyset;
	struct signer_view at[SIGNATURES_PER_FILE_MAX];
	size_t count;
};
#define CORRECTIONS_SHOWN_MAX 16

/* What this and earlier revisions say of this one. */
struct past {
	struct release_view *view;
	struct correction corrections[CORRECTIONS_SHOWN_MAX];
	uint32_t number;
};
bool add_past(void *ctx, const struct revision *revision);
void find_past(struct visit *visit, const struct revision *revision, struct release_view *view,
	       struct past *past);
void find_signers(struct visit *visit, const struct hash *hash, struct signers *out);
/* Of another file, in place of those. */
void find_signers_again(struct signers *signers, const struct hash *hash);

/* The file of a public revision as a tree. */
bool public_read_release(struct visit *visit, const struct revision *revision, struct release **out,
			 struct fault *why);
/* Whether a revision was removed, and by which kill: then all of the release is gone while
 * that is the newest, and after a reinstatement whatever came before it. */
bool public_is_killed(struct visit *visit, const struct revision *newest, uint64_t number,
		      struct revision *kill);
/* Its 410. */
void public_gone(struct visit *visit, const struct revision *kill);

bool not_modified(const struct request *request, struct str etag, int64_t modified);

#endif

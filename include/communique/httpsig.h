/*
 * httpsig - signed requests: RFC 9421 in the profile of the admin endpoints.
 *
 * A signed request is access control: may this caller upload, read drafts,
 * withdraw. It never publishes anything; that takes signatures of the file.
 *
 * Covered must be "@method" and ("@target-uri" or all of "@authority" "@path"
 * "@query"); with a body also "content-digest" and "content-type". Accepted
 * besides: @scheme @request-target content-length date if-match accept. Component
 * parameters and anything else are UNSUPPORTED_COMPONENT. Signature parameters:
 * created, expires, nonce, keyid (16 hex digits), tag="communique-admin"; alg absent
 * or "ed25519". The signer's own order of parameters is kept in the base.
 *
 * Exactly one signature carries our tag; others are ignored, labels mean nothing.
 * Structured fields (RFC 9651) are read strictly.
 *
 * Cheap before dear: httpsig_parse (sizes, syntax, one of our tag, parameters),
 * httpsig_covers, then the caller finds the key, then httpsig_verify, then
 * httpsig_in_time. An httpsig borrows from the two fields it was parsed from.
 */
#ifndef COMMUNIQUE_HTTPSIG_H
#define COMMUNIQUE_HTTPSIG_H

#include <communique/arena.h>
#include <communique/limits.h>
#include <communique/minisign.h>

#define HTTPSIG_TAG "communique-admin"
#define HTTPSIG_COMPONENTS_MAX 16

/* The request as the signer saw it. Scheme and authority come from the configured
 * public address, never from the Host field; target is the raw request target.
 * A field that the request does not have is STR_NONE. */
struct http_message {
	struct str method, scheme, authority, target;
	struct str content_type, content_digest, content_length, date, if_match, accept;
	bool has_body;
};

struct httpsig {
	struct str components[HTTPSIG_COMPONENTS_MAX]; /* names without quotes */
	size_t component_count;
	struct str params; /* the inner list and its parameters as they were sent, which
			    * must be as a serialiser writes them (RFC 9651, 4.1) */
	int64_t created, expires;
	struct str nonce, keyid;
	struct key_id key_id;
	unsigned char signature[64];
};

/* SIGNATURE_MISSING, SIGNATURE_MALFORMED, UNSUPPORTED_COMPONENT, SIGNATURE_INSUFFICIENT. */
bool httpsig_parse(struct arena *arena, struct str signature_input, struct str signature,
		   struct httpsig *out, struct fault *why);
bool httpsig_covers(const struct httpsig *sig, const struct http_message *message,
		    struct fault *why); /* SIGNATURE_INSUFFICIENT, COMPONENT_MISSING */

/* The signature base (RFC 9421, section 2.5): no LF at its end. */
bool httpsig_base(const struct httpsig *sig, const struct http_message *message, struct buf *out,
		  struct fault *why);
bool httpsig_verify(const struct httpsig *sig, const struct http_message *message,
		    const struct public_key *key, struct fault *why); /* SIGNATURE_INVALID */
/* SIGNATURE_LIFETIME, SIGNATURE_EXPIRED, SIGNATURE_NOT_YET_VALID. */
bool httpsig_in_time(const struct httpsig *sig, int64_t now, struct fault *why);

/* What the replay table keeps: 128 bits of BLAKE2b over the signature. */
void httpsig_replay_id(const struct httpsig *sig, unsigned char out[16]);

/* Signs: covers @method @target-uri, and content-digest and content-type when there is a
 * body, if-match when it is given. Adds the two field values (without names). */
bool httpsig_sign(const struct http_message *message, const struct secret_key *key, int64_t now,
		  struct buf *signature_input, struct buf *signature, struct fault *why);

/* The general machinery below the profile, for the RFC's own vectors: the base for
 * components in any order, from a lookup. */
bool httpsig_base_of(struct str params, const struct str *components, size_t count,
		     bool (*value)(void *ctx, struct str component, struct buf *out), void *ctx,
		     struct buf *out);

#endif

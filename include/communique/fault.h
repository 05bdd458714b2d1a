/*
 * fault - how a function says no.
 *
 * A function that can fail returns bool and takes `struct fault *why` last:
 *
 *	if (lifts_at < 0)
 *		return fail(why, INVALID, "an embargo cannot lift before 1970");
 *
 * `why` is written only on failure. Its sentence may be shown to whoever asked:
 * it names no secret, and quotes at most 40 bytes of input, escaped (QUOTE).
 *
 * The kinds are one list. The first nine are general; the others are the codes
 * of the admin endpoints, which clients compare by name. The same list gives the
 * HTTP status (RFC 9110), the code and title of a problem document (RFC 9457)
 * and the exit status of the programs: 1 said no, 2 wrong usage, 3 could not.
 */
#ifndef COMMUNIQUE_FAULT_H
#define COMMUNIQUE_FAULT_H

#include <communique/str.h>

/* clang-format off */
#define FAULT_KINDS(X) \
	/* kind                  code                     status exit title */ \
	X(NO_FAULT,              "none",                     200, 0, "Nothing is wrong") \
	X(INVALID,               "invalid",                  400, 1, "This cannot be accepted as it is") \
	X(DENIED,                "denied",                   403, 1, "This is not allowed") \
	X(NOT_FOUND,             "not-found",                404, 1, "There is nothing at this address") \
	X(CONFLICT,              "conflict",                 409, 1, "This does not fit what is there now") \
	X(TOO_LARGE,             "too-large",                413, 1, "This is larger than the limit") \
	X(USAGE,                 "usage",                    400, 2, "The command was not understood") \
	X(BUSY,                  "busy",                     503, 3, "Try again in a moment") \
	X(BROKEN,                "broken",                   500, 3, "Something is wrong on this side") \
	X(DISK_FULL,             "disk-full",                507, 3, "There is no room on the server's disk") \
	X(DISK_FAILED,           "disk-failed",              503, 3, "The server's disk does not take what is written") \
	/* requests */ \
	X(BAD_TARGET,            "bad-target",               400, 1, "The request target has a form that is not accepted") \
	X(DUPLICATE_FIELD,       "duplicate-field",          400, 1, "A field that may stand once stands twice") \
	X(METHOD_NOT_ALLOWED,    "method-not-allowed",       405, 1, "This address does not take this method") \
	X(LENGTH_REQUIRED,       "length-required",          411, 1, "The length of the body must be announced") \
	X(PRECONDITION_FAILED,   "precondition-failed",      412, 1, "Somebody else has changed this in the meantime") \
	X(TARGET_TOO_LONG,       "target-too-long",          414, 1, "The address is too long") \
	X(ENCODING_NOT_ACCEPTED, "encoding-not-accepted",    415, 1, "The body must be sent as it is, in the type this address takes") \
	X(PRECONDITION_REQUIRED, "precondition-required",    428, 1, "Say with If-Match which version is to be replaced") \
	X(TOO_MANY,              "too-many-requests",        429, 3, "Too many requests") \
	/* request signatures (RFC 9421) and digests (RFC 9530) */ \
	X(SIGNATURE_MALFORMED,   "signature-malformed",      400, 1, "The signature fields cannot be read") \
	X(UNSUPPORTED_COMPONENT, "unsupported-component",    400, 1, "The signature covers something this server does not know") \
	X(COMPONENT_MISSING,     "component-missing",        400, 1, "The signature covers a field that the request does not have") \
	X(DIGEST_MALFORMED,      "digest-malformed",         400, 1, "Content-Digest cannot be read") \
	X(DIGEST_MISMATCH,       "digest-mismatch",          400, 1, "The body is not the one that was announced") \
	X(SIGNATURE_MISSING,     "signature-missing",        401, 1, "The request must be signed") \
	X(SIGNATURE_INSUFFICIENT,"signature-insufficient",   401, 1, "The signature does not cover all it must") \
	X(SIGNATURE_INVALID,     "signature-invalid",        401, 1, "The request signature is wrong") \
	X(SIGNATURE_EXPIRED,     "signature-expired",        401, 1, "The request signature has expired") \
	X(SIGNATURE_NOT_YET_VALID,"signature-not-yet-valid", 401, 1, "The request signature is from the future") \
	X(SIGNATURE_LIFETIME,    "signature-lifetime",       401, 1, "The request signature is meant to live too long") \
	X(SIGNATURE_REPLAYED,    "signature-replayed",       401, 1, "This very request was made before") \
	X(KEY_UNKNOWN,           "key-unknown",              401, 1, "The key is not in the key set in force") \
	X(ROLE_MISSING,          "role-missing",             403, 1, "The key has not the role that this needs") \
	/* publication */ \
	X(STALE_PREVIOUS,        "stale-previous",           409, 1, "This is not the revision that comes next") \
	X(WITHDRAWN,             "withdrawn",                409, 1, "The release is withdrawn") \
	X(KEYS_CHANGED,          "keys-changed",             409, 1, "The key set has changed") \
	X(RELEASE_MALFORMED,     "release-malformed",        422, 1, "The release file cannot be accepted") \
	X(SITE_MISMATCH,         "site-mismatch",            422, 1, "This was written for another site") \
	X(FILE_MISSING,          "file-missing",             422, 1, "An attachment has not been uploaded") \
	X(HASH_MISMATCH,         "hash-mismatch",            422, 1, "The bytes are not those of the address") \
	X(SIGNATURE_WRONG,       "signature-wrong",          422, 1, "The signature does not fit the file") \
	X(KEYS_MALFORMED,        "keys-malformed",           422, 1, "The key set cannot be accepted") \
	X(LOG_STOPPED,           "log-stopped",              503, 3, "The public log is stopped")
/* clang-format on */

enum fault_kind {
#define X(kind, code, status, exit, title) kind,
	FAULT_KINDS(X)
#undef X
};

struct fault {
	enum fault_kind kind;
	unsigned line; /* of the input it speaks of, from 1; 0 when it has none */
	char says[240];
};

/* Always false, so that it can be returned. `why` may be NULL. */
bool fail(struct fault *why, enum fault_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same about a line; the sentence gets "line N: " in front. */
bool fail_line(struct fault *why, enum fault_kind kind, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* BROKEN, with errno's text behind: "cannot read the key: No such file or directory". */
bool fail_errno(struct fault *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *fault_code(enum fault_kind kind);
const char *fault_title(enum fault_kind kind);
unsigned fault_status(enum fault_kind kind); /* HTTP */
int fault_exit(enum fault_kind kind);

/* At most 40 bytes of s, in a form that is safe in a log, a page's text and a
 * terminal: printable ASCII and whole UTF-8 letters, all else as \xNN; "…" when
 * cut. The memory is the enclosing block's. */
#define QUOTE_SIZE 176
#define QUOTE(s) quote((char[QUOTE_SIZE]){ 0 }, (s))
const char *quote(char out[QUOTE_SIZE], struct str s);

/* What we know to be true. Checked in production too: a wrong answer from a
 * press office of record is worse than none. */
#define must(truth) ((truth) ? (void)0 : must_failed(#truth, __FILE__, __LINE__))
_Noreturn void must_failed(const char *truth, const char *file, int line);

#endif

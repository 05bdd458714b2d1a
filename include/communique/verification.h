/*
 * verification - is this text ours? What is found of a text that a reader brings, as a page
 * and as JSON.
 *
 * Whoever asks has the text, or its SHA-256; nothing is told that is not public, and of what
 * was removed only that it was.
 */
#ifndef COMMUNIQUE_VERIFICATION_H
#define COMMUNIQUE_VERIFICATION_H

#include <communique/difference.h>
#include <communique/page.h>

enum verified {
	VERIFIED_NOTHING,   /* nothing was asked */
	VERIFIED_EXACT,	    /* the very bytes of a revision's file */
	VERIFIED_TEXT,	    /* but for line ends, and empty lines around it */
	VERIFIED_DIFFERENT, /* it says which revision it is, and is not */
	VERIFIED_WORDS,	    /* no file, but it has the words of a release */
	VERIFIED_REMOVED,
	VERIFIED_UNKNOWN,
};

struct verification {
	enum verified result;
	struct str sha256; /* what was asked for, or of the text; STR_NONE */

	/* What it was found to be, or is compared with; NULL: nothing. */
	const struct release *ours;
	int64_t public_at;
	uint32_t newest;
	bool withdrawn;
	bool disputed; /* without a key that was stolen too few signed it */
	const struct signer_view *signers;
	size_t signer_count;

	/* DIFFERENT */
	uint32_t claimed;	      /* the revision that it says it is */
	const struct release *theirs; /* NULL: it cannot be read as a release */
	/* DIFFERENT without theirs, and WORDS: from our words to theirs */
	const struct segment *words;
	bool missing; /* some of our words are not there */
	bool added;   /* some of theirs are not ours */
};

bool page_verify(const struct page *page, const struct verification *verification, struct buf *out,
		 struct fault *why);

/*
 * The JSON twin: `site`, `language`, `address`, `sha256`, and `result`: "current", "superseded",
 * "withdrawn" (the release, by a later revision or this one), "removed" or "unknown". In the first
 * three cases: `release`, `releaseLanguage`, `revision`, `newest`, `title`, `publicAt` (RFC 3339
 * in UTC), `file`, the address of the signed text, and, where it is so, `disputed`: true.
 */
bool json_verify(const struct page *page, const struct verification *verification, struct buf *out,
		 struct fault *why);

#endif

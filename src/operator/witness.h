/*
 * witness - the log's checkpoints are shown to witnesses, who sign that each grew out of what they
 * saw before (C2SP tlog-witness): from then on nobody, not even who has the log's key, can show
 * another past to somebody who asks for their signatures.
 *
 * Publication never waits for them. A checkpoint is served at once; a witness's signature joins it
 * when it comes, and a witness that is away is asked again, later and later, at most an hour apart.
 */
#ifndef COMMUNIQUE_OPERATOR_WITNESS_H
#define COMMUNIQUE_OPERATOR_WITNESS_H

#include <stdatomic.h>

#include <communique/newsroom.h>

#define WITNESS_URLS_MAX KEYSET_WITNESSES_MAX

struct witness {
	const char *url;	/* `/add-checkpoint` is put behind it */
	uint64_t known;		/* the size that it saw last, as far as is known here */
	_Atomic uint64_t shown; /* the size of the checkpoint that it has signed */
	int64_t signed_at;	/* of that checkpoint */
	int64_t next_at, pause;
	/* For metrics, which another thread asks for. */
	_Atomic uint64_t failures;    /* tries that it did not answer well */
	_Atomic uint64_t fails_since; /* since when each did; 0: it is well */
};

/* The body of a request to a witness that saw `old` last; 0: nothing. NOT_FOUND: nothing is signed
 * yet; INVALID: the log was never that large. */
bool witness_body(const struct newsroom *newsroom, uint64_t old, struct buf *out,
		  struct fault *why);

/* Shows those whose time has come what they have not signed. */
void witnesses_tend(struct witness *witnesses, size_t count, const struct newsroom *newsroom,
		    int64_t now, const atomic_bool *stopping);

/* What became of that, in metrics. */
void witnesses_tell(const struct witness *witnesses, size_t count, int64_t now, struct buf *out);

#endif

/*
 * keys_now - the key sets that a site has beyond those of a bundle.
 *
 * A bundle of yesterday does not know what was revoked since, and one that came through other
 * hands may leave out what it should know. So the key sets are followed on in the site's log, from
 * the bundle's checkpoint to the one of now; then /keys/current must be one of them.
 */
#ifndef CLI_KEYS_NOW_H
#define CLI_KEYS_NOW_H

#include "judge.h"
#include "log_reader.h"

/* Adds them to the chain, whose sets stand in the log of `from`. `now` is not yet verified: who
 * may sign it is only known behind this. INVALID and others: what the site shows does not
 * continue the chain. BROKEN, BUSY: it cannot be read, or is being changed. */
bool keys_now(struct log_reader *reader, uint64_t from, const struct checkpoint *now,
	      struct keychain *chain, struct fault *why);

#endif

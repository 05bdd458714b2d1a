/* clang-format off */
/*
 * bundle - all that is needed to check one revision offline, in one tar file (`.tar`).
 *
 *	release.txt			the signed file
 *	release.txt.{keyid}.minisig	its signatures, in the order of their key ids
 *	keys/1.txt			every key set up to the one in force, the first first,
 *	keys/1.txt.{keyid}.minisig	and its roots' signatures
 *	keys/2.txt …
 *	log/leaf			what the public log says of the revision
 *	log/proof			that it is in the log (proof.h)
 *	log/checkpoint			the checkpoint which the proof ends with
 *	log/keys/1.leaf			the same of each key set that came into force before
 *	log/keys/1.proof		that checkpoint
 *
 * In this order. POSIX ustar, regular files only, mode 0644, no owner, all with the time of the
 * leaf: the same revision under the same checkpoint and key sets gives the same bytes. The
 * checkpoint is the first that the leaf stood under (or one soon after it that witnesses signed,
 * or the first of the log's present key), so a bundle does not change when the log grows.
 * `tar -x` unpacks it, and `minisign -VHm release.txt -x release.txt.….minisig -P …` checks it.
 *
 * The reader takes what the writer writes and no other tar: no links, no folders, no path that
 * leads out, sums that fit, two blocks of zeroes at the end and nothing behind them.
 */
/* clang-format on */
#ifndef COMMUNIQUE_BUNDLE_H
#define COMMUNIQUE_BUNDLE_H

#include <communique/buf.h>
#include <communique/limits.h>

#define BUNDLE_RELEASE "release.txt"
#define BUNDLE_LEAF "log/leaf"
#define BUNDLE_PROOF "log/proof"
#define BUNDLE_CHECKPOINT "log/checkpoint"

/* `name`: 1 to 99 bytes of a-z, 0-9, full stop, hyphen and slash. */
void bundle_add(struct buf *bundle, const char *name, int64_t time, struct str bytes);
void bundle_end(struct buf *bundle);

/* The next file; points into the bundle. *found false: it ended as it must. INVALID. */
bool bundle_next(struct str *rest, bool *found, struct str *name, struct str *bytes,
		 struct fault *why);
/* One by its name. NOT_FOUND, INVALID. */
bool bundle_find(struct str bundle, const char *name, struct str *bytes, struct fault *why);

#endif

/*
 * manifest - the files of a backup and their SHA-256, as sha256sum(1) writes and checks them:
 *
 *	<64 hex digits>  store/data.mdb
 *
 * Only paths that a backup has are taken, so that nothing can lead out of it:
 *
 *	backup.txt communique.conf logo.svg logo.png theme/NAME
 *	store/data.mdb store/files/ab/abcd…	an attachment, by its hash
 */
#ifndef COMMUNIQUE_OPERATOR_MANIFEST_H
#define COMMUNIQUE_OPERATOR_MANIFEST_H

#include <communique/hash.h>
#include <communique/set.h>

#define MANIFEST_NAME "SHA256SUMS"

struct manifest {
	struct set paths;
	struct hash *hashes; /* of each path */
	size_t room;
};

void manifest_init(struct manifest *manifest);
void manifest_release(struct manifest *manifest);

void manifest_add(struct manifest *manifest, struct str path, const struct hash *hash);
const struct hash *manifest_find(const struct manifest *manifest, struct str path);

/* Whether a theme's file may have this name. */
bool manifest_takes_theme(struct str name);

void manifest_format(const struct manifest *manifest, struct buf *out);
/* INVALID, with the line. */
bool manifest_parse(struct str text, struct manifest *out, struct fault *why);

#endif

/*
 * saved - a backup: a folder that stock tools can carry away, check and read.
 *
 *	SHA256SUMS	every other file (manifest.h): `sha256sum -c SHA256SUMS`
 *	backup.txt	what it is, below
 *	communique.conf	as it was
 *	store/data.mdb	all of the store as of one moment, marked as a copy
 *	store/files/	every attachment that the store speaks of
 *	theme/ logo.*	the site's own look, if it has one
 *
 * Only the owner may read it: drafts and embargoed texts are in it. No secret key is, and not the
 * log's state file: a copy that could sign the log would fork it, and one that is stolen shall not
 * be able to do more than be read.
 *
 *	communique backup v1
 *	site press.example
 *	made 2026-11-23T09:00:00Z
 *	anchor <SHA-256 of key set 1>		not before it is in force
 *	log 12 <base64 of the root>		as the log's state file would say it; not before one
 */
#ifndef COMMUNIQUE_OPERATOR_SAVED_H
#define COMMUNIQUE_OPERATOR_SAVED_H

#include <communique/arena.h>

#include "manifest.h"

struct saved_about {
	struct str site;
	int64_t made;
	bool has_anchor, has_log;
	struct hash anchor, log_root;
	uint64_t log_size;
};

void saved_about_format(const struct saved_about *about, struct buf *out);
bool saved_about_parse(struct str text, struct saved_about *out, struct fault *why);

struct saved {
	const char *folder;
	struct saved_about about; /* its texts are the arena's */
	struct manifest manifest;
};

/* What it says of itself; the other files are not read yet. Ends with saved_close. */
bool saved_open(struct saved *saved, struct arena *arena, const char *folder, struct fault *why);
void saved_close(struct saved *saved);

/* The bytes of a small file, held against the manifest. */
bool saved_read(const struct saved *saved, struct str path, struct buf *out, struct fault *why);
/* Each file held against the manifest; `differs` is told of those that are not what they were. */
typedef void saved_differs(void *ctx, struct str what);
bool saved_check(const struct saved *saved, saved_differs *differs, void *ctx, struct fault *why);

/* Whether the folder is, or claims to be, a backup. */
bool saved_is(const char *folder);

#endif

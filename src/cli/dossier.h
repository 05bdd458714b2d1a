/*
 * dossier - a bundle (bundle.h), taken apart: one revision and all that speaks for it.
 *
 * Only what a bundle has is taken, each file once and in its order, so that two readers of
 * one bundle cannot see different things. All texts point into the bundle.
 */
#ifndef CLI_DOSSIER_H
#define CLI_DOSSIER_H

#include <communique/arena.h>
#include <communique/limits.h>

#define DOSSIER_MAX ((size_t)64 * 1024 * 1024)

struct dossier_signed {
	struct str text;
	struct str signatures[SIGNATURES_PER_FILE_MAX]; /* .minisig files */
	size_t signature_count;
	struct str leaf, proof; /* STR_NONE: not in it */
};

struct dossier {
	struct dossier_signed release;
	struct str checkpoint;
	struct dossier_signed *keysets; /* version n at n - 1 */
	size_t keyset_count;
};

/* INVALID. */
bool dossier_parse(struct arena *arena, struct str bundle, struct dossier *out, struct fault *why);

#endif

/*
 * leaf_fits - whether a leaf of the log speaks of just this release file.
 *
 * What a leaf says of a file (which release, what change) decides how many had to sign it. So
 * whoever has the file believes the file, and the leaf only where it says the same.
 */
#ifndef CLI_LEAF_FITS_H
#define CLI_LEAF_FITS_H

#include <communique/keychain.h>
#include <communique/release.h>

/* INVALID, with what does not fit. */
bool leaf_fits(const struct leaf *leaf, const struct release *release, const struct keychain *chain,
	       struct fault *why);

#endif

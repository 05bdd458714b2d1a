#include "leaf_fits.h"

bool leaf_fits(const struct leaf *leaf, const struct release *release, const struct keychain *chain,
	       struct fault *why)
{
	const struct keyset *keyset = keychain_find(chain, leaf->keys);
	char id[LEAF_ID_LEN];
	struct hash hash = hash_of(release->text);

	if (leaf->kind != LEAF_RELEASE ||
	    !str_equal(leaf->id, leaf_id(id, release->language, release->slug)))
		return fail(why, INVALID, "it speaks of another release");
	if (!hash_equal(&leaf->hash, &hash))
		return fail(why, INVALID, "it speaks of another file, sha256 %s",
			    HASH_TEXT(&leaf->hash));
	if (leaf->revision != release->revision ||
	    !str_equal(leaf->change, change_word(release->change)) ||
	    leaf->has_previous != release->has_previous ||
	    (leaf->has_previous && !hash_equal(&leaf->previous, &release->previous)))
		return fail(why, INVALID,
			    "its revision, change or previous file are not the file's");
	if (release->has_publish_at && leaf->time < release->publish_at)
		return fail(why, INVALID, "it is older than the file's embargo");
	if (!keyset)
		return fail(why, INVALID, "it names key set %u, which is not in the history",
			    leaf->keys);
	return str_equal(release->site, keyset->site) ||
	       fail(why, INVALID, "the file is of another site, %.*s", STR_ARG(release->site));
}

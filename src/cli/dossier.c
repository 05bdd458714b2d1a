#include <communique/bundle.h>
#include <communique/minisign.h>

#include "dossier.h"

#define KEYSETS_MAX 1024

/* What is left of a name behind and before these. */
static bool between(struct str name, struct str before, struct str behind, struct str *out)
{
	if (!str_starts(name, before) || !str_ends(name, behind) ||
	    name.len < before.len + behind.len)
		return false;
	*out = str_first(str_skip(name, before.len), name.len - before.len - behind.len);
	return true;
}

static bool set_once(struct str *place, struct str bytes)
{
	if (str_given(*place))
		return false;
	*place = bytes;
	return true;
}

/* TEXT.{keyid}.minisig, once the text itself is there. */
static bool take_signature(struct dossier_signed *of, struct str rest, struct str bytes)
{
	struct key_id id;
	struct str words;

	if (!between(rest, STR("."), STR(".minisig"), &words) || !key_id_parse(words, &id) ||
	    !str_given(of->text) || of->signature_count == SIGNATURES_PER_FILE_MAX)
		return false;
	of->signatures[of->signature_count++] = bytes;
	return true;
}

static bool take_release(struct dossier *out, struct str name, struct str bytes)
{
	struct str rest = str_skip(name, STR(BUNDLE_RELEASE).len);

	return rest.len == 0 ? set_once(&out->release.text, bytes)
			     : take_signature(&out->release, rest, bytes);
}

/* keys/3.txt and keys/3.txt.{keyid}.minisig. */
static bool take_keyset(struct dossier *out, struct str name, struct str bytes)
{
	struct str rest = str_skip(name, STR("keys/").len), number = str_cut(&rest, '.');
	uint64_t version;

	if (!str_to_u64(number, KEYSETS_MAX, &version) || version == 0 ||
	    !str_starts(rest, STR("txt")))
		return false;
	rest = str_skip(rest, 3);
	if (rest.len == 0) {
		if (version != out->keyset_count + 1)
			return false;
		out->keysets[out->keyset_count++] = (struct dossier_signed){ .text = bytes };
		return true;
	}
	return version == out->keyset_count &&
	       take_signature(&out->keysets[version - 1], rest, bytes);
}

static bool take_log(struct dossier *out, struct str name, struct str bytes)
{
	struct str number;
	uint64_t version;
	bool leaf;

	if (str_equal(name, STR(BUNDLE_LEAF)))
		return set_once(&out->release.leaf, bytes);
	if (str_equal(name, STR(BUNDLE_PROOF)))
		return set_once(&out->release.proof, bytes);
	if (str_equal(name, STR(BUNDLE_CHECKPOINT)))
		return set_once(&out->checkpoint, bytes);
	leaf = between(name, STR("log/keys/"), STR(".leaf"), &number);
	if ((!leaf && !between(name, STR("log/keys/"), STR(".proof"), &number)) ||
	    !str_to_u64(number, out->keyset_count, &version) || version == 0)
		return false;
	return set_once(leaf ? &out->keysets[version - 1].leaf : &out->keysets[version - 1].proof,
			bytes);
}

static bool take(struct dossier *out, struct str name, struct str bytes)
{
	if (str_starts(name, STR(BUNDLE_RELEASE)))
		return take_release(out, name, bytes);
	if (str_starts(name, STR("keys/")))
		return take_keyset(out, name, bytes);
	return take_log(out, name, bytes);
}

bool dossier_parse(struct arena *arena, struct str bundle, struct dossier *out, struct fault *why)
{
	struct str name, bytes;
	bool found;

	*out = (struct dossier){ .keysets = arena_array(arena, KEYSETS_MAX, sizeof *out->keysets) };
	for (;;) {
		if (!bundle_next(&bundle, &found, &name, &bytes, why))
			return false;
		if (!found)
			break;
		if (!take(out, name, bytes))
			return fail(why, INVALID, "%s does not belong there in a bundle",
				    QUOTE(name));
	}
	if (!str_given(out->release.text) || !str_given(out->release.leaf) ||
	    !str_given(out->release.proof) || out->keyset_count == 0)
		return fail(why, INVALID,
			    "the bundle has not all of release.txt, keys/1.txt, log/leaf and "
			    "log/proof");
	return true;
}

/*
 * verify - is this what the office said?
 *
 *	FILE --keys K		offline, against a key set that the reader has: signatures and
 *quorum BUNDLE.tar		offline: all of it, from the key history to the public log ADDRESS
 *the same, read from the site, and held against its log as it is now
 *
 * Trust begins at an anchor, the SHA-256 of key set 1 that the office prints on paper, or at a
 * key set that was got on another way. The files of two signers may stand one behind the other
 * in one .minisig file; stock minisign then reads the first.
 */
#include <communique/clock.h>
#include <communique/file.h>

#include "commands.h"
#include "verify.h"

#define SIGNATURES_FILE_MAX ((size_t)SIGNATURE_FILE_MAX * SIGNATURES_PER_FILE_MAX)
#define SIGNATURE_LINES 4

static bool read_text(struct arena *arena, const char *path, size_t most, struct str *out,
		      struct fault *why)
{
	struct buf bytes;
	bool ok;

	buf_init(&bytes, most);
	ok = file_read(path, &bytes, why);
	*out = arena_copy(arena, buf_str(&bytes));
	buf_release(&bytes);
	return ok;
}

/* --- where trust begins ----------------------------------------------------------- */

static bool read_keys(const struct call *call, struct keyset **out, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	const char *path = call_option(call, "keys");
	struct str text;

	if (!read_text(call->arena, path, KEYSET_MAX, &text, why))
		return false;
	return keyset_parse(call->arena, text, out, &inside) ||
	       fail(why, inside.kind, "%s, %s", path, inside.says);
}

static bool read_trust(const struct call *call, struct trust *out, struct fault *why)
{
	const char *anchor = call_option(call, "anchor");
	struct hash *hash = arena_new(call->arena, struct hash);
	struct keyset *keyset = NULL;

	if (anchor && !hash_parse(str_from(anchor), hash))
		return fail(why, USAGE, "--anchor wants the 64 hex digits of a SHA-256");
	if (call_option(call, "keys") && !read_keys(call, &keyset, why))
		return false;
	*out = (struct trust){ .anchor = anchor ? hash : NULL, .keyset = keyset };
	return true;
}

/* --- a file, offline -------------------------------------------------------------- */

static struct str next_signature(struct str *rest)
{
	struct str before = *rest;
	size_t len = 0;

	for (unsigned lines = 0; lines < SIGNATURE_LINES && len < before.len; lines++) {
		size_t end = str_find(str_skip(before, len), '\n');

		len += end + (len + end < before.len);
	}
	*rest = str_skip(before, len);
	return str_first(before, len);
}

static bool judge_signature_file(struct verdict *verdict, struct quorum *quorum, struct str file,
				 const char *path, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct signature signature;
	struct str rest;

	if (!read_text(verdict->arena, path, SIGNATURES_FILE_MAX, &rest, why))
		return false;
	if (rest.len == 0)
		verdict_add(verdict, MARK_BAD, "signature", "%s is empty", path);
	while (rest.len && verdict->count < VERDICT_LINES_MAX - 8) {
		if (signature_parse(next_signature(&rest), &signature, &inside))
			judge_signature(verdict, quorum, file, &signature);
		else
			judge_unreadable(verdict, &inside);
	}
	return true;
}

static void judge_keys(struct verdict *verdict, const struct trust *trust)
{
	const struct keyset *keys = trust->keyset;
	char expires[TIME_SIZE];
	struct str until = time_format(expires, keys->expires);

	if (!trust->anchor) {
		verdict_add(verdict, MARK_FACT, "keys",
			    "version %u of %.*s, until %.*s; trusted as they are given",
			    keys->version, STR_ARG(keys->site), STR_ARG(until));
	} else if (keys->version == 1 && hash_equal(trust->anchor, &keys->hash)) {
		verdict_add(verdict, MARK_GOOD, "keys", "version 1 of %.*s, the anchor's own",
			    STR_ARG(keys->site));
	} else {
		verdict_add(verdict, MARK_BAD, "keys", "version %u of %.*s, sha256 %s",
			    keys->version, STR_ARG(keys->site), HASH_TEXT(&keys->hash));
		verdict_fail(verdict, "the key set is not the one of the anchor");
	}
}

static bool verify_file(const struct call *call, struct verdict *verdict, const struct trust *trust,
			struct fault *why)
{
	const char *own = arena_printf(call->arena, "%s.minisig", call->arguments[0]).at;
	struct release *release;
	struct quorum quorum;
	struct str file;

	if (!trust->keyset)
		return fail(why, USAGE,
			    "a file alone needs --keys FILE, the key set to verify it against; or "
			    "give the release's address, or its bundle (.tar)");
	if (!read_text(call->arena, call->arguments[0], RELEASE_FILE_MAX, &file, why))
		return false;
	release = judge_file(verdict, file);
	if (release && !str_equal(release->site, trust->keyset->site))
		verdict_fail(verdict, "the key set is of another site, %.*s",
			     STR_ARG(trust->keyset->site));
	judge_keys(verdict, trust);
	quorum_begin(&quorum, trust->keyset, judge_which_quorum(release));
	if (call->argument_count == 1 && !judge_signature_file(verdict, &quorum, file, own, why))
		return false;
	for (size_t i = 1; i < call->argument_count; i++) {
		if (!judge_signature_file(verdict, &quorum, file, call->arguments[i], why))
			return false;
	}
	judge_quorum(verdict, &quorum);
	verdict_add(verdict, MARK_FACT, "log",
		    "not asked: a file alone does not say whether it was "
		    "published");
	return true;
}

/* --- a bundle, offline ------------------------------------------------------------ */

bool verify_judge_bundle(struct verdict *verdict, struct str bundle, const struct trust *trust,
			 struct finding *found)
{
	struct fault fault = { .kind = NO_FAULT };
	struct dossier dossier;

	*found = (struct finding){ .release = NULL };
	if (!dossier_parse(verdict->arena, bundle, &dossier, &fault)) {
		verdict_add(verdict, MARK_BAD, "bundle", "%s", fault.says);
		verdict_fail(verdict, "the bundle cannot be read: get it again from the site");
		return false;
	}
	judge_dossier(verdict, &dossier, trust, found);
	return true;
}

static bool verify_bundle(const struct call *call, struct verdict *verdict,
			  const struct trust *trust, struct fault *why)
{
	struct finding *found = arena_new(call->arena, struct finding);
	const char *against = call_option(call, "against");
	struct str bundle;

	if (call->argument_count > 1)
		return fail(why, USAGE, "a bundle has its signatures in it");
	if (!read_text(call->arena, call->arguments[0], DOSSIER_MAX, &bundle, why))
		return false;
	return !verify_judge_bundle(verdict, bundle, trust, found) || !against || !found->in_log ||
	       verify_against(call->arena, verdict, str_from(against), found, why);
}

/* --- the command ------------------------------------------------------------------ */

static bool verify(const struct call *call, struct verdict *verdict, struct fault *why)
{
	struct str subject = str_from(call->arguments[0]);
	struct trust trust;

	if (!read_trust(call, &trust, why))
		return false;
	if (str_ends(subject, STR(".tar")) && str_find_str(subject, STR("://")) == subject.len)
		return verify_bundle(call, verdict, &trust, why);
	if (call_option(call, "against"))
		return fail(why, USAGE,
			    "--against is for bundles; an address is held against its own "
			    "site's log");
	if (str_find_str(subject, STR("://")) < subject.len)
		return verify_address(call, verdict, &trust, why);
	return verify_file(call, verdict, &trust, why);
}

bool run_verify(const struct call *call, struct fault *why)
{
	struct verdict *verdict = arena_new(call->arena, struct verdict);

	verdict->arena = call->arena;
	if (!sign_start(why) || !verify(call, verdict, why))
		return false;
	if (call_flag(call, "json"))
		verdict_print_json(verdict);
	else
		verdict_print(verdict);
	if (!str_given(verdict->reason))
		return true;
	return fail(why, DENIED, "%s is not verified", call->arguments[0]);
}

/*
 * verify - is this file what the office said?
 *
 * Offline, against a key set that the reader trusts: because it was got on another
 * way, or because its SHA-256 is the anchor that the office prints on paper. The
 * files of two signers may stand one behind the other in one .minisig file; stock
 * minisign then reads the first.
 */
#include <communique/file.h>
#include <communique/keyset.h>
#include <communique/limits.h>
#include <communique/release.h>

#include "commands.h"
#include "verdict.h"

#define SIGNATURES_FILE_MAX ((size_t)SIGNATURE_FILE_MAX * SIGNATURES_PER_FILE_MAX)
#define SIGNATURE_LINES 4

/* --- the signatures ------------------------------------------------------------------- */

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

static const char *state_words(enum key_state state)
{
	switch (state) {
	case KEY_GOOD:
		return "good";
	case KEY_LOST:
		return "lost";
	case KEY_LEFT:
		return "of somebody who left";
	case KEY_COMPROMISED:
		return "compromised";
	}
	return "";
}

static void judge_signature(struct verdict *verdict, struct quorum *quorum, struct str file,
			    struct str text)
{
	struct fault fault = { .kind = NO_FAULT };
	struct signature signature;
	const struct keyset_key *key;

	if (!signature_parse(text, &signature, &fault)) {
		verdict_add(verdict, MARK_BAD, "signature", "%s", fault.says);
		verdict_fail(verdict, "a signature cannot be read");
		return;
	}
	key = keyset_find(quorum->keyset, &signature.id);
	if (!key) {
		verdict_add(verdict, MARK_BAD, "signature", "key %s is not in the key set",
			    KEY_ID_TEXT(&signature.id));
		return;
	}
	if (!signature_verify(&signature, &key->key, file, &fault)) {
		verdict_add(verdict, MARK_BAD, "signature", "%.*s, key %s: %s",
			    STR_ARG(key->holder), KEY_ID_TEXT(&signature.id), fault.says);
		verdict_fail(verdict, "a signature does not fit the file");
		return;
	}
	if (!quorum_add(quorum, &signature.id)) {
		verdict_add(verdict, MARK_BAD, "signature",
			    "%.*s, key %s: it fits, but the key %s%s and does not count",
			    STR_ARG(key->holder), KEY_ID_TEXT(&signature.id),
			    key->state == KEY_GOOD ? "has not the role" : "is ",
			    key->state == KEY_GOOD ? "" : state_words(key->state));
		return;
	}
	verdict_add(verdict, MARK_GOOD, "signature", "%.*s, key %s, %.*s", STR_ARG(key->holder),
		    KEY_ID_TEXT(&signature.id), STR_ARG(signature.trusted_comment));
}

static bool judge_signature_file(struct verdict *verdict, struct quorum *quorum, struct str file,
				 const char *path, struct fault *why)
{
	struct buf bytes;
	struct str rest;
	bool ok;

	buf_init(&bytes, SIGNATURES_FILE_MAX);
	ok = file_read(path, &bytes, why);
	rest = arena_copy(verdict->arena, buf_str(&bytes));
	buf_release(&bytes);
	if (ok && rest.len == 0)
		verdict_add(verdict, MARK_BAD, "signature", "%s is empty", path);
	while (ok && rest.len && verdict->count < VERDICT_LINES_MAX - 8)
		judge_signature(verdict, quorum, file, next_signature(&rest));
	return ok;
}

static void judge_quorum(struct verdict *verdict, const struct quorum *quorum)
{
	bool reached = quorum_reached(quorum);

	verdict_add(verdict, reached ? MARK_GOOD : MARK_BAD, "quorum", "%zu of %zu holder%s%s",
		    quorum->have, quorum->need, quorum->need == 1 ? "" : "s",
		    quorum->approver && quorum->need > 1 ? ", an approver among them" : "");
	if (reached)
		return;
	if (quorum->have < quorum->need)
		verdict_fail(verdict, "%zu of %zu signatures that count", quorum->have,
			     quorum->need);
	verdict_fail(verdict, "no approver has signed");
}

/* --- the file and the keys -------------------------------------------------------------- */

static void judge_file(struct verdict *verdict, const struct keyset *keys, struct str file,
		       enum quorum_of *of)
{
	struct fault fault = { .kind = NO_FAULT };
	struct release *release;
	struct hash hash = hash_of(file);

	*of = QUORUM_PUBLISH;
	if (!release_parse(verdict->arena, file, &release, &fault)) {
		verdict_add(verdict, MARK_BAD, "file", "%s", fault.says);
		verdict_fail(verdict, "this is no release file");
	} else {
		verdict_add(verdict, MARK_GOOD, "file", "%.*s/%.*s, revision %u, of %.*s",
			    STR_ARG(release->language), STR_ARG(release->slug), release->revision,
			    STR_ARG(release->site));
		if (!str_equal(release->site, keys->site))
			verdict_fail(verdict, "the key set is of another site, %.*s",
				     STR_ARG(keys->site));
		if (release->change == CHANGE_WITHDRAWAL || release->change == CHANGE_KILL)
			*of = QUORUM_WITHDRAW;
	}
	verdict_add(verdict, MARK_FACT, "sha256", "%s", HASH_TEXT(&hash));
}

static void judge_keys(struct verdict *verdict, const struct keyset *keys, const char *anchor)
{
	struct hash hash;
	char expires[TIME_SIZE];
	struct str until = time_format(expires, keys->expires);

	if (!anchor) {
		verdict_add(verdict, MARK_FACT, "keys",
			    "version %u of %.*s, until %.*s; trusted as they are given",
			    keys->version, STR_ARG(keys->site), STR_ARG(until));
		return;
	}
	if (keys->version == 1 && hash_parse(str_from(anchor), &hash) &&
	    hash_equal(&hash, &keys->hash)) {
		verdict_add(verdict, MARK_GOOD, "keys", "version 1 of %.*s, the anchor's own",
			    STR_ARG(keys->site));
		return;
	}
	verdict_add(verdict, MARK_BAD, "keys", "version %u of %.*s, sha256 %s", keys->version,
		    STR_ARG(keys->site), HASH_TEXT(&keys->hash));
	verdict_fail(verdict, "the key set is not the one of the anchor");
}

/* --- the command -------------------------------------------------------------------------- */

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

/* What the public log will bring is said here, and not half done. */
static bool check_form(const struct call *call, struct fault *why)
{
	struct str subject = str_from(call->arguments[0]);
	const char *anchor = call_option(call, "anchor");
	struct hash hash;

	if (str_find_str(subject, STR("://")) < subject.len)
		return fail(why, USAGE,
			    "verifying an address needs the public log, which this version has not "
			    "yet; download the file and its .minisig, and say --keys FILE");
	if (str_ends(subject, STR(".bundle")) || str_ends(subject, STR(".proof")))
		return fail(why, USAGE,
			    "verifying a bundle needs the public log, which this version has not "
			    "yet; say FILE, its signature, and --keys FILE");
	if (anchor && !hash_parse(str_from(anchor), &hash))
		return fail(why, USAGE, "--anchor wants the 64 hex digits of a SHA-256");
	if (!call_option(call, "keys"))
		return fail(
			why, USAGE,
			anchor ? "--anchor alone needs the key history of the public log, which "
				 "this version has not yet; say --keys FILE with it"
			       : "say with --keys FILE which key set to verify against");
	return true;
}

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

static bool judge(const struct call *call, struct verdict *verdict, const struct keyset *keys,
		  struct fault *why)
{
	const char *own = arena_printf(call->arena, "%s.minisig", call->arguments[0]).at;
	struct quorum quorum;
	enum quorum_of of;
	struct str file;

	if (!read_text(call->arena, call->arguments[0], RELEASE_FILE_MAX, &file, why))
		return false;
	judge_file(verdict, keys, file, &of);
	judge_keys(verdict, keys, call_option(call, "anchor"));
	quorum_begin(&quorum, keys, of);
	if (call->argument_count == 1 && !judge_signature_file(verdict, &quorum, file, own, why))
		return false;
	for (size_t i = 1; i < call->argument_count; i++) {
		if (!judge_signature_file(verdict, &quorum, file, call->arguments[i], why))
			return false;
	}
	judge_quorum(verdict, &quorum);
	return true;
}

bool run_verify(const struct call *call, struct fault *why)
{
	struct verdict *verdict = arena_new(call->arena, struct verdict);
	struct keyset *keys;

	verdict->arena = call->arena;
	if (!check_form(call, why) || !sign_start(why) || !read_keys(call, &keys, why) ||
	    !judge(call, verdict, keys, why))
		return false;
	if (call_flag(call, "json"))
		verdict_print_json(verdict);
	else
		verdict_print(verdict);
	if (!str_given(verdict->reason))
		return true;
	return fail(why, DENIED, "%s is not verified", call->arguments[0]);
}

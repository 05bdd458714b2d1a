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
#include "judge.h"
#include "log_reader.h"

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

/* --- where trust begins -------------------------------------------------------------------- */

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

/* --- a file, offline ---------------------------------------------------------------------------
 */

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

/* --- a bundle, offline
 * ---------------------------------------------------------------------------- */

static bool judge_bundle(struct verdict *verdict, struct str bundle, const struct trust *trust,
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
	struct str bundle;

	if (call->argument_count > 1)
		return fail(why, USAGE, "a bundle has its signatures in it");
	if (!read_text(call->arena, call->arguments[0], DOSSIER_MAX, &bundle, why))
		return false;
	judge_bundle(verdict, bundle, trust, found);
	return true;
}

/* --- an address
 * ------------------------------------------------------------------------------------- */

struct visit {
	struct http http;
	struct log_reader log;
	struct buf body;
	struct str language, slug; /* of the address */
	struct str number;	   /* r{n}'s; STR_NONE: the newest is meant */
};

/* What is behind a release's own address: "/en/releases/2026-…", perhaps "/r2", perhaps a form. */
static bool split_address(struct str target, struct visit *out)
{
	struct str rest = str_skip(target, 1), word;

	out->language = str_cut(&rest, '/');
	word = str_cut(&rest, '/');
	if (!str_equal(word, STR("releases")) || !str_given(rest))
		return false;
	out->slug = str_cut(&rest, '/');
	out->number = STR_NONE;
	if (str_given(rest)) {
		rest = str_first(rest, str_find(rest, '.'));
		if (!str_starts(rest, STR("r")))
			return false;
		out->number = str_skip(rest, 1);
	}
	out->slug = str_first(out->slug, str_find(out->slug, '.'));
	return language_valid(out->language) && slug_valid(out->slug);
}

static struct str form(struct visit *visit, const char *ending)
{
	return arena_printf(visit->http.arena, "/%.*s/releases/%.*s%s%.*s%s",
			    STR_ARG(visit->language), STR_ARG(visit->slug),
			    str_given(visit->number) ? "/r" : "", STR_ARG(visit->number), ending);
}

/* 410 is an answer of the office's, too. */
static bool get(struct visit *visit, struct str target, struct fault *why)
{
	unsigned status;

	if (!http_get(&visit->http, &target, &visit->body, &status, why))
		return false;
	switch (status) {
	case 200:
		return true;
	case 410:
		return fail(why, NOT_FOUND,
			    "the office has removed this release (410); its page says "
			    "why, and the log still names it");
	case 404:
		return fail(why, NOT_FOUND,
			    "there is nothing at %s: it was never published, or the "
			    "site keeps it back",
			    QUOTE(target));
	default:
		return fail(why, status >= 500 ? BUSY : INVALID, "%s answers %u", QUOTE(target),
			    status);
	}
}

/* An old address leads to the release's own. */
static bool find_release(struct visit *visit, struct str target, struct fault *why)
{
	unsigned status;

	if (split_address(target, visit))
		return true;
	if (!http_get(&visit->http, &target, &visit->body, &status, why))
		return false;
	return split_address(target, visit) ||
	       fail(why, USAGE,
		    "%s is not the address of a release, which is like "
		    "https://press.example/en/releases/2026-11-23-harbour",
		    QUOTE(target));
}

static void judge_address(struct verdict *verdict, const struct visit *visit,
			  const struct finding *found)
{
	const struct release *release = found->release;
	uint64_t number = release->revision;
	bool same = str_equal(buf_str(&visit->body), release->text);

	if (str_given(visit->number) && !str_to_u64(visit->number, UINT32_MAX, &number))
		number = 0;
	if (str_equal(release->language, visit->language) &&
	    str_equal(release->slug, visit->slug) && release->revision == number && same) {
		verdict_add(verdict, MARK_GOOD, "address", "readers get this very file");
		return;
	}
	verdict_add(verdict, MARK_BAD, "address", "%s",
		    same ? "another release is given out there"
			 : "readers get another text there than the bundle has");
	verdict_fail(verdict, "the address does not show what was signed");
}

static bool judge_log_now(struct verdict *verdict, struct visit *visit, struct finding *found,
			  struct fault *why)
{
	struct fault fault = { .kind = NO_FAULT };
	struct checkpoint now;

	if (log_reader_checkpoint(&visit->log, &found->log, &now, &fault) &&
	    log_reader_grew(&visit->log, found->checkpoint.size, &found->checkpoint.root, &now,
			    &fault)) {
		verdict_add(verdict, MARK_GOOD, "log",
			    "has %llu leaves now, and grew out of this "
			    "checkpoint",
			    (unsigned long long)now.size);
		return true;
	}
	if (fault.kind == BROKEN || fault.kind == BUSY) {
		*why = fault;
		return false;
	}
	verdict_add(verdict, MARK_BAD, "log", "%s", fault.says);
	verdict_fail(verdict,
		     "the site shows two logs that do not fit together; keep the bundle and "
		     "tell the office");
	return true;
}

/* A later revision, when a certain one was asked for. */
static void mention_newer(struct verdict *verdict, struct visit *visit, const struct finding *found)
{
	struct release *newest;
	struct str target;
	unsigned status;

	if (!str_given(visit->number))
		return;
	visit->number = STR_NONE;
	target = form(visit, ".txt");
	if (http_get(&visit->http, &target, &visit->body, &status, NULL) && status == 200 &&
	    release_parse(verdict->arena, arena_copy(verdict->arena, buf_str(&visit->body)),
			  &newest, NULL) &&
	    newest->revision > found->release->revision)
		verdict_add(verdict, MARK_FACT, "newer", "revision %u is there, a %.*s",
			    newest->revision, STR_ARG(change_word(newest->change)));
}

static bool judge_site(struct verdict *verdict, struct visit *visit, const struct trust *trust,
		       struct fault *why)
{
	struct finding *found = arena_new(verdict->arena, struct finding);
	struct str bundle;

	if (!get(visit, form(visit, ".tar"), why))
		return false;
	bundle = arena_copy(verdict->arena, buf_str(&visit->body));
	if (!get(visit, form(visit, ".txt"), why))
		return false;
	if (!judge_bundle(verdict, bundle, trust, found) || !found->release)
		return true;
	judge_address(verdict, visit, found);
	if (found->in_log && !judge_log_now(verdict, visit, found, why))
		return false;
	mention_newer(verdict, visit, found);
	return true;
}

static bool verify_address(const struct call *call, struct verdict *verdict,
			   const struct trust *trust, struct fault *why)
{
	struct visit visit = { .number = STR_NONE };
	struct str target;
	bool ok;

	if (call->argument_count > 1)
		return fail(why, USAGE, "an address has its signatures with it");
	buf_init(&visit.body, DOSSIER_MAX);
	log_reader_init(&visit.log, &visit.http);
	ok = http_open(&visit.http, call->arena, str_from(call->arguments[0]), &target, why) &&
	     find_release(&visit, target, why) && judge_site(verdict, &visit, trust, why);
	http_close(&visit.http);
	log_reader_free(&visit.log);
	buf_release(&visit.body);
	return ok;
}

/* --- the command
 * ---------------------------------------------------------------------------------------- */

static bool verify(const struct call *call, struct verdict *verdict, struct fault *why)
{
	struct str subject = str_from(call->arguments[0]);
	struct trust trust;

	if (!read_trust(call, &trust, why))
		return false;
	if (str_find_str(subject, STR("://")) < subject.len)
		return verify_address(call, verdict, &trust, why);
	if (str_ends(subject, STR(".tar")))
		return verify_bundle(call, verdict, &trust, why);
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

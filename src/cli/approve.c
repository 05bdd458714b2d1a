/*
 * approve - the second pair of eyes.
 *
 * The bytes are fetched once. They are what is shown, what the hash is of, and what
 * is signed; a draft that changes meanwhile has another hash, and the signature is
 * refused under If-Match.
 */
#include <communique/limits.h>
#include <communique/release.h>
#include <communique/terminal.h>

#include "commands.h"
#include "config.h"
#include "consent.h"
#include "difference.h"
#include "draft.h"
#include "output.h"
#include "revision.h"

/* The file says itself what it is. A server that offers another one than was asked
 * for must not get a signature for it. */
static bool is_what_was_asked(const struct call *call, const struct edition *edition,
			      const struct release *release, struct fault *why)
{
	const char *site;

	if (!str_equal(release->language, edition->language) ||
	    !str_equal(release->slug, edition->slug))
		return fail(why, INVALID, "the server sent %.*s/%.*s instead",
			    STR_ARG(release->language), STR_ARG(release->slug));
	if (!config_find(call, "site", &site, why))
		return false;
	if (site && !str_equal(release->site, str_from(site)))
		return fail(why, SITE_MISMATCH, "the draft is for the site %.*s, not for %s",
			    STR_ARG(release->site), site);
	return true;
}

static void print_who_signed(struct desk *desk, const struct edition *edition, FILE *to)
{
	struct desk_request request = { .method = "GET", .target = STR("/admin/drafts") };
	struct desk_answer answer;
	struct draft_state *drafts;
	size_t count;

	if (!desk_ask(desk, &request, &answer, NULL) ||
	    !answer_drafts(desk->arena, answer.body, &drafts, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		if (!str_equal(drafts[i].language, edition->language) ||
		    !str_equal(drafts[i].slug, edition->slug))
			continue;
		fprintf(to, "signed by ");
		draft_print_signers(to, &drafts[i]);
		fprintf(to, ", %llu of %llu\n", (unsigned long long)drafts[i].have,
			(unsigned long long)drafts[i].need);
	}
}

static void print_line(FILE *to)
{
	fprintf(to, "%s--%s\n", terminal_tone(to, TONE_FAINT), terminal_tone(to, TONE_PLAIN));
}

static void print_draft(struct desk *desk, const struct edition *edition,
			const struct release *release, const struct release *before,
			const struct hash *hash, FILE *to)
{
	terminal_print(to, release->text);
	print_line(to);
	if (before) {
		difference_print(desk->arena, before, release, to);
		print_line(to);
	}
	for (const struct doubt *at = release->doubts; at; at = at->next) {
		fprintf(to, "doubt: line %u: ", at->line);
		terminal_print(to, at->says);
		fputc('\n', to);
	}
	fprintf(to, "sha256 %s\n", HASH_TEXT(hash));
	print_who_signed(desk, edition, to);
}

static bool ask_for_consent(const struct call *call, const struct secret_key *key,
			    struct fault *why)
{
	struct str question = arena_printf(call->arena, "Sign this text with key %s? [y/N] ",
					   KEY_ID_TEXT(&key->public.id));

	return consent_ask(call, question.at, "nothing was signed", why);
}

static bool approve(const struct call *call, struct desk *desk, const struct edition *edition,
		    struct fault *why)
{
	bool as_json = call_flag(call, "json");
	struct release *release, *before;
	struct draft_state state;
	struct desk_answer answer;
	struct hash hash;
	struct str file;

	if (!draft_fetch(desk, edition, &file, &hash, why) ||
	    !release_parse(call->arena, file, &release, why) ||
	    !is_what_was_asked(call, edition, release, why) ||
	    !revision_before(desk, release, &before, why))
		return false;
	print_draft(desk, edition, release, before, &hash, as_json ? stderr : stdout);
	fflush(stdout);
	if (!ask_for_consent(call, desk->key, why) ||
	    !draft_sign(desk, edition, file, &state, &answer, why))
		return false;
	if (as_json)
		output_bytes(answer.body);
	else
		draft_print_state(desk, &state);
	return true;
}

bool run_approve(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct edition edition;
	struct desk desk;
	bool ok = edition_parse(call->arguments[0], &edition, why) &&
		  desk_open_for_call(call, &key, &desk, why) && approve(call, &desk, &edition, why);

	secret_key_free(&key);
	return ok;
}

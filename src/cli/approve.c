/*
 * approve - the second pair of eyes.
 *
 * The bytes are fetched once. They are what is shown, what the hash is of, and what
 * is signed; a draft that changes meanwhile has another hash, and the signature is
 * refused under If-Match.
 */
#include <communique/release.h>

#include "commands.h"
#include "consent.h"
#include "draft.h"
#include "output.h"
#include "revision.h"

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

static bool approve(const struct call *call, struct desk *desk, const struct edition *edition,
		    struct fault *why)
{
	FILE *to = call_flag(call, "json") ? stderr : stdout;
	struct release *release, *before;
	struct draft_state state;
	struct desk_answer answer;
	struct hash hash;
	struct str file;

	if (!draft_fetch(desk, edition, &file, &hash, why) ||
	    !release_parse(call->arena, file, &release, why) ||
	    !consent_is_asked_for(call, edition, release, why) ||
	    !revision_before(desk, release, &before, why))
		return false;
	consent_show(call->arena, before, release, to);
	print_who_signed(desk, edition, to);
	fflush(stdout);
	if (!consent_to_sign(call, desk->key, why) ||
	    !draft_sign(desk, edition, file, &state, &answer, why))
		return false;
	if (call_flag(call, "json"))
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

/*
 * drafts, show, drop - what waits at the desk.
 */
#include <communique/terminal.h>

#include "commands.h"
#include "difference.h"
#include "draft.h"
#include "output.h"
#include "revision.h"

/* --- drafts --------------------------------------------------------------------------- */

static void print_draft(const struct draft_state *draft)
{
	terminal_print(stdout, draft->language);
	putchar('/');
	terminal_print(stdout, draft->slug);
	printf("\n  %s", terminal_tone(stdout, TONE_STRONG));
	terminal_print(stdout, draft->title);
	printf("%s\n  ", terminal_tone(stdout, TONE_PLAIN));
	terminal_print(stdout, draft->state);
	printf(", %llu of %llu, signed by ", (unsigned long long)draft->have,
	       (unsigned long long)draft->need);
	draft_print_signers(stdout, draft);
	if (draft->public_at.len) {
		printf("\n  public from ");
		terminal_print(stdout, draft->public_at);
	}
	printf("\n  revision %llu, saved %s", (unsigned long long)draft->revision,
	       draft->saved_at.len ? "at " : "");
	terminal_print(stdout, draft->saved_at);
	if (draft->saved_by.len) {
		printf(" by ");
		terminal_print(stdout, draft->saved_by);
	}
	putchar('\n');
}

static bool list_drafts(const struct call *call, struct desk *desk, struct fault *why)
{
	struct desk_request request = { .method = "GET", .target = STR("/admin/drafts") };
	struct desk_answer answer;
	struct draft_state *drafts;
	size_t count;

	if (!desk_ask(desk, &request, &answer, why) ||
	    !answer_drafts(call->arena, answer.body, &drafts, &count, why))
		return false;
	if (call_flag(call, "json")) {
		output_bytes(answer.body);
		return true;
	}
	for (size_t i = 0; i < count; i++)
		print_draft(&drafts[i]);
	if (count == 0)
		fprintf(stderr, "Nothing waits.\n");
	return true;
}

bool run_drafts(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct desk desk;
	bool ok = desk_open_for_call(call, &key, &desk, why) && list_drafts(call, &desk, why);

	secret_key_free(&key);
	return ok;
}

/* --- show ------------------------------------------------------------------------------- */

static bool show_difference(const struct call *call, struct desk *desk, struct str file,
			    struct fault *why)
{
	struct release *release, *before;

	if (!release_parse(call->arena, file, &release, why) ||
	    !revision_before(desk, release, &before, why))
		return false;
	if (before)
		difference_print(call->arena, before, release, stdout);
	else
		fprintf(stderr, "This is revision 1; there is none before it.\n");
	return true;
}

static bool show(const struct call *call, struct desk *desk, struct str file, struct fault *why)
{
	if (call_flag(call, "difference"))
		return show_difference(call, desk, file, why);
	output_bytes(file);
	return true;
}

bool run_show(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct edition edition;
	struct desk desk;
	struct hash hash;
	struct str file;
	bool ok = edition_parse(call->arguments[0], &edition, why) &&
		  desk_open_for_call(call, &key, &desk, why) &&
		  draft_fetch(&desk, &edition, &file, &hash, why) && show(call, &desk, file, why);

	secret_key_free(&key);
	if (ok)
		fprintf(stderr, "sha256 %s\n", HASH_TEXT(&hash));
	return ok;
}

/* --- drop ------------------------------------------------------------------------------- */

static bool delete_draft(struct desk *desk, const struct edition *edition, struct fault *why)
{
	struct desk_request request = { .method = "DELETE",
					.target = edition_path(desk->arena, edition) };
	struct desk_answer answer;
	struct hash hash;
	struct str file;

	/* That very text, though the request may be sent twice: a draft may lie over a revision
	 * that is public, or waits for its lift. Where there is none the desk says why. */
	if (draft_fetch(desk, edition, &file, &hash, why))
		request.if_match = &hash;
	else if (why->kind != NOT_FOUND)
		return false;
	if (!desk_send(desk, &request, &answer, why))
		return false;
	/* It was there at the first try, whose answer was lost, or it is gone anyhow. */
	if (answer.repeated && (answer.status == 404 || answer.status == 412))
		return true;
	return (answer.status >= 200 && answer.status < 300) || desk_refused(desk, &answer, why);
}

bool run_drop(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct edition edition;
	struct desk desk;
	bool ok = edition_parse(call->arguments[0], &edition, why) &&
		  desk_open_for_call(call, &key, &desk, why) && delete_draft(&desk, &edition, why);

	secret_key_free(&key);
	if (ok)
		printf("dropped %.*s/%.*s\n", STR_ARG(edition.language), STR_ARG(edition.slug));
	return ok;
}

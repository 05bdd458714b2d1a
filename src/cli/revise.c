/*
 * revise, withdraw, kill, reinstate - the next revision of what was published.
 *
 * revise leaves a file to edit; the others need no editing: they show what they made, ask,
 * and publish at once. The same command again makes the same file, so whoever is interrupted
 * just repeats it.
 */
#include <communique/file.h>
#include <communique/terminal.h>

#include "commands.h"
#include "consent.h"
#include "draft.h"
#include "output.h"
#include "publish.h"
#include "revision.h"

/* A note is what readers are told: only a minor change goes without. */
static bool read_note(const struct call *call, enum change change, struct str *out,
		      struct fault *why)
{
	*out = str_trim(str_from(call_option(call, "note")));
	if (out->len || change == CHANGE_MINOR)
		return true;
	return fail(why, USAGE, "--note is missing: one sentence that tells the public why");
}

static bool make_next(const struct call *call, struct desk *desk, const struct edition *edition,
		      enum change change, struct release **last, struct release **next,
		      struct fault *why)
{
	struct str note;

	return read_note(call, change, &note, why) && revision_last(desk, edition, last, why) &&
	       revision_next(desk, *last, change, note, next, why) &&
	       consent_is_asked_for(call, edition, *next, why);
}

/* --- revise ------------------------------------------------------------------------------- */

static bool write_out(const struct call *call, const struct release *last,
		      const struct release *next, struct fault *why)
{
	const char *path = call_option(call, "output");

	if (path && !file_create(path, next->text, 0644, why))
		return false;
	if (!path)
		output_bytes(next->text);
	if (last->has_publish_at)
		fprintf(stderr, "note: Publish-At was left out\n");
	if (path)
		fprintf(stderr, "Revision %lu is in %s. Edit it, then: communique publish %s\n",
			(unsigned long)next->revision, path, path);
	return true;
}

bool run_revise(const struct call *call, struct fault *why)
{
	struct str word = str_from(call_option(call, "change"));
	struct secret_key key = { 0 };
	struct release *last, *next;
	struct edition edition;
	enum change change;
	struct desk desk;
	bool ok;

	if (!change_read(word, &change))
		return fail(why, USAGE,
			    "--change must be update, correction, clarification, minor, "
			    "withdrawal, kill or reinstatement");
	ok = edition_parse(call->arguments[0], &edition, why) &&
	     desk_open_for_call(call, &key, &desk, why) &&
	     make_next(call, &desk, &edition, change, &last, &next, why) &&
	     write_out(call, last, next, why);
	secret_key_free(&key);
	return ok;
}

/* --- in one step ------------------------------------------------------------------------------ */

static bool ask_before_kill(const struct call *call, const struct release *next, struct fault *why)
{
	struct str question;

	fputs("The text and all addresses of \"", stderr);
	terminal_print(stderr, next->title);
	fputs("\" will be gone; readers are told to delete it, and why:\n", stderr);
	terminal_print(stderr, next->change_note);
	fputc('\n', stderr);
	question = arena_printf(call->arena, "Kill %.*s/%.*s? [y/N] ", STR_ARG(next->language),
				STR_ARG(next->slug));
	return consent_ask(call, question.at, "nothing was killed", why);
}

/* The next revision is made of what the server says was the last one. */
static bool ask(const struct call *call, const struct desk *desk, const struct release *last,
		const struct release *next, struct fault *why)
{
	consent_show(call->arena, last, next, call_flag(call, "json") ? stderr : stdout);
	fflush(stdout);
	return next->change == CHANGE_KILL ? ask_before_kill(call, next, why)
					   : consent_to_sign(call, desk->key, why);
}

static bool run_at_once(const struct call *call, enum change change, struct fault *why)
{
	struct secret_key key = { 0 };
	struct release *last, *next;
	struct edition edition;
	struct desk desk;
	bool ok = edition_parse(call->arguments[0], &edition, why) &&
		  desk_open_for_call(call, &key, &desk, why) &&
		  make_next(call, &desk, &edition, change, &last, &next, why) &&
		  ask(call, &desk, last, next, why) && publish_submit(call, &desk, next, why);

	secret_key_free(&key);
	return ok;
}

bool run_withdraw(const struct call *call, struct fault *why)
{
	return run_at_once(call, CHANGE_WITHDRAWAL, why);
}

bool run_kill(const struct call *call, struct fault *why)
{
	return run_at_once(call, CHANGE_KILL, why);
}

bool run_reinstate(const struct call *call, struct fault *why)
{
	return run_at_once(call, CHANGE_REINSTATEMENT, why);
}

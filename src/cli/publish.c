/*
 * publish - upload a draft and sign it.
 *
 *	PUT files		201, 200: what --attach names, if the header does
 *	PUT draft		200, 201: it is there
 *				428: another one is there; only --replace goes over it,
 *				     under its hash
 *				409: there is a revision; fine if it is this very file
 *	PUT signature		waiting, scheduled or public
 *
 * All may be repeated at any time with the same result, so whoever is interrupted
 * just runs the command again.
 */
#include <communique/digest.h>
#include <communique/file.h>
#include <communique/limits.h>
#include <communique/release.h>
#include <communique/terminal.h>

#include "attach.h"
#include "commands.h"
#include "config.h"
#include "draft.h"
#include "output.h"
#include "publish.h"

static bool put_draft(struct desk *desk, const struct edition *edition, struct str file,
		      const struct hash *over, struct fault *why)
{
	struct desk_request request = { .method = "PUT",
					.target = edition_path(desk->arena, edition),
					.has_body = true,
					.body = file,
					.type = DESK_TEXT,
					.if_match = over,
					.label = "uploading" };
	struct desk_answer answer;

	return desk_ask(desk, &request, &answer, why);
}

static bool replace_draft(struct desk *desk, const struct edition *edition, struct str file,
			  const struct hash *over, struct fault *why)
{
	struct hash hash = hash_of(file), there;
	struct str bytes;

	if (put_draft(desk, edition, file, over, why))
		return true;
	if (why->kind != PRECONDITION_FAILED)
		return false;
	/* After a lost answer the second try may meet what the first one did. */
	return draft_fetch(desk, edition, &bytes, &there, why) &&
	       (hash_equal(&there, &hash) ||
		fail(why, PRECONDITION_FAILED, "somebody else has changed the draft just now"));
}

/* The name is taken: which revision is there, and how one goes on from it. */
static bool say_how_to_revise(struct desk *desk, const struct release *release, struct str there,
			      struct fault *why)
{
	struct release *other;

	if (!release_parse(desk->arena, there, &other, NULL) || release->revision > other->revision)
		return false;
	return fail(why, STALE_PREVIOUS,
		    "revision %lu is published already, with another text; a change is a new "
		    "revision: communique revise %.*s/%.*s --change …",
		    (unsigned long)release->revision, STR_ARG(release->language),
		    STR_ARG(release->slug));
}

static bool say_how_to_attach(struct fault *why)
{
	struct fault inside = *why;

	return fail(why, FILE_MISSING, "%.180s; --attach FILE sends it", inside.says);
}

static bool save_draft(struct desk *desk, const struct edition *edition,
		       const struct release *release, bool replace, struct fault *why)
{
	struct str file = release->text, bytes = STR_NONE;
	struct hash hash = hash_of(file), there = { { 0 } };

	if (put_draft(desk, edition, file, NULL, why))
		return true;
	if (why->kind == FILE_MISSING)
		return say_how_to_attach(why);
	/* Stale is also what is public already: by our own first try, or days ago. */
	if (why->kind != PRECONDITION_REQUIRED && why->kind != STALE_PREVIOUS)
		return false;
	/* The very same bytes may be there, as a draft or as what became of it. */
	if (draft_fetch(desk, edition, &bytes, &there, NULL) && hash_equal(&there, &hash))
		return true;
	if (why->kind == STALE_PREVIOUS)
		return str_given(bytes) && say_how_to_revise(desk, release, bytes, why);
	if (replace)
		return replace_draft(desk, edition, file, &there, why);
	return fail(why, CONFLICT,
		    "another draft is there already: communique show %.*s/%.*s shows it, --replace "
		    "puts yours in its place",
		    STR_ARG(edition->language), STR_ARG(edition->slug));
}

bool publish_submit(const struct call *call, struct desk *desk, const struct release *release,
		    struct fault *why)
{
	struct edition edition = { release->language, release->slug };
	struct draft_state state;
	struct desk_answer answer;

	if (!attach_upload(call, desk, why) ||
	    !save_draft(desk, &edition, release, call_flag(call, "replace"), why) ||
	    !draft_sign(desk, &edition, release->text, &state, &answer, why))
		return false;
	if (call_flag(call, "json"))
		output_bytes(answer.body);
	else
		draft_print_state(desk, &state);
	if (str_equal(state.state, STR("waiting")))
		fprintf(stderr, "Others sign it with: communique approve %.*s/%.*s\n",
			STR_ARG(edition.language), STR_ARG(edition.slug));
	return true;
}

/* All that can be seen here is said before a password is asked or a byte is sent. */
static bool read_release(const struct call *call, struct str file, struct release **out,
			 struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	const char *path = call->arguments[0], *site;

	if (!release_parse(call->arena, file, out, &inside))
		return fail(why, inside.kind, "%s, %s", path, inside.says);
	if (!config_find(call, "site", &site, why))
		return false;
	if (site && !str_equal((*out)->site, str_from(site)))
		return fail(why, SITE_MISMATCH, "%s is for the site %.*s, not for %s", path,
			    STR_ARG((*out)->site), site);
	for (const struct doubt *at = (*out)->doubts; at; at = at->next) {
		fprintf(stderr, "%s:%u: doubt: ", path, at->line);
		terminal_print(stderr, at->says);
		fputc('\n', stderr);
	}
	return true;
}

bool run_publish(const struct call *call, struct fault *why)
{
	struct secret_key key = { 0 };
	struct release *release;
	struct desk desk;
	struct buf file;
	bool ok;

	buf_init(&file, RELEASE_FILE_MAX);
	ok = file_read(call->arguments[0], &file, why) &&
	     read_release(call, buf_str(&file), &release, why) &&
	     attach_check(call, release, why) && desk_open_for_call(call, &key, &desk, why) &&
	     publish_submit(call, &desk, release, why);
	secret_key_free(&key);
	buf_release(&file);
	return ok;
}

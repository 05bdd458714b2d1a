#include <communique/digest.h>
#include <communique/terminal.h>

#include "config.h"
#include "consent.h"
#include "difference.h"
#include "revision.h"

/* The file says itself what it is. A server that offers another one than was asked
 * for must not get a signature for it. */
bool consent_is_asked_for(const struct call *call, const struct edition *edition,
			  const struct release *release, struct fault *why)
{
	const char *site;

	if (!revision_is_of(release, edition, why) || !config_find(call, "site", &site, why))
		return false;
	if (site && !str_equal(release->site, str_from(site)))
		return fail(why, SITE_MISMATCH,
			    "the server's text is for the site %.*s, not for %s",
			    STR_ARG(release->site), site);
	return true;
}

/* --- what will be signed ------------------------------------------------------------------ */

static void print_line(FILE *to)
{
	fprintf(to, "%s--%s\n", terminal_tone(to, TONE_FAINT), terminal_tone(to, TONE_PLAIN));
}

void consent_show(struct arena *arena, const struct release *before, const struct release *release,
		  FILE *to)
{
	struct hash hash = hash_of(release->text);

	terminal_print(to, release->text);
	print_line(to);
	if (before) {
		difference_print(arena, before, release, to);
		print_line(to);
	}
	for (const struct doubt *at = release->doubts; at; at = at->next) {
		fprintf(to, "doubt: line %u: ", at->line);
		terminal_print(to, at->says);
		fputc('\n', to);
	}
	fprintf(to, "sha256 %s\n", HASH_TEXT(&hash));
}

/* --- the question ------------------------------------------------------------------------- */

bool consent_ask(const struct call *call, const char *question, const char *refused,
		 struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct buf answer;
	struct str said;
	bool yes;

	if (call_flag(call, "yes"))
		return true;
	buf_init(&answer, 64);
	yes = terminal_ask(question, &answer, &inside) ||
	      fail(why, inside.kind, "%s%s", inside.says,
		   inside.kind == USAGE ? "; --yes is for scripts" : "");
	said = str_trim(buf_str(&answer));
	if (yes && !str_equal_nocase(said, STR("y")) && !str_equal_nocase(said, STR("yes")))
		yes = fail(why, DENIED, "%s", refused);
	buf_release(&answer);
	return yes;
}

bool consent_to_sign(const struct call *call, const struct secret_key *key, struct fault *why)
{
	struct str question = arena_printf(call->arena, "Sign this text with key %s? [y/N] ",
					   KEY_ID_TEXT(&key->public.id));

	return consent_ask(call, question.at, "nothing was signed", why);
}

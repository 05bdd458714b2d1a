#include <communique/terminal.h>

#include "consent.h"

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

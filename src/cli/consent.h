/*
 * consent - "are you sure?", on a terminal; --yes is for scripts.
 */
#ifndef CLI_CONSENT_H
#define CLI_CONSENT_H

#include <communique/command.h>

/* DENIED, with what was not done, unless the answer is yes; USAGE without a terminal. */
bool consent_ask(const struct call *call, const char *question, const char *refused,
		 struct fault *why);

#endif

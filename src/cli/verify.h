/*
 * verify - what the forms of the command share.
 */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <communique/command.h>

#include "judge.h"

/* False: it is no bundle, which is said. */
bool verify_judge_bundle(struct verdict *verdict, struct str bundle, const struct trust *trust,
			 struct finding *found);

/* False: the site cannot be read. */
bool verify_address(const struct call *call, struct verdict *verdict, const struct trust *trust,
		    struct fault *why);
/* Holds the checkpoint that was found against the log of a site, now. */
bool verify_against(struct arena *arena, struct verdict *verdict, struct str site,
		    struct finding *found, struct fault *why);

#endif

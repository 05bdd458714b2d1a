/*
 * publish - uploads a release as a draft and signs it, and says what became of it.
 */
#ifndef CLI_PUBLISH_H
#define CLI_PUBLISH_H

#include <communique/release.h>

#include "desk_client.h"

/* Heeds the call's --replace and --json. */
bool publish_submit(const struct call *call, struct desk *desk, const struct release *release,
		    struct fault *why);

#endif

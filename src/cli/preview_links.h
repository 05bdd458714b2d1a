/*
 * preview_links - the part of `communique preview` that asks the desk.
 */
#ifndef CLI_PREVIEW_LINKS_H
#define CLI_PREVIEW_LINKS_H

#include <communique/command.h>

bool preview_links_wanted(const struct call *call);
bool preview_links_run(const struct call *call, struct fault *why);

#endif

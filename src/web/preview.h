/*
 * preview - what lies below /preview/ on the desk's socket, where nothing is signed.
 */
#ifndef COMMUNIQUE_WEB_PREVIEW_H
#define COMMUNIQUE_WEB_PREVIEW_H

#include "route.h"

#define PREVIEW_ROOT "/preview/"

bool preview_answer(struct visit *visit, struct fault *why);

#endif

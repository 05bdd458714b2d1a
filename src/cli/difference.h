/*
 * difference - what changed, for an editor to read: words marked in colour on a terminal,
 * lines with + and - everywhere else.
 */
#ifndef CLI_DIFFERENCE_H
#define CLI_DIFFERENCE_H

#include <stdio.h>

#include <communique/release.h>

void difference_print(struct arena *arena, const struct release *before,
		      const struct release *after, FILE *to);

#endif

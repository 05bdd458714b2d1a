/*
 * variables - an input as CGI variables: `NAME=value` with a NUL behind each.
 */
#ifndef COMMUNIQUE_TESTS_FUZZ_VARIABLES_H
#define COMMUNIQUE_TESTS_FUZZ_VARIABLES_H

#include "fuzz/fuzz.h"

#include "../../../src/web/request.h"

struct variables {
	struct str rest;
};

static bool variables_next(void *ctx, struct str *name, struct str *value)
{
	struct variables *variables = ctx;
	struct str line;

	if (!str_given(variables->rest))
		return false;
	line = str_cut(&variables->rest, '\0');
	*name = str_cut(&line, '=');
	*value = str_given(line) ? line : STR("");
	return true;
}

#endif

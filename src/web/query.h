/*
 * query - the parameters of an address, in the one spelling that they have.
 *
 * A route names its parameters in the order in which they stand: "kind topic page". A query
 * is right when it has these and no others, each once and in that order, none of them empty,
 * each value in normal form C and escaped as a browser's form escapes it
 * (application/x-www-form-urlencoded, so that a form leads to right addresses: letters, digits
 * and *-._ stand as they are, a space is +, all else %NN in capitals). Every other spelling has
 * one right one, to which readers are sent: what nobody knows is left out, of a name that stands
 * twice the first counts, an empty value is none. So a page has one address, and nobody can
 * fill a cache with spellings of it.
 *
 * What a value means is the handler's affair, and that it has one spelling there, too: "02" is
 * no number (str_to_u64).
 */
#ifndef COMMUNIQUE_WEB_QUERY_H
#define COMMUNIQUE_WEB_QUERY_H

#include <communique/arena.h>

#define PARAMETERS_MAX 8

/* values[i]: what the i-th of `names` is, decoded; STR_NONE: not there. INVALID. */
bool query_read(struct str query, const char *names, struct arena *arena,
		struct str values[PARAMETERS_MAX], struct fault *why);
/* The right spelling, with its "?"; nothing when no value is given. */
void query_write(const char *names, const struct str values[PARAMETERS_MAX], struct buf *out);
/* Its place in the route's names; it must be there. */
size_t query_place(const char *names, const char *name);

#endif

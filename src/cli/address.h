/*
 * address - where a server is, as a person writes it and as it is signed.
 */
#ifndef CLI_ADDRESS_H
#define CLI_ADDRESS_H

#include <communique/arena.h>

/* Splits an address into "https://press.example" and the target behind it, "/" when there
 * is none. USAGE. */
bool address_split(struct arena *arena, struct str address, const char **server, struct str *target,
		   struct fault *why);

/* The normal form of RFC 9421, section 2.2.3: lower case, no default port. */
struct str address_authority(struct arena *arena, struct str authority, bool tls);

/* Whether this is the very machine: there, and only there, plain http will do. */
bool address_is_local(struct str authority);

#endif

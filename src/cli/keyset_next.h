/*
 * keyset_next - the key set that may follow another one.
 *
 * --editor NAME:ROLES:FILE.pub adds a key, --revoke KEYID:lost|left|compromised:INDEX
 * takes one out of use, --log VKEY and --witness VKEY name the log's key and a witness's,
 * --no-witnesses leaves out those there were, --quorum-root, --quorum-publish, --quorum-withdraw
 * and --days change the rest. Version, previous hash and dates follow by themselves.
 */
#ifndef CLI_KEYSET_NEXT_H
#define CLI_KEYSET_NEXT_H

#include <communique/command.h>
#include <communique/keyset.h>

/* A set for which keyset_follows(it, now) holds. */
bool keyset_next(const struct call *call, const struct keyset *now, struct keyset **out,
		 struct fault *why);

#endif

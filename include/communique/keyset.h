/*
 * keyset - who may sign for a site, and how many must.
 *
 *	communique keys v1
 *	site press.example
 *	version 2
 *	previous <sha256 of version 1 | ->
 *	issued 2026-11-23T09:00:00Z
 *	expires 2027-11-23T09:00:00Z
 *	quorum root 2
 *	quorum publish 2
 *	quorum withdraw 1
 *	log press.example/log+ded53e7e+AUjg…
 *	witness <vkey>						0 to 16
 *	key RW… <holder> author,approver			at least one
 *	revoked RW… <holder> <roles> lost|left|compromised <first bad log index>
 *
 * In this order, single spaces, one LF a line, at most 64 KiB. The file is signed
 * with minisign by its roots; SHA-256 of version 1 is the trust anchor that an
 * institution prints on paper. Refuse, never repair.
 *
 * Quorums count holders, never keys: two keys of one person are one voice.
 * The log's name is the site's and "/log" (its checkpoints' origin); quorums go up
 * to 64. See vkey.h.
 */
#ifndef COMMUNIQUE_KEYSET_H
#define COMMUNIQUE_KEYSET_H

#include <communique/arena.h>
#include <communique/minisign.h>

enum role {
	ROLE_ROOT = 1,	   /* signs key sets */
	ROLE_AUTHOR = 2,   /* writes */
	ROLE_APPROVER = 4, /* the second pair of eyes */
};

enum key_state { KEY_GOOD, KEY_LOST, KEY_LEFT, KEY_COMPROMISED };

struct keyset_key {
	struct public_key key;
	struct str holder;
	unsigned roles; /* of enum role */
	enum key_state state;
	uint64_t bad_from; /* the first log index it no longer counts for; KEY_GOOD: 0 */
};

struct keyset {
	struct str text; /* the whole file */
	struct hash hash;
	struct str site;
	uint32_t version; /* from 1 */
	bool has_previous;
	struct hash previous;
	int64_t issued, expires;
	unsigned quorum_root, quorum_publish, quorum_withdraw;
	struct str log; /* a vkey, C2SP signed-note */
	struct str witnesses[16];
	size_t witness_count;
	struct keyset_key *keys;
	size_t key_count;
};

/* Texts point into `text`. KEYS_MALFORMED with the line. Also refused: a key id or
 * a public key that stands twice, roots that cannot reach their quorum, publish or
 * withdraw quorums that cannot be reached. */
bool keyset_parse(struct arena *arena, struct str text, struct keyset **out, struct fault *why);
void keyset_format(const struct keyset *keyset, struct buf *out); /* ignores text and hash */

const struct keyset_key *keyset_find(const struct keyset *keyset, const struct key_id *id);
bool role_parse(struct str words, unsigned *roles, struct fault *why); /* "author,approver" */
void role_format(unsigned roles, struct buf *out);

/* May `next` follow `now`? Same site, version plus one, previous the hash of now, no key
 * gone or in another holder's name, no revoked line changed. `now` NULL: next must be
 * version 1. KEYS_MALFORMED. */
bool keyset_follows(const struct keyset *next, const struct keyset *now, struct fault *why);

/* Counting. Give each signer once or more; the same holder counts once. */
struct quorum {
	const struct keyset *keyset;
	enum quorum_of { QUORUM_ROOT, QUORUM_PUBLISH, QUORUM_WITHDRAW } of;
	struct str holders[64];
	size_t have, need;
	bool approver; /* one of them is an approver */
};

void quorum_begin(struct quorum *quorum, const struct keyset *keyset, enum quorum_of of);
/* False when this key does not count (unknown, revoked, wrong role). */
bool quorum_add(struct quorum *quorum, const struct key_id *id);
/* have >= need and, for publishing from a quorum of 2 on, an approver among them. */
bool quorum_reached(const struct quorum *quorum);

#endif

/*
 * memory - what a monitor remembers of a site between two rounds, in one text file.
 *
 *	communique monitor v1
 *	site https://press.example
 *	time <of the last leaf>
 *	keys <version> <sha256>						each key set
 *	release <id> <revision> <sha256> <index> <time> <killed> <edition | ->
 *	kill <id> <revision>						the last one that is one
 *	unread <index> <key set> <time> <base64 of the leaf>		its file was not held
 *									against it yet; what
 *									was known at its place
 *	node <level> <hash>						the log's frontier
 *	checkpoint <size>
 *	(the checkpoint, to the end)
 *
 * A leaf whose file could not be had (a release in none of the lists; one that was killed) stays
 * as it is, with its signatures: that they are over the file is seen when the file is.
 *
 * Written anew after each round, all or nothing. It holds nothing secret; whoever can change
 * it can make the monitor blind, so it belongs on the watcher's own machine.
 */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <communique/chronicle.h>
#include <communique/frontier.h>

struct unread {
	uint64_t index;
	struct leaf_place place;
	struct str leaf;
};

struct memory {
	struct arena arena;
	struct str site;
	struct frontier frontier;
	struct str checkpoint; /* STR_NONE: nothing was seen yet */
	struct hash *keysets;  /* version n at n - 1 */
	size_t keyset_count;
	struct chronicle log;
	struct str *editions; /* of the chronicle's releases; STR_NONE: not known */
	size_t room;
	struct unread *unread; /* in the log's order */
	size_t unread_count, unread_room;
};

void memory_init(struct memory *memory);
void memory_free(struct memory *memory);

/* A file that is not there is an empty memory. BROKEN; INVALID: damaged, or of another site.
 * The key sets are only known by their hashes then. */
bool memory_load(struct memory *memory, const char *path, struct str site, struct fault *why);
bool memory_save(const struct memory *memory, const char *path, struct fault *why);

/* Remembers what a release is called. */
void memory_name(struct memory *memory, struct str id, struct str edition);
struct str memory_edition(const struct memory *memory, struct str id); /* STR_NONE */
/* Of the log's release number n. */
struct str memory_edition_at(const struct memory *memory, size_t n);
/* The leaf's text is borrowed. */
void memory_add_unread(struct memory *memory, uint64_t index, struct leaf_place place,
		       struct str leaf);
void memory_add_keyset(struct memory *memory, const struct hash *hash);

#endif

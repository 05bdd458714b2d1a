/*
 * outbox - who is told of a publication, and whether they were.
 *
 * A notice is written in the transaction of its publication, so none is lost; it
 * is sent after the lift, never before, and again with growing pauses until everyone has
 * taken it: at least once, sometimes twice. Its number is the journal's, so that whoever gets
 * it can tell a repetition.
 *
 * The sending itself is not done here (operator/sender.c): the newsroom knows no network.
 */
#ifndef COMMUNIQUE_OUTBOX_H
#define COMMUNIQUE_OUTBOX_H

#include <communique/newsroom.h>

enum channel { CHANNEL_WEBSUB, CHANNEL_WEBHOOK };
#define CHANNEL_COUNT (CHANNEL_WEBHOOK + 1)

enum notice_state { NOTICE_WAITING, NOTICE_SENT, NOTICE_FAILED };
const char *notice_state_word(enum notice_state state);

struct notice {
	uint64_t number;
	enum notice_state state;
	unsigned taken; /* by which channels: 1 << enum channel */
	uint32_t tries;
	int64_t public_at, next_at; /* not before; when to try (again) */
	uint32_t revision;
	enum change change;
	struct hash hash;
	struct edition edition;
	struct str problem; /* of the last try */
};

/* The first notice whose time has come; texts are the arena's. *found false: there is none. */
bool newsroom_next_notice(struct newsroom *newsroom, int64_t now, struct arena *arena,
			  struct notice *out, bool *found, struct fault *why);
/* What became of a try: `taken` by these channels (all that are to be told: `wanted`), or why
 * not. Later tries come after 10 s, 20 s, 40 s … at most an hour; after OUTBOX_TRIES_MAX it
 * has failed for good. Forgets what was settled more than OUTBOX_DAYS ago. */
bool newsroom_tried_notice(struct newsroom *newsroom, uint64_t number, unsigned taken,
			   unsigned wanted, struct str problem, int64_t now, struct fault *why);

typedef bool notice_visitor(void *ctx, const struct notice *notice, struct fault *why);
bool newsroom_visit_outbox(struct newsroom *newsroom, uint64_t after, size_t most,
			   notice_visitor *visit, void *ctx, struct fault *why);

#endif

/*
 * answer - the desk's JSON, read into plain structs.
 *
 * A later desk may say more and say it a little differently: unknown members are
 * passed over, missing ones are empty, a time may be a number or a text. What is not
 * JSON at all is a fault. Nothing here trusts the texts: print them with
 * terminal_print(). All memory is the arena's.
 */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include <communique/arena.h>
#include <communique/hash.h>

/* RFC 9457. */
struct problem {
	struct str code, title, detail;
	struct str request; /* its name in the server's log */
	unsigned line;	    /* 0: none */
};

/* False when the body is no problem document. */
bool answer_problem(struct arena *arena, struct str body, struct problem *out);

struct draft_signer {
	struct str key_id, holder;
};

struct draft_state {
	struct str state; /* waiting, scheduled, public */
	struct str language, slug, title, hash, address;
	struct str saved_at, saved_by, public_at;
	uint64_t revision, have, need;
	bool approver_missing;
	struct draft_signer *signers;
	size_t signer_count;
};

bool answer_draft(struct arena *arena, struct str body, struct draft_state *out, struct fault *why);
bool answer_drafts(struct arena *arena, struct str body, struct draft_state **out, size_t *count,
		   struct fault *why);

struct keyset_state {
	uint64_t version;
	struct str hash, text;
	bool in_force, superseded;
	uint64_t have, need, have_now, need_now;
};

bool answer_keyset(struct arena *arena, struct str body, struct keyset_state *out,
		   struct fault *why);
bool answer_keysets(struct arena *arena, struct str body, struct keyset_state **out, size_t *count,
		    struct fault *why);

struct preview_link {
	struct str address, name, expires, holder;
};

bool answer_preview(struct arena *arena, struct str body, struct preview_link *out,
		    struct fault *why);
bool answer_previews(struct arena *arena, struct str body, struct preview_link **out, size_t *count,
		     struct fault *why);

/* What a release's JSON twin says of itself. INVALID when it does not. */
struct public_release {
	struct hash hash;
	uint64_t revision;
	int64_t public_at;
};

bool answer_release(struct arena *arena, struct str body, struct public_release *out,
		    struct fault *why);

#endif

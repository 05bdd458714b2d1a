/*
 * How the log goes on after its state file was lost. What the file said is what the world knows:
 * so somebody else's checkpoint takes its place, once.
 */
#include <communique/vkey.h>

#include "ledger.h"

static bool check_known(struct store_txn *txn, const struct checkpoint *known,
			const struct log_head *head, struct fault *why)
{
	struct merkle_source source = logbook_source(txn);
	struct hash root;

	if (known->size > head->size)
		return fail(why, LOG_STOPPED,
			    "that checkpoint is of %llu, and the store's last is of %llu: this is "
			    "an older store (communiqued(8), STOPPED LOG)",
			    (unsigned long long)known->size, (unsigned long long)head->size);
	if (!merkle_root(&source, known->size, &root, why))
		return false;
	return hash_equal(&root, &known->root) ||
	       fail(why, LOG_STOPPED,
		    "the store's log differs from that checkpoint at %llu: it has another past "
		    "(communiqued(8), STOPPED LOG)",
		    (unsigned long long)known->size);
}

static bool find_place(struct store_txn *txn, struct str file, struct arena *arena,
		       struct log_place *out, struct fault *why)
{
	struct checkpoint known;
	struct log_head head;
	struct vkey vkey;

	if (!checkpoint_parse(file, &known, why) || !log_key_named(txn, arena, &vkey, why) ||
	    !checkpoint_verify(&known, &vkey, why))
		return false;
	if (!reading_log(txn, &head))
		return store_check(txn, why) && fail(why, NOT_FOUND, "nothing is signed yet");
	*out = (struct log_place){ head.size, head.root };
	return check_known(txn, &known, &head, why);
}

bool logbook_resume(const struct newsroom *room, struct str known, struct fault *why)
{
	const char *path = logbook_state(room->logbook);
	struct str origin = logbook_origin(room->logbook);
	struct logstate state = { .has_next = false };
	struct store_txn *txn = NULL;
	struct arena arena;
	bool ok, there;

	if (!logstate_read(path, origin, &state, &there, why))
		return false;
	if (there)
		return fail(why, CONFLICT, "%s is there already", path);
	if (!store_read_begin(room->store, &txn, why))
		return false;
	arena_init(&arena);
	ok = find_place(txn, known, &arena, &state.at, why);
	arena_release(&arena);
	store_read_end(&txn);
	return ok && logstate_write(path, origin, &state, why);
}

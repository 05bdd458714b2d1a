/* What witnesses answer joins the checkpoint in force. */
#include "ledger.h"

struct cosigning {
	const struct newsroom *room;
	struct str answer;
	size_t added;
	struct arena arena;
};

/* The witness's newest line, from the answer or else from what is there. */
static void add_witness(struct cosigning *to, const struct checkpoint *checkpoint,
			const struct vkey *witness, struct buf *out)
{
	struct note *lines = arena_new(&to->arena, struct note);
	struct str line = STR_NONE;
	int64_t when = 0, before = 0;

	if (witness_answer(to->answer, checkpoint, witness, &line, &when, NULL)) {
		to->added++;
		if (note_verify(&checkpoint->note, checkpoint->note.text, witness, &before, NULL) &&
		    before > when)
			line = STR_NONE;
	}
	if (str_given(line)) {
		buf_add(out, line);
		return;
	}
	*lines = checkpoint->note;
	for (size_t i = 0; i < lines->count; i++) {
		if (lines->signatures[i].hash == witness->hash &&
		    str_equal(lines->signatures[i].name, witness->name))
			buf_add(out, lines->signatures[i].line);
	}
}

/* The log's own lines first, then one of each witness, in the order of the key set. */
static bool join(struct cosigning *to, const struct keyset *keyset,
		 const struct checkpoint *checkpoint, struct buf *out, struct fault *why)
{
	struct vkey log, witness;

	buf_add(out, checkpoint->note.text);
	buf_add_char(out, '\n');
	if (!vkey_parse(keyset->log, &log, why))
		return false;
	for (size_t i = 0; i < checkpoint->note.count; i++) {
		if (checkpoint->note.signatures[i].hash == log.hash)
			buf_add(out, checkpoint->note.signatures[i].line);
	}
	for (size_t i = 0; i < keyset->witness_count; i++) {
		if (vkey_parse(keyset->witnesses[i], &witness, NULL))
			add_witness(to, checkpoint, &witness, out);
	}
	return buf_check(out, why);
}

static bool cosign(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct cosigning *to = ctx;
	struct checkpoint *checkpoint = arena_new(&to->arena, struct checkpoint);
	struct keyset *keyset;
	struct log_head head;
	struct buf joined;
	bool ok;

	to->added = 0;
	if (!keyset_in_force(txn, &to->arena, &keyset, why))
		return false;
	if (!keyset || !reading_log(txn, &head))
		return store_check(txn, why) && fail(why, NOT_FOUND, "there is no checkpoint yet");
	if (!checkpoint_parse(arena_copy(&to->arena, head.checkpoint), checkpoint, why))
		return false;
	buf_init(&joined, NOTE_MAX);
	ok = join(to, keyset, checkpoint, &joined, why);
	if (ok && to->added)
		log_head_put(txn, head.size, head.signed_at, buf_str(&joined));
	buf_release(&joined);
	return ok && (to->added > 0 ||
		      fail(why, NOT_FOUND,
			   "no witness of the key set has signed the checkpoint in force"));
}

bool logbook_cosign(const struct newsroom *room, struct str answer, size_t *added,
		    struct fault *why)
{
	struct cosigning cosigning = { .room = room, .answer = answer };
	bool ok;

	arena_init(&cosigning.arena);
	ok = store_write(room->store, cosign, &cosigning, why);
	*added = cosigning.added;
	arena_release(&cosigning.arena);
	return ok;
}

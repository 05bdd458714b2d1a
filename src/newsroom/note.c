/*
 * note - a draft is sent back with a word to its author. It stands in the draft's row and goes
 * with it; nobody but editors ever sees it.
 */
#include <communique/utf8.h>

#include "desk.h"

struct noting {
	struct act act; /* its moment is the one inside the transaction */
	const struct draft_note *note;
	struct arena *arena;
	struct draft *out;
};

static bool check_text(struct str text, struct fault *why)
{
	if (utf8_valid_length(text) < text.len)
		return fail(why, INVALID, "the note is no UTF-8");
	if (utf8_count(text) > DRAFT_NOTE_MAX)
		return fail(why, INVALID, "a note has at most %d characters", DRAFT_NOTE_MAX);
	while (text.len > 0) {
		uint32_t code = utf8_next(&text);

		if (code != '\n' && !utf8_is_visible(code))
			return fail(why, INVALID, "a note has no control characters");
	}
	return true;
}

static bool check_match(const struct draft_note *note, const struct hash *there, struct fault *why)
{
	if (!note->if_match_given)
		return fail(why, PRECONDITION_REQUIRED, "send If-Match: \"%s\"", HASH_TEXT(there));
	return hash_equal(there, &note->if_match) ||
	       fail(why, PRECONDITION_FAILED, "the draft there now has the hash %s",
		    HASH_TEXT(there));
}

static void put_note(struct store_txn *txn, const struct noting *noting, struct draft_row *row)
{
	struct store_key key = key_edition(noting->note->edition);
	struct buf packed;

	row->note = noting->note->text;
	row->noted_by = noting->note->text.len ? noting->act.holder : STR("");
	row->noted_at = noting->note->text.len ? noting->act.now : 0;
	buf_init(&packed, RECORD_MAX);
	pack_draft(&packed, row);
	must(!packed.full);
	store_put(txn, TABLE_DRAFTS, &key, buf_str(&packed));
	buf_release(&packed);
}

static bool note_work(struct store_txn *txn, void *ctx, struct fault *why)
{
	struct noting *noting = ctx;
	struct store_key key = key_edition(noting->note->edition);
	struct draft_row row;
	struct str packed;

	if (!act_begin(txn, &noting->act, why))
		return false;
	if (!store_get(txn, TABLE_DRAFTS, &key, &packed))
		return store_check(txn, why) &&
		       fail(why, NOT_FOUND, "there is no draft of %s in %s",
			    QUOTE(noting->note->edition.slug),
			    QUOTE(noting->note->edition.language));
	/* The first write moves what the map holds: the row is copied before. */
	if (!unpack_draft(arena_copy(noting->arena, packed), &row, why) ||
	    !check_match(noting->note, &row.hash, why))
		return false;
	put_note(txn, noting, &row);
	act_done(txn, &noting->act);
	return draft_tell(txn, noting->note->edition, noting->act.now, noting->arena, noting->out,
			  why);
}

bool newsroom_note_draft(struct newsroom *newsroom, const struct act *act,
			 const struct draft_note *note, struct arena *arena, struct draft *out,
			 struct fault *why)
{
	struct noting noting = { .act = *act, .note = note, .arena = arena, .out = out };

	return check_text(note->text, why) && store_write(newsroom->store, note_work, &noting, why);
}

#include "desk.h"

static bool read_bytes(struct store_txn *txn, const struct hash *hash, struct buf *file,
		       struct fault *why)
{
	struct str bytes;

	if (!reading_file(txn, hash, &bytes))
		return store_check(txn, why) &&
		       fail(why, BROKEN, "the bytes of a revision are missing");
	buf_add(file, bytes);
	return buf_check(file, why);
}

bool newsroom_read_revision(struct newsroom *newsroom, struct edition edition, uint32_t number,
			    struct hash *hash, struct buf *file, struct fault *why)
{
	struct store_txn *txn = NULL;
	struct revision revision;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	if (reading_revision(txn, edition.language, edition.slug, number, INT64_MAX, &revision)) {
		*hash = revision.hash;
		ok = read_bytes(txn, hash, file, why);
	} else {
		ok = store_check(txn, why) &&
		     fail(why, NOT_FOUND, "there is no revision %u of %s in %s", number,
			  QUOTE(edition.slug), QUOTE(edition.language));
	}
	store_read_end(&txn);
	return ok;
}

/* The log's key: the one that the key set in force names, in its file or the next one beside it. */
#include "ledger.h"

static bool read_key(const char *path, struct secret_key *out, struct fault *why)
{
	struct secret file = { NULL, 0 };
	bool ok = secret_read_file(&file, path, KEY_FILE_MAX, why) &&
		  secret_key_parse((struct str){ (const char *)file.at, file.len }, NULL, out, why);

	secret_free(&file);
	return ok;
}

static bool is_key_of(const struct secret_key *key, const struct vkey *vkey)
{
	return memcmp(key->public.key, vkey->key, sizeof vkey->key) == 0;
}

/* The one whose public half is the vkey's: the key's file, or the one that is to be the next. Read
 * when it is needed, so that the next one may be laid there while the desk runs. */
bool log_key_find(const char *path, const struct vkey *vkey, struct secret_key *out,
		  struct fault *why)
{
	struct fault first, second;
	struct buf next;
	bool ok;

	if (read_key(path, out, &first)) {
		if (is_key_of(out, vkey))
			return true;
		secret_key_free(out);
		fail(&first, LOG_STOPPED, "it is another one");
	}
	buf_init(&next, 4096);
	buf_addf(&next, "%s.next", path);
	buf_add_char(&next, '\0');
	ok = buf_check(&next, &second) && read_key(next.at, out, &second);
	buf_release(&next);
	if (ok && is_key_of(out, vkey))
		return true;
	if (ok)
		secret_key_free(out);
	return fail(why, LOG_STOPPED,
		    "the log key that the key set names is neither %s (%s) nor that file with "
		    ".next (%s)",
		    path, first.says, ok ? "it is another one" : second.says);
}

bool log_key_named(struct store_txn *txn, struct arena *arena, struct vkey *out, struct fault *why)
{
	struct keyset *keyset;

	if (!keyset_in_force(txn, arena, &keyset, why))
		return false;
	if (!keyset)
		return fail(why, LOG_STOPPED, "no key set is in force yet");
	return vkey_parse(keyset->log, out, why);
}

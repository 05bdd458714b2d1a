/*
 * A copy of the whole store while it is written to. LMDB takes it within a read transaction of
 * its own: what is committed later is not in it, and no page of it is used again meanwhile.
 *
 * Not compacted, although that would save a little: a compacted copy begins to count its
 * transactions anew, and the public log takes a store with a lower count for an older one
 * (logbook.h).
 */
#include "environment.h"

bool store_copy(struct store *store, int fd, struct fault *why)
{
	int code;

	must(store->generation == process_generation());
	must(!thread_reads(store));
	for (;;) {
		uint64_t mapped;

		if (!map_enter(store, why))
			return false;
		mapped = store->mapped;
		code = mdb_env_copyfd2(store->env, fd, 0);
		map_leave(store);
		if (code != MDB_MAP_RESIZED)
			break;
		/* The writer has grown it. LMDB found that before its first byte. */
		if (!map_adopt(store, mapped, why))
			return false;
	}
	return code == 0 || explain(store, code, "copy", why);
}

#include <sys/statvfs.h>

#include "environment.h"

static int count_reader(const char *line, void *ctx)
{
	unsigned *count = ctx;

	/* LMDB writes a heading and then a line for each slot that is taken. */
	*count += is_digit(line[strspn(line, " ")]);
	return 0;
}

static void read_environment(struct store *store, struct store_usage *out)
{
	MDB_envinfo now;
	MDB_stat pages;

	must(mdb_env_info(store->env, &now) == 0 && mdb_env_stat(store->env, &pages) == 0);
	out->used = (uint64_t)(now.me_last_pgno + 1) * pages.ms_psize;
	out->map_size = now.me_mapsize;
	out->reader_slots = now.me_maxreaders;
	mdb_reader_list(store->env, count_reader, &out->readers);
}

bool store_usage(struct store *store, struct store_usage *out, struct fault *why)
{
	struct statvfs disk;

	*out = (struct store_usage){ .used = 0 };
	must(store->generation == process_generation());
	if (!map_enter(store, why))
		return false;
	read_environment(store, out);
	map_leave(store);
	if (statvfs(store->dir, &disk) != 0)
		return fail_errno(why, "cannot look at the disk of %s", store->dir);
	out->disk_free = (uint64_t)disk.f_bavail * disk.f_frsize;
	return true;
}

/*
 * The files of revisions, held against their leaves.
 *
 * A leaf tells no content, so its signatures may be anybody's over anything: somebody with the
 * log's key can copy them from a release that was signed. Only the file shows what they are
 * worth. A leaf stays marked until its file was had, be it rounds later; and a file that is
 * kept back is an alarm, unless a kill took it.
 */
#include <communique/terminal.h>

#include "leaf_fits.h"
#include "watch_parts.h"

enum holding { HELD, WAITS, WRONG };

static bool fits(struct watch *watch, const struct leaf *leaf, const struct leaf_place *place,
		 struct fault *inside)
{
	struct str file = buf_str(&watch->body);
	struct release *release;
	struct arena arena;
	bool ok;

	arena_init(&arena);
	ok = chronicle_hold(&watch->memory.log, leaf, place, file, inside) &&
	     release_parse(&arena, file, &release, inside) &&
	     leaf_fits(leaf, release, &watch->memory.log.keys, inside);
	arena_release(&arena);
	return ok;
}

static enum holding hold_file(struct watch *watch, const struct leaf *leaf,
			      const struct unread *unread, bool alarm)
{
	struct fault inside = { .kind = NO_FAULT };

	if (fits(watch, leaf, &unread->place, &inside))
		return HELD;
	if (alarm)
		report_add(
			watch->report, REPORT_ALARM, "leaf-breaks-rules",
			"leaf %llu, %.*s: %s. It should not be in the log as it is; ask the office",
			(unsigned long long)unread->index, STR_ARG(watch_name(watch, leaf)),
			inside.says);
	return WRONG;
}

/* A kill takes its own file, too, and all before it; these can never be had. */
static enum holding miss_file(struct watch *watch, const struct leaf *leaf, unsigned status,
			      bool alarm)
{
	const struct chronicle_release *logged = chronicle_find(&watch->memory.log, leaf->id);
	struct str name = watch_name(watch, leaf);

	if (status == 410 && logged && leaf->revision <= logged->kill)
		return WAITS;
	if (alarm && status == 410)
		report_add(watch->report, REPORT_ALARM, "removed",
			   "%.*s was removed from the site, and the log knows of no kill behind "
			   "it: nobody can see what was signed, if anything was",
			   STR_ARG(name));
	else if (alarm)
		report_add(watch->report, REPORT_ALARM, "not-served",
			   "%.*s is in the log and not at its address (%u): the site keeps it back",
			   STR_ARG(name), status);
	return WRONG;
}

/* One in none of the lists has no address yet. */
static bool try_file(struct watch *watch, const struct unread *unread, bool alarm,
		     enum holding *out, struct fault *why)
{
	struct leaf leaf;
	struct str edition, target;
	unsigned status;

	*out = WAITS;
	must(leaf_parse(unread->leaf, &leaf, NULL));
	edition = memory_edition(&watch->memory, leaf.id);
	if (!str_given(edition))
		return true;
	target = watch_address(watch, edition, "");
	target =
		arena_printf(&watch->report->arena, "%.*s/r%u.txt", STR_ARG(target), leaf.revision);
	if (!watch_get(watch, target, &status, why))
		return false;
	*out = status == 200 ? hold_file(watch, &leaf, unread, alarm)
			     : miss_file(watch, &leaf, status, alarm);
	return true;
}

bool watch_hold_files(struct watch *watch, bool alarm, size_t *wrong, struct fault *why)
{
	struct memory *memory = &watch->memory;
	size_t left = 0, count = memory->unread_count;
	enum holding holding;

	*wrong = 0;
	for (size_t i = 0; i < count; i++) {
		terminal_progress("reading files", i, count);
		if (!try_file(watch, &memory->unread[i], alarm, &holding, why))
			return false;
		*wrong += holding == WRONG;
		if (holding != HELD)
			memory->unread[left++] = memory->unread[i];
	}
	if (count)
		terminal_progress("reading files", 1, 1);
	memory->unread_count = left;
	return true;
}

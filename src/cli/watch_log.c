/*
 * The log: that it grew out of what was seen before, by all of its entries and by its tiles,
 * and that it is signed.
 */
#include <communique/file.h>
#include <communique/terminal.h>

#include "watch_parts.h"

/* Key sets that are looked at for the log's key, before there is any trust. */
#define NEXT_MAX 1000

/* The two checkpoints are the proof of a lie, so they are kept. */
static void keep_evidence(struct watch *watch, const struct checkpoint *now)
{
	const char *path = arena_printf(&watch->report->arena, "%s.evidence", watch->path).at;
	struct str note = now->note.text;
	struct buf text;

	buf_init(&text, (size_t)4 * NOTE_MAX);
	buf_addf(&text, "%.*s\n", STR_ARG(watch->memory.checkpoint));
	buf_add(&text, note);
	buf_add_char(&text, '\n');
	for (size_t i = 0; i < now->note.count; i++)
		buf_add(&text, now->note.signatures[i].line);
	if (file_write(path, buf_str(&text), 0644, NULL))
		report_add(watch->report, REPORT_NOTE, "evidence",
			   "both checkpoints are in %s: keep it", path);
	buf_release(&text);
}

struct growth {
	struct frontier frontier;
	struct str *entries; /* behind the last one that was seen */
	size_t count, room;  /* grows by what came, whatever size a checkpoint claims */
	bool tiles_differ;   /* one at the bottom has other hashes than the entries */
};

/* Others take their proofs from the tiles. */
static bool compare_tile(struct watch *watch, uint64_t number, uint64_t size, struct str bundle,
			 struct growth *growth, struct fault *why)
{
	struct tile tile = { .index = number, .width = tile_width(0, number, size) };
	struct str bytes, entry;

	if (!log_reader_tile(&watch->log, &tile, &bytes, why))
		return false;
	while (bytes.len >= HASH_SIZE && entries_next(&bundle, &entry)) {
		struct hash hash = merkle_leaf(entry);

		growth->tiles_differ =
			growth->tiles_differ || memcmp(hash.at, bytes.at, HASH_SIZE) != 0;
		bytes = str_skip(bytes, HASH_SIZE);
	}
	return true;
}

static void add_entry(struct arena *arena, struct growth *growth, struct str entry)
{
	if (growth->count == growth->room) {
		struct str *more;

		growth->room = growth->room ? 2 * growth->room : TILE_WIDTH;
		more = arena_array(arena, growth->room, sizeof *more);
		if (growth->count)
			memcpy(more, growth->entries, growth->count * sizeof *more);
		growth->entries = more;
	}
	growth->entries[growth->count++] = entry;
}

static bool take_bundle(struct watch *watch, uint64_t number, uint64_t size, struct growth *growth,
			struct fault *why)
{
	uint64_t index = number * TILE_WIDTH;
	struct str rest, entry;
	struct buf bundle;

	buf_init(&bundle, (size_t)TILE_WIDTH * (2 + LEAF_MAX));
	if (!log_reader_entries(&watch->log, number, size, &bundle, why)) {
		buf_release(&bundle);
		return false;
	}
	rest = arena_copy(&watch->report->arena, buf_str(&bundle));
	buf_release(&bundle);
	if (!compare_tile(watch, number, size, rest, growth, why))
		return false;
	while (entries_next(&rest, &entry)) {
		struct hash hash = merkle_leaf(entry);

		if (index++ < growth->frontier.size)
			continue;
		if (growth->frontier.size == size)
			break;
		add_entry(&watch->report->arena, growth, entry);
		frontier_add(&growth->frontier, &hash);
	}
	return true;
}

static bool read_growth(struct watch *watch, uint64_t size, struct growth *growth,
			struct fault *why)
{
	uint64_t first = watch->memory.frontier.size / TILE_WIDTH,
		 last = (size + TILE_WIDTH - 1) / TILE_WIDTH;

	*growth = (struct growth){ .frontier = watch->memory.frontier };
	for (uint64_t number = first; number < last; number++) {
		terminal_progress("reading the log", number - first, last - first);
		if (!take_bundle(watch, number, size, growth, why))
			return false;
	}
	terminal_progress("reading the log", 1, 1);
	return true;
}

static void alarm_inconsistent(struct watch *watch, const struct checkpoint *now)
{
	unsigned long long before = watch->memory.frontier.size, size = now->size;

	if (size < before)
		report_add(
			watch->report, REPORT_ALARM, "rolled-back",
			"the log was rolled back, from %llu leaves to %llu: what the office "
			"published is being taken away, or a backup was restored and published on",
			before, size);
	else if (size == before)
		report_add(
			watch->report, REPORT_ALARM, "split-view",
			"the log of %llu leaves is another one than was seen before: its history "
			"was rewritten, or different readers are shown different logs",
			before);
	else
		report_add(
			watch->report, REPORT_ALARM, "inconsistent",
			"the log of %llu leaves did not grow out of the one of %llu that was seen "
			"before: its history was rewritten",
			size, before);
	keep_evidence(watch, now);
}

/* Entries lead to the root, and so do the tiles that others take their proofs from. */
static bool check_growth(struct watch *watch, const struct checkpoint *now, struct growth *growth,
			 bool *ok, struct fault *why)
{
	struct hash before = frontier_root(&watch->memory.frontier), root;
	struct fault inside = { .kind = NO_FAULT };
	bool grew;

	*ok = false;
	if (now->size < watch->memory.frontier.size) {
		alarm_inconsistent(watch, now);
		return true;
	}
	grew = log_reader_grew(&watch->log, watch->memory.frontier.size, &before, now, &inside);
	if (!grew && watch_could_not(&inside)) {
		*why = inside;
		return false;
	}
	if (!read_growth(watch, now->size, growth, why))
		return false;
	root = frontier_root(&growth->frontier);
	*ok = growth->frontier.size == now->size && hash_equal(&root, &now->root);
	if (!*ok && grew)
		report_add(
			watch->report, REPORT_ALARM, "entries",
			"the log's entries do not lead to its root, while its tiles do: some leaf "
			"is shown other than it was signed");
	else if (!*ok)
		alarm_inconsistent(watch, now);
	else if (!grew || growth->tiles_differ)
		report_add(watch->report, REPORT_ALARM, "tiles",
			   "the log's tiles do not lead to its root, while its entries do: nobody "
			   "can make a proof from them");
	return true;
}

static bool is_signed(const struct checkpoint *now, const struct keyset *keyset,
		      struct fault *inside)
{
	struct vkey log;

	return vkey_parse(keyset->log, &log, inside) && checkpoint_verify(now, &log, inside);
}

static void alarm_unsigned(struct watch *watch, const struct fault *inside)
{
	report_add(watch->report, REPORT_ALARM, "checkpoint",
		   "the checkpoint is not signed with the log's key: %s. Somebody else answers for "
		   "the site, or its key set is not the one in force",
		   inside->kind == NO_FAULT ? "there is no key set" : inside->says);
}

/* The log may have changed its key in leaves that were not read yet: so by a key set that the
 * site shows. Until the leaves are read nobody has admitted that one; but what nobody signed at
 * all is not worth a single leaf. */
static bool check_signed(struct watch *watch, const struct checkpoint *now, bool *ok,
			 struct fault *why)
{
	const struct keychain *known = &watch->memory.log.keys;
	struct arena *arena = &watch->report->arena;
	struct fault inside = { .kind = NO_FAULT };
	struct keyset *next;
	struct str text;

	*ok = false;
	for (size_t i = known->count; i > 0 && !*ok; i--)
		*ok = is_signed(now, known->sets[i - 1], &inside);
	for (uint64_t version = known->count + 1; !*ok && version <= NEXT_MAX; version++) {
		if (!watch_read_keyset(watch, version, &text, why))
			return false;
		if (!str_given(text) || !keyset_parse(arena, arena_copy(arena, text), &next, NULL))
			break;
		*ok = is_signed(now, next, &inside);
	}
	if (!*ok)
		alarm_unsigned(watch, &inside);
	return true;
}

/* By the key of the key set that the log itself has last. */
static bool check_signature(struct watch *watch, const struct checkpoint *now)
{
	const struct keyset *last = keychain_last(&watch->memory.log.keys);
	struct fault inside = { .kind = NO_FAULT };

	if (last && is_signed(now, last, &inside))
		return true;
	alarm_unsigned(watch, &inside);
	return false;
}

static void tell_disputed(struct watch *watch, const struct leaf *leaf, uint64_t index)
{
	const struct keyset_key *by;

	if (keychain_disputes(&watch->memory.log.keys, leaf, index, &by))
		report_add(watch->report, REPORT_ALARM, "disputed",
			   "%.*s (index %llu) has no quorum without the key of %.*s, which is "
			   "compromised: it is disputed until the office says what holds",
			   STR_ARG(watch_name(watch, leaf)), (unsigned long long)index,
			   STR_ARG(by->holder));
}

/* The index from which leaves may be disputed that were not before: all that a key signed which
 * was revoked just now, and the new ones of any stolen key. UINT64_MAX: none. */
static uint64_t bad_from(const struct keychain *keys, size_t known, uint64_t first_new)
{
	const struct keyset *last = keychain_last(keys);
	const struct keyset *before = keychain_find(keys, (uint32_t)known);
	uint64_t from = UINT64_MAX;

	for (size_t i = 0; last && i < last->key_count; i++) {
		const struct keyset_key *key = &last->keys[i];
		const struct keyset_key *old = before ? keyset_find(before, &key->key.id) : NULL;
		uint64_t first = key->bad_from;

		if (old && old->state != KEY_GOOD && first < first_new)
			first = first_new;
		if (key->state == KEY_COMPROMISED && first < from)
			from = first;
	}
	return from;
}

static bool find_disputed(struct watch *watch, uint64_t from, uint64_t size, struct fault *why)
{
	struct growth growth = { .frontier.size = from };
	struct leaf *leaf = arena_new(&watch->report->arena, struct leaf);

	if (from >= size)
		return true;
	for (uint64_t number = from / TILE_WIDTH; number * TILE_WIDTH < size; number++) {
		if (!take_bundle(watch, number, size, &growth, why))
			return false;
	}
	for (size_t i = 0; i < growth.count; i++) {
		if (leaf_parse(growth.entries[i], leaf, NULL))
			tell_disputed(watch, leaf, from + i);
	}
	return true;
}

/* *found false: what answers is no checkpoint, which is said. */
static bool read_checkpoint(struct watch *watch, struct checkpoint *now, struct str *text,
			    bool *found, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	unsigned status;

	if (!watch_get(watch, STR("/log/checkpoint"), &status, why))
		return false;
	*text = arena_copy(&watch->memory.arena, buf_str(&watch->body));
	if (status != 200)
		fail(&inside, NOT_FOUND, "/log/checkpoint answers %u", status);
	*found = status == 200 && checkpoint_parse(*text, now, &inside);
	if (!*found)
		report_add(watch->report, REPORT_ALARM, "checkpoint",
			   "the log has no checkpoint that can be read: %s", inside.says);
	return true;
}

/* *ok: the log is one that may be remembered. */
bool watch_follow_log(struct watch *watch, bool *ok, struct fault *why)
{
	size_t known = watch->memory.keyset_count;
	uint64_t first_new = watch->memory.frontier.size;
	struct growth growth;
	struct checkpoint now;
	struct str text;

	if (!read_checkpoint(watch, &now, &text, ok, why))
		return false;
	if (*ok && !check_signed(watch, &now, ok, why))
		return false;
	if (*ok && !check_growth(watch, &now, &growth, ok, why))
		return false;
	if (!*ok)
		return true;
	for (size_t i = 0; i < growth.count; i++) {
		terminal_progress("reading leaves", i, growth.count);
		if (!watch_take_leaf(watch, growth.entries[i], ok, why))
			return false;
		if (!*ok)
			return true;
	}
	if (growth.count)
		terminal_progress("reading leaves", 1, 1);
	watch->memory.frontier = growth.frontier;
	watch->memory.checkpoint = text;
	*ok = check_signature(watch, &now);
	return !*ok || find_disputed(watch, bad_from(&watch->memory.log.keys, known, first_new),
				     now.size, why);
}

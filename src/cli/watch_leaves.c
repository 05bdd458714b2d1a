/* New leaves, and the key sets that they are judged by. */
#include <communique/clock.h>

#include "watch_parts.h"

#define AHEAD_SECONDS 120 /* by which a leaf may be ahead of our clock */

/* --- key sets --------------------------------------------------------------------- */

bool watch_read_keyset(struct watch *watch, uint64_t version, struct str *out, struct fault *why)
{
	struct str target =
		arena_printf(&watch->report->arena, "/keys/%llu", (unsigned long long)version);
	unsigned status;

	*out = STR_NONE;
	if (!watch_get(watch, target, &status, why))
		return false;
	if (status == 200)
		*out = buf_str(&watch->body);
	return true;
}

/* Those that were verified in earlier rounds; the log named them by these hashes. */
bool watch_recall_keysets(struct watch *watch, bool *ok, struct fault *why)
{
	struct memory *memory = &watch->memory;
	struct fault inside = { .kind = NO_FAULT };
	struct hash hash;
	struct str text;

	for (size_t i = memory->log.keys.count; i < memory->keyset_count; i++) {
		if (!watch_read_keyset(watch, i + 1, &text, why))
			return false;
		hash = hash_of(text);
		*ok = str_given(text) && hash_equal(&hash, &memory->keysets[i]) &&
		      keychain_add_known(&memory->log.keys, text, &inside);
		if (*ok)
			continue;
		report_add(watch->report, REPORT_ALARM, "keys-changed",
			   "key set %zu is not what it was: the log named it by the SHA-256 %s. "
			   "Somebody has put another one in its place; trust no new signature and "
			   "ask the office",
			   i + 1, HASH_TEXT(&memory->keysets[i]));
		return true;
	}
	return true;
}

static void tell_keys(struct watch *watch, const struct keyset *next, const struct keyset *before)
{
	for (size_t i = 0; i < next->key_count; i++) {
		const struct keyset_key *key = &next->keys[i];
		const struct keyset_key *old = before ? keyset_find(before, &key->key.id) : NULL;

		if (!old)
			report_add(watch->report, REPORT_NOTE, "key",
				   "key %s of %.*s is in key set %u for the first time",
				   KEY_ID_TEXT(&key->key.id), STR_ARG(key->holder), next->version);
		else if (old->state != key->state)
			report_add(watch->report, REPORT_NOTE, "key",
				   "key %s of %.*s is revoked in key set %u%s",
				   KEY_ID_TEXT(&key->key.id), STR_ARG(key->holder), next->version,
				   key->state == KEY_COMPROMISED ? ": it was compromised" : "");
	}
	if (before && !str_equal(next->log, before->log))
		report_add(watch->report, REPORT_NOTE, "key",
			   "the log is signed with another key from key set %u on", next->version);
}

void watch_check_anchor(struct watch *watch)
{
	const struct memory *memory = &watch->memory;

	if (!watch->anchor || memory->keyset_count == 0 ||
	    hash_equal(watch->anchor, &memory->keysets[0]))
		return;
	report_add(watch->report, REPORT_ALARM, "anchor",
		   "key set 1 has the SHA-256 %s, which is not the anchor: these are keys of "
		   "somebody else, or the log was begun anew",
		   HASH_TEXT(&memory->keysets[0]));
}

static void tell_keyset(struct watch *watch, const struct keyset *last)
{
	const struct hash *hash = &last->hash;

	if (watch->first && !watch->anchor && last->version == 1)
		report_add(watch->report, REPORT_NOTE, "anchor",
			   "key set 1 has the SHA-256 %s; compare it with the one that the office "
			   "prints, or give that with --anchor",
			   HASH_TEXT(hash));
	if (!watch->first)
		report_add(watch->report, REPORT_ALARM, "new-keys",
			   "key set %u is in force, sha256 %s. If the office did not announce it, "
			   "ask before trusting what is signed by its keys",
			   last->version, HASH_TEXT(hash));
	tell_keys(watch, last, keychain_find(&watch->memory.log.keys, last->version - 1));
}

/* One that cannot be had or is not admitted ends the round: by it all that follows would be
 * judged. Nothing is remembered, so that the next round asks again. */
static bool take_keyset(struct watch *watch, const struct hash *named)
{
	struct memory *memory = &watch->memory;

	if (memory->log.keys.count != memory->keyset_count + 1)
		return false;
	memory_add_keyset(memory, named);
	tell_keyset(watch, keychain_last(&memory->log.keys));
	return true;
}

/* --- new leaves ------------------------------------------------------------------- */

/* A leaf that keeps to the rules because it was held back: nobody can tell from outside whether its
 * signers signed before they were revoked, or their key set had expired. */
static void tell_held(struct watch *watch, const struct leaf *leaf, uint64_t index)
{
	const struct keychain *keys = &watch->memory.log.keys;
	struct fault inside;

	if (leaf->kind == LEAF_RELEASE &&
	    keychain_standing(keys, leaf, (uint32_t)keys->count, 0, &inside) == STANDS_NOT)
		report_add(watch->report, REPORT_NOTE, "held",
			   "leaf %llu, %.*s, holds only if it was signed before and held back: key "
			   "set %u names who had signed, key set %u was in force when it came",
			   (unsigned long long)index, STR_ARG(watch_name(watch, leaf)), leaf->keys,
			   (uint32_t)keys->count);
}

static void tell_leaf(struct watch *watch, const struct leaf *leaf, uint64_t index)
{
	if (!watch->first && leaf->kind == LEAF_RELEASE)
		report_add(watch->report, REPORT_NEWS, "leaf", "%.*s%s%.*s, index %llu",
			   STR_ARG(watch_name(watch, leaf)), leaf->change.len ? ", a " : "",
			   STR_ARG(leaf->change), (unsigned long long)index);
	if (leaf->time > clock_now() + AHEAD_SECONDS)
		report_add(
			watch->report, REPORT_ALARM, "future",
			"leaf %llu (%.*s) is dated in the future: the office's clock is wrong, or "
			"it lies about the time",
			(unsigned long long)index, STR_ARG(watch_name(watch, leaf)));
}

/* The file of a leaf is found by its release's name, which only the crawl knows. */
void watch_recall_name(struct watch *watch, struct str id)
{
	size_t n = set_find(&watch->ids, id);

	if (n != SET_NONE)
		memory_name(&watch->memory, id, watch->crawl.releases.texts[n]);
}

bool watch_take_leaf(struct watch *watch, struct str entry, bool *ok, struct fault *why)
{
	uint64_t index = watch->memory.log.size;
	struct fault broken = { .kind = NO_FAULT };
	struct leaf *leaf = arena_new(&watch->report->arena, struct leaf);
	struct str file = STR_NONE;

	if (!leaf_parse(entry, leaf, &broken)) {
		report_add(
			watch->report, REPORT_ALARM, "leaf-malformed",
			"leaf %llu cannot be read: %s. Nobody can tell what the office published "
			"with it",
			(unsigned long long)index, broken.says);
		watch->memory.log.size++;
		*ok = true;
		return true;
	}
	if (leaf->kind == LEAF_RELEASE) {
		chronicle_enter(&watch->memory.log, leaf->id);
		watch_recall_name(watch, leaf->id);
	}
	/* A revision's file is held against it when all leaves are known: watch_files.c. */
	if (leaf->kind == LEAF_RELEASE)
		memory_add_unread(&watch->memory, index, chronicle_place(&watch->memory.log, leaf),
				  entry);
	else if (!watch_read_keyset(watch, leaf->revision, &file, why))
		return false;
	if (!chronicle_add(&watch->memory.log, leaf, file, &broken))
		report_add(
			watch->report, REPORT_ALARM, "leaf-breaks-rules",
			"leaf %llu, %.*s: %s. It should not be in the log as it is; ask the office",
			(unsigned long long)index, STR_ARG(watch_name(watch, leaf)), broken.says);
	else
		tell_held(watch, leaf, index);
	*ok = leaf->kind == LEAF_RELEASE || take_keyset(watch, &leaf->hash);
	tell_leaf(watch, leaf, index);
	return true;
}

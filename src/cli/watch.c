#include <time.h>

#include <communique/clock.h>
#include <communique/file.h>
#include <communique/terminal.h>

#include "answer.h"
#include "watch.h"

#define PAUSE_SECONDS 1	  /* before what is missing is asked for again */
#define AHEAD_SECONDS 120 /* by which a leaf may be ahead of our clock */

/* What cannot be read is no alarm; what is wrong is. */
static bool could_not(const struct fault *fault)
{
	return fault->kind == BROKEN || fault->kind == BUSY;
}

static bool get(struct watch *watch, struct str target, unsigned *status, struct fault *why)
{
	return http_get(&watch->http, &target, &watch->body, status, why) &&
	       (*status < 500 || fail(why, BUSY, "%s answers %u", QUOTE(target), *status));
}

static struct str edition_address(struct watch *watch, struct str edition, const char *ending)
{
	struct str slug = edition, language = str_cut(&slug, '/');

	return arena_printf(&watch->report->arena, "/%.*s/releases/%.*s%s", STR_ARG(language),
			    STR_ARG(slug), ending);
}

/* How a leaf's release is spoken of: by its name, when that is known. */
static struct str name_of(struct watch *watch, const struct leaf *leaf)
{
	struct str edition = memory_edition(&watch->memory, leaf->id);

	if (leaf->kind == LEAF_KEYS)
		return arena_printf(&watch->report->arena, "key set %u", leaf->revision);
	if (str_given(edition))
		return arena_printf(&watch->report->arena, "%.*s, revision %u", STR_ARG(edition),
				    leaf->revision);
	return arena_printf(&watch->report->arena, "a release of unknown name, revision %u",
			    leaf->revision);
}

/* --- key sets --------------------------------------------------------------------------------- */

static bool read_keyset(struct watch *watch, uint64_t version, struct str *out, struct fault *why)
{
	struct str target =
		arena_printf(&watch->report->arena, "/keys/%llu", (unsigned long long)version);
	unsigned status;

	*out = STR_NONE;
	if (!get(watch, target, &status, why))
		return false;
	if (status == 200)
		*out = buf_str(&watch->body);
	return true;
}

/* Those that were verified in earlier rounds; the log named them by these hashes. */
static bool recall_keysets(struct watch *watch, bool *ok, struct fault *why)
{
	struct memory *memory = &watch->memory;
	struct fault inside = { .kind = NO_FAULT };
	struct hash hash;
	struct str text;

	for (size_t i = memory->log.keys.count; i < memory->keyset_count; i++) {
		if (!read_keyset(watch, i + 1, &text, why))
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

static void tell_keyset(struct watch *watch, struct str text)
{
	const struct keyset *last = keychain_last(&watch->memory.log.keys);
	struct hash hash = hash_of(text);

	memory_add_keyset(&watch->memory, &hash);
	if (watch->anchor && watch->memory.keyset_count == 1 && !hash_equal(watch->anchor, &hash))
		report_add(
			watch->report, REPORT_ALARM, "anchor",
			"key set 1 has the SHA-256 %s, which is not the anchor: these are keys of "
			"somebody else, or the log was begun anew",
			HASH_TEXT(&hash));
	if (!last)
		return;
	if (watch->first && !watch->anchor && last->version == 1)
		report_add(watch->report, REPORT_NOTE, "anchor",
			   "key set 1 has the SHA-256 %s; compare it with the one that the office "
			   "prints, or give that with --anchor",
			   HASH_TEXT(&hash));
	if (!watch->first)
		report_add(watch->report, REPORT_ALARM, "new-keys",
			   "key set %u is in force, sha256 %s. If the office did not announce it, "
			   "ask before trusting what is signed by its keys",
			   last->version, HASH_TEXT(&hash));
	tell_keys(watch, last, keychain_find(&watch->memory.log.keys, last->version - 1));
}

/* --- new leaves ----------------------------------------------------------------------------------
 */

/* A revision's own file. One that is gone or not known by name is judged by its leaf alone. */
static bool read_revision(struct watch *watch, const struct leaf *leaf, struct str *out,
			  struct fault *why)
{
	struct str edition = memory_edition(&watch->memory, leaf->id), target;
	unsigned status;

	*out = STR_NONE;
	if (!str_given(edition))
		return true;
	target = edition_address(watch, edition, "");
	target = arena_printf(&watch->report->arena, "%.*s/r%u.txt", STR_ARG(target),
			      leaf->revision);
	if (!get(watch, target, &status, why))
		return false;
	if (status == 200)
		*out = buf_str(&watch->body);
	else if (status != 410)
		report_add(watch->report, REPORT_ALARM, "not-served",
			   "%.*s is in the log and not at its address (%u): the site keeps it back",
			   STR_ARG(name_of(watch, leaf)), status);
	return true;
}

static bool read_file(struct watch *watch, const struct leaf *leaf, struct str *out,
		      struct fault *why)
{
	return leaf->kind == LEAF_KEYS ? read_keyset(watch, leaf->revision, out, why)
				       : read_revision(watch, leaf, out, why);
}

static void tell_leaf(struct watch *watch, const struct leaf *leaf, uint64_t index)
{
	if (!watch->first && leaf->kind == LEAF_RELEASE)
		report_add(watch->report, REPORT_NEWS, "leaf", "%.*s%s%.*s, index %llu",
			   STR_ARG(name_of(watch, leaf)), leaf->change.len ? ", a " : "",
			   STR_ARG(leaf->change), (unsigned long long)index);
	if (leaf->time > clock_now() + AHEAD_SECONDS)
		report_add(
			watch->report, REPORT_ALARM, "future",
			"leaf %llu (%.*s) is dated in the future: the office's clock is wrong, or "
			"it lies about the time",
			(unsigned long long)index, STR_ARG(name_of(watch, leaf)));
}

/* The file of a leaf is found by its release's name, which only the crawl knows. */
static void recall_name(struct watch *watch, struct str id)
{
	size_t n = set_find(&watch->ids, id);

	if (n != SET_NONE)
		memory_name(&watch->memory, id, watch->crawl.releases.texts[n]);
}

static bool take_leaf(struct watch *watch, struct str entry, struct fault *why)
{
	uint64_t index = watch->memory.log.size;
	struct fault broken = { .kind = NO_FAULT };
	struct leaf *leaf = arena_new(&watch->report->arena, struct leaf);
	struct str file;

	if (!leaf_parse(entry, leaf, &broken)) {
		report_add(
			watch->report, REPORT_ALARM, "leaf-malformed",
			"leaf %llu cannot be read: %s. Nobody can tell what the office published "
			"with it",
			(unsigned long long)index, broken.says);
		watch->memory.log.size++;
		return true;
	}
	if (leaf->kind == LEAF_RELEASE) {
		chronicle_enter(&watch->memory.log, leaf->id);
		recall_name(watch, leaf->id);
	}
	if (!read_file(watch, leaf, &file, why))
		return false;
	if (!chronicle_add(&watch->memory.log, leaf, file, &broken))
		report_add(
			watch->report, REPORT_ALARM, "leaf-breaks-rules",
			"leaf %llu, %.*s: %s. It should not be in the log as it is; ask the office",
			(unsigned long long)index, STR_ARG(name_of(watch, leaf)), broken.says);
	if (leaf->kind == LEAF_KEYS)
		tell_keyset(watch, file);
	tell_leaf(watch, leaf, index);
	return true;
}

/* --- the log
 * --------------------------------------------------------------------------------------- */

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
	size_t count;
	bool tiles_differ; /* one at the bottom has other hashes than the entries */
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
		growth->entries[growth->count++] = entry;
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
	growth->entries =
		arena_array(&watch->report->arena, (size_t)(size - watch->memory.frontier.size) + 1,
			    sizeof *growth->entries);
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
	if (!grew && could_not(&inside)) {
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

/* By the key of the key set that the log itself has last. */
static bool check_signature(struct watch *watch, const struct checkpoint *now, bool *ok)
{
	const struct keyset *last = keychain_last(&watch->memory.log.keys);
	struct fault inside = { .kind = NO_FAULT };
	struct vkey log;

	*ok = last && vkey_parse(last->log, &log, &inside) && checkpoint_verify(now, &log, &inside);
	if (!*ok)
		report_add(watch->report, REPORT_ALARM, "checkpoint",
			   "the checkpoint is not signed with the log's key: %s. Somebody else "
			   "answers for the site, or its key set is not the one in force",
			   last ? inside.says : "there is no key set");
	return true;
}

static void tell_disputed(struct watch *watch, const struct leaf *leaf, uint64_t index)
{
	const struct keyset_key *by;

	if (keychain_disputes(&watch->memory.log.keys, leaf, index, &by))
		report_add(watch->report, REPORT_ALARM, "disputed",
			   "%.*s (index %llu) has no quorum without the key of %.*s, which is "
			   "compromised: it is disputed until the office says what holds",
			   STR_ARG(name_of(watch, leaf)), (unsigned long long)index,
			   STR_ARG(by->holder));
}

/* The index from which a key that was revoked just now is bad; UINT64_MAX: none. */
static uint64_t bad_from(const struct keychain *keys, size_t known)
{
	const struct keyset *last = keychain_last(keys);
	const struct keyset *before = keychain_find(keys, (uint32_t)known);
	uint64_t from = UINT64_MAX;

	for (size_t i = 0; last && i < last->key_count; i++) {
		const struct keyset_key *key = &last->keys[i];
		const struct keyset_key *old = before ? keyset_find(before, &key->key.id) : NULL;

		if (key->state == KEY_COMPROMISED && (!old || old->state == KEY_GOOD) &&
		    key->bad_from < from)
			from = key->bad_from;
	}
	return from;
}

static bool find_disputed(struct watch *watch, uint64_t from, uint64_t size, struct fault *why)
{
	struct growth growth = { .frontier.size = from };
	struct leaf *leaf = arena_new(&watch->report->arena, struct leaf);

	if (from >= size)
		return true;
	growth.entries = arena_array(&watch->report->arena, (size_t)(size - from) + 1,
				     sizeof *growth.entries);
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

	if (!get(watch, STR("/log/checkpoint"), &status, why))
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
static bool follow_log(struct watch *watch, bool *ok, struct fault *why)
{
	size_t known = watch->memory.keyset_count;
	struct growth growth;
	struct checkpoint now;
	struct str text;

	if (!read_checkpoint(watch, &now, &text, ok, why))
		return false;
	if (*ok && !check_growth(watch, &now, &growth, ok, why))
		return false;
	if (!*ok)
		return true;
	for (size_t i = 0; i < growth.count; i++) {
		terminal_progress("reading leaves", i, growth.count);
		if (!take_leaf(watch, growth.entries[i], why))
			return false;
	}
	if (growth.count)
		terminal_progress("reading leaves", 1, 1);
	watch->memory.frontier = growth.frontier;
	watch->memory.checkpoint = text;
	check_signature(watch, &now, ok);
	return !*ok ||
	       find_disputed(watch, bad_from(&watch->memory.log.keys, known), now.size, why);
}

/* --- what readers are shown
 * ---------------------------------------------------------------------------- */

/* What is wrong with a release, when something is. */
struct trouble {
	const char *code; /* NULL: nothing */
	struct str says;
};

static bool check_moment(struct watch *watch, struct str edition,
			 const struct chronicle_release *logged, struct trouble *out,
			 struct fault *why)
{
	struct public_release shown;
	char before[TIME_SIZE], after[TIME_SIZE];
	unsigned status;

	if (!get(watch, edition_address(watch, edition, ".json"), &status, why))
		return false;
	if (status != 200 ||
	    !answer_release(&watch->report->arena, buf_str(&watch->body), &shown, NULL)) {
		*out = (struct trouble){ "not-served",
					 STR("its JSON cannot be read, while its text can") };
	} else if (!hash_equal(&shown.hash, &logged->hash)) {
		*out = (struct trouble){ "differs",
					 STR("its JSON speaks of another file than the log") };
	} else if (shown.public_at != logged->time) {
		*out = (struct trouble){
			"backdated",
			arena_printf(
				&watch->report->arena,
				"the site says that it is public since %.*s, the log says %.*s",
				STR_ARG(time_format(before, shown.public_at)),
				STR_ARG(time_format(after, logged->time)))
		};
	}
	return true;
}

static struct trouble text_trouble(struct watch *watch, unsigned status,
				   const struct chronicle_release *logged)
{
	struct hash hash = hash_of(buf_str(&watch->body));
	struct arena *arena = &watch->report->arena;

	if (status == 410 && logged && logged->killed)
		return (struct trouble){ NULL, STR_NONE };
	if (status == 410)
		return (struct trouble){ "removed", STR("it was removed from the site, and the log "
							"knows of no kill: the office did not sign "
							"that it should go") };
	if (status != 200)
		return (struct trouble){ "vanished",
					 arena_printf(arena,
						      "it was public, and its address now "
						      "answers %u: the site keeps it back",
						      status) };
	if (!logged)
		return (struct trouble){ "not-in-log",
					 arena_printf(arena,
						      "it is public and not in the log, sha256 "
						      "%s: either the office's desk is stopped, "
						      "or readers are shown what was never "
						      "published",
						      HASH_TEXT(&hash)) };
	if (!hash_equal(&hash, &logged->hash))
		return (struct trouble){ "differs",
					 arena_printf(arena,
						      "readers get a file with the sha256 %s, "
						      "the log names %s (index %llu): the text "
						      "was changed, or an older revision is "
						      "shown",
						      HASH_TEXT(&hash), HASH_TEXT(&logged->hash),
						      (unsigned long long)logged->index) };
	return (struct trouble){ NULL, STR_NONE };
}

static bool check_release(struct watch *watch, struct str edition, struct trouble *out,
			  struct fault *why)
{
	char id[LEAF_ID_LEN];
	struct str slug = edition, language = str_cut(&slug, '/');
	const struct chronicle_release *logged =
		chronicle_find(&watch->memory.log, leaf_id(id, language, slug));
	unsigned status;

	if (!get(watch, edition_address(watch, edition, ".txt"), &status, why))
		return false;
	*out = text_trouble(watch, status, logged);
	return out->code || status != 200 || check_moment(watch, edition, logged, out, why);
}

/* Those that the crawl found, and those that were seen before. */
static void list_editions(struct watch *watch, struct set *out)
{
	for (size_t i = 0; i < watch->crawl.releases.count; i++)
		set_add(out, watch->crawl.releases.texts[i], NULL);
	for (size_t i = 0; i < watch->memory.log.ids.count; i++) {
		struct str edition = memory_edition_at(&watch->memory, i);

		if (str_given(edition))
			set_add(out, edition, NULL);
	}
}

/* Checks these, and leaves those that are in trouble. */
static bool check_editions(struct watch *watch, struct set *editions, bool alarm, struct fault *why)
{
	struct set left;
	bool ok = true;

	set_init(&left);
	for (size_t i = 0; ok && i < editions->count; i++) {
		struct trouble trouble = { NULL, STR_NONE };

		terminal_progress("checking releases", i, editions->count);
		ok = check_release(watch, editions->texts[i], &trouble, why);
		if (ok && trouble.code)
			set_add(&left, editions->texts[i], NULL);
		if (ok && trouble.code && alarm)
			report_add(watch->report, REPORT_ALARM, trouble.code, "%.*s: %.*s",
				   STR_ARG(editions->texts[i]), STR_ARG(trouble.says));
	}
	if (editions->count)
		terminal_progress("checking releases", 1, 1);
	set_release(editions);
	*editions = left;
	return ok;
}

/* What a lift has just shown is in the log a moment later. */
static bool check_all(struct watch *watch, bool *ok, struct fault *why)
{
	struct set editions;
	bool read = true;

	set_init(&editions);
	list_editions(watch, &editions);
	for (unsigned waited = 0; read && *ok; waited += PAUSE_SECONDS) {
		if (waited > 0) {
			nanosleep(&(struct timespec){ .tv_sec = PAUSE_SECONDS }, NULL);
			read = follow_log(watch, ok, why);
		}
		read = read && check_editions(watch, &editions, waited >= watch->patience, why);
		if (editions.count == 0 || waited >= watch->patience)
			break;
	}
	set_release(&editions);
	return read;
}

/* Leaves without a name: the log holds no names, so only the site can tell. */
static void mention_nameless(struct watch *watch)
{
	size_t count = 0;

	for (size_t i = 0; i < watch->memory.log.ids.count; i++)
		count += !str_given(memory_edition_at(&watch->memory, i)) &&
			 !watch->memory.log.releases[i].killed;
	if (count)
		report_add(watch->report, REPORT_NOTE, "nameless",
			   "%zu release%s of the log %s in none of the site's lists, so nobody can "
			   "read %s",
			   count, count == 1 ? "" : "s", count == 1 ? "is" : "are",
			   count == 1 ? "it" : "them");
}

/* --- a round
 * ------------------------------------------------------------------------------------------------
 */

static bool read_lists(struct watch *watch, struct fault *why)
{
	if (!crawl_site(&watch->crawl, &watch->http, why))
		return false;
	for (size_t i = watch->ids.count; i < watch->crawl.releases.count; i++) {
		char id[LEAF_ID_LEN];
		struct str slug = watch->crawl.releases.texts[i], language = str_cut(&slug, '/');

		set_add(&watch->ids, leaf_id(id, language, slug), NULL);
	}
	for (size_t i = 0; i < watch->memory.log.ids.count; i++)
		recall_name(watch, watch->memory.log.ids.texts[i]);
	return true;
}

bool watch_round(struct watch *watch, struct fault *why)
{
	bool ok = true;

	watch->first = !str_given(watch->memory.checkpoint);
	if (!read_lists(watch, why) || !recall_keysets(watch, &ok, why))
		return false;
	if (!ok)
		return true;
	if (!follow_log(watch, &ok, why) || !check_all(watch, &ok, why))
		return false;
	if (!ok)
		return true;
	mention_nameless(watch);
	return memory_save(&watch->memory, watch->path, why);
}

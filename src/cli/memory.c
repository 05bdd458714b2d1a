#include <unistd.h>

#include <communique/bytes.h>
#include <communique/clock.h>
#include <communique/file.h>
#include <communique/lines.h>

#include "memory.h"

#define MEMORY_MAX ((size_t)1 << 30)
#define VERSION_LINE "communique monitor v1"

void memory_init(struct memory *memory)
{
	*memory = (struct memory){ .checkpoint = STR_NONE };
	arena_init(&memory->arena);
	chronicle_init(&memory->log);
}

void memory_free(struct memory *memory)
{
	chronicle_free(&memory->log);
	free(memory->editions);
	free(memory->unread);
	arena_release(&memory->arena);
}

/* --- names ------------------------------------------------------------------------ */

void memory_name(struct memory *memory, struct str id, struct str edition)
{
	size_t n = set_find(&memory->log.ids, id);

	if (n == SET_NONE || (n < memory->room && str_given(memory->editions[n])))
		return;
	if (n >= memory->room) {
		size_t room = memory->log.room;

		memory->editions = realloc(memory->editions, room * sizeof *memory->editions);
		must(memory->editions != NULL);
		memset(memory->editions + memory->room, 0,
		       (room - memory->room) * sizeof *memory->editions);
		memory->room = room;
	}
	memory->editions[n] = arena_copy(&memory->arena, edition);
}

struct str memory_edition_at(const struct memory *memory, size_t n)
{
	return n < memory->room ? memory->editions[n] : STR_NONE;
}

struct str memory_edition(const struct memory *memory, struct str id)
{
	size_t n = set_find(&memory->log.ids, id);

	return n == SET_NONE ? STR_NONE : memory_edition_at(memory, n);
}

void memory_add_keyset(struct memory *memory, const struct hash *hash)
{
	struct hash *more = arena_array(&memory->arena, memory->keyset_count + 1, sizeof *more);

	if (memory->keyset_count)
		memcpy(more, memory->keysets, memory->keyset_count * sizeof *more);
	more[memory->keyset_count++] = *hash;
	memory->keysets = more;
}

void memory_add_unread(struct memory *memory, uint64_t index, struct leaf_place place,
		       struct str leaf)
{
	if (memory->unread_count == memory->unread_room) {
		memory->unread_room = memory->unread_room ? 2 * memory->unread_room : 64;
		memory->unread =
			realloc(memory->unread, memory->unread_room * sizeof *memory->unread);
		must(memory->unread != NULL);
	}
	memory->unread[memory->unread_count++] = (struct unread){ index, place, leaf };
}

/* --- reading ---------------------------------------------------------------------- */

static bool take_number(struct str *rest, uint64_t most, uint64_t *out)
{
	return str_to_u64(str_cut(rest, ' '), most, out);
}

static bool take_hash(struct str *rest, struct hash *out)
{
	return hash_parse(str_cut(rest, ' '), out);
}

static bool take_keys(struct memory *memory, struct str rest)
{
	struct hash hash;
	uint64_t version;

	if (!take_number(&rest, UINT32_MAX, &version) || version != memory->keyset_count + 1 ||
	    !take_hash(&rest, &hash) || str_given(rest))
		return false;
	memory_add_keyset(memory, &hash);
	return true;
}

static bool take_release(struct memory *memory, struct str rest)
{
	struct chronicle_release release, *place;
	uint64_t revision, time, killed;
	struct str id = str_cut(&rest, ' ');

	if (id.len != LEAF_ID_LEN || !take_number(&rest, UINT32_MAX, &revision) ||
	    !take_hash(&rest, &release.hash) || !take_number(&rest, UINT64_MAX, &release.index) ||
	    !take_number(&rest, INT64_MAX, &time) || !take_number(&rest, 1, &killed) ||
	    rest.len == 0)
		return false;
	release.revision = (uint32_t)revision;
	release.time = (int64_t)time;
	release.killed = killed != 0;
	release.kill = release.killed ? release.revision : 0;
	place = chronicle_enter(&memory->log, id);
	*place = release;
	if (!str_equal(rest, STR("-")))
		memory_name(memory, id, rest);
	return true;
}

/* Behind its release. Older files have none of these, nor of the next. */
static bool take_kill(struct memory *memory, struct str rest)
{
	size_t n = set_find(&memory->log.ids, str_cut(&rest, ' '));
	uint64_t revision;

	if (n == SET_NONE || !str_to_u64(rest, UINT32_MAX, &revision))
		return false;
	memory->log.releases[n].kill = (uint32_t)revision;
	return true;
}

static bool take_unread(struct memory *memory, struct str rest)
{
	uint64_t index, in_force, before;
	char leaf[LEAF_MAX];
	size_t len;

	if (!take_number(&rest, UINT64_MAX, &index) || !take_number(&rest, UINT32_MAX, &in_force) ||
	    !take_number(&rest, INT64_MAX, &before) ||
	    !base64_decode(leaf, sizeof leaf, &len, rest) ||
	    !leaf_parse((struct str){ leaf, len }, &(struct leaf){ .revision = 0 }, NULL))
		return false;
	memory_add_unread(memory, index, (struct leaf_place){ (uint32_t)in_force, (int64_t)before },
			  arena_copy(&memory->arena, (struct str){ leaf, len }));
	return true;
}

static bool take_node(struct memory *memory, struct str rest)
{
	uint64_t level;

	return take_number(&rest, 63, &level) && take_hash(&rest, &memory->frontier.at[level]) &&
	       !str_given(rest);
}

static bool take_line(struct memory *memory, struct str line)
{
	struct str rest = line, word = str_cut(&rest, ' ');
	uint64_t time;

	if (str_equal(word, STR("site"))) {
		memory->site = arena_copy(&memory->arena, rest);
		return true;
	}
	if (str_equal(word, STR("time"))) {
		if (!str_to_u64(rest, INT64_MAX, &time))
			return false;
		memory->log.time = (int64_t)time;
		return true;
	}
	if (str_equal(word, STR("keys")))
		return take_keys(memory, rest);
	if (str_equal(word, STR("release")))
		return take_release(memory, rest);
	if (str_equal(word, STR("kill")))
		return take_kill(memory, rest);
	if (str_equal(word, STR("unread")))
		return take_unread(memory, rest);
	return str_equal(word, STR("node")) && take_node(memory, rest);
}

static bool read_all(struct memory *memory, struct str text, struct fault *why)
{
	struct lines lines = lines_begin(text, INVALID);
	struct str line;

	if (!lines_next(&lines, &line, why))
		return false;
	if (!str_equal(line, STR(VERSION_LINE)))
		return lines_fail(&lines, why, "it does not begin with \"" VERSION_LINE "\"");
	for (;;) {
		if (!lines_next(&lines, &line, why))
			return false;
		if (str_starts(line, STR("checkpoint ")))
			break;
		if (!take_line(memory, line))
			return lines_fail(&lines, why, "it cannot be read");
	}
	if (!str_to_u64(str_skip(line, 11), UINT64_MAX, &memory->frontier.size))
		return lines_fail(&lines, why, "it cannot be read");
	memory->log.size = memory->frontier.size;
	memory->checkpoint = arena_copy(&memory->arena, lines.rest);
	return true;
}

bool memory_load(struct memory *memory, const char *path, struct str site, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct buf text;
	bool ok;

	memory->site = arena_copy(&memory->arena, site);
	if (access(path, F_OK) != 0)
		return true;
	buf_init(&text, MEMORY_MAX);
	ok = file_read(path, &text, why);
	if (ok && !read_all(memory, buf_str(&text), &inside))
		ok = fail(why, BROKEN, "%s is damaged: %s", path, inside.says);
	buf_release(&text);
	if (ok && !str_equal(memory->site, site))
		return fail(why, USAGE, "%s is the memory of another site, %s", path,
			    QUOTE(memory->site));
	return ok;
}

/* --- writing ---------------------------------------------------------------------- */

static void add_release(const struct memory *memory, size_t n, struct buf *out)
{
	const struct chronicle_release *release = &memory->log.releases[n];
	struct str edition = memory_edition_at(memory, n);

	buf_addf(out, "release %.*s %u %s %llu %lld %d %.*s\n", STR_ARG(memory->log.ids.texts[n]),
		 release->revision, HASH_TEXT(&release->hash), (unsigned long long)release->index,
		 (long long)release->time, release->killed,
		 STR_ARG(str_given(edition) ? edition : STR("-")));
	if (release->kill)
		buf_addf(out, "kill %.*s %u\n", STR_ARG(memory->log.ids.texts[n]), release->kill);
}

static void add_unread(const struct unread *unread, struct buf *out)
{
	buf_addf(out, "unread %llu %u %lld ", (unsigned long long)unread->index,
		 unread->place.in_force, (long long)unread->place.before);
	buf_add_base64(out, unread->leaf.at, unread->leaf.len);
	buf_add_char(out, '\n');
}

bool memory_save(const struct memory *memory, const char *path, struct fault *why)
{
	struct buf out;
	bool ok;

	buf_init(&out, MEMORY_MAX);
	buf_addf(&out, VERSION_LINE "\nsite %.*s\ntime %lld\n", STR_ARG(memory->site),
		 (long long)memory->log.time);
	for (size_t i = 0; i < memory->keyset_count; i++)
		buf_addf(&out, "keys %zu %s\n", i + 1, HASH_TEXT(&memory->keysets[i]));
	for (size_t i = 0; i < memory->log.ids.count; i++)
		add_release(memory, i, &out);
	for (size_t i = 0; i < memory->unread_count; i++)
		add_unread(&memory->unread[i], &out);
	for (unsigned level = 0; level < 64; level++) {
		if (memory->frontier.size >> level & 1)
			buf_addf(&out, "node %u %s\n", level,
				 HASH_TEXT(&memory->frontier.at[level]));
	}
	buf_addf(&out, "checkpoint %llu\n%.*s", (unsigned long long)memory->frontier.size,
		 STR_ARG(memory->checkpoint));
	ok = buf_check(&out, why) && file_write(path, buf_str(&out), 0644, why);
	buf_release(&out);
	return ok;
}

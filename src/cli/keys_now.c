#include "keys_now.h"

struct following {
	struct log_reader *reader;
	const struct checkpoint *now;
	struct keychain *chain;
	struct buf body; /* of a key set */
};

/* A key set as the site serves it: "current", or by its version. */
static bool get_keyset(struct following *following, struct str target, struct fault *why)
{
	unsigned status;

	if (!http_get(following->reader->http, &target, &following->body, &status, why))
		return false;
	return status == 200 ||
	       fail(why, status >= 500 ? BUSY : INVALID, "%s answers %u", QUOTE(target), status);
}

static bool is_next(const struct following *following, const struct leaf *leaf)
{
	return leaf->kind == LEAF_KEYS && leaf->revision == following->chain->count + 1;
}

static bool take_keyset(struct following *following, const struct leaf *leaf, struct fault *why)
{
	struct hash hash;

	if (!get_keyset(following,
			arena_printf(following->chain->arena, "/keys/%u", leaf->revision), why))
		return false;
	hash = hash_of(buf_str(&following->body));
	if (!hash_equal(&hash, &leaf->hash))
		return fail(why, INVALID, "key set %u is not the one that the log names",
			    leaf->revision);
	return keychain_add(following->chain, buf_str(&following->body), leaf->signatures,
			    leaf->signature_count, why);
}

/* Calls found() for the next key set in the bundle of entries of this number, from `from` on. Each
 * entry must be the log's: one that was changed would hide a key set. */
typedef bool found_keyset(struct following *following, const struct leaf *leaf, struct fault *why);

static bool read_entries(struct following *following, uint64_t number, uint64_t from,
			 found_keyset *found, struct fault *why)
{
	uint64_t index = number * TILE_WIDTH;
	struct leaf *leaf = arena_new(following->chain->arena, struct leaf);
	struct buf bundle;
	struct str rest, entry;
	bool ok;

	buf_init(&bundle, (size_t)TILE_WIDTH * (2 + LEAF_MAX));
	ok = log_reader_entries(following->reader, number, following->now->size, &bundle, why);
	rest = buf_str(&bundle);
	for (; ok && entries_next(&rest, &entry); index++) {
		if (index < from)
			continue;
		ok = log_reader_includes(following->reader, entry, index, following->now, why);
		if (ok && leaf_parse(entry, leaf, NULL) && is_next(following, leaf))
			ok = found(following, leaf, why);
	}
	if (ok && index != number * TILE_WIDTH + tile_width(0, number, following->now->size))
		ok = fail(why, INVALID, "entries of the log are missing from %llu on",
			  (unsigned long long)index);
	buf_release(&bundle);
	return ok;
}

static bool is_left_out(struct following *following, const struct leaf *leaf, struct fault *why)
{
	(void)following;
	return fail(why, INVALID,
		    "the bundle leaves out key set %u, which the log had before its checkpoint",
		    leaf->revision);
}

/* Behind the bundle's checkpoint the log has none of it: before it, or not yet. */
static bool refuse_unknown(struct following *following, uint64_t from, uint32_t version,
			   struct fault *why)
{
	for (uint64_t end = from; end > 0; end = (end - 1) / TILE_WIDTH * TILE_WIDTH)
		if (!read_entries(following, (end - 1) / TILE_WIDTH, 0, is_left_out, why))
			return false;
	return fail(why, BUSY,
		    "the site has key set %u in force, and its log has it not yet: ask again in a "
		    "minute; if it stays so, ask the office",
		    version);
}

static bool check_current(struct following *following, uint64_t from, struct fault *why)
{
	const struct keyset *own;
	struct keyset *current;

	if (!get_keyset(following, STR("/keys/current"), why) ||
	    !keyset_parse(following->chain->arena,
			  arena_copy(following->chain->arena, buf_str(&following->body)), &current,
			  why))
		return false;
	own = keychain_find(following->chain, current->version);
	if (!own)
		return refuse_unknown(following, from, current->version, why);
	return hash_equal(&own->hash, &current->hash) ||
	       fail(why, INVALID, "the site has another key set %u in force, sha256 %s",
		    current->version, HASH_TEXT(&current->hash));
}

static bool follow_log(struct following *following, uint64_t from, struct fault *why)
{
	uint64_t size = following->now->size;

	if (from >= size)
		return true;
	for (uint64_t at = from / TILE_WIDTH; at <= (size - 1) / TILE_WIDTH; at++)
		if (!read_entries(following, at, from, take_keyset, why))
			return false;
	return true;
}

bool keys_now(struct log_reader *reader, uint64_t from, const struct checkpoint *now,
	      struct keychain *chain, struct fault *why)
{
	struct following following = { .reader = reader, .now = now, .chain = chain };
	bool ok;

	buf_init(&following.body, KEYSET_MAX);
	ok = follow_log(&following, from, why) && check_current(&following, from, why);
	buf_release(&following.body);
	return ok;
}

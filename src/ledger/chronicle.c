#include <communique/chronicle.h>
#include <communique/clock.h>
#include <communique/release.h>

void chronicle_init(struct chronicle *chronicle)
{
	*chronicle = (struct chronicle){ .size = 0 };
	arena_init(&chronicle->arena);
	keychain_init(&chronicle->keys, &chronicle->arena);
	set_init(&chronicle->ids);
}

void chronicle_free(struct chronicle *chronicle)
{
	free(chronicle->releases);
	set_release(&chronicle->ids);
	arena_release(&chronicle->arena);
}

struct chronicle_release *chronicle_enter(struct chronicle *chronicle, struct str id)
{
	bool fresh;
	size_t n = set_add(&chronicle->ids, id, &fresh);

	if (n == chronicle->room) {
		chronicle->room = chronicle->room ? 2 * chronicle->room : 64;
		chronicle->releases =
			realloc(chronicle->releases, chronicle->room * sizeof *chronicle->releases);
		must(chronicle->releases != NULL);
	}
	if (fresh)
		chronicle->releases[n] = (struct chronicle_release){ .revision = 0 };
	return &chronicle->releases[n];
}

const struct chronicle_release *chronicle_find(const struct chronicle *chronicle, struct str id)
{
	size_t n = set_find(&chronicle->ids, id);

	return n == SET_NONE ? NULL : &chronicle->releases[n];
}

static bool check_time(const struct chronicle *chronicle, const struct leaf *leaf,
		       struct fault *why)
{
	char before[TIME_SIZE], after[TIME_SIZE];
	struct str then = time_format(before, chronicle->time),
		   now = time_format(after, leaf->time);

	return leaf->time >= chronicle->time ||
	       fail(why, INVALID, "time goes back, from %.*s to %.*s: it is backdated",
		    STR_ARG(then), STR_ARG(now));
}

static bool check_file(const struct leaf *leaf, struct str file, struct fault *why)
{
	struct hash hash = hash_of(file);

	return !str_given(file) || hash_equal(&hash, &leaf->hash) ||
	       fail(why, INVALID, "the file is not the one that the log names by its hash");
}

static bool check_quorum(const struct chronicle *chronicle, const struct leaf *leaf,
			 struct str file, struct fault *why)
{
	const struct keyset *keyset = keychain_find(&chronicle->keys, leaf->keys);
	struct quorum quorum;

	if (!keyset)
		return fail(why, INVALID, "it names key set %u, which the log did not have by then",
			    leaf->keys);
	quorum_begin(&quorum, keyset, leaf_quorum(leaf));
	if (!quorum_count(&quorum, file, leaf->signatures, leaf->signature_count, why))
		return false;
	if (quorum.have < quorum.need)
		return fail(why, DENIED, "%zu of %zu holders signed it", quorum.have, quorum.need);
	return quorum_reached(&quorum) || fail(why, DENIED, "no approver signed it");
}

/* Of a revision or a version, given the number and hash of the last. */
static bool check_succession(const struct leaf *leaf, uint32_t last, const struct hash *hash,
			     struct fault *why)
{
	if (leaf->revision != last + 1)
		return fail(why, INVALID, "%u follows %u: one is missing or stands there twice",
			    leaf->revision, last);
	return last == 0 || hash_equal(&leaf->previous, hash) ||
	       fail(why, INVALID, "it names another file as the one before than the log does");
}

static bool add_keys(struct chronicle *chronicle, const struct leaf *leaf, struct str file,
		     struct fault *why)
{
	const struct keyset *last = keychain_last(&chronicle->keys);

	if (!str_given(file))
		return fail(why, NOT_FOUND, "the key set cannot be had");
	return check_file(leaf, file, why) &&
	       check_succession(leaf, last ? last->version : 0, last ? &last->hash : NULL, why) &&
	       keychain_add(&chronicle->keys, file, leaf->signatures, leaf->signature_count, why);
}

/* The moment that it may have been held back for: its own, or that of the revision before, which it
 * never precedes. Of a file that is not there nobody can say that it named none. */
static int64_t held_until(const struct leaf *leaf, int64_t before, struct str file)
{
	struct release *release;
	struct arena arena;
	int64_t until = before;

	if (!str_given(file))
		return leaf->time;
	arena_init(&arena);
	if (release_parse(&arena, file, &release, NULL) && release->has_publish_at &&
	    release->publish_at > until)
		until = release->publish_at;
	arena_release(&arena);
	return until;
}

static bool check_standing(const struct chronicle *chronicle, const struct leaf *leaf,
			   const struct leaf_place *place, struct str file, struct fault *why)
{
	return keychain_standing(&chronicle->keys, leaf, place->in_force,
				 held_until(leaf, place->before, file), why) != STANDS_NOT;
}

struct leaf_place chronicle_place(const struct chronicle *chronicle, const struct leaf *leaf)
{
	const struct chronicle_release *before = chronicle_find(chronicle, leaf->id);

	return (struct leaf_place){ (uint32_t)chronicle->keys.count, before ? before->time : 0 };
}

bool chronicle_hold(const struct chronicle *chronicle, const struct leaf *leaf,
		    const struct leaf_place *place, struct str file, struct fault *why)
{
	return check_file(leaf, file, why) && check_quorum(chronicle, leaf, file, why) &&
	       check_standing(chronicle, leaf, place, file, why);
}

static bool add_release(struct chronicle *chronicle, const struct leaf *leaf, struct str file,
			struct fault *why)
{
	struct leaf_place place = chronicle_place(chronicle, leaf);
	struct chronicle_release *release = chronicle_enter(chronicle, leaf->id);
	struct chronicle_release before = *release;
	bool killed = str_equal(leaf->change, STR("kill"));

	*release = (struct chronicle_release){ .revision = leaf->revision,
					       .hash = leaf->hash,
					       .index = chronicle->size,
					       .time = leaf->time,
					       .kill = killed ? leaf->revision : before.kill,
					       .killed = killed };
	return check_succession(leaf, before.revision, &before.hash, why) &&
	       chronicle_hold(chronicle, leaf, &place, file, why);
}

bool chronicle_add(struct chronicle *chronicle, const struct leaf *leaf, struct str file,
		   struct fault *why)
{
	bool ok = chronicle->size > 0 || leaf->kind == LEAF_KEYS ||
		  fail(why, INVALID, "a log begins with key set 1");

	ok = (leaf->kind == LEAF_KEYS ? add_keys(chronicle, leaf, file, ok ? why : NULL)
				      : add_release(chronicle, leaf, file, ok ? why : NULL)) &&
	     ok;
	ok = check_time(chronicle, leaf, ok ? why : NULL) && ok;
	chronicle->size++;
	if (leaf->time > chronicle->time)
		chronicle->time = leaf->time;
	return ok;
}

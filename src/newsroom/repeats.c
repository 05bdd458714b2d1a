#include "desk.h"

/* The header without the lines by which a withdrawal may differ from what it withdraws. */
static struct str lasting_header(struct arena *arena, struct str header)
{
	static const char *const own[] = { "Revision:", "Previous:", "Change:", "Change-Note:",
					   "Publish-At:" };
	struct str rest = header, kept;
	bool skipping = false;
	struct buf out;

	buf_init(&out, header.len + 1);
	while (str_given(rest)) {
		struct str line = str_cut(&rest, '\n');

		if (!(line.len && (line.at[0] == ' ' || line.at[0] == '\t'))) {
			skipping = false;
			for (size_t i = 0; i < sizeof own / sizeof *own; i++)
				skipping = skipping ||
					   str_equal_nocase(str_first(line, strlen(own[i])),
							    str_from(own[i]));
		}
		if (skipping)
			continue;
		buf_add(&out, line);
		buf_add_char(&out, '\n');
	}
	kept = arena_copy(arena, buf_str(&out));
	buf_release(&out);
	return kept;
}

/* Each line of one header is a line of the other; some may be missing. */
static bool only_lines_of(struct str header, struct str whole)
{
	while (header.len) {
		struct str line = str_first(header, str_find(header, '\n') + 1);
		struct str rest = whole;

		while (rest.len && !str_starts(rest, line))
			rest = str_skip(rest, str_find(rest, '\n') + 1);
		if (rest.len == 0)
			return false;
		header = str_skip(header, line.len);
	}
	return true;
}

static bool repeats(const struct release *release, const struct release *before,
		    struct arena *arena)
{
	struct str now = lasting_header(arena, release->header);
	struct str then = lasting_header(arena, before->header);

	if (release->change == CHANGE_KILL)
		return only_lines_of(now, then);
	return str_equal(now, then) && str_equal(release->body, before->body);
}

/* A withdrawal needs few signatures because it says nothing new: under a banner it repeats, byte
 * for byte, what the public has read. A kill has no body, and may leave out fields. */
bool publish_repeats(struct store_txn *txn, const struct release *release,
		     const struct revision *latest, struct fault *why)
{
	struct release *before;
	struct arena arena;
	struct str file;
	bool ok;

	if (quorum_of(release->change) != QUORUM_WITHDRAW)
		return true;
	if (!reading_file(txn, &latest->hash, &file))
		return fail(why, BROKEN, "the bytes of a revision are missing");
	arena_init(&arena);
	ok = release_parse(&arena, file, &before, why);
	if (ok && !repeats(release, before, &arena))
		ok = fail(why, RELEASE_MALFORMED,
			  "a %.*s changes nothing but Revision, Previous, Change, Change-Note and "
			  "Publish-At",
			  STR_ARG(change_word(release->change)));
	arena_release(&arena);
	return ok;
}

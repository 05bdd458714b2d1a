#include <communique/digest.h>
#include <communique/limits.h>

#include "draft.h"
#include "revision.h"

bool revision_is_of(const struct release *release, const struct edition *edition, struct fault *why)
{
	return (str_equal(release->language, edition->language) &&
		str_equal(release->slug, edition->slug)) ||
	       fail(why, INVALID, "the server sent %.*s/%.*s instead", STR_ARG(release->language),
		    STR_ARG(release->slug));
}

bool revision_fetch(struct desk *desk, const struct edition *edition, uint32_t number,
		    struct release **out, struct fault *why)
{
	struct str path = edition_path(desk->arena, edition);
	struct desk_request request = {
		.method = "GET",
		.target = arena_printf(desk->arena, "%.*s/r%lu", STR_ARG(path),
				       (unsigned long)number),
	};
	struct desk_answer answer;

	return desk_ask(desk, &request, &answer, why) &&
	       release_parse(desk->arena, answer.body, out, why) &&
	       revision_is_of(*out, edition, why) &&
	       ((*out)->revision == number ||
		fail(why, INVALID, "the server sent revision %lu instead of %lu",
		     (unsigned long)(*out)->revision, (unsigned long)number));
}

bool revision_before(struct desk *desk, const struct release *release, struct release **out,
		     struct fault *why)
{
	struct edition edition = { release->language, release->slug };
	struct hash hash;

	*out = NULL;
	if (release->revision == 1)
		return true;
	if (!revision_fetch(desk, &edition, release->revision - 1, out, why))
		return false;
	hash = hash_of((*out)->text);
	return hash_equal(&hash, &release->previous) ||
	       fail(why, STALE_PREVIOUS, "revision %lu is another file than the draft's Previous",
		    (unsigned long)release->revision - 1);
}

bool revision_last(struct desk *desk, const struct edition *edition, struct release **out,
		   struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct release *there;
	struct hash hash;
	struct str file;

	if (!draft_fetch(desk, edition, &file, &hash, why) ||
	    !release_parse(desk->arena, file, &there, why) || !revision_is_of(there, edition, why))
		return false;
	/* What is there is a draft unless the desk has it among the accepted ones. */
	if (revision_fetch(desk, edition, there->revision, out, &inside))
		return true;
	if (inside.kind != NOT_FOUND)
		return fail(why, inside.kind, "%s", inside.says);
	if (there->revision == 1)
		return fail(why, NOT_FOUND,
			    "nothing of %.*s/%.*s was published yet; its draft can be changed "
			    "(publish --replace) or dropped",
			    STR_ARG(edition->language), STR_ARG(edition->slug));
	return revision_fetch(desk, edition, there->revision - 1, out, why);
}

bool change_read(struct str word, enum change *out)
{
	for (*out = CHANGE_UPDATE; *out <= CHANGE_REINSTATEMENT; ++*out) {
		if (str_equal(word, change_word(*out)))
			return true;
	}
	return false;
}

/* --- the next file --------------------------------------------------------------------- */

static bool is_among(struct str name, const char *const *names)
{
	for (; *names; names++) {
		if (str_equal_nocase(name, str_from(*names)))
			return true;
	}
	return false;
}

static bool stays(struct str name, enum change change)
{
	static const char *const anew[] = { "Previous", "Change", "Change-Note", "Publish-At",
					    NULL };
	static const char *const killed[] = { "Site",  "Release",   "Language", "Date", "Kind",
					      "Title", "Reference", "Legacy",	NULL };

	return change == CHANGE_KILL ? is_among(name, killed) : !is_among(name, anew);
}

static void add_revision(const struct release *last, enum change change, struct str note,
			 struct buf *out)
{
	struct hash hash = hash_of(last->text);

	buf_addf(out, "Revision: %lu\n", (unsigned long)last->revision + 1);
	release_field_add(out, "Previous", str_from(HASH_TEXT(&hash)));
	release_field_add(out, "Change", change_word(change));
	release_field_add(out, "Change-Note", note);
}

/* Lines stay as they were written, folded ones too: what did not change is no difference. */
static void write_next(const struct release *last, const struct release *from, enum change change,
		       struct str note, struct buf *out)
{
	struct str rest = from->header;
	bool keeps = false;

	while (str_given(rest)) {
		struct str line = str_cut(&rest, '\n');
		struct str name = str_first(line, str_find(line, ':'));

		if (line.len == 0)
			break;
		if (str_equal_nocase(name, STR("Revision"))) {
			add_revision(last, change, note, out);
			keeps = false;
			continue;
		}
		if (line.at[0] != ' ' && line.at[0] != '\t')
			keeps = stays(name, change);
		if (!keeps)
			continue;
		buf_add(out, line);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
	if (change != CHANGE_KILL)
		buf_add(out, from->body);
}

static bool is_gone(enum change change)
{
	return change == CHANGE_WITHDRAWAL || change == CHANGE_KILL;
}

static bool check_change(const struct release *last, enum change change, struct fault *why)
{
	const char *what = last->change == CHANGE_KILL ? "killed" : "withdrawn";

	if (change == CHANGE_REINSTATEMENT)
		return is_gone(last->change) || fail(why, CONFLICT, "the release is not withdrawn");
	if (!is_gone(last->change) || (last->change == CHANGE_WITHDRAWAL && change == CHANGE_KILL))
		return true;
	return fail(why, WITHDRAWN, "the release is %s already; it can be reinstated", what);
}

/* The last text there was before it was killed. */
static bool text_before_kill(struct desk *desk, const struct release *last, struct release **out,
			     struct fault *why)
{
	if (!revision_before(desk, last, out, why))
		return false;
	return *out || fail(why, NOT_FOUND, "there is no text before the kill");
}

bool revision_next(struct desk *desk, const struct release *last, enum change change,
		   struct str note, struct release **out, struct fault *why)
{
	struct fault inside = { .kind = NO_FAULT };
	struct release *from = NULL;
	struct buf text;
	struct str file;

	if (!check_change(last, change, why))
		return false;
	if (last->change == CHANGE_KILL && !text_before_kill(desk, last, &from, why))
		return false;
	buf_init(&text, RELEASE_FILE_MAX);
	write_next(last, from ? from : last, change, note, &text);
	file = arena_copy(desk->arena, buf_str(&text));
	if (!buf_check(&text, why)) {
		buf_release(&text);
		return false;
	}
	buf_release(&text);
	return release_parse(desk->arena, file, out, &inside) ||
	       fail(why, inside.kind, "the next revision, %s", inside.says);
}

#include <fcntl.h>
#include <unistd.h>

#include <communique/bytes.h>
#include <communique/clock.h>
#include <communique/digest.h>
#include <communique/file.h>
#include <communique/limits.h>
#include <communique/lines.h>
#include <communique/terminal.h>

#include "saved.h"

#define FORMAT "communique backup v1"

enum { ABOUT_MAX = 2048 };

/* --- what it is ------------------------------------------------------------------- */

void saved_about_format(const struct saved_about *about, struct buf *out)
{
	char made[TIME_SIZE];

	buf_addf(out, FORMAT "\nsite %.*s\nmade %.*s\n", STR_ARG(about->site),
		 STR_ARG(time_format(made, about->made)));
	if (about->has_anchor)
		buf_addf(out, "anchor %s\n", HASH_TEXT(&about->anchor));
	if (about->has_log) {
		buf_addf(out, "log %llu ", (unsigned long long)about->log_size);
		buf_add_base64(out, about->log_root.at, HASH_SIZE);
		buf_add_char(out, '\n');
	}
}

static bool take_log(struct str text, struct saved_about *out)
{
	struct str size = str_cut(&text, ' ');
	size_t len;

	out->has_log = true;
	return str_to_u64(size, LOG_LEAVES_MAX, &out->log_size) &&
	       base64_decode(out->log_root.at, HASH_SIZE, &len, text) && len == HASH_SIZE;
}

static bool take_line(struct str line, struct saved_about *out)
{
	struct str word = str_cut(&line, ' ');

	if (str_equal(word, STR("site")))
		out->site = line;
	else if (str_equal(word, STR("made")))
		return time_parse(line, &out->made);
	else if (str_equal(word, STR("anchor")))
		return out->has_anchor = hash_parse(line, &out->anchor);
	else
		return str_equal(word, STR("log")) && take_log(line, out);
	return true;
}

bool saved_about_parse(struct str text, struct saved_about *out, struct fault *why)
{
	struct lines lines = lines_begin(text, INVALID);
	struct str line;

	*out = (struct saved_about){ .made = -1 };
	if (!lines_next(&lines, &line, why))
		return false;
	if (!str_equal(line, STR(FORMAT)))
		return lines_fail(&lines, why, "it does not begin with \"" FORMAT "\"");
	while (lines.rest.len > 0) {
		if (!lines_next(&lines, &line, why))
			return false;
		if (!take_line(line, out))
			return lines_fail(&lines, why, "this line cannot be read");
	}
	return (str_given(out->site) && out->made >= 0) ||
	       lines_fail(&lines, why, "site or made is missing");
}

/* --- its files -------------------------------------------------------------------- */

bool saved_is(const char *folder)
{
	struct path path;

	return path_join(&path, folder, STR(MANIFEST_NAME), NULL) && path_is_there(path.at);
}

static bool read_manifest(struct saved *saved, struct fault *why)
{
	struct fault inside;
	struct path path;
	struct buf text;
	bool ok;

	if (!saved_is(saved->folder))
		return fail(why, BROKEN, "%s is no backup: it has no " MANIFEST_NAME,
			    saved->folder);
	if (!path_join(&path, saved->folder, STR(MANIFEST_NAME), why))
		return false;
	buf_init(&text, MANIFEST_MAX);
	ok = file_read(path.at, &text, why);
	if (ok && !manifest_parse(buf_str(&text), &saved->manifest, &inside))
		ok = fail(why, inside.kind, "%s, %s", path.at, inside.says);
	buf_release(&text);
	return ok;
}

static bool read_about(struct saved *saved, struct arena *arena, struct fault *why)
{
	struct fault inside;
	struct buf text;
	bool ok;

	buf_init(&text, ABOUT_MAX);
	ok = saved_read(saved, STR("backup.txt"), &text, why);
	if (ok && !saved_about_parse(arena_copy(arena, buf_str(&text)), &saved->about, &inside))
		ok = fail(why, inside.kind, "%s/backup.txt, %s", saved->folder, inside.says);
	buf_release(&text);
	return ok;
}

/* On the list, and on the disk. */
static bool has(const struct saved *saved, const char *name)
{
	struct path path;

	return manifest_find(&saved->manifest, str_from(name)) &&
	       path_join(&path, saved->folder, str_from(name), NULL) && path_is_there(path.at);
}

bool saved_open(struct saved *saved, struct arena *arena, const char *folder, struct fault *why)
{
	static const char *const needed[] = { "communique.conf", "store/data.mdb" };

	*saved = (struct saved){ .folder = folder };
	manifest_init(&saved->manifest);
	if (!read_manifest(saved, why) || !read_about(saved, arena, why))
		return false;
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (!has(saved, needed[i]))
			return fail(why, INVALID, "the backup %s is not whole: %s is missing",
				    folder, needed[i]);
	}
	return true;
}

void saved_close(struct saved *saved)
{
	manifest_release(&saved->manifest);
}

bool saved_read(const struct saved *saved, struct str name, struct buf *out, struct fault *why)
{
	const struct hash *expected = manifest_find(&saved->manifest, name);
	struct path path;
	struct hash found;

	if (!expected)
		return fail(why, INVALID, "%s/" MANIFEST_NAME ": %.*s is missing", saved->folder,
			    STR_ARG(name));
	if (!path_join(&path, saved->folder, name, why) || !file_read(path.at, out, why))
		return false;
	found = hash_of(buf_str(out));
	return hash_equal(&found, expected) ||
	       fail(why, INVALID, "%s is not what " MANIFEST_NAME " says", path.at);
}

/* Why it is not what it was; false: it is. */
static bool differs_from(const char *path, const struct hash *expected, struct fault *how)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stream_hash found;
	bool ok;

	if (fd < 0)
		return !fail_errno(how, "%s cannot be opened", path);
	ok = hash_stream(fd, -1, &found, how);
	close(fd);
	if (!ok)
		return !fail(how, INVALID, "%s cannot be read", path);
	return !hash_equal(&found.hash, expected) &&
	       !fail(how, INVALID, "%s is not what " MANIFEST_NAME " says", path);
}

bool saved_check(const struct saved *saved, saved_differs *differs, void *ctx, struct fault *why)
{
	const struct set *paths = &saved->manifest.paths;
	struct fault how;
	struct path path;

	for (size_t i = 0; i < paths->count; i++) {
		if (!path_join(&path, saved->folder, paths->texts[i], why))
			return false;
		if (differs_from(path.at, &saved->manifest.hashes[i], &how))
			differs(ctx, str_from(how.says));
		terminal_progress("files", i + 1, paths->count);
	}
	return true;
}

#include <stdlib.h>

#include <communique/bytes.h>
#include <communique/lines.h>

#include "manifest.h"

void manifest_init(struct manifest *manifest)
{
	*manifest = (struct manifest){ .room = 0 };
	set_init(&manifest->paths);
}

void manifest_release(struct manifest *manifest)
{
	set_release(&manifest->paths);
	free(manifest->hashes);
	manifest_init(manifest);
}

static void put(struct manifest *manifest, struct str path, const struct hash *hash, bool *fresh)
{
	size_t at = set_add(&manifest->paths, path, fresh);

	if (at >= manifest->room) {
		manifest->room = manifest->room ? manifest->room * 2 : 64;
		manifest->hashes =
			realloc(manifest->hashes, manifest->room * sizeof *manifest->hashes);
		must(manifest->hashes != NULL);
	}
	manifest->hashes[at] = *hash;
}

void manifest_add(struct manifest *manifest, struct str path, const struct hash *hash)
{
	bool fresh;

	put(manifest, path, hash, &fresh);
	must(fresh);
}

const struct hash *manifest_find(const struct manifest *manifest, struct str path)
{
	size_t at = set_find(&manifest->paths, path);

	return at == SET_NONE ? NULL : &manifest->hashes[at];
}

void manifest_format(const struct manifest *manifest, struct buf *out)
{
	for (size_t i = 0; i < manifest->paths.count; i++)
		buf_addf(out, "%s  %.*s\n", HASH_TEXT(&manifest->hashes[i]),
			 STR_ARG(manifest->paths.texts[i]));
}

/* --- reading ---------------------------------------------------------------------- */

/* Of a theme: render/theme_folder.c takes fewer still. */
bool manifest_takes_theme(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (!is_lower(name.at[i]) && !is_digit(name.at[i]) && !strchr("._-", name.at[i]))
			return false;
	}
	return name.len > 0 && name.at[0] != '.';
}

/* ab/abcd…: named by the very hash that is said of it. */
static bool is_attachment(struct str path, const struct hash *hash)
{
	const char *text = HASH_TEXT(hash);

	return path.len == 3 + 2 * HASH_SIZE && memcmp(path.at, text, 2) == 0 &&
	       path.at[2] == '/' && str_equal(str_skip(path, 3), str_from(text));
}

static bool is_path(struct str path, const struct hash *hash)
{
	static const char *const single[] = { "backup.txt", "communique.conf", "logo.svg",
					      "logo.png", "store/data.mdb" };

	for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
		if (str_equal(path, str_from(single[i])))
			return true;
	}
	if (str_starts(path, STR("theme/")))
		return manifest_takes_theme(str_skip(path, strlen("theme/")));
	return str_starts(path, STR("store/files/")) &&
	       is_attachment(str_skip(path, strlen("store/files/")), hash);
}

bool manifest_parse(struct str text, struct manifest *out, struct fault *why)
{
	struct lines lines = lines_begin(text, INVALID);
	struct hash hash;
	struct str line;
	bool fresh;

	while (lines.rest.len > 0) {
		struct str path;

		if (!lines_next(&lines, &line, why))
			return false;
		path = str_skip(line, 2 * HASH_SIZE + 2);
		if (!hash_parse(str_first(line, 2 * HASH_SIZE), &hash) ||
		    !str_starts(str_skip(line, 2 * HASH_SIZE), STR("  ")) || !is_path(path, &hash))
			return lines_fail(&lines, why, "this is no file of a backup");
		put(out, path, &hash, &fresh);
		if (!fresh)
			return lines_fail(&lines, why, "the file stands twice");
	}
	return true;
}

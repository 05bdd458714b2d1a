/* Reading a theme: what is compiled in, and over it a site's folder and logo. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <unistd.h>

#include <communique/file.h>
#include <communique/utf8.h>

#include "theme.h"

static const struct {
	const char *ending, *type;
	bool is_text;
} types[] = {
	{ "mustache", "text/plain; charset=utf-8", true },
	{ "css", "text/css; charset=utf-8", true },
	{ "js", "text/javascript; charset=utf-8", true },
	{ "svg", "image/svg+xml", true },
	{ "png", "image/png", false },
	{ "jpg", "image/jpeg", false },
	{ "webp", "image/webp", false },
	{ "woff2", "font/woff2", false },
};
enum { TYPES = sizeof types / sizeof *types };

struct reading {
	struct theme *theme;
	const char *folder; /* for sentences */
	int fd;
	size_t total;
};

/* --- names ---------------------------------------------------------------------------- */

/* One dot: what stands behind it is the type. */
static bool is_name(struct str name)
{
	size_t dot = str_find(name, '.');

	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!is_lower(c) && !is_digit(c) && c != '-' && c != '_' && i != dot)
			return false;
	}
	return dot > 0 && dot + 1 < name.len && name.len <= 64;
}

static size_t type_of(const char *name)
{
	struct str file = str_from(name), ending = str_skip(file, str_find(file, '.') + 1);

	for (size_t i = 0; i < TYPES; i++) {
		if (str_equal(str_from(types[i].ending), ending))
			return i;
	}
	return TYPES;
}

static const char *called(struct arena *arena, const char *name)
{
	char *key = arena_cstr(arena, str_from(name));

	key[str_find(str_from(name), '.')] = '-';
	return key;
}

/* FNV-1a, as for what is compiled in: nobody gains from a collision with his own theme. */
static struct str address_of(struct arena *arena, const char *name, struct str bytes)
{
	struct str file = str_from(name);
	size_t dot = str_find(file, '.');
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < bytes.len; i++)
		hash = (hash ^ (unsigned char)bytes.at[i]) * 0x100000001b3u;
	return arena_printf(arena, "/static/%.*s.%010llx%s", (int)dot, name,
			    (unsigned long long)(hash & 0xffffffffffu), name + dot);
}

/* --- one file ----------------------------------------------------------------------------- */

static unsigned line_at(struct str text, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at; i++)
		line += text.at[i] == '\n';
	return line;
}

static bool check_bytes(const char *path, size_t type, struct str bytes, struct fault *why)
{
	size_t valid = types[type].is_text ? utf8_valid_length(bytes) : bytes.len;

	if (valid < bytes.len || (types[type].is_text && str_find(bytes, '\0') < bytes.len))
		return fail(why, INVALID, "%s:%u: this is not UTF-8 text", path,
			    line_at(bytes, valid));
	if (type_of("a.png") == type && !str_starts(bytes, STR("\x89PNG\r\n\x1a\n")))
		return fail(why, INVALID, "%s is no PNG file", path);
	if (type_of("a.svg") == type && str_find_str(bytes, STR("<svg")) == bytes.len)
		return fail(why, INVALID, "%s is no SVG file", path);
	return true;
}

static bool put(struct reading *reading, const char *name, const char *path, struct str bytes,
		struct fault *why)
{
	struct theme *theme = reading->theme;
	struct theme_entry *entry = theme_entry(theme, str_from(name));
	size_t type = type_of(name);

	if (!check_bytes(path, type, bytes, why))
		return false;
	if (!entry && theme->count == THEME_FILES_MAX)
		return fail(why, TOO_LARGE, "%s: a theme has at most %d files", reading->folder,
			    THEME_FILES_MAX);
	if (!entry)
		entry = &theme->entries[theme->count++];
	entry->path = path;
	entry->file.name = arena_cstr(theme->arena, str_from(name));
	entry->file.asset.type = str_from(types[type].type);
	entry->file.asset.bytes = arena_copy(theme->arena, bytes);
	entry->file.asset.address = address_of(theme->arena, name, bytes);
	return true;
}

static bool read_one(struct reading *reading, const char *name, struct fault *why)
{
	const char *path = arena_printf(reading->theme->arena, "%s/%s", reading->folder, name).at;
	struct fault inside;
	struct buf bytes;
	bool ok;

	if (!is_name(str_from(name)) || type_of(name) == TYPES)
		return fail(why, INVALID,
			    "%s: a theme has no files of such a name (a-z, 0-9, - and _, then "
			    ".mustache, "
			    ".css, .js, .svg, .png, .jpg, .webp or .woff2)",
			    path);
	buf_init(&bytes, theme_is_template(name) ? THEME_TEMPLATE_MAX : THEME_FILE_MAX);
	ok = file_read_in(reading->fd, name, &bytes, &inside) ||
	     fail(why, inside.kind, "%s: %s", reading->folder, inside.says);
	reading->total += bytes.len;
	if (ok && reading->total > THEME_MAX)
		ok = fail(why, TOO_LARGE, "%s has more than %d bytes", reading->folder, THEME_MAX);
	ok = ok && put(reading, name, path, buf_str(&bytes), why);
	buf_release(&bytes);
	return ok;
}

/* --- the folder ------------------------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
	const char *const *first = a, *const *second = b;

	return strcmp(*first, *second);
}

/* In the order of their names, so that of several faults the same is always told. Names that
 * begin with a dot are editors' and version control's. */
static bool list_names(struct reading *reading, const char ***out, size_t *count, struct fault *why)
{
	struct arena *arena = reading->theme->arena;
	const char **names = arena_array(arena, THEME_FILES_MAX, sizeof *names);
	DIR *dir = fdopendir(dup(reading->fd));
	struct dirent *found;

	*out = names;
	*count = 0;
	if (!dir)
		return fail_errno(why, "cannot read the folder %s", reading->folder);
	while ((found = readdir(dir)) && *count < THEME_FILES_MAX) {
		if (found->d_name[0] != '.')
			names[(*count)++] = arena_cstr(arena, str_from(found->d_name));
	}
	closedir(dir);
	if (found)
		return fail(why, TOO_LARGE, "%s: a theme has at most %d files", reading->folder,
			    THEME_FILES_MAX);
	qsort(names, *count, sizeof *names, by_name);
	return true;
}

static bool read_all(struct reading *reading, struct fault *why)
{
	const char **names;
	size_t count;

	if (!list_names(reading, &names, &count, why))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!read_one(reading, names[i], why))
			return false;
	}
	return true;
}

static bool read_folder(struct theme *theme, const char *path, struct fault *why)
{
	struct reading reading = { .theme = theme, .folder = path };
	bool ok;

	reading.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (reading.fd < 0)
		return fail_errno(why, "cannot open the folder %s", path);
	ok = read_all(&reading, why);
	close(reading.fd);
	return ok;
}

/* Any file, under the theme's name for it. */
static bool read_logo(struct theme *theme, const char *path, struct fault *why)
{
	bool is_svg = str_ends(str_from(path), STR(".svg"));
	struct reading reading = { .theme = theme, .folder = path };
	struct buf bytes;
	bool ok;

	theme->logo = is_svg ? "logo.svg" : "logo.png";
	if (!is_svg && !str_ends(str_from(path), STR(".png")))
		return fail(why, INVALID, "%s: a logo is an .svg or a .png file", path);
	buf_init(&bytes, LOGO_MAX);
	ok = file_read(path, &bytes, why) && put(&reading, theme->logo, path, buf_str(&bytes), why);
	buf_release(&bytes);
	return ok;
}

/* --- style sheets ------------------------------------------------------------------------- */

struct sheet {
	struct theme *theme;
	struct theme_entry *entry;
	struct str text;
	size_t at; /* everything before it is done */
	struct buf out;
};

/* What stands between url( and ), without its quotes. */
static struct str reference(struct str inside)
{
	inside = str_trim(inside);
	if (inside.len >= 2 && (inside.at[0] == '"' || inside.at[0] == '\'') &&
	    inside.at[inside.len - 1] == inside.at[0])
		inside = str_first(str_skip(inside, 1), inside.len - 2);
	return str_starts(inside, STR("./")) ? str_skip(inside, 2) : inside;
}

/* Only a name of the folder is ours to find. */
static bool add_reference(struct sheet *sheet, struct str inside, struct fault *why)
{
	struct str name = reference(inside);
	struct theme_entry *entry = theme_entry(sheet->theme, name);

	if (str_find(name, ':') < name.len || str_find(name, '/') < name.len ||
	    str_starts(name, STR("#"))) {
		buf_add(&sheet->out, inside);
		return true;
	}
	if (!entry || theme_is_template(entry->file.name) || str_ends(name, STR(".css")))
		return fail(why, INVALID, "%s:%u: there is no file \"%s\" beside it",
			    sheet->entry->path, line_at(sheet->text, sheet->at), QUOTE(name));
	entry->used = true;
	buf_add(&sheet->out, entry->file.asset.address);
	return true;
}

static bool make_sheet(struct sheet *sheet, struct fault *why)
{
	for (;;) {
		struct str rest = str_skip(sheet->text, sheet->at);
		size_t comment = str_find_str(rest, STR("/*")),
		       url = str_find_str(rest, STR("url("));
		size_t end;

		if (comment < url) {
			rest = str_skip(rest, comment + 2);
			end = comment + 2 + str_find_str(rest, STR("*/"));
			buf_add(&sheet->out, str_first(str_skip(sheet->text, sheet->at), end));
			sheet->at += end;
			continue;
		}
		buf_add(&sheet->out, str_first(rest, url + 4));
		if (url == rest.len)
			return buf_check(&sheet->out, why);
		sheet->at += url + 4;
		rest = str_skip(rest, url + 4);
		end = str_find(rest, ')');
		if (!add_reference(sheet, str_first(rest, end), why))
			return false;
		sheet->at += end;
	}
}

/* After all other assets have their addresses. */
static bool make_sheets(struct theme *theme, struct fault *why)
{
	for (size_t i = 0; i < theme->count; i++) {
		struct theme_entry *entry = &theme->entries[i];
		struct asset *asset = &entry->file.asset;
		struct sheet sheet = { .theme = theme, .entry = entry, .text = asset->bytes };
		bool ok;

		if (!entry->path || !str_ends(str_from(entry->file.name), STR(".css")))
			continue;
		buf_init(&sheet.out, THEME_FILE_MAX * 2);
		ok = make_sheet(&sheet, why);
		asset->bytes = arena_copy(theme->arena, buf_str(&sheet.out));
		asset->address = address_of(theme->arena, entry->file.name, asset->bytes);
		buf_release(&sheet.out);
		if (!ok)
			return false;
	}
	return true;
}

/* --- all of it ---------------------------------------------------------------------------- */

static struct theme *compiled_in(struct arena *arena)
{
	struct theme *theme = arena_new(arena, struct theme);

	must(theme_file_count <= THEME_FILES_MAX);
	theme->arena = arena;
	theme->entries = arena_array(arena, THEME_FILES_MAX, sizeof *theme->entries);
	theme->count = theme_file_count;
	for (size_t i = 0; i < theme_file_count; i++) {
		theme->entries[i].file = theme_files[i];
		theme->entries[i].used = true;
	}
	return theme;
}

/* What a page uses when it is there. */
static bool is_known(const char *name)
{
	static const char *const known[] = { "house.css", "logo.svg", "logo.png" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(known[i], name) == 0)
			return true;
	}
	return false;
}

/* A name with a slip in it would silently do nothing. */
static bool check_uses(const struct theme *theme, struct fault *why)
{
	for (size_t i = 0; i < theme->count; i++) {
		const struct theme_entry *entry = &theme->entries[i];

		if (!entry->used && !is_known(entry->file.name))
			return fail(why, INVALID, "%s: nothing uses a file of this name",
				    entry->path);
	}
	return true;
}

bool theme_read(struct arena *arena, const char *folder, const char *logo, struct theme **out,
		struct fault *why)
{
	struct theme *theme = compiled_in(arena);

	if ((folder && !read_folder(theme, folder, why)) ||
	    (logo && !read_logo(theme, logo, why)) || !make_sheets(theme, why))
		return false;
	for (size_t i = 0; i < theme->count; i++) {
		if (!theme_is_template(theme->entries[i].file.name))
			theme->entries[i].called = called(arena, theme->entries[i].file.name);
	}
	*out = theme;
	return theme_compile(theme, why) && check_uses(theme, why);
}

#include "resettle.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"

struct place {
	struct arena *arena;
	struct str given, real; /* the folder by the name it was given, and without links */
	struct str logo;
};

/* Without ".", ".." and doubled slashes; nothing is looked up. */
static struct str clean(struct arena *arena, struct str path)
{
	char *out = arena_alloc(arena, path.len + 1);
	size_t len = 0;

	while (str_given(path)) {
		struct str step = str_cut(&path, '/');

		if (str_equal(step, STR(".."))) {
			while (len > 0 && out[--len] != '/')
				;
		} else if (step.len > 0 && !str_equal(step, STR("."))) {
			out[len++] = '/';
			memcpy(out + len, step.at, step.len);
			len += step.len;
		}
	}
	return (struct str){ out, len };
}

static struct str path_of(const struct place *place, struct str value)
{
	if (str_starts(value, STR("/")))
		return clean(place->arena, value);
	return clean(place->arena, arena_printf(place->arena, "%.*s/%.*s", STR_ARG(place->given),
						STR_ARG(value)));
}

/* What follows the folder; STR_NONE: it is not in it. */
static struct str name_below(struct str path, struct str folder)
{
	struct str rest = str_skip(path, folder.len);

	return str_starts(path, folder) && str_starts(rest, STR("/")) ? str_skip(rest, 1)
								      : STR_NONE;
}

static struct str name_in(const struct place *place, struct str value)
{
	struct str path = path_of(place, value), name = name_below(path, place->given);

	return str_given(name) ? name : name_below(path, place->real);
}

/* Under which name a restored site has it; STR_NONE: a backup does not hold it. */
static struct str brought(const struct place *place, struct str key)
{
	if (str_equal(key, STR("store")) || str_equal(key, STR("theme")))
		return key;
	return str_equal(key, STR("logo")) ? place->logo : STR_NONE;
}

static struct str last_part(struct str path)
{
	struct str part = path;

	while (str_given(path))
		part = str_cut(&path, '/');
	return part;
}

/* STR_NONE: it stays as it is. */
static struct str new_value(const struct place *place, struct str key, struct str value)
{
	struct str name = name_in(place, value), own = brought(place, key);
	const char *fallback;

	if (!config_is_path(key, &fallback) || value.len == 0)
		return STR_NONE;
	if (str_given(own))
		return str_given(name) && str_equal(name, own) ? STR_NONE : own;
	if (str_given(name))
		return STR_NONE;
	return fallback ? str_from(fallback) : last_part(value);
}

static void take_line(const struct place *place, struct str line, struct buf *out,
		      struct buf *moved)
{
	struct str rest = str_ends(line, STR("\r")) ? str_first(line, line.len - 1) : line;
	struct str key = str_trim(str_cut(&rest, '='));
	struct str value = new_value(place, key, str_given(rest) ? str_trim(rest) : STR(""));

	if (!str_given(value)) {
		buf_addf(out, "%.*s\n", STR_ARG(line));
		return;
	}
	buf_addf(out, "# restored elsewhere; it was:\n# %.*s\n%.*s = %.*s\n", STR_ARG(line),
		 STR_ARG(key), STR_ARG(value));
	buf_addf(moved, "%s%.*s", moved->len ? ", " : "", STR_ARG(key));
}

static bool find_place(struct place *place, const char *folder, struct fault *why)
{
	char *here = getcwd(NULL, 0), *real = realpath(folder, NULL);
	bool ok = here && real;

	if (ok) {
		place->given = STR("");
		place->given = path_of(place, folder[0] == '/' ? str_from(folder)
							       : arena_printf(place->arena, "%s/%s",
									      here, folder));
		place->real = arena_copy(place->arena, str_from(real));
	} else {
		fail_errno(why, "cannot find the place of %s", folder);
	}
	free(here);
	free(real);
	return ok;
}

bool resettle(struct arena *arena, const char *folder, struct str logo, struct str text,
	      struct buf *out, struct buf *moved, struct fault *why)
{
	struct place place = { .arena = arena, .logo = logo };

	if (!find_place(&place, folder, why))
		return false;
	if (str_ends(text, STR("\n")))
		text = str_first(text, text.len - 1);
	while (str_given(text))
		take_line(&place, str_cut(&text, '\n'), out, moved);
	return buf_check(out, why);
}

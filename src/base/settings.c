#include <libgen.h>
#include <stdarg.h>

#include <communique/file.h>
#include <communique/limits.h>
#include <communique/settings.h>
#include <communique/utf8.h>

struct member { /* of a family */
	struct str name, value;
	unsigned line;
	struct member *next;
};

struct value {
	struct str text; /* STR_NONE: not in the file */
	unsigned line;
	struct member *members;
};

struct settings {
	struct arena *arena;
	const struct setting *table;
	size_t count;
	const char *path;   /* NULL: defaults only */
	const char *folder; /* of the file */
	struct buf *wrong;  /* what is wrong is gathered here; NULL: the first ends it */
	struct value *values;
};

static bool is_family(const struct setting *setting)
{
	return str_ends(str_from(setting->key), STR("."));
}

/* The row for a key as it stands in a file; *member is what follows a family's dot. */
static const struct setting *find_row(const struct settings *settings, struct str key,
				      struct str *member)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *row = &settings->table[i];
		struct str name = str_from(row->key);

		*member = STR_NONE;
		if (!is_family(row) && str_equal(key, name))
			return row;
		if (is_family(row) && str_starts(key, name) && key.len > name.len) {
			*member = str_skip(key, name.len);
			return row;
		}
	}
	return NULL;
}

static bool parse_number(enum setting_type type, struct str text, uint64_t *out)
{
	static const char units[] = "KMG";
	unsigned shift = 0;

	if (type == SETTING_SIZE && text.len) {
		const char *unit = memchr(units, text.at[text.len - 1], 3);

		if (unit) {
			shift = 10 * (unsigned)(unit - units + 1);
			text.len--;
		}
	}
	if (!str_to_u64(text, shift ? UINT32_MAX : INT64_MAX, out))
		return false;
	*out <<= shift;
	return type != SETTING_NUMBER || *out <= INT32_MAX;
}

static bool check_value(const struct setting *row, struct str text, unsigned line,
			struct fault *why)
{
	uint64_t number;

	switch (row->type) {
	case SETTING_TEXT:
	case SETTING_WORDS:
	case SETTING_PATH:
		return true;
	case SETTING_FLAG:
		if (str_equal(text, STR("yes")) || str_equal(text, STR("no")))
			return true;
		return fail_line(why, INVALID, line, "%s is yes or no, not \"%s\"", row->key,
				 QUOTE(text));
	case SETTING_NUMBER:
	case SETTING_SECONDS:
	case SETTING_SIZE:
		break;
	}
	if (parse_number(row->type, text, &number))
		return true;
	return fail_line(why, INVALID, line, "%s is a number%s, not \"%s\"", row->key,
			 row->type == SETTING_SIZE ? " such as 64M" : "", QUOTE(text));
}

static bool set_member(struct settings *settings, struct value *value, struct str name,
		       struct str text, unsigned line, struct fault *why)
{
	struct member **end = &value->members;

	for (; *end; end = &(*end)->next) {
		if (str_equal((*end)->name, name))
			return fail_line(why, INVALID, line, "this stands in line %u already",
					 (*end)->line);
	}
	*end = arena_new(settings->arena, struct member);
	**end = (struct member){ .name = name, .value = text, .line = line };
	return true;
}

static bool set(struct settings *settings, struct str key, struct str text, unsigned line,
		struct fault *why)
{
	struct str member;
	const struct setting *row = find_row(settings, key, &member);
	struct value *value;

	if (!row)
		return fail_line(why, INVALID, line, "there is no setting \"%s\"", QUOTE(key));
	if (!check_value(row, text, line, why))
		return false;
	value = &settings->values[row - settings->table];
	if (str_given(member))
		return set_member(settings, value, member, text, line, why);
	if (value->line)
		return fail_line(why, INVALID, line, "%s stands in line %u already", row->key,
				 value->line);
	value->text = text;
	value->line = line;
	return true;
}

static bool read_line(struct settings *settings, struct str text, unsigned line, struct fault *why)
{
	size_t equals = str_find(text, '=');
	struct str key = str_trim(str_first(text, equals));

	/* It is not seen in an editor, so no sentence that quotes the line would help. */
	if (line == 1 && str_starts(text, STR("\xef\xbb\xbf")))
		return fail_line(why, INVALID, line,
				 "the file begins with a byte order mark; save it as UTF-8 without "
				 "one");
	text = str_trim(text);
	if (text.len == 0 || text.at[0] == '#')
		return true;
	if (!str_given(key) || key.len == text.len)
		return fail_line(why, INVALID, line, "expected key = value");
	text = str_trim(str_skip(text, str_find(text, '=') + 1));
	if (str_find(text, '\0') < text.len || utf8_valid_length(text) < text.len)
		return fail_line(why, INVALID, line, "the value is not UTF-8 text");
	return set(settings, key, text.len ? text : STR(""), line, why);
}

/* CR LF too: an editor of another system may have written it. */
static struct str take_line(struct str *rest)
{
	struct str line = str_cut(rest, '\n');

	return str_ends(line, STR("\r")) ? str_first(line, line.len - 1) : line;
}

/* True: it was gathered, and the next may be looked at. */
static bool gather(const struct settings *settings, const char *says)
{
	if (!settings->wrong)
		return false;
	buf_add_text(settings->wrong, says);
	buf_add_char(settings->wrong, '\n');
	return true;
}

static bool take_file_line(struct settings *settings, struct str text, unsigned line,
			   struct fault *why)
{
	struct fault inside;

	if (read_line(settings, text, line, &inside))
		return true;
	fail(&inside, inside.kind, "%s, %s", settings->path, inside.says);
	return gather(settings, inside.says) || fail(why, inside.kind, "%s", inside.says);
}

static bool read_file(struct settings *settings, struct fault *why)
{
	struct buf bytes;
	struct str rest;
	bool ok;

	buf_init(&bytes, CONFIG_MAX);
	ok = file_read(settings->path, &bytes, why);
	rest = arena_copy(settings->arena, buf_str(&bytes));
	buf_release(&bytes);
	for (unsigned line = 1; ok && str_given(rest); line++)
		ok = take_file_line(settings, take_line(&rest), line, why);
	return ok;
}

bool settings_check(struct arena *arena, const struct setting *table, size_t count,
		    const char *path, struct buf *wrong, struct settings **out, struct fault *why)
{
	struct settings *settings = arena_new(arena, struct settings);

	settings->wrong = wrong;
	settings->arena = arena;
	settings->table = table;
	settings->count = count;
	settings->values = arena_array(arena, count, sizeof *settings->values);
	settings->folder = ".";
	if (path) {
		settings->path = arena_cstr(arena, str_from(path));
		settings->folder = dirname(arena_cstr(arena, str_from(path)));
		if (!read_file(settings, why))
			return false;
	}
	*out = settings;
	return true;
}

bool settings_read(struct arena *arena, const struct setting *table, size_t count, const char *path,
		   struct settings **out, struct fault *why)
{
	return settings_check(arena, table, count, path, NULL, out, why);
}

static size_t row_of(const struct settings *settings, const char *key)
{
	for (size_t i = 0; i < settings->count; i++) {
		if (strcmp(settings->table[i].key, key) == 0)
			return i;
	}
	must_failed("the key is in the table", __FILE__, __LINE__);
}

struct str settings_text(const struct settings *settings, const char *key)
{
	size_t row = row_of(settings, key);

	if (settings->values[row].line)
		return settings->values[row].text;
	return str_from(settings->table[row].fallback);
}

const char *settings_cstr(const struct settings *settings, const char *key)
{
	struct str text = settings_text(settings, key);

	return text.len ? arena_cstr(settings->arena, text) : NULL;
}

const char *settings_path(const struct settings *settings, const char *key)
{
	struct str text = settings_text(settings, key);

	if (text.len == 0)
		return NULL;
	if (text.at[0] == '/')
		return arena_cstr(settings->arena, text);
	text = arena_printf(settings->arena, "%s/%.*s", settings->folder, STR_ARG(text));
	return text.at;
}

uint64_t settings_number(const struct settings *settings, const char *key)
{
	size_t row = row_of(settings, key);
	uint64_t number = 0;

	must(parse_number(settings->table[row].type, settings_text(settings, key), &number));
	return number;
}

bool settings_flag(const struct settings *settings, const char *key)
{
	return str_equal(settings_text(settings, key), STR("yes"));
}

size_t settings_words(const struct settings *settings, const char *key, struct str *out,
		      size_t room)
{
	struct str rest = settings_text(settings, key);
	size_t count = 0;

	while ((rest = str_trim(rest)).len && count < room) {
		size_t len = str_find(rest, ' '), tab = str_find(rest, '\t');

		len = tab < len ? tab : len;
		out[count++] = str_first(rest, len);
		rest = str_skip(rest, len);
	}
	return count;
}

struct str settings_member(const struct settings *settings, const char *family, struct str member)
{
	const struct member *at = settings->values[row_of(settings, family)].members;

	for (; at; at = at->next) {
		if (str_equal(at->name, member))
			return at->value;
	}
	return STR_NONE;
}

static unsigned line_of(const struct settings *settings, const char *key)
{
	struct str name;
	const struct setting *row = find_row(settings, str_from(key), &name);
	const struct value *value = row ? &settings->values[row - settings->table] : NULL;

	if (!value || !str_given(name))
		return value ? value->line : 0;
	for (const struct member *at = value->members; at; at = at->next) {
		if (str_equal(at->name, name))
			return at->line;
	}
	return 0;
}

static bool tell(const struct settings *settings, const char *key, enum fault_kind kind,
		 const char *says, struct fault *why)
{
	unsigned line = line_of(settings, key);
	struct fault whole;
	char place[32] = "";

	if (line)
		snprintf(place, sizeof place, ", line %u", line);
	fail(&whole, kind, "%s%s%s%s", settings->path ? settings->path : "", place,
	     settings->path ? ": " : "", says);
	return gather(settings, whole.says) || fail(why, kind, "%s", whole.says);
}

bool settings_fail(const struct settings *settings, const char *key, struct fault *why,
		   const char *format, ...)
{
	char says[sizeof why->says];
	va_list values;

	va_start(values, format);
	vsnprintf(says, sizeof says, format, values);
	va_end(values);
	return tell(settings, key, INVALID, says, why);
}

bool settings_blame(const struct settings *settings, const char *key, const struct fault *inside,
		    struct fault *why)
{
	struct fault named;

	fail(&named, inside->kind, "%s: %s", key, inside->says);
	return tell(settings, key, named.kind, named.says, why);
}

static const char *key_of(const struct settings *settings, const char *family, struct str member)
{
	return arena_printf(settings->arena, "%s%.*s", family, STR_ARG(member)).at;
}

bool settings_members_among(const struct settings *settings, const char *family,
			    const struct str *names, size_t count, struct fault *why)
{
	const struct member *at = settings->values[row_of(settings, family)].members;

	for (; at; at = at->next) {
		bool found = false;

		for (size_t i = 0; i < count; i++)
			found = found || str_equal(at->name, names[i]);
		if (!found && !settings_fail(settings, key_of(settings, family, at->name), why,
					     "%s%s: %s is none of the languages", family,
					     QUOTE(at->name), QUOTE(at->name)))
			return false;
	}
	return true;
}

static void print_row(const struct settings *settings, size_t i, struct buf *out)
{
	const struct setting *row = &settings->table[i];
	const struct value *value = &settings->values[i];

	buf_addf(out, "# %s\n", row->help);
	for (const struct member *at = value->members; at; at = at->next)
		buf_addf(out, "# from %s, line %u\n%s%.*s = %.*s\n", settings->path, at->line,
			 row->key, STR_ARG(at->name), STR_ARG(at->value));
	if (value->line)
		buf_addf(out, "# from %s, line %u\n%s = %.*s\n", settings->path, value->line,
			 row->key, STR_ARG(value->text));
	else if (row->fallback)
		buf_addf(out, "# the default\n%s = %s\n", row->key, row->fallback);
	else if (!value->members)
		buf_addf(out, "# not set\n# %s =\n", row->key);
	buf_add_char(out, '\n');
}

void settings_print(const struct settings *settings, struct buf *out)
{
	for (size_t i = 0; i < settings->count; i++)
		print_row(settings, i, out);
}

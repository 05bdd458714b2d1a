#include <communique/limits.h>
#include <communique/utf8.h>

#include "config.h"
#include "header.h"

static bool fits_date(struct str value)
{
	struct date date;

	return date_parse(value, &date);
}

static bool fits_time(struct str value)
{
	int64_t time;

	return time_parse(value, &time);
}

static bool fits_kind(struct str value)
{
	enum kind kind;

	return kind_parse(value, &kind);
}

static const struct row {
	const char *name;
	size_t most;
	bool required;
	const char *example;
	bool (*fits)(struct str value); /* NULL: the parser will say */
} rows[FIELD_COUNT] = {
	[FIELD_SITE] = { "Site", 1, true, "press.example", NULL },
	[FIELD_RELEASE] = { "Release", 1, true, "2020-10-28-a-few-words", slug_valid },
	[FIELD_LANGUAGE] = { "Language", 1, true, "en", language_valid },
	[FIELD_REVISION] = { "Revision", 1, false, "1", NULL },
	[FIELD_PREVIOUS] = { "Previous", 1, false, NULL, NULL },
	[FIELD_CHANGE] = { "Change", 1, false, "correction", NULL },
	[FIELD_CHANGE_NOTE] = { "Change-Note", 1, false, NULL, NULL },
	[FIELD_DATE] = { "Date", 1, true, "YYYY-MM-DD", fits_date },
	[FIELD_PUBLISH_AT] = { "Publish-At", 1, false, "2020-10-28T09:00:00+09:00", fits_time },
	[FIELD_KIND] = { "Kind", 1, true, "press-release", fits_kind },
	[FIELD_TITLE] = { "Title", 1, true, "TEXT", NULL },
	[FIELD_SUBTITLE] = { "Subtitle", 3, false, NULL, NULL },
	[FIELD_SUMMARY] = { "Summary", 1, false, NULL, NULL },
	[FIELD_REFERENCE] = { "Reference", 1, false, NULL, NULL },
	[FIELD_PLACE] = { "Place", 1, false, NULL, NULL },
	[FIELD_DEPARTMENT] = { "Department", 4, false, NULL, NULL },
	[FIELD_CONTACT] = { "Contact", 8, false, NULL, NULL },
	[FIELD_TOPICS] = { "Topics", 1, false, NULL, NULL },
	[FIELD_RIGHTS] = { "Rights", 1, false, NULL, NULL },
	[FIELD_ATTACHMENT] = { "Attachment", 32, false, NULL, NULL },
	[FIELD_LEGACY] = { "Legacy", 4, false, NULL, NULL },
};

bool header_field_required(enum field field)
{
	return rows[field].required;
}

const char *header_field_name(enum field field)
{
	return rows[field].name;
}

const char *header_field_example(enum field field)
{
	return rows[field].example ? rows[field].example : "TEXT";
}

bool header_value_fits(enum field field, struct str value)
{
	if (value.len == 0 || str_find(value, '\n') < value.len)
		return false;
	return !rows[field].fits || rows[field].fits(value);
}

static bool field_find(struct str name, enum field *out)
{
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		*out = field;
		if (str_equal_nocase(name, str_from(rows[field].name)))
			return true;
	}
	return false;
}

/* What a person typed is brought into normal form C, as keyboards and file names
 * come in others; a file that is already written never is. */
static struct str normal_form(struct arena *arena, struct str value)
{
	if (utf8_valid_length(value) < value.len || utf8_is_nfc(value))
		return value;
	return utf8_to_nfc(arena, value);
}

bool header_set(struct arena *arena, struct header *header, struct str name, struct str value,
		struct fault *why)
{
	enum field field;

	value = normal_form(arena, str_trim(value));
	if (!field_find(name, &field))
		return fail(why, USAGE, "a release file has no field \"%s\"", QUOTE(name));
	if (value.len == 0)
		return true;
	if (!header_value_fits(field, value))
		return fail(why, USAGE, "%s is written like %s, not \"%s\"", rows[field].name,
			    header_field_example(field), QUOTE(value));
	if (header->of[field].count == rows[field].most)
		return fail(why, USAGE, "%s may stand %s", rows[field].name,
			    rows[field].most == 1 ? "once" : "only a few times");
	header->of[field].at[header->of[field].count++] = value;
	return true;
}

void header_default(struct header *header, enum field field, struct str value)
{
	if (value.len && header->of[field].count == 0)
		header->of[field].at[header->of[field].count++] = value;
}

struct str header_value(const struct header *header, enum field field)
{
	return header->of[field].count ? header->of[field].at[0] : STR_NONE;
}

static bool set_pair(const struct call *call, struct header *header, struct str pair,
		     struct fault *why)
{
	size_t equals = str_find(pair, '=');

	if (equals == pair.len)
		return fail(why, USAGE, "--set wants Field=value, not \"%s\"", QUOTE(pair));
	return header_set(call->arena, header, str_trim(str_first(pair, equals)),
			  str_skip(pair, equals + 1), why);
}

/* --date is short for --set Date=, and so on for every field that a command lists. */
static bool set_short_forms(const struct call *call, struct header *header, struct fault *why)
{
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		char option[16];
		const char *value;
		size_t len = strlen(rows[field].name);

		must(len < sizeof option);
		for (size_t i = 0; i <= len; i++)
			option[i] = to_lower(rows[field].name[i]);
		for (size_t n = 0; (value = call_option_nth(call, option, n)) != NULL; n++) {
			if (!header_set(call->arena, header, str_from(rows[field].name),
					str_from(value), why))
				return false;
		}
	}
	return true;
}

bool header_from_call(const struct call *call, struct header *header, struct fault *why)
{
	const char *pair, *site, *language;

	*header = (struct header){ 0 };
	for (size_t n = 0; (pair = call_option_nth(call, "set", n)) != NULL; n++) {
		if (!set_pair(call, header, str_from(pair), why))
			return false;
	}
	if (!set_short_forms(call, header, why) || !config_find(call, "site", &site, why) ||
	    !config_find(call, "language", &language, why))
		return false;
	header_default(header, FIELD_SITE, str_from(site));
	header_default(header, FIELD_LANGUAGE, str_from(language));
	header_default(header, FIELD_REVISION, STR("1"));
	return true;
}

/* With a date it will be made from the title, so there is nothing to say. */
static bool release_follows(struct arena *arena, const struct header *header)
{
	struct str slug = slug_suggest(arena, STR("2000-01-01"), header_value(header, FIELD_TITLE));

	return header->of[FIELD_DATE].count == 0 && slug.len > 0;
}

bool header_complete(struct arena *arena, const struct header *header, struct fault *why)
{
	struct buf list;
	bool ok;

	buf_init(&list, sizeof why->says);
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		if (!rows[field].required || header->of[field].count)
			continue;
		if (field != FIELD_RELEASE || !release_follows(arena, header))
			buf_addf(&list, " --set %s=%s", rows[field].name,
				 header_field_example(field));
	}
	ok = list.len == 0;
	if (!ok)
		fail(why, INVALID, "not known, so say:%.*s", STR_ARG(buf_str(&list)));
	buf_release(&list);
	return ok;
}

void header_write(const struct header *header, struct buf *out)
{
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		for (size_t i = 0; i < header->of[field].count; i++)
			release_field_add(out, rows[field].name, header->of[field].at[i]);
	}
	buf_add_char(out, '\n');
}

#include <stdarg.h>

#include <communique/utf8.h>

#include "parts.h"

/* One field as it was read: folded lines joined. */
struct field {
	const struct field_rule *rule;
	struct str value;
	unsigned line;
};

typedef bool set_field(struct parsing *parsing, const struct field *field, struct fault *why);

struct field_rule {
	const char *name;
	bool required;
	unsigned most; /* how often it may stand */
	size_t limit;  /* bytes of its value; attachments limit their parts */
	set_field *set;
	size_t offset; /* of a plain text in struct release */
};

static bool bad_value(const struct field *field, struct fault *why, const char *expected)
{
	return fail_line(why, RELEASE_MALFORMED, field->line, "%s: expected %s, not \"%s\"",
			 field->rule->name, expected, QUOTE(field->value));
}

static bool set_text(struct parsing *parsing, const struct field *field, struct fault *why)
{
	char *at = (char *)parsing->release + field->rule->offset;

	(void)why;
	memcpy(at, &field->value, sizeof field->value);
	return true;
}

/* The arrays are made for the most there may be. */
static bool add_text(struct parsing *parsing, const struct field *field, struct fault *why)
{
	struct texts texts;
	char *at = (char *)parsing->release + field->rule->offset;

	(void)why;
	memcpy(&texts, at, sizeof texts);
	if (!texts.at)
		texts.at = arena_array(parsing->arena, field->rule->most, sizeof *texts.at);
	texts.at[texts.count++] = field->value;
	memcpy(at, &texts, sizeof texts);
	return true;
}

static bool set_slug(struct parsing *parsing, const struct field *field, struct fault *why)
{
	parsing->release->slug = field->value;
	return slug_valid(field->value) ||
	       bad_value(field, why, "groups of a-z and 0-9 joined by single \"-\"");
}

static bool set_language(struct parsing *parsing, const struct field *field, struct fault *why)
{
	parsing->release->language = field->value;
	return language_valid(field->value) || bad_value(field, why, "a language tag such as en");
}

static bool set_revision(struct parsing *parsing, const struct field *field, struct fault *why)
{
	uint64_t number;

	if (!str_to_u64(field->value, UINT32_MAX, &number) || number == 0)
		return bad_value(field, why, "a number from 1");
	parsing->release->revision = (uint32_t)number;
	return true;
}

static bool set_previous(struct parsing *parsing, const struct field *field, struct fault *why)
{
	parsing->release->has_previous = true;
	return hash_parse(field->value, &parsing->release->previous) ||
	       bad_value(field, why, "a SHA-256 as 64 lower case hex digits");
}

static bool set_change(struct parsing *parsing, const struct field *field, struct fault *why)
{
	return change_parse(field->value, &parsing->release->change) ||
	       bad_value(field, why,
			 "update, correction, clarification, minor, withdrawal, kill or "
			 "reinstatement");
}

static bool set_date(struct parsing *parsing, const struct field *field, struct fault *why)
{
	return date_parse(field->value, &parsing->release->date) ||
	       bad_value(field, why, "a day that exists, as YYYY-MM-DD");
}

static bool set_publish_at(struct parsing *parsing, const struct field *field, struct fault *why)
{
	parsing->release->has_publish_at = true;
	return time_parse(field->value, &parsing->release->publish_at) ||
	       bad_value(field, why, "a time with its zone, such as 2026-11-23T18:00:00+09:00");
}

static bool set_kind(struct parsing *parsing, const struct field *field, struct fault *why)
{
	return kind_parse(field->value, &parsing->release->kind) ||
	       bad_value(field, why,
			 "press-release, statement, joint-statement, readout, remarks, "
			 "briefing, media-advisory or explanatory");
}

enum { TOPICS_MAX = 32, TOPIC_MAX = 80 };

static bool set_topics(struct parsing *parsing, const struct field *field, struct fault *why)
{
	struct texts *topics = &parsing->release->topics;
	struct str rest = field->value;

	topics->at = arena_array(parsing->arena, TOPICS_MAX, sizeof *topics->at);
	while (str_given(rest)) {
		struct str topic = str_trim(str_cut(&rest, ';'));

		if (topic.len == 0)
			return bad_value(field, why,
					 "names separated by \";\", none of them empty");
		if (topic.len > TOPIC_MAX || topics->count == TOPICS_MAX)
			return fail_line(why, RELEASE_MALFORMED, field->line,
					 "Topics: at most %d names of %d bytes", TOPICS_MAX,
					 TOPIC_MAX);
		topics->at[topics->count++] = topic;
	}
	return true;
}

static bool set_rights(struct parsing *parsing, const struct field *field, struct fault *why)
{
	parsing->release->rights = field->value;
	for (size_t i = 0; i < field->value.len; i++) {
		char c = field->value.at[i];

		if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '.' && c != '+')
			return bad_value(field, why,
					 "KOGL-1 to KOGL-4, an SPDX id or all-rights-reserved");
	}
	return true;
}

static bool add_attachment(struct parsing *parsing, const struct field *field, struct fault *why)
{
	struct release *release = parsing->release;
	struct attachment *attachment;

	if (!release->attachments)
		release->attachments = arena_array(parsing->arena, field->rule->most,
						   sizeof *release->attachments);
	attachment = &release->attachments[release->attachment_count];
	if (!attachment_parse(parsing->arena, field->value, field->line, attachment, why))
		return false;
	for (size_t i = 0; i < release->attachment_count; i++) {
		if (str_equal(release->attachments[i].name, attachment->name))
			return fail_line(why, RELEASE_MALFORMED, field->line,
					 "Attachment: the name %s stands twice",
					 QUOTE(attachment->name));
	}
	release->attachment_count++;
	return true;
}

static bool add_legacy(struct parsing *parsing, const struct field *field, struct fault *why)
{
	if (field->value.at[0] != '/' || (field->value.len > 1 && field->value.at[1] == '/'))
		return bad_value(field, why, "an address path that begins with one \"/\"");
	for (size_t i = 0; i < field->value.len; i++) {
		if (field->value.at[i] <= ' ' || field->value.at[i] > '~')
			return bad_value(field, why, "an address path without spaces, in ASCII");
	}
	return add_text(parsing, field, why);
}

#define TEXT(member) set_text, offsetof(struct release, member)
#define TEXTS(member) add_text, offsetof(struct release, member)

/* In the order in which they are by habit written. */
static const struct field_rule rules[] = {
	{ "Site", true, 1, RELEASE_SITE_MAX, TEXT(site) },
	{ "Release", true, 1, RELEASE_SLUG_MAX, set_slug, 0 },
	{ "Language", true, 1, RELEASE_LANGUAGE_MAX, set_language, 0 },
	{ "Revision", true, 1, 10, set_revision, 0 },
	{ "Previous", false, 1, 64, set_previous, 0 },
	{ "Change", false, 1, 32, set_change, 0 },
	{ "Change-Note", false, 1, 1024, TEXT(change_note) },
	{ "Date", true, 1, 10, set_date, 0 },
	{ "Publish-At", false, 1, 40, set_publish_at, 0 },
	{ "Kind", true, 1, 32, set_kind, 0 },
	{ "Title", true, 1, RELEASE_TITLE_MAX, TEXT(title) },
	{ "Subtitle", false, 3, 255, TEXTS(subtitles) },
	{ "Summary", false, 1, 320, TEXT(summary) },
	{ "Reference", false, 1, 32, TEXT(reference) },
	{ "Place", false, 1, 80, TEXT(place) },
	{ "Department", false, 4, 120, TEXTS(departments) },
	{ "Contact", false, 8, 255, TEXTS(contacts) },
	{ "Topics", false, 1, TOPICS_MAX *(TOPIC_MAX + 2), set_topics, 0 },
	{ "Rights", false, 1, 32, set_rights, 0 },
	{ "Attachment", false, 32, 2048, add_attachment, 0 },
	{ "Legacy", false, 4, 255, add_legacy, offsetof(struct release, legacy) },
};

enum { RULES = sizeof rules / sizeof *rules };

static const struct field_rule *find_rule(struct str name)
{
	for (size_t i = 0; i < RULES; i++) {
		if (str_equal_nocase(name, str_from(rules[i].name)))
			return &rules[i];
	}
	return NULL;
}

static bool is_fold(struct str line)
{
	return line.len && (line.at[0] == ' ' || line.at[0] == '\t');
}

/* A value and the lines that continue it, each joined with one space. */
static struct str take_value(struct parsing *parsing, struct str first, struct str *rest,
			     unsigned *lines)
{
	struct buf joined;
	struct str value = str_trim(first);

	if (!is_fold(*rest))
		return value;
	buf_init(&joined, RELEASE_FILE_MAX);
	buf_add(&joined, value);
	while (is_fold(*rest)) {
		buf_add_char(&joined, ' ');
		buf_add(&joined, str_trim(str_cut(rest, '\n')));
		++*lines;
	}
	value = arena_copy(parsing->arena, buf_str(&joined));
	buf_release(&joined);
	return value;
}

static bool take_name(struct str line, unsigned number, const struct field_rule **rule,
		      struct fault *why)
{
	struct str name = str_first(line, str_find(line, ':'));

	if (is_fold(line))
		return fail_line(why, RELEASE_MALFORMED, number,
				 "a line that continues nothing (it begins with a space)");
	if (name.len == line.len)
		return fail_line(why, RELEASE_MALFORMED, number,
				 "expected a field \"Name: value\", or an empty line before the "
				 "body, not \"%s\"",
				 QUOTE(line));
	*rule = find_rule(name);
	if (!*rule)
		return fail_line(why, RELEASE_MALFORMED, number, "there is no field \"%s\"",
				 QUOTE(name));
	return true;
}

static bool check_field(const struct field *field, unsigned *seen, struct fault *why)
{
	const struct field_rule *rule = field->rule;

	if (++*seen > rule->most && rule->most == 1)
		return fail_line(why, RELEASE_MALFORMED, field->line, "%s stands twice",
				 rule->name);
	if (*seen > rule->most)
		return fail_line(why, RELEASE_MALFORMED, field->line,
				 "%s stands more than %u times", rule->name, rule->most);
	if (field->value.len == 0)
		return fail_line(why, RELEASE_MALFORMED, field->line, "%s is empty", rule->name);
	if (field->value.len > rule->limit)
		return fail_line(why, RELEASE_MALFORMED, field->line,
				 "%s has %zu bytes; at most %zu are allowed", rule->name,
				 field->value.len, rule->limit);
	return true;
}

static bool check_required(const unsigned *seen, unsigned line, struct fault *why)
{
	for (size_t i = 0; i < RULES; i++) {
		if (rules[i].required && seen[i] == 0)
			return fail_line(why, RELEASE_MALFORMED, line,
					 "the header ends here without the field %s",
					 rules[i].name);
	}
	return true;
}

/* What one field demands of others. `line` is that of the header's end. */
static bool check_together(const struct release *release, unsigned line, struct fault *why)
{
	bool first = release->revision == 1, noted = release->change_note.len > 0;

	if (first && (release->has_previous || release->change != CHANGE_FIRST || noted))
		return fail_line(why, RELEASE_MALFORMED, line,
				 "revision 1 has no Previous, Change or Change-Note");
	if (first)
		return true;
	if (!release->has_previous)
		return fail_line(why, RELEASE_MALFORMED, line,
				 "from revision 2 on the field Previous is needed");
	if (release->change == CHANGE_FIRST)
		return fail_line(why, RELEASE_MALFORMED, line,
				 "from revision 2 on the field Change is needed");
	if (!noted && release->change != CHANGE_MINOR)
		return fail_line(why, RELEASE_MALFORMED, line,
				 "a change of this kind needs a Change-Note");
	return true;
}

bool header_parse(struct parsing *parsing, struct fault *why)
{
	struct release *release = parsing->release;
	struct str rest = release->text;
	unsigned seen[RULES] = { 0 };

	for (unsigned line = 1;; line++) {
		struct str text = str_cut(&rest, '\n');
		struct field field = { .line = line };

		parsing->line = line;
		if (line > RELEASE_HEADER_LINES_MAX)
			return fail_line(why, RELEASE_MALFORMED, line,
					 "the header has more than %d lines",
					 RELEASE_HEADER_LINES_MAX);
		if (text.len == 0 || !str_given(rest))
			break;
		if (!take_name(text, line, &field.rule, why))
			return false;
		text = str_skip(text, strlen(field.rule->name) + 1);
		field.value = take_value(parsing, text, &rest, &line);
		if (!check_field(&field, &seen[field.rule - rules], why) ||
		    !field.rule->set(parsing, &field, why))
			return false;
	}
	if (!str_given(rest))
		return fail_line(why, RELEASE_MALFORMED, parsing->line,
				 "the file ends without an empty line and a body");
	release->header = str_first(release->text, release->text.len - rest.len);
	release->body = rest;
	release->body_line = parsing->line + 1;
	return check_required(seen, parsing->line, why) &&
	       check_together(release, parsing->line, why);
}

void doubt(struct parsing *parsing, unsigned line, const char *format, ...)
{
	struct doubt *doubt = arena_new(parsing->arena, struct doubt);
	char says[240];
	va_list values;

	va_start(values, format);
	vsnprintf(says, sizeof says, format, values);
	va_end(values);
	doubt->line = line;
	doubt->says = arena_copy(parsing->arena, str_from(says));
	*parsing->doubt_end = doubt;
	parsing->doubt_end = &doubt->next;
}

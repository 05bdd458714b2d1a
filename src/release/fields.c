/* What each field's value must be. */
#include <communique/utf8.h>

#include "fields.h"

enum { TOPICS_MAX = 32, TOPIC_MAX = 80, TITLE_EASY_MAX = 160 };

static field_setter set_site, set_slug, set_language, set_revision, set_previous, set_change,
	set_date, set_publish_at, set_kind, set_title, set_topics, set_rights, set_attachment,
	set_legacy;

const struct field_row field_rows[FIELD_COUNT] = {
#define AT(member) NULL, offsetof(struct release, member)
	[SITE] = { "Site", true, 1, RELEASE_SITE_MAX, set_site, 0 },
	[RELEASE] = { "Release", true, 1, RELEASE_SLUG_MAX, set_slug, 0 },
	[LANGUAGE] = { "Language", true, 1, RELEASE_LANGUAGE_MAX, set_language, 0 },
	[REVISION] = { "Revision", true, 1, 10, set_revision, 0 },
	[PREVIOUS] = { "Previous", false, 1, 64, set_previous, 0 },
	[CHANGE] = { "Change", false, 1, 32, set_change, 0 },
	[CHANGE_NOTE] = { "Change-Note", false, 1, 1024, AT(change_note) },
	[DATE] = { "Date", true, 1, 10, set_date, 0 },
	[PUBLISH_AT] = { "Publish-At", false, 1, 25, set_publish_at, 0 },
	[KIND] = { "Kind", true, 1, 32, set_kind, 0 },
	[TITLE] = { "Title", true, 1, RELEASE_TITLE_MAX, set_title, 0 },
	[SUBTITLE] = { "Subtitle", false, 3, 255, AT(subtitles) },
	[SUMMARY] = { "Summary", false, 1, RELEASE_SUMMARY_MAX, AT(summary) },
	[REFERENCE] = { "Reference", false, 1, 32, AT(reference) },
	[PLACE] = { "Place", false, 1, 80, AT(place) },
	[DEPARTMENT] = { "Department", false, 4, 120, AT(departments) },
	[CONTACT] = { "Contact", false, 8, 255, AT(contacts) },
	[TOPICS] = { "Topics", false, 1, TOPICS_MAX *(TOPIC_MAX + 2), set_topics, 0 },
	[RIGHTS] = { "Rights", false, 1, 32, set_rights, 0 },
	[ATTACHMENT] = { "Attachment", false, RELEASE_ATTACHMENTS_MAX, 1024, set_attachment, 0 },
	[LEGACY] = { "Legacy", false, RELEASE_LEGACY_MAX, LEGACY_ADDRESS_MAX, set_legacy,
		     offsetof(struct release, legacy) },
#undef AT
};

/* A label of a host name (RFC 1123, section 2.1), in lower case. */
static bool label_valid(struct str label)
{
	enum { LABEL_MAX = 63 };

	if (label.len == 0 || label.len > LABEL_MAX || label.at[0] == '-' ||
	    label.at[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		if (!is_lower(label.at[i]) && !is_digit(label.at[i]) && label.at[i] != '-')
			return false;
	}
	return true;
}

static bool site_valid(struct str site)
{
	while (str_given(site)) {
		if (!label_valid(str_cut(&site, '.')))
			return false;
	}
	return true;
}

static bool set_site(struct parse *parse, struct str value, struct fault *why)
{
	parse->release->site = value;
	return site_valid(value) ||
	       refuse(parse, why, "expected a host name in lower case as Site, not \"%s\"",
		      QUOTE(value));
}

static bool set_slug(struct parse *parse, struct str value, struct fault *why)
{
	parse->release->slug = value;
	return slug_valid(value) || refuse(parse, why,
					   "expected groups of a-z and 0-9 joined by single \"-\" "
					   "as Release, not \"%s\"",
					   QUOTE(value));
}

static bool set_language(struct parse *parse, struct str value, struct fault *why)
{
	parse->release->language = value;
	return language_valid(value) ||
	       refuse(parse, why, "expected a BCP 47 tag such as en as Language, not \"%s\"",
		      QUOTE(value));
}

static bool set_revision(struct parse *parse, struct str value, struct fault *why)
{
	uint64_t number;

	if (!str_to_u64(value, UINT32_MAX, &number) || number == 0)
		return refuse(parse, why, "expected a number from 1 as Revision, not \"%s\"",
			      QUOTE(value));
	parse->release->revision = (uint32_t)number;
	return true;
}

static bool set_previous(struct parse *parse, struct str value, struct fault *why)
{
	parse->release->has_previous = true;
	return hash_parse(value, &parse->release->previous) ||
	       refuse(parse, why, "expected 64 lower case hex digits as Previous");
}

static bool set_change(struct parse *parse, struct str value, struct fault *why)
{
	return change_parse(value, &parse->release->change) ||
	       refuse(parse, why,
		      "expected update, correction, clarification, minor, withdrawal, kill or "
		      "reinstatement as Change, not \"%s\"",
		      QUOTE(value));
}

static bool set_date(struct parse *parse, struct str value, struct fault *why)
{
	if (date_parse(value, &parse->release->date))
		return true;
	if (value.len == 10 && value.at[4] == '-' && value.at[7] == '-')
		return refuse(parse, why, "there is no such day: %s", QUOTE(value));
	return refuse(parse, why, "expected a day written YYYY-MM-DD as Date, not \"%s\"",
		      QUOTE(value));
}

static bool set_publish_at(struct parse *parse, struct str value, struct fault *why)
{
	parse->release->has_publish_at = true;
	return time_parse(value, &parse->release->publish_at) ||
	       refuse(parse, why,
		      "expected a time such as 2026-11-23T09:00:00+09:00 as Publish-At, not \"%s\"",
		      QUOTE(value));
}

static bool set_kind(struct parse *parse, struct str value, struct fault *why)
{
	return kind_parse(value, &parse->release->kind) ||
	       refuse(parse, why,
		      "expected press-release, statement, joint-statement, readout, remarks, "
		      "briefing, media-advisory or explanatory as Kind, not \"%s\"",
		      QUOTE(value));
}

static bool set_title(struct parse *parse, struct str value, struct fault *why)
{
	size_t length = utf8_count(value);

	(void)why;
	parse->release->title = value;
	if (length > TITLE_EASY_MAX)
		doubt(parse, parse->line, "the title has %zu characters", length);
	return true;
}

void field_add_text(struct parse *parse, struct texts *texts, size_t most, struct str value)
{
	if (!texts->at)
		texts->at = arena_array(parse->arena, most, sizeof *texts->at);
	texts->at[texts->count++] = value;
}

static bool has_text(const struct texts *texts, struct str value)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (str_equal_nocase(texts->at[i], value))
			return true;
	}
	return false;
}

static bool set_topics(struct parse *parse, struct str value, struct fault *why)
{
	struct texts *topics = &parse->release->topics;
	struct str rest = value;

	while (str_given(rest)) {
		struct str topic = str_trim(str_cut(&rest, ';'));

		if (topic.len == 0 || utf8_count(topic) > TOPIC_MAX)
			return refuse(parse, why,
				      "expected names of 1 to %d characters joined by ; as Topics",
				      TOPIC_MAX);
		if (topics->count == TOPICS_MAX)
			return refuse(parse, why, "expected at most %d names as Topics",
				      TOPICS_MAX);
		if (has_text(topics, topic))
			doubt(parse, parse->line, "the topic \"%s\" stands twice", QUOTE(topic));
		field_add_text(parse, topics, TOPICS_MAX, topic);
	}
	return true;
}

/* KOGL-1 to -4, all-rights-reserved, or what has the form of an SPDX identifier. */
bool release_rights_valid(struct str value)
{
	if (str_starts(value, STR("KOGL")))
		return value.len == 6 && value.at[4] == '-' && value.at[5] >= '1' &&
		       value.at[5] <= '4';
	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i];

		if (!is_alpha(c) && !is_digit(c) && (i == 0 || !strchr(".-+", c)))
			return false;
	}
	return true;
}

static bool set_rights(struct parse *parse, struct str value, struct fault *why)
{
	parse->release->rights = value;
	return release_rights_valid(value) ||
	       refuse(parse, why,
		      "expected KOGL-1 to KOGL-4, an SPDX identifier or all-rights-reserved as "
		      "Rights, not \"%s\"",
		      QUOTE(value));
}

static bool set_attachment(struct parse *parse, struct str value, struct fault *why)
{
	struct release *release = parse->release;
	struct attachment new;

	if (!attachment_parse(parse, value, &new, why))
		return false;
	for (size_t i = 0; i < release->attachment_count; i++) {
		if (str_equal(release->attachments[i].name, new.name))
			return refuse(parse, why,
				      "expected each attachment's name once, not \"%s\" again",
				      QUOTE(new.name));
	}
	if (!release->attachments)
		release->attachments = arena_array(parse->arena, RELEASE_ATTACHMENTS_MAX,
						   sizeof *release->attachments);
	release->attachments[release->attachment_count++] = new;
	return true;
}

/* A path of this host, as it stands in a request: visible ASCII. */
static bool legacy_valid(struct str value)
{
	if (value.at[0] != '/' || str_starts(value, STR("//")))
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] <= ' ' || value.at[i] >= 0x7f || strchr("\\#<>\"", value.at[i]))
			return false;
	}
	return true;
}

static bool set_legacy(struct parse *parse, struct str value, struct fault *why)
{
	if (!legacy_valid(value))
		return refuse(parse, why,
			      "expected an old path such as /a/view.do?seq=1 as Legacy, "
			      "not \"%s\"",
			      QUOTE(value));
	field_add_text(parse, &parse->release->legacy, field_rows[LEGACY].most, value);
	return true;
}

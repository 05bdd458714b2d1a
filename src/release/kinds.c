#include "parse.h"

static const char *const kinds[KIND_COUNT] = {
	[KIND_PRESS_RELEASE] = "press-release",
	[KIND_STATEMENT] = "statement",
	[KIND_JOINT_STATEMENT] = "joint-statement",
	[KIND_READOUT] = "readout",
	[KIND_REMARKS] = "remarks",
	[KIND_BRIEFING] = "briefing",
	[KIND_MEDIA_ADVISORY] = "media-advisory",
	[KIND_EXPLANATORY] = "explanatory",
};

static const char *const changes[] = {
	[CHANGE_FIRST] = "",
	[CHANGE_UPDATE] = "update",
	[CHANGE_CORRECTION] = "correction",
	[CHANGE_CLARIFICATION] = "clarification",
	[CHANGE_MINOR] = "minor",
	[CHANGE_WITHDRAWAL] = "withdrawal",
	[CHANGE_KILL] = "kill",
	[CHANGE_REINSTATEMENT] = "reinstatement",
};

struct str change_word(enum change change)
{
	return str_from(changes[change]);
}

struct str kind_word(enum kind kind)
{
	return str_from(kinds[kind]);
}

bool kind_parse(struct str word, enum kind *out)
{
	for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
		if (!str_equal(word, kind_word(kind)))
			continue;
		*out = kind;
		return true;
	}
	return false;
}

bool change_parse(struct str word, enum change *out)
{
	for (enum change change = CHANGE_UPDATE; change <= CHANGE_REINSTATEMENT; change++) {
		if (!str_equal(word, change_word(change)))
			continue;
		*out = change;
		return true;
	}
	return false;
}

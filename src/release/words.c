#include "parts.h"

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

struct str kind_word(enum kind kind)
{
	return str_from(kinds[kind]);
}

struct str change_word(enum change change)
{
	return str_from(changes[change]);
}

bool kind_parse(struct str word, enum kind *out)
{
	for (int i = 0; i < KIND_COUNT; i++) {
		if (str_equal(word, str_from(kinds[i]))) {
			*out = (enum kind)i;
			return true;
		}
	}
	return false;
}

bool change_parse(struct str word, enum change *out)
{
	for (int i = CHANGE_UPDATE; i <= CHANGE_REINSTATEMENT; i++) {
		if (str_equal(word, str_from(changes[i]))) {
			*out = (enum change)i;
			return true;
		}
	}
	return false;
}

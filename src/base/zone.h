/*
 * zone - a time zone after reading: its past, and the rule for what comes.
 *
 * The rule is the last line of the file, a TZ string of POSIX with the extensions of RFC
 * 9636, 3.3.1: CET-1CEST,M3.5.0,M10.5.0/3. Its offsets count westwards; ours eastwards.
 */
#ifndef COMMUNIQUE_BASE_ZONE_H
#define COMMUNIQUE_BASE_ZONE_H

#include <communique/zone.h>

struct zone_day { /* when in a year the clocks are changed */
	enum { DAY_OF_MONTH, DAY_JULIAN, DAY_COUNTED } kind;
	unsigned month, week, weekday; /* M: week 5 is the last */
	unsigned day;		       /* J: 1 to 365, never the 29th of February; else 0 to 365 */
	int32_t at;		       /* seconds after midnight, by the clocks of before */
};

struct zone_rule {
	struct zone_time standard, summer;
	bool has_summer;
	struct zone_day begins, ends;
};

bool zone_rule_parse(struct str text, struct zone_rule *out);
struct zone_time zone_rule_at(const struct zone_rule *rule, int64_t time);

#endif

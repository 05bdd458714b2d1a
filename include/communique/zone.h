/*
 * zone - the time zone of a site, as its readers' clocks show it.
 *
 * Times are kept and compared in UTC (clock.h); a zone only says how far the clocks of a
 * place are from it at a moment, and what that is called. It is read once, from the
 * system's own files (/usr/share/zoneinfo, package tzdata) in the format of RFC 9636,
 * into an arena, and never changes: any number of threads may ask it. The C library's
 * localtime_r() is not used, since it takes the zone from the process's environment.
 *
 *	struct zone *zone;
 *	zone_read(arena, "Asia/Seoul", &zone, why)
 *	zone_at(zone, now).offset == 9 * 3600
 *
 * NULL is a zone too: UTC.
 */
#ifndef COMMUNIQUE_ZONE_H
#define COMMUNIQUE_ZONE_H

#include <communique/arena.h>
#include <communique/clock.h>

#define ZONE_FILE_MAX (64 * 1024)
#define ZONE_NAME_MAX 64
#define ZONE_FOLDER "/usr/share/zoneinfo"

struct zone;

/* INVALID: there is no such zone; BROKEN: its file cannot be read, or is none. */
bool zone_read(struct arena *arena, struct str name, struct zone **out, struct fault *why);
/* The same from the bytes of a file. */
bool zone_parse(struct arena *arena, struct str bytes, struct zone **out, struct fault *why);

/* As it was read: Asia/Seoul. */
struct str zone_name(const struct zone *zone);

struct zone_time {
	int32_t offset;	 /* seconds east of UTC */
	struct str name; /* KST, or +03 where the zone has no letters */
};
struct zone_time zone_at(const struct zone *zone, int64_t time);

/* What a calendar and a clock there show: the date, and "18:00". */
struct date zone_date(const struct zone *zone, int64_t time);
#define ZONE_CLOCK_SIZE 6
struct str zone_clock(char out[ZONE_CLOCK_SIZE], const struct zone *zone, int64_t time);
/* "UTC", "UTC+9", "UTC-3:30". */
#define ZONE_OFFSET_SIZE 16
struct str zone_offset(char out[ZONE_OFFSET_SIZE], int32_t offset);
/* RFC 3339: 2026-11-23T18:00:00+09:00; with Z when the zone is NULL. */
#define ZONE_TIME_SIZE 26
struct str zone_time_format(char out[ZONE_TIME_SIZE], const struct zone *zone, int64_t time);

#endif

/*
 * clock - what time it is, and how times are written.
 *
 * Times are whole seconds since 1970-01-01T00:00:00Z in an int64_t. All code
 * asks clock_now(), so that a test can set it (clock_fix). Only years 1970 to
 * 9999 are read and written.
 */
#ifndef COMMUNIQUE_CLOCK_H
#define COMMUNIQUE_CLOCK_H

#include <communique/buf.h>

int64_t clock_now(void);
uint64_t clock_milliseconds(void); /* monotonic, for waiting and measuring */
uint64_t clock_nanoseconds(void);  /* the same clock */
void clock_fix(int64_t now);	   /* tests: this time from now on; -1: the real one again */

struct date {
	uint16_t year;
	uint8_t month, day; /* from 1 */
};

bool date_parse(struct str text, struct date *out); /* YYYY-MM-DD, a day that exists */
struct date date_of(int64_t time);		    /* in UTC */
int64_t date_start(struct date date);		    /* its first second, UTC */
uint32_t date_number(struct date date);		    /* 20201028: sorts as dates do */
struct date date_from_number(uint32_t number);

/* RFC 3339 to the second, with "Z" or an offset; no fractions, no leap second. */
bool time_parse(struct str text, int64_t *out);
#define TIME_SIZE 21
struct str time_format(char out[TIME_SIZE], int64_t time); /* 2026-11-23T09:00:00Z */
/* RFC 9110, section 5.6.7: Mon, 23 Nov 2026 09:00:00 GMT. Only this form is read. */
#define HTTP_TIME_SIZE 30
struct str http_time_format(char out[HTTP_TIME_SIZE], int64_t time);
bool http_time_parse(struct str text, int64_t *out);

#endif

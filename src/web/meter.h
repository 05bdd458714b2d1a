/*
 * meter - what a thread counts of its own work: answers, how long they took, pages found ready.
 *
 * Each thread has a meter for itself, on cache lines for itself, and is the only one that
 * writes to it: a number is one load and one store, no lock, and nothing that threads fight
 * for. Whoever wants to know the whole adds up what he finds.
 */
#ifndef COMMUNIQUE_WEB_METER_H
#define COMMUNIQUE_WEB_METER_H

#include <stdatomic.h>
#include <stddef.h>

#include "request.h"

enum meter_count {
	METER_READY,	/* pages that were there, ready */
	METER_MADE,	/* pages that were made for their reader */
	METER_REFUSED,	/* connections closed: no request that can be read */
	METER_EXPIRED,	/* connections closed: too slow, or idle for too long */
	METER_ACCEPTED, /* connections taken */
	METER_STARVED,	/* connections not taken for want of descriptors or memory */
	METER_PUT_OFF,	/* requests that take long, and were left to the lane (lane.h) */
	METER_AWAY,	/* those turned away because it was full */
	METER_BYTES,	/* of answers, behind their heads */
	METER_COUNTS
};

#define METER_METHODS (METHOD_OPTIONS + 1)
#define METER_CLASSES 5 /* 1xx to 5xx */
#define METER_LIMITS 16 /* of times; the last bucket has none */

extern const uint64_t meter_limits[METER_LIMITS]; /* nanoseconds */

struct meter {
	_Alignas(128) _Atomic uint64_t counts[METER_COUNTS];
	_Atomic uint64_t answers[METER_METHODS][METER_CLASSES];
	_Atomic uint64_t took[METER_LIMITS + 1]; /* answers that took at most this, and not less */
	_Atomic uint64_t nanoseconds;
};

/* Those of a loop's threads, and what is said of all of them. */
struct meters {
	struct meter *at;
	unsigned count;
	_Atomic uint32_t connections, connections_max;
};

void meters_init(struct meters *meters, unsigned count);
void meters_release(struct meters *meters);
uint64_t meters_sum(const struct meters *meters, size_t offset); /* of a number in struct meter */
#define METERS_SUM(meters, member) meters_sum(meters, offsetof(struct meter, member))

/* In this thread, from here on. Without one nothing is counted. */
void meter_use(struct meter *meter);
void meter_add(enum meter_count what, uint64_t n);
void meter_answer(enum method method, unsigned status, uint64_t nanoseconds);

#endif

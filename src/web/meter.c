#include "meter.h"

#include <stdlib.h>

#define US(n) (n##ull * 1000)
#define MS(n) (n##ull * 1000000)

const uint64_t meter_limits[METER_LIMITS] = { US(25),  US(50),	US(100),  US(250),
					      US(500), MS(1),	MS(2),	  MS(5),
					      MS(10),  MS(25),	MS(50),	  MS(100),
					      MS(250), MS(500), MS(1000), MS(10000) };

static _Thread_local struct meter *own;

void meters_init(struct meters *meters, unsigned count)
{
	*meters = (struct meters){ .count = count };
	meters->at = aligned_alloc(_Alignof(struct meter), count * sizeof(struct meter));
	must(meters->at != NULL);
	memset(meters->at, 0, count * sizeof(struct meter));
}

void meters_release(struct meters *meters)
{
	free(meters->at);
	*meters = (struct meters){ .count = 0 };
}

uint64_t meters_sum(const struct meters *meters, size_t offset)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < meters->count; i++) {
		const char *at = (const char *)&meters->at[i] + offset;

		sum += atomic_load_explicit((const _Atomic uint64_t *)(const void *)at,
					    memory_order_relaxed);
	}
	return sum;
}

void meter_use(struct meter *meter)
{
	own = meter;
}

/* Nobody else writes it: no locked instruction is needed. */
static void add(_Atomic uint64_t *number, uint64_t n)
{
	atomic_store_explicit(number, atomic_load_explicit(number, memory_order_relaxed) + n,
			      memory_order_relaxed);
}

void meter_add(enum meter_count what, uint64_t n)
{
	if (own)
		add(&own->counts[what], n);
}

void meter_answer(enum method method, unsigned status, uint64_t nanoseconds)
{
	size_t bucket = 0, class = status / 100;

	if (!own || class < 1 || class > METER_CLASSES)
		return;
	while (bucket < METER_LIMITS && nanoseconds > meter_limits[bucket])
		bucket++;
	add(&own->answers[method][class - 1], 1);
	add(&own->took[bucket], 1);
	add(&own->nanoseconds, nanoseconds);
}

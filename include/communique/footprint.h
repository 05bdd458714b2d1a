/*
 * footprint - what this process takes of the machine: memory, descriptors, processor time.
 *
 * The kernel tells it in /proc/self. That is opened once, before the process gives up opening
 * files (confine.h), and read from then on.
 */
#ifndef COMMUNIQUE_FOOTPRINT_H
#define COMMUNIQUE_FOOTPRINT_H

#include <stdbool.h>
#include <stdint.h>

struct footprint {
	bool known;		    /* memory and descriptors: /proc was there */
	uint64_t resident, virtual; /* bytes */
	uint64_t descriptors, descriptors_max;
	uint64_t cpu_nanoseconds;
	int64_t started_at; /* when footprint_watch() was first called */
};

void footprint_watch(void); /* once more is fine */
void footprint_take(struct footprint *out);

#endif

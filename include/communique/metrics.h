/*
 * metrics - numbers for Prometheus, in its text exposition format 0.0.4:
 *
 *	# HELP communique_drafts Drafts that wait for signatures, and accepted ones for their lift.
 *	# TYPE communique_drafts gauge
 *	communique_drafts{state="waiting"} 3
 *	communique_drafts{state="scheduled"} 1
 *
 * A family is begun once, and its values follow at once; each is finished by its number, with
 * the labels that were given since the one before. Label values may be any text.
 */
#ifndef COMMUNIQUE_METRICS_H
#define COMMUNIQUE_METRICS_H

#include <communique/buf.h>

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric {
	struct buf *out;
	const char *name;
	bool labelled;
};

struct metric metric_begin(struct buf *out, const char *name, enum metric_type type,
			   const char *help);
/* The value's line begins: "" or, of a histogram, "_bucket", "_sum", "_count". */
void metric_line(struct metric *metric, const char *suffix);
void metric_label(struct metric *metric, const char *name, struct str value);
void metric_number(struct metric *metric, int64_t value);
void metric_seconds(struct metric *metric, uint64_t nanoseconds);

/* A family of one value without labels. */
void metric_only(struct buf *out, const char *name, enum metric_type type, const char *help,
		 int64_t value);

#endif

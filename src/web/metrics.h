/*
 * metrics - numbers for Prometheus, for this machine alone (metrics.c).
 */
#ifndef COMMUNIQUE_WEB_METRICS_H
#define COMMUNIQUE_WEB_METRICS_H

#include "meter.h"
#include "route.h"

#include <communique/metrics.h>

/* A request that the web server vouches for: COMMUNIQUE_DOOR=local. */
bool local_serve(struct visit *visit, struct fault *why);

/* How the site stands, for the desk's metrics. */
bool metrics_of_site(const struct newsroom *newsroom, int64_t now, struct buf *out,
		     struct fault *why);

#endif

/*
 * watch - one round of a monitor: what a site shows, held against its public log, and the
 * log against what was seen of it before.
 *
 *	1  the site's lists are read first: whatever they show has its leaf by then
 *	2  the checkpoint, if it is signed; every leaf behind the last one seen is read and
 *	   hashed, and the frontier that was remembered must grow to just this root
 *	3  each new leaf must keep to the rules (chronicle.h); its file must be the one it names,
 *	   say the same (leaf_fits.h) and be what was signed, as soon as it can be had
 *	4  each release that is shown must be the file that the log named last, and be said to
 *	   be public since the moment that the log says
 *	5  what was seen before and is shown no more must have been killed in the log
 *
 * A file that goes public by its clock has its leaf a moment later; so what seems to be
 * missing is asked for again for a while before it is an alarm.
 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "crawl.h"
#include "log_reader.h"
#include "memory.h"
#include "report.h"

struct watch {
	struct http http;
	struct log_reader log;
	struct crawl crawl;
	struct set ids; /* of the releases that the crawl found, in its order */
	struct memory memory;
	struct report *report;
	struct buf body;
	const struct hash *anchor; /* NULL: the first key set that is seen is taken */
	const char *path;	   /* of the memory */
	unsigned patience;	   /* seconds for which what seems wrong is asked for again */
	bool first;		   /* nothing was remembered: all is new, and no news */
};

/* False: the site or the disk could not be read, which is no alarm: BROKEN, BUSY. What was
 * found is in the report; the memory is written unless the log itself is inconsistent. */
bool watch_round(struct watch *watch, struct fault *why);

#endif

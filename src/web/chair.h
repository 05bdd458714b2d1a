/*
 * chair - which thread waits for events; the others sleep.
 */
#ifndef COMMUNIQUE_WEB_CHAIR_H
#define COMMUNIQUE_WEB_CHAIR_H

#include "worker.h"

/* The caller is about to do what may take long: another thread waits for events from here on,
 * and those that came along with this one come anew, for that thread. */
void worker_step_aside(struct worker *worker);
void worker_leave_chair(struct worker *worker);

#endif

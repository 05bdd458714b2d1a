/*
 * sender - tells others of publications: a WebSub hub, a webhook, the log's witnesses.
 *
 * A thread beside those of the desk, which answers requests whether a receiver is slow or not
 * there at all. What is to be sent, and what became of it, stands in the outbox.
 */
#ifndef COMMUNIQUE_OPERATOR_SENDER_H
#define COMMUNIQUE_OPERATOR_SENDER_H

#include "witness.h"

#include <communique/outbox.h>
#include <communique/page.h>
#include <communique/secret.h>

struct sender_options {
	struct newsroom *newsroom;
	const struct site *site;
	const char *websub_hub, *webhook_url; /* NULL: not told */
	const struct secret *webhook_key;
	struct witness *witnesses; /* who are shown the log's checkpoints */
	size_t witness_count;
};

/* NULL when nobody is to be told, which is fine for all of these. */
struct sender;
bool sender_open(const struct sender_options *options, struct sender **out, struct fault *why);
bool sender_start(struct sender *sender, struct fault *why); /* the thread */
void sender_close(struct sender **sender);		     /* breaks off what is being sent */

/* How witnesses fare, in metrics; of any thread. `ctx` is the sender. */
void sender_tell(void *ctx, struct buf *out);

/* What the thread does: one notice whose time has come. *found false: there is none, or what
 * became of the last one could not be written down. That is tried again after a pause, and
 * nothing is sent meanwhile: a full disk must not make one notice into a thousand. */
bool sender_send_one(struct sender *sender, int64_t now, bool *found, struct fault *why);

#endif

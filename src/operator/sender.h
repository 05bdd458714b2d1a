/*
 * sender - tells others of publications: a WebSub hub, a webhook.
 *
 * A thread beside those of the desk, which answers requests whether a receiver is slow or not
 * there at all. What is to be sent, and what became of it, stands in the outbox.
 */
#ifndef COMMUNIQUE_OPERATOR_SENDER_H
#define COMMUNIQUE_OPERATOR_SENDER_H

#include <communique/outbox.h>
#include <communique/page.h>
#include <communique/secret.h>

struct sender_options {
	struct newsroom *newsroom;
	const struct site *site;
	const char *websub_hub, *webhook_url; /* NULL: not told */
	const struct secret *webhook_key;
};

/* https, or http to this very machine: what is told is public, but who tells it matters. */
bool sender_url_valid(const char *url);

struct sender;
bool sender_start(const struct sender_options *options, struct sender **out, struct fault *why);
void sender_stop(struct sender **sender); /* breaks off what is being sent; NULL is fine */

/* One notice whose time has come. *found false: there is none. */
bool sender_send_one(const struct sender_options *options, int64_t now, bool *found,
		     struct fault *why);

#endif

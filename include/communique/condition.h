/*
 * condition - how a site stands, in numbers: for /healthz and for whoever watches it.
 *
 * The log's part is public: its size and moment stand in the checkpoint, and what it lags
 * behind with is public itself. All else may only be told to those who are editors' equals:
 * how many drafts wait, and when the next embargo lifts.
 */
#ifndef COMMUNIQUE_CONDITION_H
#define COMMUNIQUE_CONDITION_H

#include <communique/newsroom.h>

/* Within a read transaction. */
struct log_condition {
	bool signed_once;
	uint64_t size;	   /* of the published log */
	int64_t signed_at; /* its checkpoint */
	int64_t lag;	   /* seconds since the oldest that is public was due in it; 0: none is */
};
void condition_of_log(struct store_txn *txn, int64_t now, struct log_condition *out);

/* The key set in force: until when. False: there is none, or it cannot be read. */
struct keys_condition {
	uint32_t version;
	int64_t expires_at;
};
bool condition_of_keys(struct store_txn *txn, struct keys_condition *out);

struct condition {
	struct log_condition log;
	bool log_stopped; /* nothing can be published: */
	struct fault log_fault;
	bool has_keys;
	struct keys_condition keys;
	uint64_t public_revisions, drafts, scheduled, keysets_waiting;
	int64_t next_lift; /* INT64_MAX: nothing waits */
	struct {
		uint64_t waiting, sent, failed, tries; /* notices; tries of those that wait */
		int64_t oldest;			       /* public and not yet told: since when; 0 */
	} outbox;
	struct store_usage store;
};
/* Why nothing can be published, in words; NULL: it can. */
const char *condition_obstacle(const struct condition *condition, int64_t now);
bool newsroom_condition(const struct newsroom *newsroom, int64_t now, struct condition *out,
			struct fault *why);

#endif

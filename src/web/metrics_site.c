/* How the site stands, in the desk's metrics. */
#include "metrics.h"

#include <communique/condition.h>

struct state {
	const char *word;
	uint64_t number;
};

static void add_states(struct buf *out, const char *name, const char *help,
		       const struct state *states, size_t count)
{
	struct metric metric = metric_begin(out, name, METRIC_GAUGE, help);

	for (size_t i = 0; i < count; i++) {
		metric_line(&metric, "");
		metric_label(&metric, "state", str_from(states[i].word));
		metric_number(&metric, (int64_t)states[i].number);
	}
}

static void add_releases(struct buf *out, const struct condition *now)
{
	const struct state states[] = { { "waiting", now->drafts },
					{ "scheduled", now->scheduled } };

	metric_only(out, "communique_publications_total", METRIC_COUNTER,
		    "Revisions that are public, since the site began.",
		    (int64_t)now->public_revisions);
	add_states(out, "communique_drafts",
		   "Drafts that wait for signatures, and revisions that wait for their lift.",
		   states, 2);
	if (now->next_lift != INT64_MAX)
		metric_only(out, "communique_next_lift_timestamp_seconds", METRIC_GAUGE,
			    "When the next of these becomes public, in Unix time.", now->next_lift);
}

static void add_log(struct buf *out, const struct condition *now)
{
	const struct log_condition *log = &now->log;

	metric_only(out, "communique_log_size", METRIC_GAUGE, "Entries of the public log.",
		    (int64_t)log->size);
	metric_only(out, "communique_log_lag_seconds", METRIC_GAUGE,
		    "How long the oldest public revision or key set waits for its entry.",
		    log->lag);
	if (log->signed_once)
		metric_only(out, "communique_log_signed_timestamp_seconds", METRIC_GAUGE,
			    "When the log's checkpoint was signed, in Unix time.", log->signed_at);
	metric_only(out, "communique_log_stopped", METRIC_GAUGE,
		    "1 when the log cannot be signed, and so nothing published.", now->log_stopped);
}

static void add_publishing(struct buf *out, const struct condition *condition, int64_t now)
{
	metric_only(out, "communique_publishing", METRIC_GAUGE,
		    "1 when a release could be published now; /healthz says why not.",
		    condition_obstacle(condition, now) == NULL);
}

static void add_keys(struct buf *out, const struct condition *now)
{
	metric_only(out, "communique_keysets_waiting", METRIC_GAUGE,
		    "Key sets that wait for their roots' signatures.",
		    (int64_t)now->keysets_waiting);
	if (!now->has_keys)
		return;
	metric_only(out, "communique_keyset_version", METRIC_GAUGE, "The key set in force.",
		    now->keys.version);
	metric_only(out, "communique_keyset_expiry_timestamp_seconds", METRIC_GAUGE,
		    "When it expires, in Unix time; nothing can be published from then on.",
		    now->keys.expires_at);
}

static void add_outbox(struct buf *out, const struct condition *condition, int64_t now)
{
	const struct state states[] = { { "waiting", condition->outbox.waiting },
					{ "sent", condition->outbox.sent },
					{ "failed", condition->outbox.failed } };
	int64_t oldest = condition->outbox.oldest;

	add_states(out, "communique_notices", "What is to be told to hub and webhook, and was.",
		   states, 3);
	metric_only(out, "communique_notice_tries", METRIC_GAUGE,
		    "Tries so far of the notices that wait.", (int64_t)condition->outbox.tries);
	metric_only(out, "communique_notice_lag_seconds", METRIC_GAUGE,
		    "How long the oldest notice of something public waits.",
		    oldest > 0 ? now - oldest : 0);
}

static void add_store(struct buf *out, const struct store_usage *store)
{
	metric_only(out, "communique_store_bytes", METRIC_GAUGE, "Size of the store.",
		    (int64_t)store->used);
	metric_only(out, "communique_store_map_bytes", METRIC_GAUGE,
		    "Address space reserved for the store, which grows by itself.",
		    (int64_t)store->map_size);
	metric_only(out, "communique_store_readers", METRIC_GAUGE,
		    "Threads of all processes that have a place in the store's table of readers.",
		    store->readers);
	metric_only(out, "communique_store_readers_max", METRIC_GAUGE, "Places in that table.",
		    store->reader_slots);
	metric_only(out, "communique_disk_free_bytes", METRIC_GAUGE,
		    "Room left on the disk of the store.", (int64_t)store->disk_free);
}

bool metrics_of_site(const struct newsroom *newsroom, int64_t now, struct buf *out,
		     struct fault *why)
{
	struct condition condition;

	if (!newsroom_condition(newsroom, now, &condition, why))
		return false;
	add_releases(out, &condition);
	add_log(out, &condition);
	add_publishing(out, &condition, now);
	add_keys(out, &condition);
	add_outbox(out, &condition, now);
	add_store(out, &condition.store);
	return true;
}

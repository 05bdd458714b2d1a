#include "witness.h"

#include "post.h"

#include <communique/checkpoint.h>
#include <communique/log.h>
#include <communique/logbook.h>
#include <communique/metrics.h>
#include <communique/tile.h>

enum { PAUSE_LEAST = 5, PAUSE_MOST = 3600, ADDRESS_MAX = 2048 };

static bool add_request(struct store_txn *txn, uint64_t old, struct buf *out, struct fault *why)
{
	struct merkle_proof proof = { .count = 0 };
	struct log_head head;

	if (!reading_log(txn, &head))
		return store_check(txn, why) && fail(why, NOT_FOUND, "nothing is signed yet");
	if (old > head.size)
		return fail(why, INVALID, "the log has %llu entries, and never had %llu",
			    (unsigned long long)head.size, (unsigned long long)old);
	/* From nothing, and from the same, there is nothing to prove. */
	if (old > 0 && old < head.size && !reading_consistency(txn, old, &proof, why))
		return false;
	witness_request(old, &proof, head.checkpoint, out);
	return buf_check(out, why);
}

bool witness_body(const struct newsroom *newsroom, uint64_t old, struct buf *out, struct fault *why)
{
	struct store_txn *txn = NULL;
	bool ok;

	if (!store_read_begin(newsroom->store, &txn, why))
		return false;
	ok = add_request(txn, old, out, why);
	store_read_end(&txn);
	return ok;
}

/* --- asking one ------------------------------------------------------------------------------ */

static bool ask(struct witness *witness, const struct newsroom *newsroom,
		const atomic_bool *stopping, long *status, struct buf *answer, struct fault *why)
{
	struct post post = { .stopping = stopping, .answer = answer };
	struct buf body, address;
	bool ok;

	buf_clear(answer);
	buf_init(&body, LOG_PROOF_MAX);
	buf_init(&address, ADDRESS_MAX);
	buf_addf(&address, "%s/add-checkpoint", witness->url);
	buf_add_char(&address, '\0');
	ok = buf_check(&address, why) && witness_body(newsroom, witness->known, &body, why);
	if (ok) {
		post.url = address.at;
		post.body = buf_str(&body);
		post_field(&post, "Content-Type: text/plain; charset=utf-8");
		ok = post_send(&post, status, why);
		curl_slist_free_all(post.fields);
	}
	buf_release(&address);
	buf_release(&body);
	return ok;
}

/* More than there is was never shown: kept, it would be the end of asking (add_request). */
static bool take_size(struct witness *witness, uint64_t size, struct str answer, struct fault *why)
{
	uint64_t there;

	if (!witness_size(answer, &there, why))
		return false;
	if (there > size)
		return fail(why, INVALID, "it says that it saw %llu entries; the log has %llu",
			    (unsigned long long)there, (unsigned long long)size);
	witness->known = there;
	return true;
}

/* A 409 tells how far the witness is (C2SP tlog-witness): then it is asked from there, once. */
static bool show(struct witness *witness, const struct newsroom *newsroom, uint64_t size,
		 const atomic_bool *stopping, struct buf *answer, struct fault *why)
{
	size_t added;
	long status;

	if (!ask(witness, newsroom, stopping, &status, answer, why))
		return false;
	if (status == 409) {
		if (!take_size(witness, size, buf_str(answer), why) ||
		    !ask(witness, newsroom, stopping, &status, answer, why))
			return false;
	}
	if (status != 200)
		return fail(why, BUSY, "it answers %ld", status);
	if (!logbook_cosign(newsroom, buf_str(answer), &added, why))
		return false;
	return added > 0 || fail(why, INVALID, "its signature is of no witness of the key set");
}

static void log_showing(const struct witness *witness, uint64_t size, const struct fault *fault)
{
	struct log_line line;

	log_begin(&line, fault ? LOG_WARNING : LOG_INFO, "witness");
	log_str(&line, "url", str_from(witness->url));
	log_number(&line, "size", (int64_t)size);
	log_str(&line, "outcome", fault ? str_from(fault->says) : STR("signed"));
	log_end(&line);
}

static void tend(struct witness *witness, const struct newsroom *newsroom,
		 const struct log_head *head, int64_t now, const atomic_bool *stopping)
{
	struct fault why = { .kind = NO_FAULT };
	struct buf answer;
	bool ok;

	buf_init(&answer, NOTE_MAX);
	ok = show(witness, newsroom, head->size, stopping, &answer, &why);
	buf_release(&answer);
	if (!ok && atomic_load(stopping))
		return;
	log_showing(witness, head->size, ok ? NULL : &why);
	if (ok) {
		witness->known = head->size;
		witness->shown = head->size;
		witness->signed_at = head->signed_at;
		witness->pause = 0;
		witness->fails_since = 0;
		return;
	}
	witness->failures++;
	if (witness->fails_since == 0)
		witness->fails_since = (uint64_t)now;
	witness->pause = witness->pause ? witness->pause * 2 : PAUSE_LEAST;
	if (witness->pause > PAUSE_MOST)
		witness->pause = PAUSE_MOST;
	witness->next_at = now + witness->pause;
}

static bool read_head(const struct newsroom *newsroom, struct log_head *out)
{
	struct store_txn *txn = NULL;
	bool found;

	if (!store_read_begin(newsroom->store, &txn, NULL))
		return false;
	found = reading_log(txn, out);
	out->checkpoint = STR_NONE; /* it dies with the transaction */
	store_read_end(&txn);
	return found;
}

void witnesses_tend(struct witness *witnesses, size_t count, const struct newsroom *newsroom,
		    int64_t now, const atomic_bool *stopping)
{
	struct log_head head;

	if (count == 0 || !read_head(newsroom, &head))
		return;
	for (size_t i = 0; i < count && !atomic_load(stopping); i++) {
		struct witness *witness = &witnesses[i];

		if ((witness->shown != head.size || witness->signed_at != head.signed_at) &&
		    now >= witness->next_at)
			tend(witness, newsroom, &head, now, stopping);
	}
}

/* --- metrics ---------------------------------------------------------------------------------- */

static void add_of(struct metric *metric, const struct witness *witness, uint64_t number)
{
	metric_line(metric, "");
	metric_label(metric, "witness", str_from(witness->url));
	metric_number(metric, (int64_t)number);
}

static uint64_t outage(const struct witness *witness, int64_t now)
{
	uint64_t since = witness->fails_since;

	return since > 0 && (uint64_t)now > since ? (uint64_t)now - since : 0;
}

void witnesses_tell(const struct witness *witnesses, size_t count, int64_t now, struct buf *out)
{
	struct metric metric;

	if (count == 0)
		return;
	metric = metric_begin(out, "communique_witness_size", METRIC_GAUGE,
			      "Entries under the checkpoint that the witness signed last.");
	for (size_t i = 0; i < count; i++)
		add_of(&metric, &witnesses[i], witnesses[i].shown);
	metric = metric_begin(out, "communique_witness_failures_total", METRIC_COUNTER,
			      "Tries that the witness did not answer well.");
	for (size_t i = 0; i < count; i++)
		add_of(&metric, &witnesses[i], witnesses[i].failures);
	metric = metric_begin(out, "communique_witness_outage_seconds", METRIC_GAUGE,
			      "Since when every try has failed; 0 when the last did not.");
	for (size_t i = 0; i < count; i++)
		add_of(&metric, &witnesses[i], outage(&witnesses[i], now));
}

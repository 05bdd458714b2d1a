/*
 * expiry - a key set that has expired publishes nothing more. Its roots hear of it while there
 * is time to meet: 60, 30 and 7 days before, at every start of the desk, and when it is over.
 */
#include <communique/condition.h>
#include <communique/log.h>

#include "desk.h"

enum { DAY = 24 * 3600 };

static int stage_of(int64_t left)
{
	static const int64_t days[] = { 60, 30, 7, 0 };
	int stage = 0;

	for (size_t i = 0; i < sizeof days / sizeof *days; i++)
		stage += left <= days[i] * DAY;
	return stage;
}

static bool expiry_of(struct newsroom *newsroom, struct keys_condition *out)
{
	struct store_txn *txn = NULL;
	bool found;

	if (!store_read_begin(newsroom->store, &txn, NULL))
		return false;
	found = condition_of_keys(txn, out);
	store_read_end(&txn);
	return found;
}

void expiry_warn(struct newsroom *newsroom, int64_t now)
{
	struct log_line line;
	struct keys_condition keys;
	int64_t left;
	int stage;

	if (!expiry_of(newsroom, &keys))
		return;
	left = keys.expires_at - now;
	stage = stage_of(left);
	if (stage == newsroom->expiry_stage)
		return;
	newsroom->expiry_stage = stage;
	if (stage == 0)
		return; /* a new set has come into force */
	log_begin(&line, left <= 0 ? LOG_ERROR : LOG_WARNING, "keys-expire");
	log_number(&line, "version", keys.version);
	log_number(&line, "days", left / DAY);
	log_str(&line, "do",
		STR("sign a new key set: communique keys new, keys sign, keys publish"));
	log_end(&line);
}

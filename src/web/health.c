/*
 * health - whether all is well, for who sends requests here and for who is woken up.
 *
 * Readers hear what they may know anyway: the store can be read, and how far the public log is.
 * At the desk's socket stands, too, whether something can be published, and if not, why.
 *
 * 503 is for who would send requests elsewhere: so it means that none can be answered, and not
 * that nothing can be published.
 */
#include "desk.h"

#include <communique/clock.h>
#include <communique/condition.h>
#include <communique/json.h>
#include <communique/log.h>

static struct json begin_health(struct visit *visit, bool ready)
{
	struct json json;

	answer_begin(visit->answer, ready ? 200 : 503);
	answer_field(visit->answer, "Content-Type", STR("application/json"));
	answer_field(visit->answer, "Cache-Control", STR("no-store"));
	json = json_begin(answer_body(visit->answer));
	json_object(&json);
	json_member_text(&json, "status", ready ? STR("ok") : STR("failing"));
	json_member_flag(&json, "live", true);
	json_member_flag(&json, "ready", ready);
	json_member_text(&json, "store", ready ? STR("readable") : STR("unreadable"));
	return json;
}

static void end_health(struct visit *visit, struct json *json)
{
	json_end(json);
	buf_add_char(answer_body(visit->answer), '\n');
}

static void begin_log(struct json *json, const struct log_condition *log)
{
	json_key(json, "log");
	json_object(json);
	json_member_number(json, "size", (int64_t)log->size);
	if (log->signed_once)
		member_time(json, "signed_at", log->signed_at);
	json_member_number(json, "lag_seconds", log->lag);
}

static void tell_readers(struct visit *visit)
{
	struct store_txn *txn = NULL;
	struct log_condition log = { .size = 0 };
	struct fault why;
	bool ready = store_read_begin(visit->house->store, &txn, &why);
	struct json json;

	if (ready) {
		condition_of_log(txn, visit->now, &log);
		ready = store_check(txn, &why);
		store_read_end(&txn);
	}
	if (!ready)
		log_fault(LOG_ERROR, "health", &why);
	json = begin_health(visit, ready);
	if (ready) {
		begin_log(&json, &log);
		json_end(&json);
	}
	end_health(visit, &json);
}

static void add_desk(struct visit *visit, struct json *json, const struct condition *condition)
{
	const char *why = condition_obstacle(condition, visit->now);

	begin_log(json, &condition->log);
	json_member_flag(json, "stopped", condition->log_stopped);
	json_end(json);
	if (condition->has_keys) {
		json_key(json, "keys");
		json_object(json);
		json_member_number(json, "version", condition->keys.version);
		member_time(json, "expires_at", condition->keys.expires_at);
		json_end(json);
	}
	json_member_flag(json, "publishing", why == NULL);
	json_member_text(json, "why", str_from(why));
}

static void tell_editors(struct visit *visit)
{
	struct condition condition;
	struct fault why;
	bool ready = newsroom_condition(visit->house->newsroom, visit->now, &condition, &why);
	struct json json = begin_health(visit, ready);

	if (ready)
		add_desk(visit, &json, &condition);
	else
		json_member_text(&json, "why", str_from(why.says));
	end_health(visit, &json);
}

bool show_health(struct visit *visit, struct fault *why)
{
	(void)why;
	if (visit->house->newsroom)
		tell_editors(visit);
	else
		tell_readers(visit);
	return true;
}

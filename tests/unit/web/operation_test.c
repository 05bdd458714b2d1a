/* What the doors tell of themselves: /healthz to everybody, /metrics to this machine. */
#include "doors.h"

#include "../../../src/web/meter.h"

#include <pthread.h>

static unsigned ask(struct place *place, const char *target, bool desk, bool local)
{
	struct house house = place->house;
	struct request request = request_for("GET", str_from(target));

	request.is_local = local;
	if (!desk)
		house.newsroom = NULL;
	(desk ? desk_answer : public_answer)(&house, &request, NULL, &place->answer);
	return place->answer.status;
}

static struct place *place_with_log(void)
{
	struct place *place = place_open(2);

	office_begin_log(place->office);
	done(logbook_tend(&place->office->room, place->office->now, why));
	return place;
}

#define assert_body(place, text)                                                                   \
	do {                                                                                       \
		struct str body_ = answer_bytes(&(place)->answer);                                 \
		if (!body_has(place, text))                                                        \
			print_error("not in the answer: %s\n%.*s\n", text, STR_ARG(body_));        \
		assert_true(body_has(place, text));                                                \
	} while (0)

/* --- /healthz ------------------------------------------------------------------------------ */

static void readers_hear_how_far_the_log_is_and_nothing_else(void **state)
{
	struct place *place = place_with_log();
	struct str before;

	(void)state;
	assert_int_equal(ask(place, "/healthz", false, false), 200);
	assert_true(str_equal(field(place, "Content-Type"), STR("application/json")));
	assert_true(str_equal(field(place, "Cache-Control"), STR("no-store")));
	before = arena_copy(&place->office->arena, answer_bytes(&place->answer));
	assert_true(str_equal(before,
			      STR("{\"status\":\"ok\",\"live\":true,\"ready\":true,"
				  "\"store\":\"readable\",\"log\":{\"size\":1,"
				  "\"signed_at\":\"2026-11-23T09:00:00Z\",\"lag_seconds\":0}}\n")));
	/* A draft, and a release that waits for its lift: not a byte differs. */
	place_publish(place, "2026-hush", "Publish-At: 2026-11-23T09:01:00Z\n");
	assert_int_equal(ask(place, "/healthz", false, false), 200);
	assert_true(str_equal(answer_bytes(&place->answer), before));
	/* After the lift the log lags behind until the desk looks. */
	place_wait(place, 75);
	assert_int_equal(ask(place, "/healthz", false, false), 200);
	assert_body(place, "\"size\":1,");
	assert_body(place, "\"lag_seconds\":15}");
	done(logbook_tend(&place->office->room, place->office->now, why));
	assert_int_equal(ask(place, "/healthz", false, false), 200);
	assert_body(place, "\"size\":2,\"signed_at\":\"2026-11-23T09:01:15Z\",\"lag_seconds\":0}");
	place_close(place);
}

static void a_store_that_cannot_be_read_is_503_and_why_is_not_for_readers(void **state)
{
	enum { SLOTS = 512 };
	struct place *place = place_with_log();
	struct store_txn *reads[SLOTS];
	unsigned count = 0;

	(void)state;
	while (count < SLOTS && store_read_begin(place->office->room.store, &reads[count], NULL))
		count++;
	assert_int_equal(ask(place, "/healthz", false, false), 503);
	assert_true(str_equal(answer_bytes(&place->answer),
			      STR("{\"status\":\"failing\",\"live\":true,\"ready\":false,"
				  "\"store\":\"unreadable\"}\n")));
	assert_int_equal(ask(place, "/healthz", true, false), 503);
	assert_body(place, "\"ready\":false");
	assert_body(place, "\"why\":\"too many read the store at once\"");
	assert_int_equal(ask(place, "/metrics", true, true), 503);
	while (count > 0)
		store_read_end(&reads[--count]);
	assert_int_equal(ask(place, "/healthz", false, false), 200);
	place_close(place);
}

static void the_desk_says_whether_something_can_be_published(void **state)
{
	struct place *place = place_with_log();
	char away[128];

	(void)state;
	assert_int_equal(ask(place, "/healthz", true, false), 200);
	assert_body(place, "\"stopped\":false},\"keys\":{\"version\":1,"
			   "\"expires_at\":\"2027-11-23T09:00:00Z\"},\"publishing\":true}");
	snprintf(away, sizeof away, "%s.away", place->office->log_state);
	assert_int_equal(rename(place->office->log_state, away), 0);
	assert_int_equal(ask(place, "/healthz", true, false), 200);
	assert_body(place, "\"stopped\":true}");
	assert_body(place, "\"publishing\":false,\"why\":\"");
	assert_body(place, "is missing, which says what was signed last");
	assert_int_equal(ask(place, "/metrics", true, true), 200);
	assert_body(place, "\ncommunique_log_stopped 1\n");
	assert_body(place, "\ncommunique_publishing 0\n");
	assert_int_equal(rename(away, place->office->log_state), 0);
	place_wait(place, 365 * 86400);
	assert_int_equal(ask(place, "/healthz", true, false), 200);
	assert_body(place, "\"publishing\":false,\"why\":\"the key set has expired");
	place_close(place);
}

/* --- /metrics ------------------------------------------------------------------------------ */

static void metrics_are_there_for_this_machine_alone(void **state)
{
	struct place *place = place_with_log();
	struct str nothing;

	(void)state;
	assert_int_equal(ask(place, "/en/nothing", false, false), 404);
	nothing = arena_copy(&place->office->arena, answer_bytes(&place->answer));
	assert_int_equal(ask(place, "/metrics", false, false), 404);
	assert_true(str_equal(answer_bytes(&place->answer), nothing));
	assert_int_equal(ask(place, "/metrics/", false, false), 404);
	assert_int_equal(ask(place, "/metrics", true, false), 404);
	assert_int_equal(ask(place, "/metrics", false, true), 200);
	assert_true(str_equal(field(place, "Content-Type"),
			      STR("text/plain; version=0.0.4; charset=utf-8")));
	/* And that door has nothing else. */
	assert_int_equal(ask(place, "/healthz", false, true), 200);
	assert_int_equal(ask(place, "/en/", false, true), 404);
	assert_int_equal(ask(place, "/admin/drafts", true, true), 404);
	place_close(place);
}

static void the_desk_counts_what_waits_and_the_public_process_knows_nothing_of_it(void **state)
{
	struct place *place = place_with_log();
	struct str file = release_text(place->office, "2026-draft", "2026-11-23", "");
	struct draft draft;

	(void)state;
	assert_int_equal(ask(place, "/metrics", true, true), 200);
	assert_false(body_has(place, "communique_next_lift_timestamp_seconds"));
	place_publish(place, "2026-open", "");
	place_publish(place, "2026-hush", "Publish-At: 2026-11-23T09:01:00Z\n");
	done(save(place->office, ALICE, "2026-draft", file, NULL, &draft, why));
	assert_int_equal(ask(place, "/metrics", true, true), 200);
	assert_body(place, "\ncommunique_publications_total 1\n");
	assert_body(place, "\ncommunique_drafts{state=\"waiting\"} 1\n");
	assert_body(place, "\ncommunique_drafts{state=\"scheduled\"} 1\n");
	assert_body(place, "\ncommunique_next_lift_timestamp_seconds 1795424460\n");
	assert_body(place, "\ncommunique_log_size 2\n");
	assert_body(place, "\ncommunique_log_stopped 0\n");
	assert_body(place, "\ncommunique_publishing 1\n");
	assert_body(place, "\ncommunique_keyset_expiry_timestamp_seconds 1826960400\n");
	assert_body(place, "\ncommunique_keysets_waiting 0\n");
	assert_body(place, "\ncommunique_build_info{version=\"" VERSION "\",door=\"desk\"} 1\n");
	assert_int_equal(ask(place, "/metrics", false, true), 200);
	assert_body(place, "door=\"public\"} 1\n");
	assert_false(body_has(place, "drafts") || body_has(place, "lift") ||
		     body_has(place, "publications") || body_has(place, "store_"));
	place_wait(place, 60);
	assert_int_equal(ask(place, "/metrics", true, true), 200);
	assert_body(place, "\ncommunique_publications_total 2\n");
	assert_body(place, "\ncommunique_drafts{state=\"scheduled\"} 0\n");
	place_close(place);
}

/* --- meters -------------------------------------------------------------------------------- */

static void *work(void *ctx)
{
	meter_use(ctx);
	for (unsigned i = 0; i < 1000; i++) {
		meter_answer(METHOD_GET, 200, 30000);
		meter_answer(METHOD_PUT, 503, 20000000000);
	}
	meter_answer(METHOD_HEAD, 304, 25000);
	meter_answer(METHOD_GET, 0, 1);
	meter_add(METER_READY, 5);
	return NULL;
}

static void threads_count_for_themselves_and_are_added_up(void **state)
{
	struct place *place = place_with_log();
	struct meters meters;
	pthread_t threads[3];

	(void)state;
	meters_init(&meters, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, &meters.at[i]), 0);
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	meters.connections = 7;
	place->house.meters = &meters;
	assert_int_equal(ask(place, "/metrics", false, true), 200);
	assert_body(place, "\ncommunique_requests_total{method=\"get\",status=\"2xx\"} 3000\n");
	assert_body(place, "\ncommunique_requests_total{method=\"put\",status=\"5xx\"} 3000\n");
	assert_body(place, "\ncommunique_requests_total{method=\"head\",status=\"3xx\"} 3\n");
	assert_body(place, "\ncommunique_requests_total{method=\"get\",status=\"5xx\"} 0\n");
	/* What took exactly a limit is within it. */
	assert_body(place, "_bucket{le=\"2.5e-05\"} 3\n");
	assert_body(place, "_bucket{le=\"5e-05\"} 3003\n");
	assert_body(place, "_bucket{le=\"10\"} 3003\n");
	assert_body(place, "_bucket{le=\"+Inf\"} 6003\n");
	assert_body(place, "_duration_seconds_sum 60000.090075000\n");
	assert_body(place, "_duration_seconds_count 6003\n");
	assert_body(place, "\ncommunique_pages_total{from=\"ready\"} 15\n");
	assert_body(place, "\ncommunique_connections 7\n");
	meters_release(&meters);
	place_close(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_hear_how_far_the_log_is_and_nothing_else),
		cmocka_unit_test(a_store_that_cannot_be_read_is_503_and_why_is_not_for_readers),
		cmocka_unit_test(the_desk_says_whether_something_can_be_published),
		cmocka_unit_test(metrics_are_there_for_this_machine_alone),
		cmocka_unit_test(
			the_desk_counts_what_waits_and_the_public_process_knows_nothing_of_it),
		cmocka_unit_test(threads_count_for_themselves_and_are_added_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
